package panels

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/donna-project/donnatop/ui/format"
)

// span is a stretch of time, from ≤ to.
type span struct{ from, to time.Time }

// traceAxis is time as a trace shows it: stretches in which nothing happened are
// folded, so that a call of two seconds can be seen in a life of two days. Times on
// it are seconds since its start, positions the same without what is folded.
type traceAxis struct {
	start, end time.Time
	stretches  []stretch // in order; folds lie between them
	length     float64   // of all stretches, in seconds
}

// stretch is a part of the axis that is not folded; of no length for a moment
// between two folds.
type stretch struct {
	from, to float64 // times
	at       float64 // position of its beginning
}

func (s *stretch) end() float64 { return s.at + s.to - s.from }

// What is folded: the longest idle stretches, at most so many and each of at least
// so many seconds, if the shortest of them is clearly longer than all that is left
// together. Of several such sets it is the one in which that is clearest.
const (
	maxFolds  = 12
	leastFold = 1
	clearly   = 1.5
)

// folded is how many of idle stretches to fold, the longest of which comes first.
func folded(idle []stretch, whole float64) int {
	n, best, left := 0, clearly, whole
	for i := range min(len(idle), maxFolds) {
		d := idle[i].to - idle[i].from
		if left -= d; d < leastFold || left <= 0 {
			break
		}
		if d/left > best {
			n, best = i+1, d/left
		}
	}
	return n
}

func newTraceAxis(spans []span) traceAxis {
	if len(spans) == 0 {
		return traceAxis{}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	a := traceAxis{start: spans[0].from, end: spans[0].to}
	var idle []stretch
	for _, s := range spans[1:] {
		if s.from.After(a.end) {
			idle = append(idle, stretch{from: a.seconds(a.end), to: a.seconds(s.from)})
		}
		if s.to.After(a.end) {
			a.end = s.to
		}
	}
	slices.SortStableFunc(idle, func(x, y stretch) int { return cmp.Compare(y.to-y.from, x.to-x.from) })
	whole := a.seconds(a.end)
	idle = idle[:folded(idle, whole)]
	slices.SortFunc(idle, func(x, y stretch) int { return cmp.Compare(x.from, y.from) })
	from := 0.0
	for _, f := range idle {
		a.add(from, f.from)
		from = f.to
	}
	a.add(from, whole)
	return a
}

func (a *traceAxis) add(from, to float64) {
	a.stretches = append(a.stretches, stretch{from: from, to: to, at: a.length})
	a.length += to - from
}

// seconds is how long after the start t is.
func (a *traceAxis) seconds(t time.Time) float64 { return t.Sub(a.start).Seconds() }

// position is where t stands; what lies in a fold stands where it begins.
func (a *traceAxis) position(t time.Time) float64 {
	s := a.seconds(t)
	for i := len(a.stretches) - 1; i >= 0; i-- {
		if f := &a.stretches[i]; s >= f.from || i == 0 {
			return f.at + min(max(s-f.from, 0), f.to-f.from)
		}
	}
	return 0
}

// TraceZoom is the part of the axis that is shown, in shares of its whole. The
// zero value shows all of it.
type TraceZoom struct{ From, To float64 }

// leastZoom is the least share of an axis that can be shown.
const leastZoom = 1e-6

// All tells whether nothing is left out.
func (z TraceZoom) All() bool { return z == TraceZoom{} }

func (z TraceZoom) bounds() (from, to float64) {
	if z.All() {
		return 0, 1
	}
	return z.From, z.To
}

// Closest tells whether no less can be shown.
func (z TraceZoom) Closest() bool {
	from, to := z.bounds()
	return to-from <= leastZoom*1.5
}

// Scaled shows factor times as much, with about in its midst as far as the axis
// reaches.
func (z TraceZoom) Scaled(factor, about float64) TraceZoom {
	from, to := z.bounds()
	n := max((to-from)*factor, leastZoom)
	if n >= 1 {
		return TraceZoom{}
	}
	return zoomFrom(about-n/2, n)
}

// Shifted shows what lies by so many times the shown part further on.
func (z TraceZoom) Shifted(by float64) TraceZoom {
	if z.All() {
		return z
	}
	n := z.To - z.From
	return zoomFrom(z.From+by*n, n)
}

// Around is z moved as little as needed to show the stretch's beginning.
func (z TraceZoom) Around(from, to float64) TraceZoom {
	if z.All() || to >= z.From && from <= z.To {
		return z
	}
	n := z.To - z.From
	return zoomFrom(from-n/2, n)
}

func zoomFrom(from, n float64) TraceZoom {
	from = min(max(from, 0), 1-n)
	return TraceZoom{from, from + n}
}

// Share is where a row stands on the axis, in shares of its whole.
func (r *TraceRows) Share(row int) (from, to float64) {
	if r == nil || row < 0 || row >= len(r.rows) || !(r.axis.length > 0) {
		return 0, 1
	}
	return r.axis.position(r.rows[row].from) / r.axis.length, r.axis.position(r.rows[row].to) / r.axis.length
}

// Zoomable tells whether the axis has any length.
func (r *TraceRows) Zoomable() bool { return r != nil && r.axis.length > 0 }

// traceScale puts a part of an axis on w cells.
type traceScale struct {
	axis  *traceAxis
	w     int
	parts []shownPart
}

// shownPart is a stretch, or as much of it as is shown, with its n cells from x on.
type shownPart struct {
	stretch
	x, n int
}

// foldW is how many cells a fold takes where there is room.
const foldW = 3

func newTraceScale(a *traceAxis, z TraceZoom, w int) traceScale {
	from, to := z.bounds()
	from, to = from*a.length, to*a.length
	s := traceScale{axis: a, w: max(w, 0)}
	for _, f := range a.stretches {
		if f.end() < from || f.at > to {
			continue
		}
		before, after := max(from-f.at, 0), max(f.end()-to, 0)
		if z.All() {
			before, after = 0, 0 // whatever rounding makes of it
		}
		s.parts = append(s.parts, shownPart{stretch: stretch{from: f.from + before, to: f.to - after, at: f.at + before}})
	}
	s.share()
	return s
}

// share gives every part at least a cell and the rest by their lengths, with room
// for the folds between them.
func (s *traceScale) share() {
	n := len(s.parts)
	if n == 0 {
		return
	}
	fold := foldW
	if (n-1)*fold > s.w/3 {
		fold = 1
	}
	if (n-1)*fold > s.w/3 {
		fold = 0
	}
	length := 0.0
	for _, p := range s.parts {
		length += p.to - p.from
	}
	room := max(s.w-n-(n-1)*fold, 0)
	x, passed := 0, 0.0
	for i := range s.parts {
		p := &s.parts[i]
		before := share(passed, length, room)
		passed += p.to - p.from
		p.x, p.n = x, 1+share(passed, length, room)-before
		if length == 0 { // moments only, which are alike
			p.n = 1 + (i+1)*room/n - i*room/n
		}
		if i == n-1 {
			p.n = max(s.w-x, 1)
		}
		x += p.n + fold
	}
}

// share is how much of n cells a part of a length takes.
func share(part, length float64, n int) int {
	if !(length > 0) {
		return 0
	}
	return int(part / length * float64(n))
}

// cell is where t stands: -1 left of what is shown, w right of it.
func (s *traceScale) cell(t time.Time) int {
	at := s.axis.seconds(t)
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := &s.parts[i]
		switch {
		case at < p.from:
			continue
		case at <= p.to:
			return min(p.x+min(share(at-p.from, p.to-p.from, p.n), p.n-1), s.w-1)
		case i == len(s.parts)-1:
			return s.w
		}
		next := &s.parts[i+1]
		return min(p.x+p.n+share(at-p.to, next.from-p.to, next.x-p.x-p.n), s.w-1)
	}
	return -1
}

