package main

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

const (
	// maxProofs is how many rows or lines a rehearsal shows of each notice.
	maxProofs = 15
	// maxEvidence is how long each may be, in cells.
	maxEvidence = 220
)

// evidence is the lines or rows that made a notice, the oldest first.
func (r *rehearsal) evidence(n *alert.Notice) []string {
	since := n.Subjects[0].Since
	for _, s := range n.Subjects {
		if s.Since.Before(since) {
			since = s.Since
		}
	}
	over := n.Kind == alert.Resolved
	switch n.Rule {
	case alert.ErrorBurst:
		if over {
			return nil // it is the lines that are not there
		}
		return r.lines(n.At.Add(-5*time.Minute), n.At, func(e *logline.Entry) bool { return e.Level == "error" || e.Level == "critical" })
	case alert.BreakerOpen:
		if over {
			return r.newest(n.At, tells(events.BreakerClosed, events.ProcessStarted))
		}
		return r.lines(since, n.At, tells(events.BreakerOpened, events.BreakerHalfOpen))
	case alert.SupabaseSync:
		if over {
			return r.newest(n.At, func(e *logline.Entry) bool { _, op := events.Tell(e); return op == events.OpSupabasePush })
		}
		return r.lines(since, n.At, tells(events.SupabaseFailed))
	case alert.Heartbeat:
		return r.newest(n.At, tells(events.HealthChecked))
	case alert.BudgetDaily:
		return r.rows(time.Date(n.At.Year(), n.At.Month(), n.At.Day(), 0, 0, 0, 0, time.UTC), n.At)
	case alert.BudgetMonthly:
		return r.rows(time.Date(n.At.Year(), n.At.Month(), 1, 0, 0, 0, 0, time.UTC), n.At)
	case alert.BudgetRunway:
		return r.rows(n.At.Add(-7*24*time.Hour), n.At)
	}
	return nil
}

func tells(facts ...events.Fact) func(*logline.Entry) bool {
	return func(e *logline.Entry) bool {
		fact, _ := events.Tell(e)
		return slices.Contains(facts, fact)
	}
}

// lines are those of a stretch of time, the newest of too many.
func (r *rehearsal) lines(from, to time.Time, holds func(*logline.Entry) bool) []string {
	all := r.past.lines
	i := sort.Search(len(all), func(i int) bool { return !all[i].Time.Before(from.Truncate(time.Microsecond)) })
	var out []string
	for ; i < len(all) && !all[i].Time.After(to); i++ {
		if holds(&all[i]) {
			out = append(out, lineText(&all[i]))
		}
	}
	return newestOf(out, "lines")
}

// newest is the last line up to an instant.
func (r *rehearsal) newest(to time.Time, holds func(*logline.Entry) bool) []string {
	all := r.past.lines
	i := sort.Search(len(all), func(i int) bool { return all[i].Time.After(to) })
	for i--; i >= 0; i-- {
		if holds(&all[i]) {
			return []string{lineText(&all[i])}
		}
	}
	return nil
}

func lineText(e *logline.Entry) string {
	return e.Time.UTC().Format("2006-01-02T15:04:05.000Z") + "  " + e.Raw
}

// rows are those of a stretch of time that cost something: their sum, and the
// newest of them.
func (r *rehearsal) rows(from, to time.Time) []string {
	all := r.history.Rows
	i := sort.Search(len(all), func(i int) bool { return all[i].Time >= from.UnixNano() })
	var out []string
	sum := 0.0
	for ; i < len(all) && all[i].Time <= to.UnixNano(); i++ {
		sum += all[i].CostUSD
		out = append(out, fmt.Sprintf("%s  row %d  %s  %.6f USD", time.Unix(0, all[i].Time).UTC().Format("2006-01-02T15:04:05.000Z"),
			all[i].RowID, r.history.TaskTypes[all[i].Task], all[i].CostUSD))
	}
	total := fmt.Sprintf("%d rows, %.6f USD since %s", len(out), sum, from.Format(time.RFC3339))
	return append([]string{total}, newestOf(out, "rows")...)
}

// newestOf leaves out the older ones of too many.
func newestOf(all []string, what string) []string {
	over := len(all) - maxProofs
	if over <= 0 {
		return all
	}
	return append([]string{fmt.Sprintf("... %d more %s before", over, what)}, all[over:]...)
}
