package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/views"
)

// What is wrong with a filter is said while it is typed, below the place.
func TestFilterErrorsAreShownAtTheirColumn(t *testing.T) {
	drive(t, 100, 30, sampleOptions, func(d *driver) {
		d.press("L", "/")
		d.typeText("level>=loud x")
		d.must(`"loud" is no level: use debug, info, warning, error or critical`)
		lines := strings.Split(d.screen(), "\n")
		for i, l := range lines {
			if at := strings.Index(l, "level>=loud"); at >= 0 {
				if caret := strings.Index(lines[i+1], "^"); caret != at+len("level>=") {
					t.Errorf("the mark is at %d, the text at %d:\n%s\n%s", caret, at, l, lines[i+1])
				}
			}
		}
		d.press("enter")
		d.must("filter: level>=loud x") // stays open
		d.press("esc")
		d.must("following · 300 lines")
	})
}

// Fields and the values that lines have are completed; Tab goes through them.
func TestFilterIsCompleted(t *testing.T) {
	drive(t, 120, 30, sampleOptions, func(d *driver) {
		d.press("L", "/")
		d.typeText("-serv")
		d.must("service:")
		d.press("tab")
		d.must("filter: -service:")
		d.must("service:model-layer  service:orchestrator")
		d.press("tab")
		d.must("filter: -service:model-layer")
		d.press("tab")
		d.must("filter: -service:orchestrator")
		d.press("tab")
		d.typeText(" task_ty")
		d.press("tab", "tab")
		d.must("filter: -service:model-layer task_type:parse_task")
		d.press("enter")
		d.must("None of 300 lines")
		d.press("/")
		d.press("up") // itself
		d.press("ctrl+u")
		d.typeText("lev")
		d.press("tab")
		d.typeText("cr")
		d.press("tab", "enter")
		d.must("/level:critical")
		d.press("/", "up", "up")
		d.must("filter: -service:model-layer task_type:parse_task")
		d.press("down")
		d.must("filter: level:critical")
	})
}

func TestSavedFilters(t *testing.T) {
	drive(t, 120, 30, withFilters, func(d *driver) {
		d.press("L", "F")
		d.must("saved filters", "calls", "failures", "level>=error")
		d.press("down", "enter")
		d.must("/@failures: 30 of 300 lines")
		d.press("/")
		d.press("ctrl+u")
		d.typeText("@ca")
		d.press("tab")
		d.typeText(" latency_ms>300")
		d.press("enter")
		d.must("/@calls latency_ms>300: 69 of 300 lines")
		d.press("8", "F", "down", "enter")
		d.must("filter: @failures  30 lines in memory, since 13:29")
	})
	o := sampleOptions(clockwork.NewFakeClockAt(testNow))
	o.Filters = map[string]string{"good": "x", "bad": "level>=loud"}
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), `saved filter "bad": column 8`) {
		t.Errorf("error %v", err)
	}
}

// Find goes from match to match, and marks them.
func TestFindWithinLines(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L", "f")
		d.typeText("attempt")
		d.press("enter")
		d.must("attempt: match 30 of 30", "300 lines")
		match := d.m.ctx.Env.Styles.Match.On()
		if !strings.Contains(strings.Join(d.lines(), "\n"), match+"attempt") {
			t.Error("the match is not marked")
		}
		before := d.screen()
		if d.press("n"); d.screen() != before {
			t.Error("n leads somewhere after the last match")
		}
		d.press("N", "N")
		d.must("match 28 of 30")
		d.press("n")
		d.must("match 29 of 30", "G follows")
		d.arrive(3, "one more attempt")
		d.must("match 29 of 33")
		d.press("n", "n", "n", "n")
		d.must("match 33 of 33")
		d.press("enter")
		d.must("one more attempt 2")
		d.press("esc", "esc") // back, and the end of the search
		d.mustNot("match")
		d.press("f")
		d.typeText("nowhere")
		d.press("enter")
		d.must("nowhere: 0 matches")
	})
}

// Lines around those that pass a filter are shown with what is left out.
func TestLinesAroundMatches(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L", "/")
		d.typeText("attempt")
		d.press("enter")
		d.mustNot("llm_invocation_logged")
		d.press("C")
		d.must("±3 lines", "30 of 300 lines", "llm_invocation_logged", "╌╌╌", "attempt=")
		d.press("N", "N", "enter")
		d.must("api_call_retrying")
		d.press("esc", "C")
		d.must("±10 lines")
		d.press("C")
		d.mustNot("±", "llm_invocation_logged")
	})
}

