package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/ui/views"
)

// top is the view that can be seen.
func (d *driver) top() views.View { return d.m.router.top() }

// can tells whether an action does something now.
func (d *driver) can(action string) bool {
	return slices.ContainsFunc(d.top().Bindings(), func(b views.Binding) bool { return b.Action == action })
}

// eachPanel goes through all panels of a tab in full screen.
func (d *driver) eachPanel(key string, visit func(panel string)) {
	d.press(key)
	if d.can("panel.full_screen") {
		d.press("f")
	}
	for first := d.focused(); ; {
		visit(d.focused())
		d.press("n")
		if d.focused() == first {
			return
		}
	}
}

// inFull are the views that show one row with all there is to it.
var inFull = []views.ID{views.IDRow, views.IDInvocation, views.IDLine}

// From any figure of any panel to the request behind it in two keystrokes: Enter
// opens the row, or the rows and the second one of them; and Esc leads back to
// where the reader was.
func TestTwoKeysLeadToTheRow(t *testing.T) {
	reached := make(map[string]bool)
	for _, tab := range tabs {
		if tab.id == views.IDLogs {
			continue
		}
		t.Run(string(tab.id), func(t *testing.T) {
			drive(t, 120, 40, simulated(t), func(d *driver) {
				d.eachPanel(tab.key, func(panel string) {
					for _, way := range []string{"", "g", "G", "up", "left", "down"} {
						if way != "" && d.can(map[string]string{"g": "move.first", "G": "move.last", "up": "move.up", "left": "move.left", "down": "move.down"}[way]) {
							d.press(way)
						}
						for d.focused() != panel { // beyond its ends
							d.press("n")
						}
						if !d.can("row.open") {
							break
						}
						before := strings.Join(d.lines()[1:], "\n") // below the clock
						d.press("enter")
						if d.top().ID() == tab.id {
							if d.m.flash.Text == "" {
								t.Fatalf("%s: enter does nothing, and doesn't say why\n%s", panel, d.screen())
							}
							continue
						}
						checkFrame(t, d.lines(), 120, 40)
						first := d.top()
						list := first.ID() == views.IDBehind || first.ID() == views.IDLines
						if list && d.can("row.open") {
							d.press("enter")
							if !slices.Contains(inFull, d.top().ID()) {
								t.Fatalf("%s: the second enter has opened %s", panel, d.top().ID())
							}
							checkFrame(t, d.lines(), 120, 40)
							reached[string(tab.id)+": "+panel] = true
							d.press("esc")
						} else if !list {
							if !slices.Contains(inFull, first.ID()) {
								t.Fatalf("%s: enter has opened %s", panel, first.ID())
							}
							reached[string(tab.id)+": "+panel] = true
						}
						d.press("esc")
						if after := strings.Join(d.lines()[1:], "\n"); after != before {
							t.Fatalf("%s: esc does not lead back:\n%s\nwas\n%s", panel, d.screen(), stripped(before))
						}
					}
				})
			})
		})
	}
	// What a simulated life has rows of. Whether all figures have theirs, the views' own test tells.
	for _, want := range []string{
		"overview: Services", "overview: Latest errors", "overview: Spend & budget", "overview: Calls & errors", "overview: Open escalations",
		"overview: Pipeline & agents", "overview: Alerts",
		"health: Services", "health: Last successful operations", "health: Disks", "health: Data directories", "health: Heartbeat & checks",
		"tasks: Task states", "tasks: Tasks per day", "tasks: Tasks completed", "tasks: Tasks created", "tasks: Reschedules", "tasks: Time to slot & to schedule",
		"llm: Spend & budget", "llm: Calls per hour", "llm: Calls per day", "llm: Calls", "llm: Latency", "llm: By task type", "llm: By model",
		"llm: Tokens", "llm: Failures & events", "llm: Shadow against primary", "llm: Hour by weekday", "llm: Invocations",
		"agents: Active agents", "agents: Finished runs", "agents: Failed today", "agents: Cost by agent", "agents: LLM spend by caller", "agents: Agent events",
		"notifications: Notifications sent", "notifications: Nudges", "notifications: Response times",
		"escalations: Escalations", "escalations: Open escalations", "escalations: Escalation status", "escalations: Time to resolution",
		"escalations: Iterations", "escalations: Validations per day", "escalations: Tool gaps per day",
		"escalations: Tool gaps by severity", "escalations: Tool gaps by detection point",
		"errors: Error groups", "errors: Lines", "errors: Warnings & errors", "errors: Lines by level", "errors: Where from",
		"preferences: Corrections per week", "preferences: Learned rules", "preferences: Corrections by field", "preferences: Rules per week",
		"skills: Skills by state", "skills: Runs", "skills: Cost per hour", "skills: Evolution", "skills: Transitions per day",
		"memory: Documents", "memory: Retrieval", "memory: Vault writes", "memory: Taken in", "memory: Embedding calls",
	} {
		if !reached[want] {
			t.Errorf("no row was reached from %s", want)
		}
	}
}

