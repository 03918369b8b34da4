package data

import (
	"testing"
	"time"
)

// Behind the cells of the heat map is every hour of the thirty days, once.
func TestHeatCellsShareTheHours(t *testing.T) {
	for _, now := range []time.Time{epoch, epoch.Add(59 * time.Minute), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 23, 30, 1, 0, time.UTC)} {
		seen := make(map[time.Time]bool)
		for day := range 7 {
			for hour := range 24 {
				for i, q := range BehindHeat(now, day, hour, false).Invocations {
					if got := int(q.From.Weekday()+6) % 7; got != day || q.From.Hour() != hour || q.To.Sub(q.From) >= time.Hour {
						t.Fatalf("cell %d, %d of %v: query %d is %v to %v", day, hour, now, i, q.From, q.To)
					}
					if h := q.From.Truncate(time.Hour); seen[h] {
						t.Fatalf("%v: %v stands behind two cells", now, h)
					} else {
						seen[h] = true
					}
				}
			}
		}
		for h := now.Truncate(time.Hour); h.Add(time.Hour).After(now.Add(-30 * 24 * time.Hour)); h = h.Add(-time.Hour) {
			if !seen[h] {
				t.Fatalf("%v: nothing stands behind %v", now, h)
			}
		}
	}
}
