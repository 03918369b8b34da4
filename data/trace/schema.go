package trace

import "time"

// key names the kind of an id: ids of one kind are the same thing wherever they
// stand. The names are those of the contract's `ids`.
type key string

// The keys that are followed from one row or line to the next (donna-data.md §7).
const (
	keyCorrelation   key = "correlation_id"
	keyTask          key = "task_id"
	keyInvocation    key = "invocation_id"
	keyEscalation    key = "escalation_id"
	keyToolRequest   key = "tool_request_id"
	keyTrace         key = "trace_id"
	keyChain         key = "chain_id"
	keySession       key = "session_id"
	keySkillRun      key = "skill_run_id"
	keyAutomationRun key = "automation_run_id"
)

// The keys that only the id asked for can have. Half of the world has the same
// automation or skill, so from what they find nothing is followed.
const (
	keyAutomation key = "automation_id"
	keySkill      key = "skill_id"
	keyEntity     key = "originating_entity_id"
	keyRow        key = "id" // of a row that is joined by another column
)

// hub tells whether a key leads to so much that nothing may be followed from there.
func (k key) hub() bool { return k == keyAutomation || k == keySkill || k == keyEntity }

// numbered tells whether ids of that key are small numbers, which stand for
// themselves only under a name of that key.
func (k key) numbered() bool { return k == keyEscalation || k == keyToolRequest }

// kindOf is what an id is called that a table holds under a key.
var kindOf = map[key]Kind{
	keyCorrelation: KindEscalation, keyTask: KindTask, keyInvocation: KindInvocation, keyEscalation: KindEscalation,
	keyToolRequest: KindEscalation, keyTrace: KindTrace, keyChain: KindChain, keySession: KindSession,
	keySkillRun: KindSkillRun, keyAutomationRun: KindAutomationRun,
	keyAutomation: KindAutomationRun, keySkill: KindSkillRun, keyEntity: KindEscalation,
}

// lineKeys are the names under which lines hold ids that are followed.
var lineKeys = map[string]key{
	"correlation_id": keyCorrelation, "task_id": keyTask, "parent_task_id": keyTask, "invocation_id": keyInvocation,
	"escalation_request_id": keyEscalation, "tool_request_id": keyToolRequest, "trace_id": keyTrace, "chain_id": keyChain,
	"session_id": keySession, "skill_run_id": keySkillRun, "automation_run_id": keyAutomationRun,
}

// vocabulary are names under which no id stands, whatever the text: an event or
// a user isn't a request.
var vocabulary = map[string]bool{
	"user_id": true, "event": true, "event_type": true, "level": true, "timestamp": true, "service": true,
	"component": true, "channel": true, "task_type": true, "model_alias": true, "model_actual": true, "status": true,
}

// column is a column that holds ids of a key.
type column struct {
	name string
	key  key
	// scan says that Donna's schema has no index on it. Rows are then looked for
	// only from back before the id was made to ahead after it (zero: until now),
	// as far as the id tells when that was.
	scan        bool
	back, ahead time.Duration
	given       bool // found by it are only rows of the id asked for; it is not followed
}

// table is a table whose rows are items of traces.
type table struct {
	name    string
	kind    ItemKind
	event   string
	times   []string // columns that say when it happened: the first that can be read counts
	columns []column
	owner   Kind // of an id asked for that is the row's own, where no key says so
}

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

const invocationLog = "invocation_log"

