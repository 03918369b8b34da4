package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// agentsActivePanel lists what is running, and how much of its time is used up.
func agentsActivePanel() Panel {
	return Panel{
		ID: "agents_active", Title: "Active agents", MinW: 26, MinH: 3,
		Status: func(in *Input) string {
			if in.Figures == nil || in.Figures.Agents == nil || in.Figures.Agents.Active == nil {
				return dbStatus(in, "")
			}
			return dbStatus(in, fixed(in, activeShown(in.Figures.Agents.Active)))
		},
		Draw: drawingOf(agentsOf, drawAgentsActive),
	}
}

// activeShown is how many agents there are, and how many of them should have
// ended long ago: a crash leaves them like that.
func activeShown(active []data.ActiveAgent) string {
	over := int64(0)
	for i := range active {
		if pct := usedPct(&active[i]); pct != nil && *pct > 100 {
			over++
		}
	}
	all := format.Int(int64(len(active)))
	if over == 0 {
		return all
	}
	return join(format.Int(over)+" over timeout", all)
}

// closePct is from how much of its timeout on a run is about to be stopped.
const closePct = 80

// usedPct is how much of its timeout a run has used; nil if there is none.
func usedPct(a *data.ActiveAgent) *float64 {
	if a.ElapsedS == nil || a.TimeoutS == nil || *a.TimeoutS <= 0 {
		return nil
	}
	pct := *a.ElapsedS / *a.TimeoutS * 100
	return &pct
}

// pressed is the sign and paint of a run by how much of its timeout it has used.
func (v *view) pressed(pct *float64) (string, themes.Paint) {
	switch {
	case pct == nil:
		return "", v.Styles.Text
	case *pct > 100:
		return "✗", v.Styles.Bad
	case *pct >= closePct:
		return "!", v.Styles.Warning
	}
	return "", v.Styles.Text
}

func drawAgentsActive(v *view, f *data.Agents) {
	if f.Active == nil {
		v.say(tableLack(v.in, tableRuns))
		return
	}
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "name", w: 12, most: 34, flex: true},
			{head: "kind", w: 10, left: true, drop: 4},
			{head: "elapsed", w: 7},
			{head: "timeout", w: 7, drop: 3},
			{head: "used", w: 5, drop: 2},
			{w: 8, most: 40, bar: true, drop: 1},
			{head: "started", w: 11, drop: 6},
			{head: "task", w: 8, most: 36, flex: true, drop: 7},
			{head: "run", w: 8, most: 36, flex: true, drop: 8},
		},
		rows: len(f.Active), list: true, item: func(row int) Item { return activeItem(&f.Active[row]) },
		empty: lack{lackEmpty, "nothing is running", ""},
	}
	t.cell = func(row, col, w int) cell {
		a := &f.Active[row]
		pct := usedPct(a)
		sign, paint := v.pressed(pct)
		switch col {
		case 0:
			return v.mark(row == t.cursor, sign, paint)
		case 1:
			return cell{text: a.Name, paint: v.Styles.Text}
		case 2:
			return cell{text: a.Kind, paint: v.Styles.Faint}
		case 3:
			return v.painted(v.optCell(a.ElapsedS, w, format.SecondsIn), a.ElapsedS, paint)
		case 4:
			return v.optCell(a.TimeoutS, w, format.SecondsIn)
		case 5:
			return v.painted(v.optCell(pct, w, format.PercentIn), pct, paint)
		case 6:
			if pct != nil && *pct > 100 { // as of a crash: nobody ended it
				over := "over timeout"
				if w < len(over) {
					over = "over"
				}
				return cell{text: over, paint: paint}
			}
			return cell{draw: func(b *line.Builder, w int) { chart.Gauge(b, v.look(), pct, closePct, w) }}
		case 7:
			return cell{text: v.stamp(a.StartedAt, w), paint: v.Styles.Faint}
		case 8:
			return cell{text: format.Opt(a.TaskID, plain), paint: v.Styles.Faint}
		}
		return cell{text: a.ID, paint: v.Styles.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

// painted is a cell in another paint, unless it stands for nothing.
func (v *view) painted(c cell, f *float64, p themes.Paint) cell {
	if f != nil {
		c.paint = p
	}
	return c
}

func activeItem(a *data.ActiveAgent) Item {
	return Item{
		Row: a.Kind + " " + a.ID, Text: a.Name, Behind: data.BehindAgent(a.Kind, a.ID),
		Fields: []Field{
			{"name", a.Name}, {"kind", a.Kind}, {"elapsed_s", raw(a.ElapsedS)}, {"timeout_s", raw(a.TimeoutS)},
			{"started_at", raw(a.StartedAt)}, {"task_id", raw(a.TaskID)}, {"id", a.ID},
		},
	}
}
