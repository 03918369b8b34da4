package chart

import (
	"math"
	"strings"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

// entry is one line of a legend.
type entry struct {
	swatch rune
	paint  themes.Paint
	text   string
}

// entries are the lines of the legend; series that can be seen come first.
func (t *Timeline) entries(look Look, p plan) []entry {
	out, unseen := make([]entry, 0, len(t.Series)+2), []entry(nil)
	seen := t.seen(p)
	names := t.Series
	if p.legendX > 0 {
		names = tellApart(names, min(legendMaxW, p.w-p.legendX)-swatchW)
	}
	for i, name := range names {
		at := min(i, themes.SeriesLen-1)
		e := entry{look.Swatch(at), *look.paint(t.Paints, at), safe.Truncate(name, legendMaxW)}
		if seen[i] {
			out = append(out, e)
		} else {
			unseen = append(unseen, e)
		}
	}
	out = append(out, unseen...)
	if p.lineH > 0 {
		glyph := '⠒'
		if look.ASCII {
			glyph = '*'
		}
		out = append(out, entry{glyph, look.Styles.ChartLine, t.LineName})
	}
	if p.marks {
		out = append(out, entry{markGlyph, look.Styles.Bad, t.MarkName})
	}
	return out
}

// seen tells which series have something in any of the bars drawn.
func (t *Timeline) seen(p plan) []bool {
	seen := make([]bool, len(t.Series))
	for _, b := range t.Bars[len(t.Bars)-p.bars:] {
		for i, v := range b.Values {
			if i < len(seen) && height(v) > 0 {
				seen[i] = true
			}
		}
	}
	return seen
}

// barW is the number of columns of a bar without the gap after it.
func (p plan) barW() int { return max(p.slot-1, 1) }

func (p plan) barX(i int) int { return p.scale + i*p.slot }

// stacking is the scale of the bars.
type stacking struct {
	numbers   bool // each bar has its number above it
	rows      int  // that the highest bar may take
	end, step float64
	every     int
}

func (t *Timeline) stacking(p plan) stacking {
	most, whole := 0.0, true
	for _, b := range t.Bars[len(t.Bars)-p.bars:] {
		sum := 0.0
		for _, v := range b.Values {
			sum += height(v)
		}
		most = max(most, sum)
		whole = whole && sum == math.Trunc(sum)
	}
	// Where the number of each bar stands above it, the highest needs room for it.
	s := stacking{numbers: p.slot >= 5 && p.plotH >= 4, rows: p.plotH}
	if s.numbers {
		s.rows--
	}
	s.end, s.step, s.every = axis(most, s.rows, whole)
	return s
}

func (t *Timeline) drawBars(g *grid, look Look, p plan, bars []Bar) {
	s := t.stacking(p)
	t.drawScale(g, look, p, 0, p.plotH, s.step, s.every, t.Format)
	first := len(t.Bars) - len(bars)
	for i, b := range bars {
		o := stack{paints: t.Paints, x: p.barX(i), bottom: p.plotH, w: p.barW(), rows: s.rows, most: s.end, grained: noPart}
		if c := t.Cursor; c != nil && c.Bar == first+i && c.Part >= WholeBar {
			o.grained = c.Part
		}
		top := o.draw(g, look, b.Values)
		if top == 0 && t.Zeros {
			drawZero(g, look, p, i, p.plotH-1)
		}
		if s.numbers && b.Total > 0 {
			s := t.Format(b.Total, p.slot-1)
			paint := &look.Styles.Faint
			if i == len(bars)-1 {
				paint = &look.Styles.ChartMark
			}
			g.text(p.barX(i)+(p.barW()-len(s))/2, p.plotH-top-1, s, paint)
		}
	}
}

// drawScale writes the numbers of an axis from 0 upwards, h rows that begin at
// y: one step every so many rows.
func (t *Timeline) drawScale(g *grid, look Look, p plan, y, h int, step float64, every int, format func(float64, int) string) {
	if p.scale == 0 {
		return
	}
	s := look.Styles
	line, tick := '│', '┤'
	if look.ASCII {
		line, tick = '|', '+'
	}
	for row := range h {
		g.set(p.scale-1, y+row, line, &s.ChartAxis)
	}
	for n := 1; n*every <= h; n++ {
		row := y + h - n*every
		label := format(step*float64(n), scaleW)
		g.set(p.scale-1, row, tick, &s.ChartAxis)
		g.text(p.scale-1-len(label), row, label, &s.Faint)
	}
}

// drawZero draws bar i of nothing.
func drawZero(g *grid, look Look, p plan, i, y int) {
	zero := '·'
	if look.ASCII {
		zero = '.'
	}
	g.set(p.barX(i)+(p.barW()-1)/2, y, zero, &look.Styles.Faint)
}

// stack is one bar: of w columns, upwards from row bottom (exclusive), rows high
// for most.
type stack struct {
	paints             []themes.Paint
	x, bottom, w, rows int
	most               float64
	grained            int // the part under the cursor: a series or WholeBar, else noPart
}

const noPart = -1 << 10

// draw draws the bar and returns how many rows it took.
func (s *stack) draw(g *grid, look Look, values []float64) int {
	bounds, top := stackBounds(values, s.most, s.rows)
	if top == 0 {
		return 0
	}
	n := (top + 7) / 8
	for row := range n {
		c := stackCell(look, s.paints, bounds, row*8, top)
		if s.grained == WholeBar && row*8+4 <= top || s.grained >= 0 && partIn(bounds, s.grained, row*8, min(row*8+8, top)) {
			c.r, c.upon = look.grain(), nil
		}
		for column := range s.w {
			g.put(s.x+column, s.bottom-1-row, c)
		}
	}
	return n
}

// partIn tells whether a part of a stack is what most of the cell from low to
// high shows; of one that is nowhere most, its lowest cell.
func partIn(bounds []int, part, low, high int) bool {
	from := 0
	if part > 0 {
		from = bounds[part-1]
	}
	to := bounds[part]
	if size := min(to, high) - max(from, low); 2*size >= high-low {
		return true
	}
	return to-from < 8 && from/8 == low/8 // a cell at most, and not even that
}

// stackBounds gives the upper end of each series in eighths of a cell, and that
// of the whole.
func stackBounds(values []float64, most float64, rows int) ([]int, int) {
	sum := 0.0
	for _, v := range values {
		sum += height(v)
	}
	top := eighths(sum, most, rows)
	bounds := make([]int, len(values))
	below := 0.0
	for i, v := range values {
		below += height(v)
		if sum > 0 {
			bounds[i] = int(math.Round(below / sum * float64(top)))
		}
	}
	return bounds, top
}

// stackCell is the cell of a stack that begins low eighths above its foot: the
// series it begins with, and the largest of those above in the rest of it.
func stackCell(look Look, paints []themes.Paint, bounds []int, low, top int) cell {
	high := min(low+8, top)
	first, firstEnd := -1, 0
	other, otherSize := -1, 0
	from := 0
	for i, to := range bounds {
		size := min(to, high) - max(from, low)
		from = to
		if size <= 0 {
			continue
		}
		i = min(i, themes.SeriesLen-1)
		switch {
		case first < 0 || first == i:
			first, firstEnd = i, min(to, high)
		case size > otherSize:
			other, otherSize = i, size
		}
	}
	if first < 0 {
		return cell{}
	}
	switch {
	case look.patterned():
		if other >= 0 && otherSize > firstEnd-low {
			first = other
		}
		return patternCell(look, paints, first, high-low)
	case other < 0:
		return cell{r: fromBottom[high-low], p: look.paint(paints, first)}
	case high-low == 8 && paints == nil:
		return cell{r: fromBottom[firstEnd-low], p: &look.Styles.Stack[first][other]}
	case high-low == 8:
		return cell{r: fromBottom[firstEnd-low], p: look.paint(paints, first), upon: look.paint(paints, other)}
	}
	// The top of the bar has no colour left for what is above it: the larger part wins.
	if otherSize > firstEnd-low {
		first = other
	}
	return cell{r: fromBottom[high-low], p: look.paint(paints, first)}
}

// patternCell shows a series by its glyph, and the top of a bar by half steps.
func patternCell(look Look, paints []themes.Paint, series, filled int) cell {
	c := cell{p: look.paint(paints, series)}
	switch {
	case filled >= 5 || look.ASCII && filled >= 3:
		c.r = patterns[series]
		if look.ASCII {
			c.r = patternsASCII[series]
		}
	case look.ASCII:
		c.r = '_'
	default:
		c.r = fromBottom[filled]
	}
	return c
}

// drawStrip draws the line below the bars.
func (t *Timeline) drawStrip(g *grid, look Look, p plan, bars []Bar) {
	if p.lineH == 0 {
		return
	}
	values := make([]float64, len(bars))
	most := 0.0
	for i, b := range bars {
		values[i] = b.Line
		most = max(most, height(b.Line))
	}
	y := p.plotH
	end := niceScale(most)
	t.drawScale(g, look, p, y, p.lineH, end, p.lineH, t.FormatLine)
	middle := func(i int) float64 { return float64(i*p.slot) + float64(p.barW()-1)/2 }
	drawLine(g, look, p.scale, y, p.bars*p.slot, p.lineH, values, middle, end)
	if c := t.Cursor; c != nil && c.Part == LinePoint {
		if i := c.Bar - (len(t.Bars) - len(bars)); i >= 0 && i < len(bars) {
			pointOnLine(g, look, p, i, y, height(bars[i].Line), end)
		}
	}
}

// pointOnLine marks the point of the line that is under the cursor.
func pointOnLine(g *grid, look Look, p plan, i, y int, v, end float64) {
	up := 0
	if end > 0 {
		up = int(min(v/end, 1) * float64(p.lineH) * 0.999)
	}
	glyph, paint := look.pointer(true)
	g.text(p.barX(i)+(p.barW()-1)/2, y+p.lineH-1-up, glyph, paint)
}

// drawMarks writes how often something noteworthy happened, or that it did.
func (t *Timeline) drawMarks(g *grid, look Look, p plan, bars []Bar, y int) {
	first := len(t.Bars) - len(bars)
	for i, b := range bars {
		if b.Marks <= 0 {
			continue
		}
		paint := &look.Styles.Bad
		if chosen(t.Cursor, first+i, MarkSign) {
			paint = &look.Styles.Selected
		}
		s := string(markGlyph)
		if n := t.Format(float64(b.Marks), p.slot-1); !strings.HasPrefix(n, "#") {
			s += n
		}
		g.text(p.barX(i), y, s, paint)
	}
}

// drawLabels writes the labels that have room; that of the present always, marked.
func (t *Timeline) drawLabels(g *grid, look Look, p plan, bars []Bar, y int) {
	last := len(bars) - 1
	if c := t.Cursor; c != nil {
		if i := c.Bar - (len(t.Bars) - len(bars)); i >= 0 && i <= last {
			pointAt(g, look, p, i, y, bars[i].Label, true)
		}
	}
	if c := t.Cursor; c == nil || c.Bar != len(t.Bars)-1 {
		pointAt(g, look, p, last, y, bars[last].Label, false)
	}
	every := labelStep(bars, p.slot)
	for i := 0; i < last; i += every {
		if l := bars[i].Label; g.free(p.barX(i), y, len(l)) {
			g.text(p.barX(i), y, l, &look.Styles.Faint)
		}
	}
}

// pointAt marks bar i on the axis, with its label beside the pointer.
func pointAt(g *grid, look Look, p plan, i, y int, label string, cursor bool) {
	pointer, paint := look.pointer(cursor)
	x := p.barX(i)
	switch {
	case p.slot <= len(label) && x-len(label) >= p.scale: // right-aligned, the pointer under the bar itself
		x -= len(label)
		label += pointer
	case p.slot == len(label)+1: // as wide as the bar and the gap after it
		label += pointer
	default:
		label = pointer + label
	}
	if cursor || g.free(x, y, len(label)-len(pointer)+1) {
		g.text(x, y, label, paint)
	} else {
		g.text(p.barX(i), y, pointer, paint)
	}
}

// labelStep is every how many bars a label has room with a blank after it.
func labelStep(bars []Bar, slot int) int {
	longest := 0
	for _, b := range bars {
		longest = max(longest, len(b.Label))
	}
	need := (longest + 1 + slot - 1) / slot
	for _, n := range []int{1, 2, 3, 6, 12} {
		if n >= need {
			return n
		}
	}
	return max(need, 1)
}