// tables are Donna's tables with the columns that join them (donna-data.md §7).
var tables = []table{
	{name: "tasks", kind: ItemTask, event: "task", times: []string{"created_at"}, columns: []column{
		{name: "id", key: keyTask}, {name: "parent_task", key: keyTask, scan: true, back: hour},
	}},
	{name: invocationLog, kind: ItemLLM, times: []string{"timestamp"}, columns: []column{
		{name: "id", key: keyInvocation}, {name: "task_id", key: keyTask}, {name: "escalation_request_id", key: keyEscalation},
		{name: "trace_id", key: keyTrace}, {name: "chain_id", key: keyChain, scan: true, back: hour, ahead: day},
	}},
	{name: "escalation_request", kind: ItemEscalation, event: "escalation_request", times: []string{"created_at"}, columns: []column{
		{name: "id", key: keyEscalation}, {name: "correlation_id", key: keyCorrelation}, {name: "task_id", key: keyTask, scan: true, back: hour},
		{name: "originating_entity_id", key: keyEntity, scan: true, given: true},
	}},
	{name: "daily_budget_extension", kind: ItemEscalation, event: "budget_extension", times: []string{"granted_at"}, columns: []column{
		{name: "escalation_request_id", key: keyEscalation},
	}},
	{name: "tool_request", kind: ItemToolGap, event: "tool_request", times: []string{"created_at", "first_seen_at"}, columns: []column{
		{name: "id", key: keyToolRequest}, {name: "escalation_request_id", key: keyEscalation, scan: true},
	}},
	{name: "nudge_events", kind: ItemNudge, event: "nudge", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask}, {name: "id", key: keyRow, given: true},
	}},
	{name: "escalation_state", kind: ItemNudge, event: "escalation_state", owner: KindTask, times: []string{"created_at", "updated_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "id", key: keyRow, given: true},
	}},
	{name: "correction_log", kind: ItemTask, event: "correction", owner: KindTask, times: []string{"timestamp"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "id", key: keyRow, given: true},
	}},
	{name: "calendar_mirror", kind: ItemTask, event: "calendar_event", owner: KindTask, times: []string{"last_synced"}, columns: []column{
		{name: "donna_task_id", key: keyTask, scan: true, back: hour}, {name: "event_id", key: keyRow, given: true},
	}},
	{name: "overdue_thread_map", kind: ItemNudge, event: "overdue_thread", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "discord_thread_id", key: keyRow, given: true},
	}},
	{name: "thread_memory", kind: ItemNudge, event: "thread_message", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "thread_id", key: keyRow, scan: true, given: true},
	}},
	{name: "pending_action_plan", kind: ItemTask, event: "action_plan", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "id", key: keyRow, given: true},
	}},
	{name: "conversation_context", kind: ItemTask, event: "conversation_context", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "id", key: keyRow, given: true},
	}},
	{name: "negotiation_proposals", kind: ItemTask, event: "negotiation_proposal", owner: KindTask, times: []string{"created_at"}, columns: []column{
		{name: "task_id", key: keyTask, scan: true, back: hour}, {name: "proposal_id", key: keyRow, given: true},
	}},
	{name: "automation_run", kind: ItemRun, event: "automation_run", times: []string{"started_at"}, columns: []column{
		{name: "id", key: keyAutomationRun}, {name: "skill_run_id", key: keySkillRun, scan: true, back: day, ahead: hour},
		{name: "automation_id", key: keyAutomation, given: true},
	}},
	{name: "skill_run", kind: ItemRun, event: "skill_run", times: []string{"started_at"}, columns: []column{
		{name: "id", key: keySkillRun}, {name: "task_id", key: keyTask, scan: true, back: hour},
		{name: "automation_run_id", key: keyAutomationRun, scan: true, back: hour, ahead: day},
		{name: "skill_id", key: keySkill, given: true},
	}},
	{name: "skill_step_result", kind: ItemRun, event: "skill_step", owner: KindSkillRun, times: []string{"created_at"}, columns: []column{
		{name: "skill_run_id", key: keySkillRun, scan: true, back: hour, ahead: day}, {name: "id", key: keyRow, given: true},
	}},
	{name: "skill_divergence", kind: ItemRun, event: "skill_divergence", owner: KindSkillRun, times: []string{"created_at"}, columns: []column{
		{name: "skill_run_id", key: keySkillRun, scan: true, back: hour, ahead: day}, {name: "id", key: keyRow, given: true},
	}},
	{name: "conversation_sessions", kind: ItemRun, event: "chat_session", times: []string{"created_at", "last_activity"}, columns: []column{
		// a session can be older than the task that is pinned to it
		{name: "id", key: keySession}, {name: "pinned_task_id", key: keyTask, scan: true, back: 7 * day},
	}},
	{name: "conversation_messages", kind: ItemRun, event: "chat_message", owner: KindSession, times: []string{"created_at"}, columns: []column{
		{name: "session_id", key: keySession}, {name: "trace_id", key: keyTrace, scan: true, back: hour, ahead: day}, {name: "id", key: keyRow, given: true},
	}},
}

// tableByName finds the description of a table.
var tableByName = func() map[string]*table {
	m := make(map[string]*table, len(tables))
	for i := range tables {
		m[tables[i].name] = &tables[i]
	}
	return m
}()

// Task types of invocation_log that are events of a life rather than calls
// (donna-data.md §1.4).
const (
	escalationLifecycle = "escalation_lifecycle"
	toolGapLifecycle    = "tool_gap_lifecycle"
)

// toolRequestEntity is the originating_entity_type of what a tool request caused.
const toolRequestEntity = "tool_request"

// toolHash begins the input_hash of the audit rows of a tool request; the number follows.
const toolHash = "toolreq:"

// hashLength is how much of its correlation id an escalation's audit rows have
// for an input_hash.
const hashLength = 16
