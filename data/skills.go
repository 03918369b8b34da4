package data

import "time"

// Skills holds the figures of the Skills view, key by key those of CONTRACT.md's `skills`.
type Skills struct {
	States            map[string]int64            `json:"states"`
	TransitionsPerDay map[string]map[string]int64 `json:"transitions_per_day"`
	Evolution         map[string]Evolution        `json:"evolution"`
	Nightly           []NightlyLine               `json:"nightly"`
	Runs              map[string]map[string]int64 `json:"runs"`
	CostPerHour       []SkillCostHour             `json:"cost_per_hour"`
}

// Evolution is how often a capability's skill was evolved with success; Rate is 0 to 1.
type Evolution struct {
	Success int64    `json:"success"`
	Total   int64    `json:"total"`
	Rate    *float64 `json:"rate"`
}

// NightlyLine is one line of the nightly jobs.
type NightlyLine struct {
	Event  string         `json:"event"`
	At     time.Time      `json:"at"`
	Fields map[string]any `json:"fields"`
}

// SkillCostHour is the cost of skill runs by capability in one clock hour, USD.
type SkillCostHour struct {
	Start   time.Time          `json:"start"`
	BySkill map[string]float64 `json:"by_skill"`
}

// evolutionSuccess is the outcome of a skill's evolution that worked.
const evolutionSuccess = "success"

// skillFigures computes what the database says of CONTRACT.md's `skills`.
func skillFigures(s *Snapshot) *Skills {
	f := &Skills{}
	t := s.tables()
	if t == nil {
		return f
	}
	if t.Skills != nil && !t.lacks("skill.state") {
		f.States = map[string]int64{}
		for i := range t.Skills {
			if !t.Skills[i].CreatedAt.After(s.At) {
				f.States[t.Skills[i].State]++
			}
		}
	}
	if t.SkillTransitions != nil && !t.lacks("skill_state_transition.to_state", "skill_state_transition.at") {
		w := days(s.At)
		f.TransitionsPerDay = map[string]map[string]int64{}
		for i := range t.SkillTransitions {
			if x := &t.SkillTransitions[i]; w.within(x.At) {
				d := day(x.At)
				if f.TransitionsPerDay[d] == nil {
					f.TransitionsPerDay[d] = map[string]int64{}
				}
				f.TransitionsPerDay[d][x.ToState]++
			}
		}
	}
	if t.SkillEvolutions != nil && !t.lacks("skill_evolution_log.outcome", "skill_evolution_log.at") {
		f.Evolution = map[string]Evolution{}
		for i := range t.SkillEvolutions {
			x := &t.SkillEvolutions[i]
			if x.At.After(s.At) {
				continue
			}
			e := f.Evolution[x.Capability]
			e.Total++
			if x.Outcome == evolutionSuccess {
				e.Success++
			}
			e.Rate = ptr(float64(e.Success) / float64(e.Total))
			f.Evolution[x.Capability] = e
		}
	}
	if t.SkillRuns != nil && !t.lacks("skill_run.started_at") {
		f.runs(s, t.SkillRuns)
		if t.lacks("skill_run.status") {
			f.Runs = nil
		}
		if t.lacks(costColumns[kindSkill]) {
			f.CostPerHour = nil
		}
	}
	return f
}

func (f *Skills) runs(s *Snapshot, runs []AgentRun) {
	now := s.At
	f.Runs = perWindow(s, func(w Window) map[string]int64 {
		byStatus := map[string]int64{}
		for i := range runs {
			if w.within(runs[i].StartedAt) {
				byStatus[runs[i].Status]++
			}
		}
		return byStatus
	})
	from := hourStart(now).Add(-(hoursShown - 1) * time.Hour)
	f.CostPerHour = make([]SkillCostHour, hoursShown)
	for i := range f.CostPerHour {
		f.CostPerHour[i] = SkillCostHour{Start: from.Add(time.Duration(i) * time.Hour), BySkill: map[string]float64{}}
	}
	w := Window{From: from, To: now}
	for i := range runs {
		if r := &runs[i]; r.CostUSD != nil && w.within(r.StartedAt) {
			f.CostPerHour[r.StartedAt.Sub(from)/time.Hour].BySkill[r.Name] += *r.CostUSD
		}
	}
}
