package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/views"
)

// slowArchive answers when the test lets it: each answer is waited for.
type slowArchive struct {
	answers chan error // nil is an answer without rows or lines
	asked   []data.InvocationQuery
}

func (a *slowArchive) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-a.answers:
		return err
	}
}

func (a *slowArchive) Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error) {
	a.asked = append(a.asked, q)
	return data.InvocationPage{}, a.wait(ctx)
}

func (a *slowArchive) Rows(ctx context.Context, _ data.RowQuery) (data.RowPage, error) {
	return data.RowPage{}, a.wait(ctx)
}

func (a *slowArchive) Lines(ctx context.Context, _ data.LineQuery, _ func(float64)) (data.LinePage, error) {
	return data.LinePage{}, a.wait(ctx)
}

// withArchive is the sample with an archive.
func withArchive(a *slowArchive) func(clock *clockwork.FakeClock) Options {
	return func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		a.answers = make(chan error)
		o.Archive = a
		return o
	}
}

// pick chooses a range by typing it.
func (d *driver) pick(text string) {
	d.press("t")
	d.typeText(text)
	d.press("enter")
	d.advance(figuresEvery)
}

func TestPickRangeByTyping(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("t")
		d.must("Time range", "90m, 3d, today", "yesterday", "14d")
		d.typeText("2026-07-14 10:00..9")
		d.must(`can't read "9" as the end`)
		d.press("enter")
		d.must("Time range") // it can't be chosen
		d.press("backspace")
		d.typeText("12:30")
		d.must("07-14 10:00:00 – 07-14 12:30:00", "2h30m", "past")
		d.press("enter")
		d.advance(figuresEvery)
		d.must("range 14 Jul 10:00–12:30 · past", "24h to range end", "as of now")
		d.mustNot("Time range")

		d.press("t") // what was typed can be chosen again
		d.must("14 Jul 10:00–12:30")
		d.press("esc")
		d.press(".")
		d.must("window 24h")
		d.mustNot("past", "as of now")
	})
}

func TestZoomAndShift(t *testing.T) {
	drive(t, 160, 40, sampleOptions, func(d *driver) {
		for _, step := range []struct{ key, want string }{
			{"z", "range 12h · live"},
			{"z", "range 6h · live"},
			{"Z", "range 12h · live"},
			{"Z", "window 24h"},
			{"Z", "range 2d · live"},
			{"z", "window 24h"},
			{"[", "range 14 Jul 01:37:42–15 Jul 01:37:42 · past"},
			{"[", "range 13 Jul 13:37:42–14 Jul 13:37:42 · past"},
			{"z", "range 14 Jul 01:37:42–13:37:42 · past"},
			{"Z", "range 13 Jul 13:37:42–14 Jul 13:37:42 · past"},
			{"]", "range 14 Jul 01:37:42–15 Jul 01:37:42 · past"},
			{"]", "window 24h"},
			{"]", "window 24h"}, // there is nothing later
			{"[", "past"},
			{".", "window 24h"},
		} {
			d.press(step.key)
			d.must(step.want)
		}
	})
}

// The figures of a range are those of the range: half a day has fewer calls than a day.
func TestRangeDrivesPanels(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.pick("13h37m42s") // as today
		today := *d.m.feed.figures.LLM.Calls[data.WindowToday]
		if got := d.m.feed.figures.LLM.Calls[data.WindowRange]; got == nil || *got != today {
			t.Errorf("calls of the range: %v, want today's %d", got, today)
		}
		d.must("range 13h37m42s · live")
		d.publish(func(*data.Hub) {})
		d.advance(time.Hour)
		d.publish(func(*data.Hub) {}) // it moves on with the clock
		w := d.m.feed.figures.Range
		if !w.To.Equal(d.m.feed.latest.At) || w.To.Sub(w.From) != 13*time.Hour+37*time.Minute+42*time.Second {
			t.Errorf("the range is %v to %v at %v", w.From, w.To, d.m.feed.latest.At)
		}
	})
}

