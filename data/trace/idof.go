package trace

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// traceableKeys are the names under which lines and items hold ids that can be
// traced, the one that leads to the least and most exact life first: a call, then
// the task it was made for, then what only groups lines.
var traceableKeys = []string{
	"invocation_id", "task_id", "correlation_id", "escalation_request_id", "escalation_id", "skill_run_id", "automation_run_id",
	"trace_id", "session_id", "chain_id", "tool_request_id", "parent_task_id",
}

// traceable is the text by which an id is traced; "" if it is none.
func traceable(name, value string) string {
	switch {
	case len(value) > maxID || nobody[strings.ToLower(value)]:
		return ""
	case lineKeys[name] == keyToolRequest && isNumber(value):
		return toolHash + value // a number alone is an escalation's
	}
	return value
}

// IDOf is the id of a log line that is best traced: of its invocation, else of its
// task, its correlation, its escalation, and so on; "" if it has none.
func IDOf(e *logline.Entry) string {
	for _, id := range []string{e.InvocationID, e.TaskID, e.CorrelationID} {
		if id = traceable("", id); id != "" {
			return id
		}
	}
	best, at := "", len(traceableKeys)
	for _, f := range e.Fields() {
		if f.Kind != logline.String && f.Kind != logline.Number {
			continue
		}
		if i := slices.Index(traceableKeys[:at], f.Key); i >= 0 {
			if id := traceable(f.Key, f.Value); id != "" {
				best, at = id, i
			}
		}
	}
	return best
}

// OtherID is the id of an item that is best traced beside given, which it was found
// by; "" if it has none. No line names the row of an audit event, so that row's own
// id leads nowhere else.
func (i *Item) OtherID(given string) string {
	for _, name := range traceableKeys {
		if name == "invocation_id" && i.Kind != ItemLLM && i.Kind != ItemLog {
			continue
		}
		if id := traceable(name, i.IDs[name]); id != "" && id != given {
			return id
		}
	}
	return ""
}
