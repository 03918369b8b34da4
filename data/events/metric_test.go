package events_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// parse is the entry of a line with these pairs.
func parse(t testing.TB, kv ...any) *logline.Entry {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(kv); i += 2 {
		v, err := json.Marshal(kv[i+1])
		if err != nil {
			t.Fatal(err)
		}
		sep := ", "
		if i == 0 {
			sep = "{"
		}
		fmt.Fprintf(&b, "%s%q: %s", sep, kv[i], v)
	}
	var e logline.Entry
	logline.Parse(&e, b.String()+"}", time.Time{}, time.Time{})
	if !e.JSON {
		t.Fatalf("%s} is no JSON", b.String())
	}
	return &e
}

// counted are the definitions: per metric the values of `event`, then those of `event_type`.
var counted = []struct {
	metric       events.Metric
	event, types string
}{
	{events.LLMStarted, "model_router_dispatch", "api.call.started"},
	{events.LLMCompleted, "llm_invocation_logged", "api.call.completed"},
	{events.LLMFailed, "api_call_failed_all_retries api_call_not_retryable context_overflow_no_fallback", "api.call.failed"},
	{events.LLMRetried, "api_call_retrying", "api.call.retried"},
	{events.LLMBreakerOpened, "circuit_breaker_opened", "api.circuit_breaker.opened"},
	{events.LLMBreakerClosed, "circuit_breaker_closed", "api.circuit_breaker.closed"},
	{events.LLMFallback, "fallback_activated ollama_fallback_activated", "api.degraded_mode.activated"},
	{events.AgentDispatched, "prep_agent_executing", "agent.dispatched"},
	{events.AgentProgress, "skill_step_completed chat.tool_loop_turn", "agent.progress"},
	{events.AgentCompleted, "prep_agent_complete", "agent.completed"},
	{events.AgentFailed, "prep_agent_execution_failed skill_run_failed_abort skill_executor_unexpected_failure automation_run_exception", "agent.failed"},
	{events.AgentTimeout, "chat.tool_loop_timeout validation_run_timeout", "agent.timeout"},
	{events.NotificationSent, "notification_sent dm_sent dm_sent_from_queue sms_sent email_draft_created overdue_thread_created twilio_voice_call_placed", "notification.sent"},
	{events.NotificationFailed, `notification_send_failed dm_send_failed dm_send_from_queue_failed sms_send_failed email_draft_failed notification_flush_failed
		fallback_alert_send_failed send_message_channel_unavailable send_embed_channel_unavailable send_message_with_view_channel_unavailable
		send_to_thread_unavailable sms_rate_limit_reached sms_dispatch_skipped_no_client email_dispatch_skipped_no_client`, "notification.failed"},
	{events.NotificationBlocked, `notification_queued_blackout notification_queued_quiet_hours dm_queued_blackout dm_queued_quiet_hours sms_blocked_blackout
		sms_blocked_quiet_hours email_blocked_blackout email_blocked_quiet_hours`, "notification.blackout_blocked"},
	{events.DedupMiss, "dedup_check_result", ""},
	{events.DedupHit, "", "task.dedup_detected"},
	{events.MemoryIngested, "memory_ingest_batch memory_ingest_chat_turn memory_ingest_task memory_ingest_correction", ""},
	{events.MemoryFailed, "memory_ingest_failed", ""},
	{events.MemoryWritten, "vault_autowrite_written", ""},
	{events.MemorySkipped, "vault_autowrite_skipped_idempotent", ""},
	{events.MemoryWriteFailed, "vault_autowrite_failed", ""},
	{events.VaultChanged, "vault_watch_event", ""},
}

