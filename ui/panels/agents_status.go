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
		v.say(unfilled(v.in, data.KeyTaskStatus, tableLack(v.in, tableTasks)))
	default:
		v.divided("status", f.TaskStatus, lack{lackEmpty, "no tasks", ""}, func(status string) data.Behind {
			return data.BehindAgentStatus(v.now(), status)
		})
	}
}
