package contracttest

import "slices"

// agentEvents are the events of agents.events, with the specified type of each.
var agentEvents = map[string]struct {
	events []string
	kind   string
}{
	"dispatched": {[]string{"prep_agent_executing"}, "agent.dispatched"},
	"progress":   {[]string{"skill_step_completed", "chat.tool_loop_turn"}, "agent.progress"},
	"completed":  {[]string{"prep_agent_complete"}, "agent.completed"},
	"failed":     {[]string{"prep_agent_execution_failed", "skill_run_failed_abort", "skill_executor_unexpected_failure", "automation_run_exception"}, "agent.failed"},
	"timeout":    {[]string{"chat.tool_loop_timeout", "validation_run_timeout"}, "agent.timeout"},
}

// runKinds are the two tables of runs, and how they differ.
var runKinds = []struct{ kind, table, cost, owner, ownerTable, ownerName string }{
	{"skill", "skill_run", "total_cost_usd", "skill_id", "skill", "capability_name"},
	{"automation", "automation_run", "cost_usd", "automation_id", "automation", "name"},
}

// ownerName is the name of the skill or automation with an id.
func (a *auditor) ownerName(table, column string, id any) string {
	if id != nil {
		for _, r := range a.db.rows(table) {
			if r["id"] == id {
				return text(r[column])
			}
		}
	}
	return "(none)"
}

// agents computes the agents branch.
func (a *auditor) agents() object {
	out := object{
		"active": nil, "finished": nil, "failed_today": nil, "cost_by_name": nil, "task_status": nil,
		"llm_spend_by_caller": a.llm["spend_by_task_type"], "events": nil,
	}
	if a.haveLogs {
		perKind := object{}
		for kind, names := range agentEvents {
			windows := a.logWindows
			if kind == "dispatched" || kind == "completed" { // by the prep agent alone
				windows = a.ifEver
			}
			perKind[kind] = windows(func(e *entry) bool { return e.is(names.events, names.kind) }, func(lines []*entry) any { return int64(len(lines)) })
		}
		events := object{}
		for _, w := range allWindows {
			counts := object{}
			for kind, figure := range perKind {
				counts[kind] = nil
				if o, ok := figure.(object); ok {
					counts[kind] = o[w]
				}
			}
			events[w] = counts
		}
		out["events"] = events
	}
	if a.db == nil {
		return out
	}
	active, failed, unfinished, costs, finished := bag{}, bag{}, bag{}, groups{}, object{}
	for _, w := range allWindows {
		finished[w] = groups{}
	}
	someRuns := false
	for _, k := range runKinds {
		if !a.db.has(k.table) {
			continue
		}
		someRuns = true
		runs := a.until(k.table, "started_at")
		names := map[any]string{}
		for _, r := range runs {
			if _, ok := names[r[k.owner]]; !ok {
				names[r[k.owner]] = a.ownerName(k.ownerTable, k.ownerName, r[k.owner])
			}
		}
		today := midnight(a.now)
		for _, r := range runs {
			name := names[r[k.owner]]
			if r["status"] == "running" {
				o := object{
					"id": plain(r["id"]), "name": name, "kind": k.kind, "task_id": plain(r["task_id"]), "started_at": moment(r["started_at"]),
					"elapsed_s": nil, "timeout_s": a.timeout(name),
				}
				if t, ok := instant(r["started_at"]); ok {
					o["elapsed_s"] = exact(a.now.Sub(t).Seconds())
				}
				active = append(active, o)
			}
			failure := object{"id": plain(r["id"]), "name": name, "kind": k.kind, "error": plain(r["error"])}
			if t, ok := instant(r["finished_at"]); r["status"] != "failed" {
			} else if ok && !t.Before(today) && !t.After(a.now) {
				failed = append(failed, failure)
			} else if began, timed := instant(r["started_at"]); !ok && timed && !began.Before(today) {
				unfinished = append(unfinished, failure)
			}
			if t, ok := instant(r["started_at"]); ok && !t.Before(a.now.Add(-30*day)) {
				if c := number(r[k.cost]); c != nil {
					raise(costs, name, *c)
				}
			}
		}
		perWindow := a.windows(func(in func(any) bool) any {
			var succeeded, failed int64
			var seconds []float64
			cost := 0.0
			for _, r := range runs {
				if !in(r["finished_at"]) {
					continue
				}
				switch r["status"] {
				case "succeeded":
					succeeded++
				case "failed":
					failed++
				}
				if c := number(r[k.cost]); c != nil {
					cost += *c
				}
				if d, ok := gap(r, "started_at", "finished_at"); ok {
					seconds = append(seconds, d.Seconds())
				}
			}
			o := object{"succeeded": succeeded, "failed": failed, "cost_usd": usd(cost), "mean_s": mean(seconds)}
			if !a.db.has(k.table, k.cost) {
				o["cost_usd"] = nil
			}
			return o
		})
		for w, figure := range perWindow {
			finished[w].(groups)[k.kind] = figure
		}
	}
	if a.db.has("tasks", "agent_status") {
		tasks := a.until("tasks", "created_at")
		if slices.ContainsFunc(tasks, func(r map[string]any) bool { return r["agent_status"] != nil }) {
			out["task_status"] = tally(tasks, "agent_status")
		}
		for _, r := range tasks {
			if r["agent_status"] == "in_progress" {
				name := text(r["assigned_agent"])
				active = append(active, object{
					"id": plain(r["id"]), "name": name, "kind": "task", "task_id": plain(r["id"]), "started_at": nil, "elapsed_s": nil, "timeout_s": a.timeout(name),
				})
			}
		}
	}
	if someRuns || a.db.has("tasks", "agent_status") {
		out["active"] = active
	}
	if someRuns {
		// Of those that failed at an unknown time it isn't said whether to take their start.
		out["finished"], out["cost_by_name"] = finished, costs
		out["failed_today"] = oneOf{append(failed[:len(failed):len(failed)], unfinished...), failed}
	}
	return out
}

// defaultTimeouts are Donna's (donna-data.md §6.3).
var defaultTimeouts = map[string]float64{"pm": 300, "scheduler": 120, "research": 300, "coding": 600, "challenger": 120, "communication": 300}

func (a *auditor) timeout(name string) any {
	if s, ok := defaultTimeouts[name]; ok && a.timeouts == nil {
		return oneOf{exact(s), nil} // without agents.yaml: Donna's defaults, or unknown
	}
	if s, ok := a.timeouts[name]; ok {
		return exact(s)
	}
	return nil
}
