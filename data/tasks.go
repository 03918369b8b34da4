package data

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Tasks holds the figures of the Task Pipeline view, key by key those of CONTRACT.md's `tasks`.
type Tasks struct {
	Created             map[string]*TasksCreated `json:"created"`
	Completed           map[string]*int64        `json:"completed"`
	States              map[string]int64         `json:"states"`
	Overdue             *int64                   `json:"overdue"`
	PerDay              []TaskDay                `json:"per_day"` // 30 UTC days, oldest first
	MeanHoursToComplete *float64                 `json:"mean_hours_to_complete"`
	TimeToSlot          map[string]*HoursStat    `json:"time_to_slot"`
	TimeToSchedule      map[string]*HoursStat    `json:"time_to_schedule"`
	Reschedules         *Reschedules             `json:"reschedules"`
	Dedup               map[string]*Dedup        `json:"dedup"`
}

// TasksCreated counts tasks created in a window, by created_via and domain.
type TasksCreated struct {
	Total     int64            `json:"total"`
	ByChannel map[string]int64 `json:"by_channel"`
	ByDomain  map[string]int64 `json:"by_domain"`
}

// TaskDay is one UTC day of the pipeline.
type TaskDay struct {
	Start     time.Time `json:"start"`
	Created   int64     `json:"created"`
	Completed int64     `json:"completed"`

	noCompleted bool // the file has no completed_at
}

// MarshalJSON prints what has no source as null.
func (d TaskDay) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Start     time.Time `json:"start"`
		Created   int64     `json:"created"`
		Completed *int64    `json:"completed"`
	}{d.Start, d.Created, unless(d.noCompleted, d.Completed)})
}

// HoursStat describes N durations in hours; mean and median (nearest rank) are nil if N is 0.
type HoursStat struct {
	N           int64    `json:"n"`
	MeanHours   *float64 `json:"mean_hours"`
	MedianHours *float64 `json:"median_hours"`
}

// Reschedules counts tasks that are neither done nor cancelled by how often they were rescheduled.
type Reschedules struct {
	Histogram   map[string]int64  `json:"histogram"`
	ThreeOrMore []RescheduledTask `json:"three_or_more"`
}

// RescheduledTask is a task that was rescheduled three times or more.
type RescheduledTask struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Count int64  `json:"count"`
}

// MarshalJSON prints a missing title as null.
func (t RescheduledTask) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID    string  `json:"id"`
		Title *string `json:"title"`
		Count int64   `json:"count"`
	}{t.ID, nonEmpty(t.Title), t.Count})
}

// Dedup counts duplicate checks and how many found a duplicate; Rate is 0 to 1, nil without checks.
type Dedup struct {
	Checks int64    `json:"checks"`
	Hits   int64    `json:"hits"`
	Rate   *float64 `json:"rate"`
}

// rescheduledOften is from how many reschedules on a task is listed.
const rescheduledOften = 3

// Statuses of a task that is over (donna-data.md §6.4).
const (
	taskDone      = "done"
	taskCancelled = "cancelled"
)

func (t *Task) over() bool { return t.Status == taskDone || t.Status == taskCancelled }

