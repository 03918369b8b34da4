package data

import "time"

// Tables are copies of Donna's smaller tables as they were at one moment. A nil
// slice is a table the file doesn't have; an empty one has no rows. A zero Time
// is a NULL or a timestamp that can't be read. A text by which rows are grouped
// is [None] if it is NULL; of other texts NULL and empty are not told apart.
type Tables struct {
	Tasks            []Task
	Nudges           []Nudge
	EscalationStates []EscalationState
	Escalations      []EscalationRow
	Corrections      []Correction
	Rules            []Rule
	Skills           []Skill
	SkillTransitions []SkillTransition
	SkillRuns        []AgentRun
	SkillEvolutions  []SkillEvolution
	AutomationRuns   []AgentRun
	MemoryDocuments  map[string]int64 // not deleted, by source_type; nil without the table
	MemoryChunks     *int64           // of documents that are not deleted; nil without the table
	Audit            []AuditEvent     // of the horizon, in order of time
	MissingColumns   map[string]bool  // "table.column" that figures want and the file doesn't have
}

// Task is one row of tasks.
type Task struct {
	ID, Title, Domain, Status, CreatedVia string
	AssignedAgent, AgentStatus            string
	CreatedAt, CompletedAt                time.Time
	ScheduledStart, Deadline              time.Time
	RescheduleCount                       int64
}

// Nudge is one row of nudge_events.
type Nudge struct {
	ID, TaskID, Type, Channel string
	CreatedAt                 time.Time
}

// EscalationState is one row of escalation_state.
type EscalationState struct {
	ID, TaskID, TaskTitle string
	Status, Tier          string
	CreatedAt, UpdatedAt  time.Time
}

// Correction is one row of correction_log.
type Correction struct {
	ID, TaskID          string
	Via                 string // where it was made: Donna's task_type
	Field               string
	Original, Corrected string
	At                  time.Time
}

// Rule is one row of learned_preferences.
type Rule struct {
	ID, Type, Text        string
	Confidence            *float64 // 0 to 1
	Enabled               bool
	CreatedAt, DisabledAt time.Time
}

// Skill is one row of skill.
type Skill struct {
	ID, Capability, State string
	CreatedAt             time.Time
}

// SkillTransition is one row of skill_state_transition.
type SkillTransition struct {
	Capability                 string // [None] if the skill is gone
	FromState, ToState, Reason string
	At                         time.Time
}

// SkillEvolution is one row of skill_evolution_log.
type SkillEvolution struct {
	Capability, Outcome string // Capability is [None] if the skill is gone
	TriggeredBy         string
	At                  time.Time
}

// AgentRun is one row of skill_run or automation_run.
type AgentRun struct {
	ID string
	// Name is the skill's capability or the automation's name; empty if that row is gone.
	Name                  string
	TaskID, Status, Error string
	StartedAt, FinishedAt time.Time
	CostUSD               *float64
}

// AuditEvent is one audit row of invocation_log with what its output says.
type AuditEvent struct {
	ID             string // of the row in invocation_log
	EscalationID   *int64
	At             time.Time
	TaskType       string // escalation_lifecycle or tool_gap_lifecycle
	Event          string
	Channel        string // of escalation_validated
	ExtensionID    string // of extension_granted, as text
	AmountUSD      float64
	Tool           string // of tool_gap_detected, as are the following
	Severity       string
	DetectionPoint string
	IsNew          bool
}

// lacks tells whether the file lacks one of the columns, given as "table.column",
// without which a figure has no source.
func (t *Tables) lacks(columns ...string) bool {
	for _, c := range columns {
		if t.MissingColumns[c] {
			return true
		}
	}
	return false
}
