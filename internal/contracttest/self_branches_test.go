package contracttest

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestBranchReference holds the reference of the branches beyond llm to figures
// worked out by hand, on 2026-06-15, the Monday of week 25, at noon.
func TestBranchReference(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00Z")
	g := newTableTraps(1, now, false)
	g.rows, g.tables = nil, map[string][]values{}
	task := func(id, status, created, deadline, start, completed any, reschedules int) {
		g.row("tasks", "id", id, "title", "t "+id.(string), "status", status, "created_at", created, "deadline", deadline, "scheduled_start", start, "completed_at", completed,
			"reschedule_count", reschedules, "created_via", "app", "domain", "work", "agent_status", nil)
	}
	task("a", "done", "2026-06-15T08:00:00", "2026-06-15T09:00:00", "2026-06-15T10:00:00Z", "2026-06-15T11:00:00+00:00", 5) // 3 h, slot after 2 h
	task("b", "scheduled", "2026-06-15T11:00:00", "2026-06-15T07:59:59-04:00", "2026-06-15T18:00:00+02:00", nil, 3)         // overdue by a second; slot after 5 h
	task("c", "backlog", "2026-06-14T12:00:00", "2026-06-15T12:00:00", nil, nil, 0)                                         // due now is not overdue
	task("d", "done", "2026-06-15T12:00:00.000001", "2026-01-01", nil, "2026-06-15T12:00:01", 9)                            // after now
	g.tables["tasks"][2]["agent_status"] = "in_progress"
	g.tables["tasks"][2]["assigned_agent"] = "pm"
	g.row("skill", "id", "s", "capability_name", "watch", "state", "trusted", "created_at", "2026-01-01T00:00:00+00:00")
	run := func(id, status, started string, finished, cost any) {
		g.row("skill_run", "id", id, "skill_id", "s", "status", status, "started_at", started, "finished_at", finished, "total_cost_usd", cost, "error", "boom", "task_id", "a")
	}
	run("1", "succeeded", "2026-06-15T11:30:00", "2026-06-15T11:30:10", 0.5)
	run("2", "failed", "2026-06-14T23:59:50", "2026-06-15T00:00:10", 0.25)
	run("3", "escalated", "2026-06-15T11:00:00", "2026-06-15T11:00:30", 1)
	run("4", "running", "2026-06-15T11:59:00", nil, nil)
	for _, r := range [][2]string{{"success", "2026-01-01"}, {"error", "2026-06-15T11:00:00"}, {"success", "2026-06-16"}} {
		g.row("skill_evolution_log", "id", r[1], "skill_id", "s", "outcome", r[0], "at", r[1])
	}
	g.row("skill_state_transition", "id", "t", "skill_id", "s", "to_state", "trusted", "at", "2026-06-14T23:00:00-02:00")
	for _, n := range [][2]string{{"a", "2026-06-15T09:00:00"}, {"a", "2026-06-15T10:00:00"}, {"b", "2026-06-15T11:30:00"}} {
		g.row("nudge_events", "id", n[1], "task_id", n[0], "nudge_type", "overdue", "channel", "discord", "created_at", n[1])
	}
	g.row("escalation_state", "id", "x", "task_id", "a", "current_tier", 2, "status", "acknowledged", "created_at", "2026-06-15T10:00:00", "updated_at", "2026-06-15T10:01:30+00:00")
	request := func(id int, status string, mode, resolution any, created string, resolved any, iteration int) {
		g.row("escalation_request", "id", id, "status", status, "mode", mode, "resolution", resolution, "created_at", created, "resolved_at", resolved, "iteration", iteration, "task_type", "x", "correlation_id", "c", "estimate_usd", 7)
	}
	request(1, "resolved", "chat", "pause", "2026-06-15T10:00:00", "2026-06-15T10:01:00", 1)     // open as specified, waiting for nobody; exactly a minute
	request(2, "submitted", nil, "claude_code", "2026-04-01T10:00:00", "2026-06-08T11:59:59", 1) // resolved before 7d, listed as it is open
	request(3, "cancelled", "claude_code", nil, "2026-05-16T12:00:00", "2026-06-14T12:00:00", 4) // created on the edge of 30d
	request(4, "validated", "claude_code", nil, "2026-05-16T11:59:59.999999", nil, 2)            // not listed
	request(5, "open", nil, nil, "2026-06-15T12:00:01", nil, 1)                                  // after now
	for _, e := range []struct{ at, kind, output string }{
		{"2026-06-15T08:00:00", "escalation_lifecycle", `{"event": "escalation_validated", "skill_id": "s", "pass_rate": 0.5}`},
		{"2026-06-15T08:00:01", "escalation_lifecycle", `{"event": "escalation_validated", "channel": "chat"}`},
		{"2026-06-15T08:00:02", "escalation_lifecycle", `{"event": "escalation_failed"}`},
		{"2026-06-13T08:00:00", "escalation_lifecycle", `{"event": "extension_granted", "extension_id": 1, "amount_usd": 2.5}`},
		{"2026-06-14T08:00:00", "escalation_lifecycle", `{"event": "extension_granted", "extension_id": 1, "amount_usd": 2.5}`},
		{"2026-06-14T09:00:00", "tool_gap_lifecycle", `{"event": "tool_gap_detected", "severity": "high", "detection_point": "skill_draft", "is_new": false}`},
		{"2026-06-14T10:00:00", "tool_gap_lifecycle", `{"event": "tool_gap_detected", "severity": null, "detection_point": "skill_draft", "is_new": true}`},
	} {
		g.add(now, "timestamp", e.at, "task_type", e.kind, "output", e.output)
	}
	g.add(now, "task_type", "embed_task", "timestamp", "2026-06-15T11:30:00")
	for _, c := range []string{"2026-06-15T00:00:00", "2026-06-14T23:59:59", "2026-06-15T12:00:01"} {
		g.row("correction_log", "id", c, "timestamp", c, "field_corrected", "title")
	}
	for _, r := range [][2]any{{"2026-05-01T00:00:00", "2026-05-31T00:00:00"}, {"2026-05-01T00:00:00", "2026-05-31T00:00:01"}, {"2026-05-16T12:00:00", nil}, {"2026-05-16T12:00:01", "2026-05-17"}} {
		g.row("learned_preferences", "id", r[0], "created_at", r[0], "disabled_at", r[1], "enabled", b2i(r[1] == nil))
	}
	g.row("memory_documents", "id", "d", "source_type", "vault", "created_at", "2026-06-15 10:00:00", "deleted_at", nil)
	g.row("memory_documents", "id", "e", "source_type", "chat", "created_at", "2026-06-15 10:00:00", "deleted_at", "2026-06-15T12:00:00")
	g.row("memory_chunks", "chunk_id", "1", "document_id", "d", "created_at", "2026-06-15 10:00:00")
	_, db := g.writeTables(t, false)
	log := strings.Join([]string{
		`{"event": "task_state_transitioned", "to_state": "scheduled", "task_id": "b", "timestamp": "2026-06-15T10:59:59Z"}`, // before it was created
		`{"event": "task_scheduled", "task_id": "b", "timestamp": "2026-06-15T11:45:00Z"}`,
		`{"event": "task_state_transitioned", "to_state": "scheduled", "task_id": "b", "timestamp": "2026-06-15T11:15:00Z"}`, // 0.25 h
		`{"event": "overdue_reply_received", "task_id": "a", "timestamp": "2026-06-15T10:00:00Z"}`,                           // at the second nudge: its own
		`{"event": "task_done_via_button", "task_id": "a", "timestamp": "2026-06-15T10:00:05Z"}`,
		`{"event_type": "notification.acknowledged", "task_id": "b", "timestamp": "2026-06-15T11:30:10Z"}`,
		`{"event": "dedup_check_result", "verdict": "related", "timestamp": "2026-06-15T11:30:00Z"}`,
		`{"event": "dedup_check_result", "verdict": "different", "timestamp": "2026-06-15T11:30:00Z"}`,
		`{"event": "dm_sent", "notification_type": "reminder", "type": "x", "level": "Error", "timestamp": "2026-06-15T11:58:00Z"}`,
		`{"event": "sms_rate_limit_reached", "type": "x", "level": "WARNING", "timestamp": "2026-06-15T11:54:59Z"}`,
		`{"event": "sms_blocked_blackout", "level": "warn", "timestamp": "2026-06-15T11:54:59Z"}`,
		`{"event": "chat.tool_loop_turn", "timestamp": "2026-06-15T11:54:59Z"}`,
		`{"event": "health_check", "event_type": "system.health_check", "status": "degraded", "checks": {"sqlite": true, "discord": false}, "timestamp": "2026-06-15T11:58:30Z"}`,
		`{"event": "circuit_breaker_opened", "failure_count": 5, "timestamp": "2026-06-15T11:00:00Z"}`,
		`{"event": "circuit_breaker_opened", "failure_count": 6, "timestamp": "2026-06-15T11:01:00Z"}`,
		`{"event": "nightly_tasks_completed", "error_count": 1, "timestamp": "2026-06-15T07:00:00Z"}`,
		`{"event": "memory_retrieval", "latency_ms": 40, "hits": 3, "timestamp": "2026-06-15T11:30:00Z"}`,
		`{"event": "vault_autowrite_failed", "template": "m", "timestamp": "2026-06-15T11:30:00Z"}`,
		`{"event": "donna_tick", "level": "critical", "timestamp": "2026-06-15T12:00:00.000001Z"}`,
	}, "\n")
	a := &auditor{now: now, db: readStore(t, db), haveLogs: true, service: "donna", timeouts: map[string]float64{"pm": 300}, llm: object{"spend_by_task_type": nil}}
	a.lines, _ = readEntries(log)
	got := a.branches()
	var want map[string]any
	d := json.NewDecoder(strings.NewReader(`{
		"tasks.created.1h": {"total": 1, "by_channel": {"app": 1}, "by_domain": {"work": 1}},
		"tasks.created.24h.total": 3, "tasks.completed.1h": 1, "tasks.states": {"done": 1, "scheduled": 1, "backlog": 1}, "tasks.overdue": 1,
		"tasks.per_day.29": {"start": "2026-06-15T00:00:00Z", "created": 2, "completed": 1}, "tasks.mean_hours_to_complete": 3,
		"tasks.time_to_slot.24h": {"n": 2, "mean_hours": 3.5, "median_hours": 2}, "tasks.time_to_schedule.24h": {"n": 1, "mean_hours": 0.25, "median_hours": 0.25},
		"tasks.reschedules": {"histogram": {"0": 1, "3": 1}, "three_or_more": [{"id": "b", "title": "t b", "count": 3}]},
		"tasks.dedup.1h": {"checks": 2, "hits": 1, "rate": 0.5},
		"agents.active": [{"id": "4", "name": "watch", "kind": "skill", "task_id": "a", "started_at": "2026-06-15T11:59:00Z", "elapsed_s": 60, "timeout_s": null},
			{"id": "c", "name": "pm", "kind": "task", "task_id": "c", "started_at": null, "elapsed_s": null, "timeout_s": 300}],
		"agents.finished.24h.skill": {"succeeded": 1, "failed": 1, "cost_usd": 1.75, "mean_s": 20},
		"agents.failed_today": [{"id": "2", "name": "watch", "kind": "skill", "error": "boom"}], "agents.cost_by_name": {"watch": 1.75}, "agents.task_status": {"(none)": 2, "in_progress": 1},
		"agents.events.1h": {"dispatched": null, "progress": 1, "completed": null, "failed": 0, "timeout": 0},
		"notifications.sent.1h": {"total": 1, "by_channel": {"(none)": 1}, "by_type": {"reminder": 1}}, "notifications.failed.1h": {"total": 1, "by_type": {"x": 1}},
		"notifications.blocked.1h": {"total": 1, "by_type": {"(none)": 1}}, "notifications.nudges.1h": {"total": 1, "by_channel": {"discord": 1}, "by_type": {"overdue": 1}},
		"notifications.escalation": {"by_status": {"acknowledged": 1}, "by_tier": {"2": 1}}, "notifications.response_s.24h": {"n": 1, "p50": 90, "p95": 90},
		"notifications.reply_s.24h": {"n": 2, "p50": 0, "p95": 10},
		"escalations.open": {"total": 2, "by_mode": {"chat": 1, "claude_code": 1}, "by_resolution": {"pause": 1, "claude_code": 1}},
		"escalations.waiting": {"total": 1, "by_mode": {"claude_code": 1}}, "escalations.status": {"resolved": 1, "submitted": 1, "cancelled": 1, "validated": 1},
		"escalations.time_to_resolution_7d": {"chat": {"n": 1, "p50_s": 60, "p95_s": 60, "histogram": {"1-5m": 1}}, "claude_code": {"n": 1, "p50_s": 2505600, "p95_s": 2505600, "histogram": {">=24h": 1}}},
		"escalations.iterations": {"2": 1, "3": 1}, "escalations.validation_per_day": {"2026-06-15": {"validated": 1, "failed": 1, "pass_rate": 0.5}},
		"escalations.extensions_per_day": {"2026-06-13": {"count": 1, "amount_usd": 2.5}},
		"escalations.tool_gaps_per_day": {"2026-06-14": {"total": 2, "new": 1, "by_severity": {"high": 1, "(none)": 1}, "by_detection_point": {"skill_draft": 2}}},
		"escalations.list.0.id": 1, "escalations.list.1.id": 3, "escalations.list.2.id": 2,
		"preferences.corrections": {"1h": 0, "24h": 2, "today": 1, "7d": 2, "month": 2, "30d": 2}, "preferences.by_field": {"title": 2}, "preferences.rules": {"extracted": 4, "enabled": 1, "disabled": 3},
		"preferences.survival_30d": {"rules": 3, "active": 2, "pct": 66.666666666666667}, "preferences.rules_per_week": {"2026-W18": {"extracted": 2, "disabled": 0}, "2026-W20": {"extracted": 2, "disabled": 1}, "2026-W22": {"extracted": 0, "disabled": 2}},
		"preferences.corrections_per_week": {"2026-W25": 1, "2026-W24": 1, "2026-W23": 0, "2026-W22": 0, "2026-W21": 0, "2026-W20": 0, "2026-W19": 0, "2026-W18": 0, "2026-W17": 0, "2026-W16": 0, "2026-W15": 0, "2026-W14": 0},
		"skills.states": {"trusted": 1}, "skills.transitions_per_day": {"2026-06-15": {"trusted": 1}}, "skills.evolution": {"watch": {"success": 1, "total": 2, "rate": 0.5}},
		"skills.nightly": [{"event": "nightly_tasks_completed", "at": "2026-06-15T07:00:00Z", "fields": {"error_count": 1}}], "skills.runs.1h": {"succeeded": 1, "escalated": 1, "running": 1},
		"skills.cost_per_hour.22": {"start": "2026-06-15T11:00:00Z", "by_skill": {"watch": 1.5}},
		"memory.documents": {"vault": 1}, "memory.chunks": 1, "memory.retrieval.1h": {"n": 1, "p50_ms": 40, "p95_ms": 40, "mean_hits": 3}, "memory.writes.1h": {"m": {"written": 0, "skipped": 0, "failed": 1}}, "memory.embed_calls.1h": {"embed_task": 1},
		"errors.counts.1h": {"warning": 1, "error": 1, "critical": 0}, "errors.per_5m.286": {"start": "2026-06-15T11:55:00Z", "warning": 0, "error": 1, "critical": 0},
		"health.breakers": [{"name": "donna", "state": "open", "since": "2026-06-15T11:00:00Z", "failures": 6}],
		"health.heartbeat": {"source": "logs", "at": "2026-06-15T11:58:30Z", "age_s": 90, "ok": true}, "health.checks": {"sqlite": true, "discord": false, "scheduler": null, "api_freshness": null},
		"health.error_rate_5m": {"error": 0.2, "critical": 0}
	}`))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	for path, printed := range want {
		for _, diff := range differences(path, lookUp(t, got, path), printed) {
			t.Errorf("the reference, held to hand-made figures: %s", diff)
		}
	}
}