// taskFigures computes what the database says of CONTRACT.md's `tasks`.
func taskFigures(s *Snapshot) *Tasks {
	f := &Tasks{}
	tables := s.tables()
	if tables == nil || tables.Tasks == nil {
		return f
	}
	// a task that is created later doesn't exist yet
	tasks := slices.DeleteFunc(slices.Clone(tables.Tasks), func(t Task) bool { return t.CreatedAt.After(s.At) })

	f.Created = perWindow(s, func(w Window) *TasksCreated { return tasksCreated(tasks, w) })
	f.Completed = perWindow(s, func(w Window) *int64 {
		n := int64(0)
		for i := range tasks {
			if w.within(tasks[i].CompletedAt) {
				n++
			}
		}
		return &n
	})
	f.TimeToSlot = perWindow(s, func(w Window) *HoursStat {
		var hours []float64
		for i := range tasks {
			if t := &tasks[i]; w.within(t.CreatedAt) && !t.ScheduledStart.IsZero() {
				hours = append(hours, t.ScheduledStart.Sub(t.CreatedAt).Hours())
			}
		}
		return hoursStat(hours)
	})

	f.States = map[string]int64{}
	f.Overdue = new(int64)
	f.Reschedules = &Reschedules{Histogram: map[string]int64{}, ThreeOrMore: []RescheduledTask{}}
	var toComplete []float64
	for i := range tasks {
		t := &tasks[i]
		f.States[t.Status]++
		if !t.CreatedAt.IsZero() && !t.CompletedAt.IsZero() && !t.CompletedAt.After(s.At) {
			toComplete = append(toComplete, t.CompletedAt.Sub(t.CreatedAt).Hours())
		}
		if t.over() {
			continue
		}
		if !t.Deadline.IsZero() && t.Deadline.Before(s.At) {
			*f.Overdue++
		}
		f.Reschedules.Histogram[strconv.FormatInt(t.RescheduleCount, 10)]++
		if t.RescheduleCount >= rescheduledOften {
			f.Reschedules.ThreeOrMore = append(f.Reschedules.ThreeOrMore, RescheduledTask{ID: t.ID, Title: t.Title, Count: t.RescheduleCount})
		}
	}
	f.MeanHoursToComplete = mean(toComplete)
	slices.SortFunc(f.Reschedules.ThreeOrMore, func(a, b RescheduledTask) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	f.PerDay = tasksPerDay(tasks, s.At)
	f.dropUnmeasured(tables)
	return f
}

// dropUnmeasured takes back what no column of this file feeds.
func (f *Tasks) dropUnmeasured(t *Tables) {
	if t.lacks("tasks.created_at") {
		f.Created, f.PerDay, f.TimeToSlot, f.MeanHoursToComplete = nil, nil, nil, nil
	}
	for _, c := range f.Created {
		if t.lacks("tasks.created_via") {
			c.ByChannel = nil
		}
		if t.lacks("tasks.domain") {
			c.ByDomain = nil
		}
	}
	if t.lacks("tasks.completed_at") {
		f.Completed, f.MeanHoursToComplete = nil, nil
		for i := range f.PerDay {
			f.PerDay[i].noCompleted = true
		}
	}
	if t.lacks("tasks.scheduled_start") {
		f.TimeToSlot = nil
	}
	if t.lacks("tasks.status") {
		f.States = nil
	}
	if t.lacks("tasks.status", "tasks.deadline") {
		f.Overdue = nil
	}
	if t.lacks("tasks.status", "tasks.reschedule_count") {
		f.Reschedules = nil
	}
}

func tasksCreated(tasks []Task, w Window) *TasksCreated {
	c := &TasksCreated{ByChannel: map[string]int64{}, ByDomain: map[string]int64{}}
	for i := range tasks {
		if t := &tasks[i]; w.within(t.CreatedAt) {
			c.Total++
			c.ByChannel[t.CreatedVia]++
			c.ByDomain[t.Domain]++
		}
	}
	return c
}

func tasksPerDay(tasks []Task, now time.Time) []TaskDay {
	w := days(now)
	out := make([]TaskDay, daysShown)
	for i := range out {
		out[i].Start = w.From.AddDate(0, 0, i)
	}
	index := func(t time.Time) int { return int(t.Sub(w.From) / (24 * time.Hour)) }
	for i := range tasks {
		if t := &tasks[i]; w.within(t.CreatedAt) {
			out[index(t.CreatedAt)].Created++
		}
		if t := &tasks[i]; w.within(t.CompletedAt) {
			out[index(t.CompletedAt)].Completed++
		}
	}
	return out
}

// hoursStat describes durations in hours; it sorts them.
func hoursStat(hours []float64) *HoursStat {
	return &HoursStat{N: int64(len(hours)), MeanHours: mean(hours), MedianHours: nearestRank(hours, 0.5)}
}
