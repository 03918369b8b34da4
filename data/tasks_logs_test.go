package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func TestTimeToSchedule(t *testing.T) {
	line := func(at time.Duration, raw string) logline.Entry { return logLine(epoch.Add(at), "", raw) }
	const moved = `{"event": "task_state_transitioned", "task_id": "x", "from_state": "backlog", "to_state": "scheduled"}`
	created := -10 * time.Hour
	for name, c := range map[string]struct {
		lines []logline.Entry
		hours float64 // -1 for none
	}{
		"never":               {nil, -1},
		"moved":               {[]logline.Entry{line(-8*time.Hour, moved)}, 2},
		"moved elsewhere":     {[]logline.Entry{line(-8*time.Hour, `{"event": "task_state_transitioned", "task_id": "x", "to_state": "done"}`)}, -1},
		"a slot":              {[]logline.Entry{line(-8*time.Hour, `{"event": "task_scheduled", "task_id": "x", "slot_start": "2026-07-02T10:00:00Z"}`)}, 2},
		"specified":           {[]logline.Entry{line(-8*time.Hour, `{"event_type": "task.state_changed", "task_id": "x", "from": "backlog", "to": "scheduled"}`)}, 2},
		"the first, late":     {[]logline.Entry{line(-6*time.Hour, moved), line(-7*time.Hour, moved), line(-9*time.Hour, moved)}, 1},
		"at once":             {[]logline.Entry{line(created, moved)}, 0},
		"before its creation": {[]logline.Entry{line(created-time.Microsecond, moved), line(-5*time.Hour, moved)}, 5},
		"after now":           {[]logline.Entry{line(time.Second, moved)}, -1},
		"another task":        {[]logline.Entry{line(-8*time.Hour, `{"event": "task_scheduled", "task_id": "y"}`)}, -1},
		"no task":             {[]logline.Entry{line(-8*time.Hour, `{"event": "task_scheduled"}`)}, -1},
		"validated only":      {[]logline.Entry{line(-8*time.Hour, `{"event": "state_transition_validated", "task_id": "x", "to_state": "scheduled"}`)}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			s := logSnapshot(epoch, time.Time{}, c.lines...)
			got := timeToSchedule(s, []Task{{ID: "x", CreatedAt: epoch.Add(created)}, {ID: "undated"}})
			if h := got[Window1h]; h.N != 0 || h.MeanHours != nil || h.MedianHours != nil {
				t.Errorf("1h: %s, and the task was created ten hours ago", asJSON(t, h))
			}
			h := got[Window24h]
			if c.hours < 0 {
				if h.N != 0 {
					t.Errorf("%s, want none", asJSON(t, h))
				}
			} else if h.N != 1 || *h.MeanHours != c.hours || *h.MedianHours != c.hours {
				t.Errorf("%s, want %v hours", asJSON(t, h), c.hours)
			}
		})
	}
}

func TestTimeToScheduleAgreesWithALoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	now := epoch
	var tasks []Task
	var lines []logline.Entry
	type move struct {
		task string
		at   time.Time
	}
	var moves []move
	for i := range 600 {
		tasks = append(tasks, Task{ID: fmt.Sprint(i), CreatedAt: now.Add(-time.Duration(rng.Int64N(int64(32 * 24 * time.Hour))))})
	}
	for range 2500 {
		task := tasks[rng.IntN(len(tasks))]
		m := move{task.ID, task.CreatedAt.Add(time.Duration(rng.Int64N(int64(60*time.Hour))) - 10*time.Hour)}
		moves = append(moves, m)
		lines = append(lines, logLine(m.at, "", fmt.Sprintf(`{"event": "task_scheduled", "task_id": "%s"}`, m.task)))
	}
	got := timeToSchedule(logSnapshot(now, time.Time{}, lines...), tasks)
	for _, w := range windowsNewestFirst(WindowNames, now) {
		var hours []float64
		for _, task := range tasks {
			if task.CreatedAt.Before(w.From) || task.CreatedAt.After(w.To) {
				continue
			}
			var first *time.Time
			for _, m := range moves {
				if m.task == task.ID && !m.at.Before(task.CreatedAt) && !m.at.After(now) && (first == nil || m.at.Before(*first)) {
					first = &m.at
				}
			}
			if first != nil {
				hours = append(hours, first.Sub(task.CreatedAt).Hours())
			}
		}
		slices.Sort(hours)
		h := got[w.Name]
		if h.N != int64(len(hours)) {
			t.Errorf("%s: %d tasks, want %d", w.Name, h.N, len(hours))
			continue
		}
		if len(hours) == 0 {
			continue
		}
		total := 0.0
		for _, v := range hours {
			total += v
		}
		if median := hours[(len(hours)+1)/2-1]; *h.MedianHours != median || math.Abs(*h.MeanHours-total/float64(len(hours))) > 1e-9 {
			t.Errorf("%s: %s, want mean %v and median %v", w.Name, asJSON(t, h), total/float64(len(hours)), median)
		}
	}
}

// A window that reaches back to lines that had to make room is null, not too small.
func TestFiguresOfForgottenLinesAreNull(t *testing.T) {
	f := newFactStore()
	f.scheduled.limit, f.answers.limit, f.searches.limit = 100, 100, 100
	for i := range 200 { // one every quarter of an hour, the newest now
		at := epoch.Add(-time.Duration(i) * 15 * time.Minute)
		for _, raw := range []string{`{"event": "task_scheduled", "task_id": "%d"}`, `{"event": "overdue_snoozed", "task_id": "%d"}`, `{"event": "memory_retrieval", "k": %d}`} {
			f.add(lineAt(at, fmt.Sprintf(raw, i)), epoch)
		}
	}
	s := logSnapshot(epoch, time.Time{})
	s.Facts = f.view()
	for w, null := range map[string]bool{Window1h: false, Window24h: true, Window30d: true} {
		for name, got := range map[string]bool{
			"time to schedule": timeToSchedule(s, []Task{})[w] == nil, "replies": replyTimes(s, []Nudge{})[w] == nil, "retrieval": retrieval(s)[w] == nil,
		} {
			if got != null {
				t.Errorf("%s of %s is null: %v, want %v", name, w, got, null)
			}
		}
	}
	var notes []string
	if countLines(s, &notes); len(notes) != 1 {
		t.Errorf("notes %q, want one of the lines that had to make room", notes)
	}
}
