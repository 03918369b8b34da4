package data

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// InvocationHours tell in which hours the rows of a query can be, so that who reads
// them may pass over the others.
type InvocationHours struct {
	// Hours from From on that may hold such rows, newest first.
	Hours []time.Time
	From  time.Time // the beginning of an hour; nothing is known of earlier ones
	// LastRowID is the highest rowid known: rows that are younger may be in any hour.
	LastRowID int64
}

// Holding are the hours in which the rows of a query can be, as far as the rollup can
// tell; nil if it can't, or if it can't narrow them.
func (d *DB) Holding(q *InvocationQuery) *InvocationHours {
	narrow := len(q.TaskTypes)+len(q.NotTaskTypes)+len(q.Models)+len(q.NotModels)+len(q.Classes) > 0 || q.Interrupted || q.Overflow
	if d == nil || !d.CoveredFrom.IsZero() || d.Invocations == nil || !narrow {
		return nil
	}
	v := d.Invocations
	if v.at == 0 {
		return nil // one of the past, which holds single stretches only
	}
	tasks, models := askedNames(v.tasks, q.TaskTypes, q.NotTaskTypes), askedNames(v.models, q.Models, q.NotModels)
	first := v.at - int64(Horizon/time.Hour)
	known := &InvocationHours{From: hourTime(first), LastRowID: math.MinInt64}
	for _, h := range slices.Backward(v.hours) {
		known.LastRowID = max(known.LastRowID, h.maxID)
		if h.index >= first && slices.ContainsFunc(h.cells, func(c cell) bool {
			return tasks[c.task] && models[c.model] && (len(q.Classes) == 0 || slices.Contains(q.Classes, c.class)) &&
				(!q.Interrupted || c.interrupted > 0) && (!q.Overflow || c.overflow > 0)
		}) {
			known.Hours = append(known.Hours, hourTime(h.index))
		}
	}
	return known
}

func hourTime(index int64) time.Time { return time.Unix(index*int64(time.Hour/time.Second), 0).UTC() }

// askedNames tells of each name whether rows of that name may be asked for. Texts that
// differ in invalid bytes alone have one name.
func askedNames(names, only, not []string) []bool {
	out := make([]bool, len(names))
	for i, name := range names {
		out[i] = (len(only) == 0 || slices.ContainsFunc(only, func(s string) bool { return string([]rune(s)) == name })) &&
			(!slices.Contains(not, name) || strings.ContainsRune(name, utf8.RuneError))
	}
	return out
}
