package views

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

func testContext(t *testing.T, log *slog.Logger) *Context {
	t.Helper()
	styles, err := themes.New(themes.Default, true)
	if err != nil {
		t.Fatal(err)
	}
	return &Context{Env: panels.Env{Styles: styles}, Log: log}
}

func testData() *Data {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	s := data.NewHub(data.HubOptions{Clock: clock}).Publish()
	return &Data{Snapshot: s, Figured: s, Figures: s.Figures(), Window: data.Window24h}
}

// A panel that panics costs itself alone: it says so, the log has the stack, and
// all others are drawn.
func TestPanickingPanelIsContained(t *testing.T) {
	var log bytes.Buffer
	v := NewLLM(testContext(t, slog.New(slog.NewTextHandler(&log, nil))))
	v.Resize(120, 40)
	v.panels[0].Draw = func(*panels.Env, *panels.Input, int, int) []string { panic("a bad value") }
	v.panels[1].Status = func(*panels.Input) string { panic("a bad status") }
	v.SetData(testData())
	lines := v.Lines()
	text := ansi.Strip(strings.Join(lines, "\n"))
	for _, want := range []string{"failed", "This can't be shown", v.panels[0].Title, v.panels[2].Title, "Latency"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for y, l := range lines {
		if n := ansi.StringWidth(l); n != 120 {
			t.Errorf("line %d has %d cells", y, n)
		}
	}
	if s := log.String(); strings.Count(s, "drawing panicked") != 3 || !strings.Contains(s, "a bad value") || !strings.Contains(s, "goroutine") {
		t.Errorf("logged: %s", s)
	}
	v.Lines()
	if n := strings.Count(log.String(), "drawing panicked"); n != 3 { // the one with the focus was asked for its items, too
		t.Errorf("logged %d times for the same data", n)
	}
}

// A panel is drawn anew only when something it shows has changed.
func TestPanelsAreDrawnOnce(t *testing.T) {
	v := NewLLM(testContext(t, slog.New(slog.DiscardHandler)))
	drawn, asked := make(map[string]int), 0
	for i := range v.panels {
		p := &v.panels[i]
		draw := p.Draw
		p.Draw = func(env *panels.Env, in *panels.Input, w, h int) []string {
			drawn[p.ID]++
			if in.Items != nil && p.ID == v.panels[v.focus].ID {
				asked++
			}
			return draw(env, in, w, h)
		}
	}
	v.Resize(200, 60)
	d := testData()
	v.SetData(d)
	// The panel with the focus is asked for its items besides.
	expect := func(what string, each int) {
		t.Helper()
		v.Lines()
		for id, n := range drawn {
			if id == v.panels[v.focus].ID {
				n -= asked
			}
			if n != each {
				t.Errorf("%s: %s was drawn %d times, want %d", what, id, n, each)
			}
		}
	}
	expect("at first", 1)
	expect("once more", 1)
	v.SetData(d)
	expect("the same data", 1)
	v.SetData(&Data{Snapshot: testData().Snapshot, Figured: d.Figured, Figures: d.Figures, Window: d.Window})
	expect("newer lines, the same figures", 1)
	v.SetData(&Data{Snapshot: d.Snapshot, Figured: d.Figured, Figures: d.Figures, Window: data.Window1h})
	expect("another window", 2)
	v.ctx.Version++
	expect("another theme", 3)
	v.Resize(200, 80)
	v.Lines()
	if drawn["spend"]-asked != 4 {
		t.Errorf("after a resize spend was drawn %d times", drawn["spend"]-asked)
	}
	before := drawn["latency"]
	spend := drawn["spend"]
	v.goTo(v.step(1))
	v.Lines()
	if drawn["spend"] != spend+1 || drawn["latency"] != before {
		t.Errorf("a change of focus redraws the two panels concerned: %v", drawn)
	}
}
