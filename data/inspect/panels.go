package inspect

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
)

// What figures are made from.
var (
	fromInvocations = []string{"invocation_log"}
	fromTasks       = []string{"tasks"}
	fromRuns        = []string{"skill_run", "automation_run"}
	fromLines       = []string{"log lines"}
	fromEscalations = []string{"escalation_request"}
	fromAudit       = []string{"audit rows of invocation_log"}
)

const (
	ofInvocations = "rows of invocation_log"
	ofTasks       = "rows of tasks"
	ofLines       = "log lines"
)

// panels is what there is to say about each panel, by its id.
var panels = func() map[string]entry {
	all := make(map[string]entry)
	for _, part := range []map[string]entry{llmPanels, taskPanels, agentPanels, notificationPanels, escalationPanels, errorPanels, healthPanels, preferencePanels, skillPanels, memoryPanels} {
		maps.Copy(all, part)
	}
	for overview, of := range map[string]string{
		"overview_spend": "spend", "overview_errors": "error_groups", "overview_services": "services",
		"overview_escalations": "escalations_open", "overview_pipeline": "tasks_created",
	} {
		all[overview] = all[of]
	}
	all["overview_alerts"] = entry{[]string{"alerts.state", "alerts.since", "alerts.value"}, unitNone, []string{"containers", "disks", "log lines", "invocation_log"},
		elsewhere("how a rule is follows from what held before as well: donnatop watch --rehearse 7d shows the rows and lines behind it")}
	all["overview_calls"] = entry{[]string{"llm.calls.W", "llm.failures.W", "errors.counts.W", "health.error_rate_5m"}, unitRows, fromInvocations, func(a asked) headline {
		if a.window != data.WindowRange || a.f.Range == nil || !a.f.Range.Past {
			a.window = data.Window1h
		}
		return calls(a, a.window)
	}}
	return all
}()

// calls is the headline of calls in a window.
func calls(a asked, window string) headline {
	w := a.span(window)
	return headline{name: "calls of class llm", value: num(a.f.LLM.Calls[window]), at: w, sql: invocations("count(*)", w, isLLM), rowsOf: ofInvocations}
}

// seriesCalls is the headline of a series of calls from its beginning on.
func seriesCalls(a asked, known bool, start time.Time, total int64) headline {
	w := data.Window{From: start, To: a.end()}
	h := headline{name: "calls of class llm, all bars", at: w, sql: invocations("count(*)", w, isLLM), rowsOf: ofInvocations}
	if known {
		h.value = ptr(float64(total))
	}
	return h
}

// rowsIn is how many rows of all classes the window has.
func rowsIn(a asked, window string) *int64 {
	c := a.f.LLM.CallsByClass[window]
	if c == nil || c.Shadow == nil {
		return nil
	}
	return ptr(c.LLM + *c.Shadow + c.Embedding + c.Audit)
}

// latencyWindow is the window latencies are shown for.
func latencyWindow(window string) string {
	if window == data.WindowMonth {
		return data.Window30d
	}
	return window
}

// shadowWindow is the window shadows are compared over.
func shadowWindow(window string) string {
	switch window {
	case data.WindowRange, data.Window7d, data.Window30d:
		return window
	case data.WindowMonth:
		return data.Window30d
	}
	return data.Window7d
}

