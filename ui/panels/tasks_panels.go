package panels

import "github.com/donna-project/donnatop/data"

// Tasks lists the panels of the Task Pipeline view, the most important first.
func Tasks() []Panel {
	return []Panel{
		tasksStatesPanel(),
		tasksCreatedPanel(),
		tasksCompletionPanel(),
		tasksDaysPanel(),
		tasksRescheduledPanel(),
		tasksReschedulesPanel(),
		tasksSchedulePanel(),
		tasksDedupPanel(),
	}
}

func tasksOf(f *data.Figures) *data.Tasks { return f.Tasks }

// tableTasks is the table most figures of the pipeline come from.
const tableTasks = "tasks"
