package panels_test

import (
	"encoding/json"
	"time"

	"github.com/donna-project/donnatop/data"
)

func sampleSkills() *data.Skills {
	f := noSkills()
	f.States = map[string]int64{"claude_native": 12, "skill_candidate": 4, "sandbox": 3, "shadow_primary": 2, "trusted": 9, "flagged_for_review": 1, "degraded": 1}
	for i := range 30 {
		if i%4 == 1 {
			day := now.AddDate(0, 0, i-29).Format(time.DateOnly)
			f.TransitionsPerDay[day] = map[string]int64{"sandbox": int64(i % 3), "trusted": int64(i % 5), "degraded": int64(i / 25)}
		}
	}
	f.Evolution = map[string]data.Evolution{
		"summarize_thread": {Success: 7, Total: 9, Rate: p(7.0 / 9)}, "draft_reply": {Success: 1, Total: 4, Rate: p(0.25)}, "plan_day": {Total: 2, Rate: p(0.0)}, "(none)": {Success: 1, Total: 1, Rate: p(1.0)},
	}
	f.Nightly = []data.NightlyLine{
		{Event: "nightly_tasks_completed", At: now.Add(-11 * time.Hour), Fields: map[string]any{"duration_ms": json.Number("48211"), "total_cost_usd": json.Number("0.1731"), "ok": true, "level": "info"}},
		{Event: "nightly_evolution_done", At: now.Add(-11*time.Hour - 40*time.Second), Fields: map[string]any{"skills": json.RawMessage(`["plan_day", "draft_reply"]`), "reason": nil}},
		{Event: "nightly_tasks_started", At: now.Add(-11*time.Hour - time.Minute), Fields: map[string]any{"level": "info"}},
	}
	for i, w := range data.WindowNames {
		n := int64(i * 14)
		f.Runs[w] = map[string]int64{"succeeded": n, "failed": n / 9, "escalated": n / 14}
	}
	f.Runs[data.Window24h]["running"] = 1
	for i := range f.CostPerHour {
		if i%5 != 2 {
			f.CostPerHour[i].BySkill = map[string]float64{"summarize_thread": float64(i%4) * 0.021, "draft_reply": float64(i%7) * 0.009, "plan_day": 0.004}
		}
	}
	return f
}

func noSkills() *data.Skills {
	f := &data.Skills{
		States: map[string]int64{}, TransitionsPerDay: map[string]map[string]int64{}, Evolution: map[string]data.Evolution{},
		Nightly: []data.NightlyLine{}, Runs: map[string]map[string]int64{},
	}
	for _, w := range data.WindowNames {
		f.Runs[w] = map[string]int64{}
	}
	for i := range 24 {
		f.CostPerHour = append(f.CostPerHour, data.SkillCostHour{Start: now.Truncate(time.Hour).Add(time.Duration(i-23) * time.Hour), BySkill: map[string]float64{}})
	}
	return f
}

func hostileSkills(h *hostility) *data.Skills {
	f := &data.Skills{
		States: h.counts(), Runs: perWindow(h.counts()), Evolution: map[string]data.Evolution{},
		TransitionsPerDay: map[string]map[string]int64{now.Format(time.DateOnly): h.counts(), now.AddDate(0, 0, -3).Format(time.DateOnly): h.counts(), h.names[0]: nil},
	}
	fields := map[string]any{}
	for i, n := range h.names {
		f.Evolution[n] = data.Evolution{Success: h.whole(i), Total: h.whole(i + 1), Rate: p(h.real(i))}
		fields[n] = []any{n, json.Number(n), json.RawMessage(n), nil, true}[i%5]
		f.Nightly = append(f.Nightly, data.NightlyLine{Event: n, Fields: fields})
		f.CostPerHour = append(f.CostPerHour, data.SkillCostHour{BySkill: map[string]float64{n: h.real(i)}})
	}
	f.CostPerHour[0].BySkill = h.amounts()
	return f
}