// folds calls f for each fold with its first cell, its cells and its length.
func (s *traceScale) folds(f func(x, n int, d time.Duration)) {
	for i := 1; i < len(s.parts); i++ {
		p, next := &s.parts[i-1], &s.parts[i]
		if n := next.x - p.x - p.n; n > 0 {
			f(p.x+p.n, n, seconds(next.from-p.to))
		}
	}
}

// tick is a text on the axis.
type tick struct {
	x    int
	text string
	fold bool
}

func (t *tick) end() int { return t.x + len([]rune(t.text)) }

// tickEvery is how many cells there are for a tick at least.
const tickEvery = 12

// ticks are the texts above the rows: how long folds last, and how long after the
// start things happened, as many as have room, from left to right.
func (s *traceScale) ticks() []tick {
	var out []tick
	put := func(t tick) {
		// The same text twice says that there is more to tell than it has digits for.
		taken := func(o tick) bool { return t.x <= o.end() && o.x <= t.end() || !t.fold && o.text == t.text }
		if t.x >= 0 && t.end() <= s.w && !slices.ContainsFunc(out, taken) {
			out = append(out, t)
		}
	}
	var folds []tick
	var lengths []time.Duration
	s.folds(func(x, n int, d time.Duration) {
		text := "⋯" + format.Duration(d)
		at, _ := slices.BinarySearchFunc(lengths, d, func(a, b time.Duration) int { return cmp.Compare(b, a) })
		lengths = slices.Insert(lengths, at, d) // the longest comes first
		folds = slices.Insert(folds, at, tick{x + n/2 - len([]rune(text))/2, text, true})
	})
	for _, f := range folds {
		put(f)
	}
	for i := range s.parts {
		put(tick{x: s.parts[i].x, text: offset(seconds(s.parts[i].from))})
	}
	for i := range s.parts {
		p := &s.parts[i]
		step := niceSeconds((p.to - p.from) / float64(max(p.n/tickEvery, 1)))
		if !(step > 0) {
			continue
		}
		first := math.Ceil(p.from/step) * step
		for k := range p.n {
			at := first + float64(k)*step
			if at >= p.to {
				break
			}
			put(tick{x: p.x + share(at-p.from, p.to-p.from, p.n), text: offset(seconds(at))})
		}
	}
	slices.SortFunc(out, func(a, b tick) int { return cmp.Compare(a.x, b.x) })
	return out
}

// offset is how long after the start something was: +340ms, +12.3s, +3h10m.
func offset(d time.Duration) string {
	switch {
	case d.Abs() < time.Millisecond:
		return "0"
	case d < 0:
		return "-" + offset(-d)[1:]
	}
	return "+" + format.Millis(d.Milliseconds())
}

func seconds(s float64) time.Duration {
	const most = math.MaxInt64 / 2
	return time.Duration(min(max(s*1e9, -most), most))
}

// niceSeconds is the least round number of seconds, minutes, hours or days that is
// not below s.
func niceSeconds(s float64) float64 {
	if !(s > 1e-9) {
		return 0
	}
	if s <= 10 {
		unit := math.Pow(10, math.Floor(math.Log10(s)))
		for _, m := range []float64{1, 2, 5, 10} {
			if m*unit >= s {
				return m * unit
			}
		}
	}
	for _, n := range []float64{15, 30, 60, 120, 300, 600, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600, 86400} {
		if n >= s {
			return n
		}
	}
	return 86400 * math.Ceil(s/86400)
}
