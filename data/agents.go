package data

import (
	"cmp"
	"slices"
	"time"
)

// Agents holds the figures of the Agents view, key by key those of CONTRACT.md's `agents`.
type Agents struct {
	Active           []ActiveAgent                         `json:"active"`
	Finished         map[string]map[string]*FinishedAgents `json:"finished"` // W, kind
	FailedToday      []FailedAgent                         `json:"failed_today"`
	CostByName       map[string]float64                    `json:"cost_by_name"`
	TaskStatus       map[string]int64                      `json:"task_status"`
	LLMSpendByCaller map[string]map[string]float64         `json:"llm_spend_by_caller"`
	Events           map[string]*AgentEvents               `json:"events"`
}

// ActiveAgent is a run that has not ended, or a task an agent works on.
type ActiveAgent struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Kind      string     `json:"kind"` // skill, automation or task
	TaskID    *string    `json:"task_id"`
	StartedAt *time.Time `json:"started_at"`
	ElapsedS  *float64   `json:"elapsed_s"`
	TimeoutS  *float64   `json:"timeout_s"`
}

// FinishedAgents is what ended in a window; cost and mean duration (seconds) are over all of them.
type FinishedAgents struct {
	Succeeded int64    `json:"succeeded"`
	Failed    int64    `json:"failed"`
	CostUSD   *float64 `json:"cost_usd"`
	MeanS     *float64 `json:"mean_s"`
}

// FailedAgent is a run that failed today (UTC).
type FailedAgent struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Kind  string  `json:"kind"`
	Error *string `json:"error"`
}

// AgentEvents counts what the log says of agents.
type AgentEvents struct {
	Dispatched *int64 `json:"dispatched"`
	Progress   int64  `json:"progress"`
	Completed  *int64 `json:"completed"`
	Failed     int64  `json:"failed"`
	Timeout    int64  `json:"timeout"`
}

// Kinds of agents.
const (
	kindSkill      = "skill"
	kindAutomation = "automation"
	kindTask       = "task"
)

// Statuses of a run (donna-data.md §1.9) and of a task an agent works on.
const (
	runRunning       = "running"
	runSucceeded     = "succeeded"
	runFailed        = "failed"
	agentsInProgress = "in_progress"
)

// agentFigures computes what the database says of CONTRACT.md's `agents`.
func agentFigures(s *Snapshot) *Agents {
	f := &Agents{}
	t := s.tables()
	if t == nil {
		return f
	}
	if t.Tasks != nil && !t.lacks("tasks.agent_status") {
		f.TaskStatus = map[string]int64{}
		for i := range t.Tasks {
			if !t.Tasks[i].CreatedAt.After(s.At) {
				f.TaskStatus[t.Tasks[i].AgentStatus]++
			}
		}
	}
	if t.SkillRuns == nil && t.AutomationRuns == nil && t.Tasks == nil {
		return f
	}
	f.Active = activeAgents(s, t)
	if t.SkillRuns == nil && t.AutomationRuns == nil {
		return f
	}
	kinds := map[string][]AgentRun{}
	if t.SkillRuns != nil && !t.lacks("skill_run.status", "skill_run.started_at", "skill_run.finished_at") {
		kinds[kindSkill] = t.SkillRuns
	}
	if t.AutomationRuns != nil && !t.lacks("automation_run.status", "automation_run.started_at", "automation_run.finished_at") {
		kinds[kindAutomation] = t.AutomationRuns
	}
	f.Finished = perWindow(s, func(w Window) map[string]*FinishedAgents {
		out := make(map[string]*FinishedAgents, len(kinds))
		for kind, runs := range kinds {
			out[kind] = finished(runs, w)
			if t.lacks(costColumns[kind]) {
				out[kind].CostUSD = nil
			}
		}
		return out
	})
	today, month := windowNamed(WindowToday, s.At), windowNamed(Window30d, s.At)
	f.FailedToday, f.CostByName = []FailedAgent{}, map[string]float64{}
	for _, kind := range []string{kindSkill, kindAutomation} {
		for i := range kinds[kind] {
			r := &kinds[kind][i]
			if r.Status == runFailed && today.within(r.ended()) {
				f.FailedToday = append(f.FailedToday, FailedAgent{ID: r.ID, Name: r.Name, Kind: kind, Error: nonEmpty(r.Error)})
			}
			if r.CostUSD != nil && month.within(r.StartedAt) {
				f.CostByName[r.Name] += *r.CostUSD
			}
		}
	}
	return f
}

// costColumns are where the cost of a run stands, by kind.
var costColumns = map[string]string{kindSkill: "skill_run.total_cost_usd", kindAutomation: "automation_run.cost_usd"}

// ended is when a run that is over ended; rows of a crash may lack it.
func (r *AgentRun) ended() time.Time {
	if r.FinishedAt.IsZero() {
		return r.StartedAt
	}
	return r.FinishedAt
}

func finished(runs []AgentRun, w Window) *FinishedAgents {
	f := &FinishedAgents{CostUSD: new(float64)}
	var seconds []float64
	for i := range runs {
		r := &runs[i]
		if !w.within(r.FinishedAt) {
			continue
		}
		switch r.Status {
		case runSucceeded:
			f.Succeeded++
		case runFailed:
			f.Failed++
		}
		if r.CostUSD != nil {
			*f.CostUSD += *r.CostUSD
		}
		if !r.StartedAt.IsZero() {
			seconds = append(seconds, r.FinishedAt.Sub(r.StartedAt).Seconds())
		}
	}
	f.MeanS = mean(seconds)
	return f
}

// activeAgents lists what is running, the longest first.
func activeAgents(s *Snapshot, t *Tables) []ActiveAgent {
	out := []ActiveAgent{}
	for _, kind := range []struct {
		name string
		runs []AgentRun
	}{{kindSkill, t.SkillRuns}, {kindAutomation, t.AutomationRuns}} {
		for i := range kind.runs {
			r := &kind.runs[i]
			if r.Status != runRunning || r.StartedAt.After(s.At) {
				continue
			}
			a := ActiveAgent{ID: r.ID, Name: r.Name, Kind: kind.name, TaskID: nonEmpty(r.TaskID), TimeoutS: s.Config.timeout(r.Name)}
			if !r.StartedAt.IsZero() {
				a.StartedAt, a.ElapsedS = &r.StartedAt, ptr(s.At.Sub(r.StartedAt).Seconds())
			}
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b ActiveAgent) int { return cmp.Compare(elapsed(b), elapsed(a)) })
	for i := range t.Tasks {
		if r := &t.Tasks[i]; r.AgentStatus == agentsInProgress && !r.CreatedAt.After(s.At) {
			out = append(out, ActiveAgent{
				ID: r.ID, Name: r.AssignedAgent, Kind: kindTask, TaskID: nonEmpty(r.ID), TimeoutS: s.Config.timeout(r.AssignedAgent),
			})
		}
	}
	return out
}

func elapsed(a ActiveAgent) float64 {
	if a.ElapsedS == nil {
		return 0
	}
	return *a.ElapsedS
}

// timeout is the agent's timeout_seconds; nil if the configuration knows no such agent.
func (c *Config) timeout(agent string) *float64 {
	if s, ok := c.AgentTimeouts[agent]; ok {
		return &s
	}
	return nil
}
