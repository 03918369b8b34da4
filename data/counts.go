package data

import (
	"math"
	"sort"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

const (
	// maxMoments bounds the single moments that are kept so that windows can begin
	// anywhere: 4 M of them are 24 MB, and more than the 7 days of 10 M calls a month. Beyond it the oldest hours keep
	// their sums only.
	maxMoments = 4 << 20
	// maxSeries bounds the series of one metric and maxKeyBytes the text of a key:
	// both come from log lines. What is beyond counts under Other.
	maxSeries   = 1000
	maxKeyBytes = 1024
	// maxAhead is how far ahead of the clock a line may be dated to count once the
	// clock has come there: another machine's clock is never that wrong.
	maxAhead = time.Hour
)

// Other is the key that stands for all keys beyond the number that is kept.
const Other = "(other)"

// eventCounts counts log lines by series and hour, with the moment of each so
// that windows which begin inside an hour are exact.
type eventCounts struct {
	hours      map[int64]*countHour
	series     map[events.Series]*events.Series // those of all hours, each once, its text copied
	perMetric  [events.NumMetrics]int           // how many of them
	moments    int
	maxMoments int
	ahead      int64
	generation uint32
	buf        []events.Series
}

type countHour struct {
	generation uint32
	index      int64
	counts     map[*events.Series]*momentList
}

// momentList is how often a series occurred in an hour and when, in order of arrival.
type momentList struct {
	n    int64
	last int64    // the latest, nanoseconds since the hour began
	at   []moment // nil with n > 0 once dropped for lack of room
}

// moment is the nanoseconds since an hour began in the six bytes they need, the
// highest first.
type moment [3]uint16

func newMoment(ns int64) moment { return moment{uint16(ns >> 32), uint16(ns >> 16), uint16(ns)} }

func (m moment) ns() int64 { return int64(m[0])<<32 | int64(m[1])<<16 | int64(m[2]) }

func newEventCounts() *eventCounts {
	return &eventCounts{
		hours: make(map[int64]*countHour), series: make(map[events.Series]*events.Series),
		maxMoments: maxMoments, generation: 1,
	}
}

// add counts the line in the figures that ask for it. Lines before the horizon
// don't count, nor do lines more than maxAhead after now.
func (c *eventCounts) add(e *logline.Entry, now time.Time) {
	c.buf = events.Classify(c.buf[:0], e)
	if len(c.buf) == 0 || e.Time.Before(now.Add(-Horizon-time.Hour)) {
		return
	}
	if e.Time.After(now.Add(maxAhead)) {
		c.ahead++
		return
	}
	ns := e.Time.UnixNano()
	index := floorDiv(ns, int64(time.Hour))
	h := c.hour(index)
	for _, s := range c.buf {
		c.count(h, c.intern(s), ns-index*int64(time.Hour))
	}
}

func (c *eventCounts) count(h *countHour, s *events.Series, at int64) {
	l := h.counts[s]
	if l == nil {
		l = &momentList{}
		h.counts[s] = l
	}
	l.last = max(l.last, at)
	if l.n == int64(len(l.at)) {
		l.at = append(l.at, newMoment(at))
		c.moments++
	}
	l.n++
	if c.moments > c.maxMoments {
		c.forget()
	}
}

// intern is the one copy of s that stands for all equal to it.
func (c *eventCounts) intern(s events.Series) *events.Series {
	if p := c.series[s]; p != nil {
		return p
	}
	if len(s.Key) > maxKeyBytes || len(s.Channel) > maxKeyBytes || c.perMetric[s.Metric] >= maxSeries {
		if s.Key != "" {
			s.Key = Other
		}
		if s.Channel != "" {
			s.Channel = Other
		}
		if p := c.series[s]; p != nil {
			return p
		}
	}
	s.Key, s.Channel = strings.Clone(s.Key), strings.Clone(s.Channel)
	c.series[s] = &s
	c.perMetric[s.Metric]++
	return &s
}

// hour is the hour to change, copied if a view shares it. The moments are only
// ever appended to, beyond what a view sees.
func (c *eventCounts) hour(index int64) *countHour {
	h, ok := c.hours[index]
	if !ok {
		h = &countHour{generation: c.generation, index: index, counts: make(map[*events.Series]*momentList)}
		c.hours[index] = h
	} else if h.generation != c.generation {
		shared := h.counts
		h = &countHour{generation: c.generation, index: index, counts: make(map[*events.Series]*momentList, len(shared))}
		for s, l := range shared {
			own := *l
			h.counts[s] = &own
		}
		c.hours[index] = h
	}
	return h
}

// forget drops the moments of the oldest hour that has any.
func (c *eventCounts) forget() {
	oldest := int64(math.MaxInt64)
	for i, h := range c.hours {
		if i < oldest && h.moments() > 0 {
			oldest = i
		}
	}
	h := c.hour(oldest)
	c.moments -= h.moments()
	for _, l := range h.counts {
		l.at = nil
	}
}

func (h *countHour) moments() int {
	n := 0
	for _, l := range h.counts {
		n += len(l.at)
	}
	return n
}

// trim drops hours that no window reaches any more, and the series that only they had.
func (c *eventCounts) trim(now time.Time) {
	first := floorDiv(now.Add(-Horizon).UnixNano(), int64(time.Hour)) - 1
	before := len(c.hours)
	for i, h := range c.hours {
		if i < first {
			c.moments -= h.moments()
			delete(c.hours, i)
		}
	}
	if len(c.hours) == before {
		return
	}
	used := make(map[*events.Series]bool, len(c.series))
	for _, h := range c.hours {
		for s := range h.counts {
			used[s] = true
		}
	}
	for key, s := range c.series {
		if !used[s] {
			delete(c.series, key)
			c.perMetric[key.Metric]--
		}
	}
}

func (c *eventCounts) view() *EventCounts {
	v := &EventCounts{hours: make([]*countHour, 0, len(c.hours)), ahead: c.ahead}
	for _, h := range c.hours {
		v.hours = append(v.hours, h)
	}
	sort.Slice(v.hours, func(i, j int) bool { return v.hours[i].index < v.hours[j].index })
	c.generation++
	return v
}

// EventCounts is an immutable view of how often each series occurred and when.
type EventCounts struct {
	hours []*countHour
	ahead int64 // lines that don't count because they are dated too far ahead
}

// tally is how often each series occurred.
type tally map[*events.Series]int64

// total counts all series of a metric.
func (t tally) total(m events.Metric) int64 {
	var n int64
	for s, k := range t {
		if s.Metric == m {
			n += k
		}
	}
	return n
}

// between counts the lines of each series with from ≤ time ≤ to. exact is false
// if an hour at the edge no longer has its moments and was counted by whether
// its greater part lies inside.
func (v *EventCounts) between(from, to time.Time) (counts tally, exact bool) {
	counts, exact = make(tally), true
	lo, hi := from.UnixNano(), to.UnixNano()
	for _, h := range v.hours[v.firstHour(lo):] {
		begin := h.index * int64(time.Hour)
		if begin > hi {
			break
		}
		end := begin + int64(time.Hour)
		for s, l := range h.counts {
			switch {
			case lo <= begin && begin+l.last <= hi: // the present hour is mostly whole, too
				counts[s] += l.n
			case l.n == int64(len(l.at)):
				for _, at := range l.at {
					if t := begin + at.ns(); lo <= t && t <= hi {
						counts[s]++
					}
				}
			default:
				exact = false
				if min(end, hi)-max(begin, lo) >= int64(time.Hour)/2 {
					counts[s] += l.n
				}
			}
		}
	}
	return counts, exact
}

// perStep counts the lines of a metric in each of n steps from start, those
// after to left out. step must divide an hour, and start be a multiple of it.
// Lines of an hour without moments are spread evenly, and exact is false.
func (v *EventCounts) perStep(m events.Metric, start time.Time, step time.Duration, n int, to time.Time) (counts []int64, exact bool) {
	counts, exact = make([]int64, n), true
	lo, hi := start.UnixNano(), min(to.UnixNano(), start.Add(time.Duration(n)*step).UnixNano()-1)
	for _, h := range v.hours[v.firstHour(lo):] {
		begin := h.index * int64(time.Hour)
		if begin > hi {
			break
		}
		for s, l := range h.counts {
			if s.Metric != m {
				continue
			}
			if l.n == int64(len(l.at)) {
				for _, at := range l.at {
					if t := begin + at.ns(); lo <= t && t <= hi {
						counts[(t-lo)/int64(step)]++
					}
				}
				continue
			}
			exact = false
			steps := int64(time.Hour / step)
			for i := range steps {
				if t := begin + i*int64(step); lo <= t && t <= hi {
					counts[(t-lo)/int64(step)] += l.n*(i+1)/steps - l.n*i/steps
				}
			}
		}
	}
	return counts, exact
}

// firstHour is the index of the first hour that ends after lo.
func (v *EventCounts) firstHour(lo int64) int {
	return sort.Search(len(v.hours), func(i int) bool { return (v.hours[i].index+1)*int64(time.Hour) > lo })
}
