package trace_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// call is a row of invocation_log.
func call(seconds float64, id, taskType string, more map[string]any) map[string]any {
	return merge(map[string]any{
		"id": id, "timestamp": stamp(seconds), "task_type": taskType, "task_id": nil, "input_hash": "", "latency_ms": 1500, "tokens_in": 100, "tokens_out": 10,
		"cost_usd": 0.5, "is_shadow": 0, "output": nil, "escalation_request_id": nil,
	}, more)
}

// TestFollowsFromSourceToSource: an id in a row leads to a line, which leads to
// another row, until nothing new comes up.
func TestFollowsFromSourceToSource(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100), "parent_task": nil})
	db.add("invocation_log", call(80, "by-line", "parse_task", nil))
	db.add("invocation_log", call(70, "by-task", "reply_intent", map[string]any{"task_id": "task"}))
	db.add("invocation_log", call(60, "foreign", "reply_intent", map[string]any{"task_id": "other"}))
	files := &fakeLogs{source: logline.SourceLogs, lines: []string{
		line(90, "said so", "correlation_id", "corr", "task_id", "task"),
		line(85, "heard", "correlation_id", "corr"),
		line(79, "llm_invocation_logged", "invocation_id", "by-line", "correlation_id", "corr"),
		line(50, "foreign line", "task_id", "other"),
	}}
	for _, id := range []string{"task", "corr", "by-line", "by-task"} {
		tr := find(t, trace.Options{DB: db, Logs: []trace.Logs{files}}, id)
		wantEvents(t, tr, "task", "said so", "heard", "parse_task", "llm_invocation_logged", "reply_intent")
		if got := fmt.Sprint(tr.IDs); got != "map[correlation_id:[corr] escalation_id:[] invocation_id:[by-line by-task] task_id:[task]]" {
			t.Errorf("%s: ids %s", id, got)
		}
		want := trace.Totals{Items: 6, LogLines: 3, LLMCalls: 2, CostUSD: 1, TokensIn: 200, TokensOut: 20, Services: []string{}}
		if fmt.Sprint(tr.Totals) != fmt.Sprint(want) {
			t.Errorf("%s: totals %+v", id, tr.Totals)
		}
		if *tr.Duration != 30 || !tr.Start.Equal(at(100)) || !tr.End.Equal(at(70)) {
			t.Errorf("%s: %v to %v, %v s", id, tr.Start, tr.End, *tr.Duration)
		}
		if from, to := tr.Extent(); *tr.Took != to.Sub(from).Seconds() || *tr.Took < *tr.Duration {
			t.Errorf("%s: it took %v s, lasted %v s, lies from %v to %v", id, *tr.Took, *tr.Duration, from, to)
		}
	}
}

func TestKinds(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(9)})
	db.add("invocation_log", call(8, "call", "parse_task", map[string]any{"trace_id": "calls-trace"}))
	db.add("escalation_request", map[string]any{"id": 7, "correlation_id": "escalation-corr", "created_at": stamp(7), "originating_entity_type": "tool_request", "originating_entity_id": "3"})
	db.add("tool_request", map[string]any{"id": 3, "created_at": stamp(6), "escalation_request_id": nil})
	db.add("conversation_sessions", map[string]any{"id": "session", "created_at": stamp(5)})
	db.add("conversation_messages", map[string]any{"id": "message", "session_id": "session", "trace_id": "turn", "created_at": stamp(5)})
	db.add("skill_run", map[string]any{"id": "run", "skill_id": "skill", "automation_run_id": "auto-run", "started_at": stamp(4)})
	db.add("automation_run", map[string]any{"id": "auto-run", "automation_id": "automation", "started_at": stamp(4)})
	db.add("nudge_events", map[string]any{"id": "nudge", "task_id": "task", "created_at": stamp(3)})
	// chain ids have no index: they are looked for around the time they were made
	chain := "019ecb2c-0000-7000-8000-000000000000"
	db.add("invocation_log", call(1, "chained", "chat_respond", map[string]any{"chain_id": chain, "timestamp": "2026-06-15T13:00:00.000000"}))
	logs := &fakeLogs{source: logline.SourceLogs, lines: []string{line(2, "only here", "correlation_id", "lines-only")}}
	for id, want := range map[string]trace.Kind{
		"task": trace.KindTask, "call": trace.KindInvocation, "7": trace.KindEscalation, "escalation-corr": trace.KindEscalation, "toolreq:3": trace.KindEscalation,
		"session": trace.KindSession, "message": trace.KindSession, "turn": trace.KindTrace, "calls-trace": trace.KindTrace, "run": trace.KindSkillRun,
		"auto-run": trace.KindAutomationRun, "automation": trace.KindAutomationRun, "skill": trace.KindSkillRun, "nudge": trace.KindTask,
		"lines-only": trace.KindCorrelation, "nowhere": trace.KindCorrelation, "8": trace.KindCorrelation, chain: trace.KindChain,
	} {
		tr := find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, id)
		if tr.Kind != want {
			t.Errorf("%s: kind %s, want %s", id, tr.Kind, want)
		}
		if nowhere := id == "nowhere" || id == "8"; nowhere != (len(tr.Items) == 0) {
			t.Errorf("%s: %d items", id, len(tr.Items))
		}
	}
}