var llmPanels = map[string]entry{
	"spend": {
		[]string{"llm.spend_usd.W", "llm.budget.daily_usd", "llm.budget.extensions_today_usd", "llm.budget.daily_effective_usd", "llm.budget.…_spent_usd",
			"llm.budget.…_remaining_usd", "llm.burn_rate.usd_per_hour_24h", "llm.projected_month_usd.month_to_date_plus_7d_rate", "llm.projected_month_usd.donna", "llm.budget.runway_days"},
		UnitUSD, []string{"invocation_log", "daily_budget_extension", "donna_models.yaml"}, spend},
	"hours": {[]string{"llm.per_hour"}, unitRows, fromInvocations, func(a asked) headline {
		var total int64
		for _, b := range a.f.LLM.PerHour {
			total += b.Calls
		}
		if len(a.f.LLM.PerHour) == 0 {
			return seriesCalls(a, false, a.end(), 0)
		}
		return seriesCalls(a, true, a.f.LLM.PerHour[0].Start, total)
	}},
	"days": {[]string{"llm.per_day"}, unitRows, fromInvocations, func(a asked) headline {
		var total int64
		for _, b := range a.f.LLM.PerDay {
			total += b.Calls
		}
		if len(a.f.LLM.PerDay) == 0 {
			return seriesCalls(a, false, a.end(), 0)
		}
		return seriesCalls(a, true, a.f.LLM.PerDay[0].Start, total)
	}},
	"calls": {[]string{"llm.calls.W", "llm.calls_by_class.W"}, unitRows, fromInvocations, func(a asked) headline { return calls(a, a.window) }},
	"latency": {[]string{"llm.latency_ms.W.T"}, unitRows, fromInvocations, func(a asked) headline {
		key := latencyWindow(a.window)
		w := a.span(key)
		return headline{
			name: "calls of class llm with a latency", at: w, rowsOf: ofInvocations,
			value: field(a.f.LLM.LatencyAllMS[key], func(l *data.Latency) *int64 { return &l.N }),
			sql:   invocations("count(CASE WHEN typeof(latency_ms) IN ('integer','real') THEN 1 END)", w, isLLM),
		}
	}},
	"task_types": {[]string{"llm.calls_by_task_type.W", "llm.tokens.W", "llm.spend_usd.W"}, unitNames, fromInvocations, func(a asked) headline {
		w := a.span(a.window)
		return headline{
			name: "task types", at: w, rows: rowsIn(a, a.window), rowsOf: ofInvocations,
			value: names(a.f.LLM.SpendByTaskType[a.window]), sql: invocations("count(DISTINCT coalesce(task_type,'(none)'))", w),
		}
	}},
	"models": {[]string{"llm.calls_by_model.W", "llm.tokens.W", "llm.spend_usd.W"}, unitNames, fromInvocations, func(a asked) headline {
		w := a.span(a.window)
		return headline{
			name: "models", at: w, rows: rowsIn(a, a.window), rowsOf: ofInvocations,
			value: names(a.f.LLM.SpendByModel[a.window]), sql: invocations("count(DISTINCT coalesce(model_actual,'(none)'))", w),
		}
	}},
	"tokens": {[]string{"llm.tokens.W"}, unitToken, fromInvocations, func(a asked) headline {
		w := a.span(a.window)
		h := headline{
			name: "tokens in", at: w, rows: rowsIn(a, a.window), rowsOf: ofInvocations,
			sql: invocations("coalesce(sum(CASE WHEN typeof(tokens_in) IN ('integer','real') THEN min(max(CAST(tokens_in AS INTEGER),0),4294967295) END),0)", w, "NOT ("+isAudit+")"),
		}
		if t := a.f.LLM.Tokens[a.window]; t != nil {
			h.value = num(t.In)
		}
		return h
	}},
	"failures": {[]string{"llm.failures.W", "llm.events.W"}, unitRows, []string{"invocation_log", "log lines"}, func(a asked) headline {
		w := a.span(a.window)
		h := headline{name: "interrupted calls", at: w, rowsOf: ofInvocations, sql: invocations("count(*)", w, isLLM, "typeof(interrupted) IN ('integer','real')", "interrupted=1")}
		if f := a.f.LLM.Failures[a.window]; f != nil {
			h.value = num(f.Interrupted)
		}
		return h
	}},
	"shadow": {[]string{"llm.shadow.W.T"}, unitRows, fromInvocations, func(a asked) headline {
		key := shadowWindow(a.window)
		w := a.span(key)
		h := headline{name: "calls of class shadow", at: w, rowsOf: ofInvocations, sql: invocations("count(*)", w, shadowClass)}
		if byTask := a.f.LLM.Shadow[key]; byTask != nil {
			total := 0.0
			for _, c := range byTask {
				total += float64(c.Shadow.Calls)
			}
			h.value = &total
		}
		return h
	}},
	"heat": {[]string{"llm.heat"}, unitRows, fromInvocations, func(a asked) headline { return calls(a, data.Window30d) }},
	"invocations": {[]string{"llm.recent"}, unitRows, fromInvocations, func(a asked) headline {
		h := headline{name: "rows listed", value: length(a.f.LLM.Recent), at: a.all(), rowsOf: ofInvocations}
		if a.f.Range != nil && a.f.Range.Past && a.window == data.WindowRange {
			h.at, h.why = a.span(a.window), "the list has as many of the newest rows of the range as are at hand: its length says nothing"
			return h
		}
		h.sql = fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM invocation_log WHERE %s ORDER BY rowid DESC LIMIT %d)", exists("timestamp", a.f.At), data.RecentRows)
		return h
	}},
}

