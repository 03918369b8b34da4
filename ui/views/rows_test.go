package views

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

func ptr[T any](v T) *T { return &v }

// hostile tries to leave its place.
const hostile = "\x1b[2J\x1b]0;title\a a\rb\nc\td \u202eright\u2066 \xff\xfe 漢👨‍👩‍👧"

// hostileFigures has a row of hostile text in every list.
func hostileFigures() *data.Figures {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	long := hostile + strings.Repeat("x", 1<<20)
	windows := func(n int64) map[string]map[string]int64 {
		return map[string]map[string]int64{data.Window24h: {hostile: n, "other": 1}, data.Window1h: nil}
	}
	return &data.Figures{
		At: at,
		LLM: &data.LLM{
			CallsByTaskType: windows(3), CallsByModel: windows(2), SpendByTaskType: map[string]map[string]float64{data.Window24h: {hostile: 1.5}},
			LatencyMS:    map[string]map[string]data.Latency{data.Window24h: {hostile: {N: 3, P50: ptr[int64](20)}}},
			LatencyAllMS: map[string]*data.Latency{data.Window24h: {N: 3, P50: ptr[int64](20)}},
			Shadow:       map[string]map[string]data.ShadowComparison{data.Window7d: {hostile: {Primary: data.ShadowSide{Calls: 2, CostUSD: ptr(0.5)}}}},
			Recent:       []data.InvocationRow{{RowID: 1, ID: hostile, Time: at, TaskType: long}},
		},
		Tasks: &data.Tasks{Reschedules: &data.Reschedules{ThreeOrMore: []data.RescheduledTask{{ID: hostile, Title: long, Count: 4}}}},
		Agents: &data.Agents{
			Active:           []data.ActiveAgent{{ID: hostile, Name: long, Kind: hostile, TaskID: ptr(hostile), StartedAt: &at}},
			FailedToday:      []data.FailedAgent{{ID: hostile, Name: hostile, Kind: hostile, Error: &long}},
			CostByName:       map[string]float64{hostile: 2},
			LLMSpendByCaller: map[string]map[string]float64{data.Window24h: {hostile: 2}},
		},
		Escalations: &data.Escalations{List: []data.EscalationRow{{
			ID: 1, CorrelationID: hostile, Status: hostile, Mode: ptr(hostile), TaskType: long, EstimateUSD: ptr(4.25), CreatedAt: &at,
		}}},
		Errors: &data.Errors{Groups: []data.ErrorGroup{{Fingerprint: "f", Event: long, ExceptionType: ptr(hostile), Frame: ptr(hostile), Service: hostile, Level: hostile}},
			Facets: map[string]map[string]int64{"service": {hostile: 3, data.None: 2}, "level": {"error": 5}, "event_type": {long: 5}}},
		Skills: &data.Skills{
			Evolution: map[string]data.Evolution{hostile: {Total: 2, Success: 1, Rate: ptr(0.5)}},
			Nightly: []data.NightlyLine{{Event: hostile, At: at, Fields: map[string]any{
				hostile: long, "cost_usd": 4.25, "detail": json.RawMessage(`{"x_usd": 4.25}`), "none": nil,
			}}},
		},
		Memory: &data.Memory{
			Ingest: windows(3), Failures: windows(3), Watch: windows(3), EmbedCalls: windows(3),
			Writes: map[string]map[string]*data.MemoryWrites{data.Window24h: {hostile: {Written: 3}, "gone": nil}},
		},
		Alerts: []data.Alert{{Rule: hostile, Title: long, State: data.AlertFiring, Since: &at, Value: ptr(1.0), Threshold: ptr(2.0), Detail: long, Routes: []string{hostile}}},
		Health: &data.Health{
			Containers: []data.Container{{Name: hostile, Service: ptr(hostile), State: ptr(long), Verdict: hostile}},
			Disks:      []data.Disk{{Mount: hostile, Device: hostile}},
			DataDirs:   []data.DataDir{{Path: hostile}, {Path: "b", Bytes: ptr[int64](3)}},
			Breakers:   []data.Breaker{{Name: hostile, State: hostile, Since: &at}},
			LastOK:     []data.LastOK{{Operation: hostile, At: &at, Source: ptr(hostile)}},
		},
	}
}

