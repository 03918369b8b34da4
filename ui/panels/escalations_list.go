package panels

import (
	"strconv"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// escalationsListPanel lists the requests of 30 days and all that are open.
func escalationsListPanel() Panel {
	return Panel{
		ID: "escalations", Title: "Escalations", MinW: 30, MinH: 3,
		Status: func(in *Input) string {
			if in.Figures == nil || in.Figures.Escalations == nil || in.Figures.Escalations.List == nil {
				return dbStatus(in, "")
			}
			return dbStatus(in, join(format.Int(int64(len(in.Figures.Escalations.List))), "30d and open"))
		},
		Draw: drawingOf(escalationsOf, drawEscalationsList),
	}
}

func drawEscalationsList(v *view, f *data.Escalations) {
	if f.List == nil {
		v.say(tableLack(v.in, tableEscalations))
		return
	}
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "id", w: 4, drop: 2},
			{head: "created", w: 11, drop: 1},
			{head: "status", w: 9, left: true},
			{head: "mode", w: 11, left: true, drop: 4},
			{head: "resolution", w: 12, left: true, drop: 3},
			{head: "task type", w: 12, most: 30, flex: true},
			{head: "estimate", w: 9, drop: 5},
			{head: "resolved", w: 11, drop: 6},
			{head: "iter", w: 4, drop: 7},
			{head: "correlation", w: 8, most: 36, flex: true, drop: 8},
		},
		rows: len(f.List), list: true, item: func(row int) Item { return v.escalationItem(&f.List[row]) },
		empty: lack{lackEmpty, "none in 30 days", ""},
	}
	t.cell = func(row, col, w int) cell {
		r := &f.List[row]
		sign, paint := v.statusSign(r.Status)
		faint := func(s string) cell { return cell{text: s, paint: v.Styles.Faint} }
		switch col {
		case 0:
			return v.mark(row == t.cursor, sign, paint)
		case 1:
			return faint(strconv.FormatInt(r.ID, 10))
		case 2:
			return faint(v.stamp(r.CreatedAt, w))
		case 3:
			return cell{text: r.Status, paint: paint}
		case 4:
			return faint(format.Opt(r.Mode, plain))
		case 5:
			return faint(format.Opt(r.Resolution, plain))
		case 6:
			return cell{text: r.TaskType, paint: v.Styles.Text}
		case 7:
			return cell{text: v.money(r.EstimateUSD, w), paint: v.moneyPaint(r.EstimateUSD)}
		case 8:
			return faint(v.stamp(r.ResolvedAt, w))
		case 9:
			return faint(format.OptIn(r.Iteration, w, format.CountIn))
		}
		return faint(r.CorrelationID)
	}
	v.out = v.table(t, v.w, v.h)
}

// statusSign is the sign and paint of a request by its status.
func (v *view) statusSign(status string) (string, themes.Paint) {
	switch status {
	case "open":
		return "○", v.Styles.Warning
	case "submitted":
		return "◐", v.Styles.Accent
	case "validated":
		return "✓", v.Styles.Good
	case "failed":
		return "✗", v.Styles.Bad
	}
	return "·", v.Styles.Faint
}

// stamp is a moment in w cells.
func (v *view) stamp(t *time.Time, w int) string {
	if t == nil {
		return format.Missing
	}
	return format.StampIn(*t, v.in.Snapshot.At, v.location(), w)
}

func (v *view) escalationItem(r *data.EscalationRow) Item {
	return Item{
		Row: strconv.FormatInt(r.ID, 10), Text: r.Status + " " + r.TaskType, Behind: data.BehindEscalation(v.now(), r.ID),
		Fields: []Field{
			{"id", r.ID}, {"created_at", raw(r.CreatedAt)}, {"status", r.Status}, {"mode", raw(r.Mode)}, {"resolution", raw(r.Resolution)},
			{"task_type", r.TaskType}, {"estimate_usd", raw(r.EstimateUSD)}, {"resolved_at", raw(r.ResolvedAt)}, {"iteration", raw(r.Iteration)},
			{"correlation_id", r.CorrelationID},
		},
	}
}
