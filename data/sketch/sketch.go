// Package sketch holds the distribution of non-negative integers (here:
// latencies in milliseconds) in few bytes, with percentiles of bounded error.
//
// Values are counted in log-linear buckets: one bucket per value up to 127, and
// 64 buckets to each power of two above. The middle of a bucket is at most
// 1/128 of the value away, so a nearest-rank percentile read from a sketch is
// within 0.79 % of the exact one. Merging is exact: it adds counts.
//
// [Sparse] is the form to keep (four bytes a pair, only the buckets that occur,
// no allocation until the first value), [Dense] the form to add up many of them
// and ask for percentiles, and [Sum] begins as the one and becomes the other, for
// when there are many sums and most of them are small.
package sketch

import (
	"math"
	"math/bits"
	"slices"
)

const (
	subBits    = 6            // 64 buckets to the octave
	sub        = 1 << subBits // 64
	linear     = 2 * sub      // values below it have a bucket each
	maxExp     = 40           // values up to 2^40-1 (35 years of milliseconds)
	numBuckets = linear + (maxExp-subBits-1)*sub
	// MaxValue is the largest value a sketch tells apart; larger ones count as it.
	MaxValue = 1<<maxExp - 1
)

// bucket maps a value to its bucket. Negative values count as 0.
func bucket(v int64) uint32 {
	if v < linear {
		if v < 0 {
			return 0
		}
		return uint32(v)
	}
	if v > MaxValue {
		v = MaxValue
	}
	exp := bits.Len64(uint64(v)) - 1 // ≥ subBits+1
	shift := exp - subBits
	return uint32(linear + (shift-1)*sub + int(v>>shift) - sub)
}

// middle is the value that stands for a bucket.
func middle(b uint32) int64 {
	if b < linear {
		return int64(b)
	}
	b -= linear
	shift := int(b/sub) + 1
	low := int64(b%sub+sub) << shift
	return low + (int64(1)<<shift-1)/2
}

// countBits is the width of the count in a pair; a bucket holds as many pairs
// as its count needs.
const (
	countBits = 20
	maxCount  = 1<<countBits - 1
)

// Sparse is a sketch as sorted (bucket, count) pairs. The zero value is empty.
// It is not safe for concurrent use; Clone gives an independent copy.
type Sparse struct {
	pairs []uint32 // bucket<<countBits | count
}

// Add counts v once.
func (s *Sparse) Add(v int64) {
	b := bucket(v)
	i := s.search(b)
	for ; i < len(s.pairs) && s.pairs[i]>>countBits == b; i++ {
		if s.pairs[i]&maxCount < maxCount {
			s.pairs[i]++
			return
		}
	}
	s.pairs = slices.Insert(s.pairs, i, b<<countBits|1)
}

