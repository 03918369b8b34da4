package ui

import (
	"fmt"
	"runtime"
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
	"github.com/donna-project/donnatop/ui/views"
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
	clock := clockwork.NewFakeClockAt(testNow)
	m, err := New(Options{Hub: fixedHub{snapshots[0]}, Clock: clock, View: view})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	// In the program timers and commands send these; here their time is counted.
	const figuresAfter, frameAfter = messagesPerSecond / 4, messagesPerSecond / 30
	times := newTimes()
	defer times.report(b)
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
		times.add(b, func() {
			m.Update(msg)
			spoil(m)
			m.View()
		})
		clock.Advance(time.Second / messagesPerSecond)
	}
}

// times are how long something took each time, by the clock and in CPU time of
// its thread. The second leaves out what others on the machine take.
type times struct {
	watch     clockwork.Clock
	took, cpu []time.Duration
}

// newTimes is for the goroutine that calls it, until it reports.
func newTimes() *times {
	runtime.LockOSThread()
	return &times{watch: clockwork.NewRealClock(), took: make([]time.Duration, 0, 1<<16), cpu: make([]time.Duration, 0, 1<<16)}
}

func (t *times) add(b *testing.B, work func()) {
	begin, cpu := t.watch.Now(), threadTime(b)
	work()
	t.cpu = append(t.cpu, threadTime(b)-cpu)
	t.took = append(t.took, t.watch.Since(begin))
}

func (t *times) report(b *testing.B) {
	runtime.UnlockOSThread()
	b.ReportMetric(micros(percentile(t.cpu, 99)), "cpu-p99-µs")
	b.ReportMetric(micros(percentile(t.took, 50)), "p50-µs")
	b.ReportMetric(micros(percentile(t.took, 99)), "p99-µs")
	b.ReportMetric(micros(percentile(t.took, 100)), "max-µs")
}

func percentile(took []time.Duration, p int) time.Duration {
	took = slices.Sorted(slices.Values(took))
	return took[min(len(took)*p/100, len(took)-1)]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// BenchmarkKeyPress measures Update and View together for keys pressed while
// lines flow: through all views, their panels and rows, into full screen and
// back. Every one of them is drawn at once. It also gives the view that is slowest
// to draw, by the CPU time of the slowest hundredth of its keys.
func BenchmarkKeyPress(b *testing.B) {
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
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	keys := []string{"tab", "n", "down", "f", "n", "f", "esc", "tab", "shift+tab"}
	times, byView := newTimes(), make(map[views.ID][]time.Duration)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := snapshots[i%len(snapshots)]
		m.Update(snapshotMsg{s})
		m.Update(figuresMsg{of: figuring{snapshot: s}, figures: s.Figures()}) // nothing drawn before may be used
		times.add(b, func() {
			m.Update(keyPress(keys[i%len(keys)]))
			m.View()
		})
		shown := m.router.top().ID()
		byView[shown] = append(byView[shown], times.cpu[i])
		clock.Advance(time.Second / messagesPerSecond)
	}
	times.report(b)
	slowest, worst := views.ID(""), time.Duration(0)
	for view, cpu := range byView {
		if p99 := percentile(cpu, 99); p99 >= worst {
			slowest, worst = view, p99
		}
	}
	b.ReportMetric(micros(worst), string(slowest)+"-cpu-p99-µs")
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
			rows := panels.NewTraceRows(&panels.Env{}, life, panels.TraceByTime, nil)
			if rows.Len() != len(life.Items) {
				b.Fatal(rows.Len())
			}
		}
	})
	b.Run("scroll", func(b *testing.B) {
		m := open(b)
		defer m.Close()
		keys := []string{"down", "pgdown", "G", "up", "n", "z", "g", "="}
		times := newTimes()
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			times.add(b, func() {
				m.Update(keyPress(keys[i%len(keys)]))
				m.View()
			})
		}
		times.report(b)
	})
}
