// Package trace puts together the life of one request: everything in Donna's
// database and logs that belongs to an id, in order of time.
//
// The JSON form of [Trace] is `trace ID --json` of the contract (CONTRACT.md);
// the join keys are those of donna-data.md §7.
package trace

import (
	"encoding/json"
	"time"

	"github.com/donna-project/donnatop/data"
)

// Kind says what an id names: the table that holds it, correlation if only lines do.
type Kind string

// The kinds of ids.
const (
	KindCorrelation   Kind = "correlation"
	KindTask          Kind = "task"
	KindInvocation    Kind = "invocation"
	KindEscalation    Kind = "escalation"
	KindTrace         Kind = "trace"
	KindChain         Kind = "chain"
	KindSession       Kind = "session"
	KindSkillRun      Kind = "skill_run"
	KindAutomationRun Kind = "automation_run"
)

// ItemKind says what an item of a trace is.
type ItemKind string

// The kinds of items.
const (
	ItemLog        ItemKind = "log"
	ItemLLM        ItemKind = "llm"
	ItemTask       ItemKind = "task"
	ItemEscalation ItemKind = "escalation"
	ItemToolGap    ItemKind = "tool_gap"
	ItemNudge      ItemKind = "nudge"
	ItemRun        ItemKind = "run"
)

// Trace is one request's life, or what of it is known so far. It is never
// changed once handed out.
type Trace struct {
	Schema   int                          `json:"schema"`
	ID       string                       `json:"id"`
	Kind     Kind                         `json:"kind"`
	Now      time.Time                    `json:"now"`
	IDs      map[string][]string          `json:"ids"`        // ids that belong to it, by key, sorted
	Start    *time.Time                   `json:"start"`      // time of the first item; nil without items
	End      *time.Time                   `json:"end"`        // time of the last item
	Duration *float64                     `json:"duration_s"` // from Start to End
	Took     *float64                     `json:"took_s"`     // of Extent: with the length of calls and runs
	Totals   Totals                       `json:"totals"`
	Items    []Item                       `json:"items"` // by time, then source, then position in the source
	Gaps     []Gap                        `json:"gaps"`
	Capped   *Capped                      `json:"capped"`
	Sources  map[string]data.SourceReport `json:"sources"`

	// Complete tells whether everything has been read: more is to come otherwise.
	Complete bool `json:"-"`
	// Progress is how much of the reading is done, 0 to 1.
	Progress float64 `json:"-"`
}

// Totals are the sums over all items.
type Totals struct {
	Items     int      `json:"items"`
	LogLines  int      `json:"log_lines"`
	LLMCalls  int      `json:"llm_calls"` // rows of class llm
	CostUSD   float64  `json:"cost_usd"`  // over all rows of invocation_log
	TokensIn  int64    `json:"tokens_in"`
	TokensOut int64    `json:"tokens_out"`
	Errors    int      `json:"errors"` // lines of level error and critical
	Services  []string `json:"services"`
}

// Item is one thing that happened.
type Item struct {
	Seq     int       `json:"seq"` // position in the trace, from 0
	Time    time.Time `json:"time"`
	Kind    ItemKind  `json:"kind"`
	Source  string    `json:"source"` // db, loki or logs
	Service string    `json:"service"`
	Level   string    `json:"level"`
	Event   string    `json:"event"`
	// Matched names the keys where an id of the trace stood.
	Matched []string `json:"matched"`
	// Inferred marks what was joined by time or task rather than by id.
	Inferred bool              `json:"inferred"`
	IDs      map[string]string `json:"ids"`
	// DurationMS is the latency of an LLM call, which ended at Time, or the length
	// of a run, which began there, in ms.
	DurationMS *float64 `json:"duration_ms"`
	// CostUSD is what the row says; a run's cost is that of its calls once more.
	CostUSD *float64 `json:"cost_usd"`
	// Table holds the row; "" for lines.
	Table string `json:"table"`
	// Class is that of a row of invocation_log; nil for everything else.
	Class *data.Class `json:"class"`
	// Twin is the Seq of the shadow call made of the same prompt, or of the call
	// that a shadow call repeats; nil if there is none.
	Twin *int `json:"twin"`
	// Fields are the columns of a row or the top-level fields of a line.
	Fields map[string]json.RawMessage `json:"fields"`
	// Raw is the text of a line; nil for rows.
	Raw *string `json:"raw"`
}

// Gap is a stretch of time in which lines are missing.
type Gap struct {
	Source string    `json:"source"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// Capped says that there was more than a trace holds.
type Capped struct {
	Limit   int `json:"limit"`
	Dropped int `json:"dropped"` // at least so many
	// Of says what was limited: items, ids, rounds, bytes or rows (those looked
	// through where no index helps). Of several limits it is the first of these.
	Of string `json:"of"`
}

// Timeline is the life of an escalation as Donna's admin page shows it, with the
// tool-gap rows that she can't join to it.
type Timeline struct {
	EscalationID  int64           `json:"escalation_id"`
	CorrelationID string          `json:"correlation_id"`
	Entries       []TimelineEntry `json:"timeline"` // by timestamp as text, then by id
	More          bool            `json:"more"`     // there are more than were read
}

// TimelineEntry is one audit row.
type TimelineEntry struct {
	ID       string          `json:"id"`
	Time     time.Time       `json:"timestamp"`
	TaskType string          `json:"task_type"`
	Event    string          `json:"event"`
	Payload  json.RawMessage `json:"payload"` // {"raw": text} if it is no JSON
	// ByTool marks a row that was found through its tool request: Donna's own
	// timeline lacks it.
	ByTool bool `json:"by_tool"`
}
