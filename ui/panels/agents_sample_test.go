package panels_test

import (
	"time"

	"github.com/donna-project/donnatop/data"
)

func sampleAgents() *data.Agents {
	f := &data.Agents{
		Active: []data.ActiveAgent{
			{ID: "run-1", Name: "research", Kind: "skill", TaskID: p("task-9"), StartedAt: p(now.Add(-412 * time.Second)), ElapsedS: p(412.0), TimeoutS: p(300.0)},
			{ID: "run-2", Name: "pm", Kind: "skill", StartedAt: p(now.Add(-261 * time.Second)), ElapsedS: p(261.0), TimeoutS: p(300.0)},
			{ID: "run-3", Name: "coding", Kind: "skill", TaskID: p("task-4"), StartedAt: p(now.Add(-95 * time.Second)), ElapsedS: p(95.0), TimeoutS: p(600.0)},
			{ID: "run-4", Name: "watch the price of flights", Kind: "automation", StartedAt: p(now.Add(-27 * time.Hour)), ElapsedS: p(97_200.0)},
			{ID: "task-7", Name: "(none)", Kind: "task", TaskID: p("task-7")},
		},
		Finished: map[string]map[string]*data.FinishedAgents{},
		FailedToday: []data.FailedAgent{
			{ID: "run-77", Name: "research", Kind: "skill", Error: p("TimeoutError: step 3 took longer than 300 s")},
			{ID: "run-78", Name: "watch the price of flights", Kind: "automation", Error: p("HTTP 503 from the fares API\nretried 3 times")},
			{ID: "run-79", Name: "(none)", Kind: "skill"},
		},
		CostByName:       map[string]float64{"research": 4.215, "coding": 2.9, "watch the price of flights": 0.0184, "pm": 0.31, "communication": 0},
		TaskStatus:       map[string]int64{"(none)": 580, "in_progress": 1, "complete": 12, "failed": 2},
		LLMSpendByCaller: perWindow(map[string]float64{"route_task": 1.32, "draft_reply": 0.874, "plan_day": 0.41, "embed_memory": 0.0021}),
		Events:           map[string]*data.AgentEvents{},
	}
	for i, w := range data.WindowNames {
		n := int64(2 + 5*i)
		f.Finished[w] = map[string]*data.FinishedAgents{
			"skill":      {Succeeded: n, Failed: n / 4, CostUSD: p(0.11 * float64(n)), MeanS: p(41.5)},
			"automation": {Succeeded: 3 * n, CostUSD: p(0.0), MeanS: p(2.125)},
		}
		f.Events[w] = &data.AgentEvents{Dispatched: new(4 * n), Progress: 9 * n, Completed: new(3 * n), Failed: n / 5, Timeout: n / 9}
	}
	f.Finished[data.Window1h]["skill"] = &data.FinishedAgents{CostUSD: p(0.0)}
	f.Events[data.Window30d] = nil
	return f
}

// noAgents is a database in which nothing ever ran.
func noAgents() *data.Agents {
	none := &data.FinishedAgents{CostUSD: p(0.0)}
	return &data.Agents{
		Active: []data.ActiveAgent{}, Finished: perWindow(map[string]*data.FinishedAgents{"skill": none, "automation": none}),
		FailedToday: []data.FailedAgent{}, CostByName: map[string]float64{}, TaskStatus: map[string]int64{},
		LLMSpendByCaller: perWindow(map[string]float64{}), Events: perWindow(&data.AgentEvents{Dispatched: new(int64), Completed: new(int64)}),
	}
}

func hostileAgents(h *hostility) *data.Agents {
	f := &data.Agents{
		Finished: map[string]map[string]*data.FinishedAgents{}, CostByName: h.amounts(), TaskStatus: h.counts(), LLMSpendByCaller: perWindow(h.amounts()),
		Events: perWindow(&data.AgentEvents{Dispatched: new(h.whole(0)), Progress: h.whole(1), Completed: new(h.whole(2)), Failed: h.whole(0), Timeout: h.whole(1)}),
	}
	kinds := map[string]*data.FinishedAgents{"none": nil}
	for i, n := range h.names {
		kinds[n] = &data.FinishedAgents{Succeeded: h.whole(i), Failed: h.whole(i + 1), CostUSD: p(h.real(i)), MeanS: p(h.real(i + 1))}
		f.Active = append(f.Active, data.ActiveAgent{ID: n, Name: n, Kind: n, TaskID: p(n), StartedAt: p(time.Time{}), ElapsedS: p(h.real(i)), TimeoutS: p(h.real(i / 9))})
		f.FailedToday = append(f.FailedToday, data.FailedAgent{ID: n, Name: n, Kind: n, Error: p(n)})
	}
	for _, w := range data.WindowNames {
		f.Finished[w] = kinds
	}
	return f
}
