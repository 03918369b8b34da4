package panels

import (
	"maps"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// shadowPanel sets shadow calls beside the primary ones of their task type.
func shadowPanel() Panel {
	return Panel{
		ID: "shadow", Title: "Shadow against primary", MinW: 28, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, shadowWindow(in.Window)) },
		Draw:   drawing(drawShadow),
	}
}

// shadowWindow is the window shown: shadows are compared over 7 or 30 days.
func shadowWindow(window string) string {
	switch window {
	case data.WindowRange:
		return window
	case data.WindowMonth, data.Window30d:
		return data.Window30d
	}
	return data.Window7d
}

func drawShadow(v *view) {
	window := shadowWindow(v.in.Window)
	byTask := v.llm.Shadow[window]
	if byTask == nil {
		v.say(dbLack(v.in, "is_shadow"))
		return
	}
	names := slices.Sorted(maps.Keys(byTask))
	t := &table{
		columns: []column{
			{head: "task type", w: 14, most: 34, flex: true},
			{head: "side", w: 7, left: true},
			{head: "calls", w: 7},
			{head: "p50", w: 6, drop: 1},
			{head: "p95", w: 6, drop: 3},
			{head: "cost", w: 9, drop: 4},
			{head: "per call", w: 9, drop: 2},
		},
		rows: 2 * len(names), list: true, figures: []int{2, 3, 4, 5, 6},
		empty: lack{lackEmpty, "no shadow calls in " + window, ""},
	}
	t.figure = func(row, col int) Item {
		return v.shadowItem(window, names[row/2], byTask[names[row/2]], row%2 == 1, col)
	}
	t.cell = func(row, col, w int) cell {
		name := names[row/2]
		side, sideName := byTask[name].Primary, "primary"
		paint := v.Styles.Text
		if row%2 == 1 {
			side, sideName, name = byTask[name].Shadow, "shadow", ""
			paint = v.Styles.Faint
		}
		switch col {
		case 0:
			return cell{text: name, paint: v.Styles.Text}
		case 1:
			return cell{text: sideName, paint: paint}
		case 2:
			return cell{text: format.CountIn(side.Calls, w), paint: v.countPaint(&side.Calls)}
		case 3:
			return cell{text: format.OptIn(side.P50, w, format.MillisIn), paint: paint}
		case 4:
			return cell{text: format.OptIn(side.P95, w, format.MillisIn), paint: paint}
		case 5:
			return cell{text: v.money(side.CostUSD, w), paint: v.moneyPaint(side.CostUSD)}
		}
		return cell{text: v.money(side.MeanCostUSD, w), paint: v.moneyPaint(side.MeanCostUSD)}
	}
	v.out = v.table(t, v.w, v.h)
}

// shadowItem is the figure of a column, of a task type's primary calls or of its
// shadows.
func (v *view) shadowItem(window, name string, c data.ShadowComparison, shadow bool, col int) Item {
	w, side, row := v.window(window), c.Primary, name+" primary"
	if shadow {
		side, row = c.Shadow, name+" shadow"
	}
	rows := data.BehindShadow(w, name, shadow)
	// Those of them that have a latency are not counted: the rank is found among them.
	ranked := func(quantile float64) data.Behind { return data.BehindShadowLatency(w, name, shadow, quantile, 0) }
	switch col {
	case 2:
		return countItem(row, "calls", side.Calls, rows)
	case 3:
		return optItem(row, "p50", side.P50, format.Millis, ranked(0.5))
	case 4:
		return optItem(row, "p95", side.P95, format.Millis, ranked(0.95))
	case 5:
		return v.moneyItem(row, "cost", side.CostUSD, rows.As(data.SumsCost))
	}
	return v.moneyItem(row, "per call", side.MeanCostUSD, rows.As(data.Derived))
}