// TestNumbersStandUnderTheirNames: 7 is an escalation only where it is called one.
func TestNumbersStandUnderTheirNames(t *testing.T) {
	db := &fakeDB{}
	db.add("escalation_request", map[string]any{"id": 7, "correlation_id": "corr", "created_at": stamp(9), "iteration": 7})
	db.add("tool_request", map[string]any{"id": 7, "created_at": stamp(8), "escalation_request_id": nil})
	db.add("invocation_log", call(5, "audit", "escalation_lifecycle", map[string]any{"escalation_request_id": 7, "input_hash": "corr", "output": `{"event": "escalation_offered"}`}))
	logs := &fakeLogs{source: logline.SourceLogs, lines: []string{
		line(7, "written", "escalation_request_id", 7), line(6, "as text", "escalation_request_id", "7"),
		line(5, "counted", "hits", 7), line(4, "tool", "tool_request_id", 7), line(3, "longer", "escalation_request_id", 70),
	}}
	tr := find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, "7")
	wantEvents(t, tr, "escalation_request", "written", "as text", "escalation_offered")
	if m := tr.Items[0].Matched; !slices.Equal(m, []string{"correlation_id", "id"}) {
		t.Errorf("matched %q", m)
	}
	if tr.Items[3].Kind != trace.ItemEscalation || *tr.Items[3].Class != data.ClassAudit {
		t.Errorf("an audit row is %+v", tr.Items[3])
	}
	wantEvents(t, find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, "toolreq:7"), "tool_request", "tool")
}

// TestHalfOfTheWorldIsNotFollowed: an automation's runs are shown but not their
// lives, and a line that mentions an id in passing leads nowhere.
func TestHalfOfTheWorldIsNotFollowed(t *testing.T) {
	db := &fakeDB{}
	for i := range 3 {
		db.add("automation_run", map[string]any{"id": fmt.Sprint("run", i), "automation_id": "automation", "skill_run_id": fmt.Sprint("skill-run", i), "started_at": stamp(float64(90 - i))})
		db.add("skill_run", map[string]any{"id": fmt.Sprint("skill-run", i), "skill_id": "skill", "started_at": stamp(float64(80 - i))})
	}
	logs := &fakeLogs{source: logline.SourceLogs, lines: []string{
		line(50, "skipped", "automation_id", "automation", "skill_run_id", "skill-run1"),
		line(40, "duplicate", "candidate_task_id", "task", "task_id", "another"),
		line(39, "of another", "task_id", "another"),
		line(38, "of the task", "task_id", "task", "user_id", "nick"),
		line(37, "of the user", "task_id", "third", "user_id", "nick"),
	}}
	o := trace.Options{DB: db, Logs: []trace.Logs{logs}}
	wantEvents(t, find(t, o, "automation"), "automation_run", "automation_run", "automation_run", "skipped")
	wantEvents(t, find(t, o, "task"), "duplicate", "of the task")
	wantEvents(t, find(t, o, "nick"))
	wantEvents(t, find(t, o, "run1"), "automation_run", "skill_run", "skipped")
}

