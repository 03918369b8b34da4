package ui

import (
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/views"
)

// publish makes a change to the hub known and waits until it is on the screen.
func (d *driver) publish(change func(h *data.Hub)) {
	h := d.m.options.Hub.(*data.Hub)
	change(h)
	h.Publish()
	d.settle()
	d.advance(figuresEvery) // the figures may be due only now
}

// arrive lets n lines come in, each with the text.
func (d *driver) arrive(n int, text string) {
	d.publish(func(h *data.Hub) {
		batch := make([]logline.Entry, n)
		for i := range batch {
			at := d.clock.Now().Add(time.Duration(i-n) * time.Millisecond)
			logline.Parse(&batch[i], fmt.Sprintf("%s %d", text, i), at, at)
		}
		h.AppendLines(batch)
	})
}

func TestSwitchViews(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.must("[4 LLM & Cost]", "Spend & budget")
		d.press("L")
		d.must("[L Logs]", "following")
		d.press("-")
		d.must("[4 LLM & Cost]")
		d.press("tab")
		d.must("[5 Agents]")
		d.press("shift+tab", "shift+tab")
		d.must("[3 Tasks]")
		d.press("1", "shift+tab")
		d.must("[L Logs]")
		d.press("tab")
		d.must("[1 Overview]")
		for _, tab := range tabs {
			d.press(tab.key)
			d.must("[" + tab.key + " " + tab.title + "]")
		}
	})
}

// A session that isn't told otherwise begins with the view of everything.
func TestBeginsWithTheOverview(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options { return Options{Hub: sampleHub(clock)} }
	drive(t, 120, 40, open, func(d *driver) { d.must("[1 Overview]", "Latest errors") })
}

func TestBeginsWhereAsked(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.View, o.Window = "logs", "7d"
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.must("[L Logs]", "sample")
		d.must("window 7d", "lines in 7d")
		d.press("4")
		d.must("window 7d")
	})
}

func TestUnknownNamesAreRefused(t *testing.T) {
	clock := clockwork.NewFakeClockAt(testNow)
	for _, c := range []struct {
		name string
		set  func(o *Options)
		want string
	}{
		{"view", func(o *Options) { o.View = "cost" }, `unknown view "cost": use one of overview, health, tasks, llm`},
		{"window", func(o *Options) { o.Window = "2x" }, `window "2x": can't read the range`},
		{"theme", func(o *Options) { o.Theme = "pink" }, `unknown theme "pink": use one of donna`},
		{"hub", func(o *Options) { o.Hub = nil }, "no hub"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := sampleOptions(clock)
			c.set(&o)
			if _, err := New(o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func (d *driver) focused() string {
	for _, l := range strings.Split(d.screen(), "\n") {
		if _, after, ok := strings.Cut(l, "┏━ "); ok {
			title, _, _ := strings.Cut(after, " ━")
			return title
		}
	}
	return ""
}

func TestFocusMoves(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		for _, step := range []struct{ key, want string }{
			{"right", "Calls per hour"}, {"l", "Calls"}, {"right", "Latency"}, {"left", "Calls"},
			{"j", "Calls"}, {"G", "Calls"}, {"j", "By model"}, {"h", "By task type"}, {"k", "Calls per hour"}, {"p", "Spend & budget"}, {"p", "Invocations"},
			{"n", "Spend & budget"},
		} {
			d.press(step.key)
			if got := d.focused(); got != step.want {
				t.Fatalf("after %s: focus on %q, want %q\n%s", step.key, got, step.want, d.screen())
			}
		}
	})
}

// In full screen every panel can be reached, those without room in the grid too.
func TestFullScreenReachesEveryPanel(t *testing.T) {
	drive(t, 80, 24, sampleOptions, func(d *driver) {
		d.must("more panels: f, then n")
		d.press("f")
		seen := make(map[string]bool)
		for range len(panels.LLM()) {
			checkFrame(t, d.lines(), 80, 24)
			seen[d.focused()] = true
			d.press("n")
		}
		if len(seen) != len(panels.LLM()) {
			t.Errorf("%d panels seen: %v", len(seen), seen)
		}
		d.press("esc")
		d.must("more panels")
		d.press("1")
		d.must("1 more panel: f, then n")
	})
}

func TestScrollAndOpenInvocations(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p")
		rows := d.m.feed.figures.LLM.Recent
		d.press("down", "down", "down")
		d.publish(func(h *data.Hub) { // a newer row comes in above
			db := *h.Snapshot().DB
			fresh := rows[0]
			fresh.RowID, fresh.ID, fresh.Time = 99999, "fresh", d.clock.Now()
			db.Recent = append([]data.InvocationRow{fresh}, db.Recent...)
			h.SetDB(&db)
		})
		d.press("enter")
		d.must("LLM & Cost › Invocation "+rows[3].ID[:8], rows[3].TaskType)
		d.press("$")
		d.must("money hidden")
		d.press("esc")
		d.must("Spend & budget")
		d.press("G", "pgup", "g", "pgdown", "G", "enter")
		d.must("Invocation " + rows[data.RecentRows-2].ID[:8]) // the newer row has pushed the last one out
		d.press("4")                                           // the tab's own key leads back to its root
		d.must("Spend & budget")
	})
}

