package events_test

import (
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/events"
)

// rows is what the data dictionary says is really printed for each specified type, written down a second time and in
// its order: first the specified types (its section 3.2), then what is emitted besides (3.1).
const rows = `
task.created: task_created
task.state_changed: task_state_transitioned
task.dedup_detected: dedup_check_result dedup_duplicate_detected
task.overdue: overdue_nudge_dispatched
task.escalation_triggered: escalation_started
api.call.started: model_router_dispatch
api.call.completed: llm_invocation_logged anthropic_completion ollama_completion
api.call.failed: api_call_failed_all_retries api_call_not_retryable context_overflow_no_fallback
api.call.retried: api_call_retrying
api.circuit_breaker.opened: circuit_breaker_opened
api.circuit_breaker.closed: circuit_breaker_closed
api.degraded_mode.activated: ollama_fallback_activated context_overflow_escalation truncation_suspected fallback_activated morning_digest_sent_degraded degraded_raw_task_stored weekly_digest_sent_fallback
agent.dispatched: prep_agent_executing
agent.completed: prep_agent_complete task_decomposed
agent.failed: prep_agent_execution_failed skill_step_failed_terminal skill_run_failed_abort skill_executor_unexpected_failure automation_run_exception
agent.progress: chat.tool_loop_turn skill_step_completed
agent.timeout: chat.tool_loop_timeout validation_run_timeout
agent.interrogation.sent: challenger_agent_needs_input
agent.interrogation.response_received: challenger_reply_applied
scheduler.weekly_plan: weekly_plan_proposed weekly_plan_task_scheduled
scheduler.daily_recalc: priority_recalculation_summary priority_updated
scheduler.slot_assigned: task_scheduled auto_scheduler_scheduled auto_scheduler_fallback_mode slash_reschedule overdue_task_rescheduled overdue_task_rescheduled_fallback negotiation_victim_moved
scheduler.conflict_detected: calendar_conflict_detected
scheduler.calendar_sync.completed: calendar_sync_complete
scheduler.calendar_sync.user_modification: calendar_event_time_changed calendar_event_deleted_task_unscheduled
notification.sent: notification_sent dm_sent dm_sent_from_queue sms_sent email_draft_created overdue_thread_created twilio_voice_call_placed
notification.failed: notification_send_failed dm_send_failed dm_send_from_queue_failed sms_send_failed email_draft_failed notification_flush_failed fallback_alert_send_failed
notification.failed: send_message_channel_unavailable send_embed_channel_unavailable send_message_with_view_channel_unavailable send_to_thread_unavailable sms_rate_limit_reached sms_dispatch_skipped_no_client email_dispatch_skipped_no_client
notification.escalated: escalation_advanced escalation_max_tier_reached
notification.acknowledged: escalation_acknowledged escalation_backed_off overdue_reply_received overdue_reply_handled overdue_done_via_button overdue_snoozed overdue_cancelled_via_button task_done_via_button
notification.blackout_blocked: notification_queued_blackout notification_queued_quiet_hours dm_queued_blackout dm_queued_quiet_hours sms_blocked_blackout sms_blocked_quiet_hours email_blocked_blackout email_blocked_quiet_hours
preference.correction_logged: correction_logged
preference.rule_extracted: preference_rule_saved rule_extractor_ran
preference.rule_applied: preference_rule_applied
preference.rule_disabled:
system.startup: donna_starting donna_server_started donna_api_started
system.shutdown: donna_server_stopping donna_server_stopped donna_api_stopped
system.migration.applied: migrations_applied
cost.daily_threshold: budget_daily_threshold_hit budget_monthly_threshold_hit
cost.monthly_warning: budget_monthly_warning
cost.agent_paused: automation_skipped_budget skill_auto_draft_budget_paused skill_auto_draft_budget_exhausted evolution_scheduler_budget_exhausted
cost.budget_increase: budget_extension_granted
sync.supabase.push: supabase_push_ok
sync.supabase.failed: supabase_push_failed
sync.keepalive.sent: supabase_keepalive
admin.config.saved:
admin.prompt.saved:
ui.request:
llm_gateway.rejected:
llm_gateway.drain_started:

system.health_check: health_check self_diagnostic_all_clear self_diagnostic_issues_found
system.admin_health_check: admin_health_check
system.startup: llm_queue_worker_started
system.backup.started: backup_starting pre_migration_backup_starting
system.backup.completed: backup_completed
system.backup.failed: backup_failed backup_scheduled_run_failed
system.ollama_recovered: ollama_recovered
sync.supabase.keepalive_failed: supabase_keepalive_failed
cost.escalation_shadow: escalation_shadow_would_fire
llm_gateway.enqueued: llm_gateway.enqueued
llm_gateway.dequeued: llm_gateway.dequeued
llm_gateway.completed: llm_gateway.completed
llm_gateway.interrupted: llm_gateway.interrupted
llm_gateway.completion.failed: llm_gateway.failed
llm_gateway.completion_requested: llm_completion_request
llm_gateway.config_reloaded: llm_queue_config_reloaded
llm_gateway.alert: gateway_alert
admin.request: admin.request
api.request: api.request
`

