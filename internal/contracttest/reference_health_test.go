package contracttest

import (
	"slices"
	"sort"
	"strings"
	"time"
)

var countedLevels = []string{"warning", "error", "critical"}

// levels counts lines by level from an instant up to another.
func (a *auditor) levels(keep func(time.Time) bool) object {
	out := object{}
	for _, l := range countedLevels {
		n := int64(0)
		for i := range a.lines {
			if e := &a.lines[i]; e.level == l && e.known && !e.at.After(a.now) && keep(e.at) {
				n++
			}
		}
		out[l] = n
	}
	return out
}

// errors computes the errors branch.
func (a *auditor) errors() object {
	out := object{"counts": nil, "per_5m": nil, "groups": a.errorGroups(), "facets": a.facets()}
	if !a.haveLogs {
		return out
	}
	counts := object{}
	for _, w := range allWindows {
		start := windowStart(w, a.now)
		counts[w] = a.levels(func(t time.Time) bool { return !t.Before(start) })
	}
	out["counts"] = counts
	last := midnight(a.now)
	for !last.Add(5 * time.Minute).After(a.now) {
		last = last.Add(5 * time.Minute)
	}
	var buckets []any
	for n := 287; n >= 0; n-- {
		start := last.Add(-time.Duration(n) * 5 * time.Minute)
		b := object{"start": start}
		for _, l := range countedLevels {
			b[l] = int64(0)
		}
		buckets = append(buckets, b)
	}
	for i := range a.lines {
		e := &a.lines[i]
		if !e.known || e.at.After(a.now) || !slices.Contains(countedLevels, e.level) {
			continue
		}
		for _, b := range buckets {
			o := b.(object)
			if start := o["start"].(time.Time); !e.at.Before(start) && e.at.Before(start.Add(5*time.Minute)) {
				o[e.level] = o[e.level].(int64) + 1
			}
		}
	}
	out["per_5m"] = buckets
	return out
}

// operations are the lines that show a success of each (docs/figures-health.md).
var operations = map[string]struct{ events, types []string }{
	"backup":          {[]string{"backup_completed"}, []string{"system.backup.completed"}},
	"priority_recalc": {[]string{"priority_recalculation_summary"}, []string{"scheduler.daily_recalc"}},
	"supabase_push":   {[]string{"supabase_push_ok"}, []string{"sync.supabase.push"}},
	"calendar_sync":   {[]string{"calendar_sync_complete", "calendar_list_events"}, []string{"scheduler.calendar_sync.completed"}},
	"health_check":    {[]string{"health_check"}, []string{"system.health_check"}},
	"digest":          {[]string{"morning_digest_sent_llm", "morning_digest_sent_degraded", "eod_digest_sent", "weekly_digest_sent_llm", "weekly_digest_sent_fallback"}, nil},
	"reminder":        {[]string{"reminder_dispatched"}, nil},
	"nightly":         {[]string{"nightly_tasks_completed"}, nil},
}

// newest is the last line up to now that something holds of; of equals the later one.
func (a *auditor) newest(holds func(*entry) bool) *entry {
	var out *entry
	for i := range a.lines {
		if e := &a.lines[i]; e.known && !e.at.After(a.now) && holds(e) && (out == nil || !e.at.Before(out.at)) {
			out = e
		}
	}
	return out
}

func isHealthCheck(e *entry) bool {
	return e.is(operations["health_check"].events, operations["health_check"].types...) && !strings.HasPrefix(e.event, "self_diagnostic_")
}

// marks are the instants that files below Donna's data root stand for; zero for none.
type marks struct{ heartbeat, push, backup time.Time }

// known is an instant that doesn't lie after now, but for what clocks may differ by.
func (a *auditor) known(t time.Time) bool { return !t.IsZero() && !t.After(a.now.Add(time.Minute)) }

func (a *auditor) heartbeat(at time.Time, source string) object {
	age := a.now.Sub(at)
	return object{"source": source, "at": at, "age_s": exact(age.Seconds()), "ok": age <= 90*time.Second}
}

// marked is when the files say that an operation last succeeded.
func (a *auditor) marked(operation string) (at time.Time, ok bool) {
	if a.marks != nil {
		at = map[string]time.Time{"supabase_push": a.marks.push, "backup": a.marks.backup}[operation]
	}
	return at, a.known(at)
}

