package events

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// A Metric is one thing that is counted from log lines.
type Metric uint8

// The metrics, grouped by the figure they are parts of: a line counts once within a figure, but may count in several.
const (
	LLMStarted Metric = iota
	LLMCompleted
	LLMFailed
	LLMRetried
	LLMBreakerOpened
	LLMBreakerClosed
	LLMFallback

	AgentDispatched
	AgentProgress
	AgentCompleted
	AgentFailed
	AgentTimeout

	NotificationSent    // by type and channel
	NotificationFailed  // by type
	NotificationBlocked // by type

	DedupHit  // a check that found a duplicate
	DedupMiss // one that found none

	MemoryIngested    // by event
	MemoryFailed      // by source_type
	MemoryWritten     // by template
	MemorySkipped     // by template
	MemoryWriteFailed // by template
	VaultChanged      // by change

	LevelWarning
	LevelError
	LevelCritical

	NumMetrics // how many there are
)

// A Series is a metric with the values it is counted by. Key is what the metric's comment names, Channel is of
// NotificationSent alone; both are "" where the metric has no such dimension or the line doesn't say.
type Series struct {
	Metric       Metric
	Key, Channel string
}

// figure is what a line counts in only once.
type figure uint8

const (
	figureLLM figure = iota
	figureAgents
	figureNotifications
	figureDedup
	figureMemory
)

func (m Metric) figure() figure {
	switch {
	case m <= LLMFallback:
		return figureLLM
	case m <= AgentTimeout:
		return figureAgents
	case m <= NotificationBlocked:
		return figureNotifications
	case m <= DedupMiss:
		return figureDedup
	}
	return figureMemory
}

// byEvent and byType are the definitions: the values of `event` and of `event_type` that make a line count. What a
// line is counted by, and whether a check for duplicates is a hit, stands in its other fields: see series.
var (
	byEvent = map[string]Metric{
		"model_router_dispatch":        LLMStarted,
		llmInvocationLogged:            LLMCompleted,
		"api_call_failed_all_retries":  LLMFailed,
		"api_call_not_retryable":       LLMFailed,
		"context_overflow_no_fallback": LLMFailed,
		"api_call_retrying":            LLMRetried,
		"circuit_breaker_opened":       LLMBreakerOpened,
		"circuit_breaker_closed":       LLMBreakerClosed,
		"fallback_activated":           LLMFallback,
		"ollama_fallback_activated":    LLMFallback,

		"prep_agent_executing":              AgentDispatched,
		"skill_step_completed":              AgentProgress,
		"chat.tool_loop_turn":               AgentProgress,
		"prep_agent_complete":               AgentCompleted,
		"prep_agent_execution_failed":       AgentFailed,
		"skill_run_failed_abort":            AgentFailed,
		"skill_executor_unexpected_failure": AgentFailed,
		"automation_run_exception":          AgentFailed,
		"chat.tool_loop_timeout":            AgentTimeout,
		"validation_run_timeout":            AgentTimeout,

		"notification_sent":        NotificationSent,
		"dm_sent":                  NotificationSent,
		"dm_sent_from_queue":       NotificationSent,
		"sms_sent":                 NotificationSent,
		"email_draft_created":      NotificationSent,
		"overdue_thread_created":   NotificationSent,
		"twilio_voice_call_placed": NotificationSent,

		"notification_send_failed":                   NotificationFailed,
		"dm_send_failed":                             NotificationFailed,
		"dm_send_from_queue_failed":                  NotificationFailed,
		"sms_send_failed":                            NotificationFailed,
		"email_draft_failed":                         NotificationFailed,
		"notification_flush_failed":                  NotificationFailed,
		"fallback_alert_send_failed":                 NotificationFailed,
		"send_message_channel_unavailable":           NotificationFailed,
		"send_embed_channel_unavailable":             NotificationFailed,
		"send_message_with_view_channel_unavailable": NotificationFailed,
		"send_to_thread_unavailable":                 NotificationFailed,
		"sms_rate_limit_reached":                     NotificationFailed,
		"sms_dispatch_skipped_no_client":             NotificationFailed,
		"email_dispatch_skipped_no_client":           NotificationFailed,

		"notification_queued_blackout":    NotificationBlocked,
		"notification_queued_quiet_hours": NotificationBlocked,
		"dm_queued_blackout":              NotificationBlocked,
		"dm_queued_quiet_hours":           NotificationBlocked,
		"sms_blocked_blackout":            NotificationBlocked,
		"sms_blocked_quiet_hours":         NotificationBlocked,
		"email_blocked_blackout":          NotificationBlocked,
		"email_blocked_quiet_hours":       NotificationBlocked,

		"dedup_check_result": DedupMiss, // unless its verdict says otherwise

		"memory_ingest_batch":                MemoryIngested,
		"memory_ingest_chat_turn":            MemoryIngested,
		"memory_ingest_task":                 MemoryIngested,
		"memory_ingest_correction":           MemoryIngested,
		"memory_ingest_failed":               MemoryFailed,
		"vault_autowrite_written":            MemoryWritten,
		"vault_autowrite_skipped_idempotent": MemorySkipped,
		"vault_autowrite_failed":             MemoryWriteFailed,
		"vault_watch_event":                  VaultChanged,
	}
	byType = map[string]Metric{
		"api.call.started":            LLMStarted,
		"api.call.completed":          LLMCompleted,
		"api.call.failed":             LLMFailed,
		"api.call.retried":            LLMRetried,
		"api.circuit_breaker.opened":  LLMBreakerOpened,
		"api.circuit_breaker.closed":  LLMBreakerClosed,
		"api.degraded_mode.activated": LLMFallback,

		"agent.dispatched": AgentDispatched,
		"agent.progress":   AgentProgress,
		"agent.completed":  AgentCompleted,
		"agent.failed":     AgentFailed,
		"agent.timeout":    AgentTimeout,

		"notification.sent":             NotificationSent,
		"notification.failed":           NotificationFailed,
		"notification.blackout_blocked": NotificationBlocked,

		"task.dedup_detected": DedupHit,
	}
)

