package panels_test

import (
	"fmt"
	"time"

	"github.com/donna-project/donnatop/data"
)

func sampleEscalations() *data.Escalations {
	f := &data.Escalations{
		Open:       &data.OpenEscalations{Total: 14, ByMode: map[string]int64{"chat": 6, "claude_code": 5, "(none)": 3}, ByResolution: map[string]int64{"(none)": 7, "pause": 4, "claude_code": 3}},
		Waiting:    &data.WaitingEscalations{Total: 8, ByMode: map[string]int64{"chat": 4, "claude_code": 4}},
		Status:     map[string]int64{"open": 5, "resolved": 61, "submitted": 2, "validated": 17, "failed": 1, "cancelled": 3},
		Iterations: map[string]int64{"1": 11, "2": 6, "3": 3},
		TimeToResolution7d: map[string]data.ResolutionTimes{
			"chat":        {N: 12, P50S: p(212.0), P95S: p(3580.0), Histogram: map[string]int64{"<1m": 2, "1-5m": 5, "5-15m": 3, "30-60m": 2}},
			"claude_code": {N: 7, P50S: p(5400.0), P95S: p(91_000.0), Histogram: map[string]int64{"15-30m": 1, "1-4h": 4, "4-24h": 1, ">=24h": 1}},
			"pause":       {N: 4, P50S: p(41.0), P95S: p(3600.0), Histogram: map[string]int64{"<1m": 3, "1-4h": 1}},
		},
		ValidationPerDay: map[string]data.ValidationDay{}, ExtensionsPerDay: map[string]data.ExtensionDay{}, ToolGapsPerDay: map[string]data.ToolGapDay{},
	}
	for i := range 30 {
		key := now.AddDate(0, 0, i-29).Format(time.DateOnly)
		if i%4 == 1 || i == 29 {
			f.ValidationPerDay[key] = data.ValidationDay{Validated: int64(i%5 + 1), Failed: int64(i % 3), PassRate: p(float64(i%5+1) / float64(i%5+1+i%3))}
		}
		if i%6 == 5 {
			f.ExtensionsPerDay[key] = data.ExtensionDay{Count: int64(i%4 + 1), AmountUSD: 2.5 * float64(i%4+1)}
		}
		if i%3 != 0 {
			n := int64(i%7 + 2)
			f.ToolGapsPerDay[key] = data.ToolGapDay{
				Total: n, New: n / 3, BySeverity: map[string]int64{"high": n / 2, "speculative": n - n/2},
				ByDetectionPoint: map[string]int64{"capability_tool_check": n - n/2, "runtime_dispatch": n/2 - n/4, "scheduler_pre_run": n / 4},
			}
		}
	}
	statuses := []string{"open", "submitted", "failed", "resolved", "validated", "cancelled"}
	for i := range 25 {
		r := data.EscalationRow{
			ID: int64(225 - i), CorrelationID: fmt.Sprintf("0198a3b0-7c1e-7000-8000-%012d", i), Status: statuses[i%6], TaskType: "research_topic",
			EstimateUSD: p(0.75 * float64(i%9)), CreatedAt: p(now.Add(-time.Duration(i*i) * time.Hour)), Iteration: p(int64(i%3 + 1)),
		}
		if i%3 > 0 {
			r.Mode = p([]string{"chat", "claude_code"}[i%2])
		}
		if i%6 > 2 {
			r.Resolution, r.ResolvedAt = p([]string{"pause", "claude_code", "chat"}[i%3]), p(r.CreatedAt.Add(12*time.Minute))
		}
		f.List = append(f.List, r)
	}
	return f
}

// noEscalations is a Donna who never had to ask.
func noEscalations() *data.Escalations {
	return &data.Escalations{
		Open: &data.OpenEscalations{ByMode: map[string]int64{}, ByResolution: map[string]int64{}}, Waiting: &data.WaitingEscalations{ByMode: map[string]int64{}},
		Status: map[string]int64{}, Iterations: map[string]int64{}, TimeToResolution7d: map[string]data.ResolutionTimes{},
		ValidationPerDay: map[string]data.ValidationDay{}, ExtensionsPerDay: map[string]data.ExtensionDay{}, ToolGapsPerDay: map[string]data.ToolGapDay{}, List: []data.EscalationRow{},
	}
}

func hostileEscalations(h *hostility) *data.Escalations {
	f := &data.Escalations{
		Open:    &data.OpenEscalations{Total: h.whole(0), ByMode: h.counts(), ByResolution: h.counts()},
		Waiting: &data.WaitingEscalations{Total: h.whole(1), ByMode: h.counts()},
		Status:  h.counts(), Iterations: h.counts(), TimeToResolution7d: map[string]data.ResolutionTimes{},
		ValidationPerDay: map[string]data.ValidationDay{}, ExtensionsPerDay: map[string]data.ExtensionDay{}, ToolGapsPerDay: map[string]data.ToolGapDay{},
	}
	bins := []string{"<1m", "1-5m", "5-15m", "15-30m", "30-60m", "1-4h", "4-24h", ">=24h", "a bin nobody knows"}
	for i, n := range h.names {
		histogram := map[string]int64{}
		for j, b := range bins {
			histogram[b] = h.whole(i + j)
		}
		f.TimeToResolution7d[n] = data.ResolutionTimes{N: h.whole(i), P50S: p(h.real(i)), P95S: p(h.real(i + 1)), Histogram: histogram}
		f.List = append(f.List, data.EscalationRow{
			ID: h.whole(i), CorrelationID: n, Status: n, Mode: p(n), Resolution: p(n), TaskType: n, EstimateUSD: p(h.real(i)), CreatedAt: p(time.Time{}), ResolvedAt: &now, Iteration: p(h.whole(i)),
		})
	}
	for i := range 30 {
		key := now.AddDate(0, 0, i-29).Format(time.DateOnly)
		f.ValidationPerDay[key] = data.ValidationDay{Validated: h.whole(i), Failed: h.whole(i + 1), PassRate: p(h.real(i))}
		f.ExtensionsPerDay[key] = data.ExtensionDay{Count: h.whole(i), AmountUSD: h.real(i)}
		f.ToolGapsPerDay[key] = data.ToolGapDay{Total: h.whole(i), New: h.whole(i + 1), BySeverity: h.counts(), ByDetectionPoint: h.counts()}
		f.ToolGapsPerDay["no day "+key] = data.ToolGapDay{Total: 1}
	}
	return f
}
