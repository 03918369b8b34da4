package panels

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// windowColumn is a figure there is for every window.
type windowColumn struct {
	head string
	w    int
	drop int // as in [column]
	cell func(window string, w int) cell
	bar  bool
	// item is what the figure of a window is; nil for a column that holds none.
	item func(name string, w data.Window) Item
}

// windowTable is a table of all windows, the chosen one standing out; where
// there is no room for all it comes first.
func (v *view) windowTable(head string, columns []windowColumn, w, h int) []string {
	names := v.in.windows()
	if i := slices.Index(names, v.in.Window); h <= len(names) && i > 0 {
		names = slices.Insert(slices.Delete(slices.Clone(names), i, i+1), 0, v.in.Window)
	}
	t := &table{
		columns: []column{{head: "", w: 1, left: true, drop: 99}, {head: head, w: max(len(data.WindowToday), len(head)), left: true}},
		rows:    len(names),
	}
	for i, c := range columns {
		t.columns = append(t.columns, column{head: c.head, w: c.w, drop: c.drop, bar: c.bar, most: 40})
		if c.item != nil {
			t.figures = append(t.figures, i+2)
		}
	}
	t.figure = func(row, col int) Item {
		it := columns[col-2].item(names[row], v.window(names[row]))
		it.Row = strings.TrimSpace(head + " " + names[row])
		return it
	}
	t.cell = func(row, col, w int) cell {
		name := names[row]
		chosen := name == v.in.Window
		switch {
		case col == 0 && chosen:
			return cell{text: "›", paint: v.Styles.Accent}
		case col == 0:
			return cell{}
		case col == 1 && chosen:
			return cell{text: name, paint: v.Styles.Accent}
		case col == 1:
			return cell{text: name, paint: v.Styles.Faint}
		}
		return columns[col-2].cell(name, w)
	}
	return v.table(t, w, h)
}

// windowPart is a table of all windows as a part. If the chosen one has nothing
// to show, why says so below.
func (v *view) windowPart(head string, columns []windowColumn, why *lack) part {
	rows := len(v.in.windows()) + 1
	if why != nil {
		rows += 3
	}
	return part{rows: rows, draw: func(w, h int) []string {
		return v.within(w, h, func(v *view) {
			room := h
			if why != nil && h > 3 {
				room = max(min(h-3, rows-3), 2)
			}
			v.out = append(v.out, line.Fit(v.windowTable(head, columns, w, room), w, room)...)
			if why != nil && v.left() > 0 {
				v.sayInLine(*why)
			}
		})
	}}
}

// lackPart is a part that isn't there.
func (v *view) lackPart(head string, why lack) part {
	return part{rows: 4, draw: func(w, h int) []string {
		return v.within(w, h, func(v *view) {
			if h > 1 {
				v.heading(head)
			}
			v.sayInLine(why)
		})
	}}
}

// countCell is a count, set back if there is none.
func (v *view) countCell(n *int64, w int) cell {
	return cell{text: format.OptIn(n, w, format.CountIn), paint: v.countPaint(n)}
}

// optCell is a figure, set back if there is none.
func (v *view) optCell(f *float64, w int, in func(float64, int) string) cell {
	p := v.Styles.Text
	if f == nil {
		p = v.Styles.Faint
	}
	return cell{text: format.OptIn(f, w, in), paint: p}
}

// windowPairs are the counts of all windows as pairs; what says what is counted.
func (v *view) windowPairs(what string, count func(window string) *int64, behind func(w data.Window) data.Behind) []pair {
	names := v.in.windows()
	ps := make([]pair, 0, len(names))
	for i, w := range names {
		n, rank := count(w), i+1
		if w == v.in.Window {
			rank = 0
		}
		ps = append(ps, pair{
			label: w, value: format.OptIn(n, v.countW(), format.CountIn), paint: v.countPaint(n), strong: w == v.in.Window, rank: rank,
			item: func() Item { return optItem(w, what, n, format.Int, behind(v.window(w))) },
		})
	}
	return ps
}
