package panels

import "github.com/donna-project/donnatop/data"

// tasksStatesPanel shows where in the pipeline the tasks are.
func tasksStatesPanel() Panel {
	return Panel{
		ID: "tasks_states", Title: "Task states", MinW: 20, MinH: 5,
		Status: dbStatusOf("all"),
		Draw: drawingOf(tasksOf, func(v *view, f *data.Tasks) {
			if f.States == nil {
				v.say(tableLack(v.in, tableTasks))
				return
			}
			v.divided("state", f.States, lack{lackEmpty, "no tasks", ""}, v.behindState)
		}),
	}
}

// behindState is the tasks in a state.
func (v *view) behindState(state string) data.Behind { return data.BehindTaskState(v.now(), state) }
