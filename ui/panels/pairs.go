package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

// pair is a label and a figure. Where room is short, those with the highest
// rank are left out first.
type pair struct {
	label, short string // short: for narrow panels; "" means label
	value        string
	paint        themes.Paint
	rank         int
	strong       bool        // that of the chosen window: its label is marked
	item         func() Item // what it is; nil for what nobody can choose
}

// gapW is the room between pairs.
func (v *view) gapW() int {
	if v.tight() {
		return 2
	}
	return 3
}

// tight tells whether every cell counts.
func (v *view) tight() bool { return v.w < 34 }

// pairs draws figures side by side in columns as wide as needed, the values
// right-aligned, in at most h lines.
func (v *view) pairs(ps []pair, h int) {
	if h <= 0 || len(ps) == 0 {
		return
	}
	label := func(p pair) string { return p.label }
	labelW, valueW, columns := v.pairColumns(ps, label)
	if columns < 2 || (len(ps)+columns-1)/columns > h {
		label = func(p pair) string { return cmp.Or(p.short, p.label) }
		labelW, valueW, columns = v.pairColumns(ps, label)
	}
	unmarked := label
	marked := func(p pair) string {
		if p.strong {
			return "›" + unmarked(p)
		}
		return unmarked(p)
	}
	if l, w, n := v.pairColumns(ps, marked); n == columns { // the mark isn't worth a column
		label, labelW, valueW = marked, l, w
	}
	ps = mostImportant(ps, h*columns)
	for from := 0; from < len(ps); from += columns {
		b := v.row()
		for i, p := range ps[from:min(from+columns, len(ps))] {
			if i > 0 {
				b.Space(v.gapW())
			}
			paint := v.Styles.Faint
			if p.strong {
				paint = v.Styles.Accent
			}
			x := b.Used()
			b.Left(paint, label(p), labelW)
			value := p.paint
			if p.item != nil && v.item(v.here(x, labelW+1+valueW), p.item) {
				value = v.Styles.Selected
			}
			b.Space(1).Right(value, p.value, valueW)
		}
		v.add(&b)
	}
}

// pairColumns gives the widths of labels and values and how many pairs fit side by side.
func (v *view) pairColumns(ps []pair, label func(pair) string) (labelW, valueW, columns int) {
	for _, p := range ps {
		labelW = max(labelW, safe.Width(label(p)))
		valueW = max(valueW, safe.Width(p.value))
	}
	valueW = min(valueW, max(v.w-2, 1))
	labelW = min(labelW, max(v.w-valueW-1, 0))
	columns = max((v.w+v.gapW())/(labelW+1+valueW+v.gapW()), 1)
	return labelW, valueW, min(columns, len(ps))
}

// mostImportant keeps the n pairs of lowest rank, in their order.
func mostImportant(ps []pair, n int) []pair {
	if len(ps) <= n {
		return ps
	}
	ranks := make([]int, len(ps))
	for i, p := range ps {
		ranks[i] = p.rank
	}
	slices.Sort(ranks)
	limit := ranks[n]
	// Of equal ranks at the limit the first ones stay.
	spare := n
	for _, p := range ps {
		if p.rank < limit {
			spare--
		}
	}
	var out []pair
	for _, p := range ps {
		switch {
		case p.rank < limit:
			out = append(out, p)
		case p.rank == limit && spare > 0:
			out = append(out, p)
			spare--
		}
	}
	return out
}