// line is the first line of the screen that has the text.
func (d *driver) line(text string) string {
	for l := range strings.Lines(d.screen()) {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

func TestColumnsBookmarksAndMoments(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L", "o")
		d.must("columns:", "[x] time", "[ ] component")
		d.must("13:37:40.300")
		d.press("space", "esc")
		d.mustNot("13:37:40.300")
		d.press("o", "space", "o", "b", "up", "up", "up", "b", "g", "'")
		d.must("◆ 13:37:35.200", "◆ 13:37:40.300")
		d.press("enter")
		d.must("13:37:35.2")
		d.press("esc", "'", "'") // the last, and the first again
		d.press("b", "'", "b")
		d.mustNot("◆")
		d.press("@")
		d.typeText("25:00")
		d.press("enter")
		d.must(`"25:00" is no time`)
		d.press("ctrl+u")
		d.typeText("13:33")
		d.press("enter")
		d.mustNot("go to:")
		d.press("enter")
		d.must("› 13:33:01.500")
	})
}

// While 2,000 lines arrive, nothing that is being read moves: neither with a
// filter nor while something is looked for.
func TestNothingJumpsWhileLinesArrive(t *testing.T) {
	for name, c := range map[string]struct {
		key, text string
		then      []string
	}{
		"filter": {"/", "task_failed | retrying", []string{"enter"}}, "find": {"f", "plain", []string{"enter"}},
		"around": {"v", "", []string{"C"}}, "columns": {"o", "", []string{"space", "esc"}},
	} {
		t.Run(name, func(t *testing.T) {
			drive(t, 100, 30, sampleOptions, func(d *driver) {
				d.press("L", c.key)
				d.typeText(c.text)
				d.press(c.then...)
				d.press("pgup", "up", "up")
				body := func() string { return strings.Join(strings.Split(d.screen(), "\n")[3:28], "\n") }
				before := body()
				for i := range 20 {
					d.arrive(100, fmt.Sprintf("task_failed plain %d", i))
				}
				d.must("new, G follows")
				if after := body(); after != before {
					t.Errorf("the lines moved from\n%s\nto\n%s", before, after)
				}
			})
		})
	}
}

// From a group to its lines, and from a line to its stack.
func TestGroupLineStack(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("8")
		d.must("Error groups", "task_failed", "api_call_retrying", "60 lines · since 13:29")
		for d.selectedGroup() != "task_failed" {
			d.press("down")
		}
		d.press("enter")
		d.must("Errors › Error group task_failed", "ValueError", "30 lines, the first", "30 of 300 lines")
		d.mustNot("api_call_retrying")
		d.press("enter")
		d.must("exception · 1 app frame", "ValueError: no", "› donna/main.py:297 in run", "raise ValueError('no')")
		d.press("r")
		d.must("Traceback (most recent call last):")
		d.press("esc", "esc")
		d.must("Error groups")
	})
}

func (d *driver) selectedGroup() string {
	l := strings.Fields(d.line("┃›"))
	if len(l) < 4 {
		return ""
	}
	return l[3]
}

// The filter of the Errors view drives all that can be filtered, and the rest
// says that it shows all.
func TestErrorsFilter(t *testing.T) {
	drive(t, 120, 48, sampleOptions, func(d *driver) {
		d.press("8", "/")
		d.typeText("event:task_failed")
		d.press("enter")
		d.must("filter: event:task_failed  30 lines in memory, since 13:29", "filtered, since 13:29 · 1 groups", "all lines · 24h", "30 lines · since 13:29")
		d.mustNot("api_call_retrying")
		d.arrive(5, `{"event": "task_failed", "level": "error"}`) // text: no level
		d.must("30 lines in memory")
		d.publish(func(h *data.Hub) {
			batch := make([]logline.Entry, 1)
			logline.Parse(&batch[0], `{"event": "task_failed", "level": "critical", "service": "api"}`, d.clock.Now(), d.clock.Now())
			h.AppendLines(batch)
		})
		d.must("31 lines in memory", "CRIT")
		for d.focused() != "Where from" {
			d.press("n")
		}
		d.press("right", "right", "right", "enter") // no event type
		d.must(`filter: event:task_failed event_type=""`)
		d.press("left", "left", "left", "enter")
		d.must(" service=")
		d.press("esc")
		d.mustNot("filter: ", "filtered")
		d.must("61 lines")
		for _, order := range []string{"worst first", "by service", "by event", "newest first"} {
			d.press("s")
			d.must(order)
		}
	})
}