func names(m map[string]float64) *float64 {
	if m == nil {
		return nil
	}
	return ptr(float64(len(m)))
}

func spend(a asked) headline {
	w := a.span(a.window)
	return headline{
		name: "spend of all rows", value: num(a.f.LLM.SpendUSD[a.window]), at: w, sql: invocations(dollars("cost_usd"), w),
		rows: rowsIn(a, a.window), rowsOf: ofInvocations,
	}
}

// table is the headline of a number of rows of a table.
func table(name, of string, value *float64, at data.Window, conditions ...string) headline {
	return headline{name: name, value: value, at: at, rowsOf: "rows of " + of, sql: count(of, conditions...)}
}

const isOver = "coalesce(status,'') IN ('done','cancelled')"

var taskPanels = map[string]entry{
	"tasks_created": {[]string{"tasks.created.W"}, unitRows, fromTasks, func(a asked) headline {
		w := a.span(a.window)
		return table("tasks created", "tasks", field(a.f.Tasks.Created[a.window], func(c *data.TasksCreated) *int64 { return &c.Total }), w, within("created_at", w))
	}},
	"tasks_completion": {[]string{"tasks.completed.W", "tasks.mean_hours_to_complete"}, unitRows, fromTasks, func(a asked) headline {
		w := a.span(a.window)
		return table("tasks completed", "tasks", num(a.f.Tasks.Completed[a.window]), w, within("completed_at", w), exists("created_at", w.To))
	}},
	"tasks_states": {[]string{"tasks.states", "tasks.overdue"}, unitRows, fromTasks, func(a asked) headline {
		return table("tasks", "tasks", sum(a.f.Tasks.States), a.all(), exists("created_at", a.f.At))
	}},
	"tasks_days": {[]string{"tasks.per_day"}, unitRows, fromTasks, func(a asked) headline {
		days := a.f.Tasks.PerDay
		if len(days) == 0 {
			return headline{name: "tasks created, all bars"}
		}
		total, w := 0.0, data.Window{From: days[0].Start, To: a.end()}
		for _, d := range days {
			total += float64(d.Created)
		}
		return table("tasks created, all bars", "tasks", &total, w, within("created_at", w))
	}},
	"tasks_schedule": {[]string{"tasks.time_to_slot.W", "tasks.time_to_schedule.W"}, unitRows, []string{"tasks", "log lines"}, func(a asked) headline {
		w := a.span(a.window)
		return table("tasks created that have a slot", "tasks", field(a.f.Tasks.TimeToSlot[a.window], func(h *data.HoursStat) *int64 { return &h.N }), w,
			within("created_at", w), micros("scheduled_start")+" IS NOT NULL")
	}},
	"tasks_dedup": {[]string{"tasks.dedup.W"}, unitRows, fromLines, func(a asked) headline {
		return logged(a, "checks for duplicates", field(a.f.Tasks.Dedup[a.window], func(d *data.Dedup) *int64 { return &d.Checks }), events.DedupHit, events.DedupMiss)
	}},
	"tasks_reschedules": {[]string{"tasks.reschedules"}, unitRows, fromTasks, func(a asked) headline {
		h := table("tasks that are not over", "tasks", nil, a.all(), "NOT ("+isOver+")", exists("created_at", a.f.At))
		if r := a.f.Tasks.Reschedules; r != nil {
			h.value = sum(r.Histogram)
		}
		return h
	}},
	"tasks_rescheduled": {[]string{"tasks.reschedules"}, unitRows, fromTasks, func(a asked) headline {
		h := table("tasks put off three times or more", "tasks", nil, a.all(), "NOT ("+isOver+")", "typeof(reschedule_count) IN ('integer','real')", "reschedule_count>=3", exists("created_at", a.f.At))
		if r := a.f.Tasks.Reschedules; r != nil {
			h.value = length(r.ThreeOrMore)
		}
		return h
	}},
}

