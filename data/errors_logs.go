package data

import (
	"time"

	"github.com/donna-project/donnatop/data/events"
)

// errorCounts counts lines by level.
func (c lineCounts) errorCounts() map[string]*LevelCounts {
	return eachTally(c, levelCounts)
}

func levelCounts(t tally) *LevelCounts {
	return &LevelCounts{Warning: t.total(events.LevelWarning), Error: t.total(events.LevelError), Critical: t.total(events.LevelCritical)}
}

// Buckets of errors.per_5m: a day.
const (
	levelStep    = 5 * time.Minute
	levelBuckets = 288
)

// errorsPer5m counts lines by level in the last 288 stretches of five minutes,
// the one that holds now last; nil if not all their lines have been counted.
func errorsPer5m(s *Snapshot, notes *[]string) []LevelBucket {
	start := s.At.UTC().Truncate(levelStep).Add(-(levelBuckets - 1) * levelStep)
	if !s.logsCover(start) {
		return nil
	}
	var counts [3][]int64
	exact := true
	for i, m := range []events.Metric{events.LevelWarning, events.LevelError, events.LevelCritical} {
		n, ok := s.Counts.perStep(m, start, levelStep, levelBuckets, s.At)
		counts[i], exact = n, exact && ok
	}
	if !exact {
		*notes = append(*notes, "errors by five minutes are right to the hour: there are more lines than single moments are kept of")
	}
	out := make([]LevelBucket, levelBuckets)
	for i := range out {
		out[i].Start = start.Add(time.Duration(i) * levelStep)
		out[i].LevelCounts = LevelCounts{Warning: counts[0][i], Error: counts[1][i], Critical: counts[2][i]}
	}
	return out
}
