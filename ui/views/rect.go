package views

import "strings"

// Rect is a place on the screen in cells; X and Y count from its parent's top left corner.
type Rect struct{ X, Y, W, H int }

// Empty tells whether nothing fits into r.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Overlaps tells whether a cell lies in both.
func (r Rect) Overlaps(o Rect) bool {
	return !r.Empty() && !o.Empty() && r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// block is drawn content with its place: exactly H lines of exactly W cells.
type block struct {
	Rect
	lines []string
}

// compose puts blocks, which must not overlap and must come in reading order,
// onto an area of w×h cells and fills what is left with blanks. It only
// concatenates: widths are the blocks' own word, so nothing is measured here.
func compose(blocks []block, w, h int) []string {
	lines := make([]string, h)
	var line []byte
	for y := range lines {
		line = line[:0]
		x := 0
		for i := range blocks {
			o := &blocks[i]
			if y < o.Y || y >= o.Y+o.H {
				continue
			}
			line = append(line, blanks(o.X-x)...)
			line = append(line, o.lines[y-o.Y]...)
			x = o.X + o.W
		}
		line = append(line, blanks(w-x)...)
		lines[y] = string(line)
	}
	return lines
}

const manyBlanks = "                                                                                                                                "

// blanks is n cells of nothing; n ≤ 0 gives none.
func blanks(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(manyBlanks):
		return manyBlanks[:n]
	}
	return strings.Repeat(" ", n)
}