func TestReadingARange(t *testing.T) {
	a := &slowArchive{}
	drive(t, 160, 40, withArchive(a), func(d *driver) {
		d.pick("2026-07-10 10:10..12:50")
		d.must("range 10 Jul 10:10–12:50 · past · ░░░░░░░░ reading 0%")
		if len(a.asked) != 1 || !a.asked[0].From.Equal(time.Date(2026, 7, 10, 10, 0, 0, 0, time.UTC)) {
			t.Fatalf("asked for %+v, want the rows of the hour from 10:00", a.asked)
		}
		for range 3 {
			a.answers <- nil // two hours, the newest rows
			d.settle()
		}
		d.advance(figuresEvery)
		d.must("reading 67%")
		a.answers <- nil // warnings and errors
		d.advance(figuresEvery)
		d.mustNot("reading")
		d.must("range 10 Jul 10:10–12:50 · past")
		d.arrive(1, "x") // the same range is not read again
		d.press("8")
		d.must("nothing went wrong in the range")
		if len(a.asked) != 3 {
			t.Errorf("asked %d times", len(a.asked))
		}
	})
}

func TestReadingIsStopped(t *testing.T) {
	a := &slowArchive{}
	drive(t, 160, 40, withArchive(a), func(d *driver) {
		d.pick("2026-05-01..2026-05-03")
		d.must("reading 0%", "esc stop reading")
		d.press("8")
		d.must("reading 0%")
		d.press("esc")
		d.advance(figuresEvery)
		d.must("not all read", "stopped reading")
		asked := len(a.asked)
		d.arrive(1, "x")
		if len(a.asked) != asked {
			t.Error("reading began again by itself")
		}
		d.press("[")
		d.advance(figuresEvery)
		d.must("reading 0%") // another range is another matter
		d.press(".")
		d.must("window 24h")
		d.mustNot("reading 0%")
	})
}

func TestReadingFails(t *testing.T) {
	a := &slowArchive{}
	drive(t, 160, 40, withArchive(a), func(d *driver) {
		d.pick("2026-07-10 10:10..12:50")
		for range 4 {
			select {
			case a.answers <- errors.New("the disk is on fire"):
			case <-time.After(time.Hour):
			}
			d.settle()
		}
		d.advance(figuresEvery)
		d.must("the disk is on fire", "not all read")
	})
}

// Quitting while a range is read ends the reading.
func TestQuitWhileReading(t *testing.T) {
	a := &slowArchive{}
	drive(t, 120, 40, withArchive(a), func(d *driver) {
		d.pick("2026-07-10 10:10..12:50")
		d.must("reading")
		d.m.Close()
		d.settle() // synctest fails the test if a goroutine stays
	})
}

func TestRangeWhilePaused(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("space")
		d.arrive(5, "later")
		d.pick("3h")
		d.must("PAUSED +5 lines", "range 3h")
		if got := d.m.feed.figures.Range.To; !got.Equal(d.m.feed.held.At) {
			t.Errorf("the range ends at %v, the screen was paused at %v", got, d.m.feed.held.At)
		}
	})
}

