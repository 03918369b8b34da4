package demo

import "time"

// Donna's text forms of an instant. Python leaves the fraction out when the microseconds are 0, which Go's layouts cannot say.
const (
	wholeT = "2006-01-02T15:04:05"
	wholeS = "2006-01-02 15:04:05"
	micros = ".000000"
)

// naive is UTC without offset: LLM rows, tasks, conversations.
func naive(t time.Time) string { return fractioned(t, wholeT) }

// aware is UTC with offset: audit rows, escalations, skills, corrections.
func aware(t time.Time) string { return fractioned(t, wholeT) + "+00:00" }

// spaced is what Python's sqlite3 makes of a bound datetime: memory tables.
func spaced(t time.Time) string { return fractioned(t, wholeS) }

// serverDefault is SQLite's CURRENT_TIMESTAMP.
func serverDefault(t time.Time) string { return t.UTC().Format(wholeS) }

// day is a bare date.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func fractioned(t time.Time, layout string) string {
	t = t.UTC()
	if t.Nanosecond()/1000 != 0 {
		layout += micros
	}
	return t.Format(layout)
}

// external is how a time from a calendar, a model or a person looks: whole seconds, in any of their offsets or none.
func (l *life) external(t time.Time) string {
	t = t.Truncate(time.Minute)
	switch l.rng.weighted(0.6, 0.25, 0.15) {
	case 0:
		return t.UTC().Format(wholeT) + "+00:00"
	case 1:
		return t.In(l.zone).Format(wholeT + "-07:00")
	default:
		return t.UTC().Format(wholeT)
	}
}
