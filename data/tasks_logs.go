package data

import (
	"time"

	"github.com/donna-project/donnatop/data/events"
)

// dedup counts the checks for duplicates.
func (c lineCounts) dedup() map[string]*Dedup {
	return eachTally(c, func(t tally) *Dedup {
		d := &Dedup{Hits: t.total(events.DedupHit)}
		d.Checks = d.Hits + t.total(events.DedupMiss)
		if d.Checks > 0 {
			d.Rate = ptr(float64(d.Hits) / float64(d.Checks))
		}
		return d
	})
}

// timeToSchedule is how long tasks took from their creation to the first line
// that says they were scheduled, for the tasks created in each window. It is nil
// without logs or without tasks to look for (a nil slice); a window is nil if not
// all lines since its beginning are at hand.
func timeToSchedule(s *Snapshot, tasks []Task) map[string]*HoursStat {
	if s.LogState().State == StateAbsent || tasks == nil {
		return nil
	}
	first := firstScheduled(s, tasks)
	return perWindow(s, func(w Window) *HoursStat {
		if !s.counted(w.From) || s.Facts.scheduled.lostBefore >= w.From.UnixNano() {
			return nil
		}
		var hours []float64
		for i := range tasks {
			if t := &tasks[i]; w.within(t.CreatedAt) {
				if at, ok := first[t.ID]; ok && at >= t.CreatedAt.UnixNano() {
					hours = append(hours, time.Duration(at-t.CreatedAt.UnixNano()).Hours())
				}
			}
		}
		return hoursStat(hours)
	})
}

// firstScheduled is the moment each task was first scheduled at or after its creation.
func firstScheduled(s *Snapshot, tasks []Task) map[string]int64 {
	created := make(map[string]int64)
	oldest, now := s.At.Add(-Horizon), s.At.UnixNano()
	if s.span != nil && s.span.From.Before(oldest) {
		oldest = s.span.From.Add(-1)
	}
	for i := range tasks {
		if t := &tasks[i]; t.CreatedAt.After(oldest) {
			created[t.ID] = t.CreatedAt.UnixNano()
		}
	}
	first := make(map[string]int64)
	for _, m := range s.Facts.scheduled.items {
		from, ok := created[m.task]
		if !ok || m.at < from || m.at > now {
			continue
		}
		if at, ok := first[m.task]; !ok || m.at < at {
			first[m.task] = m.at
		}
	}
	return first
}
