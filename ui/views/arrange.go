package views

import "slices"

// An arrangement says which panels stand side by side, row by row from the top.
type arrangement []arrangedRow

type arrangedRow struct {
	weight int // share of the height that is left over once every row has its minimum
	cells  []arrangedCell
}

type arrangedCell struct {
	id     string
	weight int // share of the width that is left over within the row
}

// minSize is the smallest size in which a panel says something, border included.
type minSize struct{ w, h int }

// place gives every panel of the arrangement that fits its rectangle, in
// reading order. Panels give way in the order of keep, the last first: within a
// row while the row is too wide, then whole rows, ranked by their best panel,
// while all are too high. The very first of keep always stays, however small
// the area. The area is filled exactly unless it is empty.
func place(a arrangement, keep []string, sizes map[string]minSize, w, h int) []placed {
	if w <= 0 || h <= 0 {
		return nil
	}
	rows := make([]fittedRow, 0, len(a))
	for _, r := range a {
		if f := fitRow(r, keep, sizes, w); len(f.cells) > 0 {
			rows = append(rows, f)
		}
	}
	for len(rows) > 1 && minHeight(rows) > h {
		worst := 0
		for i := range rows {
			if rows[i].rank > rows[worst].rank {
				worst = i
			}
		}
		rows = slices.Delete(rows, worst, worst+1)
	}
	return layRows(rows, sizes, w, h)
}

// placed is a panel with its place.
type placed struct {
	id string
	Rect
}

type fittedRow struct {
	arrangedRow
	rank int // of its best panel in the order of keep
	minH int
}

// fitRow drops the panels of a row that are too many for the width.
func fitRow(r arrangedRow, keep []string, sizes map[string]minSize, w int) fittedRow {
	f := fittedRow{arrangedRow: arrangedRow{weight: r.weight, cells: slices.Clone(r.cells)}}
	for len(f.cells) > 1 && minWidth(f.cells, sizes) > w {
		worst := 0
		for i := range f.cells {
			if slices.Index(keep, f.cells[i].id) > slices.Index(keep, f.cells[worst].id) {
				worst = i
			}
		}
		f.cells = slices.Delete(f.cells, worst, worst+1)
	}
	f.rank = len(keep)
	for _, c := range f.cells {
		f.rank = min(f.rank, slices.Index(keep, c.id))
		f.minH = max(f.minH, sizes[c.id].h)
	}
	return f
}

func minWidth(cells []arrangedCell, sizes map[string]minSize) int {
	n := 0
	for _, c := range cells {
		n += sizes[c.id].w
	}
	return n
}

func minHeight(rows []fittedRow) int {
	n := 0
	for _, r := range rows {
		n += r.minH
	}
	return n
}

func layRows(rows []fittedRow, sizes map[string]minSize, w, h int) []placed {
	heights := make([]demand, len(rows))
	for i, r := range rows {
		heights[i] = demand{min: r.minH, weight: r.weight}
	}
	var out []placed
	y := 0
	for i, rh := range share(h, heights) {
		widths := make([]demand, len(rows[i].cells))
		for j, c := range rows[i].cells {
			widths[j] = demand{min: sizes[c.id].w, weight: c.weight}
		}
		x := 0
		for j, cw := range share(w, widths) {
			out = append(out, placed{id: rows[i].cells[j].id, Rect: Rect{X: x, Y: y, W: cw, H: rh}})
			x += cw
		}
		y += rh
	}
	return out
}

type demand struct{ min, weight int }

// share divides total among the demands: each its minimum, the rest by weight.
// The parts sum up to total exactly. Minima that exceed total are cut from the
// end.
func share(total int, demands []demand) []int {
	parts := make([]int, len(demands))
	rest, weights := total, 0
	for i, d := range demands {
		parts[i] = min(d.min, rest)
		rest -= parts[i]
		weights += d.weight
	}
	for i, d := range demands {
		if weights == 0 {
			break
		}
		more := rest * d.weight / weights // of what is left, so that rounding errors never add up
		parts[i] += more
		rest -= more
		weights -= d.weight
	}
	if len(parts) > 0 {
		parts[len(parts)-1] += rest
	}
	return parts
}