// TestInferred: calls before the task are its own, unless another task came first.
func TestInferred(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "first", "created_at": stamp(100)})
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(90)})
	db.add("tasks", map[string]any{"id": "child", "created_at": stamp(90), "parent_task": "unknown"})
	for _, c := range []struct {
		seconds float64
		id      string
		task    string
	}{{121, "too early", "parse_task"}, {101, "of the first", "parse_task"}, {99, "parse", "parse_task"}, {95, "challenge", "challenge_task"}, {94, "other type", "chat_respond"}, {89, "too late", "parse_task"}} {
		db.add("invocation_log", call(c.seconds, c.id, c.task, nil))
	}
	tr := find(t, trace.Options{DB: db}, "task")
	wantEvents(t, tr, "parse_task", "challenge_task", "task")
	for i, inferred := range []bool{true, true, false} {
		if tr.Items[i].Inferred != inferred || (len(tr.Items[i].Matched) == 0) != inferred {
			t.Errorf("item %d: inferred %v, matched %q", i, tr.Items[i].Inferred, tr.Items[i].Matched)
		}
	}
	if tr.Totals.LLMCalls != 2 {
		t.Errorf("%d calls", tr.Totals.LLMCalls)
	}
	if len(tr.IDs["invocation_id"]) != 0 {
		t.Errorf("inferred rows are no ids of the trace: %v", tr.IDs)
	}
	wantEvents(t, find(t, trace.Options{DB: db}, "child"), "task")
}

// TestTwin: a shadow call is paired with the nearest call of the same prompt.
func TestTwin(t *testing.T) {
	db := &fakeDB{}
	add := func(seconds float64, id, taskType, hash string, shadow int) {
		db.add("invocation_log", call(seconds, id, taskType, map[string]any{"input_hash": hash, "is_shadow": shadow}))
	}
	add(100, "call", "skill_step::a::b", "hash", 0)
	add(90, "nearest", "skill_step::a::b::__shadow__", "hash", 1)
	add(60, "later", "skill_step::a::b::__shadow__", "hash", 1)
	add(95, "other prompt", "skill_step::a::b::__shadow__", "other", 1)
	add(95, "other step", "skill_step::a::c::__shadow__", "hash", 1)
	add(50, "no hash", "parse_task", "", 0)
	add(49, "no hash either", "parse_task::__shadow__", "", 1)
	tr := find(t, trace.Options{DB: db}, "call")
	wantEvents(t, tr, "skill_step::a::b", "skill_step::a::b::__shadow__")
	for i, twin := range []int{1, 0} {
		if tr.Items[i].Twin == nil || *tr.Items[i].Twin != twin || tr.Items[i].Inferred != (i == 1) {
			t.Errorf("item %d: %+v", i, tr.Items[i])
		}
	}
	if tr.Totals.LLMCalls != 1 || tr.Totals.CostUSD != 1 {
		t.Errorf("totals %+v: the shadow costs but is no call", tr.Totals)
	}
	if alone := find(t, trace.Options{DB: db}, "no hash"); len(alone.Items) != 1 || alone.Items[0].Twin != nil {
		t.Errorf("empty hashes match: %q", events(alone))
	}
}

// TestOneLineIsOneItem: the same lines from memory, Loki and a file.
func TestOneLineIsOneItem(t *testing.T) {
	lines := []string{
		line(9, "once", "task_id", "task"), line(8, "twice", "task_id", "task"), line(8, "twice", "task_id", "task"),
		line(7, "leads", "task_id", "task", "correlation_id", "corr"), line(6, "led to", "correlation_id", "corr"),
	}
	loki := &fakeLogs{source: logline.SourceLoki, lines: lines, labels: map[string]string{"service": "donna-api"}}
	files := &fakeLogs{source: logline.SourceLogs, lines: append(slices.Clone(lines), line(5, "only in the file", "task_id", "task"), line(8, "twice", "task_id", "task"))}
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	var ring []logline.Entry
	for i := range lines {
		ring = append(ring, loki.entry(i))
	}
	onlyRing := &fakeLogs{source: logline.SourceLoki, lines: []string{line(1, "only in memory", "task_id", "task")}}
	hub.AppendLines(append(ring, onlyRing.entry(0)))
	hub.Publish()
	o := trace.Options{Logs: []trace.Logs{loki, files}, Snapshot: hub.Snapshot}
	tr := find(t, o, "task")
	wantEvents(t, tr, "once", "twice", "twice", "twice", "leads", "led to", "only in the file", "only in memory")
	sources := map[string]int{}
	for _, i := range tr.Items {
		sources[i.Source]++
	}
	if sources["loki"] != 6 || sources["logs"] != 2 {
		t.Errorf("sources %v", sources)
	}
	if !slices.Equal(tr.Totals.Services, []string{"donna-api"}) {
		t.Errorf("services %q", tr.Totals.Services)
	}
	// each alone
	wantEvents(t, find(t, trace.Options{Snapshot: hub.Snapshot}, "task"), "once", "twice", "twice", "leads", "led to", "only in memory")
	wantEvents(t, find(t, trace.Options{Logs: []trace.Logs{loki}}, "task"), "once", "twice", "twice", "leads", "led to")
}

