package panels

import (
	"cmp"
	"maps"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// latencyPanel shows how long calls take, all together and by task type.
func latencyPanel() Panel {
	return Panel{
		ID: "latency", Title: "Latency", MinW: 26, MinH: 3,
		Status: func(in *Input) string { return dbStatus(in, latencyWindow(in.Window)) },
		Draw:   drawing(drawLatency),
	}
}

// latencyWindow is the window shown: latencies of the month are those of 30d.
func latencyWindow(window string) string {
	if window != data.WindowRange && !slices.Contains(data.LatencyWindowNames, window) {
		return data.Window30d
	}
	return window
}

type latencyRow struct {
	name string
	data.Latency
}

// latencyRows are all task types, those with the most calls first, after the
// sum of all.
func latencyRows(in *Input) []latencyRow {
	w := latencyWindow(in.Window)
	byTask := in.Figures.LLM.LatencyMS[w]
	rows := make([]latencyRow, 0, len(byTask)+1)
	for name := range maps.Keys(byTask) {
		rows = append(rows, latencyRow{name, byTask[name]})
	}
	slices.SortFunc(rows, func(a, b latencyRow) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.name, b.name)) })
	if all := in.Figures.LLM.LatencyAllMS[w]; all != nil && all.N > 0 {
		rows = slices.Insert(rows, 0, latencyRow{allTypes, *all})
	}
	return rows
}

func drawLatency(v *view) {
	window := latencyWindow(v.in.Window)
	if v.llm.LatencyAllMS[window] == nil {
		v.say(dbLack(v.in, "latency_ms"))
		return
	}
	rows := latencyRows(v.in)
	lo, hi := latencyScale(rows)
	t := &table{
		columns: []column{
			{head: "task type", w: 14, most: 32, flex: true},
			{head: "n", w: 6, drop: 2},
			{head: "p50", w: 6},
			{head: "p95", w: 6},
			{head: "p99", w: 6, drop: 3},
			{head: "max", w: 6, drop: 4},
			{head: "p50 ● p95 ━ p99 ─ max ┤", w: 24, most: 60, bar: true, drop: 5},
		},
		rows: len(rows), list: true, figures: []int{1, 2, 3, 4, 5},
		empty: lack{lackEmpty, "no calls in " + window, ""},
	}
	t.figure = func(row, col int) Item { return v.latencyItem(window, &rows[row], row == 0, col) }
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		millis := func(ms *int64) cell {
			return cell{text: format.OptIn(ms, w, format.MillisIn), paint: v.Styles.Text}
		}
		switch col {
		case 0:
			if row == 0 && r.name == allTypes {
				return cell{text: r.name, paint: v.Styles.Strong}
			}
			return cell{text: r.name, paint: v.Styles.Text}
		case 1:
			return cell{text: format.CountIn(r.N, w), paint: v.Styles.Faint}
		case 2:
			return millis(r.P50)
		case 3:
			return millis(r.P95)
		case 4:
			return millis(r.P99)
		case 5:
			return millis(r.Max)
		}
		return cell{draw: func(b *line.Builder, w int) {
			if r.P50 != nil && r.P95 != nil && r.P99 != nil && r.Max != nil {
				chart.Range(b, v.look(), lo, hi, float64(*r.P50), float64(*r.P95), float64(*r.P99), float64(*r.Max), w)
			}
		}}
	}
	v.out = v.table(t, v.w, v.h)
}

// latencyItem is the figure of a column: of all task types, or of one.
func (v *view) latencyItem(window string, r *latencyRow, first bool, col int) Item {
	w, keys := v.window(window), data.InvocationKeys{TaskType: &r.name}
	if first && r.name == allTypes {
		keys.TaskType = nil
	}
	if col == 1 {
		return countItem(r.name, "calls", r.N, data.BehindLatencies(w, keys))
	}
	column := []latencyColumn{{"p50", 0.5, r.P50}, {"p95", 0.95, r.P95}, {"p99", 0.99, r.P99}, {"max", 1, r.Max}}[col-2]
	return optItem(r.name, column.name, column.ms, format.Millis, data.BehindLatency(w, keys, column.quantile, r.N))
}

type latencyColumn struct {
	name     string
	quantile float64
	ms       *int64
}

// allTypes is the name under which all task types stand together.
const allTypes = "all"

// latencyScale is the range all distributions are drawn on.
func latencyScale(rows []latencyRow) (lo, hi float64) {
	for _, r := range rows {
		if r.P50 != nil && (lo == 0 || float64(*r.P50) < lo) {
			lo = float64(*r.P50)
		}
		if r.Max != nil {
			hi = max(hi, float64(*r.Max))
		}
	}
	return lo * 0.8, hi
}
