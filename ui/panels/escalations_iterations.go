package panels

import "github.com/donna-project/donnatop/data"

// escalationsIterationsPanel shows how many attempts finished claude_code
// requests took.
func escalationsIterationsPanel() Panel {
	return Panel{
		ID: "escalations_iterations", Title: "Iterations", MinW: 20, MinH: 4,
		Status: dbStatusOf(join("claude_code", "finished")),
		Draw:   drawingOf(escalationsOf, drawEscalationsIterations),
	}
}

func drawEscalationsIterations(v *view, f *data.Escalations) {
	if f.Iterations == nil {
		v.say(tableLack(v.in, tableEscalations))
		return
	}
	if len(f.Iterations) == 0 {
		v.say(lack{lackEmpty, "none is finished", ""})
		return
	}
	rows := inOrder(f.Iterations, []string{"1", "2", "3"})
	rows[2].name = "3 and more"
	d := &breakdown{head: "iterations", rows: rows, paint: v.Styles.Series[0], cursor: -1}
	v.out = v.breakdown(d, v.w, v.h)
}
