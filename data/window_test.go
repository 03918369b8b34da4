package data

import (
	"strings"
	"testing"
	"time"
)

func TestWindowAt(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tc := range []struct{ name, now, from string }{
		{"1h", "2026-07-01T00:30:00Z", "2026-06-30T23:30:00Z"},
		{"24h", "2026-07-01T00:30:00Z", "2026-06-30T00:30:00Z"},
		{"today", "2026-07-01T00:30:00Z", "2026-07-01T00:00:00Z"},
		{"today", "2026-07-01T23:30:00-04:00", "2026-07-02T00:00:00Z"},
		{"7d", "2026-03-01T12:00:00Z", "2026-02-22T12:00:00Z"},
		{"month", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"month", "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z"},
		{"30d", "2026-03-01T12:00:00Z", "2026-01-30T12:00:00Z"},
	} {
		now := at(tc.now)
		w, err := WindowAt(tc.name, now)
		if err != nil || !w.From.Equal(at(tc.from)) || !w.To.Equal(now) {
			t.Errorf("%s at %s: %v (%v), want from %s", tc.name, tc.now, w, err, tc.from)
		}
		if w.From.Location() != time.UTC || w.To.Location() != time.UTC {
			t.Errorf("%s: bounds are not in UTC", tc.name)
		}
	}
	if _, err := WindowAt("2w", epoch); err == nil || !strings.Contains(err.Error(), "24h") {
		t.Errorf("unknown window: %v, want an error that lists the windows", err)
	}
}

func TestEveryWindowLiesWithinTheHorizon(t *testing.T) {
	for d := range 800 {
		now := epoch.AddDate(0, 0, d).Add(13*time.Hour + 59*time.Minute)
		for _, w := range windowsNewestFirst(WindowNames, now) {
			if w.From.Before(now.Add(-Horizon)) {
				t.Fatalf("%s at %s begins at %s, before the horizon", w.Name, now, w.From)
			}
		}
	}
}
