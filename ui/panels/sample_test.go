package panels_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

var now = time.Date(2026, 7, 15, 14, 23, 5, 0, time.UTC)

func p[T any](v T) *T { return &v }

func env(tb testing.TB, theme string, ascii bool) *panels.Env {
	tb.Helper()
	s, err := themes.New(theme, true)
	if err != nil {
		tb.Fatal(err)
	}
	return &panels.Env{Styles: s, ASCII: ascii, Location: time.UTC}
}

// perWindow is the same figure for every window.
func perWindow[T any](v T) map[string]T {
	out := map[string]T{}
	for _, w := range data.WindowNames {
		out[w] = v
	}
	return out
}

// input is a snapshot whose database and log are live and loaded.
func input(llm *data.LLM) *panels.Input {
	live := data.SourceState{State: data.StateLive, Loaded: true, AsOf: now}
	s := &data.Snapshot{
		Version: 1, At: now, DB: &data.DB{}, Config: data.DefaultConfig(),
		Sources: map[string]data.SourceState{data.SourceDB: live, data.SourceLoki: live},
	}
	return &panels.Input{Snapshot: s, Figures: &data.Figures{At: now, LLM: llm}, Window: data.Window24h, Cursor: -1}
}

// sample is a day like any other, by hand.
func sample() *data.LLM {
	types := []string{"route_task", "draft_reply", "summarize_thread", "plan_day", "extract_preferences", "escalation_digest", "research_topic", "classify_email", "score_priority", "external_llm_call"}
	models := []string{"claude-sonnet-4-20250514", "qwen2.5:32b", "claude-haiku-3-5"}
	f := &data.LLM{
		SpendUSD: map[string]*float64{data.Window1h: p(0.21), data.Window24h: p(4.105), data.WindowToday: p(3.42), data.Window7d: p(21.33), data.WindowMonth: p(58.2), data.Window30d: p(77.01)},
		Calls:    map[string]*int64{data.Window1h: p(int64(14)), data.Window24h: p(int64(1284)), data.WindowToday: p(int64(903)), data.Window7d: p(int64(8125)), data.WindowMonth: p(int64(17040)), data.Window30d: p(int64(34119))},
		BurnRate: data.BurnRate{USDPerHour24h: p(0.171), USDPerDay7d: p(3.047)},
		ProjectedMonthUSD: data.Projection{
			Donna: p(94.2), MonthToDatePlus7dRate: p(108.3),
		},
		Budget: data.Budget{
			DailyUSD: 20, MonthlyUSD: 100, ExtensionsTodayUSD: p(5.0), DailyEffectiveUSD: 25,
			DailySpentUSD: p(3.42), MonthlySpentUSD: p(88.2), DailyRemainingUSD: p(21.58), MonthlyRemainingUSD: p(11.8),
			DailyUsedPct: p(13.68), MonthlyUsedPct: p(88.2), RunwayDays: p(3.87),
		},
		CallsByClass: perWindow(&data.ClassCounts{LLM: 1284, Shadow: p(int64(121)), Embedding: 402, Audit: 9}),
		Failures:     perWindow(&data.Failures{Calls: 1284, Interrupted: p(int64(7)), Overflow: p(int64(21)), InterruptedPct: p(0.5452), OverflowPct: p(1.6355)}),
		Events:       perWindow(&data.LLMEvents{Started: 1291, Completed: 1284, Failed: 7, Retried: 31, BreakerOpened: 1, BreakerClosed: 1, Fallback: 0}),
		LatencyAllMS: perWindow(&data.Latency{N: 1284, P50: p(int64(1240)), P95: p(int64(8410)), P99: p(int64(19800)), Max: p(int64(61250))}),
	}
	calls, spend, latency := map[string]int64{}, map[string]float64{}, map[string]data.Latency{}
	tokens := data.TokenFigures{TokenCount: data.TokenCount{In: p(int64(1_204_518)), Out: p(int64(340_127))}, ByTaskType: map[string]data.TokenCount{}, ByModel: map[string]data.TokenCount{}}
	for i, t := range types {
		n := int64(400 / (i + 1))
		calls[t], spend[t] = n, float64(n)*0.0031*float64(i%3)
		latency[t] = data.Latency{N: n, P50: p(int64(300 + 220*i)), P95: p(int64(1200 + 900*i)), P99: p(int64(2400 + 2100*i)), Max: p(int64(9000 + 5000*i))}
		tokens.ByTaskType[t] = data.TokenCount{In: p(n * 950), Out: p(n * 260)}
	}
	f.CallsByTaskType, f.SpendByTaskType, f.LatencyMS = perWindow(calls), perWindow(spend), perWindow(latency)
	byModel, spendModel := map[string]int64{}, map[string]float64{}
	for i, m := range models {
		byModel[m], spendModel[m] = int64(800/(i+1)), float64(3-i)*1.1
		tokens.ByModel[m] = data.TokenCount{In: p(int64(600_000 / (i + 1))), Out: p(int64(170_000 / (i + 1)))}
	}
	f.CallsByModel, f.SpendByModel, f.Tokens = perWindow(byModel), perWindow(spendModel), perWindow(&tokens)
	f.Shadow = map[string]map[string]data.ShadowComparison{}
	for _, w := range []string{data.Window7d, data.Window30d} {
		f.Shadow[w] = map[string]data.ShadowComparison{
			"route_task": {
				Primary: data.ShadowSide{Calls: 2810, P50: p(int64(812)), P95: p(int64(2210)), CostUSD: p(8.43), MeanCostUSD: p(0.003)},
				Shadow:  data.ShadowSide{Calls: 121, P50: p(int64(2100)), P95: p(int64(6120)), CostUSD: p(0.0), MeanCostUSD: p(0.0)},
			},
			"plan_day": {Primary: data.ShadowSide{}, Shadow: data.ShadowSide{Calls: 3, P50: p(int64(20)), P95: p(int64(21)), CostUSD: p(0.1), MeanCostUSD: p(0.0333)}},
		}
	}
	for i := range 24 {
		f.PerHour = append(f.PerHour, bucket(now.Truncate(time.Hour).Add(time.Duration(i-23)*time.Hour), i, types, models))
	}
	midnight := now.Truncate(24 * time.Hour)
	for i := range 30 {
		d := data.DayBucket{HourBucket: bucket(midnight.AddDate(0, 0, i-29), i+3, types, models), Interrupted: p(int64(0))}
		if i%11 == 4 {
			d.Interrupted = p(int64(i - 1))
		}
		f.PerDay = append(f.PerDay, d)
	}
	for d := range 7 {
		row := make([]data.HeatCell, 24)
		for h := range row {
			if d < 5 && h >= 6 && h < 22 {
				n := int64(120 - 9*(h-14)*(h-14)/5 - 4*d)
				row[h] = data.HeatCell{Calls: max(n, 2), CostUSD: p(float64(max(n, 2)) * 0.0042)}
			} else {
				row[h] = data.HeatCell{CostUSD: p(0.0)}
			}
		}
		f.Heat = append(f.Heat, row)
	}
	for i := range 40 {
		r := data.InvocationRow{
			RowID: int64(900 - i), ID: fmt.Sprintf("0198-%04d", i), Time: now.Add(-time.Duration(i*i) * time.Minute), TaskType: types[i%len(types)],
			TaskID: p("task-17"), ModelAlias: p("reasoner"), ModelActual: p(models[i%len(models)]), LatencyMS: p(int64(310 * (i + 1))),
			TokensIn: p(int64(950 + 31*i)), TokensOut: p(int64(240 + 7*i)), CostUSD: p(0.0031 * float64(i%4)),
		}
		switch i % 7 {
		case 2:
			r.Interrupted = true
		case 4:
			r.Class, r.TaskType = data.ClassShadow, r.TaskType+"::__shadow__"
		case 5:
			r.OverflowEscalated, r.EscalationRequestID = true, p(int64(12))
		case 6:
			r.Class, r.TaskType, r.TokensOut = data.ClassEmbedding, "embed_memory", nil
		}
		f.Recent = append(f.Recent, r)
	}
	return f
}

