package contracttest

import (
	"slices"
	"time"
)

func open(r map[string]any) bool { return r["status"] != "done" && r["status"] != "cancelled" }

// tasks computes the tasks branch.
func (a *auditor) tasks() object {
	out := object{
		"created": nil, "completed": nil, "states": nil, "overdue": nil, "per_day": nil, "mean_hours_to_complete": nil,
		"time_to_slot": nil, "time_to_schedule": nil, "reschedules": nil, "dedup": a.dedup(),
	}
	if !a.db.has("tasks") {
		return out
	}
	rows := a.until("tasks", "created_at")
	out["created"] = a.windows(func(in func(any) bool) any {
		created := where(rows, func(r map[string]any) bool { return in(r["created_at"]) })
		return object{
			"total": int64(len(created)), "by_channel": a.tallyOf("tasks", created, "created_via"), "by_domain": a.tallyOf("tasks", created, "domain"),
		}
	})
	if a.db.has("tasks", "completed_at") {
		out["completed"] = a.windows(func(in func(any) bool) any {
			return int64(len(where(rows, func(r map[string]any) bool { return in(r["completed_at"]) })))
		})
		var hours []float64
		for _, r := range rows {
			if done, ok := instant(r["completed_at"]); ok && !done.After(a.now) {
				if d, ok := gap(r, "created_at", "completed_at"); ok {
					hours = append(hours, d.Hours())
				}
			}
		}
		out["mean_hours_to_complete"] = mean(hours)
	}
	out["states"] = a.tallyOf("tasks", rows, "status")
	if a.db.has("tasks", "deadline", "status") {
		out["overdue"] = int64(len(where(rows, func(r map[string]any) bool {
			deadline, ok := instant(r["deadline"])
			return ok && deadline.Before(a.now) && open(r)
		})))
	}
	var perDay []any
	for _, start := range a.days() {
		on := func(column string) any {
			if !a.db.has("tasks", column) {
				return nil
			}
			return int64(len(where(rows, func(r map[string]any) bool {
				t, ok := instant(r[column])
				return ok && a.onDay(t, start)
			})))
		}
		perDay = append(perDay, object{"start": start, "created": on("created_at"), "completed": on("completed_at")})
	}
	out["per_day"] = perDay
	if a.db.has("tasks", "scheduled_start") {
		out["time_to_slot"] = a.windows(func(in func(any) bool) any {
			var hours []float64
			for _, r := range rows {
				if d, ok := gap(r, "created_at", "scheduled_start"); ok && in(r["created_at"]) {
					hours = append(hours, d.Hours())
				}
			}
			return hoursFigure(hours)
		})
	}
	out["time_to_schedule"] = a.timeToSchedule(rows)
	out["reschedules"] = a.reschedules(rows)
	return out
}

func hoursFigure(hours []float64) any {
	return object{"n": int64(len(hours)), "mean_hours": mean(hours), "median_hours": rank(hours, 50)}
}

// schedules tells whether a line says that its task is scheduled now.
func (e *entry) schedules() bool {
	switch {
	case e.event == "task_scheduled":
		return true
	case e.event == "task_state_transitioned":
		return e.text("to_state") == "scheduled"
	}
	return e.eventType == "task.state_changed" && e.text("to") == "scheduled"
}

func (a *auditor) timeToSchedule(rows []map[string]any) any {
	if !a.haveLogs {
		return nil
	}
	moments := map[string][]time.Time{}
	for i := range a.lines {
		if e := &a.lines[i]; e.known && !e.at.After(a.now) && e.schedules() {
			id := e.text("task_id")
			moments[id] = append(moments[id], e.at)
		}
	}
	return a.windows(func(in func(any) bool) any {
		var hours []float64
		for _, r := range rows {
			created, ok := instant(r["created_at"])
			id, isText := r["id"].(string)
			if !ok || !isText || !in(r["created_at"]) {
				continue
			}
			var after []time.Time
			for _, m := range moments[id] {
				if !m.Before(created) {
					after = append(after, m)
				}
			}
			if len(after) > 0 {
				hours = append(hours, slices.MinFunc(after, time.Time.Compare).Sub(created).Hours())
			}
		}
		return hoursFigure(hours)
	})
}

func (a *auditor) reschedules(rows []map[string]any) any {
	if !a.db.has("tasks", "status", "reschedule_count") {
		return nil
	}
	counts, often := groups{}, bag{}
	for _, r := range where(rows, open) {
		increase(counts, text(r["reschedule_count"]))
		if n := integer(r["reschedule_count"]); n != nil && *n >= 3 {
			often = append(often, object{"id": plain(r["id"]), "title": plain(r["title"]), "count": *n})
		}
	}
	return object{"histogram": counts, "three_or_more": often}
}

func (a *auditor) dedup() any {
	result := []string{"dedup_check_result"}
	return a.ifEver(func(e *entry) bool { return e.is(result, "task.dedup_detected") }, func(lines []*entry) any {
		hits := int64(0)
		for _, e := range lines {
			if !e.is(result) || e.text("verdict") == "same" || e.text("verdict") == "related" {
				hits++
			}
		}
		return object{"checks": int64(len(lines)), "hits": hits, "rate": share(hits, int64(len(lines)))}
	})
}
