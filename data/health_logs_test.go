package data

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func TestLogBreakers(t *testing.T) {
	at := func(minute int, container, raw string) logline.Entry {
		return logLine(epoch.Add(time.Duration(minute-60)*time.Minute), container, raw)
	}
	const (
		opened = `{"event": "circuit_breaker_opened", "failure_count": 5, "window_s": 600.0}`
		again  = `{"event": "circuit_breaker_opened", "failure_count": 7, "window_s": 600.0}`
		half   = `{"event": "circuit_breaker_half_open", "elapsed_s": 300.1}`
		closed = `{"event": "circuit_breaker_closed", "previous_state": "half_open"}`
		start  = `{"event": "donna_starting"}`
	)
	type want struct {
		name, state string
		since       int // minute
		failures    int64
	}
	for name, c := range map[string]struct {
		lines []logline.Entry
		want  []want
	}{
		"none":                     {nil, nil},
		"only a start":             {[]logline.Entry{at(1, "api", start)}, nil},
		"opened":                   {[]logline.Entry{at(1, "api", opened)}, []want{{"api", "open", 1, 5}}},
		"opened, and again":        {[]logline.Entry{at(1, "api", opened), at(2, "api", again)}, []want{{"api", "open", 1, 7}}},
		"late lines":               {[]logline.Entry{at(2, "api", again), at(1, "api", opened)}, []want{{"api", "open", 1, 7}}},
		"testing":                  {[]logline.Entry{at(1, "api", opened), at(6, "api", half)}, []want{{"api", "half_open", 6, -1}}},
		"closed":                   {[]logline.Entry{at(1, "api", opened), at(6, "api", half), at(7, "api", closed)}, []want{{"api", "closed", 7, -1}}},
		"opened anew":              {[]logline.Entry{at(1, "api", opened), at(6, "api", half), at(7, "api", again)}, []want{{"api", "open", 7, 7}}},
		"the container's start":    {[]logline.Entry{at(1, "api", opened), at(3, "api", start)}, []want{{"api", "closed", 3, -1}}},
		"another container's":      {[]logline.Entry{at(1, "api", opened), at(3, "orchestrator", start)}, []want{{"api", "open", 1, 5}}},
		"a start before":           {[]logline.Entry{at(0, "api", start), at(1, "api", opened)}, []want{{"api", "open", 1, 5}}},
		"a start when closed":      {[]logline.Entry{at(1, "api", closed), at(3, "api", start)}, []want{{"api", "closed", 1, -1}}},
		"specified types":          {[]logline.Entry{at(1, "api", `{"event_type": "api.circuit_breaker.opened", "failure_count": 9}`), at(2, "api", `{"event_type": "system.startup"}`)}, []want{{"api", "closed", 2, -1}}},
		"after now":                {[]logline.Entry{at(1, "api", opened), at(61, "api", closed)}, []want{{"api", "open", 1, 5}}},
		"at now":                   {[]logline.Entry{at(1, "api", opened), at(60, "api", closed)}, []want{{"api", "closed", 60, -1}}},
		"two containers":           {[]logline.Entry{at(1, "orchestrator", opened), at(2, "api", closed)}, []want{{"api", "closed", 2, -1}, {"orchestrator", "open", 1, 5}}},
		"names":                    {[]logline.Entry{at(1, "api", `{"event": "circuit_breaker_opened", "name": "ollama"}`), at(2, "api", closed)}, []want{{"api", "closed", 2, -1}, {"ollama", "open", 1, -1}}},
		"names end with a start":   {[]logline.Entry{at(1, "api", `{"event": "circuit_breaker_opened", "provider": "ollama"}`), at(2, "api", start)}, []want{{"ollama", "closed", 2, -1}}},
		"a container without name": {[]logline.Entry{at(1, "", opened)}, []want{{"(none)", "open", 1, 5}}},
	} {
		t.Run(name, func(t *testing.T) {
			want := []Breaker{}
			for _, w := range c.want {
				b := Breaker{Name: w.name, State: w.state, Since: ptr(epoch.Add(time.Duration(w.since-60) * time.Minute))}
				if w.failures >= 0 {
					b.Failures = &w.failures
				}
				want = append(want, b)
			}
			got := logBreakers(logSnapshot(epoch, time.Time{}, c.lines...))
			for i := range got {
				got[i].Opened = nil // see TestBreakerOpened
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("breakers %s, want %s", asJSON(t, got), asJSON(t, want))
			}
		})
	}
	t.Run("a file's service", func(t *testing.T) {
		e := *lineAt(epoch, opened)
		e.Service = "donna-api"
		if got := logBreakers(logSnapshot(epoch, time.Time{}, e)); len(got) != 1 || got[0].Name != "donna-api" {
			t.Errorf("breakers %s, want that of donna-api", asJSON(t, got))
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLogLastOK(t *testing.T) {
	lines := []logline.Entry{logLine(epoch.Add(time.Minute), "", `{"event": "reminder_dispatched"}`)}
	for i, raw := range []string{ // each a minute later than the one before
		`{"event": "backup_completed"}`, `{"event": "backup_failed"}`,
		`{"event": "priority_recalculation_summary"}`, `{"event_type": "scheduler.daily_recalc"}`,
		`{"event": "supabase_push_ok", "event_type": "sync.supabase.push"}`, `{"event": "supabase_push_failed", "event_type": "sync.supabase.failed"}`,
		`{"event": "health_check", "event_type": "system.health_check", "status": "healthy"}`,
		`{"event": "health_check", "event_type": "system.health_check", "status": "degraded"}`,
		`{"event": "self_diagnostic_all_clear", "event_type": "system.health_check"}`,
		`{"event": "weekly_digest_sent_fallback"}`, `{"event": "evening_checkin_sent"}`, `{"event": "nightly_tasks_completed"}`, `{"event": "nightly_drafter_done"}`,
	} {
		lines = append(lines, logLine(epoch.Add(time.Duration(i-20)*time.Minute), "", raw))
	}
	want := map[string]int{"backup": 20, "priority_recalc": 17, "supabase_push": 16, "health_check": 14, "digest": 11, "nightly": 9, "calendar_sync": 0, "reminder": 0}
	got := logLastOK(logSnapshot(epoch, time.Time{}, lines...))
	if len(got) != len(want) {
		t.Fatalf("%d operations, want %d", len(got), len(want))
	}
	for _, ok := range got {
		age, known := want[ok.Operation]
		switch {
		case !known:
			t.Errorf("an operation %q", ok.Operation)
		case age == 0 && (ok.At != nil || ok.AgeS != nil || ok.Source != nil):
			t.Errorf("%s was never seen, but is of %v", ok.Operation, ok.At)
		case age > 0 && (ok.At == nil || *ok.AgeS != float64(age*60) || *ok.Source != "logs" || !ok.At.Equal(epoch.Add(-time.Duration(age)*time.Minute))):
			t.Errorf("%s is %s, want %d minutes ago", ok.Operation, asJSON(t, ok), age)
		}
	}
}

func TestHeartbeatAndChecks(t *testing.T) {
	health := func(age time.Duration, rest string) logline.Entry {
		return logLine(epoch.Add(-age), "", `{"event_type": "system.health_check", "event": "health_check"`+rest+`}`)
	}
	const good = `, "status": "healthy", "checks": {"sqlite": true, "discord": false, "scheduler": true, "api_freshness": true}`
	yes, no := ptr(true), ptr(false)
	for name, c := range map[string]struct {
		lines  []logline.Entry
		age    float64
		ok     bool
		checks *HealthChecks
	}{
		"none":             {nil, -1, false, nil},
		"fresh":            {[]logline.Entry{health(30*time.Second, good)}, 30, true, &HealthChecks{yes, no, yes, yes}},
		"just fresh":       {[]logline.Entry{health(90*time.Second, good)}, 90, true, &HealthChecks{yes, no, yes, yes}},
		"stale":            {[]logline.Entry{health(90*time.Second+time.Millisecond, good)}, 90.001, false, &HealthChecks{yes, no, yes, yes}},
		"the newest":       {[]logline.Entry{health(10*time.Second, `, "checks": {"sqlite": false}`), health(40*time.Second, good)}, 10, true, &HealthChecks{SQLite: no}},
		"late line":        {[]logline.Entry{health(40*time.Second, good), health(10*time.Second, `, "checks": {"sqlite": false}`)}, 10, true, &HealthChecks{SQLite: no}},
		"degraded beats":   {[]logline.Entry{health(5*time.Second, `, "status": "degraded"`)}, 5, true, &HealthChecks{}},
		"after now":        {[]logline.Entry{health(30*time.Second, good), health(-time.Second, `, "checks": {}`)}, 30, true, &HealthChecks{yes, no, yes, yes}},
		"the boot's":       {[]logline.Entry{logLine(epoch, "", `{"event_type": "system.health_check", "event": "self_diagnostic_issues_found"}`)}, -1, false, nil},
		"checks no object": {[]logline.Entry{health(time.Second, `, "checks": "all"`)}, 1, true, &HealthChecks{}},
		"check no boolean": {[]logline.Entry{health(time.Second, `, "checks": {"sqlite": 1, "discord": {"ok": true}, "scheduler": NaN}`)}, 1, true, &HealthChecks{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := logSnapshot(epoch, time.Time{}, c.lines...)
			h := logHeartbeat(s)
			if c.age < 0 {
				if h.At != nil || h.AgeS != nil || h.OK {
					t.Errorf("heartbeat %s, want none", asJSON(t, h))
				}
			} else if h.At == nil || *h.AgeS != c.age || h.OK != c.ok || h.Source != "logs" {
				t.Errorf("heartbeat %s, want age %v and ok %v", asJSON(t, h), c.age, c.ok)
			}
			if got := logChecks(s); !reflect.DeepEqual(got, c.checks) {
				t.Errorf("checks %s, want %s", asJSON(t, got), asJSON(t, c.checks))
			}
		})
	}
}

func TestNightlyLines(t *testing.T) {
	var lines []logline.Entry
	for i := range 30 { // 29 is the newest, and they come in any order
		n := (i*7 + 3) % 30
		lines = append(lines, logLine(epoch.Add(time.Duration(n-30)*time.Hour), "", fmt.Sprintf(`{"event": "nightly_detector_done", "new_candidates": %d, "level": "info"}`, n)))
	}
	lines = append(lines,
		logLine(epoch.Add(-time.Second), "", `{"event": "nightly", "x": 1}`),
		logLine(epoch.Add(time.Second), "", `{"event": "nightly_tasks_completed"}`),
		logLine(epoch.Add(-time.Minute), "", `{"event": "nightly_tasks_completed", "timestamp": "2026-07-01T09:59:00Z", "evolved": 12345678901234567890, `+
			`"share": 1e-07, "ok": true, "none": null, "list": [1, "a"], "bad": [NaN], "worse": NaN, "text": "caf\u00e9", "error_count": 0}`))
	s := logSnapshot(epoch, time.Time{}, lines...)
	got := nightlyLines(s)
	if len(got) != 20 {
		t.Fatalf("%d lines, want 20", len(got))
	}
	want := `{"event":"nightly_tasks_completed","at":"2026-07-01T09:59:00Z","fields":{"bad":"[NaN]","error_count":0,"evolved":12345678901234567890,` +
		`"list":[1,"a"],"none":null,"ok":true,"share":1e-07,"text":"café","worse":"NaN"}}`
	if newest := asJSON(t, got[0]); newest != want {
		t.Errorf("the newest is %s, want %s", newest, want)
	}
	for i, l := range got[1:] {
		if n := 29 - i; l.Fields["new_candidates"] != json.Number(fmt.Sprint(n)) || !l.At.Equal(epoch.Add(time.Duration(n-30)*time.Hour)) || l.Fields["level"] != "info" {
			t.Errorf("line %d is %s, want that of hour %d", i+1, asJSON(t, l), n)
		}
	}
}
