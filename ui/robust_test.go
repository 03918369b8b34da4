package ui

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// Every frame is exactly as large as the terminal, whatever its size, and the
// smallest say what they need.
func TestEverySizeIsFilled(t *testing.T) {
	drive(t, 80, 24, simulated(t), func(d *driver) {
		for _, tab := range tabs {
			d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
			d.press(tab.key)
			for _, w := range []int{0, 1, 2, 3, 7, 20, 39, 40, 41, 60, 80, 109, 110, 132, 169, 170, 200, 400} {
				for _, h := range []int{0, 1, 2, 5, 11, 12, 13, 15, 16, 24, 25, 40, 60, 120} {
					d.send(tea.WindowSizeMsg{Width: w, Height: h})
					checkFrame(t, d.lines(), w, h)
					if w >= 5 && (w < minWidth || h < minHeight) && h > 0 {
						d.must("40x12")
					}
					if w >= minWidth && h >= minHeight {
						d.must("donnatop", "? help")
					}
				}
			}
		}
	})
}

// While data flows and keys are pressed, no resize ever breaks a frame.
func TestResizeStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	open := func(clock *clockwork.FakeClock) Options { return Options{Hub: spoiledHub(t, clock)} }
	drive(t, 120, 40, open, func(d *driver) {
		rng := rand.New(rand.NewPCG(7, 11))
		keys := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "M", "L", "up", "down", "left", "right", "pgup", "pgdown", "f", "n", "w", "v", "g", "G", "enter", "esc", "?", "S", "space", "t", "z", "Z", "[", "]", ".", "i", "$", "b", "s", "/", "x", "-", ":", "T", "y", "Y", "e", "m", "alt+left", "alt+right", "tab"}
		w, h := 120, 40
		for i := range 400 {
			switch rng.IntN(4) {
			case 0:
				w, h = rng.IntN(220), rng.IntN(70)
				d.send(tea.WindowSizeMsg{Width: w, Height: h})
			case 1:
				d.arrive(rng.IntN(30), hostile[i%len(hostile)])
			case 2:
				d.press(keys[rng.IntN(len(keys))])
			case 3:
				state := []data.State{data.StateLive, data.StateStale, data.StateFailed, data.StateConnecting}[rng.IntN(4)]
				d.publish(func(h *data.Hub) {
					h.SetState(data.SourceDB, data.SourceState{State: state, Loaded: rng.IntN(2) == 0, Detail: hostile[i%len(hostile)]})
				})
			}
			checkFrame(t, d.lines(), w, h)
			if w >= minWidth && h >= minHeight && !strings.HasPrefix(stripped(d.lines()[0]), " donnatop ") {
				t.Fatalf("step %d: the header is %q", i, d.lines()[0])
			}
		}
	})
}

func TestHostileTextStaysInItsPlace(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		open := func(clock *clockwork.FakeClock) Options {
			o := sampleOptions(clock)
			o.Title, o.Version, o.ASCII = hostile[0], hostile[2], ascii
			return o
		}
		drive(t, 80, 24, open, func(d *driver) {
			check := func() {
				t.Helper()
				checkFrame(t, d.lines(), 80, 24)
				if ascii && strings.ContainsFunc(d.screen(), func(r rune) bool { return r >= 0x80 }) {
					t.Fatalf("not ASCII:\n%s", d.screen())
				}
			}
			d.publish(func(h *data.Hub) {
				db := *h.Snapshot().DB
				db.Recent = append([]data.InvocationRow(nil), db.Recent...)
				for i := range hostile {
					db.Recent[i].ID, db.Recent[i].TaskType = hostile[i], hostile[i]
					db.Recent[i].ModelActual, db.Recent[i].TaskID = &hostile[i], &hostile[i]
				}
				h.SetDB(&db)
				h.SetState(data.SourceFiles, data.SourceState{State: data.StateStale, Loaded: true, Detail: hostile[0],
					Gaps: []data.Gap{{From: d.clock.Now().Add(-time.Minute), To: d.clock.Now(), Reason: hostile[1]}}})
			})
			d.press("p")
			for range hostile {
				check()
				d.press("enter")
				check()
				d.press("esc", "down")
			}
			d.press("L", "w")
			for _, text := range hostile {
				d.publish(func(h *data.Hub) {
					batch := make([]logline.Entry, 1)
					logline.Parse(&batch[0], text, d.clock.Now(), d.clock.Now())
					h.AppendLines(batch)
				})
				check()
				d.press("enter")
				check()
				d.press("G")
				check()
				d.press("esc", "w")
				check()
				d.press("w")
			}
			d.press("?")
			check()
			d.press("esc", "S")
			check()
		})
	}
}

// Without colours there are none, and what they told is told otherwise.
func TestNoColour(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.NoColor, o.Theme = true, "donna"
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.press("p", "down")
		for _, key := range []string{"", "L", "?"} {
			if key != "" {
				d.press(key)
			}
			for _, l := range d.lines() {
				for _, sgr := range colour.FindAllString(l, -1) {
					t.Fatalf("colour %q in %q", sgr, l)
				}
			}
			if !strings.Contains(strings.Join(d.lines(), ""), "\x1b[") {
				t.Error("not even brightness tells things apart")
			}
		}
	})
}

// colour is an SGR sequence that sets a colour.
var colour = regexp.MustCompile(`\x1b\[(?:[0-9;:]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;:]*m`)

