package data

import (
	"testing"
	"time"
)

// BenchmarkFiguresIn adds a range to the figures of a month of a million rows: the
// named windows are computed once for a snapshot, the range each time.
func BenchmarkFiguresIn(b *testing.B) {
	s := NewInvocationStore(epoch)
	rows := randomRows(s, epoch, 1_000_000, 12)
	for i := range rows {
		s.Add(&rows[i])
	}
	snap := newSnapshot(Snapshot{
		At: epoch, Sources: map[string]SourceState{}, Logs: newRing(1, 1).view(), Counts: newEventCounts().view(), Facts: newFactStore().view(),
		DB: &DB{Invocations: s.View(), Extensions: []Extension{}}, Config: DefaultConfig(),
	})
	snap.Figures()
	for name, w := range map[string]Window{
		"past week": {From: epoch.Add(-8*24*time.Hour - 7*time.Minute), To: epoch.Add(-24*time.Hour - 13*time.Minute)},
		"30 days":   {From: epoch.Add(-30 * 24 * time.Hour), To: epoch},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				snap.FiguresIn(w, nil)
			}
		})
	}
}