// logged is the headline of lines counted in the chosen window.
func logged(a asked, name string, value *float64, metrics ...events.Metric) headline {
	return headline{name: name, value: value, at: a.span(a.window), logql: lines(metrics...), rowsOf: ofLines}
}

// runs counts runs of both kinds.
func runs(condition func(cost string) string) string {
	return "SELECT (" + count("skill_run", condition("total_cost_usd")) + ")+(" + count("automation_run", condition("cost_usd")) + ")"
}

var agentPanels = map[string]entry{
	"agents_active": {[]string{"agents.active"}, unitRows, []string{"skill_run", "automation_run", "tasks"}, func(a asked) headline {
		return headline{
			name: "active runs and tasks", value: length(a.f.Agents.Active), at: a.all(), rowsOf: "rows of skill_run, automation_run and tasks",
			sql: runs(func(string) string { return "status='running' AND " + exists("started_at", a.f.At) }) +
				"+(" + count("tasks", "agent_status='in_progress'", exists("created_at", a.f.At)) + ")",
		}
	}},
	"agents_finished": {[]string{"agents.finished.W.kind"}, unitRows, fromRuns, func(a asked) headline {
		w := a.span(a.window)
		h := headline{name: "runs that succeeded", at: w, rowsOf: "rows of skill_run and automation_run", sql: runs(func(string) string { return "status='succeeded' AND " + within("finished_at", w) })}
		if kinds := a.f.Agents.Finished[a.window]; kinds != nil {
			total := 0.0
			for _, k := range kinds {
				total += float64(k.Succeeded)
			}
			h.value = &total
		}
		return h
	}},
	"agents_failed": {[]string{"agents.failed_today"}, unitRows, fromRuns, func(a asked) headline {
		w := a.span(data.WindowToday)
		return headline{
			name: "runs that failed today", value: length(a.f.Agents.FailedToday), at: w, rowsOf: "rows of skill_run and automation_run",
			sql: runs(func(string) string {
				return fmt.Sprintf("status='failed' AND coalesce(%s,%s) BETWEEN %d AND %d", micros("finished_at"), micros("started_at"), ceilMicros(w.From), floorMicros(w.To))
			}),
		}
	}},
	"agents_cost": {[]string{"agents.cost_by_name"}, UnitUSD, fromRuns, func(a asked) headline {
		w := a.span(data.Window30d)
		of := func(table, column string) string {
			return fmt.Sprintf("(SELECT total(CASE WHEN typeof(%[2]s) IN ('integer','real') THEN %[2]s END) FROM %[1]s WHERE %[3]s)", table, column, within("started_at", w))
		}
		return headline{name: "sum over all names, a run of both kinds twice", value: sum(a.f.Agents.CostByName), at: w, sql: "SELECT " + of("skill_run", "total_cost_usd") + "+" + of("automation_run", "cost_usd")}
	}},
	"agents_spend": {[]string{"agents.llm_spend_by_caller.W", "llm.calls_by_task_type.W"}, UnitUSD, fromInvocations, spend},
	"agents_task_status": {[]string{"agents.task_status"}, unitRows, fromTasks, func(a asked) headline {
		return table("tasks", "tasks", sum(a.f.Agents.TaskStatus), a.all(), exists("created_at", a.f.At))
	}},
	"agents_events": {[]string{"agents.events.W"}, unitRows, fromLines, func(a asked) headline {
		return logged(a, "agents dispatched", field(a.f.Agents.Events[a.window], func(e *data.AgentEvents) *int64 { return e.Dispatched }), events.AgentDispatched)
	}},
}

