package data

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
)

// behindLines is the lines of a window; all of them pass the filter.
func behindLines(w Window, f *filter.Filter, line func(e *logline.Entry) bool) Behind {
	return Behind{Kind: LineRows, Window: w, Measure: CountsRows, Filter: f, line: line}
}

// linesLike is a filter for the lines that match an alternation.
func linesLike(words string) *filter.Filter {
	f, err := filter.Parse("/" + words + "/")
	if err != nil {
		return nil // it spares work, and nothing else
	}
	return f
}

// telling lets all lines pass that tell something.
var telling = sync.OnceValue(func() *filter.Filter { return linesLike(events.HistoryFilter()) })

// troubles lets all lines pass that warn or worse.
var troubles = sync.OnceValue(func() *filter.Filter { return metricLines([]events.Metric{events.LevelWarning}) })

// metricFilters holds the filters of [metricLines]: a screen has many figures of the same few metrics, and makes them
// anew four times a second.
var metricFilters sync.Map

// metricLines lets the lines pass that count as one of the metrics.
func metricLines(metrics []events.Metric) *filter.Filter {
	var key [4]uint64
	for _, m := range metrics {
		key[m/64] |= 1 << (m % 64)
	}
	if f, ok := metricFilters.Load(key); ok {
		return f.(*filter.Filter)
	}
	f := linesLike(events.MetricFilter(metrics...))
	metricFilters.Store(key, f)
	return f
}

// SeriesKeys narrow log lines of a metric down to those counted by a key, and
// for messages sent by a channel; nil asks for any. [None] is what doesn't say.
type SeriesKeys struct{ Key, Channel *string }

// BehindSeries is the lines that count as one of the metrics. Which keys are
// counted together as [Other] nobody can tell afterwards: behind it are the lines
// of all keys.
func BehindSeries(w Window, k SeriesKeys, metrics ...events.Metric) Behind {
	key, rest := knownKey(k.Key)
	channel, restToo := knownKey(k.Channel)
	return behindLines(w, metricLines(metrics), func(e *logline.Entry) bool {
		var buf [4]events.Series
		return slices.ContainsFunc(events.Classify(buf[:0], e), func(s events.Series) bool {
			return slices.Contains(metrics, s.Metric) && is(key, orNoneText(s.Key)) && is(channel, orNoneText(s.Channel))
		})
	}).unless(rest || restToo)
}

// knownKey is the key asked for; nil, and true, if it is [Other].
func knownKey(key *string) (*string, bool) {
	if deref(key) == Other {
		return nil, true
	}
	return key, false
}

// unless takes back that as many rows stand behind the figure as it counts.
func (b Behind) unless(rest bool) Behind {
	if rest {
		return b.As(Derived)
	}
	return b
}

// LevelMetric is the metric that counts lines of a level that means trouble.
func LevelMetric(level string) events.Metric {
	switch level {
	case "critical":
		return events.LevelCritical
	case "error":
		return events.LevelError
	}
	return events.LevelWarning
}

// troubling are the lines that groups and facets of errors are made of.
func troubling(e *logline.Entry) bool {
	return e.Level == "warning" || e.Level == "error" || e.Level == "critical"
}

// ErrorDay is the stretch that groups and facets of errors are about.
func ErrorDay(now time.Time) Window { return Window{From: now.Add(-errorWindow), To: now} }

// BehindErrors is the lines of an error group.
func BehindErrors(w Window, fingerprint string) Behind {
	rest := fingerprint == Other
	return behindLines(w, troubles(), func(e *logline.Entry) bool {
		return troubling(e) && (rest || ErrorFingerprint(e) == fingerprint)
	}).unless(rest)
}

// BehindFacet is the lines that have a value of a facet of the Errors view:
// service, component, event_type or level.
func BehindFacet(w Window, facet, value string) Behind {
	rest := value == Other
	return behindLines(w, troubles(), func(e *logline.Entry) bool {
		switch {
		case !troubling(e):
			return false
		case rest:
			return true
		}
		switch facet {
		case facetNames[byService]:
			return orNoneText(e.Service) == value
		case facetNames[byComponent]:
			return orNoneText(e.Component) == value
		case facetNames[byEventType]:
			return orNoneText(e.EventType) == value
		}
		return e.Level == value
	}).unless(rest)
}

