package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/ui/views"
)

// top is the view that can be seen.
func (d *driver) top() views.View { return d.m.router.top() }

// Every list that has rows opens each end of them, and Esc leads back to where
// the reader was.
func TestEveryListOpensItsRows(t *testing.T) {
	opened := make(map[string]bool)
	for _, tab := range tabs {
		if tab.id == views.IDLogs {
			continue
		}
		t.Run(string(tab.id), func(t *testing.T) {
			drive(t, 120, 40, simulated(t), func(d *driver) {
				d.press(tab.key, "f")
				first := d.focused()
				for {
					for _, row := range []string{"g", "G"} {
						d.press(row)
						if !slices.ContainsFunc(d.top().Bindings(), func(b views.Binding) bool { return b.Action == "row.open" }) {
							continue
						}
						before := strings.Join(d.lines(), "\n")
						panel := d.focused()
						d.press("enter")
						if id := d.top().ID(); !slices.Contains([]views.ID{views.IDRow, views.IDInvocation, views.IDLines, views.IDLine, views.IDBehind}, id) {
							t.Fatalf("%s: enter has opened %s", panel, id)
						}
						checkFrame(t, d.lines(), 120, 40)
						d.must(" › " + d.top().Title())
						d.press("esc")
						if strings.Join(d.lines(), "\n") != before {
							t.Errorf("%s: esc does not lead back:\n%s", panel, d.screen())
						}
						opened[string(tab.id)+": "+panel] = true
					}
					d.press("n")
					if d.focused() == first {
						break
					}
				}
			})
		})
	}
	for _, want := range []string{
		"health: Services", "health: Data directories", "agents: Active agents", "agents: Failed today", "agents: Cost by agent",
		"escalations: Escalations", "skills: Nightly jobs", "skills: Evolution", "memory: Vault writes", "llm: Latency", "llm: By model",
		"errors: Error groups", "errors: Lines", "overview: Latest errors",
	} {
		if !opened[want] {
			t.Errorf("nothing was opened in %s: %v", want, opened)
		}
	}
}

// Enter on a panel of the overview leads to the view it sums up, and - back.
func TestOverviewLeadsToItsViews(t *testing.T) {
	drive(t, 120, 40, simulated(t), func(d *driver) {
		want := map[string]string{
			"Services": "[2 Health]", "Spend & budget": "[4 LLM & Cost]", "Calls & errors": "[4 LLM & Cost]",
			"Open escalations": "[7 Escalations]", "Pipeline & agents": "[3 Tasks]",
		}
		first := d.focused()
		for {
			if tab, ok := want[d.focused()]; ok {
				delete(want, d.focused())
				d.press("enter")
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