func typed(name string, of func(n *data.Notifications) map[string]*data.TypedCounts, m events.Metric) func(a asked) headline {
	return func(a asked) headline {
		return logged(a, name, field(of(a.f.Notifications)[a.window], func(c *data.TypedCounts) *int64 { return &c.Total }), m)
	}
}

var notificationPanels = map[string]entry{
	"notifications_sent": {[]string{"notifications.sent.W"}, unitRows, fromLines, func(a asked) headline {
		return logged(a, "messages sent", field(a.f.Notifications.Sent[a.window], func(c *data.SentCounts) *int64 { return &c.Total }), events.NotificationSent)
	}},
	"notifications_failed": {[]string{"notifications.failed.W"}, unitRows, fromLines,
		typed("messages that were not sent", func(n *data.Notifications) map[string]*data.TypedCounts { return n.Failed }, events.NotificationFailed)},
	"notifications_blocked": {[]string{"notifications.blocked.W"}, unitRows, fromLines,
		typed("messages held back", func(n *data.Notifications) map[string]*data.TypedCounts { return n.Blocked }, events.NotificationBlocked)},
	"notifications_nudges": {[]string{"notifications.nudges.W"}, unitRows, []string{"nudge_events"}, func(a asked) headline {
		w := a.span(a.window)
		return table("nudges", "nudge_events", field(a.f.Notifications.Nudges[a.window], func(c *data.SentCounts) *int64 { return &c.Total }), w, within("created_at", w))
	}},
	"notifications_tiers": {[]string{"notifications.escalation"}, unitRows, []string{"escalation_state"}, func(a asked) headline {
		h := table("escalations", "escalation_state", nil, a.all(), exists("created_at", a.f.At))
		if e := a.f.Notifications.Escalation; e != nil {
			h.value = sum(e.ByStatus)
		}
		return h
	}},
	"notifications_times": {[]string{"notifications.response_s.W", "notifications.reply_s.W"}, unitRows, []string{"escalation_state", "nudge_events", "log lines"}, func(a asked) headline {
		w := a.span(a.window)
		return table("escalations acknowledged", "escalation_state", field(a.f.Notifications.ResponseS[a.window], func(s *data.SecondsStat) *int64 { return &s.N }), w,
			"status='acknowledged'", within("updated_at", w), micros("created_at")+" IS NOT NULL")
	}},
}

const isOpen = "coalesce(status,'') IN ('open','resolved','submitted','failed')"

// lifecycle counts audit rows by their event.
func lifecycle(w data.Window, taskType, condition string) string {
	return invocations("count(CASE WHEN json_valid(output) THEN "+condition+" END)", w, "task_type='"+taskType+"'")
}

// perDay is the window of the day series: thirty UTC days up to now.
func (a asked) perDay() data.Window {
	y, m, d := a.f.At.UTC().Date()
	return data.Window{From: time.Date(y, m, d-29, 0, 0, 0, 0, time.UTC), To: a.f.At}
}

