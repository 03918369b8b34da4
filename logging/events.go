package logging

import "log/slog"

// EventType is the machine-readable name of what happened: dotted, from the
// area to the event. It prints as event_type, which Promtail makes a label.
// A name the constants lack is EventType("area.event").
type EventType string

// The life of a task.
const (
	TaskCreated             EventType = "task.created"
	TaskStateChanged        EventType = "task.state_changed"
	TaskDedupDetected       EventType = "task.dedup_detected"
	TaskOverdue             EventType = "task.overdue"
	TaskEscalationTriggered EventType = "task.escalation_triggered"
)

// Calls of a model provider, and requests to a service's own API.
const (
	APICallStarted           EventType = "api.call.started"
	APICallCompleted         EventType = "api.call.completed"
	APICallFailed            EventType = "api.call.failed"
	APICallRetried           EventType = "api.call.retried"
	APICircuitBreakerOpened  EventType = "api.circuit_breaker.opened"
	APICircuitBreakerClosed  EventType = "api.circuit_breaker.closed"
	APIDegradedModeActivated EventType = "api.degraded_mode.activated"
	APIRequest               EventType = "api.request"
	AdminRequest             EventType = "admin.request"
)

// Work of the agents.
const (
	AgentDispatched                    EventType = "agent.dispatched"
	AgentProgress                      EventType = "agent.progress"
	AgentCompleted                     EventType = "agent.completed"
	AgentFailed                        EventType = "agent.failed"
	AgentTimeout                       EventType = "agent.timeout"
	AgentInterrogationSent             EventType = "agent.interrogation.sent"
	AgentInterrogationResponseReceived EventType = "agent.interrogation.response_received"
)

// Planning and the calendar.
const (
	SchedulerWeeklyPlan                   EventType = "scheduler.weekly_plan"
	SchedulerDailyRecalc                  EventType = "scheduler.daily_recalc"
	SchedulerSlotAssigned                 EventType = "scheduler.slot_assigned"
	SchedulerConflictDetected             EventType = "scheduler.conflict_detected"
	SchedulerCalendarSyncCompleted        EventType = "scheduler.calendar_sync.completed"
	SchedulerCalendarSyncUserModification EventType = "scheduler.calendar_sync.user_modification"
)

// Messages to the user.
const (
	NotificationSent            EventType = "notification.sent"
	NotificationFailed          EventType = "notification.failed"
	NotificationEscalated       EventType = "notification.escalated"
	NotificationAcknowledged    EventType = "notification.acknowledged"
	NotificationBlackoutBlocked EventType = "notification.blackout_blocked"
)

// What is learned from corrections.
const (
	PreferenceCorrectionLogged EventType = "preference.correction_logged"
	PreferenceRuleExtracted    EventType = "preference.rule_extracted"
	PreferenceRuleApplied      EventType = "preference.rule_applied"
	PreferenceRuleDisabled     EventType = "preference.rule_disabled"
)

// The services themselves.
const (
	SystemStartup          EventType = "system.startup"
	SystemShutdown         EventType = "system.shutdown"
	SystemHealthCheck      EventType = "system.health_check"
	SystemBackupStarted    EventType = "system.backup.started"
	SystemBackupCompleted  EventType = "system.backup.completed"
	SystemBackupFailed     EventType = "system.backup.failed"
	SystemMigrationApplied EventType = "system.migration.applied"
)

// Money.
const (
	CostDailyThreshold EventType = "cost.daily_threshold"
	CostMonthlyWarning EventType = "cost.monthly_warning"
	CostAgentPaused    EventType = "cost.agent_paused"
	CostBudgetIncrease EventType = "cost.budget_increase"
)

// Replication to the cloud.
const (
	SyncSupabasePush   EventType = "sync.supabase.push"
	SyncSupabaseFailed EventType = "sync.supabase.failed"
	SyncKeepaliveSent  EventType = "sync.keepalive.sent"
)

// Level returns the level Event logs the type at: what Donna's table of levels
// says of it, else info.
func (t EventType) Level() slog.Level {
	switch t {
	case APICircuitBreakerOpened:
		return LevelCritical
	case APICallFailed, AgentFailed, AgentTimeout, NotificationFailed, SystemBackupFailed, SyncSupabaseFailed:
		return slog.LevelError
	case APICallRetried, APIDegradedModeActivated, CostDailyThreshold, CostMonthlyWarning:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
