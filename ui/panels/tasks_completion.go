package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// tasksCompletionPanel shows how many tasks get done, how long that takes, and
// how many are late.
func tasksCompletionPanel() Panel {
	return Panel{
		ID: "tasks_completion", Title: "Tasks completed", MinW: 22, MinH: 4,
		Status: dbWindowStatus,
		Draw:   drawingOf(tasksOf, drawTasksCompletion),
	}
}

func drawTasksCompletion(v *view, f *data.Tasks) {
	if f.Completed == nil && f.Overdue == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	s := v.Styles
	b := v.row()
	late := v.item(v.here(0, v.w), func() Item {
		return optItem("tasks", "overdue now", f.Overdue, format.Int, data.BehindOverdue(v.now()))
	})
	overdue, sign := s.Good, "✓"
	switch {
	case f.Overdue == nil:
		overdue, sign = s.Faint, " "
	case *f.Overdue > 0:
		overdue, sign = s.Warning, "!"
	}
	b.Glyphs(overdue, sign).Space(1).Right(v.picked(late, overdue), format.OptIn(f.Overdue, v.countW(), format.CountIn), v.countW())
	b.Text(s.Faint, " overdue now")
	v.add(&b)

	b = v.row()
	took := v.item(v.here(0, v.w), func() Item {
		return optItem("tasks", "mean time to complete", f.MeanHoursToComplete, format.Hours, data.BehindMeanCompletion(v.now()))
	})
	mean := s.Strong
	if f.MeanHoursToComplete == nil {
		mean = s.Faint
	}
	b.Space(2).Right(v.picked(took, mean), format.OptIn(f.MeanHoursToComplete, v.countW(), format.HoursIn), v.countW())
	b.Text(s.Faint, " mean time to complete")
	v.add(&b)

	v.gap(4)
	if v.left() >= 3 {
		v.heading("completed")
	}
	if f.Completed == nil {
		v.sayInLine(tableLack(v.in, tableTasks))
		return
	}
	v.pairs(v.windowPairs("completed", func(w string) *int64 { return f.Completed[w] }, data.BehindCompleted), v.left())
}
