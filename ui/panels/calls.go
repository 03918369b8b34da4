package panels

import (
	"github.com/donna-project/donnatop/data"
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
		class data.Class
		n     *int64
		p     themes.Paint
	}{
		{data.ClassLLM, &c.LLM, v.Styles.Series[0]},
		{data.ClassEmbedding, &c.Embedding, v.Styles.Series[2]},
		{data.ClassShadow, c.Shadow, v.Styles.Series[3]},
		{data.ClassAudit, &c.Audit, v.Styles.Series[7]},
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
		picked := v.item(v.here(0, v.w), func() Item {
			return optItem(cl.class.String(), "rows", cl.n, format.Int, data.BehindClass(v.window(v.in.Window), cl.class, data.InvocationKeys{}))
		})
		b.Left(v.picked(picked, v.Styles.Faint), cl.class.String(), nameW)
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
	ps := v.windowPairs("calls", func(w string) *int64 { return v.llm.Calls[w] }, func(w data.Window) data.Behind {
		return data.BehindCalls(w, data.InvocationKeys{})
	})
	for i, w := range v.in.windows() {
		ps[i].rank, ps[i].value = i, format.OptIn(v.llm.Calls[w], 9, format.CountIn)
	}
	v.pairs(ps, v.left())
}
