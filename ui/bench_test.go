package ui

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/panels"
)

// BenchmarkMessages hands a model on a screen of 200x60 cells 2,000 messages a
// second, each with one more log line on top of a simulated month, and measures
// Update and View together. The baseline draws everything anew after each, which
// is what a model without cached panels and frames does.
//
// One operation is one message; 500 µs of it are there at that rate.
func BenchmarkMessages(b *testing.B) {
	for _, view := range ViewNames() {
		b.Run(view+"/paced", func(b *testing.B) { benchmarkMessages(b, view, func(*Model) {}) })
		b.Run(view+"/baseline", func(b *testing.B) {
			benchmarkMessages(b, view, func(m *Model) {
				m.ctx.Version++ // nothing drawn before may be used
				m.touch(true)
			})
		})
	}
}

const messagesPerSecond = 2000

// flow is a stretch of snapshots of the simulation, each with one more line.
var flow = sync.OnceValues(func() ([]*data.Snapshot, error) {
	life, err := simulation()
	if err != nil {
		return nil, err
	}
	hub := life.hub
	snapshots := make([]*data.Snapshot, 64)
	for i := range snapshots {
		batch := make([]logline.Entry, 1)
		logline.Parse(&batch[0], fmt.Sprintf(`{"event": "model_router_dispatch", "level": "info", "n": %d}`, i), testNow, testNow)
		hub.AppendLines(batch)
		snapshots[i] = hub.Publish()
		snapshots[i].Figures()
	}
	return snapshots, nil
})

func benchmarkMessages(b *testing.B, view string, spoil func(*Model)) {
	snapshots, err := flow()
	if err != nil {
		b.Fatal(err)
	}
	clock, watch := clockwork.NewFakeClockAt(testNow), clockwork.NewRealClock()
	m, err := New(Options{Hub: fixedHub{snapshots[0]}, Clock: clock, View: view})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	// In the program timers and commands send these; here their time is counted.
	const figuresAfter, frameAfter = messagesPerSecond / 4, messagesPerSecond / 30
	took := make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var msg tea.Msg = snapshotMsg{snapshots[i%len(snapshots)]}
		switch {
		case i%figuresAfter == 0:
			s := snapshots[i/figuresAfter%len(snapshots)]
			msg = figuresMsg{of: figuring{snapshot: s}, figures: s.Figures()}
		case i%frameAfter == 0:
			msg = frameMsg{}
		}
		begin := watch.Now()
		m.Update(msg)
		spoil(m)
		m.View()
		took = append(took, watch.Since(begin))
		clock.Advance(time.Second / messagesPerSecond)
	}
	reportPercentiles(b, took)
}

func reportPercentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds())/1e3, "max-µs")
}

// BenchmarkKeyPress measures Update and View together for keys pressed while
// lines flow: through all views, their panels and rows, into full screen and
// back. Every one of them is drawn at once.
func BenchmarkKeyPress(b *testing.B) {
	snapshots, err := flow()
	if err != nil {
		b.Fatal(err)
	}
	clock, watch := clockwork.NewFakeClockAt(testNow), clockwork.NewRealClock()
	m, err := New(Options{Hub: fixedHub{snapshots[0]}, Clock: clock})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	keys := []string{"tab", "n", "down", "f", "n", "f", "esc", "tab", "shift+tab"}
	took := make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := snapshots[i%len(snapshots)]
		m.Update(snapshotMsg{s})
		m.Update(figuresMsg{of: figuring{snapshot: s}, figures: s.Figures()}) // nothing drawn before may be used
		begin := watch.Now()
		m.Update(keyPress(keys[i%len(keys)]))
		m.View()
		took = append(took, watch.Since(begin))
		clock.Advance(time.Second / messagesPerSecond)
	}
	reportPercentiles(b, took)
}

// BenchmarkTrace measures Update and View together for keys pressed in a trace of
// 10,000 items, and for opening it.
func BenchmarkTrace(b *testing.B) {
	life := manyItems(10_000)
	tracer := &fakeTracer{traces: map[string]*trace.Trace{sampleTaskID: life}}
	open := func(b *testing.B) *Model {
		m, err := New(Options{Hub: fixedHub{sampleHub(clockwork.NewFakeClockAt(testNow)).Snapshot()}, Clock: clockwork.NewFakeClockAt(testNow), Tracer: tracer})
		if err != nil {
			b.Fatal(err)
		}
		m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
		for msg := m.openTrace(sampleTaskID)(); msg != nil; msg = nil {
			batch, ok := msg.(tea.BatchMsg)
			if !ok {
				b.Fatalf("opening gives %T", msg)
			}
			m.Update(batch[0]()) // the reading; the other one waits for parts of it
		}
		return m
	}
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rows := panels.NewTraceRows(&panels.Env{}, life, panels.TraceByTime, false)
			if rows.Len() != len(life.Items) {
				b.Fatal(rows.Len())
			}
		}
	})
	b.Run("scroll", func(b *testing.B) {
		m := open(b)
		defer m.Close()
		watch := clockwork.NewRealClock()
		keys := []string{"down", "pgdown", "G", "up", "n", "z", "g", "="}
		took := make([]time.Duration, 0, 1<<16)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			begin := watch.Now()
			m.Update(keyPress(keys[i%len(keys)]))
			m.View()
			took = append(took, watch.Since(begin))
		}
		reportPercentiles(b, took)
	})
}