// A range limits what there is to see of the log, also while it is live; one that has
// ended is looked at from its end.
func TestLogsShowTheRange(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.publish(func(h *data.Hub) {
			var batch []logline.Entry
			for i := range 300 {
				at := testNow.Add(-3*time.Hour + time.Duration(i)*time.Minute/2)
				batch = append(batch, sampleLine(at, 100*i+1))
			}
			h.AppendLines(batch)
		})
		d.press("L")
		d.must("following · 600 lines in 24h")
		d.pick("2026-07-15 10:40..11:00")
		d.must("10:59:42", "10:59:12", "past", "15 Jul 10:40–11:00 · 40 lines")
		d.mustNot("following", "11:00:12", "10:39:")
		d.press("g")
		d.must("10:40:12")
		d.mustNot("10:39:42")
		d.press("G", "z") // the later half
		d.must("15 Jul 10:50–11:00 · 20 lines", "10:59:42")
		d.press("[")
		d.must("15 Jul 10:45–10:55 · 20 lines", "10:54:42")
		d.mustNot("10:55:12")
		d.press("g", "down", "down", "down", "down", "down", "down") // 10:48:12
		d.press("z")                                                 // around it
		d.must("15 Jul 10:45:42–10:50:42 · 11 lines", "10:48:12")
		d.press("Z")
		d.must("15 Jul 10:43:12–10:53:12 · 21 lines", "10:48:12")
		d.press("/")
		d.typeText("llm_invocation_logged")
		d.press("enter")
		d.must("of 21 lines")
		d.press("esc", ".")
		d.must("following · 600 lines in 24h")
		d.pick("2h")
		d.must("following · 480 lines in 2h")
	})
}

// The picker can be drawn and used at every size.
func TestRangePickerAtAllSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {20, 5}, {40, 12}, {60, 14}, {80, 24}, {300, 80}} {
		drive(t, size[0], size[1], sampleOptions, func(d *driver) {
			d.press("t", "down", "tab", "left", "up", "down", "down")
			checkFrame(t, d.lines(), size[0], size[1])
			d.typeText("3d\x1b[31m")
			checkFrame(t, d.lines(), size[0], size[1])
			d.press("enter", "esc")
			checkFrame(t, d.lines(), size[0], size[1])
		})
	}
}

// The frames of a range that is past, of the choice of one, and of what is said of a
// panel.
func TestGoldenRange(t *testing.T) {
	for name, do := range map[string]func(d *driver){
		"past":    func(d *driver) { d.pick("2026-07-10 10:10..12:50") },
		"errors":  func(d *driver) { d.press("8"); d.pick("2026-07-10 10:10..12:50") },
		"picker":  func(d *driver) { d.press("t"); d.typeText("2026-07-10 10:10..12") },
		"inspect": func(d *driver) { d.press("right", "right", "i") },
	} {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size[0], size[1]), func(t *testing.T) {
				open := simulated(t)
				var frame string
				drive(t, size[0], size[1], func(clock *clockwork.FakeClock) Options {
					o := open(clock)
					o.View = "llm"
					o.Target.DB = "/srv/donna/donna_tasks.db" // that of the simulation lies elsewhere each time
					return o
				}, func(d *driver) {
					do(d)
					lines := d.lines()
					checkFrame(t, lines, size[0], size[1])
					frame = stripped(strings.Join(lines, "\n"))
				})
				golden.RequireEqual(t, frame)
			})
		}
	}
}

// The range zooms around the bar under the cursor, and around an hour of the heat map;
// without one its end stays.
func TestZoomAroundTheCursor(t *testing.T) {
	drive(t, 160, 50, sampleOptions, func(d *driver) {
		for d.focused() != "Calls per hour" {
			d.press("n")
		}
		d.press("z")
		d.must("range 12h · live")
		d.press("left", "left", "left", "left") // 09:00 to 10:00
		d.press("z")
		d.must("range 15 Jul 06:30–12:30 · past")
		d.press("Z")
		d.must("range 12h · live") // it would reach beyond now
	})
	drive(t, 160, 50, sampleOptions, func(d *driver) {
		for d.focused() != "Hour by weekday" {
			d.press("n")
		}
		d.press("right", "right", "down")
		at, ok := d.top().(views.Timed).Instant()
		if !ok || !at.Before(testNow) || at.Before(testNow.AddDate(0, 0, -7)) || at.Minute() != 30 {
			t.Fatalf("the cursor is on %v, %v", at, ok)
		}
		d.press("z")
		d.must("range " + at.Add(-6*time.Hour).Format("2 Jan 15:04"))
	})
}
