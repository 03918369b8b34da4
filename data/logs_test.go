package data

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/logline"
)

// logSnapshot is a snapshot at now of a Hub that got these lines, from a log
// source that has read all it had since coveredFrom.
func logSnapshot(now, coveredFrom time.Time, lines ...logline.Entry) *Snapshot {
	h := NewHub(HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	h.SetState(SourceLoki, SourceState{State: StateLive, Loaded: true, CoveredFrom: coveredFrom})
	half := len(lines) / 2
	h.AppendLines(lines[half:])
	h.Publish()
	h.AppendHistory(lines[:half])
	return h.Publish()
}

// logLine is the entry of one line of a container.
func logLine(at time.Time, container, raw string) logline.Entry {
	e := *lineAt(at, raw)
	e.Labels = map[string]string{"container_name": container}
	return e
}

// A simulated line and what an independent reader makes of it.
type simLine struct {
	at     time.Time
	fields map[string]any
}

func (l simLine) text(key string) string {
	s, _ := l.fields[key].(string)
	return s
}

// is tells whether the line is of one of the events, or, where its event is of
// none of the figure's events, of one of the types.
func (l simLine) is(events, types string, figure ...string) bool {
	has := func(list, s string) bool { return s != "" && slices.Contains(strings.Fields(list), s) }
	if has(events, l.text("event")) {
		return true
	}
	for _, other := range figure {
		if has(other, l.text("event")) {
			return false
		}
	}
	return has(types, l.text("event_type"))
}

const (
	simSent = "notification_sent dm_sent dm_sent_from_queue sms_sent email_draft_created overdue_thread_created twilio_voice_call_placed"
	simLost = "notification_send_failed dm_send_failed dm_send_from_queue_failed sms_send_failed email_draft_failed notification_flush_failed fallback_alert_send_failed " +
		"send_message_channel_unavailable send_embed_channel_unavailable send_message_with_view_channel_unavailable send_to_thread_unavailable " +
		"sms_rate_limit_reached sms_dispatch_skipped_no_client email_dispatch_skipped_no_client"
	simHeld = "notification_queued_blackout notification_queued_quiet_hours dm_queued_blackout dm_queued_quiet_hours " +
		"sms_blocked_blackout sms_blocked_quiet_hours email_blocked_blackout email_blocked_quiet_hours"
	simAgentDone   = "prep_agent_complete"
	simAgentFailed = "prep_agent_execution_failed skill_run_failed_abort skill_executor_unexpected_failure automation_run_exception"
	simAgentMoves  = "skill_step_completed chat.tool_loop_turn"
	simAgentLate   = "chat.tool_loop_timeout validation_run_timeout"
	simAgentBegins = "prep_agent_executing"
	simIngest      = "memory_ingest_batch memory_ingest_chat_turn memory_ingest_task memory_ingest_correction"
	simNoise       = "task_created api.request dedup_duplicate_detected notification_queue_flushed memory_ingest_batch_failed state_transition_validated"
	simTypes       = "notification.sent notification.failed notification.blackout_blocked agent.dispatched agent.progress agent.completed agent.failed " +
		"agent.timeout task.dedup_detected fallback_activated api.request my.own.type"
)

func simLines(rng *rand.Rand, now time.Time, n int) []simLine {
	pick := func(list string) string { f := strings.Fields(list); return f[rng.IntN(len(f))] }
	all := []string{simSent, simLost, simHeld, simAgentDone, simAgentFailed, simAgentMoves, simAgentLate, simAgentBegins, simIngest, simNoise,
		"dedup_check_result", "memory_ingest_failed", "vault_autowrite_written vault_autowrite_skipped_idempotent vault_autowrite_failed", "vault_watch_event"}
	maybe := func(f map[string]any, p float64, key, list string) {
		if rng.Float64() < p {
			f[key] = pick(list)
		}
	}
	lines := make([]simLine, 0, n)
	borders := []time.Duration{0, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, now.Sub(dayStart(now)), now.Sub(monthStart(now)), 5 * time.Minute}
	for range n {
		at := now.Add(-time.Duration(rng.Int64N(int64(33 * 24 * time.Hour)))).Truncate(time.Microsecond)
		switch rng.IntN(20) {
		case 0: // on a border, or a microsecond beside it
			at = now.Add(-borders[rng.IntN(len(borders))] + time.Duration(rng.IntN(3)-1)*time.Microsecond)
		case 1:
			at = now.Add(time.Duration(rng.Int64N(int64(3 * time.Hour))))
		case 2, 3, 4:
			at = now.Add(-time.Duration(rng.Int64N(int64(24 * time.Hour)))).Truncate(time.Microsecond)
		}
		f := map[string]any{"level": pick("debug info info info warning error critical ERROR Warning trace")}
		if rng.IntN(10) > 0 {
			f["event"] = pick(all[rng.IntN(len(all))])
		}
		maybe(f, 0.25, "event_type", simTypes)
		maybe(f, 0.6, "notification_type", "digest nudge reminder")
		maybe(f, 0.3, "type", "weekly sms")
		maybe(f, 0.7, "channel", "tasks digest sms")
		maybe(f, 0.8, "verdict", "same related different")
		maybe(f, 0.8, "source_type", "task chat vault")
		maybe(f, 0.8, "template", "meeting_note person_profile")
		maybe(f, 0.8, "change", "added modified deleted")
		lines = append(lines, simLine{at, f})
	}
	return lines
}

func (l simLine) entry(t *testing.T) logline.Entry {
	t.Helper()
	fields := map[string]any{"timestamp": l.at.Format("2006-01-02T15:04:05.000000Z")}
	for k, v := range l.fields {
		fields[k] = v
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var e logline.Entry
	logline.Parse(&e, string(raw), time.Time{}, time.Time{})
	return e
}

// The figures of a window agree with loops over the lines that know nothing of
// hours, series and views.
func TestLogFiguresAgreeWithLoops(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 9))
		now := epoch.Add(time.Duration(rng.IntN(int(time.Hour)))).Truncate(time.Microsecond)
		lines := simLines(rng, now, 15_000)
		entries := make([]logline.Entry, len(lines))
		for i := range lines {
			entries[i] = lines[i].entry(t)
		}
		s := logSnapshot(now, time.Time{}, entries...)
		var notes []string
		c := countLines(s, &notes)
		if len(notes) != 1 || !strings.Contains(notes[0], "ahead of the clock") {
			t.Errorf("notes %q, want one of the lines too far ahead", notes)
		}
		sent, failed, blocked := c.sent(), c.failed(), c.blocked()
		agents, dedup, errs := c.agentEvents(), c.dedup(), c.errorCounts()
		ingest, lost, writes, watch := c.ingest(), c.memoryFailures(), c.memoryWrites(), c.watch()
		for _, w := range windowsNewestFirst(WindowNames, now) {
			check := func(what string, got, want any) {
				t.Helper()
				if !reflect.DeepEqual(got, want) {
					t.Errorf("seed %d, %s of %s: %+v, want %+v", seed, what, w.Name, dereferenced(got), dereferenced(want))
				}
			}
			x := loopOver(lines, w)
			check("sent", sent[w.Name], x.sent)
			check("failed", failed[w.Name], x.failed)
			check("blocked", blocked[w.Name], x.blocked)
			check("agents", agents[w.Name], x.agents)
			check("dedup", dedup[w.Name], x.dedup)
			check("errors", errs[w.Name], x.errors)
			check("ingest", ingest[w.Name], x.ingest)
			check("failures", lost[w.Name], x.lost)
			check("writes", writes[w.Name], x.writes)
			check("watch", watch[w.Name], x.watch)
		}
		checkPerStep(t, s, lines)
	}
}

