package panels

import (
	"github.com/donna-project/donnatop/ui/panels/line"
)

// part is one of several tables or charts of a panel.
type part struct {
	rows int // lines it would like to have
	draw func(w, h int) []string
}

const partGutter = 3

// within draws into a part of the panel.
func (v *view) within(w, h int, draw func(v *view)) []string {
	inner := &view{Env: v.Env, in: v.in, llm: v.llm, w: w, h: h, out: make([]string, 0, max(h, 0)), x: v.x, y: v.y + len(v.out), reg: v.reg}
	draw(inner)
	return line.Fit(inner.out, w, h)
}

// parts draws parts into the lines that are left: side by side while each has
// leastW cells, else one below the other. Without room for two lines each, the
// last ones are left out.
func (v *view) parts(leastW int, ps ...part) {
	h := v.left()
	if h <= 0 || len(ps) == 0 {
		return
	}
	if n := len(ps); v.w >= n*leastW+(n-1)*partGutter {
		v.sideBySide(ps, h)
		return
	}
	for len(ps) > 1 && h < 2*len(ps) {
		ps = ps[:len(ps)-1]
	}
	wanted := 0
	for _, p := range ps {
		wanted += p.rows
	}
	gap := 0
	if h >= wanted+len(ps)-1 {
		gap = 1
	}
	for i, rows := range shareRows(ps, h-gap*(len(ps)-1)) {
		if i > 0 && gap > 0 {
			v.out = append(v.out, line.Blank(v.w))
		}
		v.out = append(v.out, line.Fit(ps[i].draw(v.w, rows), v.w, rows)...)
	}
}

// shareRows gives every part what it wants, or, of too little, at least its
// share; what one leaves goes to the others.
func shareRows(ps []part, h int) []int {
	out := make([]int, len(ps))
	for i, p := range ps {
		out[i] = min(max(p.rows, 1), h/len(ps))
	}
	left := h
	for _, n := range out {
		left -= n
	}
	for i, p := range ps {
		more := min(left, max(p.rows-out[i], 0))
		out[i] += more
		left -= more
	}
	return out
}

func (v *view) sideBySide(ps []part, h int) {
	columns, widths := make([][]string, len(ps)), make([]int, len(ps))
	room := v.w - partGutter*(len(ps)-1)
	x, lanes := v.x, v.sameLanes()
	for i, p := range ps {
		widths[i] = room / (len(ps) - i)
		room -= widths[i]
		lanes.next()
		columns[i] = line.Fit(p.draw(widths[i], h), widths[i], h)
		v.x += widths[i] + partGutter
	}
	v.x = x
	lanes.end()
	for y := range h {
		b := v.row()
		for i := range ps {
			if i > 0 {
				b.Space(partGutter)
			}
			b.Painted(columns[i][y], widths[i])
		}
		v.out = append(v.out, b.String())
	}
}

// sameLanes is for parts that stand side by side: their items begin in the same
// lane.
func (v *view) sameLanes() *sameLanes {
	if v.reg == nil {
		return nil
	}
	return &sameLanes{r: v.reg, first: v.reg.lane, last: v.reg.lane}
}

type sameLanes struct {
	r           *register
	first, last int
}

// next is called before each part.
func (l *sameLanes) next() {
	if l != nil {
		l.last = max(l.last, l.r.lane)
		l.r.lane = l.first
	}
}

// end is called after the last one.
func (l *sameLanes) end() {
	if l != nil {
		l.r.lane = max(l.last, l.r.lane)
	}
}
