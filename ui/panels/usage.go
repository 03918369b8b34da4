package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// usageRow is what a task type or a model used in a window; nil is not known.
type usageRow struct {
	name    string
	calls   *int64
	in, out *int64
	usd     *float64
}

// usage says where the figures of a usage table are.
type usage struct {
	head   string // of the column of names
	calls  func(f *data.LLM, window string) map[string]int64
	tokens func(f *data.LLM, window string) map[string]data.TokenCount
	spend  func(f *data.LLM, window string) map[string]float64
	column string // without which there is none of it
	paint  func(s *themes.Styles) themes.Paint
	by     Split
}

var byTaskType = usage{
	head:  "task type",
	calls: func(f *data.LLM, w string) map[string]int64 { return f.CallsByTaskType[w] },
	tokens: func(f *data.LLM, w string) map[string]data.TokenCount {
		if t := f.Tokens[w]; t != nil {
			return t.ByTaskType
		}
		return nil
	},
	spend: func(f *data.LLM, w string) map[string]float64 { return f.SpendByTaskType[w] },
	paint: func(s *themes.Styles) themes.Paint { return s.Series[0] },
}

var byModel = usage{
	head:  "model",
	calls: func(f *data.LLM, w string) map[string]int64 { return f.CallsByModel[w] },
	tokens: func(f *data.LLM, w string) map[string]data.TokenCount {
		if t := f.Tokens[w]; t != nil {
			return t.ByModel
		}
		return nil
	},
	spend:  func(f *data.LLM, w string) map[string]float64 { return f.SpendByModel[w] },
	column: "model_actual",
	paint:  func(s *themes.Styles) themes.Paint { return s.Series[2] },
	by:     ByModel,
}

// taskTypesPanel shows what each task type called, used and cost.
func taskTypesPanel() Panel { return usagePanel("task_types", "By task type", &byTaskType) }

// modelsPanel shows the same by model.
func modelsPanel() Panel { return usagePanel("models", "By model", &byModel) }

func usagePanel(id, title string, u *usage) Panel {
	return Panel{
		ID: id, Title: title, MinW: 26, MinH: 3,
		Status: func(in *Input) string { return dbStatus(in, in.Window) },
		Draw:   drawing(func(v *view) { drawUsage(v, u) }),
	}
}

// rows joins the maps of a window. A key that one of them lacks has zero there.
func (u *usage) rows(in *Input) []usageRow {
	f := in.Figures.LLM
	calls, tokens, spend := u.calls(f, in.Window), u.tokens(f, in.Window), u.spend(f, in.Window)
	rows := make([]usageRow, 0, max(len(calls), len(tokens), len(spend)))
	place := make(map[string]int, cap(rows))
	at := func(name string) *usageRow {
		i, ok := place[name]
		if !ok {
			i = len(rows)
			place[name] = i
			r := usageRow{name: name}
			if calls != nil {
				r.calls = new(int64)
			}
			if spend != nil {
				r.usd = new(float64)
			}
			if tokens != nil && (f.Tokens[in.Window].In != nil) {
				r.in = new(int64)
			}
			if tokens != nil && (f.Tokens[in.Window].Out != nil) {
				r.out = new(int64)
			}
			rows = append(rows, r)
		}
		return &rows[i]
	}
	for name, n := range calls {
		*at(name).calls = n
	}
	for name, usd := range spend {
		*at(name).usd = usd
	}
	for name, t := range tokens {
		r := at(name)
		r.in, r.out = t.In, t.Out
	}
	slices.SortFunc(rows, func(a, b usageRow) int {
		byUSD, byCalls := cmp.Compare(value(b.usd), value(a.usd)), cmp.Compare(value(b.calls), value(a.calls))
		if in.Measure == Cost {
			return cmp.Or(byUSD, byCalls, cmp.Compare(a.name, b.name))
		}
		return cmp.Or(byCalls, byUSD, cmp.Compare(a.name, b.name))
	})
	return rows
}

// value is *p, or zero: for scales and orders only.
func value[T int64 | float64](p *T) float64 {
	if p == nil {
		return 0
	}
	return float64(*p)
}

func drawUsage(v *view, u *usage) {
	if u.calls(v.llm, v.in.Window) == nil && u.spend(v.llm, v.in.Window) == nil {
		v.say(dbLack(v.in, u.column))
		return
	}
	rows := u.rows(v.in)
	measure := func(r *usageRow) float64 { return value(r.calls) }
	callsDrop, costDrop := 0, 3
	if v.in.Measure == Cost {
		measure = func(r *usageRow) float64 { return value(r.usd) }
		callsDrop, costDrop = 3, 0
	}
	most := 0.0
	for i := range rows {
		most = max(most, measure(&rows[i]))
	}
	t := &table{
		columns: []column{
			{head: u.head, w: 16, most: 34, flex: true},
			{head: "calls", w: 7, drop: callsDrop},
			{head: "in", w: 7, drop: 5},
			{head: "out", w: 7, drop: 5},
			{head: "cost", w: 9, drop: costDrop},
			{head: "share", w: 8, most: 60, bar: true, drop: 6},
		},
		rows: len(rows), list: true, figures: []int{1, 2, 3, 4},
		empty: lack{lackEmpty, "no calls in " + v.in.Window, ""},
	}
	t.figure = func(row, col int) Item { return v.usageItem(u, &rows[row], col) }
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		count := func(n *int64) cell {
			return cell{text: format.OptIn(n, w, format.CountIn), paint: v.countPaint(n)}
		}
		switch col {
		case 0:
			return cell{text: r.name, paint: v.Styles.Text}
		case 1:
			return count(r.calls)
		case 2:
			return count(r.in)
		case 3:
			return count(r.out)
		case 4:
			return cell{text: v.money(r.usd, w), paint: v.moneyPaint(r.usd)}
		}
		return v.share(u.paint(v.Styles), measure(r), most)
	}
	v.out = v.table(t, v.w, v.h)
}

// usageItem is the figure of a column.
func (v *view) usageItem(u *usage, r *usageRow, col int) Item {
	w, keys := v.window(v.in.Window), u.by.keys(r.name)
	switch col {
	case 1:
		return optItem(r.name, "calls", r.calls, format.Int, data.BehindCalls(w, keys))
	case 2:
		return optItem(r.name, "tokens in", r.in, format.Int, data.BehindTokens(w, keys, data.SumsTokensIn))
	case 3:
		return optItem(r.name, "tokens out", r.out, format.Int, data.BehindTokens(w, keys, data.SumsTokensOut))
	}
	return v.moneyItem(r.name, "cost", r.usd, data.BehindSpend(w, keys))
}
