package sketch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// exact is the nearest-rank percentile by its textbook definition, in integers.
func exact(sorted []int64, percent int) int64 {
	rank := (percent*len(sorted) + 99) / 100
	return sorted[max(rank, 1)-1]
}

func TestMiddleOfEveryBucketIsWithinTheBound(t *testing.T) {
	const bound = 1.0 / 128
	check := func(v int64) {
		got := middle(bucket(v))
		if v < linear && got != v {
			t.Fatalf("middle(bucket(%d)) = %d, want it exact below %d", v, got, linear)
		}
		if e := math.Abs(float64(got-v)) / float64(max(v, 1)); e > bound {
			t.Fatalf("middle(bucket(%d)) = %d: error %.4f over %.4f", v, got, e, bound)
		}
	}
	for v := int64(0); v < 1<<21; v++ {
		check(v)
	}
	for exp := 21; exp < maxExp; exp++ {
		for _, v := range []int64{1 << exp, 1<<exp + 1, 1<<(exp+1) - 1} {
			check(v)
		}
	}
}

func TestBucketsAscendAndStayInside(t *testing.T) {
	last := uint32(0)
	for v := int64(0); v < 1<<20; v++ {
		b := bucket(v)
		if b < last || b > last+1 {
			t.Fatalf("bucket(%d) = %d after %d: buckets must ascend by single steps", v, b, last)
		}
		last = b
	}
	for _, tc := range []struct {
		name string
		v    int64
		want uint32
	}{
		{"negative", -5, 0},
		{"largest told apart", MaxValue, numBuckets - 1},
		{"beyond", math.MaxInt64, numBuckets - 1},
	} {
		if got := bucket(tc.v); got != tc.want {
			t.Errorf("%s: bucket(%d) = %d, want %d", tc.name, tc.v, got, tc.want)
		}
	}
}

func TestRankIsTheIntegerNearestRank(t *testing.T) {
	for _, percent := range []int{1, 25, 50, 75, 90, 95, 99, 100} {
		for n := int64(1); n <= 20_000; n++ {
			want := (int64(percent)*n + 99) / 100
			if got := Rank(float64(percent)/100, n); got != want {
				t.Fatalf("Rank(%d %%, %d) = %d, want %d", percent, n, got, want)
			}
		}
	}
}

func TestQuantilesAgreeWithSortedValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct {
		name string
		n    int
		draw func() int64
	}{
		{"one value", 1, func() int64 { return 4711 }},
		{"two values", 2, func() int64 { return rng.Int64N(2) * 1_000_000 }},
		{"all equal", 1000, func() int64 { return 1234 }},
		{"small", 777, func() int64 { return rng.Int64N(100) }},
		{"log-normal", 20_000, func() int64 { return int64(math.Exp(rng.NormFloat64()*1.1 + 7)) }},
		{"huge", 5000, func() int64 { return rng.Int64N(1 << 39) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var viaSparse, viaSum Dense
			var direct Dense
			var sum, merged, halves Sum
			var parts [7]Sparse
			var largest [7]int64
			values := make([]int64, tc.n)
			for i := range values {
				v := tc.draw()
				values[i] = v
				direct.Add(v)
				sum.Add(v)
				parts[i%7].Add(v)
				largest[i%7] = max(largest[i%7], v)
			}
			for i := range parts {
				viaSparse.AddSparse(&parts[i], largest[i])
				merged.AddSparse(&parts[i], largest[i])
				var part Sum
				part.AddSparse(&parts[i], largest[i])
				halves.Merge(&part)
			}
			merged.AddTo(&viaSum)
			slices.Sort(values)
			for _, d := range []interface {
				Count() int64
				Max() int64
				Quantiles(...float64) []int64
			}{&direct, &viaSparse, &viaSum, &sum, &merged, &halves} {
				if d.Count() != int64(tc.n) || d.Max() != values[tc.n-1] {
					t.Fatalf("count %d max %d, want %d and %d", d.Count(), d.Max(), tc.n, values[tc.n-1])
				}
				for i, got := range d.Quantiles(0.5, 0.95, 0.99, 1) {
					want := exact(values, []int{50, 95, 99, 100}[i])
					if e := math.Abs(float64(got-want)) / float64(max(want, 1)); e > 0.008 {
						t.Errorf("quantile %d: got %d, want %d within 0.8 %%", i, got, want)
					}
				}
			}
		})
	}
}

func TestSparseKeepsCountsBeyondOnePair(t *testing.T) {
	const n = maxCount + 10
	var s Sparse
	for range n {
		s.Add(5)
	}
	s.Add(4)
	s.Add(6)
	if got := s.Count(); got != n+2 {
		t.Fatalf("Count() = %d, want %d", got, n+2)
	}
	var d Dense
	d.AddSparse(&s, 6)
	if got := d.Quantiles(0.5)[0]; got != 5 {
		t.Errorf("median = %d, want 5", got)
	}
	if len(s.pairs) != 4 {
		t.Errorf("pairs = %v: want four", s.pairs)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	var s Sparse
	s.Add(1)
	c := s.Clone()
	c.Add(1)
	s.Add(2)
	if s.Count() != 2 || c.Count() != 2 {
		t.Fatalf("counts %d and %d, want 2 and 2", s.Count(), c.Count())
	}
	var d Dense
	d.AddSparse(&c, 1)
	if d.Max() != 1 || d.Quantiles(1)[0] != 1 {
		t.Error("the clone saw a value added to the original")
	}
}

func TestEmptyDense(t *testing.T) {
	var s, e Sum
	s.Merge(&e)
	s.AddSparse(&Sparse{}, 99)
	if got := s.Quantiles(0.5); s.Count() != 0 || s.Max() != 0 || got[0] != 0 {
		t.Errorf("an empty sum gives %d %d %v", s.Count(), s.Max(), got)
	}
	var d, o Dense
	d.Merge(&o)
	d.AddSparse(&Sparse{}, 99)
	if got := d.Quantiles(0.5, 0.99); d.Count() != 0 || d.Max() != 0 || got[0] != 0 || got[1] != 0 {
		t.Errorf("an empty sketch gives %d %d %v", d.Count(), d.Max(), got)
	}
}

func TestMergeAdds(t *testing.T) {
	var a, b Dense
	for v := range int64(100) {
		a.Add(v)
		b.Add(v + 100)
	}
	a.Merge(&b)
	if got := a.Quantiles(0.5)[0]; a.Count() != 200 || a.Max() != 199 || got != 99 {
		t.Errorf("n %d max %d median %d, want 200, 199, 99", a.Count(), a.Max(), got)
	}
}

func BenchmarkDenseAdd(b *testing.B) {
	var d Dense
	for i := range b.N {
		d.Add(int64(i & 0xffff))
	}
}

func BenchmarkSparseAdd(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var s Sparse
	for range b.N {
		s.Add(int64(math.Exp(rng.NormFloat64() + 7)))
	}
}

// BenchmarkHourCell merges what one hour of one task and model holds at 33,000
// rows a day; the baseline is sorting the raw values.
func BenchmarkHourCell(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]int64, 33)
	var s Sparse
	for i := range values {
		values[i] = int64(math.Exp(rng.NormFloat64() + 7))
		s.Add(values[i])
	}
	b.Run("sketch", func(b *testing.B) {
		var d Dense
		for range b.N {
			d.AddSparse(&s, 1)
		}
	})
	b.Run("baseline-sort", func(b *testing.B) {
		scratch := make([]int64, len(values))
		for range b.N {
			copy(scratch, values)
			slices.Sort(scratch)
		}
	})
}
