package data

import "slices"

// Figures whose source Donna has code for that nothing in a stock deployment runs,
// by their keys in the JSON.
const (
	KeyDedup           = "tasks.dedup"
	KeyTaskStatus      = "agents.task_status"
	KeyAgentDispatched = "agents.events.dispatched"
	KeyAgentCompleted  = "agents.events.completed"
	KeyTiers           = "notifications.escalation"
	KeyResponse        = "notifications.response_s"
	KeyRules           = "preferences.rules"
	KeyRulesPerWeek    = "preferences.rules_per_week"
	KeySurvival        = "preferences.survival_30d"
)

// whyNeverFilled says why a figure has nothing to count.
var whyNeverFilled = map[string]string{
	KeyDedup:           "no line of the log tells of a duplicate check: a stock Donna does not run her deduplicator",
	KeyTaskStatus:      "no task has an agent_status: it is set by the prep agent, which a stock Donna does not run",
	KeyAgentDispatched: "no line of the log tells of a prep agent, which a stock Donna does not run",
	KeyAgentCompleted:  "no line of the log tells of a prep agent, which a stock Donna does not run",
	KeyTiers:           "escalation_state is empty: a stock Donna does not start her escalation tiers",
	KeyResponse:        "escalation_state is empty: a stock Donna does not start her escalation tiers",
	KeyRules:           "learned_preferences is empty: a stock Donna does not run her rule extractor",
	KeyRulesPerWeek:    "learned_preferences is empty: a stock Donna does not run her rule extractor",
	KeySurvival:        "learned_preferences is empty: a stock Donna does not run her rule extractor",
}

// WhyNeverFilled is why the figure of that key is nil although its source is
// there; empty if that is not the reason.
func (f *Figures) WhyNeverFilled(key string) string {
	if !slices.Contains(f.NeverFilled, key) {
		return ""
	}
	return whyNeverFilled[key]
}

// leaveOutNeverFilled turns zeros that nobody could have counted into nil: a stock
// Donna never fills their sources, so that 0 would say that all is well. It looks at
// all windows, and comes after they have been computed. t is nil before it was read.
func (f *Figures) leaveOutNeverFilled(t *Tables) {
	tasks, agents, notifications, preferences := *f.Tasks, *f.Agents, *f.Notifications, *f.Preferences
	f.Tasks, f.Agents, f.Notifications, f.Preferences = &tasks, &agents, &notifications, &preferences
	empty := func(isEmpty bool, key string, leaveOut func()) {
		if isEmpty {
			f.NeverFilled = append(f.NeverFilled, key)
			leaveOut()
			f.Notes = append(slices.Clip(f.Notes), key+" is null: "+whyNeverFilled[key])
		}
	}
	empty(none(tasks.Dedup, func(d *Dedup) int64 { return d.Checks }), KeyDedup, func() { tasks.Dedup = nil })
	noStatus := agents.TaskStatus != nil
	for status := range agents.TaskStatus {
		noStatus = noStatus && status == None
	}
	empty(noStatus, KeyTaskStatus, func() { agents.TaskStatus = nil })
	empty(none(agents.Events, func(e *AgentEvents) int64 { return deref(e.Dispatched) }), KeyAgentDispatched, func() {
		agents.Events = eachEvents(agents.Events, func(e *AgentEvents) { e.Dispatched = nil })
	})
	empty(none(agents.Events, func(e *AgentEvents) int64 { return deref(e.Completed) }), KeyAgentCompleted, func() {
		agents.Events = eachEvents(agents.Events, func(e *AgentEvents) { e.Completed = nil })
	})
	if t == nil {
		return
	}
	noStates := len(t.EscalationStates) == 0
	empty(noStates && notifications.Escalation != nil, KeyTiers, func() { notifications.Escalation = nil })
	empty(noStates && notifications.ResponseS != nil, KeyResponse, func() { notifications.ResponseS = nil })
	noRules := len(t.Rules) == 0
	empty(noRules && preferences.Rules != nil, KeyRules, func() { preferences.Rules = nil })
	empty(noRules && preferences.RulesPerWeek != nil, KeyRulesPerWeek, func() { preferences.RulesPerWeek = nil })
	empty(noRules && preferences.Survival30d != nil, KeySurvival, func() { preferences.Survival30d = nil })
}

// none tells whether some window is known and all that are count nothing.
func none[T any](windows map[string]*T, count func(*T) int64) bool {
	known := false
	for _, w := range windows {
		if w == nil {
			continue
		}
		if known = true; count(w) != 0 {
			return false
		}
	}
	return known
}

func eachEvents(windows map[string]*AgentEvents, change func(*AgentEvents)) map[string]*AgentEvents {
	out := make(map[string]*AgentEvents, len(windows))
	for name, e := range windows {
		if out[name] = nil; e != nil {
			c := *e
			change(&c)
			out[name] = &c
		}
	}
	return out
}
