package panels

import (
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// escalationsResolutionPanel shows how long requests took to be resolved: the
// time up to the click or the timeout, not to the outcome.
func escalationsResolutionPanel() Panel {
	return Panel{
		ID: "escalations_resolution", Title: "Time to resolution", MinW: 26, MinH: 6,
		Status: dbStatusOf(join("7d", "to the click")),
		Draw:   drawingOf(escalationsOf, drawEscalationsResolution),
	}
}

// resolutionBins are the bars of the histogram, in order.
var resolutionBins = data.ResolutionLabels()

// resolutionModes is the modes as series, those with most requests first.
type resolutionModes struct {
	times map[string]data.ResolutionTimes
	names []string // all of them, in order
	keys  []string // those with a series of their own
	rest  bool     // the last series holds all others
}

func drawEscalationsResolution(v *view, f *data.Escalations) {
	if f.TimeToResolution7d == nil {
		v.say(tableLack(v.in, tableEscalations))
		return
	}
	counts := make(map[string]int64, len(f.TimeToResolution7d))
	for mode, t := range f.TimeToResolution7d {
		counts[mode] = t.N
	}
	m := &resolutionModes{times: f.TimeToResolution7d}
	m.keys, m.rest = topKeys([]map[string]int64{counts})
	for _, r := range mostFirst(counts) {
		m.names = append(m.names, r.name)
	}
	if len(m.keys) == 0 {
		v.say(lack{lackEmpty, "nothing resolved in 7 days", ""})
		return
	}
	v.parts(44,
		part{rows: len(m.names) + 1, draw: func(w, h int) []string { return v.resolutionTable(m, w, h) }},
		part{rows: len(resolutionBins) + 1, draw: func(w, h int) []string { return v.resolutionHistogram(m, w, h) }})
}

// series is the series of a mode.
func (m *resolutionModes) series(mode string) int {
	if i := slices.Index(m.keys, mode); i >= 0 {
		return i
	}
	return themes.SeriesLen - 1
}

// bin is what a bar of the histogram stacks.
func (m *resolutionModes) bin(label string) []float64 {
	values := make([]float64, len(m.keys), len(m.keys)+1)
	remainder := 0.0
	for mode, t := range m.times {
		n := float64(t.Histogram[label])
		if i := slices.Index(m.keys, mode); i >= 0 {
			values[i] = n
		} else {
			remainder += n
		}
	}
	if m.rest {
		values = append(values, remainder)
	}
	return values
}

func (v *view) resolutionTable(m *resolutionModes, w, h int) []string {
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "mode", w: 8, most: 24, flex: true},
			{head: "n", w: 4, drop: 1},
			{head: "p50", w: 6},
			{head: "p95", w: 6},
		},
		rows: len(m.names), figures: []int{2, 3, 4},
	}
	t.figure = func(row, col int) Item {
		mode, times := m.names[row], m.times[m.names[row]]
		behind := data.BehindResolution(v.now(), &mode, nil)
		switch col {
		case 2:
			return countItem("mode "+mode, "resolved", times.N, behind)
		case 3:
			return optItem("mode "+mode, "p50", times.P50S, format.Seconds, behind.Ranked(0.5))
		}
		return optItem("mode "+mode, "p95", times.P95S, format.Seconds, behind.Ranked(0.95))
	}
	t.cell = func(row, col, w int) cell {
		mode := m.names[row]
		times := m.times[mode]
		switch col {
		case 0:
			i := m.series(mode)
			return cell{text: string(v.look().Swatch(i)), paint: v.Styles.Series[i]}
		case 1:
			return cell{text: mode, paint: v.Styles.Text}
		case 2:
			return v.countCell(&times.N, w)
		case 3:
			return v.optCell(times.P50S, w, format.SecondsIn)
		}
		return v.optCell(times.P95S, w, format.SecondsIn)
	}
	return v.table(t, w, h)
}

// resolutionHistogram has a bar for each stretch of time, with one column of
// numbers per mode as far as there is room.
func (v *view) resolutionHistogram(m *resolutionModes, w, h int) []string {
	bins := make([][]float64, len(resolutionBins))
	most := 0.0
	for i, label := range resolutionBins {
		bins[i] = m.bin(label)
		sum := 0.0
		for _, n := range bins[i] {
			sum += n
		}
		most = max(most, sum)
	}
	t := &table{columns: []column{{head: "took", w: 6, left: true}}, rows: len(bins)}
	modes := append(slices.Clone(m.keys), others)[:len(bins[0])]
	t.figure = func(row, col int) Item { return v.binItem(m, modes, resolutionBins[row], col-1, bins[row]) }
	for i, mode := range modes {
		t.figures = append(t.figures, i+1)
		t.columns = append(t.columns, column{head: mode, w: min(max(len(mode), 4), 12), drop: i + 1})
	}
	t.figures = append(t.figures, len(t.columns))
	t.columns = append(t.columns, column{w: 8, most: 60, bar: true})
	t.cell = func(row, col, w int) cell {
		switch {
		case col == 0:
			return cell{text: resolutionBins[row], paint: v.Styles.Text}
		case col <= len(bins[row]):
			n := int64(bins[row][col-1])
			return v.countCell(&n, w)
		}
		return cell{draw: func(b *line.Builder, w int) { chart.Parts(b, v.look(), nil, bins[row], most, w) }}
	}
	return v.table(t, w, h)
}

// binItem is part of a bar of the histogram: that of a mode, or all of it.
func (v *view) binItem(m *resolutionModes, modes []string, label string, part int, bin []float64) Item {
	row, sum := "took "+label, 0.0
	for _, n := range bin {
		sum += n
	}
	switch {
	case part >= len(modes):
		return countItem(row, "all", int64(sum), data.BehindResolution(v.now(), nil, &label))
	case part >= len(m.keys): // nobody asks for all but some modes
		return countItem(row, others, int64(bin[part]), data.BehindResolution(v.now(), nil, &label).As(data.Derived))
	}
	return countItem(row, modes[part], int64(bin[part]), data.BehindResolution(v.now(), &modes[part], &label))
}