func dereferenced(v any) any {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() {
		return r.Elem().Interface()
	}
	return v
}

// looped is what the loop found in one window.
type looped struct {
	sent                *SentCounts
	failed, blocked     *TypedCounts
	agents              *AgentEvents
	dedup               *Dedup
	errors              *LevelCounts
	ingest, lost, watch map[string]int64
	writes              map[string]*MemoryWrites
}

func loopOver(lines []simLine, w Window) looped {
	x := looped{
		sent:   &SentCounts{ByChannel: map[string]int64{}, ByType: map[string]int64{}},
		failed: &TypedCounts{ByType: map[string]int64{}}, blocked: &TypedCounts{ByType: map[string]int64{}},
		agents: &AgentEvents{Dispatched: new(int64), Completed: new(int64)}, dedup: &Dedup{}, errors: &LevelCounts{},
		ingest: map[string]int64{}, lost: map[string]int64{}, watch: map[string]int64{}, writes: map[string]*MemoryWrites{},
	}
	for _, l := range lines {
		if l.at.Before(w.From) || l.at.After(w.To) {
			continue
		}
		or := func(keys ...string) string {
			for _, k := range keys {
				if v := l.text(k); v != "" {
					return v
				}
			}
			return "(none)"
		}
		kind := or("notification_type", "type")
		messages := []string{simSent, simLost, simHeld}
		switch {
		case l.is(simSent, "notification.sent", messages...):
			x.sent.Total++
			x.sent.ByChannel[or("channel")]++
			x.sent.ByType[kind]++
		case l.is(simLost, "notification.failed", messages...):
			x.failed.Total++
			x.failed.ByType[kind]++
		case l.is(simHeld, "notification.blackout_blocked", messages...):
			x.blocked.Total++
			x.blocked.ByType[kind]++
		}
		agents := []string{simAgentBegins, simAgentMoves, simAgentDone, simAgentFailed, simAgentLate}
		for i, n := range []*int64{x.agents.Dispatched, &x.agents.Progress, x.agents.Completed, &x.agents.Failed, &x.agents.Timeout} {
			if l.is(agents[i], strings.Fields("agent.dispatched agent.progress agent.completed agent.failed agent.timeout")[i], agents...) {
				*n++
			}
		}
		switch event := l.text("event"); {
		case event == "dedup_check_result":
			x.dedup.Checks++
			if v := l.text("verdict"); v == "same" || v == "related" {
				x.dedup.Hits++
			}
		case l.text("event_type") == "task.dedup_detected":
			x.dedup.Checks++
			x.dedup.Hits++
		}
		switch event := l.text("event"); event {
		case "memory_ingest_failed":
			x.lost[or("source_type")]++
		case "vault_watch_event":
			x.watch[or("change")]++
		case "vault_autowrite_written", "vault_autowrite_skipped_idempotent", "vault_autowrite_failed":
			m := x.writes[or("template")]
			if m == nil {
				m = &MemoryWrites{}
				x.writes[or("template")] = m
			}
			switch event {
			case "vault_autowrite_written":
				m.Written++
			case "vault_autowrite_skipped_idempotent":
				m.Skipped++
			default:
				m.Failed++
			}
		default:
			if l.is(simIngest, "") {
				x.ingest[event]++
			}
		}
		count(x.errors, l.text("level"))
	}
	if x.dedup.Checks > 0 {
		x.dedup.Rate = ptr(float64(x.dedup.Hits) / float64(x.dedup.Checks))
	}
	return x
}