func bucket(start time.Time, i int, types, models []string) data.HourBucket {
	b := data.HourBucket{Start: start, CostUSD: p(0.0), ByTaskType: map[string]int64{}, ByModel: map[string]int64{}}
	if i == 5 {
		return b // a quiet one
	}
	for j, t := range types {
		n := int64((7*i+13*j)%23) / int64(j+1)
		b.ByTaskType[t] = n
		b.ByModel[models[j%len(models)]] += n
		b.Calls += n
		*b.CostUSD += float64(n) * 0.011
	}
	return b
}

// empty is a database without a single row.
func empty() *data.LLM {
	f := &data.LLM{
		SpendUSD: perWindow(p(0.0)), Calls: perWindow(p(int64(0))), BurnRate: data.BurnRate{USDPerHour24h: p(0.0), USDPerDay7d: p(0.0)},
		ProjectedMonthUSD: data.Projection{Donna: p(0.0), MonthToDatePlus7dRate: p(0.0)},
		Budget:            data.Budget{DailyUSD: 20, MonthlyUSD: 100, ExtensionsTodayUSD: p(0.0), DailyEffectiveUSD: 20, DailySpentUSD: p(0.0), MonthlySpentUSD: p(0.0), DailyRemainingUSD: p(20.0), MonthlyRemainingUSD: p(100.0), DailyUsedPct: p(0.0), MonthlyUsedPct: p(0.0)},
		CallsByClass:      perWindow(&data.ClassCounts{Shadow: p(int64(0))}),
		CallsByTaskType:   perWindow(map[string]int64{}), CallsByModel: perWindow(map[string]int64{}),
		SpendByTaskType: perWindow(map[string]float64{}), SpendByModel: perWindow(map[string]float64{}),
		Tokens:    perWindow(&data.TokenFigures{TokenCount: data.TokenCount{In: p(int64(0)), Out: p(int64(0))}, ByTaskType: map[string]data.TokenCount{}, ByModel: map[string]data.TokenCount{}}),
		LatencyMS: perWindow(map[string]data.Latency{}), LatencyAllMS: perWindow(&data.Latency{}),
		Failures: perWindow(&data.Failures{Interrupted: p(int64(0)), Overflow: p(int64(0))}), Events: perWindow(&data.LLMEvents{}),
		Shadow: map[string]map[string]data.ShadowComparison{data.Window7d: {}, data.Window30d: {}},
		Recent: []data.InvocationRow{},
	}
	for i := range 24 {
		f.PerHour = append(f.PerHour, data.HourBucket{Start: now.Truncate(time.Hour).Add(time.Duration(i-23) * time.Hour), CostUSD: p(0.0)})
	}
	for i := range 30 {
		f.PerDay = append(f.PerDay, data.DayBucket{HourBucket: data.HourBucket{Start: now.Truncate(24*time.Hour).AddDate(0, 0, i-29), CostUSD: p(0.0)}})
	}
	for range 7 {
		f.Heat = append(f.Heat, make([]data.HeatCell, 24))
	}
	return f
}

