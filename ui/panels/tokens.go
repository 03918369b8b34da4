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
	total := func(label string, n *int64, m data.Measure) {
		text := format.OptIn(n, numberW, format.CountIn)
		picked := v.item(v.here(b.Used(), len(label)+1+len(text)), func() Item {
			return optItem("all", label, n, format.Int, data.BehindTokens(v.window(v.in.Window), data.InvocationKeys{}, m))
		})
		b.Text(v.Styles.Faint, label+" ").Text(v.picked(picked, v.Styles.Strong), text).Space(3)
	}
	total("in", f.In, data.SumsTokensIn)
	total("out", f.Out, data.SumsTokensOut)
	v.add(&b)
	v.gap(5)

	if v.w < bothTables {
		if v.in.Split == ByModel {
			v.out = append(v.out, v.tokenTable(f.ByModel, ByModel, v.w, v.left())...)
			return
		}
		v.out = append(v.out, v.tokenTable(f.ByTaskType, ByTaskType, v.w, v.left())...)
		return
	}
	const gutter = 4
	leftW := (v.w - gutter) / 2
	lanes := v.sameLanes()
	lanes.next()
	left := v.tokenTable(f.ByTaskType, ByTaskType, leftW, v.left())
	lanes.next()
	v.x += leftW + gutter
	right := v.tokenTable(f.ByModel, ByModel, v.w-gutter-leftW, v.left())
	v.x -= leftW + gutter
	lanes.end()
	for i := range left {
		v.out = append(v.out, left[i]+line.Blank(gutter)+right[i])
	}
}

// keys narrow rows of invocation_log down to one of the names of a split.
func (s Split) keys(name string) data.InvocationKeys {
	if s == ByModel {
		return data.InvocationKeys{Model: &name}
	}
	return data.InvocationKeys{TaskType: &name}
}

// tokenTable lists tokens by the names of a split.
func (v *view) tokenTable(names map[string]data.TokenCount, by Split, w, h int) []string {
	head, needs := "task type", ""
	if by == ByModel {
		head, needs = "model", "model_actual"
	}
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
		rows: len(rows), figures: []int{1, 2},
		empty: lack{lackEmpty, "no tokens in " + v.in.Window, ""},
	}
	if names == nil {
		t.empty = dbLack(v.in, needs)
	}
	t.figure = func(i, col int) Item {
		r, column, n, m := &rows[i], "in", rows[i].In, data.SumsTokensIn
		if col == 2 {
			column, n, m = "out", r.Out, data.SumsTokensOut
		}
		return optItem(head+" "+r.name, column, n, format.Int, data.BehindTokens(v.window(v.in.Window), by.keys(r.name), m))
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
