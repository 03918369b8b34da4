package data

import (
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// minute is a line of the hour before epoch.
func minute(m int, raw string) logline.Entry {
	return logLine(epoch.Add(time.Duration(m-60)*time.Minute), "api", raw)
}

func TestBreakerOpened(t *testing.T) {
	const (
		opened = `{"event": "circuit_breaker_opened"}`
		half   = `{"event": "circuit_breaker_half_open"}`
		closed = `{"event": "circuit_breaker_closed"}`
		start  = `{"event": "donna_starting"}`
	)
	for name, c := range map[string]struct {
		lines []logline.Entry
		want  int // minute; -1 never
	}{
		"opened":                   {[]logline.Entry{minute(1, opened)}, 1},
		"said again":               {[]logline.Entry{minute(1, opened), minute(3, opened)}, 1},
		"tested, and open again":   {[]logline.Entry{minute(1, opened), minute(6, half), minute(7, opened)}, 1},
		"closed since":             {[]logline.Entry{minute(1, opened), minute(6, half), minute(7, closed)}, 1},
		"anew after it was closed": {[]logline.Entry{minute(1, opened), minute(7, closed), minute(9, opened)}, 9},
		"anew after a start":       {[]logline.Entry{minute(1, opened), minute(7, start), minute(9, opened)}, 9},
		"first seen half open":     {[]logline.Entry{minute(6, half)}, 6},
		"never":                    {[]logline.Entry{minute(1, closed)}, -1},
		"late lines":               {[]logline.Entry{minute(9, opened), minute(7, closed), minute(1, opened)}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			got := logSnapshot(epoch, time.Time{}, c.lines...).Signals().Health.Breakers
			if len(got) != 1 {
				t.Fatalf("%d breakers", len(got))
			}
			at := got[0].Opened
			if c.want < 0 && at != nil || c.want >= 0 && (at == nil || !at.Equal(epoch.Add(time.Duration(c.want-60)*time.Minute))) {
				t.Errorf("opened at %v, want minute %d", at, c.want)
			}
		})
	}
}

func TestSupabaseSync(t *testing.T) {
	const (
		ok     = `{"event": "supabase_push_ok", "event_type": "sync.supabase.push"}`
		failed = `{"event": "supabase_push_failed", "event_type": "sync.supabase.failed", "level": "error"}`
		typed  = `{"event": "x", "event_type": "sync.supabase.failed"}`
		alive  = `{"event": "supabase_keepalive", "event_type": "sync.supabase.keepalive"}`
	)
	for name, c := range map[string]struct {
		lines    []logline.Entry
		marker   int // minute of the marker file; 0 none
		want     int // minute of FailingSince; -1 none
		failures int64
	}{
		"nothing":                      {nil, 0, -1, 0},
		"only successes":               {[]logline.Entry{minute(1, ok)}, 0, -1, 0},
		"only failures":                {[]logline.Entry{minute(1, failed), minute(2, typed)}, 0, 1, 2},
		"failing":                      {[]logline.Entry{minute(1, ok), minute(5, failed), minute(9, failed)}, 0, 5, 2},
		"late lines":                   {[]logline.Entry{minute(9, failed), minute(5, failed), minute(1, ok)}, 0, 5, 2},
		"well again":                   {[]logline.Entry{minute(5, failed), minute(9, ok)}, 0, -1, 0},
		"a success at the same moment": {[]logline.Entry{minute(5, failed), minute(5, ok)}, 0, -1, 0},
		"failing anew":                 {[]logline.Entry{minute(5, failed), minute(9, ok), minute(11, failed)}, 0, 11, 1},
		"the marker file is newer":     {[]logline.Entry{minute(1, ok), minute(5, failed), minute(30, failed)}, 10, 30, 1},
		"a keepalive is no push":       {[]logline.Entry{minute(5, failed), minute(9, alive)}, 0, 5, 1},
		"dated after now":              {[]logline.Entry{minute(61, failed)}, 0, -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := *logSnapshot(epoch, time.Time{}, c.lines...)
			if c.marker > 0 {
				s.Host = &HostView{SupabaseSync: epoch.Add(time.Duration(c.marker-60) * time.Minute)}
			}
			got := newSnapshot(s).Signals().Supabase
			since := got.FailingSince
			if c.want < 0 && since != nil || c.want >= 0 && (since == nil || !since.Equal(epoch.Add(time.Duration(c.want-60)*time.Minute))) {
				t.Errorf("failing since %v, want minute %d", since, c.want)
			}
			if got.Failures != c.failures {
				t.Errorf("%d failures, want %d", got.Failures, c.failures)
			}
		})
	}
	if s := newTestSnapshotWithoutLogs(); s.Signals().Supabase != nil || s.Signals().Errors5m != nil {
		t.Error("without logs nothing is known of pushes and errors")
	}
}

func newTestSnapshotWithoutLogs() *Snapshot {
	s := *logSnapshot(epoch, time.Time{})
	s.Sources = nil
	return newSnapshot(s)
}

func TestErrors5m(t *testing.T) {
	at := func(ago time.Duration, level string) logline.Entry {
		return logLine(epoch.Add(-ago), "api", `{"event": "x", "level": "`+level+`"}`)
	}
	s := logSnapshot(epoch, time.Time{},
		at(0, "error"), at(5*time.Minute, "error"), at(5*time.Minute+time.Microsecond, "error"),
		at(time.Minute, "critical"), at(time.Minute, "warning"), at(-time.Second, "error"))
	if got, want := *s.Signals().Errors5m, (LevelCounts{Warning: 1, Error: 2, Critical: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	s = logSnapshot(epoch, epoch.Add(-time.Minute), at(0, "error"))
	if s.Signals().Errors5m != nil {
		t.Error("lines of four of the five minutes are not known, and yet there is a number")
	}
}
