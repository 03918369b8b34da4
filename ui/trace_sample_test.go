package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/views"
)

const (
	sampleTaskID        = "019f6123-7a1b-7c3d-8e4f-001122334455"
	sampleCorrelationID = "019f6124-0000-7abc-9def-aabbccddeeff"
)

func ref[T any](v T) *T { return &v }

// fieldsOf are fields as they come out of a row or line.
func fieldsOf(pairs ...any) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		value, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		out[pairs[i].(string)] = value
	}
	return out
}

// call is an LLM call that ended at a time.
func call(at time.Time, taskType, model string, ms, cost float64, class data.Class, more ...any) trace.Item {
	id := fmt.Sprintf("inv-%d", at.UnixMilli())
	fields := append([]any{"id", id, "task_type", taskType, "model_actual", model, "tokens_in", int(ms / 2), "tokens_out", int(ms / 9), "cost_usd", cost, "interrupted", 0}, more...)
	return trace.Item{
		Time: at, Kind: trace.ItemLLM, Source: "db", Service: "model-layer", Event: taskType, DurationMS: &ms, CostUSD: &cost, Class: &class,
		Table: "invocation_log", Matched: []string{"task_id"}, IDs: map[string]string{"invocation_id": id, "task_id": sampleTaskID}, Fields: fieldsOf(fields...),
	}
}

// logged is a line of the log.
func logged(at time.Time, service, level, event string, pairs ...any) trace.Item {
	fields := fieldsOf(append([]any{"event", event, "level", level, "service", service, "timestamp", at.Format(time.RFC3339Nano), "task_id", sampleTaskID}, pairs...)...)
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	ids := map[string]string{"task_id": sampleTaskID}
	if _, ok := fields["correlation_id"]; ok {
		ids["correlation_id"] = sampleCorrelationID
	}
	return trace.Item{
		Time: at, Kind: trace.ItemLog, Source: "logs", Service: service, Level: level, Event: event, Matched: []string{"task_id"},
		IDs: ids, Fields: fields, Raw: ref(string(raw)),
	}
}

// row is a row of another table.
func row(at time.Time, kind trace.ItemKind, table, event string, pairs ...any) trace.Item {
	return trace.Item{
		Time: at, Kind: kind, Source: "db", Service: "orchestrator", Event: event, Table: table, Matched: []string{"task_id"},
		IDs: map[string]string{"task_id": sampleTaskID}, Fields: fieldsOf(pairs...),
	}
}

const sampleException = "Traceback (most recent call last):\n  File \"/app/donna/agents/prep.py\", line 88, in run\n    answer = await router.complete(prompt)\n" +
	"  File \"/app/donna/models/router.py\", line 412, in complete\n    raise ModelTimeout(alias)\ndonna.models.router.ModelTimeout: reasoner took longer than 120 s\n"