// Every row of every list opens a detail with all its fields, in lines that stay
// in their place whatever the fields hold.
func TestRowsOpenDetails(t *testing.T) {
	f := hostileFigures()
	line := data.LogLine{Seq: 7, Entry: entry(f.At, fmt.Sprintf(`{"event": %q, "level": "error", "service": %q}`, hostile, hostile))}
	in := &panels.Input{Figures: f, Window: data.Window24h, Lines: &panels.LineRows{Lines: []*data.LogLine{&line}}}
	eachBoard(t, func(t *testing.T, b *Board) {
		for id, r := range b.spec.rows {
			ids := r.ids(in)
			if len(ids) == 0 {
				t.Errorf("%s has no rows", id)
			}
			if n := b.panels[b.panelOf(id)].Rows(in); n != len(ids) {
				t.Errorf("%s draws %d rows and knows %d", id, n, len(ids))
			}
			if r.open == nil {
				continue
			}
			for _, none := range []int{-1, len(ids)} {
				if v := r.open(b.ctx, in, none); v != nil {
					t.Errorf("%s: row %d of %d opens %q", id, none, len(ids), v.Title())
				}
			}
			for i := range ids {
				v := r.open(b.ctx, in, i)
				for _, size := range [][2]int{{120, 40}, {61, 12}, {40, 12}, {5, 3}, {1, 1}} {
					v.Resize(size[0], size[1])
					lines := v.Lines()
					if len(lines) != size[1] {
						t.Fatalf("%s: %d lines in %v", id, len(lines), size)
					}
					for _, l := range lines {
						if n := ansi.StringWidth(l); n != size[0] || strings.ContainsAny(ansi.Strip(l), "\x1b\a\r\n\t\u202e") {
							t.Fatalf("%s: line of %d cells in %v: %q", id, n, size, l)
						}
					}
				}
			}
		}
	})
	for name, ids := range map[string][]string{"no figures": llmRows["latency"].ids(&panels.Input{}), "no rows": healthRows["disks"].ids(&panels.Input{})} {
		if len(ids) > 0 {
			t.Errorf("%s: %v", name, ids)
		}
	}
}

// What a detail shows of a row: values, what isn't there, how long ago, and no
// amounts when they are hidden.
func TestRowDetail(t *testing.T) {
	f := hostileFigures()
	f.Escalations.List[0] = data.EscalationRow{
		ID: 7, CorrelationID: "c-7", Status: "open", TaskType: "prep_research", EstimateUSD: ptr(4.25), CreatedAt: ptr(f.At.Add(-2 * time.Hour)),
	}
	f.Skills.Nightly[0].Fields = map[string]any{"cost_usd": 4.25, "detail": json.RawMessage(`{"x_usd": 4.25}`), "none": nil, "runs": 12}
	in := &panels.Input{Figures: f, Window: data.Window24h}
	ctx := testContext(t, slog.New(slog.DiscardHandler))
	text := func(r rowSpec) string {
		v := r.open(ctx, in, 0)
		v.Resize(100, 30)
		return ansi.Strip(strings.Join(v.Lines(), "\n"))
	}
	escalation := text(escalationsRows["escalations"])
	for _, want := range []string{
		"Escalation 7", "correlation        c-7", "mode               –", "estimate           $4.25", "2026-07-01 10:00:00.000 UTC · 2h ago",
	} {
		if !strings.Contains(escalation, want) {
			t.Errorf("no %q in\n%s", want, escalation)
		}
	}
	if v := escalationsRows["escalations"].open(ctx, in, 0); !v.Uses().Money {
		t.Error("hiding money changes an escalation")
	}
	if v := tasksRows["tasks_rescheduled"].open(ctx, in, 0); v.Uses().Money {
		t.Error("hiding money does not change a task")
	}
	ctx.Env.HideMoney = true
	for name, r := range map[string]rowSpec{
		"escalation": escalationsRows["escalations"], "nightly line": skillsRows["skill_nightly"], "agent": agentsRows["agents_cost"],
		"caller": agentsRows["agents_spend"], "task type": llmRows["task_types"], "shadow": llmRows["shadow"],
	} {
		if s := text(r); strings.Contains(s, "4.25") || strings.Contains(s, "1.5") || strings.Contains(s, "$2") || !strings.Contains(s, hiddenMoney) {
			t.Errorf("%s with money hidden:\n%s", name, s)
		}
	}
}

// The cursor stays on its row when others come in above or the order changes; on
// top it stays with whatever comes first.
func TestCursorFollowsItsRow(t *testing.T) {
	list := func(ids ...int64) *Data {
		f := hostileFigures()
		f.Escalations.List = nil
		for _, id := range ids {
			f.Escalations.List = append(f.Escalations.List, data.EscalationRow{ID: id})
		}
		return &Data{Figures: f, Window: data.Window24h}
	}
	for _, c := range []struct {
		name   string
		before []int64
		cursor int
		after  []int64
		want   int
	}{
		{"two come in above", []int64{3, 2, 1}, 1, []int64{5, 4, 3, 2, 1}, 3},
		{"on top", []int64{3, 2, 1}, 0, []int64{5, 4, 3, 2, 1}, 0},
		{"another order", []int64{3, 2, 1}, 2, []int64{1, 2, 3}, 0},
		{"its row is gone", []int64{3, 2, 1}, 2, []int64{5, 4}, 1},
		{"all are gone", []int64{3, 2, 1}, 2, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := NewEscalations(testContext(t, slog.New(slog.DiscardHandler)))
			v.Resize(120, 40)
			v.SetData(list(c.before...))
			at := v.panelOf("escalations")
			v.focus = at
			v.selectRow(c.cursor)
			v.SetData(list(c.after...))
			if got := v.lists[at].cursor; got != c.want {
				t.Errorf("the cursor is on row %d, want %d", got, c.want)
			}
		})
	}
}

