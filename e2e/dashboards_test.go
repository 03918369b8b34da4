package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// dashboard is one of Donna's, with the panels in their order.
type dashboard struct {
	name   string
	panels []grafanaPanel
}

// grafanaPanel is what a panel of Donna's selects, and where donnatop has it.
type grafanaPanel struct {
	name string
	// filter follows the selector of the orchestrator's lines; a panel that asks no
	// Loki has none.
	filter string
	value  string // an expression over the lines, %s, for what is not their number
	place  string // view and panel in donnatop
	figure string // the path of donnatop's figure; "" if it is a list or not one number
	same   bool   // both count the same thing: they must agree
	note   string
}

// selects is the filter as the page shows it.
func (p *grafanaPanel) selects() string {
	if p.filter == "" {
		return "SQL on `donna_logs.db`, a file nobody writes"
	}
	return "`" + strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(p.filter), "| json |")), "|", `\|`) + "`"
}

// ask is what Loki makes of the panel over 24 hours.
func (s *server) ask(t *testing.T, p *grafanaPanel) string {
	t.Helper()
	if p.filter == "" {
		return "error"
	}
	lines := `{container_name="donna-orchestrator"} ` + p.filter
	query := fmt.Sprintf("sum(count_over_time(%s [24h]))", lines)
	if p.value != "" {
		query = fmt.Sprintf(p.value, lines)
	}
	if n := measure(s.instant(t, query, parityNow)); n != "0" {
		return n
	}
	return "no data"
}

const p95 = "quantile_over_time(0.95, %s | unwrap latency_ms [24h]) by ()"

