package views

import (
	"cmp"
	"math"
	"slices"
)

// An arrangement says how panels stand: in rows one below the other, each of
// cells side by side.
type arrangement []arrangedRow

type arrangedRow struct {
	weight int // share of the height that is left over once every row has its minimum
	cells  []arrangedCell
	most   int // lines beyond which others have the better use for them; 0 for what its cells say
}

// arrangedCell is a panel, or a stack of panels one below the other.
type arrangedCell struct {
	id    string
	stack []arrangedCell
	// weight is the share of the width that is left over within the row; within a
	// stack it is of the height.
	weight int
	// least is the lines, border included, below which the panel had better give
	// way, if that is more than it needs at all. With most lines it shows all it
	// has; 0 says that there can always be more.
	least, most int
}

// row puts cells side by side.
func row(weight int, cells ...arrangedCell) arrangedRow {
	return arrangedRow{weight: weight, cells: cells}
}

// upTo bounds the height of the row.
func (r arrangedRow) upTo(lines int) arrangedRow {
	r.most = lines
	return r
}

// cell is a panel.
func cell(id string, weight int) arrangedCell { return arrangedCell{id: id, weight: weight} }

// stack puts panels one below the other.
func stack(weight int, cells ...arrangedCell) arrangedCell {
	return arrangedCell{weight: weight, stack: cells}
}

// from asks for at least so many lines, border included.
func (c arrangedCell) from(lines int) arrangedCell {
	c.least = lines
	return c
}

// upTo says with how many lines the panel shows all it has.
func (c arrangedCell) upTo(lines int) arrangedCell {
	c.most = lines
	return c
}

// minSize is the smallest size in which a panel says something, border included.
type minSize struct{ w, h int }

// placed is a panel with its place.
type placed struct {
	id string
	Rect
}

// place gives every panel of the arrangement that fits its rectangle, in
// reading order. Panels give way in the order of keep, the last first: within a
// row while the row is too wide, then, while all rows are too high, panels of
// the stack that makes a row high, or whole rows, ranked by their best panel.
// The very first of keep always stays, however small the area. The area is
// filled exactly unless it is empty.
func place(a arrangement, keep []string, sizes map[string]minSize, w, h int) []placed {
	if w <= 0 || h <= 0 {
		return nil
	}
	f := fitting{keep: keep, sizes: sizes}
	rows := make([]arrangedRow, 0, len(a))
	for _, r := range a {
		rows = append(rows, f.narrow(r, w))
	}
	for f.height(rows) > h && f.giveWay(&rows) {
	}
	return f.lay(rows, w, h)
}

// fitting is what panels need and how they rank.
type fitting struct {
	keep  []string
	sizes map[string]minSize
}

// rank of a cell is that of its best panel; 0 is the most important.
func (f *fitting) rank(c arrangedCell) int {
	if c.stack == nil {
		return slices.Index(f.keep, c.id)
	}
	best := len(f.keep)
	for _, o := range c.stack {
		best = min(best, f.rank(o))
	}
	return best
}

// worst is the index of the cell that gives way first.
func (f *fitting) worst(cells []arrangedCell) int {
	worst := 0
	for i := range cells {
		if f.rank(cells[i]) > f.rank(cells[worst]) {
			worst = i
		}
	}
	return worst
}

func (f *fitting) minWidth(c arrangedCell) int {
	n := f.sizes[c.id].w
	for _, o := range c.stack {
		n = max(n, f.minWidth(o))
	}
	return n
}

func (f *fitting) minHeight(c arrangedCell) int {
	n := max(f.sizes[c.id].h, c.least)
	for _, o := range c.stack {
		n += f.minHeight(o)
	}
	return n
}

// unbounded is the height of what can always show more.
const unbounded = math.MaxInt32

func (f *fitting) mostHeight(c arrangedCell) int {
	if c.stack == nil {
		return max(cmp.Or(c.most, unbounded), f.minHeight(c))
	}
	n := 0
	for _, o := range c.stack {
		n = min(n+f.mostHeight(o), unbounded)
	}
	return n
}

// narrow drops the cells of a row that are too many for the width.
func (f *fitting) narrow(r arrangedRow, w int) arrangedRow {
	r.cells = slices.Clone(r.cells)
	for len(r.cells) > 1 {
		need := 0
		for _, c := range r.cells {
			need += f.minWidth(c)
		}
		if need <= w {
			break
		}
		at := f.worst(r.cells)
		r.cells = slices.Delete(r.cells, at, at+1)
	}
	return r
}