func TestWindowSplitSortMoney(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.must("window 24h")
		d.press("t", "up", "enter")
		d.must("range 12h · live")
		d.press("t", "home")
		d.press("esc")
		d.must("range 12h · live")
		d.must("$")
		for _, key := range []string{"b", "s", "$"} {
			before := d.screen()
			d.press(key)
			if d.screen() == before {
				t.Errorf("%s changes nothing", key)
			}
		}
		d.must("money hidden")
	})
}

func TestPauseHoldsTheScreen(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L", "space")
		d.must("PAUSED", "300 lines")
		d.arrive(25, "while paused")
		d.must("PAUSED +25 lines", "300 lines")
		d.mustNot("while paused")
		d.press("space")
		d.mustNot("PAUSED")
		d.must("325 lines", "while paused 24")
	})
}

func TestFollowNeverJumps(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		t.Run(fmt.Sprintf("wrap %v", wrap), func(t *testing.T) {
			drive(t, 100, 30, sampleOptions, func(d *driver) {
				d.press("L")
				if wrap {
					d.press("w")
				}
				d.arrive(3, "first")
				d.must("following", "first 2")
				d.press("up", "up", "up", "up", "pgup")
				d.must("G follows")
				body := func() string { return strings.Join(strings.Split(d.screen(), "\n")[3:28], "\n") }
				before := body()
				for i := range 5 {
					d.arrive(40, fmt.Sprintf("burst %d", i))
				}
				d.must("200 new")
				if after := body(); after != before {
					t.Errorf("the lines moved from\n%s\nto\n%s", before, after)
				}
				d.press("G")
				d.must("following", "burst 4 39")
				d.press("g")
				d.mustNot("following")
				for range 600 {
					d.press("down")
				}
				d.must("following")
			})
		})
	}
}

func TestFilterLines(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L", "/")
		d.typeText("task_failedq4")
		d.press("backspace", "backspace")
		d.must("filter: task_failed")
		d.press("enter")
		d.must("/task_failed: 30 of 300 lines", "following")
		d.mustNot("plain text")
		d.arrive(4, "task_failed again")
		d.must("34 of 304 lines", "again 3")
		d.press("enter") // opens the newest
		d.must("Logs › 13:37:4")
		d.press("esc")
		d.must("34 of 304 lines")
		d.press("esc")
		d.must("following · 304 lines")
		d.press("/")
		d.typeText("(")
		d.must("^ a term is missing here: write a word")
		d.press("enter")
		d.must("^ a term is missing here: write a word", "filter: (")
		d.press("esc")
		d.mustNot("filter:")
		d.press("/")
		d.typeText(`"nothing like this"`)
		d.press("enter")
		d.must("None of 304 lines passes the filter")
		d.press("esc", "v")
		d.must("/level>=warning: 60 of 304 lines")
		d.press("v")
		d.must("/level>=error: 30 of 304 lines")
		d.press("v")
		d.must("304 lines")
	})
}

func TestPasteIntoTheFilter(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L")
		d.send(tea.PasteMsg{Content: "ignored"})
		d.press("/")
		d.send(tea.PasteMsg{Content: "plain\x1b]52;c;eA==\atext"})
		d.must("filter: plain]52;c;eA==text")
		checkFrame(t, d.lines(), 120, 40)
	})
}

// Esc goes back as far as there is something to go back from, and never further.
func TestEscNeverQuits(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p", "enter", "?")
		for range 10 {
			d.press("esc")
		}
		d.press("L", "/")
		d.typeText("x")
		for range 10 {
			d.press("esc")
		}
		if d.quit {
			t.Fatal("Esc has ended the program")
		}
		d.must("[L Logs]", "following")
	})
}

