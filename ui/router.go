package ui

import "github.com/donna-project/donnatop/ui/views"

// tabs are the views with a place in the tab bar, in its order.
var tabs = []struct {
	id    views.ID
	key   string
	title string
	short string // where there is little room
	open  func(*views.Context) views.View
}{
	{views.IDOverview, "1", "Overview", "Over", board(views.NewOverview)},
	{views.IDHealth, "2", "Health", "Hlth", board(views.NewHealth)},
	{views.IDTasks, "3", "Tasks", "Task", board(views.NewTasks)},
	{views.IDLLM, "4", "LLM & Cost", "LLM", board(views.NewLLM)},
	{views.IDAgents, "5", "Agents", "Agnt", board(views.NewAgents)},
	{views.IDNotifications, "6", "Notifications", "Noti", board(views.NewNotifications)},
	{views.IDEscalations, "7", "Escalations", "Esc.", board(views.NewEscalations)},
	{views.IDErrors, "8", "Errors", "Err", board(views.NewErrors)},
	{views.IDPreferences, "9", "Preferences", "Pref", board(views.NewPreferences)},
	{views.IDSkills, "0", "Skills", "Skil", board(views.NewSkills)},
	{views.IDMemory, "M", "Memory", "Mem", board(views.NewMemory)},
	{views.IDLogs, "L", "Logs", "Logs", func(c *views.Context) views.View { return views.NewLogs(c) }},
}

func board(open func(*views.Context) *views.Board) func(*views.Context) views.View {
	return func(c *views.Context) views.View { return open(c) }
}

// ViewNames lists the views a session can start with.
func ViewNames() []string {
	names := make([]string, len(tabs))
	for i, t := range tabs {
		names[i] = string(t.id)
	}
	return names
}

// router knows where the reader is: in one of the tabs, each of which has a
// stack of views opened from one another. A tab left and entered again is as it
// was.
type router struct {
	stacks        [][]views.View // by tab; the last one of each can be seen
	current, last int
}

func newRouter(ctx *views.Context) *router {
	r := &router{}
	for _, t := range tabs {
		r.stacks = append(r.stacks, []views.View{t.open(ctx)})
	}
	return r
}

// top is the view that can be seen.
func (r *router) top() views.View {
	s := r.stacks[r.current]
	return s[len(s)-1]
}

// trail is the way to the view that can be seen.
func (r *router) trail() []views.View { return r.stacks[r.current] }

func (r *router) push(v views.View) {
	r.stacks[r.current] = append(r.stacks[r.current], v)
}

// pop leaves the view for the one it was opened from, if there is one.
func (r *router) pop() {
	if s := r.stacks[r.current]; len(s) > 1 {
		r.stacks[r.current] = s[:len(s)-1]
	}
}

// switchTo goes to a tab; to the one that is there, it goes back to its root.
func (r *router) switchTo(tab int) {
	if tab == r.current {
		r.stacks[tab] = r.stacks[tab][:1]
		return
	}
	r.last, r.current = r.current, tab
}

// all lists every view that is open anywhere.
func (r *router) all() []views.View {
	var out []views.View
	for _, s := range r.stacks {
		out = append(out, s...)
	}
	return out
}