// hostile is a database somebody filled to break a terminal: names of all
// kinds, more of them than anybody can show, numbers out of bounds.
func hostile(categories int) *data.LLM {
	f := sample()
	names := []string{
		"\x1b[2J\x1b[31mred", "\x1b]52;c;aGVsbG8=\a", "a\u202egnp.exe\u2066", "zero\u200bwidth\ufeff", "c1\u009b31m\x9b31m", "bad\xff\xfeutf8\xe4\xb8",
		strings.Repeat("long", 75), strings.Repeat("予算超過", 40), strings.Repeat("🚀", 60), "👨\u200d👩\u200d👧\u200d👦", "e" + strings.Repeat("\u0301", 200), "\u0301\u0301", "नमस्ते कि", "\r\n\t\x00\x7f", "", " ", "🇩🇪🇫", "\u3164\u115f", "\u2028\u2029",
	}
	for i := range categories {
		names = append(names, fmt.Sprintf("category_%04d_%s", i, names[i%19]))
	}
	calls, spend, latency, tokens, shadow := map[string]int64{}, map[string]float64{}, map[string]data.Latency{}, map[string]data.TokenCount{}, map[string]data.ShadowComparison{}
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 0, 1e300, 0.005, 999_950, -0.0001}
	for i, n := range names {
		calls[n] = int64(i * 7919 % 100_000)
		spend[n] = odd[i%len(odd)]
		latency[n] = data.Latency{N: int64(i), P50: p(int64(i)), P95: p(int64(math.MaxInt64)), P99: p(int64(-1)), Max: p(int64(math.MinInt64))}
		tokens[n] = data.TokenCount{In: p(int64(math.MaxInt64)), Out: p(int64(math.MaxInt64))}
		shadow[n] = data.ShadowComparison{Shadow: data.ShadowSide{Calls: math.MaxInt64, CostUSD: p(odd[i%len(odd)])}}
	}
	f.CallsByTaskType, f.CallsByModel, f.SpendByTaskType, f.SpendByModel = perWindow(calls), perWindow(calls), perWindow(spend), perWindow(spend)
	f.LatencyMS = perWindow(latency)
	f.Tokens = perWindow(&data.TokenFigures{TokenCount: data.TokenCount{In: p(int64(math.MaxInt64)), Out: p(int64(-1))}, ByTaskType: tokens, ByModel: tokens})
	f.Shadow = map[string]map[string]data.ShadowComparison{data.Window7d: shadow, data.Window30d: shadow}
	f.SpendUSD = perWindow(p(math.NaN()))
	f.Budget = data.Budget{DailyUSD: math.Inf(1), MonthlyUSD: -1, ExtensionsTodayUSD: p(math.NaN()), DailyEffectiveUSD: 1e300, DailySpentUSD: p(math.Inf(-1)), MonthlySpentUSD: p(1e15),
		DailyRemainingUSD: p(math.NaN()), MonthlyRemainingUSD: p(-1e15), DailyUsedPct: p(math.NaN()), MonthlyUsedPct: p(math.Inf(1)), RunwayDays: p(math.Inf(1))}
	for i := range f.PerHour {
		f.PerHour[i].ByTaskType, f.PerHour[i].ByModel, f.PerHour[i].CostUSD, f.PerHour[i].Calls = calls, calls, p(odd[i%len(odd)]), math.MaxInt64
	}
	for i := range f.PerDay {
		f.PerDay[i].ByTaskType, f.PerDay[i].ByModel, f.PerDay[i].CostUSD, f.PerDay[i].Interrupted = calls, calls, p(odd[i%len(odd)]), p(int64(math.MaxInt64))
	}
	for d := range f.Heat {
		for h := range f.Heat[d] {
			f.Heat[d][h] = data.HeatCell{Calls: math.MaxInt64 / int64(h+1), CostUSD: p(odd[h%len(odd)])}
		}
	}
	for i := range f.Recent {
		r := &f.Recent[i]
		r.ID, r.TaskType, r.ModelActual, r.ModelAlias, r.UserID = names[i%19], names[i%19], p(names[(i+3)%19]), p(names[i%19]), p(names[i%19])
		r.LatencyMS, r.CostUSD, r.Time = p(int64(math.MaxInt64)), p(odd[i%len(odd)]), time.Time{}
	}
	return f
}

func logLine(raw string) *data.LogLine {
	l := &data.LogLine{Seq: 1}
	l.Labels = map[string]string{"container_name": "donna-orchestrator", "\x1b[31m": "a\x1b]0;x\a"}
	logline.Parse(&l.Entry, raw, now, now.Add(-time.Second))
	return l
}