// Enter on a bar shows as many rows as the bar counts, c the request of one.
func TestFromABarToItsRequest(t *testing.T) {
	drive(t, 140, 40, simulated(t), func(d *driver) {
		d.press("4", "n") // to the calls per hour
		if d.focused() != "Calls per hour" {
			t.Fatalf("on %s", d.focused())
		}
		d.press("left", "left", "down")
		board := d.top().(*views.Board)
		said := board.Subject().Text
		d.must("━ " + said)
		d.press("enter")
		_, n, _ := strings.Cut(said, ": ")
		d.must(n+" row", "newest first", "› Calls per hour: ")
		if id := d.top().(views.Selecting).Subject().ID; id == "" {
			t.Error("the row can't be traced")
		}
		table, ok := d.top().(views.Exporting).Export()
		if !ok || !strings.HasPrefix(n, strings.TrimSpace(n)) || len(table.Rows) == 0 || table.Columns[0] != "timestamp" {
			t.Errorf("%v", table)
		}
	})
}

// A quantile opens on its own row, which is marked; the rows can be sorted,
// filtered, marked and compared.
func TestRowsBehindAQuantile(t *testing.T) {
	drive(t, 140, 40, simulated(t), func(d *driver) {
		d.press("4")
		for d.focused() != "Latency" {
			d.press("n")
		}
		d.press("right", "right") // from the calls to the p95
		d.must("━ all p95: ")
		d.press("enter")
		d.must("● this row is the p95", "slowest first")
		d.press("v")
		d.must("■ marked", "D diff with marked")
		d.press("D")
		d.must("Diff of ", "latency", "%", "≠")
		d.press("esc", "s")
		d.must("newest first")
		d.press("s")
		d.must("dearest first")
		d.press("/")
		d.typeText("no such text anywhere")
		d.press("enter")
		d.must("none of ", "esc clear filter")
		d.press("esc")
		d.must("dearest first")
		d.press("esc")
		d.must("Latency")
	})
}

// o on a panel of the overview leads to the view it sums up, and - back.
func TestOverviewLeadsToItsViews(t *testing.T) {
	drive(t, 120, 40, simulated(t), func(d *driver) {
		want := map[string]string{
			"Services": "[2 Health]", "Spend & budget": "[4 LLM & Cost]", "Calls & errors": "[4 LLM & Cost]",
			"Open escalations": "[7 Escalations]", "Pipeline & agents": "[3 Tasks]", "Latest errors": "[8 Errors]",
		}
		first := d.focused()
		for {
			if tab, ok := want[d.focused()]; ok {
				delete(want, d.focused())
				d.press("o")
				d.must(tab)
				d.press("-")
				d.must("[1 Overview]")
			}
			d.press("n")
			if d.focused() == first {
				break
			}
		}
		if len(want) > 0 {
			t.Errorf("never on %v", want)
		}
	})
}
