package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"
)

// ctrl+z stops the program wherever the reader is, if a shell waits below; else it
// does nothing, and help does not have it.
func TestSuspendKey(t *testing.T) {
	for name, can := range map[string]bool{"below a shell": true, "alone": false} {
		t.Run(name, func(t *testing.T) {
			open := func(clock *clockwork.FakeClock) Options {
				o := sampleOptions(clock)
				o.Suspend = can
				return o
			}
			drive(t, 200, 60, open, func(d *driver) {
				stopped := 0
				d.heard = func(msg tea.Msg) {
					if _, ok := msg.(tea.SuspendMsg); ok {
						stopped++
					}
				}
				want := 0
				for _, keys := range [][]string{nil, {"L", "/"}, {"esc", "t"}, {"esc", "?"}} {
					d.press(keys...)
					d.press("ctrl+z")
					if can {
						want++
					}
					if stopped != want {
						t.Errorf("after %v it was stopped %d times, want %d", keys, stopped, want)
					}
				}
				if can {
					d.must("suspend, fg goes on")
				} else {
					d.mustNot("suspend, fg goes on")
				}
				before := d.screen()
				d.send(tea.ResumeMsg{})
				if after := d.screen(); after != before {
					t.Errorf("going on changed the screen:\n%s", after)
				}
			})
		})
	}
}
