package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/views"
)

func TestPaletteDoesWhatItLists(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Filters = map[string]string{"failed": "task_failed"}
		return o
	}
	for _, c := range []struct {
		typed string
		want  []string
	}{
		{"logs", []string{"[L Logs]", "following"}},
		{":logs", []string{"[L Logs]"}},
		{"view escalations", []string{"[7 Escalations]"}},
		{"escal", []string{"[7 Escalations]"}},
		{"window 7d", []string{"window 7d"}},
		{"window mo", []string{"window month"}},
		{"window 90m", []string{"range 1h30m · live"}},
		{"window 2026-07-14 10:00..12:30", []string{"range 14 Jul 10:00–12:30 · past"}},
		{"pause", []string{"PAUSED"}},
		{"screen.sources", []string{"Sources", "no Loki: give --loki URL"}},
		{"full screen", []string{"panel 1 of"}},
		{"filter failed", []string{"[L Logs]", "30 of 300 lines"}},
		{"failed", []string{"[L Logs]", "30 of 300 lines"}},
		{"filter plain", []string{"[L Logs]", "/plain: 30 of 300 lines"}},
		{"filter (", []string{"[L Logs]", "✗ filter: column 2: a term is missing here"}},
	} {
		t.Run(c.typed, func(t *testing.T) {
			drive(t, 120, 40, open, func(d *driver) {
				d.press(":")
				d.must("Command")
				d.typeText(c.typed)
				checkFrame(t, d.lines(), 120, 40)
				d.press("enter")
				d.mustNot("━ Command ━")
				d.must(c.want...)
			})
		})
	}
}

func TestPaletteQuits(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press(":")
		d.typeText("q")
		if d.quit {
			t.Fatal("a letter has ended the program")
		}
		d.typeText("uit")
		d.press("enter")
		if !d.quit {
			t.Error("quit does not")
		}
	})
}

// What nothing is called is said, and what was typed stays.
func TestPaletteSaysWhatItDoesNotKnow(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press(":")
		d.typeText("xyzzy")
		d.must("nothing like it")
		d.press("enter")
		d.must(`nothing here is called "xyzzy"`, ":xyzzy")
		d.press("backspace")
		d.mustNot("nothing here is called")
		d.press("ctrl+u")
		d.typeText("theme nor")
		d.must("❯ theme nord")
		d.press("tab")
		d.must(":theme nord")
		d.press("esc")
		d.mustNot("Command")
		d.must("Spend & budget")
	})
}

// What was done last comes first, as often as the palette is opened, and only what
// can be done where the reader is.
func TestPaletteRemembers(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		run := func(line string) {
			d.press(":")
			d.typeText(line)
			d.press("enter")
		}
		run("window 7d")
		run("view logs")
		run("filter zzz")
		run("view llm")
		run("window 7d")
		d.press(":")
		screen := d.screen()
		at := func(text string) int { return strings.Index(screen, " "+text) }
		if !strings.Contains(screen, "❯ window 7d") || at("filter zzz") < at("window 7d") || at("view logs") < at("filter zzz") {
			t.Errorf("the order is wrong:\n%s", screen)
		}
		if n := strings.Count(screen, "window 7d "); n != 2 { // the header has it too
			t.Errorf("window 7d is there %d times:\n%s", n, screen)
		}
		d.press("esc", "7", ":")
		d.must("❯ view llm", "  filter zzz")
		if slices.ContainsFunc(d.m.commands(), func(c command) bool { return c.Text == "window 7d" }) {
			t.Error("the escalations have a window")
		}
	})
}

// tracerFunc is a tracer that knows nothing.
type tracerFunc func(id string)

func (f tracerFunc) Trace(_ context.Context, id string, _ func(*trace.Trace)) (*trace.Trace, error) {
	f(id)
	return &trace.Trace{}, nil
}

// An id leads to its trace, if anything can be traced.
func TestPaletteOffersTraces(t *testing.T) {
	with := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Tracer = tracerFunc(func(string) {})
		return o
	}
	for _, line := range []string{"3f2a9c1e-0b7d-4c55", "trace 3f2a9c1e-0b7d-4c55", ":trace 3f2a9c1e-0b7d-4c55"} {
		drive(t, 120, 40, with, func(d *driver) {
			d.press(":")
			d.typeText(line)
			d.must("❯ trace 3f2a9c1e-0b7d-4c55")
		})
		drive(t, 120, 40, sampleOptions, func(d *driver) {
			d.press(":")
			d.typeText(line)
			d.mustNot("❯ trace")
		})
	}
	drive(t, 120, 40, with, func(d *driver) {
		if _, ok := d.m.typed("", "logs"); ok {
			t.Error("logs is taken for an id")
		}
	})
}

// Every action that is shown can be found by its name and by what it does.
func TestPaletteHasEveryAction(t *testing.T) {
	for _, way := range [][]string{nil, {"p", "down"}, {"f"}, {"L"}, {"L", "up"}, {"L", "enter"}, {"space"}} {
		drive(t, 120, 40, sampleOptions, func(d *driver) {
			d.press(way...)
			shown := d.shown()
			found := d.m.commands()
			for _, b := range shown {
				if b.Action == d.m.keys.Palette.Action || isViewKey(&d.m.keys, b.Action) {
					continue
				}
				if !slices.ContainsFunc(found, func(c command) bool { return c.Name == b.Action && c.Text == b.Help().Desc && c.note == b.Help().Key }) {
					t.Errorf("after %v: no %s", way, b.Action)
				}
			}
			for _, tab := range tabs {
				current := tab.id == d.top().ID()
				if slices.ContainsFunc(found, func(c command) bool { return c.Text == "view "+string(tab.id) }) == current {
					t.Errorf("after %v: view %s", way, tab.id)
				}
			}
		})
	}
}

// What is pasted is typed; what is hostile in it does nothing.
func TestPasteIntoThePalette(t *testing.T) {
	drive(t, 80, 24, sampleOptions, func(d *driver) {
		d.press(":")
		d.send(pasted("th\x1b]52;c;eA==\aeme\nnord"))
		checkFrame(t, d.lines(), 80, 24)
		for _, text := range hostile {
			d.press("ctrl+u")
			d.send(pasted(text))
			checkFrame(t, d.lines(), 80, 24)
			d.press("enter")
			checkFrame(t, d.lines(), 80, 24)
		}
	})
}

var _ views.Tracer = tracerFunc(nil)