// Gaps and lost lines are told where they belong.
func TestGapsAreDrawnAsGaps(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L")
		d.publish(func(h *data.Hub) {
			now := d.clock.Now()
			h.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true, Lost: 12, Gaps: []data.Gap{
				{From: now.Add(-10 * time.Second), To: now.Add(-8 * time.Second), Reason: "Loki was restarted"},
				{From: now, To: now.Add(time.Second), Reason: "the file was truncated"},
			}})
		})
		d.must("12 lost", "2 gaps", "lines missing 13:37:32–13:37:34 (2s): Loki was restarted", "the file was truncated")
		lines := strings.Split(d.screen(), "\n")
		for i, l := range lines {
			if strings.Contains(l, "Loki was restarted") && !(strings.Contains(lines[i-1], "13:37:31") && strings.Contains(lines[i+1], "13:37:33")) {
				t.Errorf("the gap stands in the wrong place:\n%s", d.screen())
			}
		}
	})
}

func TestEveryStateIsToldApart(t *testing.T) {
	failed := func(h *data.Hub) {
		h.SetState(data.SourceFiles, data.SourceState{State: data.StateFailed, Detail: "open x.log: permission denied: let this user read it"})
	}
	for _, c := range []struct {
		name string
		fill func(h *data.Hub)
		want string
	}{
		{"absent", func(*data.Hub) {}, "No log is read: no log source: give --loki URL or --logs FILE"},
		{"connecting", func(h *data.Hub) {
			h.SetState(data.SourceFiles, data.SourceState{State: data.StateConnecting})
		}, "Reading the log"},
		{"loading", func(h *data.Hub) {
			h.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Progress: 0.43})
		}, "loading 43"},
		{"failed", failed, "The log can't be read: open x.log: permission denied"},
		{"stale", func(h *data.Hub) {
			h.SetState(data.SourceFiles, data.SourceState{State: data.StateStale, Loaded: true, Detail: "Loki is down"})
		}, "No line so far, and the log does not answer: Loki is down"},
		{"empty", func(h *data.Hub) {
			h.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true})
		}, "No line so far: the log is read, but nothing has been written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := func(clock *clockwork.FakeClock) Options { return Options{Hub: hubWith(clock, c.fill), View: "logs"} }
			drive(t, 120, 24, open, func(d *driver) {
				d.must(c.want)
				checkFrame(t, d.lines(), 120, 24)
				for _, tab := range tabs {
					d.press(tab.key)
					checkFrame(t, d.lines(), 120, 24)
				}
			})
		})
	}
}

// brokenHub has snapshots whose figures panic.
type brokenHub struct{ *data.Hub }

func (h brokenHub) Snapshot() *data.Snapshot {
	s := h.Hub.Snapshot()
	return &data.Snapshot{Version: s.Version, At: s.At, Sources: s.Sources, Logs: s.Logs, Config: s.Config, Counts: s.Counts}
}

func TestPanickingFiguresAreTold(t *testing.T) {
	var log bytes.Buffer
	open := func(clock *clockwork.FakeClock) Options {
		return Options{Hub: brokenHub{sampleHub(clock)}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.must("✗ figures stand still, the log file says more: compute figures: ")
		d.press("L")
		d.must("300 lines")
		checkFrame(t, d.lines(), 120, 40)
	})
	if !strings.Contains(log.String(), "computing figures panicked") || !strings.Contains(log.String(), "stack=") {
		t.Errorf("logged: %s", log.String())
	}
}

// Messages that come faster than the eye sees are drawn together, the last one
// always.
func TestFramesAreDrawnInTime(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L")
		d.advance(time.Second)
		d.lines()
		hub := d.m.options.Hub.(*data.Hub)
		before := d.m.frame.at
		for i := range 50 {
			at := d.clock.Now()
			batch := make([]logline.Entry, 1)
			logline.Parse(&batch[0], fmt.Sprintf("message %d", i), at, at)
			hub.AppendLines(batch)
			d.send(snapshotMsg{hub.Publish()})
		}
		if d.m.frame.at != before {
			t.Error("a frame was drawn before its time")
		}
		d.clock.Advance(frameEvery)
		d.settle()
		if !strings.Contains(stripped(d.m.View().Content), "message 49") {
			t.Errorf("the last message is not on the screen:\n%s", stripped(d.m.View().Content))
		}
	})
}

// Where nothing happens nothing is drawn but the clock, and not even that while
// nobody looks.
func TestIdleCostsNothing(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		draws := func(seconds int) int {
			n := 0
			for range seconds * 20 {
				at := d.m.frame.at
				d.advance(time.Second / 20)
				if d.m.frame.at != at {
					n++
				}
			}
			return n
		}
		draws(2)
		if n := draws(10); n != 10 {
			t.Errorf("%d frames in ten idle seconds, want one a second", n)
		}
		d.send(tea.BlurMsg{})
		draws(2)
		if n := draws(10); n != 0 {
			t.Errorf("%d frames while nobody looks", n)
		}
		d.arrive(1, "news")
		d.send(tea.FocusMsg{})
		if n := draws(10); n != 10 {
			t.Errorf("%d frames after somebody looks again", n)
		}
	})
}

func TestFiguresAreComputedFourTimesASecond(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		hub := d.m.options.Hub.(*data.Hub)
		computed, last := 0, d.m.feed.figures
		for range 100 { // ten seconds, a snapshot every 100 ms
			hub.Publish()
			d.advance(100 * time.Millisecond)
			if d.m.feed.figures != last {
				computed, last = computed+1, d.m.feed.figures
			}
		}
		if computed < 30 || computed > 41 {
			t.Errorf("figures were computed %d times in ten seconds", computed)
		}
		d.advance(figuresEvery)
		if d.m.feed.figured != d.m.feed.latest {
			t.Error("the figures are not those of the newest snapshot")
		}
	})
}