var escalationPanels = map[string]entry{
	"escalations_open": {[]string{"escalations.open", "escalations.waiting"}, unitRows, fromEscalations, func(a asked) headline {
		h := table("requests that are open", "escalation_request", nil, a.all(), isOpen, exists("created_at", a.f.At))
		if o := a.f.Escalations.Open; o != nil {
			h.value = num(&o.Total)
		}
		return h
	}},
	"escalations_status": {[]string{"escalations.status"}, unitRows, fromEscalations, func(a asked) headline {
		return table("requests", "escalation_request", sum(a.f.Escalations.Status), a.all(), exists("created_at", a.f.At))
	}},
	"escalations": {[]string{"escalations.list"}, unitRows, fromEscalations, func(a asked) headline {
		w := a.span(data.Window30d)
		return table("requests listed", "escalation_request", length(a.f.Escalations.List), a.all(), exists("created_at", a.f.At), "("+isOpen+" OR coalesce("+within("created_at", w)+",0))")
	}},
	"escalations_resolution": {[]string{"escalations.time_to_resolution_7d"}, unitRows, fromEscalations, func(a asked) headline {
		w := a.span(data.Window7d)
		h := table("requests resolved", "escalation_request", nil, w, within("resolved_at", w), micros("created_at")+" IS NOT NULL")
		if byMode := a.f.Escalations.TimeToResolution7d; byMode != nil {
			total := 0.0
			for _, r := range byMode {
				total += float64(r.N)
			}
			h.value = &total
		}
		return h
	}},
	"escalations_iterations": {[]string{"escalations.iterations"}, unitRows, fromEscalations, func(a asked) headline {
		return table("requests of mode claude_code that ended", "escalation_request", sum(a.f.Escalations.Iterations), a.all(),
			"mode='claude_code'", "status IN ('validated','cancelled')", "typeof(iteration) IN ('integer','real')", exists("created_at", a.f.At))
	}},
	"escalations_validation": {[]string{"escalations.validation_per_day"}, unitRows, fromAudit, func(a asked) headline {
		w := a.perDay()
		h := headline{name: "validations", at: w, rowsOf: "audit " + ofInvocations, sql: lifecycle(w, "escalation_lifecycle",
			"CASE WHEN json_extract(output,'$.event') IN ('escalation_validated','escalation_failed') AND coalesce(json_extract(output,'$.channel'),'')<>'chat' THEN 1 END")}
		if days := a.f.Escalations.ValidationPerDay; days != nil {
			total := 0.0
			for _, d := range days {
				total += float64(d.Validated + d.Failed)
			}
			h.value = &total
		}
		return h
	}},
	"escalations_extensions": {[]string{"escalations.extensions_per_day"}, unitRows, fromAudit, func(a asked) headline {
		h := headline{name: "extensions granted", at: a.perDay(), why: "an extension counts on the day of its first row alone, however many rows tell of it: that takes more than one query"}
		if days := a.f.Escalations.ExtensionsPerDay; days != nil {
			total := 0.0
			for _, d := range days {
				total += float64(d.Count)
			}
			h.value = &total
		}
		return h
	}},
	"tool_gaps":         {[]string{"escalations.tool_gaps_per_day"}, unitRows, fromAudit, toolGaps},
	"tool_gap_severity": {[]string{"escalations.tool_gaps_per_day"}, unitRows, fromAudit, toolGaps},
	"tool_gap_points":   {[]string{"escalations.tool_gaps_per_day"}, unitRows, fromAudit, toolGaps},
}

func toolGaps(a asked) headline {
	w := a.perDay()
	h := headline{name: "tool gaps detected", at: w, rowsOf: "audit " + ofInvocations,
		sql: lifecycle(w, "tool_gap_lifecycle", "CASE WHEN json_extract(output,'$.event')='tool_gap_detected' THEN 1 END")}
	if days := a.f.Escalations.ToolGapsPerDay; days != nil {
		total := 0.0
		for _, d := range days {
			total += float64(d.Total)
		}
		h.value = &total
	}
	return h
}

// faults is the window of groups and facets.
func faults(a asked) data.Window {
	if a.f.Range != nil && a.f.Range.Past && a.window == data.WindowRange {
		return a.span(a.window)
	}
	return a.span(data.Window24h)
}

const troubles = "warning|error|critical"

func groupedLines(a asked) headline {
	h := headline{name: "lines of level warning and above", at: faults(a), logql: level(troubles), rowsOf: ofLines}
	if a.f.Errors.Groups != nil {
		total := 0.0
		for i := range a.f.Errors.Groups {
			total += float64(a.f.Errors.Groups[i].Count)
		}
		h.value = &total
	}
	return h
}

var errorPanels = map[string]entry{
	"error_groups": {[]string{"errors.groups"}, unitRows, fromLines, groupedLines},
	"error_lines":  {[]string{"errors.groups"}, unitRows, fromLines, groupedLines},
	"error_facets": {[]string{"errors.facets"}, unitRows, fromLines, groupedLines},
	"error_timeline": {[]string{"errors.per_5m"}, unitRows, fromLines, func(a asked) headline {
		h := headline{name: "lines of level warning and above, all bars", logql: level(troubles), rowsOf: ofLines}
		if b := a.f.Errors.Per5m; len(b) > 0 {
			total := 0.0
			for i := range b {
				total += float64(b[i].Warning + b[i].Error + b[i].Critical)
			}
			h.value, h.at = &total, data.Window{From: b[0].Start, To: a.end()}
		}
		return h
	}},
	"error_counts": {[]string{"errors.counts.W"}, unitRows, fromLines, func(a asked) headline {
		return headline{
			name: "lines of level error", at: a.span(a.window), logql: level("error"), rowsOf: ofLines,
			value: field(a.f.Errors.Counts[a.window], func(c *data.LevelCounts) *int64 { return &c.Error }),
		}
	}},
}