func TestFailingSources(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100)})
	good := &fakeLogs{source: logline.SourceLogs, lines: []string{line(50, "in the file", "task_id", "task")}}
	bad := &fakeLogs{source: logline.SourceLoki, lines: []string{line(60, "before the fault", "task_id", "task")}, err: errors.New("connection refused")}
	tr := find(t, trace.Options{DB: db, Logs: []trace.Logs{bad, good}}, "task")
	wantEvents(t, tr, "task", "before the fault", "in the file")
	for name, want := range map[string]data.State{"db": data.StateLive, "logs": data.StateFailed, "loki": data.StateFailed} {
		if tr.Sources[name].State != want {
			t.Errorf("%s: %+v", name, tr.Sources[name])
		}
	}
	if len(tr.Gaps) != 1 || tr.Gaps[0].Source != "loki" || tr.Gaps[0].Reason != "connection refused" || tr.Gaps[0].From.After(at(100)) || tr.Gaps[0].To.Before(now) {
		t.Errorf("gaps %+v", tr.Gaps)
	}
	if len(bad.searches) != 1 {
		t.Errorf("the failed source was asked %d times", len(bad.searches))
	}

	tr = find(t, trace.Options{DB: &fakeDB{err: errors.New("is locked")}, Logs: []trace.Logs{good}}, "task")
	wantEvents(t, tr, "in the file")
	if tr.Kind != trace.KindCorrelation || tr.Sources["db"].State != data.StateFailed || tr.Sources["db"].Detail != "is locked" || tr.Sources["logs"].State != data.StateLive {
		t.Errorf("kind %s, sources %+v", tr.Kind, tr.Sources)
	}
	if _, there := tr.Sources["loki"]; there {
		t.Error("a source that isn't configured is named")
	}
	tr = find(t, trace.Options{Absent: map[string]string{data.SourceDB: "give --db"}}, "task")
	if s := tr.Sources["db"]; s.State != data.StateAbsent || s.Detail != "give --db" || tr.Sources["logs"].State != data.StateAbsent {
		t.Errorf("sources %+v", tr.Sources)
	}
}

// TestInterrupted: what was found by then comes with the error, and says what is missing.
func TestInterrupted(t *testing.T) {
	why := errors.New("the time is up")
	ctx, cancel := context.WithCancelCause(t.Context())
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100)})
	slow := &fakeLogs{source: logline.SourceLoki, hook: func() { cancel(why) }, lines: []string{line(60, "seen", "task_id", "task")}}
	tr, err := trace.New(trace.Options{Clock: clockwork.NewFakeClockAt(now), DB: db, Logs: []trace.Logs{slow}}).Trace(ctx, "task", nil)
	if !errors.Is(err, why) {
		t.Fatalf("error %v", err)
	}
	if tr.Items[0].Event != "task" || tr.Sources["db"].State != data.StateLive || tr.Sources["loki"].State != data.StateFailed {
		t.Errorf("%q, %+v", events(tr), tr.Sources)
	}
}

