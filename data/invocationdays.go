package data

import (
	"cmp"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// dayCells are the rollup of a whole UTC day, added up once from those of its
// hours, so that windows of weeks needn't add up every hour each time they are
// looked at.
type dayCells struct {
	rollup
	index int64 // days since the epoch
	hours []*hourCells
}

const hoursPerDay = 24

// foldDays brings the days up to date with the hours: those that ended more than
// an hour ago, of which any hour differs from the one that was added up. An hour
// that a view shares is copied before it changes, so that the same pointer is the
// same hour.
func (s *InvocationStore) foldDays() {
	var days []*dayCells
	for rest := s.hours; len(rest) > 0; {
		day := floorDiv(rest[0].index, hoursPerDay)
		n := 1
		for n < len(rest) && floorDiv(rest[n].index, hoursPerDay) == day {
			n++
		}
		if (day+1)*hoursPerDay < s.now {
			days = append(days, s.foldDay(day, rest[:n]))
		}
		rest = rest[n:]
	}
	s.days = days
}

// settled is a copy of the hour without what is only needed, or kept free, to add to
// it: of an hour of few rows that is the greater part.
func (h *hourCells) settled() *hourCells {
	c := h.clone()
	c.rows = slices.Clone(h.rows)
	c.places = nil
	return c
}

// foldDay is the day of these hours: the one that is there, or a new one, and the
// hours are settled then.
func (s *InvocationStore) foldDay(index int64, hours []*hourCells) *dayCells {
	at, found := slices.BinarySearchFunc(s.days, index, func(d *dayCells, i int64) int { return cmp.Compare(d.index, i) })
	if found && slices.Equal(s.days[at].hours, hours) {
		return s.days[at]
	}
	for i, h := range hours {
		hours[i] = h.settled()
	}
	d := &dayCells{index: index, hours: slices.Clone(hours)}
	places := make(map[cellKey]int)
	var sketches []sketch.Sum
	for _, h := range hours {
		for i := range h.cells {
			c := &h.cells[i]
			at, ok := places[c.cellKey]
			if !ok {
				at = d.addCell(c.cellKey, places)
			}
			d.cells[at].add(&c.sums)
		}
		sketches = append(sketches, make([]sketch.Sum, len(d.latencies)-len(sketches))...)
		for i := range h.latencies {
			l := &h.latencies[i]
			at := places[cellKey{l.task, anyModel, l.class}]
			sketches[at].AddSparse(&l.sketch, l.max)
		}
	}
	for i := range d.latencies {
		d.latencies[i].sketch, d.latencies[i].max = sketches[i].Sparse(), sketches[i].Max()
	}
	d.sumUp()
	return d
}

// each is as [Invocations.eachHour], but whole days arrive in one piece, as of
// their first hour.
func (v *Invocations) each(from, to int64, onWhole func(hour int64, u *rollup), onRow func(hour int64, r *rowCell)) bool {
	const day = int64(hoursPerDay * time.Hour)
	exact := true
	at, _ := slices.BinarySearchFunc(v.days, from, func(d *dayCells, from int64) int { return cmp.Compare(d.index*day, from) })
	for ; at < len(v.days) && (v.days[at].index+1)*day <= to; at++ {
		d := v.days[at]
		exact = v.eachHour(from, d.index*day, onWhole, onRow) && exact
		onWhole(d.index*hoursPerDay, &d.rollup)
		from = (d.index + 1) * day
	}
	return v.eachHour(from, to, onWhole, onRow) && exact
}
