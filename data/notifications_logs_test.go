package data

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func TestReplyTimes(t *testing.T) {
	minute := func(m int) time.Time { return epoch.Add(time.Duration(m-100) * time.Minute) } // 100 is now
	nudge := func(m int) Nudge { return Nudge{TaskID: "x", CreatedAt: minute(m)} }
	line := func(m int, event string) logline.Entry {
		return logLine(minute(m), "", fmt.Sprintf(`{"event": %q, "task_id": "x"}`, event))
	}
	for name, c := range map[string]struct {
		nudges []Nudge
		lines  []logline.Entry
		want   []float64 // minutes, of those answered in the last hour
	}{
		"no answer":           {[]Nudge{nudge(50)}, nil, nil},
		"answered":            {[]Nudge{nudge(50)}, []logline.Entry{line(55, "overdue_reply_received")}, []float64{5}},
		"handled first, late": {[]Nudge{nudge(50)}, []logline.Entry{line(57, "overdue_reply_received"), line(55, "overdue_reply_handled")}, []float64{5}},
		"every button": {[]Nudge{nudge(41), nudge(51), nudge(61), nudge(71)},
			[]logline.Entry{line(42, "overdue_done_via_button"), line(53, "overdue_snoozed"), line(64, "overdue_cancelled_via_button"), line(75, "task_done_via_button")}, []float64{1, 2, 3, 4}},
		"specified":                             {[]Nudge{nudge(50)}, []logline.Entry{logLine(minute(52), "", `{"event_type": "notification.acknowledged", "task_id": "x"}`)}, []float64{2}},
		"answered to the next":                  {[]Nudge{nudge(50), nudge(60)}, []logline.Entry{line(65, "overdue_snoozed")}, []float64{5}},
		"at the next":                           {[]Nudge{nudge(50), nudge(60)}, []logline.Entry{line(60, "overdue_snoozed")}, []float64{0}},
		"one each":                              {[]Nudge{nudge(60), nudge(50)}, []logline.Entry{line(51, "overdue_snoozed"), line(52, "overdue_snoozed"), line(63, "overdue_snoozed")}, []float64{1, 3}},
		"before it":                             {[]Nudge{nudge(50)}, []logline.Entry{line(49, "overdue_snoozed")}, nil},
		"nudged before, in the window answered": {[]Nudge{nudge(10)}, []logline.Entry{line(41, "overdue_snoozed")}, []float64{31}},
		"answered before the window":            {[]Nudge{nudge(10)}, []logline.Entry{line(39, "overdue_snoozed"), line(45, "overdue_snoozed")}, nil},
		"answered on its border":                {[]Nudge{nudge(10)}, []logline.Entry{line(40, "overdue_snoozed")}, []float64{30}},
		"answered after now":                    {[]Nudge{nudge(50)}, []logline.Entry{line(101, "overdue_snoozed")}, nil},
		"nudged after now":                      {[]Nudge{nudge(50), nudge(101)}, []logline.Entry{line(60, "overdue_snoozed")}, []float64{10}},
		"another task":                          {[]Nudge{{TaskID: "y", CreatedAt: minute(50)}, {CreatedAt: minute(50)}}, []logline.Entry{line(60, "overdue_snoozed"), logLine(minute(60), "", `{"event": "overdue_snoozed"}`)}, nil},
		"no answering line":                     {[]Nudge{nudge(50)}, []logline.Entry{line(60, "overdue_nudge_dispatched"), line(60, "escalation_resolved_via_button")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := replyTimes(logSnapshot(epoch, time.Time{}, c.lines...), c.nudges)[Window1h]
			if got.N != int64(len(c.want)) {
				t.Fatalf("%d replies, want %d", got.N, len(c.want))
			}
			if got.N == 0 {
				if got.P50 != nil || got.P95 != nil {
					t.Errorf("percentiles of nothing: %s", asJSON(t, got))
				}
				return
			}
			p50, p95 := c.want[(len(c.want)+1)/2-1]*60, c.want[len(c.want)-1]*60
			if *got.P50 != p50 || *got.P95 != p95 {
				t.Errorf("%s, want %v and %v", asJSON(t, got), p50, p95)
			}
		})
	}
}

func TestReplyTimesAgreeWithALoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	now := epoch
	at := func() time.Time {
		return now.Add(time.Hour - time.Duration(rng.Int64N(int64(31*24*time.Hour)))).Truncate(time.Microsecond)
	}
	var nudges []Nudge
	var lines []logline.Entry
	var answers []Nudge // by task and time
	for range 1500 {
		nudges = append(nudges, Nudge{TaskID: fmt.Sprint(rng.IntN(60)), CreatedAt: at()})
		a := Nudge{TaskID: fmt.Sprint(rng.IntN(60)), CreatedAt: at()}
		answers = append(answers, a)
		lines = append(lines, logLine(a.CreatedAt, "", fmt.Sprintf(`{"event": "overdue_reply_received", "task_id": "%s"}`, a.TaskID)))
	}
	got := replyTimes(logSnapshot(now, time.Time{}, lines...), nudges)
	for _, w := range windowsNewestFirst(WindowNames, now) {
		var seconds []float64
		for _, n := range nudges {
			if n.CreatedAt.After(now) {
				continue
			}
			next := now.Add(1)
			for _, o := range nudges {
				if o.TaskID == n.TaskID && o.CreatedAt.After(n.CreatedAt) && o.CreatedAt.Before(next) {
					next = o.CreatedAt
				}
			}
			first := next
			for _, a := range answers {
				if a.TaskID == n.TaskID && !a.CreatedAt.Before(n.CreatedAt) && a.CreatedAt.Before(first) {
					first = a.CreatedAt
				}
			}
			if first.Before(next) && !first.Before(w.From) {
				seconds = append(seconds, first.Sub(n.CreatedAt).Seconds())
			}
		}
		slices.Sort(seconds)
		r := got[w.Name]
		if r.N != int64(len(seconds)) {
			t.Errorf("%s: %d replies, want %d", w.Name, r.N, len(seconds))
			continue
		}
		if n := len(seconds); n > 0 && (*r.P50 != seconds[(n*50+99)/100-1] || *r.P95 != seconds[(n*95+99)/100-1]) {
			t.Errorf("%s: %s, want %v and %v", w.Name, asJSON(t, r), seconds[(n*50+99)/100-1], seconds[(n*95+99)/100-1])
		}
	}
}