func TestCaps(t *testing.T) {
	chain := func(n int) *fakeLogs { // each line leads to the next
		l := &fakeLogs{source: logline.SourceLogs}
		for i := range n {
			l.lines = append(l.lines, line(float64(100-i), fmt.Sprint("e", i), "task_id", fmt.Sprint("id", i), "correlation_id", fmt.Sprint("id", i+1), "session_id", fmt.Sprint("id", i+1), "x", fmt.Sprint("id", i+1)))
		}
		return l
	}
	many := &fakeLogs{source: logline.SourceLogs}
	for i := range 500 {
		many.lines = append(many.lines, line(float64(1000-i), fmt.Sprint("e", i), "task_id", "task"))
	}
	for _, c := range []struct {
		name  string
		o     trace.Options
		id    string
		items int
		of    string
		limit int
	}{
		{"items", trace.Options{Logs: []trace.Logs{many}, MaxItems: 20}, "task", 20, "items", 20},
		{"ids", trace.Options{Logs: []trace.Logs{chain(50)}, MaxIDs: 7}, "id0", -1, "ids", 7},
		{"rounds", trace.Options{Logs: []trace.Logs{chain(50)}, MaxRounds: 3}, "id0", -1, "rounds", 3},
		{"bytes", trace.Options{Logs: []trace.Logs{many}, MaxBytes: 5000}, "task", -1, "bytes", 5000},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := find(t, c.o, c.id)
			if tr.Capped == nil || tr.Capped.Of != c.of || tr.Capped.Limit != c.limit || tr.Capped.Dropped < 1 {
				t.Fatalf("capped %+v, %d items", tr.Capped, len(tr.Items))
			}
			if c.items >= 0 && (len(tr.Items) != c.items || tr.Capped.Dropped != 480 || tr.Items[0].Event != "e480") {
				t.Errorf("%d items from %s on, %+v", len(tr.Items), tr.Items[0].Event, tr.Capped)
			}
			if len(tr.Items) == 0 || len(tr.Items) >= 60 {
				t.Errorf("%d items", len(tr.Items))
			}
		})
	}
	if tr := find(t, trace.Options{Logs: []trace.Logs{many}}, "task"); tr.Capped != nil || len(tr.Items) != 500 {
		t.Errorf("capped %+v", tr.Capped)
	}
	if tr := find(t, trace.Options{Logs: []trace.Logs{chain(5)}}, "id0"); tr.Capped != nil || len(tr.Items) != 5 {
		t.Errorf("capped %+v, %d items", tr.Capped, len(tr.Items))
	}
}

// TestProgress: partial results come as they are found, and stay as they were.
func TestProgress(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100)})
	files := &fakeLogs{source: logline.SourceLogs, lines: []string{line(50, "line", "task_id", "task", "correlation_id", "corr"), line(40, "more", "correlation_id", "corr")}}
	var shown []*trace.Trace
	var texts []string
	snap := func(tr *trace.Trace) string {
		b, err := json.Marshal(tr)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	f := trace.New(trace.Options{Clock: clockwork.NewFakeClockAt(now), DB: db, Logs: []trace.Logs{files}})
	last, err := f.Trace(t.Context(), "task", func(tr *trace.Trace) {
		if tr.Complete {
			t.Error("a partial result says that it is complete")
		}
		shown, texts = append(shown, tr), append(texts, snap(tr))
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(shown) < 3 || len(shown[0].Items) != 1 || len(last.Items) != 3 {
		t.Fatalf("%d partial results, %d items at first, %d at the end", len(shown), len(shown[0].Items), len(last.Items))
	}
	for i, tr := range shown {
		if snap(tr) != texts[i] {
			t.Errorf("partial result %d was changed", i)
		}
		if i > 0 && tr.Progress < shown[i-1].Progress {
			t.Errorf("progress fell from %v to %v", shown[i-1].Progress, tr.Progress)
		}
	}
}

// TestGapsOfTheLog: what the live sources know to be missing around the trace.
func TestGapsOfTheLog(t *testing.T) {
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	hub.SetState(data.SourceLoki, data.SourceState{State: data.StateLive, Gaps: []data.Gap{
		{From: at(100), To: at(90), Reason: "crowded"}, {From: at(1e6), To: at(9e5), Reason: "long ago"},
	}})
	hub.Publish()
	logs := &fakeLogs{source: logline.SourceLoki, lines: []string{line(95, "in it", "task_id", "task")}, gaps: []data.Gap{{From: at(93), To: at(92), Reason: "found"}}}
	tr := find(t, trace.Options{Logs: []trace.Logs{logs}, Snapshot: hub.Snapshot}, "task")
	if len(tr.Gaps) != 2 || tr.Gaps[0].Reason != "crowded" || tr.Gaps[1].Reason != "found" || tr.Gaps[0].Source != "loki" {
		t.Errorf("gaps %+v", tr.Gaps)
	}
}

// TestUntil: what is dated later counts nowhere and leads nowhere.
func TestUntil(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100)})
	db.add("tasks", map[string]any{"id": "future", "created_at": stamp(10)})
	logs := &fakeLogs{source: logline.SourceLogs, lines: []string{
		line(60, "before", "task_id", "task"), line(40, "after", "task_id", "task", "correlation_id", "corr"), line(70, "by the later", "correlation_id", "corr"),
	}}
	o := trace.Options{DB: db, Logs: []trace.Logs{logs}, Until: at(50)}
	tr := find(t, o, "task")
	wantEvents(t, tr, "task", "before")
	if !tr.Now.Equal(at(50)) {
		t.Errorf("now %v", tr.Now)
	}
	if tr := find(t, o, "future"); len(tr.Items) != 0 || tr.Kind != trace.KindCorrelation {
		t.Errorf("kind %s, %q", tr.Kind, events(tr))
	}
}

