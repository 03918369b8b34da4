package data

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// heartbeatStale is from what age on a heartbeat no longer counts as alive, as in
// Donna's own watcher (donna-data.md §4.4). The orchestrator is probed every 30 s.
const heartbeatStale = 90 * time.Second

// sourceLogs is the source of figures that come from log lines.
const sourceLogs = "logs"

// healthChecks reads the `checks` of a health_check line, an object of booleans.
func healthChecks(e *logline.Entry) HealthChecks {
	f, ok := e.Field("checks")
	if !ok || f.Kind != logline.Object {
		return HealthChecks{}
	}
	var values map[string]json.RawMessage
	if json.Unmarshal([]byte(f.Value), &values) != nil {
		return HealthChecks{} // a bare NaN in it, which Donna never prints there
	}
	return HealthChecks{
		SQLite: truth(values["sqlite"]), Discord: truth(values["discord"]),
		Scheduler: truth(values["scheduler"]), APIFreshness: truth(values["api_freshness"]),
	}
}

// truth is true or false, and nil for anything else.
func truth(v json.RawMessage) *bool {
	switch string(v) {
	case "true":
		return ptr(true)
	case "false":
		return ptr(false)
	}
	return nil
}

// logHeartbeat is the orchestrator's newest health check; nil without logs.
func logHeartbeat(s *Snapshot) *Heartbeat {
	if s.LogState().State == StateAbsent {
		return nil
	}
	h := &Heartbeat{Source: sourceLogs}
	if at := s.Facts.health.at; at != 0 {
		age := s.At.Sub(time.Unix(0, at))
		h.At, h.AgeS, h.OK = ptr(time.Unix(0, at).UTC()), ptr(age.Seconds()), age <= heartbeatStale
	}
	return h
}

// logChecks is what the newest health check said; nil if there was none.
func logChecks(s *Snapshot) *HealthChecks {
	if s.LogState().State == StateAbsent || s.Facts.health.at == 0 {
		return nil
	}
	return ptr(s.Facts.health.checks)
}

// logLastOK is when each operation last succeeded according to the log, in the
// order of the contract; those never seen have no time. It is nil without logs.
func logLastOK(s *Snapshot) []LastOK {
	if s.LogState().State == StateAbsent {
		return nil
	}
	out := make([]LastOK, 0, events.NumOperations-1)
	for op := events.NoOperation + 1; op < events.NumOperations; op++ {
		ok := LastOK{Operation: op.String()}
		if at := s.Facts.lastOK[op]; at != 0 {
			t := time.Unix(0, at).UTC()
			ok.At, ok.AgeS, ok.Source = &t, ptr(s.At.Sub(t).Seconds()), ptr(sourceLogs)
		}
		out = append(out, ok)
	}
	return out
}

// errorRate5m is errors per minute over the last five; nil if not all of their
// lines have been counted.
func errorRate5m(s *Snapshot) *ErrorRate {
	n := errors5m(s)
	if n == nil {
		return nil
	}
	const minutes = float64(errorStretch / time.Minute)
	return &ErrorRate{Error: float64(n.Error) / minutes, Critical: float64(n.Critical) / minutes}
}

// errorStretch is how far back the error rate and the alert about errors look.
const errorStretch = 5 * time.Minute

// errors5m counts lines by level over the last five minutes; nil if not all of
// them have been counted.
func errors5m(s *Snapshot) *LevelCounts {
	from := s.At.Add(-errorStretch)
	if !s.logsCover(from) {
		return nil
	}
	t, _ := s.Counts.between(from, s.At)
	return levelCounts(t)
}

// Values of [Breaker.State].
const (
	BreakerClosed   = "closed"
	BreakerOpen     = "open"
	BreakerHalfOpen = "half_open"
)

// breakerState is the state a line of a breaker tells.
var breakerState = map[events.Fact]string{
	events.BreakerOpened: BreakerOpen, events.BreakerHalfOpen: BreakerHalfOpen, events.BreakerClosed: BreakerClosed,
}

// logBreakers is the state of each circuit breaker the log ever told of, by name,
// as its newest line tells it. It began with the first line in a row that told
// the same: an open breaker says so again at every failure. A breaker lives in
// its process, so a later start of the container closes it; without a name of
// its own it has the container's. logBreakers is nil without logs.
func logBreakers(s *Snapshot) []Breaker {
	if s.LogState().State == StateAbsent {
		return nil
	}
	lines := slices.Clone(s.Facts.breakers.items)
	slices.SortStableFunc(lines, func(a, b breakerLine) int { return cmp.Compare(a.at, b.at) })
	type key struct{ container, name string }
	breakers := make(map[key]*Breaker)
	for _, l := range lines {
		at := time.Unix(0, l.at).UTC()
		if l.what == events.ProcessStarted {
			for k, b := range breakers {
				if k.container == l.container && b.State != BreakerClosed {
					b.State, b.Since, b.Failures = BreakerClosed, &at, nil
				}
			}
			continue
		}
		k := key{l.container, l.name}
		b := breakers[k]
		if b == nil {
			b = &Breaker{Name: orNoneText(cmp.Or(l.name, l.container))}
			breakers[k] = b
		}
		if state := breakerState[l.what]; state != b.State {
			if state != BreakerClosed && (b.State == "" || b.State == BreakerClosed) {
				b.Opened = &at
			}
			b.State, b.Since = state, &at
		}
		b.Failures = nil
		if l.failures >= 0 {
			b.Failures = ptr(l.failures)
		}
	}
	out := make([]Breaker, 0, len(breakers))
	for _, b := range breakers {
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b Breaker) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(*b.Since)) })
	return out
}
