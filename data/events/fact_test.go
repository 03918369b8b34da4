package events_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/events"
)

// told are the definitions: per meaning the values of `event`, then those of `event_type`.
var told = []struct {
	fact         events.Fact
	op           events.Operation
	event, types string
}{
	{events.TaskScheduled, 0, "task_scheduled", ""},
	{events.NudgeAnswered, 0, `overdue_reply_received overdue_reply_handled overdue_reply_busy overdue_reply_unrecognised overdue_reply_task_not_found
		overdue_done_via_button overdue_snoozed overdue_cancelled_via_button task_done_via_button`, "notification.acknowledged"},
	{events.BreakerOpened, 0, "circuit_breaker_opened", "api.circuit_breaker.opened"},
	{events.BreakerHalfOpen, 0, "circuit_breaker_half_open", "api.circuit_breaker.half_open"},
	{events.BreakerClosed, 0, "circuit_breaker_closed", "api.circuit_breaker.closed"},
	{events.ProcessStarted, 0, "donna_starting donna_server_started donna_api_started", "system.startup"},
	{events.HealthChecked, 0, "health_check", "system.health_check"},
	{events.NightlyReported, 0, `nightly_detector_done nightly_evolution_done nightly_drafter_done nightly_degradation_done nightly_correction_cluster_done
		nightly_detector_failed nightly_tasks_skipped_disabled`, ""},
	{events.NightlyReported, events.OpNightly, "nightly_tasks_completed", ""},
	{events.MemorySearched, 0, "memory_retrieval", ""},
	{0, events.OpBackup, "backup_completed", "system.backup.completed"},
	{0, events.OpPriorityRecalc, "priority_recalculation_summary", "scheduler.daily_recalc"},
	{0, events.OpSupabasePush, "supabase_push_ok", "sync.supabase.push"},
	{events.SupabaseFailed, 0, "supabase_push_failed", "sync.supabase.failed"},
	{0, events.OpCalendarSync, "calendar_sync_complete calendar_list_events", "scheduler.calendar_sync.completed"},
	{0, events.OpDigest, "morning_digest_sent_llm morning_digest_sent_degraded eod_digest_sent weekly_digest_sent_llm weekly_digest_sent_fallback", ""},
	{0, events.OpReminder, "reminder_dispatched", ""},
	{0, 0, `task_state_transitioned state_transition_validated auto_scheduler_scheduled overdue_nudge_dispatched overdue_thread_created backup_starting backup_failed
		priority_updated supabase_push_pending supabase_keepalive calendar_sync_started admin_health_check evening_checkin_sent donna_server_stopped
		llm_invocation_logged self_diagnostic_all_clear self_diagnostic_issues_found`,
		"task.state_changed scheduler.slot_assigned system.shutdown system.backup.started system.admin_health_check sync.supabase.keepalive_failed"},
}

func TestTellEveryRow(t *testing.T) {
	var event, types []string
	check := func(fact events.Fact, op events.Operation, kv ...any) {
		t.Helper()
		e := parse(t, kv...)
		if f, o := events.Tell(e); f != fact || o != op {
			t.Errorf("%s tells %d and %v, want %d and %v", e.Raw, f, o, fact, op)
		}
	}
	for _, row := range told {
		for _, name := range strings.Fields(row.event) {
			event = append(event, name)
			check(row.fact, row.op, "event", name)
		}
		for _, name := range strings.Fields(row.types) {
			types = append(types, name)
			check(row.fact, row.op, "event", "something", "event_type", name)
		}
	}
	tellingEvents, tellingTypes := events.TellingNames()
	for _, name := range tellingEvents {
		if !slices.Contains(event, name) {
			t.Errorf("no row for the event %s", name)
		}
	}
	for _, name := range tellingTypes {
		if !slices.Contains(types, name) {
			t.Errorf("no row for the type %s", name)
		}
	}
}

func TestTell(t *testing.T) {
	for name, c := range map[string]struct {
		line []any
		fact events.Fact
		op   events.Operation
	}{
		"to scheduled":               {[]any{"event", "task_state_transitioned", "to_state", "scheduled"}, events.TaskScheduled, 0},
		"to another state":           {[]any{"event", "task_state_transitioned", "from_state", "scheduled", "to_state", "done"}, 0, 0},
		"specified key":              {[]any{"event_type", "task.state_changed", "from", "backlog"}, 0, 0},
		"specified key to scheduled": {[]any{"event_type", "task.state_changed", "to", "scheduled"}, events.TaskScheduled, 0},
		"a slot, whatever else":      {[]any{"event", "task_scheduled", "to_state", "done"}, events.TaskScheduled, 0},
		"event and type":             {[]any{"event", "task_state_transitioned", "event_type", "task.state_changed", "to_state", "done"}, 0, 0},
		"healthy":                    {[]any{"event", "health_check", "status", "healthy"}, events.HealthChecked, events.OpHealthCheck},
		"degraded":                   {[]any{"event", "health_check", "status", "degraded"}, events.HealthChecked, 0},
		"healthy by type":            {[]any{"event_type", "system.health_check", "status", "healthy"}, events.HealthChecked, events.OpHealthCheck},
		"the boot's diagnostic":      {[]any{"event", "self_diagnostic_all_clear", "event_type", "system.health_check", "status", "healthy"}, 0, 0},
		"API's queue worker":         {[]any{"event", "llm_queue_worker_started", "event_type", "system.startup"}, events.ProcessStarted, 0},
		"nothing":                    {[]any{"level", "info"}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if f, op := events.Tell(parse(t, c.line...)); f != c.fact || op != c.op {
				t.Errorf("Tell = %d, %v; want %d, %v", f, op, c.fact, c.op)
			}
		})
	}
}

func TestOperationNames(t *testing.T) {
	want := []string{"backup", "priority_recalc", "supabase_push", "calendar_sync", "health_check", "digest", "reminder", "nightly"}
	var got []string
	for op := events.NoOperation + 1; op < events.NumOperations; op++ {
		got = append(got, op.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("operations %v, want %v", got, want)
	}
}