// TestSearchedRange: logs are searched from when the life began.
func TestSearchedRange(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": stamp(100_000)})
	logs := &fakeLogs{source: logline.SourceLoki}
	find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, "task")
	find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}, Reach: 48 * time.Hour}, "no task")
	find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, "019ec8a5-c000-7000-8000-000000000000") // made at 00:19:26 of that day
	for i, want := range []time.Time{at(100_000).Add(-time.Hour), now.Add(10 * time.Minute).Add(-49 * time.Hour), time.Date(2026, 6, 14, 23, 19, 26, 0, time.UTC)} {
		if got := logs.searches[i].From; got.Sub(want).Abs() > time.Second {
			t.Errorf("search %d from %v, want about %v", i, got, want)
		}
		if logs.searches[i].To.Before(now) {
			t.Errorf("search %d to %v", i, logs.searches[i].To)
		}
	}
}

// TestOddContent: everything a line or row may hold becomes valid JSON.
func TestOddContent(t *testing.T) {
	db := &fakeDB{}
	db.add("tasks", map[string]any{"id": "task", "created_at": "garbage", "title": "\xff<&>\u202e", "notes": `{"a": [1, {"b": "task"}]}`, "tags": `{broken`})
	logs := &fakeLogs{source: logline.SourceLogs, lines: []string{
		`{"task_id": "task", "x": NaN, "y": {"z": [Infinity]}, "b": "` + "\xff" + `", "event": "odd", "timestamp": "2026-06-15T11:00:00Z"}`,
		`{"task_id": "task", "` + "\xfe" + `": {"k": "` + "\xff" + `"}, "event": "no time"}`,
	}}
	tr := find(t, trace.Options{DB: db, Logs: []trace.Logs{logs}}, "task")
	var out strings.Builder
	if err := tr.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(out.String())) {
		t.Errorf("no JSON: %s", out.String())
	}
	for _, want := range []string{`"x": "NaN"`, `"tags": "{broken"`, `<&>`, `"notes.a.b"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
	if !tr.Start.Equal(time.Date(2026, 6, 15, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("a row without a time moved the start to %v", tr.Start)
	}
}

func TestCheckID(t *testing.T) {
	for _, id := range []string{"", " \t", strings.Repeat("x", 257), "a\x00b", "a\nb", "\xff", "a\u0085b"} {
		if trace.CheckID(id) == nil {
			t.Errorf("%.20q is taken for an id", id)
		}
		if tr, err := trace.New(trace.Options{Clock: clockwork.NewFakeClockAt(now)}).Trace(t.Context(), id, nil); err == nil {
			t.Errorf("%.20q was traced: %+v", id, tr)
		}
	}
	for _, id := range []string{"7", "toolreq:7", `a"b`, "é", "x{}|=`", strings.Repeat("x", 256)} {
		if err := trace.CheckID(id); err != nil {
			t.Errorf("%.20q: %v", id, err)
		}
	}
}

// TestOddIDs are found however their line writes them.
func TestOddIDs(t *testing.T) {
	for _, id := range []string{`a"b\c`, "é €𝄞", "x{}|=`y", "<&>/", "1511814245501426104", "00123", "12345678901234567890123"} {
		python, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		var ascii strings.Builder
		for _, r := range string(python) {
			switch {
			case r > 0xffff:
				fmt.Fprintf(&ascii, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
			case r > 0x7e:
				fmt.Fprintf(&ascii, `\u%04x`, r)
			default:
				ascii.WriteRune(r)
			}
		}
		logs := &fakeLogs{source: logline.SourceLogs, lines: []string{
			`{"thread_id": ` + string(python) + `, "event": "go"}`, `{"thread_id": ` + ascii.String() + `, "event": "python"}`,
			`{"thread_id": "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(id) + `", "event": "plain"}`,
			`{"thread_id": "x` + strings.Trim(string(python), `"`) + `", "event": "longer"}`,
		}}
		wantEvents(t, find(t, trace.Options{Logs: []trace.Logs{logs}}, id), "go", "python", "plain")
	}
}