func TestClassifyEveryRow(t *testing.T) {
	var event, types []string
	check := func(m events.Metric, kv ...any) {
		t.Helper()
		e := parse(t, kv...)
		got := events.Classify(nil, e)
		if len(got) != 1 || got[0].Metric != m {
			t.Errorf("%s counts as %v, want metric %d", e.Raw, got, m)
		}
	}
	for _, row := range counted {
		for _, name := range strings.Fields(row.event) {
			event = append(event, name)
			check(row.metric, "event", name, "level", "info")
			check(row.metric, "event", name, "event_type", "my.own.type")
		}
		for _, name := range strings.Fields(row.types) {
			types = append(types, name)
			check(row.metric, "event", "something", "event_type", name)
			check(row.metric, "event_type", name)
		}
	}
	slices.Sort(event)
	slices.Sort(types)
	if e, y := events.CountedNames(); !slices.Equal(e, event) || !slices.Equal(y, types) {
		t.Errorf("the tables count %v %v, the rows are %v %v", e, y, event, types)
	}
}

func TestClassify(t *testing.T) {
	type all = []events.Series
	metric := func(ms ...events.Metric) (s all) {
		for _, m := range ms {
			s = append(s, events.Series{Metric: m})
		}
		return s
	}
	sent := func(kind, channel string) all {
		return all{{Metric: events.NotificationSent, Key: kind, Channel: channel}}
	}
	key := func(m events.Metric, k string) all { return all{{Metric: m, Key: k}} }
	for name, c := range map[string]struct {
		line []any
		want all
	}{
		"completed, shadow":                {[]any{"event", "llm_invocation_logged", "task_type", "parse_task::__shadow__"}, metric(events.LLMCompleted)},
		"embedding":                        {[]any{"event", "llm_invocation_logged", "task_type", "embed_task"}, nil},
		"embedding, by its type":           {[]any{"event", "llm_invocation_logged", "task_type", "embed_task", "event_type", "api.call.completed"}, metric(events.LLMCompleted)},
		"not quite an embedding":           {[]any{"event", "llm_invocation_logged", "task_type", "embedded"}, metric(events.LLMCompleted)},
		"a failed call for an embedding":   {[]any{"event", "api_call_retrying", "task_type", "embed_task"}, metric(events.LLMRetried)},
		"provider's line of the same call": {[]any{"event", "anthropic_completion"}, nil},
		"breaker half open":                {[]any{"event", "circuit_breaker_half_open"}, nil},
		"fallback by type alone":           {[]any{"event", "invocation_log_write_failed", "event_type", "fallback_activated"}, nil},
		"degraded, but no fallback":        {[]any{"event", "context_overflow_escalation"}, nil},
		"event and type: the event's":      {[]any{"event", "model_router_dispatch", "event_type", "api.call.failed"}, metric(events.LLMStarted)},
		"event and type of two figures":    {[]any{"event", "prep_agent_complete", "event_type", "api.call.completed"}, metric(events.AgentCompleted, events.LLMCompleted)},
		"in two figures, and its level":    {[]any{"event", "circuit_breaker_opened", "level", "critical"}, metric(events.LevelCritical, events.LLMBreakerOpened)},
		"level in capitals":                {[]any{"event", "x", "level", "WARNING"}, metric(events.LevelWarning)},
		"level error":                      {[]any{"level", "error"}, metric(events.LevelError)},
		"levels that don't count":          {[]any{"event", "x", "level", "info"}, nil},
		"event that is no text":            {[]any{"event", 5, "event_type", "agent.failed"}, metric(events.AgentFailed)},
		"another event":                    {[]any{"event", "task_created"}, nil},
		"a name of a type as event":        {[]any{"event", "agent.failed"}, nil},
		"a name of an event as type":       {[]any{"event_type", "prep_agent_complete"}, nil},

		"sent, type and channel":       {[]any{"event", "notification_sent", "notification_type", "digest", "channel", "tasks"}, sent("digest", "tasks")},
		"sent, type under its old key": {[]any{"event_type", "notification.sent", "type", "digest", "channel", "sms"}, sent("digest", "sms")},
		"sent, both keys":              {[]any{"event", "dm_sent", "type", "b", "notification_type", "a"}, sent("a", "")},
		"sent, first key empty":        {[]any{"event", "dm_sent", "type", "b", "notification_type", nil}, sent("b", "")},
		"sent, nothing said":           {[]any{"event", "sms_sent", "channel", 7}, sent("", "")},
		"failed, by type only":         {[]any{"event", "notification_send_failed", "notification_type", "digest", "channel", "tasks"}, key(events.NotificationFailed, "digest")},
		"dropped silently":             {[]any{"event", "send_message_channel_unavailable", "channel", "tasks"}, key(events.NotificationFailed, "")},
		"DM lost, which is a fallback": {[]any{"event", "dm_send_failed", "event_type", "fallback_activated", "notification_type", "x"}, key(events.NotificationFailed, "x")},
		"blocked":                      {[]any{"event", "dm_queued_blackout", "notification_type", "nudge"}, key(events.NotificationBlocked, "nudge")},
		"queue flushed":                {[]any{"event", "notification_queue_flushed"}, nil},
		"dedup: same":                  {[]any{"event", "dedup_check_result", "verdict", "same"}, metric(events.DedupHit)},
		"dedup: related":               {[]any{"event", "dedup_check_result", "verdict", "related"}, metric(events.DedupHit)},
		"dedup: different":             {[]any{"event", "dedup_check_result", "verdict", "different"}, metric(events.DedupMiss)},
		"dedup: both worlds once":      {[]any{"event", "dedup_check_result", "verdict", "same", "event_type", "task.dedup_detected"}, metric(events.DedupHit)},
		"dedup: found, checked before": {[]any{"event", "dedup_duplicate_detected", "verdict", "same"}, nil},
		"ingest by event":              {[]any{"event", "memory_ingest_task", "source_type", "task"}, key(events.MemoryIngested, "memory_ingest_task")},
		"ingest failed":                {[]any{"event", "memory_ingest_failed", "source_type", "vault", "level", "warning"}, append(metric(events.LevelWarning), key(events.MemoryFailed, "vault")...)},
		"batch failed":                 {[]any{"event", "memory_ingest_batch_failed"}, nil},
		"written":                      {[]any{"event", "vault_autowrite_written", "template", "meeting_note"}, key(events.MemoryWritten, "meeting_note")},
		"skipped":                      {[]any{"event", "vault_autowrite_skipped_idempotent", "template", "meeting_note"}, key(events.MemorySkipped, "meeting_note")},
		"write failed":                 {[]any{"event", "vault_autowrite_failed", "template", "meeting_note"}, key(events.MemoryWriteFailed, "meeting_note")},
		"watch":                        {[]any{"event", "vault_watch_event", "change", "modified"}, key(events.VaultChanged, "modified")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := events.Classify(nil, parse(t, c.line...)); !slices.Equal(got, c.want) {
				t.Errorf("Classify = %v, want %v", got, c.want)
			}
		})
	}
	if got := events.Classify(metric(events.LevelError), parse(t, "event", "dm_sent")); len(got) != 2 {
		t.Errorf("Classify does not append: %v", got)
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	e := parse(t, "event", "llm_invocation_logged", "task_type", "parse_task", "level", "error")
	buf := make([]events.Series, 0, 4)
	if n := testing.AllocsPerRun(100, func() { buf = events.Classify(buf[:0], e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkClassify(b *testing.B) {
	for name, line := range map[string][]any{
		"counted":   {"event", "llm_invocation_logged", "task_type", "parse_task"},
		"uncounted": {"event", "api.request", "event_type", "api.request"},
		"by fields": {"notification_type", "digest", "channel", "tasks", "priority", 3, "event", "notification_sent", "level", "info"},
	} {
		e := parse(b, line...)
		buf := make([]events.Series, 0, 4)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				buf = events.Classify(buf[:0], e)
			}
		})
	}
}
