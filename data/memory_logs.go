package data

import (
	"math"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/sketch"
)

// ingest counts what memory took in, by event name.
func (c lineCounts) ingest() map[string]map[string]int64 { return c.byKey(events.MemoryIngested) }

// memoryFailures counts what it failed to take in, by source_type.
func (c lineCounts) memoryFailures() map[string]map[string]int64 { return c.byKey(events.MemoryFailed) }

// watch counts changes seen in the vault, by kind of change.
func (c lineCounts) watch() map[string]map[string]int64 { return c.byKey(events.VaultChanged) }

// memoryWrites counts what the vault writer did, by template.
func (c lineCounts) memoryWrites() map[string]map[string]*MemoryWrites {
	if c == nil {
		return nil
	}
	out := make(map[string]map[string]*MemoryWrites, len(c))
	for name, t := range c {
		if out[name] = nil; t != nil {
			out[name] = t.writes()
		}
	}
	return out
}

func (t tally) writes() map[string]*MemoryWrites {
	out := make(map[string]*MemoryWrites)
	of := func(template string) *MemoryWrites {
		template = orNoneText(template)
		if out[template] == nil {
			out[template] = &MemoryWrites{}
		}
		return out[template]
	}
	for s, n := range t {
		switch s.Metric {
		case events.MemoryWritten:
			of(s.Key).Written += n
		case events.MemorySkipped:
			of(s.Key).Skipped += n
		case events.MemoryWriteFailed:
			of(s.Key).Failed += n
		}
	}
	return out
}

// retrieval describes the searches of the memory: latencies in whole
// milliseconds, mean hits of the searches that say how many. It is nil without
// logs; a window is nil if not all its lines are at hand.
func retrieval(s *Snapshot) map[string]*Retrieval {
	if s.LogState().State == StateAbsent {
		return nil
	}
	return perWindow(s, func(w Window) *Retrieval {
		lo, hi := w.From.UnixNano(), w.To.UnixNano()
		if !s.counted(w.From) || s.Facts.searches.lostBefore >= lo {
			return nil
		}
		r := &Retrieval{}
		var latency sketch.Sum
		var hits, told float64
		for _, f := range s.Facts.searches.items {
			if f.at < lo || f.at > hi {
				continue
			}
			r.N++
			if !math.IsNaN(f.latencyMS) {
				latency.Add(int64(math.Round(min(f.latencyMS, sketch.MaxValue))))
			}
			if !math.IsNaN(f.hits) {
				hits += f.hits
				told++
			}
		}
		if latency.Count() > 0 {
			q := latency.Quantiles(0.50, 0.95)
			r.P50MS, r.P95MS = &q[0], &q[1]
		}
		if told > 0 {
			r.MeanHits = ptr(hits / told)
		}
		return r
	})
}
