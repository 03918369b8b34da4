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
			if exactByDay != exactByHour || byDay.calls != byHour.calls || byDay.usage.calls != byHour.usage.calls || byDay.latencies != byHour.latencies || byDay.tokensIn != byHour.tokensIn {
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
	usage     usage
	latencies int64
}

func total(each eachFunc, from, to time.Time) (t totals, exact bool) {
	exact = each(from.UnixNano(), to.UnixNano(),
		func(_ int64, u *rollup) {
			for i := range u.cells {
				t.add(&u.cells[i].sums)
			}
			for i := range u.latencies {
				t.latencies += u.latencies[i].sketch.Count()
			}
			t.usage.calls += u.total.calls
			t.usage.cost += u.total.cost
		},
		func(_ int64, r *rowCell) {
			one := r.sums()
			t.add(&one)
			t.usage.add(r.class(), &one)
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

// TestSettledHourGrows: an hour that is part of a day takes late rows in the cells it has.
func TestSettledHourGrows(t *testing.T) {
	s := NewInvocationStore(epoch)
	add := func(task, model string, latency int64) {
		s.Add(&Invocation{
			Time: epoch.Add(-72 * time.Hour).UnixNano(), Task: s.Task([]byte(task)), Model: s.Model([]byte(model)),
			HasLatency: true, LatencyMS: latency,
		})
	}
	for _, task := range []string{"a", "b", "c"} {
		add(task, "x", 10)
	}
	if s.View(); s.hours[0].places != nil || len(s.days) != 1 {
		t.Fatalf("the hour is not settled: %d days", len(s.days))
	}
	add("b", "x", 20)
	add("c", "y", 30) // a new cell, on the latencies of c
	s.View()
	h := s.hours[0]
	if len(h.cells) != 4 || len(h.latencies) != 3 || h.n != 5 {
		t.Errorf("%d cells and %d latencies of %d rows, want 4, 3 and 5", len(h.cells), len(h.latencies), h.n)
	}
	for i, want := range []int64{10, 20, 30} {
		if l := h.latencies[i]; l.max != want {
			t.Errorf("the longest latency of task %d is %d, want %d", l.task, l.max, want)
		}
	}
}
