package trace

import (
	"encoding/json"
	"strconv"

	"github.com/donna-project/donnatop/data"
)

// Trace gives a timeline as a trace of its entries, in their order: Seq is the
// index of the entry. Its totals and sources are empty, for it is a part only.
func (t *Timeline) Trace() *Trace {
	out := &Trace{ID: t.CorrelationID, Kind: KindEscalation, Items: make([]Item, len(t.Entries)), Complete: true, Progress: 1}
	escalation := strconv.FormatInt(t.EscalationID, 10)
	for n := range t.Entries {
		e := &t.Entries[n]
		i := Item{
			Seq: n, Time: e.Time, Kind: ItemEscalation, Source: data.SourceDB, Table: invocationLog, Event: e.Event,
			IDs: map[string]string{string(keyCorrelation): t.CorrelationID, string(keyEscalation): escalation}, Fields: e.fields(),
			Matched: []string{"escalation_request_id"},
		}
		if e.TaskType == toolGapLifecycle {
			i.Kind = ItemToolGap
		}
		if e.ByTool {
			i.Matched = []string{"tool_request_id"}
		}
		out.Items[n] = i
	}
	return out
}

// fields are the members of the payload beside the row's id and task type; a
// payload that is no object stands for itself.
func (e *TimelineEntry) fields() map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(e.Payload, &fields) != nil || fields == nil {
		fields = map[string]json.RawMessage{}
		if len(e.Payload) > 0 {
			fields["payload"] = e.Payload
		}
	}
	for key, text := range map[string]string{"id": e.ID, "task_type": e.TaskType} {
		if _, ok := fields[key]; ok { // of the payload's own
			key = "row_" + key
		}
		if quoted, err := json.Marshal(text); err == nil {
			fields[key] = quoted
		}
	}
	return fields
}
