package panels_test

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// sampleErrorLines are some lines of trouble, of more.
func sampleErrorLines() *panels.LineRows {
	r := &panels.LineRows{Of: 1204, Order: "newest first", Since: "since 09:12"}
	for _, raw := range []string{
		exception,
		`{"event": "fallback_activated", "event_type": "fallback_activated", "component": "calendar_client", "level": "warning", "service": "orchestrator", "error": "HttpError 500", "fallback": "cached events", "timestamp": "2026-07-15T14:22:01Z"}`,
		`{"event": "budget_exceeded", "level": "critical", "service": "orchestrator", "spent_usd": 21.5, "task_id": "t-9", "timestamp": "2026-07-15T14:20:00Z"}`,
	} {
		l := logLine(raw)
		l.Seq = uint64(len(r.Lines) + 1)
		r.Lines = append(r.Lines, l)
	}
	return r
}

func sampleErrors() *data.Errors {
	f := noErrors()
	f.Counts = perWindow(&data.LevelCounts{Warning: 412, Error: 37, Critical: 2})
	f.Counts[data.Window1h] = &data.LevelCounts{Warning: 11}
	f.Counts[data.Window30d] = nil // the log doesn't reach back that far
	for i := range f.Per5m {
		switch {
		case i > 90 && i < 110:
			f.Per5m[i].LevelCounts = data.LevelCounts{Warning: int64(i % 7), Error: int64(i % 5)}
		case i == 200:
			f.Per5m[i].LevelCounts = data.LevelCounts{Warning: 9, Error: 14, Critical: 2}
		case i%11 == 3:
			f.Per5m[i].LevelCounts = data.LevelCounts{Warning: int64(i%4 + 1)}
		}
	}
	f.Groups = []data.ErrorGroup{
		{Fingerprint: "9f2c41d07be1", Event: "fallback_activated", Service: "orchestrator", Level: "warning", Count: 288, First: now.Add(-23 * time.Hour), Last: now.Add(-2 * time.Minute), SampleID: "18423"},
		{Fingerprint: "0a77c2e94b10", Event: "api_call_failed_all_retries", ExceptionType: p("TimeoutError"), Frame: p("donna/models/router.py:complete"), Service: "orchestrator", Level: "error", Count: 31, First: now.Add(-6 * time.Hour), Last: now.Add(-40 * time.Minute), SampleID: "18011"},
		{Fingerprint: "77d0b3a8c5f2", Event: "llm_gateway.failed", ExceptionType: p("ConnectError"), Frame: p("donna/llm/gateway.py:dispatch"), Service: "api", Level: "error", Count: 6, First: now.Add(-20 * time.Hour), Last: now.Add(-19 * time.Hour), SampleID: "9120"},
		{Fingerprint: "e41f0c6d2a93", Event: "disk_almost_full", Service: "healthwatch", Level: "critical", Count: 2, First: now.Add(-40 * time.Second), Last: now.Add(-10 * time.Second), SampleID: "18440"},
	}
	f.Facets = map[string]map[string]int64{
		"service":    {"orchestrator": 401, "api": 44, "healthwatch": 6},
		"level":      {"warning": 412, "error": 37, "critical": 2},
		"component":  {"models.router": 290, "(none)": 120, "llm.gateway": 41},
		"event_type": {"(none)": 440, "sync.supabase.failed": 11},
	}
	return f
}

// noErrors is a log in which nothing went wrong.
func noErrors() *data.Errors {
	f := &data.Errors{
		Counts: perWindow(&data.LevelCounts{}), Groups: []data.ErrorGroup{},
		Facets: map[string]map[string]int64{"service": {}, "component": {}, "event_type": {}, "level": {}},
	}
	for i := range 288 {
		f.Per5m = append(f.Per5m, data.LevelBucket{Start: now.Truncate(5 * time.Minute).Add(time.Duration(i-287) * 5 * time.Minute)})
	}
	return f
}

func hostileErrors(h *hostility) *data.Errors {
	f := &data.Errors{
		Counts: perWindow(&data.LevelCounts{Warning: h.whole(0), Error: h.whole(1), Critical: h.whole(2)}),
		Facets: map[string]map[string]int64{"service": h.counts(), "component": h.counts(), "level": h.counts()},
	}
	for i, n := range h.names {
		f.Per5m = append(f.Per5m, data.LevelBucket{Start: now.Add(time.Duration(i*i) * time.Minute), LevelCounts: data.LevelCounts{Warning: h.whole(i), Error: h.whole(i + 1), Critical: h.whole(i + 2)}})
		f.Groups = append(f.Groups, data.ErrorGroup{Fingerprint: n, Event: n, ExceptionType: p(n), Frame: p(n), Service: n, Level: n, Count: h.whole(i), Last: now.AddDate(i, 0, 0), SampleID: n})
	}
	return f
}
