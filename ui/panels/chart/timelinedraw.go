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

func (t *Timeline) entries(look Look, p plan) []entry {
	out := make([]entry, 0, len(t.Series)+2)
	for i, name := range t.Series {
		i = min(i, themes.SeriesLen-1)
		out = append(out, entry{look.Swatch(i), look.Styles.Series[i], safe.Truncate(name, legendMaxW)})
	}
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
	end, step := niceScale(most, max(rows/3, 2), whole)
	t.drawScale(g, look, p, 0, p.plotH, rows, end, step, t.Format)
	for i, b := range bars {
		top := drawStack(g, look, p.barX(i), p.plotH, p.barW(), rows, b.Values, end)
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

// drawScale writes the numbers of an axis from 0 to end whose h rows begin at y.
func (t *Timeline) drawScale(g *grid, look Look, p plan, y, h, rows int, end, step float64, format func(float64, int) string) {
	if p.scale == 0 {
		return
	}
	s := look.Styles
	axis, tick := '│', '┤'
	if look.ASCII {
		axis, tick = '|', '+'
	}
	for row := range h {
		g.set(p.scale-1, y+row, axis, &s.ChartAxis)
	}
	last := y + h
	for v := step; v <= end*(1+1e-9) && step > 0; v += step {
		row := y + h - max(int(math.Round(v/end*float64(rows))), 1)
		if row >= last {
			continue // no room between this number and the one below
		}
		last = row
		label := format(v, scaleW)
		g.set(p.scale-1, row, tick, &s.ChartAxis)
		g.text(p.scale-1-len(label), row, label, &s.Faint)
	}
}

// drawStack draws one bar of w columns upwards from row bottom (exclusive) and
// returns how many rows it took.
func drawStack(g *grid, look Look, x, bottom, w, rows int, values []float64, most float64) int {
	bounds, top := stackBounds(values, most, rows)
	if top == 0 {
		return 0
	}
	n := (top + 7) / 8
	for row := range n {
		r, p := stackCell(look, bounds, row*8, top)
		for column := range w {
			g.set(x+column, bottom-1-row, r, p)
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
func stackCell(look Look, bounds []int, low, top int) (rune, *themes.Paint) {
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
		return 0, nil
	}
	s := look.Styles
	switch {
	case look.patterned():
		if other >= 0 && otherSize > firstEnd-low {
			first = other
		}
		return patternCell(look, first, high-low)
	case other < 0:
		return fromBottom[high-low], &s.Series[first]
	case high-low == 8:
		return fromBottom[firstEnd-low], &s.Stack[first][other]
	}
	// The top of the bar has no colour left for what is above it: the larger part wins.
	if otherSize > firstEnd-low {
		first = other
	}
	return fromBottom[high-low], &s.Series[first]
}

// patternCell shows a series by its glyph, and the top of a bar by half steps.
func patternCell(look Look, series, filled int) (rune, *themes.Paint) {
	p := &look.Styles.Series[series]
	switch {
	case filled >= 5 || look.ASCII && filled >= 3:
		if look.ASCII {
			return patternsASCII[series], p
		}
		return patterns[series], p
	case look.ASCII:
		return '_', p
	}
	return fromBottom[filled], p
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
	end, _ := niceScale(most, 2, false)
	t.drawScale(g, look, p, y, p.lineH, p.lineH, end, end, t.FormatLine)
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
	if p.slot <= len(now)+1 {
		// Right-aligned under its bar, the pointer under the bar itself.
		x = p.barX(len(bars)-1) - len(now)
		g.text(x, y, now+pointer, &s.ChartMark)
	} else {
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
