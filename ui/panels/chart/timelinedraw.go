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
	for i, name := range t.Series {
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

func (t *Timeline) drawBars(g *grid, look Look, p plan, bars []Bar) {
	most, whole := 0.0, true
	for _, b := range bars {
		sum := 0.0
		for _, v := range b.Values {
			sum += height(v)
		}
		most = max(most, sum)
		whole = whole && sum == math.Trunc(sum)
	}
	// Where the number of each bar stands above it, the highest needs room for it.
	numbers := p.slot >= 5 && p.plotH >= 4
	rows := p.plotH
	if numbers {
		rows--
	}
	end, step, every := axis(most, rows, whole)
	t.drawScale(g, look, p, 0, p.plotH, step, every, t.Format)
	for i, b := range bars {
		top := drawStack(g, look, t.Paints, p.barX(i), p.plotH, p.barW(), rows, b.Values, end)
		if top == 0 && t.Zeros {
			drawZero(g, look, p, i, p.plotH-1)
		}
		if numbers && b.Total > 0 {
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

// drawStack draws one bar of w columns upwards from row bottom (exclusive) and
// returns how many rows it took.
func drawStack(g *grid, look Look, paints []themes.Paint, x, bottom, w, rows int, values []float64, most float64) int {
	bounds, top := stackBounds(values, most, rows)
	if top == 0 {
		return 0
	}
	n := (top + 7) / 8
	for row := range n {
		c := stackCell(look, paints, bounds, row*8, top)
		for column := range w {
			g.put(x+column, bottom-1-row, c)
		}
	}
	return n
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
}

// drawMarks writes how often something noteworthy happened, or that it did.
func (t *Timeline) drawMarks(g *grid, look Look, p plan, bars []Bar, y int) {
	for i, b := range bars {
		if b.Marks <= 0 {
			continue
		}
		s := string(markGlyph)
		if n := t.Format(float64(b.Marks), p.slot-1); !strings.HasPrefix(n, "#") {
			s += n
		}
		g.text(p.barX(i), y, s, &look.Styles.Bad)
	}
}

// drawLabels writes the labels that have room; that of the present always, marked.
func (t *Timeline) drawLabels(g *grid, look Look, p plan, bars []Bar, y int) {
	s := look.Styles
	now := bars[len(bars)-1].Label
	pointer := "▲"
	if look.ASCII {
		pointer = "^"
	}
	x := p.barX(len(bars) - 1)
	switch {
	case p.slot <= len(now): // right-aligned, the pointer under the bar itself
		g.text(x-len(now), y, now+pointer, &s.ChartMark)
	case p.slot == len(now)+1: // as wide as the bar and the gap after it
		g.text(x, y, now+pointer, &s.ChartMark)
	default:
		g.text(x, y, pointer+now, &s.ChartMark)
	}
	every := labelStep(bars, p.slot)
	for i := 0; i < len(bars)-1; i += every {
		if l := bars[i].Label; g.free(p.barX(i), y, len(l)) {
			g.text(p.barX(i), y, l, &s.Faint)
		}
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
