package data

import (
	"cmp"
	"slices"
	"time"
)

var runColumns = []string{"started_at", "name", "kind", "status", "finished_at", "took_s", "cost_usd", "error", "task_id", "id"}

func (r *AgentRun) row(kind string) Record {
	var took any
	if !r.StartedAt.IsZero() && !r.FinishedAt.IsZero() {
		took = r.FinishedAt.Sub(r.StartedAt).Seconds()
	}
	return Record{ID: r.ID, Name: r.Name, At: r.StartedAt, Values: []any{
		timeValue(r.StartedAt), r.Name, kind, r.Status, timeValue(r.FinishedAt), took, optValue(r.CostUSD), textValue(r.Error), textValue(r.TaskID), r.ID,
	}}
}

// behindRuns is the runs that keep chooses, of all kinds or of one.
func behindRuns(w Window, kind string, keep func(r *AgentRun) bool) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		set := RecordSet{Kind: "run", Columns: runColumns}
		t := s.tables()
		if t == nil {
			return set
		}
		for _, of := range []struct {
			kind string
			runs []AgentRun
		}{{kindSkill, t.SkillRuns}, {kindAutomation, t.AutomationRuns}} {
			if kind == "" || kind == of.kind {
				set.Rows = append(set.Rows, chosen("run", runColumns, of.runs, keep, func(r *AgentRun) Record { return r.row(of.kind) }).Rows...)
			}
		}
		slices.SortStableFunc(set.Rows, func(a, b Record) int { return cmp.Compare(b.At.UnixNano(), a.At.UnixNano()) })
		return set
	})
}

// BehindAgent is one run, or the task that an agent works on.
func BehindAgent(kind, id string) Behind {
	if kind == kindTask {
		return BehindTask(id)
	}
	return behindRuns(Window{}, kind, func(r *AgentRun) bool { return r.ID == id }).As(Derived)
}

// BehindFinished is the runs of a kind that ended in a window.
func BehindFinished(w Window, kind string) Behind {
	return behindRuns(w, kind, func(r *AgentRun) bool { return w.within(r.FinishedAt) }).As(Derived)
}

// BehindSucceeded is those of them that succeeded, or failed.
func BehindSucceeded(w Window, kind string, succeeded bool) Behind {
	want := runFailed
	if succeeded {
		want = runSucceeded
	}
	return behindRuns(w, kind, func(r *AgentRun) bool { return r.Status == want && w.within(r.FinishedAt) })
}

// BehindFailedToday is the runs that failed today.
func BehindFailedToday(now time.Time) Behind {
	w := windowNamed(WindowToday, now)
	return behindRuns(w, "", func(r *AgentRun) bool { return r.Status == runFailed && w.within(r.ended()) })
}

// BehindActive is what agents are at.
func BehindActive(s *Snapshot) Behind {
	return behindTable(Window{To: s.At}, func(s *Snapshot) RecordSet {
		set := RecordSet{Kind: "agent", Columns: []string{"started_at", "name", "kind", "elapsed_s", "timeout_s", "task_id", "id"}}
		t := s.tables()
		if t == nil {
			return set
		}
		for _, a := range activeAgents(s, t) {
			set.Rows = append(set.Rows, Record{ID: a.ID, Name: a.Name, At: deref(a.StartedAt), Values: []any{
				timeValue(deref(a.StartedAt)), a.Name, a.Kind, optValue(a.ElapsedS), optValue(a.TimeoutS), optValue(a.TaskID), a.ID,
			}})
		}
		return set
	})
}

// BehindAgentCost is the runs that an agent's cost is made of.
func BehindAgentCost(now time.Time, name string) Behind {
	w := windowNamed(Window30d, now)
	return behindRuns(w, "", func(r *AgentRun) bool { return r.Name == name && r.CostUSD != nil && w.within(r.StartedAt) }).As(SumsCost)
}

// BehindRuns is the skill runs that began in a window, by status; nil asks for any.
func BehindRuns(w Window, status *string) Behind {
	return behindRuns(w, kindSkill, func(r *AgentRun) bool { return w.within(r.StartedAt) && is(status, r.Status) })
}

// BehindSkillCost is the skill runs that the cost of a stretch is made of, by
// capability; nil asks for any.
func BehindSkillCost(w Window, capability *string) Behind {
	return behindRuns(w, kindSkill, func(r *AgentRun) bool {
		return r.CostUSD != nil && w.within(r.StartedAt) && is(capability, r.Name)
	}).As(SumsCost)
}

// BehindSkills is the skills in a state.
func BehindSkills(now time.Time, state string) Behind {
	return behindTable(Window{To: now}, func(s *Snapshot) RecordSet {
		var all []Skill
		if t := s.tables(); t != nil {
			all = t.Skills
		}
		return chosen("skill", []string{"created_at", "capability_name", "state", "id"}, all,
			func(x *Skill) bool { return x.State == state && !x.CreatedAt.After(now) },
			func(x *Skill) Record {
				return Record{ID: x.ID, Name: x.Capability, At: x.CreatedAt, Values: []any{timeValue(x.CreatedAt), x.Capability, x.State, textValue(x.ID)}}
			})
	})
}

// BehindTransitions is the transitions of skills in a window, by the state they
// went to; nil asks for any.
func BehindTransitions(w Window, to *string) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		var all []SkillTransition
		if t := s.tables(); t != nil {
			all = t.SkillTransitions
		}
		return chosen("transition", []string{"at", "capability_name", "from_state", "to_state", "reason"}, all,
			func(x *SkillTransition) bool { return w.within(x.At) && is(to, x.ToState) },
			func(x *SkillTransition) Record {
				return Record{Name: x.Capability, At: x.At, Values: []any{timeValue(x.At), x.Capability, textValue(x.FromState), x.ToState, textValue(x.Reason)}}
			})
	})
}

// BehindEvolutions is how often a capability's skill was evolved, or evolved
// with success.
func BehindEvolutions(now time.Time, capability string, success bool) Behind {
	return behindTable(Window{To: now}, func(s *Snapshot) RecordSet {
		var all []SkillEvolution
		if t := s.tables(); t != nil {
			all = t.SkillEvolutions
		}
		return chosen("evolution", []string{"at", "capability_name", "outcome", "triggered_by"}, all,
			func(x *SkillEvolution) bool {
				return x.Capability == capability && !x.At.After(now) && (!success || x.Outcome == evolutionSuccess)
			},
			func(x *SkillEvolution) Record {
				return Record{Name: x.Capability, At: x.At, Values: []any{timeValue(x.At), x.Capability, textValue(x.Outcome), textValue(x.TriggeredBy)}}
			})
	})
}
