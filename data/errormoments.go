package data

import (
	"cmp"
	"slices"
	"time"
)

const (
	// maxErrorMoments bounds the numbers in all series of an errorStore: 16 M of them are 64 MB. Beyond it the oldest hour
	// keeps its sums only.
	maxErrorMoments = 16 << 20
	// maxHourMoments is how many single moments a series keeps of an hour. Beyond it lines are counted by second, which
	// is less to keep, so that a flood costs neither memory nor the precision of other series.
	maxHourMoments = 1 << 16
)

// momentPrecision tells how well the border of a window was kept.
type momentPrecision int

const (
	exactMoment momentPrecision = iota
	toTheSecond
	toTheHour
)

func (p momentPrecision) String() string {
	return [...]string{"moment", "second", "hour"}[p]
}

// errorSeries is how often lines of one key came and when.
type errorSeries struct {
	key        string
	generation uint32
	hours      []errorHour // the oldest first; none is empty
	newest     *errorLine  // of a group
}

// errorHour counts the lines of one hour. With n > 0 and neither micros nor seconds, the moments were dropped.
type errorHour struct {
	index   int64
	n       int64
	micros  []uint32 // microseconds since the hour began, in order of arrival; a view sees those up to its own length
	seconds *errorSeconds
}

type errorSeconds struct {
	generation uint32
	counts     [3600]uint32
}

// numbers is how many the hour keeps.
func (h *errorHour) numbers() int {
	if h.seconds != nil {
		return len(h.seconds.counts)
	}
	return len(h.micros)
}

// add counts a line and returns how many more numbers are kept.
func (s *errorSeries) add(at time.Time, generation uint32) int {
	ns := at.UnixNano()
	index := floorDiv(ns, int64(time.Hour))
	h := s.hour(index)
	before := h.numbers()
	micros := uint32((ns - index*int64(time.Hour)) / 1000)
	switch {
	case h.seconds != nil:
		h.ownSeconds(generation).counts[micros/1e6]++
	case h.n == int64(len(h.micros)):
		h.micros = append(h.micros, micros)
		if len(h.micros) > maxHourMoments {
			h.toSeconds(generation)
		}
	}
	h.n++
	return h.numbers() - before
}

func (s *errorSeries) find(index int64) (int, bool) {
	if n := len(s.hours); n > 0 && s.hours[n-1].index == index {
		return n - 1, true
	}
	return slices.BinarySearchFunc(s.hours, index, func(h errorHour, index int64) int { return cmp.Compare(h.index, index) })
}

func (s *errorSeries) hour(index int64) *errorHour {
	i, ok := s.find(index)
	if !ok {
		s.hours = slices.Insert(s.hours, i, errorHour{index: index})
	}
	return &s.hours[i]
}

func (h *errorHour) ownSeconds(generation uint32) *errorSeconds {
	if h.seconds.generation != generation {
		h.seconds = &errorSeconds{generation, h.seconds.counts}
	}
	return h.seconds
}

func (h *errorHour) toSeconds(generation uint32) {
	h.seconds = &errorSeconds{generation: generation}
	for _, us := range h.micros {
		h.seconds.counts[us/1e6]++
	}
	h.micros = nil
}

// merge counts all lines of o, which is dropped, in s and returns how many more numbers are kept.
func (s *errorSeries) merge(o *errorSeries, generation uint32) int {
	kept := 0
	for i := range o.hours {
		from := &o.hours[i]
		h := s.hour(from.index)
		kept -= h.numbers() + from.numbers()
		h.merge(from, generation)
		kept += h.numbers()
	}
	if o.newest != nil && (s.newest == nil || o.newest.at.After(s.newest.at)) {
		s.newest = o.newest
	}
	return kept
}

func (h *errorHour) merge(from *errorHour, generation uint32) {
	dropped := h.n > 0 && h.numbers() == 0 || from.numbers() == 0
	h.n += from.n
	if dropped {
		h.micros, h.seconds = nil, nil
		return
	}
	if h.seconds == nil && (from.seconds != nil || len(h.micros)+len(from.micros) > maxHourMoments) {
		h.toSeconds(generation)
	}
	if h.seconds == nil {
		h.micros = append(h.micros, from.micros...)
		return
	}
	counts := &h.ownSeconds(generation).counts
	for _, us := range from.micros {
		counts[us/1e6]++
	}
	if from.seconds != nil {
		for i, n := range from.seconds.counts {
			counts[i] += n
		}
	}
}

// trim drops the hours before first and returns how many numbers they kept.
func (s *errorSeries) trim(first int64) int {
	dropped := 0
	for len(s.hours) > 0 && s.hours[0].index < first {
		dropped += s.hours[0].numbers()
		s.hours = s.hours[1:]
	}
	return dropped
}

func (s *errorSeries) latestHour() int64 { return s.hours[len(s.hours)-1].index }

func (s *errorSeries) total() int64 {
	var n int64
	for i := range s.hours {
		n += s.hours[i].n
	}
	return n
}

// within counts the lines with from ≤ time ≤ to and finds the first of them, both to the microsecond. Where an hour at
// the border is counted by second, those seconds count whose greater part lies inside; where its moments were dropped,
// the whole hour does or doesn't by the same rule.
func (s *errorSeries) within(from, to time.Time) (n int64, first time.Time, precision momentPrecision) {
	lo, hi := from.Truncate(time.Microsecond).UnixNano(), to.UnixNano()
	earliest := hi
	for i := range s.hours {
		h := &s.hours[i]
		begin := h.index * int64(time.Hour)
		end := begin + int64(time.Hour) - 1
		if end < lo || begin > hi {
			continue
		}
		whole := lo <= begin && end <= hi
		if whole && n > 0 {
			n += h.n
			continue
		}
		k, at, p := h.within(max(begin, lo), min(end, hi))
		if k > 0 && n == 0 {
			earliest = at
		}
		n += k
		if !whole { // all of a whole hour counts, however little is known of when
			precision = max(precision, p)
		}
	}
	return n, time.Unix(0, earliest).UTC(), precision
}

// within counts the hour's lines between lo and hi, which lie in it, and says when the first was.
func (h *errorHour) within(lo, hi int64) (n, first int64, precision momentPrecision) {
	begin := h.index * int64(time.Hour)
	first = hi
	switch {
	case h.seconds != nil:
		for i, k := range h.seconds.counts {
			if at := begin + int64(i)*int64(time.Second); k > 0 && at >= lo-int64(time.Second)/2 && at <= hi {
				n += int64(k)
				first = min(first, max(at, lo))
			}
		}
		return n, first, toTheSecond
	case h.n == int64(len(h.micros)):
		for _, us := range h.micros {
			if at := begin + int64(us)*1000; lo <= at && at <= hi {
				n++
				first = min(first, at)
			}
		}
		return n, first, exactMoment
	case lo == begin || hi-lo >= int64(time.Hour)/2: // there are no lines after now in the hour that holds it
		return h.n, lo, toTheHour
	}
	return 0, hi, toTheHour
}