func TestTypeOfEveryRow(t *testing.T) {
	types, known := make(map[string]bool), 0
	for _, row := range strings.Split(strings.TrimSpace(rows), "\n") {
		if row == "" {
			continue
		}
		typ, names, _ := strings.Cut(row, ":")
		types[typ] = true
		if got := events.Type("anything", typ); got != typ {
			t.Errorf("the specified type %q on a line reads as %q", typ, got)
		}
		for _, event := range strings.Fields(names) {
			known++
			if got := events.Type(event, ""); got != typ {
				t.Errorf("Type(%q) = %q, want %q", event, got, typ)
			}
		}
	}
	if n := events.TableSize(); n != known {
		t.Errorf("the table has %d events, the rows have %d", n, known)
	}
	for _, typ := range events.SpecifiedTypes() {
		if !types[typ] {
			t.Errorf("%q is not a type of any row", typ)
		}
	}
}

func TestType(t *testing.T) {
	for name, c := range map[string]struct{ event, eventType, want string }{
		"specified type wins":             {"model_router_dispatch", "api.call.failed", "api.call.failed"},
		"type without a known event":      {"something_new", "task.created", "task.created"},
		"a type of the watcher":           {"x", "health.container_down", "health.container_down"},
		"as printed by the code":          {"ollama_fallback_activated", "system.ollama_fallback", "api.degraded_mode.activated"},
		"keepalive as printed":            {"supabase_keepalive", "sync.supabase.keepalive", "sync.keepalive.sent"},
		"gateway failure as printed":      {"llm_gateway.failed", "llm_gateway.completion.failed", "llm_gateway.completion.failed"},
		"trap: fallback on a lost row":    {"invocation_log_write_failed", "fallback_activated", ""},
		"trap: fallback on a lost DM":     {"dm_send_failed", "fallback_activated", "notification.failed"},
		"a real fallback":                 {"fallback_activated", "fallback_activated", "api.degraded_mode.activated"},
		"trap: bus event":                 {"event_subscriber_failed", "task_created", ""},
		"trap: bus event not emitted":     {"event_bus_emit_failed", "task_state_changed", ""},
		"unknown type, known event":       {"task_created", "my.own.type", "task.created"},
		"unknown type":                    {"x", "my.own.type", ""},
		"nothing":                         {"", "", ""},
		"only precedes":                   {"state_transition_validated", "", ""},
		"one more line for a new task":    {"task_created_via_discord", "", ""},
		"a breaker's third state":         {"circuit_breaker_half_open", "", ""},
		"a retry of a grant":              {"budget_extension_already_granted", "", ""},
		"no slot was found":               {"auto_scheduler_no_slot", "", ""},
		"queued messages sent in the end": {"notification_queue_flushed", "", ""},
		"a status decides":                {"intent_dispatch", "", ""},
		"case counts":                     {"Task_Created", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := events.Type(c.event, c.eventType); got != c.want {
				t.Errorf("Type(%q, %q) = %q, want %q", c.event, c.eventType, got, c.want)
			}
		})
	}
}
