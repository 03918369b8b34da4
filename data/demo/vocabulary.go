package demo

// What people ask Donna for. Some titles carry text that every reader must survive: accents, CJK, emoji, right-to-left,
// zero-width joiners and quotes.
var titles = map[string][]string{
	"personal": {
		"Renew passport before the Lisbon trip", "Book dentist appointment", "Buy birthday present for Zoë", "Return the library books",
		"Order new running shoes", "Call the bank about the card", "Fix the leaking tap in the bathroom", "Cancel the gym membership",
		"Plan the weekend hike", "Café with Renée on Thursday", "Reply to 田中さん about the visit", "Water the plants 🌱",
		"Compare electricity tariffs", "Back up the photo library", "Write \"thank you\" cards", "Pick up the dry cleaning",
		"Sell the old bike", "Read chapter 4 of the statistics book", "לקבוע תור לרופא", "Family photo print 👨‍👩‍👧‍👦",
	},
	"work": {
		"Draft the Q3 budget memo", "Review the onboarding pull request", "Prepare slides for the board meeting", "Send the contract to Müller & Söhne",
		"Follow up with Priya on the data export", "Write release notes", "Update the risk register", "Book travel for the Berlin workshop",
		"Answer the security questionnaire", "Summarise customer interviews", "Set up the staging database", "Check the invoice from Ørsted",
		"Write the design for the import job", "Talk to legal about the DPA", "Rotate the API keys", "Plan the sprint retro",
	},
	"family": {
		"Sign the school trip form", "Arrange a sitter for Friday", "Book grandma's train ticket", "Buy a costume for the school play",
		"Plan Noah's birthday party 🎂", "Pediatrician check-up", "Order the class photos", "Register for swimming lessons",
	},
}

var details = []string{
	"before noon please", "it can wait until next week", "needs about an hour", "ask me for the details first", "same place as last time",
	"see the mail from Monday", "not urgent, but do not let me forget", "with the usual budget",
}

var replies = map[string][]string{
	"done":       {"done", "Done!", "finished that this morning", "yes, all done 👍"},
	"reschedule": {"tomorrow please", "move it to Friday", "can we do it next week?", "later, after lunch"},
	"snooze":     {"busy", "give me 30 min", "in a meeting"},
	"cancel":     {"drop it", "not needed any more"},
}

var chatTurns = []struct{ question, answer, intent string }{
	{"what's on my plate today?", "You have four tasks, two of them before lunch.", "task_query"},
	{"how much did we spend this week?", "A little over the daily average: the research tasks were the largest part.", "cost_query"},
	{"move the dentist to next Tuesday", "Done: Tuesday at 09:30.", "task_update"},
	{"what did I promise Priya?", "You promised the data export by Thursday.", "memory_query"},
	{"summarise yesterday", "Six tasks done, one moved, one note written.", "summary"},
	{"why did the price watch fail?", "The page did not load twice; the third run worked.", "system_query"},
	{"remind me to call the bank", "I'll remind you at 14:00.", "task_create"},
	{"find the notes on the workshop", "I found two notes and a calendar entry.", "memory_query"},
}

var chatTools = []string{"query_tasks", "query_invocations", "query_automations", "memory_search", "list_vault_files", "read_vault_file", "get_system_health", "query_skills"}

var vaultNotes = []string{
	"Projects/Import job.md", "Projects/Berlin workshop.md", "People/Priya Raman.md", "People/Zoë Martin.md", "Meetings/Board.md", "Areas/Home.md",
	"Areas/Health.md", "Inbox/Ideas.md", "Reading/Statistics.md", "Daily/Log.md", "People/田中 陽菜.md", "Projects/Q3 budget.md", "Recipes/Café crème.md",
}

var people = []string{"Priya Raman", "Zoë Martin", "Jonas Müller", "田中 陽菜", "Amina Diallo", "Owen Clarke", "Sofía Ortega"}
