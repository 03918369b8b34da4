package events

import (
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// A Fact is a kind of line whose details a figure needs, so that counting it is not enough.
type Fact uint8

// The facts.
const (
	NoFact          Fact = iota
	TaskScheduled        // the task went to the state scheduled, or got a slot
	NudgeAnswered        // somebody answered a nudge about the task
	BreakerOpened        // a circuit breaker lets no call through
	BreakerHalfOpen      // it lets one call through to test
	BreakerClosed        // it lets all calls through
	ProcessStarted       // a container's service began anew: its breakers are closed
	HealthChecked        // the orchestrator answered its probe
	NightlyReported      // a step of the skill system's nightly job
	MemorySearched       // somebody searched the memory
	SupabaseFailed       // a push to Supabase failed
)

// An Operation is something that ought to succeed now and then.
type Operation uint8

// The operations of health.last_ok.
const (
	NoOperation Operation = iota
	OpBackup
	OpPriorityRecalc
	OpSupabasePush
	OpCalendarSync
	OpHealthCheck
	OpDigest
	OpReminder
	OpNightly

	NumOperations // how many there are, NoOperation included
)

// String is the operation's name in the JSON contract.
func (o Operation) String() string {
	return [NumOperations]string{
		"none", "backup", "priority_recalc", "supabase_push", "calendar_sync", "health_check", "digest", "reminder", "nightly",
	}[o]
}

// meaning is what a line tells: either may be none.
type meaning struct {
	fact Fact
	ok   Operation
}

// Prefixes of events that tell the same whatever follows.
const (
	nightlyPrefix = "nightly_"
	repliedPrefix = "overdue_reply_"
)

var (
	tellsByEvent = map[string]meaning{
		"task_state_transitioned": {fact: TaskScheduled}, // if it went there, see Tell
		"task_scheduled":          {fact: TaskScheduled},

		"overdue_done_via_button":      {fact: NudgeAnswered},
		"overdue_snoozed":              {fact: NudgeAnswered},
		"overdue_cancelled_via_button": {fact: NudgeAnswered},
		"task_done_via_button":         {fact: NudgeAnswered},

		"circuit_breaker_opened":    {fact: BreakerOpened},
		"circuit_breaker_half_open": {fact: BreakerHalfOpen},
		"circuit_breaker_closed":    {fact: BreakerClosed},
		"donna_starting":            {fact: ProcessStarted},
		"donna_server_started":      {fact: ProcessStarted},
		"donna_api_started":         {fact: ProcessStarted},

		"health_check":                 {fact: HealthChecked, ok: OpHealthCheck}, // ok if healthy, see Tell
		"self_diagnostic_all_clear":    {},                                       // of type system.health_check, but not the probe
		"self_diagnostic_issues_found": {},

		"memory_retrieval": {fact: MemorySearched},

		"backup_completed":               {ok: OpBackup},
		"priority_recalculation_summary": {ok: OpPriorityRecalc},
		"supabase_push_ok":               {ok: OpSupabasePush},
		"supabase_push_failed":           {fact: SupabaseFailed},
		"calendar_sync_complete":         {ok: OpCalendarSync},
		"calendar_list_events":           {ok: OpCalendarSync}, // the part of it that a stock deployment runs
		"morning_digest_sent_llm":        {ok: OpDigest},
		"morning_digest_sent_degraded":   {ok: OpDigest},
		"eod_digest_sent":                {ok: OpDigest},
		"weekly_digest_sent_llm":         {ok: OpDigest},
		"weekly_digest_sent_fallback":    {ok: OpDigest},
		"reminder_dispatched":            {ok: OpReminder},
		"nightly_tasks_completed":        {fact: NightlyReported, ok: OpNightly},
	}
	tellsByType = map[string]meaning{
		"task.state_changed":                {fact: TaskScheduled},
		"notification.acknowledged":         {fact: NudgeAnswered},
		"api.circuit_breaker.opened":        {fact: BreakerOpened},
		"api.circuit_breaker.half_open":     {fact: BreakerHalfOpen},
		"api.circuit_breaker.closed":        {fact: BreakerClosed},
		"system.startup":                    {fact: ProcessStarted},
		"system.health_check":               {fact: HealthChecked, ok: OpHealthCheck},
		"system.backup.completed":           {ok: OpBackup},
		"scheduler.daily_recalc":            {ok: OpPriorityRecalc},
		"sync.supabase.push":                {ok: OpSupabasePush},
		"sync.supabase.failed":              {fact: SupabaseFailed},
		"scheduler.calendar_sync.completed": {ok: OpCalendarSync},
	}
)

// Tell says which fact a line states and which operation it shows to have succeeded, if any. As with [Classify],
// `event` decides, and `event_type` only where `event` says nothing.
//
// A change of state counts if it went to scheduled (`to_state`, or `to` as the specification has it), and a health
// check is a success if its `status` is healthy.
func Tell(e *logline.Entry) (Fact, Operation) {
	m, ok := tellsByEvent[e.Event]
	if !ok {
		switch {
		case strings.HasPrefix(e.Event, nightlyPrefix):
			return NightlyReported, NoOperation
		case strings.HasPrefix(e.Event, repliedPrefix):
			return NudgeAnswered, NoOperation
		case e.EventType == "":
			return NoFact, NoOperation
		}
		m = tellsByType[e.EventType]
	}
	switch {
	case m.fact == TaskScheduled && e.Event != "task_scheduled" && text(e, "to_state", "to") != "scheduled":
		m.fact = NoFact
	case m.fact == HealthChecked && text(e, "status") != "healthy":
		m.ok = NoOperation
	}
	return m.fact, m.ok
}
