package trace

import (
	"encoding/json"
	"math"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// Span is the time an item took, from ≤ to; a moment for what has no duration. A
// row of invocation_log is written when its call has ended, so a call lies before
// its time; a run begins at its time.
func (i *Item) Span() (from, to time.Time) {
	var d time.Duration
	if i.DurationMS != nil {
		d = clamped(*i.DurationMS)
	}
	if i.Kind == ItemLLM {
		return i.Time.Add(-d), i.Time
	}
	return i.Time, i.Time.Add(d)
}

// Extent is when a trace's first item began and its last one ended, durations
// included: Start and End are times of rows and lines only.
func (t *Trace) Extent() (from, to time.Time) {
	for n := range t.Items {
		begin, end := t.Items[n].Span()
		if n == 0 || begin.Before(from) {
			from = begin
		}
		if n == 0 || end.After(to) {
			to = end
		}
	}
	return from, to
}

// Wrong tells whether an item is an error: what totals count as such.
func (i *Item) Wrong() bool { return i.Level == "error" || i.Level == "critical" }

// Call is what a row of invocation_log says of its call beside its latency and
// cost. A nil pointer is a NULL.
type Call struct {
	TaskType            string
	Model               string // model_actual
	TokensIn, TokensOut *int64
	Class               data.Class
	Interrupted         bool // billed, but of no use
}

// Call gives what is known of the call of an LLM item; all zero for others.
func (i *Item) Call() Call {
	if i.Kind != ItemLLM {
		return Call{}
	}
	var c Call
	c.TaskType, _ = Text(i.Fields["task_type"])
	c.Model, _ = Text(i.Fields["model_actual"])
	c.TokensIn, c.TokensOut = i.int("tokens_in"), i.int("tokens_out")
	if i.Class != nil {
		c.Class = *i.Class
	}
	c.Interrupted = i.flag("interrupted")
	return c
}

// QueueWait is how long a call waited before it began; 0 if that isn't known.
func (i *Item) QueueWait() time.Duration {
	if i.Kind != ItemLLM || len(i.Fields["queue_wait_ms"]) == 0 {
		return 0
	}
	ms := i.int("queue_wait_ms")
	if ms == nil {
		return 0
	}
	return clamped(float64(*ms))
}

// clamped is a number of milliseconds as a duration: at most 73 years, so that sums
// of a few don't turn over; 0 for what is none.
func clamped(ms float64) time.Duration {
	const most = float64(math.MaxInt64 / int64(time.Millisecond) / 4)
	if !(ms > 0) {
		return 0
	}
	return time.Duration(min(ms, most) * float64(time.Millisecond))
}

// Payload is what an audit row of invocation_log says of its event; nil for all
// other items.
func (i *Item) Payload() map[string]json.RawMessage {
	if i.Class == nil || *i.Class != data.ClassAudit {
		return nil
	}
	var payload map[string]json.RawMessage
	if json.Unmarshal(i.Fields["output"], &payload) != nil {
		return nil // one that can't be read says nothing
	}
	return payload
}

// Text is the text that a JSON value is, if it is one.
func Text(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

func (i *Item) int(key string) *int64 {
	var n *int64
	if json.Unmarshal(i.Fields[key], &n) != nil {
		return nil
	}
	return n
}

// flag is a field of SQLite's 0 and 1 or of JSON's true and false.
func (i *Item) flag(key string) bool {
	switch string(i.Fields[key]) {
	case "1", "true":
		return true
	}
	return false
}

// Entry is the item as a filter sees it: a line as it was logged; a row as the JSON
// object of its columns, with its `kind` and `table`. Time, level, service and event are
// the item's own.
func (i *Item) Entry() logline.Entry {
	e := logline.Entry{Source: i.Source}
	if i.Raw != nil {
		logline.Parse(&e, *i.Raw, time.Time{}, i.Time)
	} else {
		fields := map[string]any{"kind": i.Kind, "table": i.Table}
		for name, value := range i.Fields {
			fields[name] = value
		}
		if row, err := json.Marshal(fields); err == nil { // else a column holds what is no JSON: only its own event can be found
			logline.Parse(&e, string(row), time.Time{}, i.Time)
		}
	}
	e.Time, e.Level, e.Service, e.Event = i.Time, i.Level, i.Service, i.Event
	return e
}
