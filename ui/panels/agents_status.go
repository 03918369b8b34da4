package panels

import "github.com/donna-project/donnatop/data"

// agentsTaskStatusPanel shows what the tasks say of the agents that work on them.
func agentsTaskStatusPanel() Panel {
	return Panel{
		ID: "agents_task_status", Title: "Agent status of tasks", MinW: 22, MinH: 4,
		Status: dbStatusOf("all"),
		Draw:   drawingOf(agentsOf, drawAgentsTaskStatus),
	}
}

func drawAgentsTaskStatus(v *view, f *data.Agents) {
	switch {
	case f.TaskStatus == nil:
		v.say(tableLack(v.in, tableTasks))
	case len(f.TaskStatus) == 1 && f.TaskStatus[data.None] > 0:
		v.say(lack{lackNone, "no data", "no task has an agent_status: it is set by the prep agent, which a stock Donna does not run"})
	default:
		v.divided("status", f.TaskStatus, lack{lackEmpty, "no tasks", ""}, func(status string) data.Behind {
			return data.BehindAgentStatus(v.now(), status)
		})
	}
}