// TestTimeline is ordered as Donna orders it, with the tool's rows marked.
func TestTimeline(t *testing.T) {
	db := &fakeDB{}
	db.add("escalation_request", map[string]any{"id": 7, "correlation_id": "019e9340-e713-7305", "created_at": stamp(100), "originating_entity_type": "tool_request", "originating_entity_id": "3"})
	db.add("tool_request", map[string]any{"id": 4, "escalation_request_id": 7, "created_at": stamp(100)})
	row := func(id, stamp, taskType, hash string, escalation any, output any) {
		db.add("invocation_log", call(0, id, taskType, map[string]any{"timestamp": stamp, "input_hash": hash, "escalation_request_id": escalation, "output": output}))
	}
	row("c", "2026-06-15T11:00:00.000002+00:00", "escalation_lifecycle", "019e9340-e713-73", 7, `{"event": "escalation_resolved"}`)
	row("b", "2026-06-15T11:00:00+00:00", "escalation_lifecycle", "019e9340-e713-73", 7, `{"event": "escalation_offered"}`)
	row("a", "2026-06-15T11:00:00+00:00", "escalation_lifecycle", "019e9340-e713-73", 7, `not JSON`)
	row("d", "2026-06-15T11:00:00.000001+00:00", "tool_gap_lifecycle", "toolreq:3", nil, `{"event": "tool_gap_detected", "tool_request_id": 3}`)
	row("e", "2026-06-15T10:00:00+00:00", "tool_gap_lifecycle", "toolreq:4", nil, `{"event": "tool_request_filed", "tool_request_id": 4}`)
	row("x", "2026-06-15T11:00:00+00:00", "tool_gap_lifecycle", "toolreq:5", nil, `{"event": "other"}`)
	row("y", "2026-06-15T11:00:00+00:00", "chat_respond", "", 7, nil)
	f := trace.New(trace.Options{Clock: clockwork.NewFakeClockAt(now), DB: db})
	for _, id := range []string{"019e9340-e713-7305", "7"} {
		tl, err := f.Timeline(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range tl.Entries {
			got = append(got, fmt.Sprint(e.ID, " ", e.Event, " ", e.ByTool, " ", string(e.Payload)))
		}
		want := []string{
			`e tool_request_filed true {"event": "tool_request_filed", "tool_request_id": 4}`,
			`a  false {"raw":"not JSON"}`, `b escalation_offered false {"event": "escalation_offered"}`,
			`d tool_gap_detected true {"event": "tool_gap_detected", "tool_request_id": 3}`, `c escalation_resolved false {"event": "escalation_resolved"}`,
		}
		if !slices.Equal(got, want) || tl.EscalationID != 7 || tl.CorrelationID != "019e9340-e713-7305" || tl.More {
			t.Errorf("%s: %+v\n%s", id, tl, strings.Join(got, "\n"))
		}
	}
	if tl, err := f.Timeline(t.Context(), "nowhere"); tl != nil || err != nil {
		t.Errorf("%+v, %v", tl, err)
	}
	if _, err := trace.New(trace.Options{Clock: clockwork.NewFakeClockAt(now), DB: &fakeDB{err: errors.New("locked")}}).Timeline(t.Context(), "x"); err == nil {
		t.Error("no error of a locked database")
	}
}