// sampleTrace is the life of a task over two days: made from a message, prepared by
// an agent that fails, given up to a person, built and done.
func sampleTrace() *trace.Trace {
	at := func(d time.Duration) time.Time { return testNow.Add(-30 * time.Hour).Add(d) }
	const s = time.Second
	first := call(at(2400*time.Millisecond), "parse_task", "anthropic/claude-sonnet-4", 1840, 0.0123, data.ClassLLM, "queue_wait_ms", 350)
	first.Inferred, first.Matched, first.Twin = true, nil, ref(4)
	shadow := call(at(3900*time.Millisecond), "parse_task::__shadow__", "ollama/qwen2.5:32b", 3100, 0.0002, data.ClassShadow, "is_shadow", 1)
	shadow.Inferred, shadow.Matched, shadow.Twin = true, nil, ref(1)
	run := row(at(9*s), trace.ItemRun, "automation_run", "prep_research", "id", "run-7", "status", "failed", "error", "ModelTimeout")
	run.DurationMS, run.CostUSD = ref(131_000.0), ref(0.0815)
	items := []trace.Item{
		logged(at(0), "discord-bot", "info", "discord_message_received", "channel", "discord", "correlation_id", sampleCorrelationID),
		first,
		row(at(2600*time.Millisecond), trace.ItemTask, "tasks", "created", "id", sampleTaskID, "title", "Book the dentist 歯医者 🦷", "status", "backlog"),
		logged(at(2700*time.Millisecond), "orchestrator", "info", "task_created", "title", "Book the dentist 歯医者 🦷", "channel", "discord"),
		shadow,
		call(at(5200*time.Millisecond), "classify_priority", "anthropic/claude-haiku-4", 620, 0.0009, data.ClassLLM),
		logged(at(6*s), "orchestrator", "info", "task_state_transitioned", "from_state", "backlog", "to_state", "scheduled"),
		run,
		logged(at(10*s), "agents", "debug", "prep_agent_executing", "agent", "prep_research"),
		call(at(38*s), "prep_research", "anthropic/claude-sonnet-4", 27_400, 0.0412, data.ClassLLM),
		logged(at(70*s), "model-layer", "warning", "api_call_retrying", "attempt", 2, "delay_s", 4.0),
		call(at(139*s), "prep_research", "anthropic/claude-sonnet-4", 64_000, 0.0403, data.ClassLLM, "interrupted", 1),
		logged(at(140*s), "agents", "error", "prep_agent_execution_failed", "exception", sampleException, "cost_usd", 0.0815,
			"state", map[string]any{"step": 3, "tools": []string{"web_search", "calendar_read"}, "plan": map[string]any{"goal": "find a slot", "budget_usd": 0.5}}),
		logged(at(3*time.Hour), "scheduler", "info", "reminder_dispatched", "tier", 1),
		row(at(3*time.Hour+2*s), trace.ItemNudge, "nudge_events", "reminder", "channel", "discord", "message_text", "The dentist still waits for you."),
		row(at(26*time.Hour), trace.ItemEscalation, "invocation_log", "escalation_offered", "estimate_usd", 6.2, "modes", []string{"chat", "claude_code"}),
		row(at(26*time.Hour+4*time.Minute), trace.ItemToolGap, "invocation_log", "tool_gap_detected", "tool_name", "dentist_booking", "severity", "high"),
		logged(at(26*time.Hour+5*time.Minute), "api", "critical", "escalation_owner_mismatch", "correlation_id", sampleCorrelationID),
		row(at(26*time.Hour+9*time.Minute), trace.ItemTask, "tasks", "completed", "status", "done"),
	}
	for i := range items {
		items[i].Seq = i
	}
	t := &trace.Trace{
		Schema: 1, ID: sampleTaskID, Kind: trace.KindTask, Now: testNow, Items: items, Complete: true, Progress: 1,
		IDs:   map[string][]string{"task_id": {sampleTaskID}, "correlation_id": {sampleCorrelationID}},
		Start: ref(items[0].Time), End: ref(items[len(items)-1].Time), Duration: ref(items[len(items)-1].Time.Sub(items[0].Time).Seconds()),
		Totals: trace.Totals{
			Items: len(items), LogLines: 9, LLMCalls: 4, CostUSD: 0.0949, TokensIn: 48_480, TokensOut: 10_773, Errors: 2,
			Services: []string{"agents", "api", "discord-bot", "model-layer", "orchestrator", "scheduler"},
		},
		Gaps: []trace.Gap{{Source: "logs", From: at(40 * s), To: at(65 * s), Reason: "the file was rotated before it was read"}},
		Sources: map[string]data.SourceReport{
			"db":   {State: data.StateLive},
			"logs": {State: data.StateLive, Detail: "from 2026-06-14 on"},
			"loki": {State: data.StateFailed, Detail: "ask http://loki:3100: connection refused"},
		},
	}
	from, to := t.Extent()
	t.Took = ref(to.Sub(from).Seconds())
	return t
}

// emptyTrace is what an id gives that is nowhere.
func emptyTrace(id string) *trace.Trace {
	t := *sampleTrace()
	t.ID, t.Kind, t.Items, t.Gaps, t.Start, t.End, t.Duration, t.Took, t.Totals = id, trace.KindCorrelation, nil, nil, nil, nil, nil, nil, trace.Totals{}
	return &t
}

