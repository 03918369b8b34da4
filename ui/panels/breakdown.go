package panels

import (
	"cmp"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// breakdown is a table of names with a count and a bar each: a distribution or
// a histogram on its side.
type breakdown struct {
	head   string // of the column of names
	rows   []tallied
	paint  themes.Paint // of the bars
	empty  lack         // what to say if there are no rows
	signs  bool         // a column of signs stands before the names
	list   bool         // as in [table]
	behind func(key string) data.Behind
}

// tallied is one row of a breakdown.
type tallied struct {
	name  string
	key   string // in the figures, if that is another
	n     int64
	sign  string       // of one cell
	paint themes.Paint // of sign and bar, if signed
}

// mostFirst are the counts of a map, the largest first.
func mostFirst(counts map[string]int64) []tallied {
	rows := make([]tallied, 0, len(counts))
	for name, n := range counts {
		rows = append(rows, tallied{name: name, n: n})
	}
	slices.SortFunc(rows, func(a, b tallied) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
	return rows
}

// inOrder are the counts of a map in the order of names, which are there even
// if the map leaves them out; keys nobody expected come last.
func inOrder(counts map[string]int64, names []string) []tallied {
	rows := make([]tallied, 0, max(len(counts), len(names)))
	for _, name := range names {
		rows = append(rows, tallied{name: name, n: counts[name]})
	}
	unknown := map[string]int64{}
	for name, n := range counts {
		if !slices.Contains(names, name) {
			unknown[name] = n
		}
	}
	return append(rows, mostFirst(unknown)...)
}

// breakdown draws one into h lines of w cells.
func (v *view) breakdown(d *breakdown, w, h int) []string {
	most := int64(0)
	for _, r := range d.rows {
		most = max(most, r.n)
	}
	t := &table{
		columns: []column{
			{head: d.head, w: 10, most: 30, flex: true},
			{head: "n", w: 7},
			{w: 6, most: 60, bar: true, drop: 1},
		},
		rows: len(d.rows), list: d.list, empty: d.empty,
		item: func(row int) Item {
			r := &d.rows[row]
			return countItem(strings.TrimSpace(d.head+" "+r.name), "", r.n, d.behind(cmp.Or(r.key, r.name)))
		},
	}
	if d.signs {
		t.columns = slices.Insert(t.columns, 0, column{w: 1, left: true})
	}
	t.cell = func(row, col, w int) cell {
		r := &d.rows[row]
		if !d.signs {
			col++
		}
		switch col {
		case 0:
			return cell{text: r.sign, paint: r.paint}
		case 1:
			return cell{text: r.name, paint: v.Styles.Text}
		case 2:
			return cell{text: format.CountIn(r.n, w), paint: v.countPaint(&r.n)}
		}
		paint := d.paint
		if d.signs {
			paint = r.paint
		}
		return v.share(paint, float64(r.n), float64(most))
	}
	return v.table(t, w, h)
}

// tally is a part that breaks counts down, the largest first.
func (v *view) tally(head string, counts map[string]int64, p themes.Paint, empty lack, behind func(key string) data.Behind) part {
	d := &breakdown{head: head, rows: mostFirst(counts), paint: p, empty: empty, behind: behind}
	return part{rows: max(len(d.rows), 1) + 1, draw: func(w, h int) []string { return v.breakdown(d, w, h) }}
}