// elsewhere is a panel whose numbers come neither from the database nor from
// counting lines.
func elsewhere(why string) func(asked) headline {
	return func(asked) headline { return headline{why: why} }
}

var healthPanels = map[string]entry{
	"services":  {[]string{"health.containers"}, unitNone, []string{"the Docker engine"}, elsewhere("it is what the Docker engine says: docker ps -a and docker stats --no-stream show it")},
	"disks":     {[]string{"health.disks"}, unitNone, []string{"the machine's file systems"}, elsewhere("it is what the file systems say: df shows it")},
	"data_dirs": {[]string{"health.data_dirs"}, unitNone, []string{"the machine's file systems"}, elsewhere("it is the sum of the sizes of the files: du --apparent-size comes close, as it counts directories too")},
	"breakers":  {[]string{"health.breakers"}, unitNone, fromLines, elsewhere("a breaker's state follows from the order of its lines and of the starts of its container, not from their number")},
	"vitals":    {[]string{"health.heartbeat", "health.checks"}, unitNone, fromLines, elsewhere("it is the newest health_check line, not a number of lines")},
	"last_ok":   {[]string{"health.last_ok"}, unitNone, []string{"log lines", "the files the operations leave"}, elsewhere("it is the newest line or file of each operation, not a number of them")},
	"error_rate": {[]string{"health.error_rate_5m"}, "lines in five minutes", fromLines, func(a asked) headline {
		h := headline{name: "lines of level error in five minutes", at: data.Window{From: a.f.At.Add(-5 * time.Minute), To: a.f.At}, logql: level("error"), rowsOf: ofLines}
		if r := a.f.Health.ErrorRate5m; r != nil {
			h.value = ptr(r.Error * 5)
		}
		return h
	}},
}

var preferencePanels = map[string]entry{
	"corrections":          {[]string{"preferences.by_field"}, unitRows, []string{"correction_log"}, corrections},
	"corrections_per_week": {[]string{"preferences.corrections_per_week"}, unitRows, []string{"correction_log"}, corrections},
	"rules":                {[]string{"preferences.rules", "preferences.survival_30d"}, unitRows, []string{"learned_preferences"}, rules},
	"rules_per_week":       {[]string{"preferences.rules_per_week"}, unitRows, []string{"learned_preferences"}, rules},
}

func corrections(a asked) headline {
	return table("corrections", "correction_log", sum(a.f.Preferences.ByField), a.all(), exists("timestamp", a.f.At))
}

func rules(a asked) headline {
	h := table("rules", "learned_preferences", nil, a.all(), exists("created_at", a.f.At))
	if r := a.f.Preferences.Rules; r != nil {
		h.value = num(&r.Extracted)
	}
	return h
}

