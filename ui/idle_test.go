package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"
)

// A session in which nothing happens hears the clock of its header and nothing
// else, and not even that while its terminal says that nobody looks; data that
// stays as it is, but for its age, is shown anew as often as the Hub says.
func TestIdleSessionSleeps(t *testing.T) {
	const hour, refreshes = 3600, 3600 / 5
	const awake = 50                     // every second of the first minute, ten seconds of which are over
	const ticks = awake + (hour-awake)/6 // then every sixth, as nothing else is drawn
	still := func(clock *clockwork.FakeClock) Options {
		return Options{Hub: fixedHub{sampleHub(clock).Snapshot()}}
	}
	for name, c := range map[string]struct {
		open    func(clock *clockwork.FakeClock) Options
		blurred bool
		want    map[string]int // messages in an hour
		frames  int
	}{
		"nothing":      {still, false, map[string]int{"ui.clockMsg": ticks}, ticks},
		"nobody looks": {still, true, map[string]int{"ui.clockMsg": 1}, 0}, // the timer that ran
		"data that is older": {sampleOptions, false, map[string]int{
			"ui.clockMsg": awake + (hour-awake)/5, "ui.snapshotMsg": refreshes, "ui.figuresMsg": refreshes,
		}, awake + (hour-awake)/5}, // the data, its figures and the clock in one
	} {
		t.Run(name, func(t *testing.T) {
			drive(t, 200, 60, c.open, func(d *driver) {
				if hub, ok := d.m.options.Hub.(interface{ Run(ctx context.Context) }); ok {
					ctx, stop := context.WithCancel(context.Background())
					defer stop()
					go hub.Run(ctx)
				}
				d.advance(10 * time.Second) // whatever the beginning needs
				d.advance(frameEvery)
				if c.blurred {
					d.send(tea.BlurMsg{})
				}
				heard, frames, drawn := make(map[string]int), 0, d.m.frame.at
				d.heard = func(msg tea.Msg) {
					heard[fmt.Sprintf("%T", msg)]++
					if !d.m.frame.at.Equal(drawn) {
						frames++
						drawn = d.m.frame.at
					}
				}
				for range hour {
					d.advance(time.Second)
				}
				// Of the clock and the figures of one moment either may come first;
				// the second of them waits for its frame where both are drawn.
				if n := heard["ui.frameMsg"]; n > c.want["ui.figuresMsg"] {
					t.Errorf("%d late frames in an hour of %d figures", n, c.want["ui.figuresMsg"])
				}
				frames -= heard["ui.frameMsg"]
				delete(heard, "ui.frameMsg")
				const more = 2 // at either end of the hour
				for kind, n := range heard {
					if n > c.want[kind]+more || n < c.want[kind]-more {
						t.Errorf("%d messages %s in an hour, want %d", n, kind, c.want[kind])
					}
				}
				if len(heard) != len(c.want) || frames > c.frames+more {
					t.Errorf("%d frames in an hour, want %d; messages %v", frames, c.frames, heard)
				}
			})
		})
	}
}
