package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// BenchmarkMessages hands a model on a screen of 200x60 cells 2,000 messages a
// second, each with news, and measures Update and View together. The baseline
// draws everything anew after each, which is what a model without cached panels
// and frames does.
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

func benchmarkMessages(b *testing.B, view string, spoil func(*Model)) {
	clock, watch := clockwork.NewFakeClockAt(testNow), clockwork.NewRealClock()
	hub := sampleHub(clock)
	m, err := New(Options{Hub: hub, Clock: clock, View: view})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	snapshots := make([]*data.Snapshot, 64)
	for i := range snapshots {
		batch := make([]logline.Entry, 1)
		logline.Parse(&batch[0], fmt.Sprintf(`{"event": "model_router_dispatch", "level": "info", "n": %d}`, i), clock.Now(), clock.Now())
		hub.AppendLines(batch)
		snapshots[i] = hub.Publish()
		snapshots[i].Figures()
	}
	// In the program timers and commands send these; here their time is counted.
	const figuresAfter, frameAfter = messagesPerSecond / 4, messagesPerSecond / 30
	took := make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var msg tea.Msg = snapshotMsg{snapshots[i%len(snapshots)]}
		switch {
		case i%figuresAfter == 0:
			s := snapshots[i/figuresAfter%len(snapshots)]
			msg = figuresMsg{snapshot: s, figures: s.Figures()}
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
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds())/1e3, "max-µs")
}