// rowHeight is the height of a row's highest cell, and which one that is.
func (f *fitting) rowHeight(r arrangedRow) (h, at int) {
	for i, c := range r.cells {
		// of cells of the same height a stack can't make the row lower
		if n := f.minHeight(c); n > h || n == h && c.stack == nil {
			h, at = n, i
		}
	}
	return h, at
}

func (f *fitting) height(rows []arrangedRow) int {
	n := 0
	for _, r := range rows {
		h, _ := f.rowHeight(r)
		n += h
	}
	return n
}

// giveWay drops what ranks lowest of all that makes the rows too high, and tells
// whether there was anything to drop.
func (f *fitting) giveWay(rows *[]arrangedRow) bool {
	row, cell, rank := -1, -1, -1
	for i, r := range *rows {
		_, at := f.rowHeight(r)
		if s := r.cells[at].stack; len(s) > 1 {
			if n := f.rank(s[f.worst(s)]); n > rank {
				row, cell, rank = i, at, n
			}
			continue
		}
		if n := f.rank(arrangedCell{stack: r.cells}); len(*rows) > 1 && n > rank {
			row, cell, rank = i, -1, n
		}
	}
	if row < 0 {
		return false
	}
	if cell < 0 {
		*rows = slices.Delete(*rows, row, row+1)
		return true
	}
	c := &(*rows)[row].cells[cell]
	at := f.worst(c.stack)
	c.stack = slices.Delete(slices.Clone(c.stack), at, at+1)
	return true
}

// lay gives rows and cells their places.
func (f *fitting) lay(rows []arrangedRow, w, h int) []placed {
	heights := make([]demand, len(rows))
	for i, r := range rows {
		least, _ := f.rowHeight(r)
		most := 0
		for _, c := range r.cells {
			most = max(most, f.mostHeight(c))
		}
		heights[i] = demand{min: least, most: max(cmp.Or(r.most, most), least), weight: r.weight}
	}
	var out []placed
	y := 0
	for i, rh := range share(h, heights) {
		widths := make([]demand, len(rows[i].cells))
		for j, c := range rows[i].cells {
			widths[j] = demand{min: f.minWidth(c), weight: c.weight}
		}
		x := 0
		for j, cw := range share(w, widths) {
			out = f.layCell(out, rows[i].cells[j], Rect{X: x, Y: y, W: cw, H: rh})
			x += cw
		}
		y += rh
	}
	return out
}

func (f *fitting) layCell(out []placed, c arrangedCell, at Rect) []placed {
	if c.stack == nil {
		return append(out, placed{id: c.id, Rect: at})
	}
	heights := make([]demand, len(c.stack))
	for i, o := range c.stack {
		heights[i] = demand{min: f.minHeight(o), most: f.mostHeight(o), weight: o.weight}
	}
	for i, h := range share(at.H, heights) {
		out = f.layCell(out, c.stack[i], Rect{X: at.X, Y: at.Y, W: at.W, H: h})
		at.Y += h
	}
	return out
}

// demand is a claim on part of a length.
type demand struct {
	min    int
	most   int // 0 is without bound
	weight int
}

// share divides total among the demands: each its minimum, the rest by weight
// and up to their most, and what nobody has a use for by weight again. The parts
// sum up to total exactly. Minima that exceed total are cut from the end.
func share(total int, demands []demand) []int {
	parts := make([]int, len(demands))
	rest := total
	for i, d := range demands {
		parts[i] = min(d.min, rest)
		rest -= parts[i]
	}
	for rest > 0 {
		given := spread(parts, demands, rest, func(i int) int {
			return cmp.Or(demands[i].most, unbounded) - parts[i]
		})
		if given == 0 {
			break
		}
		rest -= given
	}
	rest -= spread(parts, demands, rest, func(int) int { return rest })
	if len(parts) > 0 {
		parts[len(parts)-1] += rest
	}
	return parts
}

// spread adds to the parts, by weight, of rest what each has room for, and gives
// how much that was.
func spread(parts []int, demands []demand, rest int, room func(i int) int) int {
	weights := 0
	for i, d := range demands {
		if room(i) > 0 {
			weights += d.weight
		}
	}
	given := 0
	for i, d := range demands {
		if weights == 0 {
			break
		}
		r := room(i)
		if r <= 0 {
			continue
		}
		more := rest * d.weight / weights // of what is left, so that rounding errors never add up
		rest -= more
		weights -= d.weight
		more = min(more, r)
		parts[i] += more
		given += more
	}
	return given
}
