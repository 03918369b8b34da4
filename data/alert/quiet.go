package alert

import (
	"slices"
	"time"
)

// Quiet is the hours in which nobody wants to be disturbed: messages wait until
// they are over. The zero value has none.
type Quiet struct {
	// From and To are minutes since midnight; hours that pass midnight have To
	// before From, and there are none if both are the same.
	From, To int
	Location *time.Location // of From and To; UTC if nil
	Routes   []string       // to which they apply; all if none is named
	Critical bool           // critical messages are sent all the same
}

// until is when the quiet hours that hold for a message end; zero if none do.
func (q *Quiet) until(now time.Time, route string, severity Severity) time.Time {
	switch {
	case q.From == q.To, q.Critical && severity == Critical, len(q.Routes) > 0 && !slices.Contains(q.Routes, route):
		return time.Time{}
	}
	loc := q.Location
	if loc == nil {
		loc = time.UTC
	}
	// The clock on the wall decides, also on the days it is changed.
	local := now.In(loc)
	minute := local.Hour()*60 + local.Minute()
	inside := q.From <= minute && minute < q.To
	if q.From > q.To {
		inside = minute >= q.From || minute < q.To
	}
	if !inside {
		return time.Time{}
	}
	end := time.Date(local.Year(), local.Month(), local.Day(), 0, q.To, 0, 0, loc)
	if !end.After(now) {
		end = time.Date(local.Year(), local.Month(), local.Day()+1, 0, q.To, 0, 0, loc)
	}
	return end
}
