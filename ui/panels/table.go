package panels

import (
	"slices"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// column is one column of a table.
type column struct {
	head string
	w    int  // cells; of a flexible one the least
	most int  // of a flexible one the most
	left bool // left-aligned
	flex bool // takes what is left
	bar  bool // holds bars: takes what is left after that, from w on
	drop int  // where room is short, columns with the highest go first; 0 stays
}

// cell is what stands in a column.
type cell struct {
	text  string
	paint themes.Paint
	draw  func(b *line.Builder, w int) // instead of text
}

// table draws rows below a line of headings.
type table struct {
	columns []column
	rows    int
	// cell gives a cell for a column of w cells.
	cell  func(row, column, w int) cell
	empty lack // what to say if there are no rows

	// item is the item that a row is; without one, rows are none.
	item func(row int) Item
	// figures are the columns whose cells are items of their own, and figure is
	// what they are.
	figures []int
	figure  func(row, column int) Item
	list    bool // it is what the panel scrolls

	// cursor is the row under the cursor, -1 if there is none, and at its column,
	// -1 if it is the whole row. Both are known once the table is drawn.
	cursor, at int
}

const (
	columnGap = 2
	leastName = 3
)

// widths shares the room out: 0 for a column that has none.
func (t *table) widths(w int) []int {
	shown := make([]bool, len(t.columns))
	need := -columnGap
	for i, c := range t.columns {
		shown[i] = true
		need += c.w + columnGap
	}
	for need > w {
		worst := -1
		for i, c := range t.columns {
			if shown[i] && c.drop > 0 && (worst < 0 || c.drop > t.columns[worst].drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		shown[worst] = false
		need -= t.columns[worst].w + columnGap
	}
	out := make([]int, len(t.columns))
	spare, short := max(w-need, 0), max(need-w, 0)
	for i, c := range t.columns {
		if !shown[i] {
			continue
		}
		out[i] = c.w
		if c.flex && short > 0 { // nothing more to drop: names give way to numbers
			less := min(short, max(c.w-leastName, 0))
			out[i] -= less
			short -= less
		}
	}
	for _, bars := range []bool{false, true} {
		for i, c := range t.columns {
			if !shown[i] || !c.flex && !c.bar || c.bar != bars {
				continue
			}
			more := min(spare, max(c.most-c.w, 0))
			out[i] += more
			spare -= more
		}
	}
	return out
}

// draw draws the table into h lines: headings, rows, and how many more there are.
func (v *view) table(t *table, w, h int) []string {
	if h <= 0 {
		return nil
	}
	widths := t.widths(w)
	t.cursor, t.at = v.underCursor(t, widths)
	out := make([]string, 0, h)
	if h > 1 {
		out = append(out, v.headings(t, widths, w))
	}
	if t.rows == 0 {
		glyph, paint := t.empty.kind.sign(v.Styles)
		b := v.line(w)
		b.Glyphs(paint, glyph).Space(1).Text(paint, t.empty.head)
		return line.Fit(append(out, b.String()), w, h)
	}
	room := h - len(out)
	from := v.firstRow(t, room)
	to := min(from+room, t.rows)
	more := t.rows - to
	if more > 0 && t.cursor < 0 && room > 1 {
		to--
		more++
	} else {
		more = 0
	}
	v.tell(t, widths, w, from, to, len(out))
	for row := from; row < to; row++ {
		out = append(out, v.tableRow(t, widths, w, row))
	}
	if more > 0 {
		b := v.line(w)
		b.Text(v.Styles.Faint, "… "+format.Int(int64(more))+" more")
		out = append(out, b.String())
	}
	return line.Fit(out, w, h)
}

// firstRow is the first row of those that room lines show.
func (v *view) firstRow(t *table, room int) int {
	from := 0
	if t.list {
		from = min(max(v.in.Offset, 0), max(t.rows-1, 0))
	}
	if t.cursor >= 0 {
		from = min(max(from, t.cursor-room+1), t.cursor)
		from = max(min(from, t.rows-room), 0)
	}
	if t.list && v.in.Scrolled != nil {
		*v.in.Scrolled = from
	}
	return from
}

// underCursor is the row and the column of the table's item under the cursor.
func (v *view) underCursor(t *table, widths []int) (row, column int) {
	if v.reg == nil || v.reg.cursor < v.reg.next {
		return -1, -1
	}
	at := v.reg.cursor - v.reg.next
	if t.item != nil {
		if at < t.rows {
			return at, -1
		}
		return -1, -1
	}
	if figures := t.shown(widths); len(figures) > 0 && at/len(figures) < t.rows {
		return at / len(figures), figures[at%len(figures)]
	}
	return -1, -1
}

// shown are the columns of figures that have room.
func (t *table) shown(widths []int) []int {
	if t.item != nil || t.figure == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.figures), func(c int) bool { return widths[c] == 0 })
}

// tell tells the table's items; those of rows before from and from to on can't
// be seen. The rows begin top lines below the line to be added next.
func (v *view) tell(t *table, widths []int, w, from, to, top int) {
	r := v.reg
	if r == nil || t.item == nil && t.figure == nil {
		return
	}
	if t.list && r.into != nil {
		r.into.Rows = t.rows
	}
	figures := t.shown(widths)
	xs := t.starts(widths)
	r.expect(t.rows * max(len(figures), 1))
	for row := range t.rows {
		at := Place{X: v.x, Y: v.y + len(v.out) + top + row - from, W: w, H: 1, Lane: r.lane + row}
		if row < from || row >= to {
			at.H = 0
		}
		if t.item != nil {
			v.item(at, func() Item { return t.item(row) })
			continue
		}
		for _, c := range figures {
			at.X, at.W = v.x+xs[c], widths[c]
			v.item(at, func() Item { return t.figure(row, c) })
		}
	}
	r.lane += t.rows
}

// starts is where each column begins.
func (t *table) starts(widths []int) []int {
	xs, x := make([]int, len(widths)), 0
	for i, w := range widths {
		if w == 0 {
			continue
		}
		xs[i] = x
		x += w + columnGap
	}
	return xs
}

func (v *view) headings(t *table, widths []int, w int) string {
	b := v.line(w)
	first := true
	for i, c := range t.columns {
		if widths[i] == 0 {
			continue
		}
		if !first {
			b.Space(columnGap)
		}
		first = false
		if c.left || c.flex || c.bar {
			b.Left(v.Styles.Column, c.head, widths[i])
		} else {
			b.Right(v.Styles.Column, c.head, widths[i])
		}
	}
	return b.String()
}

func (v *view) tableRow(t *table, widths []int, w, row int) string {
	b := v.line(w)
	here := row == t.cursor
	whole := here && t.at < 0
	first := true
	for i, c := range t.columns {
		if widths[i] == 0 {
			continue
		}
		if !first {
			v.gapOf(&b, whole)
		}
		first = false
		cl := t.cell(row, i, widths[i])
		selected := whole || here && i == t.at
		end := b.Used() + min(widths[i], b.Room())
		if cl.draw != nil && !selected {
			cl.draw(&b, widths[i])
			b.To(end)
			continue
		}
		paint := cl.paint
		if selected {
			paint = v.Styles.Selected
		}
		v.field(&b, paint, cl.text, widths[i], c.left || c.flex || c.bar, selected)
	}
	if whole {
		b.Text(v.Styles.Selected, line.Blank(b.Room()))
	}
	return b.String()
}

func (v *view) gapOf(b *line.Builder, selected bool) {
	if selected {
		b.Text(v.Styles.Selected, line.Blank(columnGap))
		return
	}
	b.Space(columnGap)
}

// field writes text aligned in w cells; of a selected row the blanks are painted, too.
func (v *view) field(b *line.Builder, p themes.Paint, text string, w int, left, selected bool) {
	switch {
	case !selected && left:
		b.Left(p, text, w)
	case !selected:
		b.Right(p, text, w)
	default:
		inner := v.line(min(w, b.Room()))
		if left {
			inner.Left(themes.Paint{}, text, w)
		} else {
			inner.Right(themes.Paint{}, text, w)
		}
		b.Text(p, inner.String())
	}
}

// share is a cell with a bar for part of most.
func (v *view) share(p themes.Paint, part, most float64) cell {
	return cell{draw: func(b *line.Builder, w int) { chart.Share(b, v.look(), p, part, most, w) }}
}