func count(c *LevelCounts, level string) {
	switch strings.ToLower(level) {
	case "warning":
		c.Warning++
	case "error":
		c.Error++
	case "critical":
		c.Critical++
	}
}

func checkPerStep(t *testing.T, s *Snapshot, lines []simLine) {
	t.Helper()
	var notes []string
	got := errorsPer5m(s, &notes)
	if len(got) != 288 || len(notes) != 0 {
		t.Fatalf("%d stretches and notes %q, want 288 and none", len(got), notes)
	}
	last := got[287].Start
	if last.After(s.At) || !last.Add(5*time.Minute).After(s.At) || last.Minute()%5 != 0 || last.Second() != 0 {
		t.Errorf("the last five minutes begin at %v, now is %v", last, s.At)
	}
	var rate LevelCounts
	want := make([]LevelBucket, 288)
	for i := range want {
		want[i].Start = last.Add(time.Duration(i-287) * 5 * time.Minute)
	}
	for _, l := range lines {
		if l.at.After(s.At) {
			continue
		}
		for i := range want {
			if from := want[i].Start; !l.at.Before(from) && l.at.Before(from.Add(5*time.Minute)) {
				count(&want[i].LevelCounts, l.text("level"))
			}
		}
		if !l.at.Before(s.At.Add(-5 * time.Minute)) {
			count(&rate, l.text("level"))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("errors per five minutes %v, want %v", got, want)
	}
	r := errorRate5m(s)
	if math.Abs(r.Error-float64(rate.Error)/5) > 1e-12 || math.Abs(r.Critical-float64(rate.Critical)/5) > 1e-12 {
		t.Errorf("rate %+v, want %+v in 5 minutes", r, rate)
	}
}

// What is not all at hand is null, and what has no source is null as a whole.
func TestLogFiguresOfWhatIsNotCounted(t *testing.T) {
	absent := logSnapshot(epoch, time.Time{})
	absent.Sources = map[string]SourceState{SourceLoki: {State: StateAbsent}}
	var notes []string
	c := countLines(absent, &notes)
	for name, v := range map[string]any{
		"llm": c.llmEvents(), "agents": c.agentEvents(), "sent": c.sent(), "failed": c.failed(), "blocked": c.blocked(), "dedup": c.dedup(),
		"errors": c.errorCounts(), "ingest": c.ingest(), "failures": c.memoryFailures(), "writes": c.memoryWrites(), "watch": c.watch(),
		"per 5m": errorsPer5m(absent, &notes), "rate": errorRate5m(absent), "breakers": logBreakers(absent), "last ok": logLastOK(absent),
		"heartbeat": logHeartbeat(absent), "checks": logChecks(absent), "nightly": nightlyLines(absent), "retrieval": retrieval(absent),
		"time to schedule": timeToSchedule(absent, []Task{}), "replies": replyTimes(absent, []Nudge{}),
	} {
		if !reflect.ValueOf(v).IsNil() {
			t.Errorf("%s is %v without a log source, want null", name, v)
		}
	}

	s := logSnapshot(epoch, epoch.Add(-25*time.Hour), logLine(epoch, "donna-api", `{"event": "dm_sent"}`))
	c = countLines(s, &notes)
	for _, w := range WindowNames {
		short := w == Window1h || w == Window24h || w == WindowToday
		month := w == WindowMonth // epoch is the first of a month
		for name, null := range map[string]bool{
			"sent": c.sent()[w] == nil, "ingest": c.ingest()[w] == nil, "writes": c.memoryWrites()[w] == nil,
			"retrieval": retrieval(s)[w] == nil, "time to schedule": timeToSchedule(s, []Task{})[w] == nil, "replies": replyTimes(s, []Nudge{})[w] == nil,
		} {
			if null == (short || month) {
				t.Errorf("%s of %s is null: %v, and lines are at hand for 25 hours", name, w, null)
			}
		}
	}
	if timeToSchedule(s, nil) != nil || replyTimes(s, nil) != nil {
		t.Error("without the table there is a figure all the same")
	}
	late := logSnapshot(epoch, epoch.Add(-time.Minute))
	if errorsPer5m(late, &notes) != nil || errorRate5m(late) != nil {
		t.Error("errors of a day are told though only a minute's lines are at hand")
	}
	if len(notes) != 0 {
		t.Errorf("notes %q, want none", notes)
	}
}

func TestRetrieval(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	now := epoch
	var lines []logline.Entry
	type search struct {
		at      time.Time
		ms      int64
		hits    int
		ms0, h0 bool // said
	}
	var all []search
	for i := range 5000 {
		x := search{now.Add(-time.Duration(rng.Int64N(int64(31 * 24 * time.Hour)))), int64(math.Exp(rng.NormFloat64()*1.5 + 4)), rng.IntN(9), rng.IntN(50) > 0, rng.IntN(50) > 0}
		if i < 3 {
			x.at = now.Add(time.Duration(i-1) * time.Hour)
		}
		all = append(all, x)
		raw := `{"event": "memory_retrieval", "query_len": 5`
		if x.ms0 {
			raw += fmt.Sprintf(`, "latency_ms": %d`, x.ms)
		}
		if x.h0 {
			raw += fmt.Sprintf(`, "hits": %d`, x.hits)
		} else {
			raw += `, "hits": NaN`
		}
		lines = append(lines, logLine(x.at, "donna-orchestrator", raw+`}`))
	}
	got := retrieval(logSnapshot(now, time.Time{}, lines...))
	for _, w := range windowsNewestFirst(WindowNames, now) {
		var ms []int64
		n, hits, told := int64(0), 0, 0
		for _, x := range all {
			if x.at.Before(w.From) || x.at.After(w.To) {
				continue
			}
			n++
			if x.ms0 {
				ms = append(ms, x.ms)
			}
			if x.h0 {
				hits += x.hits
				told++
			}
		}
		slices.Sort(ms)
		rank := func(pct int) float64 { return float64(ms[(len(ms)*pct+99)/100-1]) }
		r := got[w.Name]
		if r.N != n || math.Abs(*r.MeanHits-float64(hits)/float64(told)) > 1e-12 {
			t.Errorf("%s: %d searches with %v hits, want %d with %v", w.Name, r.N, *r.MeanHits, n, float64(hits)/float64(told))
		}
		if p := rank(50); math.Abs(float64(*r.P50MS)-p) > 0.008*p {
			t.Errorf("%s: p50 %d, want %v", w.Name, *r.P50MS, p)
		}
		if p := rank(95); math.Abs(float64(*r.P95MS)-p) > 0.008*p {
			t.Errorf("%s: p95 %d, want %v", w.Name, *r.P95MS, p)
		}
	}
	none := retrieval(logSnapshot(now, time.Time{}))[Window1h]
	if none.N != 0 || none.P50MS != nil || none.MeanHits != nil {
		t.Errorf("of no searches %+v", none)
	}
}
