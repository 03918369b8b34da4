package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// tokensPanel shows tokens in and out: of the window, and by task type and model.
func tokensPanel() Panel {
	return Panel{
		ID: "tokens", Title: "Tokens", MinW: 24, MinH: 3,
		Status: func(in *Input) string { return dbStatus(in, in.Window) },
		Draw:   drawing(drawTokens),
	}
}

// bothTables is the width from which tokens by task type and by model stand
// side by side; below it the split chosen is shown.
const bothTables = 84

func drawTokens(v *view) {
	f := v.llm.Tokens[v.in.Window]
	if f == nil || f.In == nil && f.Out == nil {
		v.say(dbLack(v.in, "tokens_in", "tokens_out"))
		return
	}
	b := v.row()
	numberW := 13
	if v.w < 36 {
		numberW = 7
	}
	b.Text(v.Styles.Faint, "in ").Text(v.Styles.Strong, format.OptIn(f.In, numberW, format.CountIn)).Space(3)
	b.Text(v.Styles.Faint, "out ").Text(v.Styles.Strong, format.OptIn(f.Out, numberW, format.CountIn))
	v.add(&b)
	v.gap(5)

	if v.w < bothTables {
		names, head, column := f.ByTaskType, "task type", ""
		if v.in.Split == ByModel {
			names, head, column = f.ByModel, "model", "model_actual"
		}
		v.out = append(v.out, v.tokenTable(names, head, column, v.w, v.left())...)
		return
	}
	const gutter = 4
	leftW := (v.w - gutter) / 2
	left := v.tokenTable(f.ByTaskType, "task type", "", leftW, v.left())
	right := v.tokenTable(f.ByModel, "model", "model_actual", v.w-gutter-leftW, v.left())
	for i := range left {
		v.out = append(v.out, left[i]+line.Blank(gutter)+right[i])
	}
}

func (v *view) tokenTable(names map[string]data.TokenCount, head, needs string, w, h int) []string {
	type row struct {
		name string
		data.TokenCount
	}
	rows := make([]row, 0, len(names))
	most := 0.0
	sum := func(t *data.TokenCount) float64 { return value(t.In) + value(t.Out) }
	for name, t := range names {
		rows = append(rows, row{name, t})
		most = max(most, sum(&t))
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(sum(&b.TokenCount), sum(&a.TokenCount)), cmp.Compare(a.name, b.name))
	})
	t := &table{
		columns: []column{
			{head: head, w: 14, most: 30, flex: true},
			{head: "in", w: 7},
			{head: "out", w: 7, drop: 1},
			{head: "in █ out ▓", w: 10, most: 40, bar: true, drop: 2},
		},
		rows: len(rows), cursor: -1,
		empty: lack{lackEmpty, "no tokens in " + v.in.Window, ""},
	}
	if names == nil {
		t.empty = dbLack(v.in, needs)
	}
	t.cell = func(i, col, w int) cell {
		r := &rows[i]
		switch col {
		case 0:
			return cell{text: r.name, paint: v.Styles.Text}
		case 1:
			return cell{text: format.OptIn(r.In, w, format.CountIn), paint: v.countPaint(r.In)}
		case 2:
			return cell{text: format.OptIn(r.Out, w, format.CountIn), paint: v.countPaint(r.Out)}
		}
		return cell{draw: func(b *line.Builder, w int) { v.twoShares(b, value(r.In), value(r.Out), most, w) }}
	}
	return v.table(t, w, h)
}

// twoShares draws two parts one after the other, told apart by their glyphs.
func (v *view) twoShares(b *line.Builder, first, second, most float64, w int) {
	n := chart.Cells(first+second, most, w)
	m := chart.Cells(first, first+second, n)
	b.Repeat(v.Styles.Series[0], "█", m)
	b.Repeat(v.Styles.Series[1], "▓", n-m)
}
