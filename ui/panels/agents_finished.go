package panels

import (
	"maps"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// agentsFinishedPanel shows the runs that ended today, in 7 days and in the
// window, by kind.
func agentsFinishedPanel() Panel {
	return Panel{
		ID: "agents_finished", Title: "Finished runs", MinW: 26, MinH: 4,
		Status: dbWindowStatus,
		Draw:   drawingOf(agentsOf, drawAgentsFinished),
	}
}

// finishedRow is a kind of agents in a window; nil is not known.
type finishedRow struct {
	kind, window string
	f            *data.FinishedAgents
}

// finishedRows are the rows by window, the chosen one first.
func finishedRows(f *data.Agents, chosen string) []finishedRow {
	windows := []string{chosen}
	for _, w := range []string{data.WindowToday, data.Window7d} {
		if w != chosen {
			windows = append(windows, w)
		}
	}
	kinds := map[string]bool{}
	for _, w := range windows {
		for kind := range f.Finished[w] {
			kinds[kind] = true
		}
	}
	var rows []finishedRow
	for _, w := range windows {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			rows = append(rows, finishedRow{kind, w, f.Finished[w][kind]})
		}
	}
	return rows
}

func drawAgentsFinished(v *view, f *data.Agents) {
	if f.Finished == nil {
		v.say(tableLack(v.in, tableRuns))
		return
	}
	rows := finishedRows(f, v.in.Window)
	t := &table{
		columns: []column{
			{head: "window", w: 6, left: true},
			{head: "kind", w: 8, most: 20, flex: true},
			{head: "ok", w: 5},
			{head: "failed", w: 6},
			{head: "cost", w: 9, drop: 2},
			{head: "mean", w: 6, drop: 1},
		},
		rows: len(rows), figures: []int{2, 3, 4, 5},
		empty: lack{lackEmpty, "none in " + v.in.Window, ""},
	}
	t.figure = func(row, col int) Item { return v.finishedItem(&rows[row], col) }
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		first := row == 0 || rows[row-1].window != r.window
		count := func(of func(f *data.FinishedAgents) *int64, some themes.Paint) cell {
			if r.f == nil {
				return v.countCell(nil, w)
			}
			c := v.countCell(of(r.f), w)
			if *of(r.f) > 0 {
				c.paint = some
			}
			return c
		}
		switch {
		case col == 0 && first && r.window == v.in.Window:
			return cell{text: r.window, paint: v.Styles.Accent}
		case col == 0 && first:
			return cell{text: r.window, paint: v.Styles.Faint}
		case col == 0:
			return cell{}
		case col == 1:
			return cell{text: r.kind, paint: v.Styles.Text}
		case col == 2:
			return count(func(f *data.FinishedAgents) *int64 { return &f.Succeeded }, v.Styles.Text)
		case col == 3:
			return count(func(f *data.FinishedAgents) *int64 { return &f.Failed }, v.Styles.Bad)
		case r.f == nil:
			return v.optCell(nil, w, nil)
		case col == 4:
			return cell{text: v.money(r.f.CostUSD, w), paint: v.moneyPaint(r.f.CostUSD)}
		}
		return v.optCell(r.f.MeanS, w, format.SecondsIn)
	}
	v.out = v.table(t, v.w, v.h)
}

// finishedItem is the figure of a column.
func (v *view) finishedItem(r *finishedRow, col int) Item {
	w, row := v.window(r.window), r.kind+" "+r.window
	column := map[int]string{2: "ok", 3: "failed", 4: "cost", 5: "mean time"}[col]
	if r.f == nil {
		return Item{Row: row, Column: column, Text: format.Missing}
	}
	all := data.BehindFinished(w, r.kind)
	switch col {
	case 2:
		return countItem(row, column, r.f.Succeeded, data.BehindSucceeded(w, r.kind, true))
	case 3:
		return countItem(row, column, r.f.Failed, data.BehindSucceeded(w, r.kind, false))
	case 4:
		return v.moneyItem(row, column, r.f.CostUSD, all.As(data.SumsCost))
	}
	return optItem(row, column, r.f.MeanS, format.Seconds, all)
}