// The filter chooses, in every view, exactly the lines a loop over all chooses.
func TestFilterChoosesTheLinesOfALoop(t *testing.T) {
	hub := simulatedHub(t)
	s := hub.Snapshot()
	for _, text := range []string{
		"level>=error", "service:donna -event:health_check", "/time(d )?out/i", `"web_fetch" | ~lvf`, "latency_ms>5000 latency_ms<=9000", "!event:/^(health|llm)/ task_id:*",
		"fingerprint:*", "not (event:model_router_dispatch or level<warning)",
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all, trouble := 0, 0
		for i := range s.LinesUntilNow() {
			if l := s.Logs.At(i); f.Match(&l.Entry) {
				all++
				if l.Level == "warning" || l.Level == "error" || l.Level == "critical" {
					trouble++
				}
			}
		}
		if all == 0 {
			t.Fatalf("%q chooses nothing", text)
		}
		drive(t, 160, 40, simulated(t), func(d *driver) {
			d.pick("31d") // all that is in memory
			d.press("L", "/")
			d.send(tea.PasteMsg{Content: text})
			d.press("enter")
			d.must(fmt.Sprintf("/%s: %s of ", text, commas(all)))
			d.press(".", "8", "/")
			d.send(tea.PasteMsg{Content: text})
			d.press("enter")
			d.must(fmt.Sprintf("filter: %s  %s line", text, commas(trouble)))
		})
	}
}

func commas(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// Hostile text stays in its place in the filter bar, in what it completes, and
// where matches are marked.
func TestHostileFilters(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		open := func(clock *clockwork.FakeClock) Options {
			o := Options{Hub: spoiledHub(t, clock), ASCII: ascii, Filters: map[string]string{hostile[1] + "é": `"` + hostile[2] + `x"`}}
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
				batch := make([]logline.Entry, len(hostile))
				for i, text := range hostile {
					logline.Parse(&batch[i], text, d.clock.Now(), d.clock.Now())
				}
				h.AppendLines(batch)
			})
			for _, tab := range []string{"L", "8"} {
				d.press(tab, "F")
				check()
				d.press("enter")
				check()
				for _, text := range append(hostile[:9:9], "event:", "service:", "@", "a | /./", "/[^a]/", "x", "漢", "//", `"\`) {
					d.press("/", "ctrl+u")
					d.send(tea.PasteMsg{Content: text})
					check()
					d.press("tab", "tab")
					check()
					d.press("enter")
					check()
					d.press("esc", "esc")
					check()
					if tab == "L" {
						d.press("f", "ctrl+u")
						d.send(tea.PasteMsg{Content: text})
						d.press("enter")
						check()
						d.press("w", "N")
						check()
						d.press("esc", "esc")
					}
				}
			}
		})
	}
}

// BenchmarkFilteredLines presses keys in the Logs and Errors views with a full
// memory of lines, a filter, something to find, and 2,000 more lines a second.
func BenchmarkFilteredLines(b *testing.B) {
	for name, keys := range map[string][]string{
		"logs": {"L", "up", "down", "pgup", "pgdown", "n", "N"}, "errors": {"8", "n", "down", "up", "f", "f"},
	} {
		b.Run(name, func(b *testing.B) { benchmarkFiltered(b, keys[0], keys[1:]) })
	}
}

func benchmarkFiltered(b *testing.B, view string, keys []string) {
	snapshots, err := flow()
	if err != nil {
		b.Fatal(err)
	}
	clock := clockwork.NewFakeClockAt(testNow)
	m, err := New(Options{Hub: fixedHub{snapshots[0]}, Clock: clock})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	// What commands answer is handed over outside of the time measured: they run
	// beside the screen.
	var answer func(cmd tea.Cmd)
	answer = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				answer(c)
			}
		default:
			if views.Own(msg) {
				answer(m.forward(msg)) // without the wait for the next frame
			}
		}
	}
	press := func(k string) { answer(m.pressed(keyPress(k))) }
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	press(view)
	press("/")
	for _, r := range "-event:health_check task" {
		press(string(r))
	}
	press("enter")
	if view == "L" {
		press("f")
		press("a")
		press("enter")
	}
	times := newTimes()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := snapshots[i%len(snapshots)]
		m.feed.latest, m.feed.figured, m.feed.figures = s, s, s.Figures()
		answer(m.show())
		var cmd tea.Cmd
		times.add(b, func() {
			cmd = m.pressed(keyPress(keys[i%len(keys)]))
			m.touch(true)
			m.View()
		})
		answer(cmd)
		clock.Advance(time.Second / messagesPerSecond)
	}
	times.report(b)
}
