package data

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

var epoch = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)

func entryAt(offset time.Duration, raw string) logline.Entry {
	return logline.Entry{Time: epoch.Add(offset), Raw: raw}
}

func texts(v *LogView) []string {
	var out []string
	for i := range v.Len() {
		out = append(out, v.At(i).Raw)
	}
	return out
}

func TestRingKeepsOrderOfTimeAndOfArrival(t *testing.T) {
	r := newRing(100, 1<<20)
	r.add([]logline.Entry{entryAt(2*time.Second, "c"), entryAt(time.Second, "b")})
	r.add([]logline.Entry{entryAt(0, "a"), entryAt(time.Second, "b2")})
	if got, want := texts(r.view()), []string{"a", "b", "b2", "c"}; !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
}

// TestRingAgainstASortedSlice puts lines in at random places, takes views in
// between, and checks that every view stays what it was.
func TestRingAgainstASortedSlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	r := newRing(1<<20, 1<<30)
	var model []logline.Entry
	type seen struct {
		view *LogView
		want []string
	}
	var views []seen
	for batch := range 200 {
		var b []logline.Entry
		for i := range rng.IntN(60) {
			at := time.Duration(batch)*time.Second - time.Duration(rng.IntN(90_000))*time.Millisecond*time.Duration(rng.IntN(2))
			b = append(b, entryAt(at, fmt.Sprintf("%d/%d", batch, i)))
		}
		model = append(model, b...)
		slices.SortStableFunc(model, func(a, b logline.Entry) int { return a.Time.Compare(b.Time) })
		r.add(b)
		if batch%7 == 0 {
			v := r.view()
			var want []string
			for i := range model {
				want = append(want, model[i].Raw)
			}
			views = append(views, seen{v, want})
		}
	}
	for i, s := range views {
		if got := texts(s.view); !slices.Equal(got, s.want) {
			t.Fatalf("view %d of %d differs from the sorted slice", i, len(views))
		}
	}
}

func TestRingBounds(t *testing.T) {
	for _, tc := range []struct {
		name               string
		maxLines, maxBytes int
	}{
		{"by lines", 3 * chunkLines, 1 << 30},
		{"by bytes", 1 << 30, 3 * chunkLines * (entryOverhead + 4)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRing(tc.maxLines, tc.maxBytes)
			const n = 10 * chunkLines
			for i := range n {
				r.add([]logline.Entry{entryAt(time.Duration(i)*time.Second, fmt.Sprintf("%04d", i))})
			}
			v := r.view()
			if v.Len() > 3*chunkLines || v.Len() < 2*chunkLines {
				t.Errorf("%d lines kept, want between %d and %d", v.Len(), 2*chunkLines, 3*chunkLines)
			}
			if int(v.Evicted)+v.Len() != n || v.Received != n {
				t.Errorf("%d kept + %d evicted of %d received, want %d", v.Len(), v.Evicted, v.Received, n)
			}
			if got := v.At(v.Len() - 1).Raw; got != fmt.Sprintf("%04d", n-1) {
				t.Errorf("newest is %s", got)
			}
		})
	}
}

// TestRingBoundsLongLines: a chunk of lines of 1 MiB each would be sixteen times the ring.
func TestRingBoundsLongLines(t *testing.T) {
	text := strings.Repeat("x", 1<<20)
	for _, late := range []bool{false, true} {
		r := newRing(50_000, 32<<20)
		for i := range 200 {
			at := time.Duration(i) * time.Second
			if late && i%3 > 0 { // amid the lines there are
				at -= 5 * time.Second
			}
			r.add([]logline.Entry{entryAt(at, text)})
			held := 0
			for _, c := range r.chunks {
				for i := range c.lines {
					held += len(c.lines[i].Raw)
				}
			}
			if held > 32<<20 {
				t.Fatalf("late %v: %d MiB after %d lines", late, held>>20, i+1)
			}
		}
		if v := r.view(); v.Len() < 25 || int(v.Evicted)+int(v.Received) < 200 {
			t.Errorf("late %v: %d lines kept, %d evicted of %d received", late, v.Len(), v.Evicted, v.Received)
		}
	}
}

// TestRingLetsGoOfEvictedLines: what was evicted stays in memory as long as the array below the ring's slice points to it.
func TestRingLetsGoOfEvictedLines(t *testing.T) {
	r := newRing(3*chunkLines, 1<<30)
	for i := range 3 * chunkLines {
		r.add([]logline.Entry{entryAt(time.Duration(i)*time.Second, "line")})
	}
	before := r.chunks
	r.add([]logline.Entry{entryAt(time.Hour, "one more")})
	if r.evicted == 0 || before[0] != nil {
		t.Errorf("%d lines evicted, and still there: %v", r.evicted, before[0] != nil)
	}
}

func TestRingPassesOverLinesOlderThanAllWhenFull(t *testing.T) {
	r := newRing(2*chunkLines, 1<<30)
	for i := range 2 * chunkLines {
		r.add([]logline.Entry{entryAt(time.Duration(i)*time.Second, "x")})
	}
	r.add([]logline.Entry{entryAt(-time.Hour, "old")})
	if v := r.view(); v.Evicted != 1 || v.At(0).Raw == "old" {
		t.Errorf("an old line displaced a younger one: %d evicted, oldest %q", v.Evicted, v.At(0).Raw)
	}
}

func TestLogViewFind(t *testing.T) {
	r := newRing(1<<20, 1<<30)
	for i := range 1500 {
		r.add([]logline.Entry{entryAt(time.Duration(i/3)*time.Second, fmt.Sprint(i))})
	}
	v := r.view()
	for i := range v.Len() {
		l := v.At(i)
		if at, ok := v.Find(l.Time, l.Seq); !ok || at != i {
			t.Fatalf("Find(line %d) = %d, %v", i, at, ok)
		}
	}
	if at, ok := v.Find(epoch.Add(10*time.Second), 1<<60); ok || at != 30 {
		t.Errorf("Find of a line that is gone = %d, %v; want its place 30", at, ok)
	}
	if got := v.Search(epoch.Add(time.Hour)); got != v.Len() {
		t.Errorf("Search beyond the end = %d, want %d", got, v.Len())
	}
}

func BenchmarkRing(b *testing.B) {
	batch := make([]logline.Entry, 100)
	for _, bc := range []struct {
		name string
		late bool
	}{{"in-order", false}, {"every-tenth-late", true}} {
		b.Run(bc.name, func(b *testing.B) {
			r := newRing(50_000, 32<<20)
			b.ReportAllocs()
			for n := range b.N {
				for i := range batch {
					at := time.Duration(n*len(batch)+i) * time.Millisecond
					if bc.late && i%10 == 0 {
						at -= 2 * time.Second
					}
					batch[i] = entryAt(at, "a line of a usual length, more or less")
				}
				r.add(batch)
				r.view()
			}
			b.ReportMetric(float64(b.N*len(batch))/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