func TestQuit(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		quit bool
	}{
		{"q", []string{"q"}, true},
		{"ctrl+c", []string{"ctrl+c"}, true},
		{"q closes help", []string{"?", "q"}, false},
		{"ctrl+c in help", []string{"?", "ctrl+c"}, true},
		{"q is a letter of a filter", []string{"L", "/", "q"}, false},
		{"ctrl+c while typing", []string{"L", "/", "ctrl+c"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			drive(t, 80, 24, sampleOptions, func(d *driver) {
				d.press(c.keys...)
				if d.quit != c.quit {
					t.Errorf("quit: %v, want %v", d.quit, c.quit)
				}
			})
		})
	}
}

func TestSourcesTellWhatIsWrong(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.mustNot("next try")
		d.publish(func(h *data.Hub) {
			h.SetState(data.SourceDB, data.SourceState{
				State: data.StateFailed, Detail: "open database: no such file: check --db", NextTry: d.clock.Now().Add(8 * time.Second), AsOf: d.clock.Now().Add(-2 * time.Minute),
			})
		})
		d.must("✗ db failed 2m", "no such file: check --db", "next try 13:37:50")
		checkFrame(t, d.lines(), 120, 40)
		d.press("S")
		d.must("Sources", "good as of", "no Loki: give --loki URL", "Notes", "Donna's own defaults")
		d.publish(func(h *data.Hub) {
			h.SetState(data.SourceDB, data.SourceState{State: data.StateStale, Detail: "the database is locked", AsOf: d.clock.Now()})
		})
		d.must("db stale", "the database is locked")
		d.press("esc")
		d.must("Spend & budget")
	})
}

func TestColourFollowsTheTerminal(t *testing.T) {
	drive(t, 80, 24, sampleOptions, func(d *driver) {
		dark := strings.Join(d.lines(), "\n")
		d.send(tea.BackgroundColorMsg{Color: color.White})
		light := strings.Join(d.lines(), "\n")
		if light == dark || stripped(light) != stripped(dark) {
			t.Error("a light terminal must change the colours and nothing else")
		}
		if d.m.ctx.Env.Styles.Dark {
			t.Error("the styles are still the dark ones")
		}
	})
}

// shown lists the keys that do something now.
func (d *driver) shown() []views.Binding {
	own, shell := d.m.bindings()
	return append(own, shell...)
}

// Every key that help shows does something: it changes the screen, or ends the
// program. The way to each scene is walked anew for every key.
func TestEveryBindingShownDoesSomething(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	sizes := [][2]int{{80, 24}, {120, 40}}
	for name, way := range map[string][]string{
		"llm":                 nil,
		"llm, list":           {"p"},
		"llm, middle of list": {"p", "pgdown"},
		"llm, table":          {"down"},
		"llm, row of a table": {"down", "down"},
		"llm, full screen":    {"f"},
		"llm, list in full":   {"p", "f", "down"},
		"invocation":          {"p", "enter"},
		"paused":              {"space"},
		"logs":                {"L"},
		"logs, reading":       {"L", "up", "pgup"},
		"logs, oldest":        {"L", "g"},
		"logs, filtered":      {"L", "v"},
		"logs, typing":        {"L", "/", "x"},
		"logs, finding":       {"L", "f", "a", "p", "i", "enter"},
		"logs, middle match":  {"L", "f", "a", "p", "i", "enter", "N", "N"},
		"logs, around":        {"L", "v", "C", "N"},
		"logs, history":       {"L", "/", "x", "enter", "/", "up"},
		"logs, completing":    {"L", "/", "l", "e"},
		"logs, columns":       {"L", "o", "right"},
		"logs, going":         {"L", "@", "x"},
		"logs, bookmarks":     {"L", "b", "up", "up", "b", "up"},
		"logs, saved filters": {"L", "F", "down"},
		"line":                {"L", "enter"},
		"line with a stack":   {"L", "/", "E", "r", "r", "o", "r", "enter", "enter"},
		"errors":              {"8"},
		"errors, filtered":    {"8", "v"},
		"errors, typing":      {"8", "/", "l"},
		"errors, lines":       {"8", "n", "n", "down"},
		"errors, facets":      {"8", "p", "down"},
		"errors, in full":     {"8", "f", "v"},
		"errors, saved":       {"8", "F"},
		"group":               {"8", "enter"},
		"help":                {"?"},
		"sources":             {"L", "S"},
		"themes":              {"T", "down"},
		"palette":             {":"},
		"palette, typed":      {":", "l", "o", "down"},
		"after going back":    {"L", "4", "alt+left"},
		"mouse on":            {"m"},
		"inspect":             {"i"},
		"inspect, scrolled":   {"i", "G"},
		"range":               {"t"},
		"range, typed":        {"t", "9", "0", "m"},
		"past":                {"["},
	} {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s %dx%d", name, size[0], size[1]), func(t *testing.T) {
				eachBindingDoesSomething(t, size[0], size[1], withFilters, way, false)
			})
		}
	}
	open := simulated(t)
	for _, tab := range tabs {
		for _, c := range []struct {
			name string
			size [2]int
			way  []string
		}{
			{"root", sizes[0], []string{tab.key}},
			{"next panel", sizes[1], []string{tab.key, "n", "down"}},
			{"full screen", sizes[0], []string{tab.key, "f"}},
		} {
			t.Run(fmt.Sprintf("simulated %s, %s", tab.id, c.name), func(t *testing.T) {
				eachBindingDoesSomething(t, c.size[0], c.size[1], open, c.way, true)
			})
		}
	}
}

