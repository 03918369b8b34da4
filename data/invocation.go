package data

import (
	"encoding/json"
	"strings"
	"time"
)

// Class says what a row of invocation_log stands for (CONTRACT.md, common
// rules). A row that fits two classes is the first of audit, embedding, shadow.
type Class uint8

// The classes. Calls, latency and failures mean ClassLLM alone; spend means all.
const (
	ClassLLM Class = iota
	ClassShadow
	ClassEmbedding
	ClassAudit
)

// Task types that decide a row's class, and the one that Donna's budget guard
// leaves out (donna-data.md §1.3, §5.2).
const (
	taskEscalationLifecycle = "escalation_lifecycle"
	taskToolGapLifecycle    = "tool_gap_lifecycle"
	embedPrefix             = "embed_"
	shadowSuffix            = "::__shadow__"
	taskExternalCall        = "external_llm_call"
)

// None is the key that stands for NULL in a grouped column.
const None = "(none)"

// ClassOf tells the class of a row from its task type and its shadow flag.
func ClassOf(taskType string, isShadow bool) Class {
	switch {
	case taskType == taskEscalationLifecycle || taskType == taskToolGapLifecycle:
		return ClassAudit
	case strings.HasPrefix(taskType, embedPrefix):
		return ClassEmbedding
	case isShadow:
		return ClassShadow
	}
	return ClassLLM
}

// BaseTaskType is the task type without the suffix that marks production shadow calls.
func BaseTaskType(taskType string) string { return strings.TrimSuffix(taskType, shadowSuffix) }

// InvocationRow is one row of invocation_log in full, for lists and details. A
// nil pointer is a NULL or a column the file doesn't have.
type InvocationRow struct {
	RowID               int64     `json:"-"`
	ID                  string    `json:"id"`
	Time                time.Time `json:"timestamp"`
	TaskType            string    `json:"task_type"`
	Class               Class     `json:"class"`
	TaskID              *string   `json:"task_id"`
	ModelAlias          *string   `json:"model_alias"`
	ModelActual         *string   `json:"model_actual"`
	LatencyMS           *int64    `json:"latency_ms"`
	TokensIn            *int64    `json:"tokens_in"`
	TokensOut           *int64    `json:"tokens_out"`
	CostUSD             *float64  `json:"cost_usd"`
	Interrupted         bool      `json:"interrupted"`
	OverflowEscalated   bool      `json:"overflow_escalated"`
	UserID              *string   `json:"user_id"`
	EscalationRequestID *int64    `json:"escalation_request_id"`

	noInterrupted, noOverflow bool // the file has no such column
}

// MarshalJSON writes null for an id that is NULL, a time that can't be read and
// columns the file doesn't have.
func (r InvocationRow) MarshalJSON() ([]byte, error) {
	type row InvocationRow // without this method
	return json.Marshal(struct {
		row
		ID                *string    `json:"id"`
		Time              *time.Time `json:"timestamp"`
		Interrupted       *bool      `json:"interrupted"`
		OverflowEscalated *bool      `json:"overflow_escalated"`
	}{row(r), nonEmpty(r.ID), instant(r.Time), unless(r.noInterrupted, r.Interrupted), unless(r.noOverflow, r.OverflowEscalated)})
}

// String is the class's name in the JSON contract.
func (c Class) String() string {
	switch c {
	case ClassShadow:
		return "shadow"
	case ClassEmbedding:
		return "embedding"
	case ClassAudit:
		return "audit"
	}
	return "llm"
}

// MarshalText makes a Class its name in JSON.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Extension is one row of daily_budget_extension.
type Extension struct {
	Date      string // UTC day the extension holds for, YYYY-MM-DD
	AmountUSD float64
	Voided    bool
	GrantedAt time.Time // zero if it can't be read
}

// DB is what is known of donna_tasks.db at one moment. It is never changed once
// handed over.
type DB struct {
	Path        string
	Invocations *Invocations
	// Recent holds the newest rows of invocation_log, newest first: [RecentRows] up
	// to the clock, and those dated after it that were written later.
	Recent []InvocationRow
	// Extensions is nil if the file has no daily_budget_extension.
	Extensions []Extension
	// Tables are the smaller tables; nil until they have been read.
	Tables *Tables
	// Missing names the columns of invocation_log that figures want and the file doesn't have.
	Missing map[string]bool
	// CoveredFrom is the instant from which on every row has been read; zero
	// once the whole [Horizon] has.
	CoveredFrom time.Time
}
