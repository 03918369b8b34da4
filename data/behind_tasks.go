package data

import (
	"strconv"
	"time"
)

var taskColumns = []string{
	"created_at", "title", "status", "domain", "created_via", "scheduled_start", "deadline", "completed_at", "reschedule_count",
	"assigned_agent", "agent_status", "id",
}

func (t *Task) row() Record {
	return Record{ID: t.ID, Name: t.Title, At: t.CreatedAt, Values: []any{
		timeValue(t.CreatedAt), textValue(t.Title), t.Status, t.Domain, t.CreatedVia, timeValue(t.ScheduledStart), timeValue(t.Deadline),
		timeValue(t.CompletedAt), t.RescheduleCount, t.AssignedAgent, t.AgentStatus, t.ID,
	}}
}

// behindTasks is the tasks that exist by now and that keep chooses.
func behindTasks(w Window, now time.Time, keep func(t *Task) bool) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		return chosen("task", taskColumns, s.taskRows(), func(t *Task) bool { return !t.CreatedAt.After(now) && keep(t) }, (*Task).row)
	})
}

func (s *Snapshot) taskRows() []Task {
	if t := s.tables(); t != nil {
		return t.Tasks
	}
	return nil
}

// BehindTask is one task.
func BehindTask(id string) Behind {
	return behindTable(Window{}, func(s *Snapshot) RecordSet {
		return chosen("task", taskColumns, s.taskRows(), func(t *Task) bool { return t.ID == id }, (*Task).row)
	}).As(Derived)
}

// BehindCreated is the tasks created in a window, by channel and domain; nil
// asks for any.
func BehindCreated(w Window, channel, domain *string) Behind {
	return behindTasks(w, w.To, func(t *Task) bool {
		return w.within(t.CreatedAt) && is(channel, t.CreatedVia) && is(domain, t.Domain)
	})
}

// BehindCompleted is the tasks completed in a window. One that is created after
// its end, by a clock that is wrong, doesn't exist yet.
func BehindCompleted(w Window) Behind {
	return behindTasks(w, w.To, func(t *Task) bool { return w.within(t.CompletedAt) })
}

// BehindMeanCompletion is the tasks that the mean time to complete was taken of.
func BehindMeanCompletion(now time.Time) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool {
		return !t.CreatedAt.IsZero() && !t.CompletedAt.IsZero() && !t.CompletedAt.After(now)
	}).As(Derived)
}

// BehindTaskState is the tasks in a state.
func BehindTaskState(now time.Time, state string) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool { return t.Status == state })
}

// BehindAgentStatus is the tasks of which an agent says so.
func BehindAgentStatus(now time.Time, status string) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool { return t.AgentStatus == status })
}

// BehindOverdue is the tasks whose deadline has passed.
func BehindOverdue(now time.Time) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool {
		return !t.over() && !t.Deadline.IsZero() && t.Deadline.Before(now)
	})
}

// BehindReschedules is the open tasks that were put off so many times, as the
// histogram names it.
func BehindReschedules(now time.Time, times string) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool {
		return !t.over() && strconv.FormatInt(t.RescheduleCount, 10) == times
	})
}

// BehindOftenRescheduled is the open tasks that were put off again and again.
func BehindOftenRescheduled(now time.Time) Behind {
	return behindTasks(Window{To: now}, now, func(t *Task) bool { return !t.over() && t.RescheduleCount >= rescheduledOften })
}

// behindTimes is tasks with how long something took, the longest first.
func behindTimes(w Window, column string, took func(s *Snapshot, t *Task) (time.Duration, bool)) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		columns := append([]string{column}, taskColumns...)
		return chosen("task", columns, s.taskRows(),
			func(t *Task) bool {
				_, ok := took(s, t)
				return ok && w.within(t.CreatedAt)
			},
			func(t *Task) Record {
				d, _ := took(s, t)
				r := t.row()
				r.Values = append([]any{d.Hours()}, r.Values...)
				return r
			}).ranked(column)
	})
}

// BehindSlots is the tasks of a window that have a slot.
func BehindSlots(w Window) Behind {
	return behindTimes(w, "to_slot_h", func(_ *Snapshot, t *Task) (time.Duration, bool) {
		return t.ScheduledStart.Sub(t.CreatedAt), !t.ScheduledStart.IsZero()
	})
}

// BehindScheduled is the tasks of a window of which the log says when they were
// scheduled.
func BehindScheduled(w Window) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		first := firstScheduled(s, s.taskRows())
		return behindTimes(w, "to_schedule_h", func(_ *Snapshot, t *Task) (time.Duration, bool) {
			at, ok := first[t.ID]
			return time.Duration(at - t.CreatedAt.UnixNano()), ok && at >= t.CreatedAt.UnixNano()
		}).rows(s)
	})
}

// Ranked is b for a quantile of what its rows are ordered by.
func (b Behind) Ranked(quantile float64) Behind { return b.ranking(quantile, 0) }
