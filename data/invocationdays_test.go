package data

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Days that were added up agree with the hours they were made of, for any
// stretch of time, in a view taken before more rows came as in one taken after.
func TestDaysAgreeWithHours(t *testing.T) {
	now := time.Date(2026, 7, 1, 1, 17, 3, 0, time.UTC)
	s := NewInvocationStore(now)
	rows := randomRows(s, now, 12_000, 21)
	rng := rand.New(rand.NewPCG(3, 4))
	var views []*Invocations
	var counts []int
	for i := range rows {
		s.Add(&rows[i])
		if i%3000 == 2999 {
			views, counts = append(views, s.View()), append(counts, i+1)
		}
	}
	for k, v := range views {
		if len(v.days) < 28 {
			t.Fatalf("view %d has %d days", k, len(v.days))
		}
		for range 200 {
			from := now.Add(-time.Duration(rng.Int64N(int64(31 * 24 * time.Hour))))
			to := from.Add(time.Duration(rng.Int64N(int64(now.Sub(from)) + 1)))
			if rng.IntN(3) == 0 {
				from, to = dayStart(from), dayStart(to)
			}
			byDay, exactByDay := total(v.each, from, to)
			byHour, exactByHour := total(v.eachHour, from, to)
			if exactByDay != exactByHour || byDay.calls != byHour.calls || byDay.latencies != byHour.latencies || byDay.tokensIn != byHour.tokensIn {
				t.Fatalf("view %d, %v to %v: %+v by day, %+v by hour", k, from, to, byDay, byHour)
			}
		}
		begin := now.Add(-31 * 24 * time.Hour)
		want := 0
		for i := range rows[:counts[k]] {
			if at := time.Unix(0, rows[i].Time); !at.Before(begin.Truncate(time.Hour)) && at.Before(now.Truncate(time.Hour)) {
				want++
			}
		}
		if got, _ := total(v.each, begin.Truncate(time.Hour), now.Truncate(time.Hour)); got.calls != int64(want) {
			t.Errorf("view %d holds %d rows, want %d", k, got.calls, want)
		}
	}
}

type totals struct {
	sums
	latencies int64
}

func total(each func(from, to int64, onCell func(int64, *cell), onRow func(int64, *rowCell)) bool, from, to time.Time) (t totals, exact bool) {
	exact = each(from.UnixNano(), to.UnixNano(),
		func(_ int64, c *cell) {
			t.add(&c.sums)
			t.latencies += c.latency.Count()
		},
		func(_ int64, r *rowCell) {
			one := r.sums()
			t.add(&one)
			if r.hasLatency() {
				t.latencies++
			}
		})
	return t, exact
}

// A day is added up once, not at every view.
func TestUnchangedDaysAreKept(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 0, time.UTC)
	s := NewInvocationStore(now)
	rows := randomRows(s, now, 3000, 22)
	for i := range rows {
		s.Add(&rows[i])
	}
	before := s.View().days
	late := rows[0]
	late.Time = now.Add(-5 * 24 * time.Hour).UnixNano()
	s.Add(&late)
	changed := 0
	for i, d := range s.View().days {
		if d != before[i] {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d days were added up anew for one row", changed)
	}
}