// search is the index of the first pair of bucket b or of a later one.
func (s *Sparse) search(b uint32) int {
	lo, hi := 0, len(s.pairs)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.pairs[mid]>>countBits < b {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Count is the number of values added.
func (s *Sparse) Count() int64 {
	var n int64
	for _, p := range s.pairs {
		n += int64(p & maxCount)
	}
	return n
}

// Clone is a copy that shares nothing with s.
func (s *Sparse) Clone() Sparse {
	if len(s.pairs) == 0 {
		return Sparse{}
	}
	return Sparse{pairs: append(make([]uint32, 0, len(s.pairs)+1), s.pairs...)}
}

// merge adds n values of bucket b.
func (s *Sparse) merge(b, n uint32) {
	i := s.search(b)
	for ; n > 0; i++ {
		if i == len(s.pairs) || s.pairs[i]>>countBits != b {
			s.pairs = slices.Insert(s.pairs, i, b<<countBits)
		}
		room := maxCount - s.pairs[i]&maxCount
		s.pairs[i] += min(n, room)
		n -= min(n, room)
	}
}

// Dense is a sketch as one counter per bucket. The zero value is empty.
type Dense struct {
	counts [numBuckets]uint32
	n      int64
	max    int64
}

// Add counts v once.
func (d *Dense) Add(v int64) {
	d.counts[bucket(v)]++
	d.n++
	d.max = max(d.max, v)
}

// AddSparse merges s, whose largest value was largest, into d.
func (d *Dense) AddSparse(s *Sparse, largest int64) {
	for _, p := range s.pairs {
		c := p & maxCount
		d.counts[p>>countBits] += c
		d.n += int64(c)
	}
	if len(s.pairs) > 0 {
		d.max = max(d.max, largest)
	}
}

// Merge adds all of o to d.
func (d *Dense) Merge(o *Dense) {
	if o.n == 0 {
		return
	}
	for i, c := range o.counts {
		d.counts[i] += c
	}
	d.n += o.n
	d.max = max(d.max, o.max)
}

// Count is the number of values added.
func (d *Dense) Count() int64 { return d.n }

// Max is the largest value added, exact; 0 if there is none.
func (d *Dense) Max() int64 { return d.max }

// Quantiles gives the nearest-rank quantiles for qs, which must ascend and lie
// in (0, 1]: for each the middle of the bucket that holds the value of rank
// ceil(q·n), never more than the exact maximum. All are 0 if d is empty.
func (d *Dense) Quantiles(qs ...float64) []int64 {
	out := make([]int64, len(qs))
	if d.n == 0 {
		return out
	}
	var seen int64
	b := -1
	for i, q := range qs {
		rank := Rank(q, d.n)
		for seen < rank {
			b++
			seen += int64(d.counts[b])
		}
		out[i] = min(middle(uint32(b)), d.max)
	}
	return out
}

// sumPairs is how many pairs a [Sum] holds before it becomes dense: a quarter of
// a kilobyte instead of nine.
const sumPairs = 64

// Sum adds up values and sketches. The zero value is empty.
type Sum struct {
	few  Sparse
	many *Dense // instead of few, once there are many
	n    int64
	max  int64
}

// Add counts v once.
func (s *Sum) Add(v int64) {
	s.n++
	s.max = max(s.max, v)
	if s.many != nil {
		s.many.Add(v)
		return
	}
	s.few.Add(v)
	s.grow(0)
}

// AddSparse merges o, whose largest value was largest.
func (s *Sum) AddSparse(o *Sparse, largest int64) {
	if len(o.pairs) == 0 {
		return
	}
	s.max = max(s.max, largest)
	s.grow(len(o.pairs))
	if s.many != nil {
		s.many.AddSparse(o, largest)
		s.n = s.many.n
		return
	}
	for _, p := range o.pairs {
		s.few.merge(p>>countBits, p&maxCount)
		s.n += int64(p & maxCount)
	}
}

// grow makes the sum dense if it holds too many pairs or is about to.
func (s *Sum) grow(by int) {
	if s.many == nil && len(s.few.pairs)+by > sumPairs {
		s.many = new(Dense)
		s.many.AddSparse(&s.few, s.max)
		s.few = Sparse{}
	}
}

// Sparse is the sum in the form to keep.
func (s *Sum) Sparse() Sparse {
	if s.many == nil {
		return s.few.Clone()
	}
	var out Sparse
	for b, n := range s.many.counts {
		for ; n > 0; n -= min(n, maxCount) {
			out.pairs = append(out.pairs, uint32(b)<<countBits|min(n, maxCount))
		}
	}
	out.pairs = slices.Clip(out.pairs)
	return out
}

// AddTo merges the sum into d.
func (s *Sum) AddTo(d *Dense) {
	if s.many != nil {
		d.Merge(s.many)
	} else {
		d.AddSparse(&s.few, s.max)
	}
}

// Merge adds all of o to s.
func (s *Sum) Merge(o *Sum) {
	if o.many == nil {
		s.AddSparse(&o.few, o.max)
		return
	}
	s.n += o.n
	s.max = max(s.max, o.max)
	s.grow(sumPairs + 1)
	s.many.Merge(o.many)
}

// Count is the number of values added.
func (s *Sum) Count() int64 { return s.n }

// Max is the largest value added, exact; 0 if there is none.
func (s *Sum) Max() int64 { return s.max }

// Quantiles is as [Dense.Quantiles].
func (s *Sum) Quantiles(qs ...float64) []int64 {
	if s.many != nil {
		return s.many.Quantiles(qs...)
	}
	out := make([]int64, len(qs))
	if s.n == 0 {
		return out
	}
	var seen int64
	at := -1
	for i, q := range qs {
		for rank := Rank(q, s.n); seen < rank; {
			at++
			seen += int64(s.few.pairs[at] & maxCount)
		}
		out[i] = min(middle(s.few.pairs[at]>>countBits), s.max)
	}
	return out
}

// Rank is the nearest rank of quantile q among n values: ceil(q·n), at least 1.
// The product is rounded to twelve digits first, so that 0.95·20 is rank 19
// although its binary product lies a hair above.
func Rank(q float64, n int64) int64 {
	r := int64(math.Ceil(math.Round(q*float64(n)*1e6) / 1e6))
	return min(max(r, 1), n)
}