var skillPanels = map[string]entry{
	"skill_states": {[]string{"skills.states"}, unitRows, []string{"skill"}, func(a asked) headline {
		return table("skills", "skill", sum(a.f.Skills.States), a.all(), exists("created_at", a.f.At))
	}},
	"skill_runs": {[]string{"skills.runs.W"}, unitRows, []string{"skill_run"}, func(a asked) headline {
		w := a.span(a.window)
		return table("runs started", "skill_run", sum(a.f.Skills.Runs[a.window]), w, within("started_at", w))
	}},
	"skill_cost": {[]string{"skills.cost_per_hour"}, UnitUSD, []string{"skill_run"}, func(a asked) headline {
		hours := a.f.Skills.CostPerHour
		if len(hours) == 0 {
			return headline{name: "cost of runs, all bars"}
		}
		total, w := 0.0, data.Window{From: hours[0].Start, To: a.end()}
		for _, h := range hours {
			total += *sum(h.BySkill)
		}
		return headline{name: "cost of runs, all bars", value: &total, at: w,
			sql: "SELECT total(CASE WHEN typeof(total_cost_usd) IN ('integer','real') THEN total_cost_usd END) FROM skill_run WHERE " + within("started_at", w)}
	}},
	"skill_evolution": {[]string{"skills.evolution"}, unitRows, []string{"skill_evolution_log"}, func(a asked) headline {
		h := table("evolutions", "skill_evolution_log", nil, a.all(), exists("at", a.f.At))
		if byCapability := a.f.Skills.Evolution; byCapability != nil {
			total := 0.0
			for _, e := range byCapability {
				total += float64(e.Total)
			}
			h.value = &total
		}
		return h
	}},
	"skill_transitions": {[]string{"skills.transitions_per_day"}, unitRows, []string{"skill_state_transition"}, func(a asked) headline {
		w := a.perDay()
		h := table("transitions", "skill_state_transition", nil, w, within("at", w))
		if days := a.f.Skills.TransitionsPerDay; days != nil {
			total := 0.0
			for _, d := range slices.Sorted(maps.Keys(days)) {
				total += *sum(days[d])
			}
			h.value = &total
		}
		return h
	}},
	"skill_nightly": {[]string{"skills.nightly"}, unitNone, fromLines, elsewhere("it is the newest twenty nightly_ lines themselves, not their number")},
}

// byName is the headline of lines counted by name.
func byName(name string, of func(m *data.Memory) map[string]map[string]int64, metric events.Metric) func(asked) headline {
	return func(a asked) headline { return logged(a, name, sum(of(a.f.Memory)[a.window]), metric) }
}

var memoryPanels = map[string]entry{
	"memory_documents": {[]string{"memory.documents"}, unitRows, []string{"memory_documents", "memory_chunks"}, func(a asked) headline {
		return table("documents that are not deleted", "memory_documents", sum(a.f.Memory.Documents), a.all(),
			fmt.Sprintf("%s<=%d", micros("created_at"), floorMicros(a.f.At)),
			fmt.Sprintf("(deleted_at IS NULL OR %s>%d)", micros("deleted_at"), floorMicros(a.f.At)))
	}},
	"memory_retrieval": {[]string{"memory.retrieval.W"}, unitRows, fromLines, func(a asked) headline {
		return headline{name: "searches", value: field(a.f.Memory.Retrieval[a.window], func(r *data.Retrieval) *int64 { return &r.N }), at: a.span(a.window),
			logql: `| json event="event" | event="memory_retrieval"`, rowsOf: ofLines}
	}},
	"memory_ingest": {[]string{"memory.ingest.W"}, unitRows, fromLines,
		byName("lines of what was taken in", func(m *data.Memory) map[string]map[string]int64 { return m.Ingest }, events.MemoryIngested)},
	"memory_failures": {[]string{"memory.failures.W"}, unitRows, fromLines,
		byName("lines of what was not taken in", func(m *data.Memory) map[string]map[string]int64 { return m.Failures }, events.MemoryFailed)},
	"memory_watch": {[]string{"memory.watch.W"}, unitRows, fromLines,
		byName("changes seen in the vault", func(m *data.Memory) map[string]map[string]int64 { return m.Watch }, events.VaultChanged)},
	"memory_writes": {[]string{"memory.writes.W"}, unitRows, fromLines, func(a asked) headline {
		h := logged(a, "files written", nil, events.MemoryWritten)
		if byTemplate := a.f.Memory.Writes[a.window]; byTemplate != nil {
			total := 0.0
			for _, w := range byTemplate {
				total += float64(w.Written)
			}
			h.value = &total
		}
		return h
	}},
	"memory_embed_calls": {[]string{"memory.embed_calls.W"}, unitRows, fromInvocations, func(a asked) headline {
		w := a.span(a.window)
		return headline{name: "calls of class embedding", value: sum(a.f.Memory.EmbedCalls[a.window]), at: w,
			sql: invocations("count(*)", w, "NOT ("+isAudit+")", isEmbedding), rowsOf: ofInvocations}
	}},
}