// BehindLastOK is the line that tells of an operation's last success.
func BehindLastOK(ok *LastOK) Behind {
	if ok.At == nil || deref(ok.Source) != sourceLogs {
		return BehindRecord("operation", ok.Operation, ok.Operation, []string{"operation", "at", "age_s", "source"},
			ok.Operation, optValue(ok.At), optValue(ok.AgeS), optValue(ok.Source))
	}
	return behindLines(Window{From: *ok.At, To: *ok.At}, telling(), func(e *logline.Entry) bool {
		_, op := events.Tell(e)
		return op.String() == ok.Operation
	}).As(Derived)
}

// BehindBreaker is what the log told of a circuit breaker in the week up to now
// and, if that is longer ago, since it went to its state.
func BehindBreaker(now time.Time, b *Breaker) Behind {
	w := windowNamed(Window7d, now)
	if b.Since != nil && b.Since.Before(w.From) {
		w.From = *b.Since
	}
	return behindLines(w, telling(), func(e *logline.Entry) bool {
		fact, _ := events.Tell(e)
		switch fact {
		case events.BreakerOpened, events.BreakerHalfOpen, events.BreakerClosed:
			l := newBreakerLine(e, fact, 0)
			return orNoneText(cmp.Or(l.name, l.container)) == b.Name
		}
		return false
	}).As(Derived)
}

// BehindBreakers is what the log told of circuit breakers in the week up to now.
func BehindBreakers(now time.Time) Behind {
	return behindLines(windowNamed(Window7d, now), telling(), func(e *logline.Entry) bool {
		fact, _ := events.Tell(e)
		return fact == events.BreakerOpened || fact == events.BreakerHalfOpen || fact == events.BreakerClosed
	}).As(Derived)
}

// BehindErrorRate is the lines that a rate of the last minutes is made of.
func BehindErrorRate(now time.Time, m events.Metric) Behind {
	return BehindSeries(Window{From: now.Add(-errorStretch), To: now}, SeriesKeys{}, m).As(Derived)
}

// BehindHeartbeat is the orchestrator's health checks of the last ten minutes.
func BehindHeartbeat(now time.Time) Behind {
	return behindLines(Window{From: now.Add(-10 * time.Minute), To: now}, telling(), healthCheck).As(Derived)
}

// BehindChecks is the health check that the snapshot's checks come from.
func BehindChecks(s *Snapshot) Behind {
	if s.Facts == nil {
		return Behind{}
	}
	at := time.Unix(0, s.Facts.health.at).UTC()
	return behindLines(Window{From: at, To: at}, telling(), healthCheck).As(Derived)
}

func healthCheck(e *logline.Entry) bool {
	fact, _ := events.Tell(e)
	return fact == events.HealthChecked
}

// BehindNightly is a line of the nightly jobs.
func BehindNightly(l *NightlyLine) Behind {
	return behindLines(Window{From: l.At, To: l.At}, telling(), func(e *logline.Entry) bool {
		fact, _ := events.Tell(e)
		return fact == events.NightlyReported && e.Event == l.Event
	}).As(Derived)
}

// BehindSearches is the searches of the memory.
func BehindSearches(w Window) Behind {
	return behindLines(w, telling(), func(e *logline.Entry) bool {
		fact, _ := events.Tell(e)
		return fact == events.MemorySearched
	})
}

// BehindSearchTimes is the searches that a quantile of their latency was taken of.
func BehindSearchTimes(w Window, quantile float64) Behind {
	b := BehindSearches(w)
	searches := b.line
	b.value = func(e *logline.Entry) float64 { return number(e, "latency_ms") }
	b.line = func(e *logline.Entry) bool { return searches(e) && !math.IsNaN(b.value(e)) }
	return b.ranking(quantile, 0)
}

// BehindRecord is a single row of something that is at hand, such as a container.
func BehindRecord(kind, id, name string, columns []string, values ...any) Behind {
	return behindTable(Window{}, func(*Snapshot) RecordSet {
		return RecordSet{Kind: kind, Columns: columns, Rows: []Record{{ID: id, Name: name, Values: values}}}
	}).As(Derived)
}