// dashboards are all six, all their panels.
var dashboards = []dashboard{
	{"System Health", []grafanaPanel{
		{name: "Service Status", filter: `|= "donna_server_started"`, place: "System Health: Services", figure: "", note: "Grafana counts boot lines of 5 min: none in steady state. Here: the engine's own word for each container, as healthwatch judges it"},
		{name: "Circuit Breaker State", filter: `|= "circuit_breaker"`, place: "System Health: Circuit breakers", figure: "health/breakers/name", note: "lines there; one row per breaker with state, since and failures here"},
		{name: "Last Successful Operations", filter: `| json | event_type=~"system\\.backup\\.completed|scheduler\\.daily_recalc|sync\\.supabase\\.push"`, place: "System Health: Last successful operations", figure: "health/last_ok/at", note: "lines there; here the operations that were seen to succeed, with age, also from the files they leave"},
		{name: "Error Rate (5m)", filter: `| json | level=~"error|critical"`, place: "System Health: Error rate; Errors: Warnings & errors", figure: "errors/counts/24h/error + errors/counts/24h/critical", same: true, note: "rates per 5 min in both; compared by their lines of 24 h"},
		{name: "Health Check Events", filter: `| json | event_type="system.health_check"`, place: "System Health: Heartbeat & checks", figure: "", note: "the newest line's age and checks here; all lines in Logs"},
	}},
	{"Task Pipeline", []grafanaPanel{
		{name: "Tasks Created Today", filter: `| json | event_type="task.created"`, place: "Task Pipeline: Tasks created", figure: "tasks/created/24h/total", note: "from the rows: Donna prints no line of this type"},
		{name: "Tasks Completed Today", filter: `| json | event_type="task.state_changed" | to="done"`, place: "Task Pipeline: Tasks completed", figure: "tasks/completed/24h", note: "likewise"},
		{name: "Dedup Hit Rate", filter: `| json | event_type="task.dedup_detected"`, place: "Task Pipeline: Duplicates found", figure: "tasks/dedup/24h/hits", note: "a count there; checks, hits and their rate here"},
		{name: "Reschedule Events", filter: `| json | event_type="scheduler.slot_assigned"`, place: "Task Pipeline: Reschedules", figure: "tasks/reschedules/three_or_more/count", note: "here a histogram over the tasks; the number is how often those were put off that were three times or more"},
		{name: "Task Creation Rate by Channel", filter: `| json | event_type="task.created"`, place: "Task Pipeline: Tasks created, Tasks per day", figure: "tasks/created/24h/by_channel", note: "by channel, from the rows"},
		{name: "Task State Changes", filter: `| json | event_type="task.state_changed"`, place: "Task Pipeline: Task states; Logs", figure: "tasks/states", note: "here how many tasks are in each state; the changes are lines in Logs (`event=task_state_transitioned`)"},
	}},
	{"LLM & Cost", []grafanaPanel{
		{name: "API Calls Today", filter: `| json | event_type="api.call.completed"`, place: "LLM & Cost: Calls", figure: "llm/calls/24h", note: "from the rows, failed attempts that were billed included"},
		{name: "Failed API Calls", filter: `| json | event_type="api.call.failed"`, place: "LLM & Cost: Failures & events", figure: "llm/events/24h/failed", note: "the lines that Donna really prints"},
		{name: "API Call Rate by Task Type", filter: `| json | event_type="api.call.completed"`, place: "LLM & Cost: Calls per hour, By task type", figure: "llm/calls_by_task_type/24h", note: ""},
		{name: "API Retries", filter: `| json | event_type="api.call.retried"`, place: "LLM & Cost: Failures & events", figure: "llm/events/24h/retried", note: ""},
		{name: "LLM Invocation Log", filter: `| json | event_type=~"api\\.call\\.(completed|failed)"`, place: "LLM & Cost: Invocations", figure: "llm/recent/id", note: "here the newest 200 rows; `c` traces one"},
	}},
	{"Error Exploration", []grafanaPanel{
		{name: "Error Frequency Timeline", filter: `| json | level=~"error|critical|warning"`, place: "Errors: Warnings & errors", figure: "errors/per_5m/warning + errors/per_5m/error + errors/per_5m/critical", note: "steps of 5 min; ours begin at a multiple of 5 min and so reach a little less than 24 h back"},
		{name: "Error Log Table", filter: `| json | level=~"warning|error|critical"`, place: "Errors: Error groups", figure: "errors/groups/count", same: true, note: "each line there; here gathered by fault, `enter` for the lines"},
		{name: "Variables level, service, event_type", filter: `| json | level=~"warning|error|critical" | service=~".*" | event_type=~".*"`, place: "Errors: Where from; Filters", figure: "errors/facets/level", same: true, note: "counted by value here, and any field can be filtered by"},
	}},
	{"Memory Vault", []grafanaPanel{
		{name: "Retrieval Latency", filter: `| json | event="memory_retrieval"`, value: p95, place: "Memory: Retrieval", figure: "memory/retrieval/24h/p95_ms", note: "p95 in ms; Grafana interpolates, donnatop takes the nearest rank"},
		{name: "Chunks Ingested (batches)", filter: `| json | event="memory_ingest_batch"`, place: "Memory: Taken in", figure: "memory/ingest/24h/memory_ingest_batch", same: true},
		{name: "Re-embeds", filter: `| json | event="llm_invocation_logged" | task_type="embed_vault_chunk"`, place: "Memory: Embedding calls", figure: "memory/embed_calls/24h/embed_vault_chunk", same: true, note: "lines there, rows here"},
		{name: "Vault Watch Events", filter: `| json | event="vault_watch_event"`, place: "Memory: Vault changes", figure: "memory/watch/24h", same: true, note: "by kind of change in both"},
		{name: "Retrieval Hits per Query", filter: `| json | event="memory_retrieval"`, value: "avg_over_time(%s | unwrap hits [24h]) by ()", place: "Memory: Retrieval", figure: "memory/retrieval/24h/mean_hits", same: true, note: "mean"},
		{name: "Episodic ingest events", filter: `| json | event=~"memory_ingest_(chat_turn|task|correction)"`, place: "Memory: Taken in", figure: "memory/ingest/24h/memory_ingest_chat_turn + memory/ingest/24h/memory_ingest_task + memory/ingest/24h/memory_ingest_correction", same: true, note: "by event in both"},
		{name: "Embed calls by task_type", filter: `| json | event="llm_invocation_logged" | task_type=~"embed_.*"`, place: "Memory: Embedding calls", figure: "memory/embed_calls/24h", same: true, note: "lines there, rows here"},
		{name: "Per-source ingest latency", filter: `| json | event=~"memory_ingest_(chat_turn|task|correction)"`, value: p95, place: "Logs", figure: "", note: "p95 in ms. donnatop doesn't compute it: the lines are in Logs (`event:memory_ingest latency_ms>0`)"},
		{name: "Memory ingest failures", filter: `| json | event="memory_ingest_failed"`, place: "Memory: Failed to take in", figure: "memory/failures/24h", same: true, note: "by source type in both"},
		{name: "Template autowrite failures", filter: `| json | event="vault_autowrite_failed"`, place: "Memory: Vault writes", figure: "memory/writes/24h/failed", same: true, note: "by template in both"},
		{name: "Template writes", filter: `| json | event=~"vault_autowrite_(written|skipped_idempotent)"`, place: "Memory: Vault writes", figure: "memory/writes/24h/written + memory/writes/24h/skipped", same: true, note: "by template in both"},
		{name: "Template skip rate", filter: `| json | event="vault_autowrite_skipped_idempotent"`, place: "Memory: Vault writes", figure: "memory/writes/24h/skipped", same: true, note: "skipped beside written"},
		{name: "Autowrite LLM cost by task_type", filter: `| json | event="llm_invocation_logged" | task_type=~"draft_.*|extract_commitments"`, value: "sum(sum_over_time(%s | unwrap cost_usd [24h]))", place: "LLM & Cost: By task type", figure: "llm/spend_by_task_type/24h/draft_meeting_note + llm/spend_by_task_type/24h/draft_daily_reflection + llm/spend_by_task_type/24h/draft_weekly_review + llm/spend_by_task_type/24h/draft_person_profile + llm/spend_by_task_type/24h/extract_commitments", same: true, note: "USD, from the lines there, from the rows here"},
		{name: "Person stubs", filter: `| json | event="person_stub_created"`, place: "Logs", figure: "", note: "no figure of its own here: `event=person_stub_created`"},
		{name: "Vault renames matched vs flushed", filter: `| json | event=~"vault_rename_matched|vault_rename_flushed_as_delete"`, place: "Logs", figure: "", note: "likewise: `event:vault_rename`"},
	}},
	{"Skill System", []grafanaPanel{
		{name: "Skill State Distribution Over Time", filter: `| json | event="skill_state_transition"`, place: "Skills: Skills by state, Transitions per day", figure: "skills/states", note: "transitions there in spite of the name; here the skills in each state, and transitions per day beside them"},
		{name: "Evolution Success Rate per Skill", filter: `| json | event="skill_evolution_outcome"`, place: "Skills: Evolution", figure: "skills/evolution/total", note: "outcomes; here all up to now, by capability, from the rows"},
		{name: "Nightly Cron Outcomes", filter: `| json | event=~"nightly_(detector|evolution|drafter|degradation|correction_cluster)_done|nightly_tasks_completed"`, place: "Skills: Nightly jobs", figure: "skills/nightly/event", note: "lines; here the last 20 with their counts, failures included"},
		{name: "Cost Breakdown by Skill", place: "Skills: Cost per hour", figure: "skills/cost_per_hour/by_skill", note: "USD of 24 clock hours, from the runs' own cost"},
	}},
}