// healthOfHost is what files alone tell.
func (a *auditor) healthOfHost(out object) object {
	if a.marks == nil {
		return out
	}
	out["heartbeat"] = object{"source": "host", "at": nil, "age_s": nil, "ok": false}
	if a.known(a.marks.heartbeat) {
		out["heartbeat"] = a.heartbeat(a.marks.heartbeat, "host")
	}
	done := bag{}
	for _, name := range []string{"backup", "supabase_push"} {
		if at, ok := a.marked(name); ok {
			done = append(done, object{"operation": name, "at": at, "age_s": exact(a.now.Sub(at).Seconds()), "source": "host"})
		}
	}
	if len(done) > 0 {
		out["last_ok"] = done
	}
	return out
}

// health computes what the log and the files tell of the health branch.
func (a *auditor) health() object {
	out := object{"breakers": nil, "last_ok": nil, "heartbeat": nil, "checks": nil, "error_rate_5m": nil}
	if !a.haveLogs {
		return a.healthOfHost(out)
	}
	out["breakers"] = a.breakers()
	lastOK := bag{}
	for name, op := range operations {
		e := a.newest(func(e *entry) bool {
			if name == "health_check" {
				return isHealthCheck(e) && e.text("status") == "healthy"
			}
			return e.is(op.events, op.types...)
		})
		o := object{"operation": name, "at": nil, "age_s": nil, "source": nil}
		if e != nil {
			o["at"], o["age_s"], o["source"] = e.at, exact(a.now.Sub(e.at).Seconds()), "logs"
		}
		if at, ok := a.marked(name); ok && (e == nil || at.After(e.at)) {
			o["at"], o["age_s"], o["source"] = at, exact(a.now.Sub(at).Seconds()), "host"
		}
		lastOK = append(lastOK, o)
	}
	out["last_ok"] = lastOK
	checks := object{"sqlite": nil, "discord": nil, "scheduler": nil, "api_freshness": nil}
	out["heartbeat"] = object{"source": "logs", "at": nil, "age_s": nil, "ok": false} // none was ever seen
	if a.marks != nil {
		out["heartbeat"] = a.healthOfHost(object{})["heartbeat"]
	}
	if e := a.newest(isHealthCheck); e != nil {
		out["heartbeat"] = a.heartbeat(e.at, "logs")
		said, _ := e.fields["checks"].(map[string]any)
		for name := range checks {
			if b, ok := said[name].(bool); ok {
				checks[name] = b
			}
		}
	}
	out["checks"] = checks
	recent := a.levels(func(t time.Time) bool { return !t.Before(a.now.Add(-5 * time.Minute)) })
	out["error_rate_5m"] = object{"error": exact(float64(recent["error"].(int64)) / 5), "critical": exact(float64(recent["critical"].(int64)) / 5)}
	return out
}

var breakerStates = map[string]string{
	"circuit_breaker_opened": "open", "circuit_breaker_half_open": "half_open", "circuit_breaker_closed": "closed",
	"api.circuit_breaker.opened": "open", "api.circuit_breaker.half_open": "half_open", "api.circuit_breaker.closed": "closed",
}

func (e *entry) breakerState() string {
	if s := breakerStates[e.event]; s != "" && !strings.HasPrefix(e.event, "api.") {
		return s
	}
	if strings.HasPrefix(e.eventType, "api.circuit_breaker.") {
		return breakerStates[e.eventType]
	}
	return ""
}

// breakers follows each breaker through time; all lines here are of one container.
func (a *auditor) breakers() any {
	var lines []*entry
	for i := range a.lines {
		e := &a.lines[i]
		start := e.is([]string{"donna_starting", "donna_server_started", "donna_api_started"}, "system.startup")
		if e.known && !e.at.After(a.now) && (start || e.breakerState() != "") {
			lines = append(lines, e)
		}
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].at.Before(lines[j].at) })
	type breaker struct {
		state    string
		since    time.Time
		failures any
	}
	seen := map[string]*breaker{}
	for _, e := range lines {
		state := e.breakerState()
		if state == "" { // the process begins anew, and with it its breakers
			for _, b := range seen {
				if b.state != "closed" {
					b.state, b.since = "closed", e.at
					b.failures = oneOf{b.failures, nil} // of the breaker of before, or of the new one
				}
			}
			continue
		}
		name := a.service
		for _, key := range []string{"provider", "breaker", "name"} {
			if s := e.text(key); s != "" {
				name = s
			}
		}
		if seen[name] == nil {
			seen[name] = &breaker{}
		}
		b := seen[name]
		if b.state != state {
			b.state, b.since = state, e.at
		}
		b.failures = nil
		if n, ok := e.fields["failure_count"].(float64); ok {
			b.failures = int64(n)
		}
	}
	out := bag{}
	for name, b := range seen {
		out = append(out, object{"name": name, "state": b.state, "since": b.since, "failures": b.failures})
	}
	return out
}
