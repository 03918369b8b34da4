package data

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/logline"
)

// Of all lines the figures made of single ones are those counted as they came.
func TestChosenErrorsAreCountedAlike(t *testing.T) {
	clock := clockwork.NewFakeClockAt(epoch)
	hub := NewHub(HubOptions{Clock: clock})
	hub.SetState(SourceFiles, SourceState{State: StateLive, Loaded: true})
	rng := rand.New(rand.NewPCG(5, 8))
	var batch []logline.Entry
	for range 2000 {
		at := epoch.Add(-time.Duration(rng.Int64N(int64(26 * time.Hour))))
		l := trouble{
			at: at, level: []string{"info", "warning", "error", "critical"}[rng.IntN(4)], event: fmt.Sprintf("job %d failed", rng.IntN(9)),
			service: []string{"", "api", "worker"}[rng.IntN(3)], class: []string{"", "E", "app.F"}[rng.IntN(3)], line: rng.IntN(9), eventType: []string{"", "api.call.failed"}[rng.IntN(2)],
		}
		batch = append(batch, *l.entry())
	}
	hub.AppendLines(batch)
	s := hub.Publish()
	var chosen []*LogLine
	for _, l := range s.Logs.From(0) {
		if ErrorFingerprint(&l.Entry) != "" {
			chosen = append(chosen, l)
		}
	}
	want := *s.Figures().Errors
	want.Counts = nil
	var faults Faults
	day := Window{From: s.At.Add(-24 * time.Hour), To: s.At}
	for range 2 { // the second time from memory
		if diff := cmp.Diff(&want, faults.Errors(chosen, day, s.At.Add(-25*time.Hour))); diff != "" {
			t.Fatalf("-counted as they came +counted from lines\n%s", diff)
		}
	}
	some := faults.Errors(chosen[len(chosen)-1:], day, s.At.Add(-12*time.Minute))
	if len(some.Groups) != 1 || some.Groups[0].Count != 1 || len(some.Per5m) > 4 {
		t.Errorf("of one line: %+v", some)
	}
	past := Window{From: s.At.Add(-8 * time.Hour), To: s.At.Add(-7 * time.Hour)}
	n := int64(0)
	for _, l := range chosen {
		if !l.Time.Before(past.From) && !l.Time.After(past.To) {
			n++
		}
	}
	of := faults.Errors(chosen, past, s.At.Add(-25*time.Hour))
	for _, g := range of.Groups {
		n -= g.Count
	}
	if b := of.Per5m; n != 0 || len(b) > 14 || b[len(b)-1].Start.After(past.To) {
		t.Errorf("of an hour that is past: %d lines missing, %d stretches", n, len(of.Per5m))
	}
	if len(faults.known) > 2*len(chosen)+1024 {
		t.Errorf("%d lines are remembered", len(faults.known))
	}
}

func TestLinesFrom(t *testing.T) {
	clock := clockwork.NewFakeClockAt(epoch)
	hub := NewHub(HubOptions{Clock: clock})
	if _, ok := first(hub.Publish().Logs, 0); ok {
		t.Error("an empty log has a first line")
	}
	batch := make([]logline.Entry, 3*chunkLines+7)
	for i := range batch {
		batch[i].Time = epoch.Add(time.Duration(i) * time.Second)
	}
	hub.AppendLines(batch)
	v := hub.Publish().Logs
	for _, from := range []int{-3, 0, 1, chunkLines - 1, chunkLines, 3 * chunkLines, v.Len() - 1, v.Len(), v.Len() + 5} {
		want := max(from, 0)
		for i, l := range v.From(from) {
			if i != want || l != v.At(i) {
				t.Fatalf("from %d: line %d, want %d", from, i, want)
			}
			want++
		}
		if want != max(v.Len(), from) {
			t.Errorf("from %d: ended at %d of %d", from, want, v.Len())
		}
	}
	if l, ok := first(v, 5); !ok || l != v.At(5) {
		t.Error("a loop that ends early has another line")
	}
}

func first(v *LogView, i int) (*LogLine, bool) {
	for _, l := range v.From(i) {
		return l, true
	}
	return nil, false
}