// Sorting by another measure leaves the cursor on its row.
func TestCursorFollowsTheOrder(t *testing.T) {
	f := hostileFigures()
	f.LLM.CallsByTaskType[data.Window24h] = map[string]int64{"a": 3, "b": 2, "c": 1}
	f.LLM.SpendByTaskType[data.Window24h] = map[string]float64{"a": 1, "b": 9, "c": 2}
	f.LLM.Tokens = map[string]*data.TokenFigures{data.Window24h: {ByTaskType: map[string]data.TokenCount{"d": {}}}}
	v := NewLLM(testContext(t, slog.New(slog.DiscardHandler)))
	v.Resize(120, 60)
	v.SetData(&Data{Figures: f, Window: data.Window24h})
	v.focus = v.panelOf("task_types")
	v.selectRow(2)
	in := v.input()
	if got := fmt.Sprint(llmRows["task_types"].ids(&in)); got != "[a b c d]" {
		t.Fatalf("by calls: %s", got)
	}
	v.measure = panels.Cost
	v.followRows()
	in = v.input()
	if got := fmt.Sprint(llmRows["task_types"].ids(&in)); got != "[b c a d]" {
		t.Fatalf("by cost: %s", got)
	}
	if got := v.lists[v.focus].cursor; got != 1 {
		t.Errorf("the cursor is on row %d, want c on row 1", got)
	}
}

// The rows that open are those the panel draws, in its order.
func TestRowsAreInThePanelsOrder(t *testing.T) {
	windows := func() map[string]map[string]int64 {
		return map[string]map[string]int64{data.Window24h: {"beta": 3, "alpha": 3, "gamma": 9}}
	}
	spend := map[string]float64{"beta": 3, "alpha": 3, "gamma": 9}
	f := hostileFigures()
	f.LLM.CallsByTaskType, f.LLM.CallsByModel = windows(), windows()
	f.LLM.SpendByTaskType = map[string]map[string]float64{data.Window24h: {"beta": 4, "alpha": 3}}
	f.LLM.LatencyMS[data.Window24h] = map[string]data.Latency{"beta": {N: 3}, "alpha": {N: 3}, "gamma": {N: 9}}
	f.LLM.Shadow[data.Window7d] = map[string]data.ShadowComparison{"beta": {}, "alpha": {}}
	f.Agents.CostByName, f.Agents.LLMSpendByCaller = spend, map[string]map[string]float64{data.Window24h: spend}
	f.Skills.Evolution = map[string]data.Evolution{"beta": {Total: 3}, "alpha": {Total: 3}, "gamma": {Total: 9}}
	f.Memory.Ingest, f.Memory.Failures, f.Memory.Watch, f.Memory.EmbedCalls = windows(), windows(), windows(), windows()
	f.Memory.Writes[data.Window24h] = map[string]*data.MemoryWrites{"beta": {Written: 2, Failed: 1}, "alpha": {Skipped: 3}, "gamma": {Written: 9}}
	f.Health.DataDirs = []data.DataDir{{Path: "beta", Bytes: ptr[int64](3)}, {Path: "unknown"}, {Path: "alpha", Bytes: ptr[int64](3)}, {Path: "gamma", Bytes: ptr[int64](9)}}
	for _, measure := range []panels.Measure{panels.Calls, panels.Cost} {
		in := &panels.Input{Snapshot: testData().Snapshot, Figures: f, Window: data.Window24h, Cursor: -1, Measure: measure}
		eachBoard(t, func(t *testing.T, b *Board) {
			for id, r := range b.spec.rows {
				ids := r.ids(in)
				if len(ids) < 3 || id == "error_facets" { // whose lists stand side by side
					continue
				}
				const headings = 1
				drawn := b.panels[b.panelOf(id)].Draw(&b.ctx.Env, in, 100, 20)[headings:]
				for i, row := range ids {
					word, side, _ := strings.Cut(row, " ")
					if side == "shadow" {
						word = side // its name stands in the row above
					}
					if line := ansi.Strip(drawn[i]); !strings.Contains(line, word) {
						t.Errorf("%s: row %d is %q, drawn is %q", id, i, row, line)
					}
				}
			}
		})
	}
}
