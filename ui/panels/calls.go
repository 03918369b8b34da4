package panels

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// callsPanel shows how many rows of each class the window has, and the calls of
// every window.
func callsPanel() Panel {
	return Panel{
		ID: "calls", Title: "Calls", MinW: 18, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, in.Window) },
		Draw:   drawing(drawCalls),
	}
}

func drawCalls(v *view) {
	c := v.llm.CallsByClass[v.in.Window]
	if c == nil {
		v.say(dbLack(v.in))
		return
	}
	classes := []struct {
		name string
		n    *int64
		p    themes.Paint
	}{
		{"llm", &c.LLM, v.Styles.Series[0]},
		{"embedding", &c.Embedding, v.Styles.Series[2]},
		{"shadow", c.Shadow, v.Styles.Series[3]},
		{"audit", &c.Audit, v.Styles.Series[7]},
	}
	most := int64(0)
	for _, cl := range classes {
		if cl.n != nil {
			most = max(most, *cl.n)
		}
	}
	const nameW = 9
	numberW := 9
	if v.w < 26 {
		numberW = 7
	}
	for i, cl := range classes {
		b := v.row()
		b.Left(v.Styles.Faint, cl.name, nameW)
		paint := v.countPaint(cl.n)
		if i == 0 && *cl.n > 0 {
			paint = v.Styles.Strong
		}
		b.Right(paint, format.OptIn(cl.n, numberW, format.CountIn), numberW)
		if cl.n != nil && b.Room() >= 6 {
			b.Space(2)
			chart.Share(&b, v.look(), cl.p, float64(*cl.n), float64(most), min(b.Room(), 40))
		}
		v.add(&b)
	}
	if v.left() < 2 {
		return
	}
	v.gap(2)
	var ps []pair
	for i, w := range v.in.windows() {
		n := v.llm.Calls[w]
		ps = append(ps, pair{label: w, value: format.OptIn(n, 9, format.CountIn), paint: v.countPaint(n), strong: w == v.in.Window, rank: i})
	}
	v.pairs(ps, v.left())
}
