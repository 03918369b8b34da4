package data

import (
	"math"
	"sort"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// maxMoments bounds the single moments that are kept so that windows can begin
// anywhere: 16 M of them are 64 MB. Beyond it the oldest hours keep their sums only.
const maxMoments = 16 << 20

// eventCounts counts log lines by metric and hour, with the moment of each so
// that windows which begin inside an hour are exact.
type eventCounts struct {
	hours      map[int64]*countHour
	moments    int
	maxMoments int
	generation uint32
}

type countHour struct {
	generation uint32
	index      int64
	counts     map[events.Metric]*momentList
}

// momentList is how often a metric occurred in an hour and when: microseconds
// since the hour began, in order of arrival.
type momentList struct {
	n      int64
	micros []uint32 // nil with n > 0 once dropped for lack of room
}

func newEventCounts() *eventCounts {
	return &eventCounts{hours: make(map[int64]*countHour), maxMoments: maxMoments, generation: 1}
}

// add counts the line if a figure asks for it. Lines before the horizon don't count.
func (c *eventCounts) add(e *logline.Entry, now time.Time) {
	m, ok := events.Classify(e)
	if !ok || e.Time.Before(now.Add(-Horizon-time.Hour)) {
		return
	}
	ns := e.Time.UnixNano()
	index := floorDiv(ns, int64(time.Hour))
	h := c.hour(index)
	l := h.counts[m]
	if l == nil {
		l = &momentList{}
		h.counts[m] = l
	}
	if l.n == int64(len(l.micros)) {
		l.micros = append(l.micros, uint32((ns-index*int64(time.Hour))/1000))
		c.moments++
	}
	l.n++
	if c.moments > c.maxMoments {
		c.forget()
	}
}

// hour is the hour to change, copied if a view shares it. The moments are only
// ever appended to, beyond what a view sees.
func (c *eventCounts) hour(index int64) *countHour {
	h, ok := c.hours[index]
	if !ok {
		h = &countHour{generation: c.generation, index: index, counts: make(map[events.Metric]*momentList)}
		c.hours[index] = h
	} else if h.generation != c.generation {
		shared := h.counts
		h = &countHour{generation: c.generation, index: index, counts: make(map[events.Metric]*momentList, len(shared))}
		for m, l := range shared {
			own := *l
			h.counts[m] = &own
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
		l.micros = nil
	}
}

func (h *countHour) moments() int {
	n := 0
	for _, l := range h.counts {
		n += len(l.micros)
	}
	return n
}

// trim drops hours that no window reaches any more.
func (c *eventCounts) trim(now time.Time) {
	first := floorDiv(now.Add(-Horizon).UnixNano(), int64(time.Hour)) - 1
	for i, h := range c.hours {
		if i < first {
			c.moments -= h.moments()
			delete(c.hours, i)
		}
	}
}

func (c *eventCounts) view() *EventCounts {
	v := &EventCounts{hours: make([]*countHour, 0, len(c.hours))}
	for _, h := range c.hours {
		v.hours = append(v.hours, h)
	}
	sort.Slice(v.hours, func(i, j int) bool { return v.hours[i].index < v.hours[j].index })
	c.generation++
	return v
}

// EventCounts is an immutable view of how often each metric occurred and when.
type EventCounts struct{ hours []*countHour }

// Between counts the lines of each metric with from ≤ time ≤ to. exact is false
// if an hour at the edge no longer has its moments and was counted by whether
// its greater part lies inside.
func (v *EventCounts) Between(from, to time.Time) (counts map[events.Metric]int64, exact bool) {
	counts, exact = make(map[events.Metric]int64), true
	lo, hi := from.UnixNano(), to.UnixNano()
	start := sort.Search(len(v.hours), func(i int) bool { return (v.hours[i].index+1)*int64(time.Hour) > lo })
	for _, h := range v.hours[start:] {
		begin := h.index * int64(time.Hour)
		if begin > hi {
			break
		}
		end := begin + int64(time.Hour)
		whole := lo <= begin && end <= hi
		for m, l := range h.counts {
			switch {
			case whole:
				counts[m] += l.n
			case l.n == int64(len(l.micros)):
				for _, at := range l.micros {
					if t := begin + int64(at)*1000; lo <= t && t <= hi {
						counts[m]++
					}
				}
			default:
				exact = false
				if min(end, hi)-max(begin, lo) >= int64(time.Hour)/2 {
					counts[m] += l.n
				}
			}
		}
	}
	return counts, exact
}
