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
	rows[2].name, rows[2].key = "3 and more", "3"
	d := &breakdown{head: "iterations", rows: rows, paint: v.Styles.Series[0], behind: func(n string) data.Behind { return data.BehindIterations(v.now(), n) }}
	v.out = v.breakdown(d, v.w, v.h)
}
