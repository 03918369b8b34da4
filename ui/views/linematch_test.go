package views

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

func entry(at time.Time, raw string) logline.Entry {
	var e logline.Entry
	logline.Parse(&e, raw, at, at)
	return e
}

// A result carried from view to view is that of looking at every line anew,
// whatever came in late or had to make room.
func TestMatchesAreCarriedOver(t *testing.T) {
	for _, around := range []int{0, 3, 10} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("around %d, late %v", around, late), func(t *testing.T) {
				start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
				clock := clockwork.NewFakeClockAt(start)
				hub := data.NewHub(data.HubOptions{Clock: clock, RingLines: 2000})
				c := &choice{filter: mustParse("odd | /[37]$/"), around: around}
				rng := rand.New(rand.NewPCG(1, 2))
				var carried *matches
				appended := 0
				for round := range 60 {
					clock.Advance(time.Minute)
					var batch []logline.Entry
					for i := range rng.IntN(200) {
						at := clock.Now().Add(time.Duration(i) * time.Millisecond / 2)
						if late {
							at = clock.Now().Add(time.Duration(rng.IntN(90)-70) * time.Second)
						}
						kind := "even"
						if i%11 == 1 {
							kind = "odd"
						}
						batch = append(batch, entry(at, fmt.Sprintf("%s %d/%d", kind, round, i)))
					}
					hub.AppendLines(batch)
					s := hub.Publish()
					if _, ok := carried.appended(s.Logs); ok {
						appended++
					}
					carried = match(c, s, carried)
					anew := match(c, s, nil)
					if !slices.Equal(seqs(carried.hits), seqs(anew.hits)) || !slices.Equal(seqs(carried.someLines), seqs(anew.someLines)) {
						t.Fatalf("round %d: %d lines (%d shown) carried over, %d (%d) found anew", round, len(carried.hits), carried.Len(), len(anew.hits), anew.Len())
					}
					if want := slowly(c, s); !slices.Equal(seqs(anew.someLines), seqs(want)) {
						t.Fatalf("round %d: %d lines shown, want %d", round, anew.Len(), len(want))
					}
					for i := range carried.Len() {
						l := carried.At(i)
						if at, ok := carried.Find(l.Time, l.Seq); !ok || at != i {
							t.Fatalf("line %d is found at %d (%v)", i, at, ok)
						}
						if l.Time.After(s.At) {
							t.Fatalf("line %d is dated after the snapshot", i)
						}
						if carried.isFaint(l) == c.pass(l) {
							t.Fatalf("line %d: faint is %v", i, carried.isFaint(l))
						}
					}
				}
				if s := hub.Snapshot(); s.Logs.Evicted == 0 || !late && appended < 30 || late && appended > 30 {
					t.Fatalf("%d lines made room, %d results continued: the test says little", s.Logs.Evicted, appended)
				}
			})
		}
	}
}

// slowly is what is to be seen, found by looking at every line and its neighbours.
func slowly(c *choice, s *data.Snapshot) someLines {
	all := newUntilNow(s)
	pass := make([]bool, all.Len())
	for i, l := range all.From(0) {
		if i < len(pass) {
			pass[i] = c.pass(l)
		}
	}
	var out someLines
	for i := range pass {
		if slices.Contains(pass[max(i-c.around, 0):min(i+c.around+1, len(pass))], true) {
			out = append(out, all.At(i))
		}
	}
	return out
}

func seqs(lines someLines) []uint64 {
	out := make([]uint64, len(lines))
	for i, l := range lines {
		out[i] = l.Seq
	}
	return out
}

func BenchmarkMatch(b *testing.B) {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	clock := clockwork.NewFakeClockAt(start.Add(time.Hour))
	hub := data.NewHub(data.HubOptions{Clock: clock})
	raw := `{"service": "model-layer", "event": "llm_invocation_logged", "n": %d, "text": "` + longText(300) + `"}`
	var batch []logline.Entry
	for i := range 50_000 {
		batch = append(batch, entry(start.Add(time.Duration(i)*time.Millisecond), fmt.Sprintf(raw, i)))
	}
	hub.AppendLines(batch)
	s := hub.Publish()
	f := &choice{filter: mustParse("777")}
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			match(f, s, nil)
		}
	})
	b.Run("carried over", func(b *testing.B) {
		prev := match(f, s, nil)
		for b.Loop() {
			match(f, s, prev)
		}
	})
}

// TestLinesOfUnknownTimeAreOfEveryRange: they stand first, and no range would show them.
func TestLinesOfUnknownTimeAreOfEveryRange(t *testing.T) {
	base := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	all := someLines{}
	for seq, at := range []time.Time{{}, {}, base, base.Add(time.Hour), base.Add(2 * time.Hour)} {
		all = append(all, &data.LogLine{Entry: logline.Entry{Time: at}, Seq: uint64(seq + 1)})
	}
	for _, c := range []struct {
		w    data.Window
		want []uint64
	}{
		{data.Window{}, []uint64{1, 2, 3, 4, 5}},
		{data.Window{From: base.Add(time.Minute)}, []uint64{1, 2, 4, 5}},
		{data.Window{From: base, To: base}, []uint64{1, 2, 3}},
		{data.Window{From: base.Add(time.Hour), To: base.Add(time.Hour)}, []uint64{1, 2, 4}},
		{data.Window{From: base.Add(9 * time.Hour)}, []uint64{1, 2}},
	} {
		b := newBetween(all, c.w)
		var got []uint64
		for i := range b.Len() {
			l := b.At(i)
			got = append(got, l.Seq)
			if at, ok := b.Find(l.Time, l.Seq); !ok || at != i {
				t.Errorf("%v: line %d is found at %d, %v; it is at %d", c.w, l.Seq, at, ok, i)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: lines %v, want %v", c.w, got, c.want)
		}
		if _, ok := b.Find(base.Add(30*time.Minute), 9); ok {
			t.Errorf("%v: a line that isn't there is found", c.w)
		}
	}
}