// eachBindingDoesSomething presses every key shown after the way; of a binding
// with several keys only the first if brief.
func eachBindingDoesSomething(t *testing.T, w, h int, open func(*clockwork.FakeClock) Options, way []string, brief bool) {
	t.Helper()
	var shown []views.Binding
	drive(t, w, h, open, func(d *driver) {
		d.press(way...)
		shown = d.shown()
	})
	if len(shown) < 2 {
		t.Fatalf("only %d keys", len(shown))
	}
	for _, b := range shown {
		keys := b.Keys()
		if brief {
			keys = keys[:1]
		}
		for _, k := range keys {
			drive(t, w, h, open, func(d *driver) {
				d.press(way...)
				before := strings.Join(d.lines(), "\n")
				d.press(k)
				if after := strings.Join(d.lines(), "\n"); after == before && !d.quit {
					t.Errorf("%s (%s) does nothing", k, b.Action)
				}
			})
		}
	}
}

// withFilters is the sample with saved filters.
func withFilters(clock *clockwork.FakeClock) Options {
	o := sampleOptions(clock)
	o.Filters = map[string]string{"failures": "level>=error", "calls": "event:llm_invocation_logged"}
	return o
}

// No two keys shown at the same time are the same, and actions have one name.
func TestBindingsDoNotClash(t *testing.T) {
	for _, way := range [][]string{nil, {"p"}, {"f"}, {"p", "enter"}, {"L"}, {"L", "up"}, {"L", "/"}, {"L", "v"}, {"L", "v", "C", "N"}, {"L", "f", "a", "enter", "up"}, {"L", "o"}, {"L", "@"}, {"?"}, {"T", "down"}, {":", "l", "down"}, {"L", "4", "alt+left"}} {
		drive(t, 120, 40, sampleOptions, func(d *driver) {
			d.press(way...)
			taken := make(map[string]string)
			for _, b := range d.shown() {
				for _, k := range b.Keys() {
					if other, ok := taken[k]; ok {
						t.Errorf("after %v: %s is bound to %s and %s", way, k, other, b.Action)
					}
					taken[k] = b.Action
				}
			}
		})
	}
	for _, s := range Bindings() {
		for _, b := range s.Bindings {
			if b.Action == "" || b.Group == "" || b.Help().Key == "" || b.Help().Desc == "" || len(b.Keys()) == 0 {
				t.Errorf("%s: incomplete binding %+v", s.Name, b)
			}
		}
	}
}

// Help names every key that does something; what does not fit is scrolled to.
func TestHelpIsComplete(t *testing.T) {
	open := simulated(t)
	ways := [][]string{{"4", "p", "down"}, {"L"}, {"L", "up"}, {"L", "enter"}, {"1", "n"}}
	for _, tab := range tabs {
		ways = append(ways, []string{tab.key})
	}
	for _, size := range [][2]int{{minWidth, minHeight}, {80, 24}, {120, 40}} {
		for _, way := range ways {
			drive(t, size[0], size[1], open, func(d *driver) {
				d.press(way...)
				shown := d.shown()
				d.press("?")
				text := d.screen()
				if size[1] == 40 {
					d.mustNot("lines 1 to") // nothing to scroll
				}
				for range 2 * len(shown) {
					d.press("down")
					text += d.screen()
				}
				for _, b := range shown {
					if want := " " + padded(b.Help().Key, helpKey) + b.Help().Desc; !strings.Contains(text, want) {
						t.Errorf("%dx%d after %v: help has no %q", size[0], size[1], way, want)
					}
				}
			})
		}
	}
}

func padded(s string, w int) string { return s + strings.Repeat(" ", w-len([]rune(s))) }
