package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// agentsFailedPanel lists the runs that failed today and why.
func agentsFailedPanel() Panel {
	return Panel{
		ID: "agents_failed", Title: "Failed today", MinW: 26, MinH: 3,
		Status: func(in *Input) string {
			if in.Figures == nil || in.Figures.Agents == nil || in.Figures.Agents.FailedToday == nil {
				return dbStatus(in, "UTC")
			}
			return dbStatus(in, fixed(in, join(format.Int(int64(len(in.Figures.Agents.FailedToday))), "UTC")))
		},
		Draw: drawingOf(agentsOf, drawAgentsFailed),
	}
}

func drawAgentsFailed(v *view, f *data.Agents) {
	if f.FailedToday == nil {
		v.say(tableLack(v.in, tableRuns))
		return
	}
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "name", w: 10, most: 24, flex: true},
			{head: "kind", w: 10, left: true, drop: 1},
			{head: "error", w: 10, most: 80, flex: true},
			{head: "run", w: 8, most: 36, flex: true, drop: 2},
		},
		rows: len(f.FailedToday), list: true, item: func(row int) Item { return failedItem(&f.FailedToday[row]) },
		empty: lack{lackEmpty, "none failed today", ""},
	}
	t.cell = func(row, col, _ int) cell {
		r := &f.FailedToday[row]
		switch col {
		case 0:
			return v.mark(row == t.cursor, "✗", v.Styles.Bad)
		case 1:
			return cell{text: r.Name, paint: v.Styles.Text}
		case 2:
			return cell{text: r.Kind, paint: v.Styles.Faint}
		case 3:
			if r.Error == nil {
				return cell{text: format.Missing, paint: v.Styles.Faint}
			}
			return cell{text: *r.Error, paint: v.Styles.Bad}
		}
		return cell{text: r.ID, paint: v.Styles.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

func failedItem(a *data.FailedAgent) Item {
	return Item{
		Row: a.Kind + " " + a.ID, Text: a.Name, Behind: data.BehindAgent(a.Kind, a.ID),
		Fields: []Field{{"name", a.Name}, {"kind", a.Kind}, {"error", raw(a.Error)}, {"id", a.ID}},
	}
}
