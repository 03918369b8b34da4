package views

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

// logOf is a snapshot of a log with the lines, a second apart.
func logOf(start time.Time, lines ...string) *data.Snapshot {
	clock := clockwork.NewFakeClockAt(start.Add(time.Duration(len(lines)) * time.Second))
	hub := data.NewHub(data.HubOptions{Clock: clock, RingBytes: 1 << 30})
	hub.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true})
	batch := make([]logline.Entry, len(lines))
	for i, raw := range lines {
		batch[i] = entry(start.Add(time.Duration(i)*time.Second), raw)
	}
	hub.AppendLines(batch)
	return hub.Publish()
}

func TestDaysAreTold(t *testing.T) {
	v := NewLogs(testContext(t, slog.New(slog.DiscardHandler)))
	v.Resize(60, 12)
	v.SetData(&Data{Snapshot: logOf(time.Date(2026, 7, 1, 23, 59, 58, 0, time.UTC), "before", "also before", "after")})
	lines := strings.Split(ansi.Strip(strings.Join(v.Lines(), "\n")), "\n")
	for y, want := range []string{"Logs", "before", "also before", "2026-07-02", "after", " ", " "} {
		if !strings.Contains(lines[y], want) {
			t.Errorf("line %d is %q, want %q", y, lines[y], want)
		}
	}
}

// Lines that had to make room are told above the oldest one kept, and a reader
// whose line is gone stands on the oldest.
func TestOlderLinesMakeRoom(t *testing.T) {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	clock := clockwork.NewFakeClockAt(start.Add(time.Hour))
	hub := data.NewHub(data.HubOptions{Clock: clock, RingLines: 600})
	v := NewLogs(testContext(t, slog.New(slog.DiscardHandler)))
	v.Resize(80, 12)
	sent := 0
	more := func(n int) {
		batch := make([]logline.Entry, n)
		for i := range batch {
			batch[i] = entry(start.Add(time.Duration(sent)*time.Second), fmt.Sprintf("line %d.", sent))
			sent++
		}
		hub.AppendLines(batch)
		v.SetData(&Data{Snapshot: hub.Publish()})
	}
	more(100)
	v.moveUp(1 << 30)
	if i := v.selected(); i != 0 {
		t.Fatalf("selected %d", i)
	}
	more(2000)
	text := ansi.Strip(strings.Join(v.Lines(), "\n"))
	evicted := hub.Snapshot().Logs.Evicted
	if i := v.selected(); i != 0 || !strings.Contains(text, fmt.Sprintf("line %d.", evicted)) {
		t.Errorf("selected %d after %d lines made room:\n%s", i, evicted, text)
	}
	v.moveUp(1)
	if text := ansi.Strip(strings.Join(v.Lines(), "\n")); !strings.Contains(text, "older lines made room") {
		t.Errorf("nothing tells that lines made room:\n%s", text)
	}
}

// BenchmarkLogs draws a page of log lines from nothing: lines of a megabyte,
// of which only what can be seen is looked at, against short ones.
func BenchmarkLogs(b *testing.B) {
	styles, err := themes.New(themes.Default, true)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		text int
	}{{"baseline: 300 bytes", 300}, {"1 MB", 1 << 20}} {
		for _, wrap := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s wrap=%v", c.name, wrap), func(b *testing.B) {
				lines := make([]string, 60)
				for i := range lines {
					lines[i] = fmt.Sprintf(`{"service": "model-layer", "text": %q, "event": "llm_invocation_logged", "level": "info"}`, longText(c.text))
				}
				v := NewLogs(&Context{Env: panels.Env{Styles: styles}, Log: slog.New(slog.DiscardHandler)})
				v.wrap = wrap
				v.Resize(200, 56)
				v.SetData(&Data{Snapshot: logOf(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), lines...)})
				b.ReportAllocs()
				for b.Loop() {
					v.ctx.Version++
					v.Lines()
				}
			})
		}
	}
}
