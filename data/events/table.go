package events

// typeOf is the table from the `event` Donna really prints to the type her specification has for it, those of code that
// is not wired up in a stock deployment included.
//
// Not in it, though they are about the same things, are events that only precede or repeat another line
// (state_transition_validated, task_created_via_discord, email_task_created, task_parsed, budget_extension_already_granted),
// that say the contrary (auto_scheduler_no_slot, auto_scheduler_failed), or that have no type of their own
// (circuit_breaker_half_open, notification_queue_flushed).
var typeOf = map[string]string{
	// Tasks.
	"task_created":             "task.created",
	"task_state_transitioned":  "task.state_changed",
	"dedup_check_result":       "task.dedup_detected", // its `verdict` may also be "different"
	"dedup_duplicate_detected": "task.dedup_detected",
	"overdue_nudge_dispatched": "task.overdue",
	"escalation_started":       "task.escalation_triggered",

	// LLM calls.
	"model_router_dispatch":        "api.call.started",
	"llm_invocation_logged":        "api.call.completed", // of embeddings as well
	"anthropic_completion":         "api.call.completed", // the same call, one level below
	"ollama_completion":            "api.call.completed", // likewise
	"api_call_failed_all_retries":  "api.call.failed",
	"api_call_not_retryable":       "api.call.failed",
	"context_overflow_no_fallback": "api.call.failed",
	"api_call_retrying":            "api.call.retried",
	"circuit_breaker_opened":       "api.circuit_breaker.opened",
	"circuit_breaker_closed":       "api.circuit_breaker.closed",
	"ollama_fallback_activated":    "api.degraded_mode.activated",
	"context_overflow_escalation":  "api.degraded_mode.activated",
	"truncation_suspected":         "api.degraded_mode.activated",
	"fallback_activated":           "api.degraded_mode.activated",
	"morning_digest_sent_degraded": "api.degraded_mode.activated",
	"degraded_raw_task_stored":     "api.degraded_mode.activated",
	"weekly_digest_sent_fallback":  "api.degraded_mode.activated",

	// Agents; the wired ones are skills, automations and the chat's tool loop.
	"prep_agent_executing":              "agent.dispatched",
	"prep_agent_complete":               "agent.completed",
	"task_decomposed":                   "agent.completed",
	"prep_agent_execution_failed":       "agent.failed",
	"skill_step_failed_terminal":        "agent.failed",
	"skill_run_failed_abort":            "agent.failed",
	"skill_executor_unexpected_failure": "agent.failed",
	"automation_run_exception":          "agent.failed",
	"skill_step_completed":              "agent.progress",
	"chat.tool_loop_turn":               "agent.progress",
	"chat.tool_loop_timeout":            "agent.timeout",
	"validation_run_timeout":            "agent.timeout",
	"challenger_agent_needs_input":      "agent.interrogation.sent",
	"challenger_reply_applied":          "agent.interrogation.response_received",

	// Scheduler and calendar.
	"weekly_plan_proposed":                    "scheduler.weekly_plan",
	"weekly_plan_task_scheduled":              "scheduler.weekly_plan",
	"priority_recalculation_summary":          "scheduler.daily_recalc",
	"priority_updated":                        "scheduler.daily_recalc",
	"task_scheduled":                          "scheduler.slot_assigned",
	"auto_scheduler_scheduled":                "scheduler.slot_assigned", // follows task_scheduled for the same slot
	"auto_scheduler_fallback_mode":            "scheduler.slot_assigned", // in its place when there is no calendar
	"slash_reschedule":                        "scheduler.slot_assigned",
	"overdue_task_rescheduled":                "scheduler.slot_assigned",
	"overdue_task_rescheduled_fallback":       "scheduler.slot_assigned",
	"negotiation_victim_moved":                "scheduler.slot_assigned",
	"calendar_conflict_detected":              "scheduler.conflict_detected",
	"calendar_sync_complete":                  "scheduler.calendar_sync.completed",
	"calendar_event_time_changed":             "scheduler.calendar_sync.user_modification",
	"calendar_event_deleted_task_unscheduled": "scheduler.calendar_sync.user_modification",

	// Notifications.
	"notification_sent":                          "notification.sent",
	"dm_sent":                                    "notification.sent",
	"dm_sent_from_queue":                         "notification.sent",
	"sms_sent":                                   "notification.sent",
	"email_draft_created":                        "notification.sent",
	"overdue_thread_created":                     "notification.sent",
	"twilio_voice_call_placed":                   "notification.sent",
	"notification_send_failed":                   "notification.failed",
	"dm_send_failed":                             "notification.failed",
	"dm_send_from_queue_failed":                  "notification.failed",
	"sms_send_failed":                            "notification.failed",
	"email_draft_failed":                         "notification.failed",
	"notification_flush_failed":                  "notification.failed",
	"fallback_alert_send_failed":                 "notification.failed",
	"send_message_channel_unavailable":           "notification.failed",
	"send_embed_channel_unavailable":             "notification.failed",
	"send_message_with_view_channel_unavailable": "notification.failed",
	"send_to_thread_unavailable":                 "notification.failed",
	"sms_rate_limit_reached":                     "notification.failed",
	"sms_dispatch_skipped_no_client":             "notification.failed",
	"email_dispatch_skipped_no_client":           "notification.failed",
	"escalation_advanced":                        "notification.escalated",
	"escalation_max_tier_reached":                "notification.escalated",
	"escalation_acknowledged":                    "notification.acknowledged",
	"escalation_backed_off":                      "notification.acknowledged",
	"overdue_reply_received":                     "notification.acknowledged",
	"overdue_reply_handled":                      "notification.acknowledged",
	"overdue_done_via_button":                    "notification.acknowledged",
	"overdue_snoozed":                            "notification.acknowledged",
	"overdue_cancelled_via_button":               "notification.acknowledged",
	"task_done_via_button":                       "notification.acknowledged",
	"notification_queued_blackout":               "notification.blackout_blocked",
	"notification_queued_quiet_hours":            "notification.blackout_blocked",
	"dm_queued_blackout":                         "notification.blackout_blocked",
	"dm_queued_quiet_hours":                      "notification.blackout_blocked",
	"sms_blocked_blackout":                       "notification.blackout_blocked",
	"sms_blocked_quiet_hours":                    "notification.blackout_blocked",
	"email_blocked_blackout":                     "notification.blackout_blocked",
	"email_blocked_quiet_hours":                  "notification.blackout_blocked",

	// Preferences.
	"correction_logged":       "preference.correction_logged",
	"preference_rule_saved":   "preference.rule_extracted",
	"rule_extractor_ran":      "preference.rule_extracted", // marks a run, `new_rules` may be 0
	"preference_rule_applied": "preference.rule_applied",

	// System.
	"health_check":                  "system.health_check",
	"self_diagnostic_all_clear":     "system.health_check",
	"self_diagnostic_issues_found":  "system.health_check",
	"admin_health_check":            "system.admin_health_check",
	"donna_starting":                "system.startup",
	"donna_server_started":          "system.startup",
	"donna_api_started":             "system.startup",
	"llm_queue_worker_started":      "system.startup",
	"donna_server_stopping":         "system.shutdown",
	"donna_server_stopped":          "system.shutdown",
	"donna_api_stopped":             "system.shutdown",
	"backup_starting":               "system.backup.started",
	"pre_migration_backup_starting": "system.backup.started",
	"backup_completed":              "system.backup.completed",
	"backup_failed":                 "system.backup.failed",
	"backup_scheduled_run_failed":   "system.backup.failed",
	"migrations_applied":            "system.migration.applied",
	"ollama_recovered":              "system.ollama_recovered",

	// Cost.
	"budget_daily_threshold_hit":           "cost.daily_threshold",
	"budget_monthly_threshold_hit":         "cost.daily_threshold", // the same guard's other limit, which has no type
	"budget_monthly_warning":               "cost.monthly_warning",
	"automation_skipped_budget":            "cost.agent_paused",
	"skill_auto_draft_budget_paused":       "cost.agent_paused",
	"skill_auto_draft_budget_exhausted":    "cost.agent_paused",
	"evolution_scheduler_budget_exhausted": "cost.agent_paused",
	"budget_extension_granted":             "cost.budget_increase",
	"escalation_shadow_would_fire":         "cost.escalation_shadow",

	// Sync.
	"supabase_push_ok":          "sync.supabase.push",
	"supabase_push_failed":      "sync.supabase.failed",
	"supabase_keepalive":        "sync.keepalive.sent",
	"supabase_keepalive_failed": "sync.supabase.keepalive_failed",

	// LLM gateway and HTTP: mostly their own type.
	"llm_gateway.enqueued":      "llm_gateway.enqueued",
	"llm_gateway.dequeued":      "llm_gateway.dequeued",
	"llm_gateway.completed":     "llm_gateway.completed",
	"llm_gateway.interrupted":   "llm_gateway.interrupted",
	"llm_gateway.failed":        "llm_gateway.completion.failed",
	"llm_completion_request":    "llm_gateway.completion_requested",
	"llm_queue_config_reloaded": "llm_gateway.config_reloaded",
	"gateway_alert":             "llm_gateway.alert",
	"admin.request":             "admin.request",
	"api.request":               "api.request",
}