const (
	// llmInvocationLogged is printed for every row of invocation_log, those of embeddings included.
	llmInvocationLogged = "llm_invocation_logged"
	embeddingPrefix     = "embed_"
)

// Classify appends to dst the series e counts in, at most one of each figure: its `event` decides, and `event_type`
// only where `event` says nothing of that figure. A logged invocation whose task type is an embedding's is no LLM call
// by its event, and an `event_type` of fallback_activated, which many events carry, is no fallback. The level counts
// whatever else the line says.
//
// The strings of the series may be parts of e.Raw: who keeps them longer than e clones them.
func Classify(dst []Series, e *logline.Entry) []Series {
	switch e.Level {
	case "warning":
		dst = append(dst, Series{Metric: LevelWarning})
	case "error":
		dst = append(dst, Series{Metric: LevelError})
	case "critical":
		dst = append(dst, Series{Metric: LevelCritical})
	}
	m, ok := byEvent[e.Event]
	if ok && e.Event == llmInvocationLogged && strings.HasPrefix(e.TaskType, embeddingPrefix) {
		ok = false
	}
	if ok {
		dst = append(dst, series(m, e))
	}
	if e.EventType == "" {
		return dst
	}
	if typed, known := byType[e.EventType]; known && (!ok || typed.figure() != m.figure()) {
		dst = append(dst, series(typed, e))
	}
	return dst
}

// series adds to m what the line is counted by.
func series(m Metric, e *logline.Entry) Series {
	s := Series{Metric: m}
	switch m {
	case NotificationSent:
		s.Key, s.Channel = text(e, "notification_type", "type"), text(e, "channel")
	case NotificationFailed, NotificationBlocked:
		s.Key = text(e, "notification_type", "type")
	case DedupMiss:
		if v := text(e, "verdict"); v == "same" || v == "related" {
			s.Metric = DedupHit
		}
	case MemoryIngested:
		s.Key = e.Event
	case MemoryFailed:
		s.Key = text(e, "source_type")
	case MemoryWritten, MemorySkipped, MemoryWriteFailed:
		s.Key = text(e, "template")
	case VaultChanged:
		s.Key = text(e, "change")
	}
	return s
}

// text is the first of the keys whose value is text and not empty, else "".
func text(e *logline.Entry, keys ...string) string {
	for _, key := range keys {
		if f, ok := e.Field(key); ok && f.Kind == logline.String && f.Value != "" {
			return f.Value
		}
	}
	return ""
}

// Matching gives the values of `event` and of `event_type` that make a line count in
// any of the metrics, and the values of `event` that keep its `event_type` from
// counting: those that decide about the same figure.
func Matching(metrics ...Metric) (events, types, decided []string) {
	of := func(m Metric) bool {
		return slices.Contains(metrics, m) || m == DedupMiss && slices.Contains(metrics, DedupHit)
	}
	for name, m := range byEvent {
		if of(m) {
			events = append(events, name)
		}
		if m.figure() == metrics[0].figure() {
			decided = append(decided, name)
		}
	}
	for name, m := range byType {
		if of(m) {
			types = append(types, name)
		}
	}
	slices.Sort(events)
	slices.Sort(types)
	slices.Sort(decided)
	return events, types, decided
}
