package events_test

import (
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/events"
)

// documented is a transcription of what Donna prints for the types of her
// specification, typed from the specification, not copied from the table.
const documented = `
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
agent.completed: prep_agent_complete
agent.failed: prep_agent_execution_failed skill_run_failed_abort skill_executor_unexpected_failure automation_run_exception
agent.progress: chat.tool_loop_turn skill_step_completed
agent.timeout: chat.tool_loop_timeout validation_run_timeout
agent.interrogation.sent: challenger_agent_needs_input
agent.interrogation.response_received: challenger_reply_applied
scheduler.weekly_plan: weekly_plan_proposed weekly_plan_task_scheduled
scheduler.daily_recalc: priority_recalculation_summary priority_updated
scheduler.slot_assigned: task_scheduled
scheduler.conflict_detected: calendar_conflict_detected
scheduler.calendar_sync.completed: calendar_sync_complete
notification.sent: notification_sent dm_sent dm_sent_from_queue sms_sent email_draft_created overdue_thread_created twilio_voice_call_placed
notification.failed: notification_send_failed dm_send_failed dm_send_from_queue_failed sms_send_failed email_draft_failed notification_flush_failed fallback_alert_send_failed send_message_channel_unavailable send_embed_channel_unavailable send_message_with_view_channel_unavailable send_to_thread_unavailable sms_rate_limit_reached sms_dispatch_skipped_no_client email_dispatch_skipped_no_client
notification.acknowledged: overdue_reply_received overdue_reply_handled overdue_done_via_button overdue_snoozed overdue_cancelled_via_button task_done_via_button
notification.blackout_blocked: notification_queued_blackout notification_queued_quiet_hours dm_queued_blackout dm_queued_quiet_hours sms_blocked_blackout sms_blocked_quiet_hours email_blocked_blackout email_blocked_quiet_hours
preference.correction_logged: correction_logged
preference.rule_applied: preference_rule_applied
system.backup.completed: backup_completed
sync.supabase.push: supabase_push_ok
sync.supabase.failed: supabase_push_failed
`

// TestDocumentedEvents: every event counts as the type that it is documented for.
func TestDocumentedEvents(t *testing.T) {
	checked := 0
	for l := range strings.Lines(documented) {
		want, names, ok := strings.Cut(strings.TrimSpace(l), ": ")
		if !ok {
			continue
		}
		for name := range strings.FieldsSeq(names) {
			if got := events.Type(name, ""); got != want {
				t.Errorf("%s is %q, documented as %s", name, got, want)
			}
			checked++
		}
	}
	if checked < 80 {
		t.Errorf("%d events: the list was not read", checked)
	}
}
