package data

import "github.com/donna-project/donnatop/data/events"

// agentEvents counts what the log says of agents.
func (c lineCounts) agentEvents() map[string]*AgentEvents {
	return eachTally(c, func(t tally) *AgentEvents {
		return &AgentEvents{
			Dispatched: ptr(t.total(events.AgentDispatched)), Progress: t.total(events.AgentProgress),
			Completed: ptr(t.total(events.AgentCompleted)), Failed: t.total(events.AgentFailed), Timeout: t.total(events.AgentTimeout),
		}
	})
}