// manyItems is a trace of n log lines and calls within an hour.
func manyItems(n int) *trace.Trace {
	t := *sampleTrace()
	t.Items, t.Gaps = make([]trace.Item, n), nil
	for i := range t.Items {
		at := testNow.Add(-time.Hour).Add(time.Duration(i) * time.Hour / time.Duration(n))
		switch i % 50 {
		case 7:
			t.Items[i] = call(at, "parse_task", "anthropic/claude-sonnet-4", 1500, 0.01, data.ClassLLM)
		case 31:
			t.Items[i] = logged(at, "agents", "error", "task_failed", "exception", sampleException)
		default:
			t.Items[i] = logged(at, "orchestrator", "info", "skill_step_completed", "step", i)
		}
		t.Items[i].Seq = i
	}
	t.Start, t.End = ref(t.Items[0].Time), ref(t.Items[n-1].Time)
	t.Totals.Items = n
	return &t
}

// sampleTimeline is an escalation as Donna's page shows it.
func sampleTimeline() *trace.Timeline {
	begin := testNow.Add(-2 * time.Hour)
	entry := func(n int, after time.Duration, taskType, event, payload string) trace.TimelineEntry {
		return trace.TimelineEntry{ID: fmt.Sprintf("aud-%d", n), Time: begin.Add(after), TaskType: taskType, Event: event, Payload: json.RawMessage(payload)}
	}
	gap := entry(3, 5*time.Minute, "tool_gap_lifecycle", "tool_gap_detected", `{"event": "tool_gap_detected", "tool_request_id": 4, "severity": "high"}`)
	gap.ByTool = true
	return &trace.Timeline{EscalationID: 17, CorrelationID: sampleCorrelationID, Entries: []trace.TimelineEntry{
		entry(1, 0, "escalation_lifecycle", "escalation_offered", `{"event": "escalation_offered", "estimate_usd": 6.2, "modes": ["chat"]}`),
		entry(2, 4*time.Minute, "escalation_lifecycle", "escalation_resolved", `{"event": "escalation_resolved", "mode": "claude_code"}`),
		gap,
		entry(4, time.Hour, "escalation_lifecycle", "", `{"raw": "not JSON"}`),
	}}
}

// fakeTracer answers from what it was given. With steps it tells of the trace in
// parts and waits before each until it may go on.
type fakeTracer struct {
	traces   map[string]*trace.Trace
	timeline *trace.Timeline
	err      error
	steps    chan int // how many items are known next

	mu    sync.Mutex
	asked []string
	ended []error // why readings were given up
}

func (f *fakeTracer) Trace(ctx context.Context, id string, progress func(*trace.Trace)) (*trace.Trace, error) {
	f.mu.Lock()
	f.asked = append(f.asked, id)
	f.mu.Unlock()
	t := f.traces[id]
	if t == nil {
		t = emptyTrace(id)
	}
	for f.steps != nil {
		select {
		case <-ctx.Done():
			f.mu.Lock()
			f.ended = append(f.ended, ctx.Err())
			f.mu.Unlock()
			return nil, ctx.Err()
		case n, ok := <-f.steps:
			if !ok {
				return t, f.err
			}
			part := *t
			part.Items, part.Complete, part.Progress = t.Items[:n], false, float64(n)/float64(len(t.Items))
			progress(&part)
		}
	}
	return t, f.err
}

func (f *fakeTracer) Timeline(_ context.Context, id string) (*trace.Timeline, error) {
	if f.timeline == nil || f.timeline.CorrelationID != id {
		return nil, f.err
	}
	return f.timeline, f.err
}

// traced opens a session on which ids can be traced.
func traced(f *fakeTracer) func(clock *clockwork.FakeClock) Options {
	return func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Tracer = f
		return o
	}
}

// showTrace opens the trace of an id.
func (d *driver) showTrace(id string) {
	d.run(d.m.openTrace(id))
	d.settle()
	d.m.touch(true)
	if !strings.HasPrefix(string(d.top().ID()), string(views.IDTrace)) {
		d.t.Fatalf("%s is open, no trace", d.top().ID())
	}
}

// growingTracer finds a little more each time, whatever it is asked for.
type growingTracer struct{ times int }

func (g *growingTracer) Trace(context.Context, string, func(*trace.Trace)) (*trace.Trace, error) {
	t := *sampleTrace()
	g.times++
	t.Now = t.Now.Add(time.Duration(g.times) * time.Second)
	return &t, nil
}
