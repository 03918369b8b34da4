package trace

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

var at = time.Date(2026, 7, 15, 13, 37, 42, 0, time.UTC)

func TestIDOf(t *testing.T) {
	for raw, want := range map[string]string{
		`{"event": "x"}`:      "",
		`no JSON, task_id=t1`: "",
		`{"task_id": "t1"}`:   "t1",
		`{"task_id": ""}`:     "",
		`{"correlation_id": "c1", "task_id": "t1", "invocation_id": "i1"}`:   "i1",
		`{"correlation_id": "c1", "task_id": "t1"}`:                          "t1",
		`{"session_id": "s1", "escalation_request_id": 17, "skill_id": "k"}`: "17",
		`{"chain_id": "h1", "skill_run_id": "r1"}`:                           "r1",
		`{"tool_request_id": 4, "skill_id": "k"}`:                            "toolreq:4",
		`{"task_id": "None", "session_id": "s1"}`:                            "s1",
		`{"task_id": 7}`: "7",
		`{"task_id": null, "parent_task_id": "p1"}`:                           "p1",
		`{"trace_id": ["a"], "session_id": {"b": 1}}`:                         "",
		`{"task_id": "` + strings.Repeat("x", 300) + `", "session_id": "s1"}`: "s1",
	} {
		var e logline.Entry
		logline.Parse(&e, raw, at, at)
		if got := IDOf(&e); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestOtherID(t *testing.T) {
	i := Item{Kind: ItemLLM, IDs: map[string]string{"invocation_id": "i1", "task_id": "t1", "skill_id": "k"}}
	for id, want := range map[string]string{"i1": "t1", "t1": "i1", "c1": "i1"} {
		if got := i.OtherID(id); got != want {
			t.Errorf("beside %s: %q, want %q", id, got, want)
		}
	}
	if got := (&Item{IDs: map[string]string{"task_id": "t1"}}).OtherID("t1"); got != "" {
		t.Errorf("an only id leads to %q", got)
	}
}

// A call ended when its row was written; a run began then.
func TestSpan(t *testing.T) {
	ms := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		item     Item
		from, to time.Duration
	}{
		"call":       {Item{Kind: ItemLLM, DurationMS: ms(1500)}, -1500 * time.Millisecond, 0},
		"run":        {Item{Kind: ItemRun, DurationMS: ms(1500)}, 0, 1500 * time.Millisecond},
		"moment":     {Item{Kind: ItemLog}, 0, 0},
		"negative":   {Item{Kind: ItemRun, DurationMS: ms(-5)}, 0, 0},
		"no number":  {Item{Kind: ItemRun, DurationMS: ms(math.NaN())}, 0, 0},
		"endless":    {Item{Kind: ItemRun, DurationMS: ms(math.Inf(1))}, 0, 73 * 365 * 24 * time.Hour},
		"endless in": {Item{Kind: ItemLLM, DurationMS: ms(1e300)}, -73 * 365 * 24 * time.Hour, 0},
	} {
		c.item.Time = at
		from, to := c.item.Span()
		near := func(got time.Time, want time.Duration) bool {
			return got.Sub(at.Add(want)).Abs() < 60*24*time.Hour && (want.Abs() > time.Hour || got.Equal(at.Add(want)))
		}
		if !near(from, c.from) || !near(to, c.to) {
			t.Errorf("%s: %v to %v", name, from.Sub(at), to.Sub(at))
		}
	}
}

func TestCall(t *testing.T) {
	class := data.ClassShadow
	i := Item{Kind: ItemLLM, Class: &class, Fields: map[string]json.RawMessage{
		"task_type": json.RawMessage(`"parse_task"`), "model_actual": json.RawMessage(`null`), "tokens_in": json.RawMessage(`12`),
		"tokens_out": json.RawMessage(`"many"`), "interrupted": json.RawMessage(`1`), "queue_wait_ms": json.RawMessage(`340`),
	}}
	c := i.Call()
	if c.TaskType != "parse_task" || c.Model != "" || c.TokensIn == nil || *c.TokensIn != 12 || c.TokensOut != nil || !c.Interrupted || c.Class != class {
		t.Errorf("%+v", c)
	}
	if got := i.QueueWait(); got != 340*time.Millisecond {
		t.Errorf("waited %v", got)
	}
	i.Kind = ItemLog
	if i.Call() != (Call{}) || i.QueueWait() != 0 {
		t.Error("a line is no call")
	}
}

func TestExtent(t *testing.T) {
	ms := 17_000.0
	tr := &Trace{Items: []Item{{Kind: ItemLLM, Time: at, DurationMS: &ms}, {Kind: ItemLog, Time: at}, {Kind: ItemRun, Time: at, DurationMS: &ms}, {Kind: ItemLog, Time: at.Add(time.Second)}}}
	from, to := tr.Extent()
	if from.Sub(at) != -17*time.Second || to.Sub(at) != 17*time.Second {
		t.Errorf("%v to %v", from, to)
	}
}

func TestPayload(t *testing.T) {
	audit, llm := data.ClassAudit, data.ClassLLM
	output := map[string]json.RawMessage{"output": json.RawMessage(`{"event": "escalation_resolved", "mode": "chat"}`)}
	if got := (&Item{Class: &audit, Fields: output}).Payload(); string(got["mode"]) != `"chat"` {
		t.Errorf("%s", got)
	}
	for name, i := range map[string]*Item{
		"a call": {Class: &llm, Fields: output}, "a line": {Fields: output}, "no object": {Class: &audit, Fields: map[string]json.RawMessage{"output": json.RawMessage(`[1]`)}},
	} {
		if i.Payload() != nil {
			t.Errorf("%s has a payload", name)
		}
	}
}

func TestTimelineAsTrace(t *testing.T) {
	tl := &Timeline{EscalationID: 17, CorrelationID: "c1", Entries: []TimelineEntry{
		{ID: "b", Time: at, TaskType: "escalation_lifecycle", Event: "escalation_offered", Payload: json.RawMessage(`{"id": 5, "mode": "chat"}`)},
		{ID: "a", Time: at.Add(-time.Hour), TaskType: "tool_gap_lifecycle", Event: "tool_gap_detected", Payload: json.RawMessage(`[1]`), ByTool: true},
	}}
	tr := tl.Trace()
	if tr.ID != "c1" || len(tr.Items) != 2 {
		t.Fatalf("%+v", tr)
	}
	first, second := &tr.Items[0], &tr.Items[1]
	if first.Kind != ItemEscalation || string(first.Fields["id"]) != "5" || string(first.Fields["row_id"]) != `"b"` || first.IDs["escalation_id"] != "17" {
		t.Errorf("%+v", first)
	}
	if second.Kind != ItemToolGap || string(second.Fields["payload"]) != "[1]" || second.Matched[0] != "tool_request_id" || second.Seq != 1 {
		t.Errorf("%+v", second)
	}
}
