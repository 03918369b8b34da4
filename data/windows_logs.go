package data

import (
	"fmt"
	"strings"

	"github.com/donna-project/donnatop/data/events"
)

// lineCounts is how often each series occurred in each window, the one pass over
// the counts that all figures of log lines share. It is nil without a log
// source, and so are the figures; the tally of a window whose lines have not all
// been counted is nil, and so are the figures' windows.
type lineCounts map[string]tally

func countLines(s *Snapshot, notes *[]string) lineCounts {
	if s.LogState().State == StateAbsent {
		return nil
	}
	c := make(lineCounts, len(WindowNames))
	var rough []string
	for _, w := range s.windows() {
		c[w.Name] = nil
		if !s.counted(w.From) {
			continue
		}
		t, exact := s.Counts.between(w.From, w.To)
		if !exact {
			rough = append(rough, w.Name)
		}
		c[w.Name] = t
	}
	if len(rough) > 0 {
		*notes = append(*notes, "log counts of "+strings.Join(rough, ", ")+" are right to the hour: there are more lines than single moments are kept of")
	}
	if s.Counts.ahead > 0 {
		*notes = append(*notes, fmt.Sprintf("%d log lines are dated more than an hour ahead of the clock and count nowhere", s.Counts.ahead))
	}
	if n := s.Facts.lost(); n > 0 {
		*notes = append(*notes, fmt.Sprintf("the details of %d log lines had to make room for newer ones: figures of windows that reach back to them are null", n))
	}
	return c
}

// eachTally is f of each window's tally, and nil where that is nil.
func eachTally[T any](c lineCounts, f func(tally) *T) map[string]*T {
	if c == nil {
		return nil
	}
	out := make(map[string]*T, len(c))
	for name, t := range c {
		if out[name] = nil; t != nil {
			out[name] = f(t)
		}
	}
	return out
}

// byKey counts the metric by key in each window.
func (c lineCounts) byKey(m events.Metric) map[string]map[string]int64 {
	if c == nil {
		return nil
	}
	out := make(map[string]map[string]int64, len(c))
	for name, t := range c {
		if out[name] = nil; t != nil {
			out[name] = t.byKey(m)
		}
	}
	return out
}

func (t tally) byKey(m events.Metric) map[string]int64 {
	out := make(map[string]int64)
	for s, n := range t {
		if s.Metric == m {
			out[orNoneText(s.Key)] += n
		}
	}
	return out
}

// llmEvents counts what the log says of calls.
func (c lineCounts) llmEvents() map[string]*LLMEvents {
	return eachTally(c, func(t tally) *LLMEvents {
		return &LLMEvents{
			Started: t.total(events.LLMStarted), Completed: t.total(events.LLMCompleted), Failed: t.total(events.LLMFailed),
			Retried: t.total(events.LLMRetried), BreakerOpened: t.total(events.LLMBreakerOpened),
			BreakerClosed: t.total(events.LLMBreakerClosed), Fallback: t.total(events.LLMFallback),
		}
	})
}
