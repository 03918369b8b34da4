package chart

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// Bar is one moment of a [Timeline].
type Bar struct {
	Label  string    // below it, ASCII, two to five characters
	Values []float64 // one per series, from the bottom up
	Total  float64   // what the bar shows as a number
	Line   float64   // the value of the line; NaN is a gap
	Marks  int64     // how often something noteworthy happened
}

// Timeline is stacked bars over time, and below them a line on the same axis.
type Timeline struct {
	Bars   []Bar    // oldest first; the last one is the present
	Series []string // names, for the legend
	// Paints are those of series that have a role; without any the series are
	// painted as the theme paints series.
	Paints []themes.Paint
	// Format is the height of bars in at most w cells.
	Format func(v float64, w int) string
	// FormatLine is the same for the line; nil leaves the line out.
	FormatLine func(v float64, w int) string
	LineName   string
	MarkName   string // what Marks counts
	Zeros      bool   // a bar of nothing is a dot, as in [Strips]
	Cursor     *Spot  // what the reader has chosen; nil for nothing
}

// Spots are the figures of the timeline drawn in h lines of w cells, bar by bar:
// the whole, its series from the top down as far as they are not nothing, the
// point of the line and the marks. They need a timeline with a legend.
func (t *Timeline) Spots(w, h int) []Placed {
	if w < 1 || h < 1 {
		return nil
	}
	p := t.plan(w, h)
	first := len(t.Bars) - p.bars
	s := t.stacking(p)
	out := make([]Placed, 0, 2*p.bars)
	for i := range t.Bars[first:] {
		bar := &t.Bars[first+i]
		add := func(part, y, h int) {
			out = append(out, Placed{Spot{first + i, part}, p.barX(i), y, p.slot, h})
		}
		add(WholeBar, 0, p.plotH)
		bounds, top := stackBounds(bar.Values, s.end, s.rows)
		for part := len(bounds) - 1; part >= 0 && len(bounds) > 1; part-- {
			if height(bar.Values[part]) == 0 {
				continue
			}
			from, to := 0, min((bounds[part]+7)/8, (top+7)/8)
			if part > 0 {
				from = min(bounds[part-1]/8, max(to-1, 0))
			}
			add(part, p.plotH-to, max(to-from, 1))
		}
		if _, ok := number(bar.Line); ok && p.lineH > 0 {
			add(LinePoint, p.plotH, p.lineH)
		}
		if bar.Marks > 0 && p.marks {
			add(MarkSign, p.plotH+p.lineH, 1)
		}
	}
	return out
}

const (
	scaleW     = 6  // numbers of the scale
	legendMinW = 16 // beside the bars
	legendMaxW = 34
	swatchW    = 2 // of a legend's entry, with the blank after it
	markGlyph  = '!'
)

// plan is how the room of a timeline is shared out.
type plan struct {
	w, h      int
	bars      int // the newest ones
	slot      int // columns per bar, the gap included
	scale     int // columns left of the bars
	legendX   int // 0: no legend beside the bars
	plotH     int // rows of bars
	lineH     int // rows of the line
	marks     bool
	labels    bool
	legendRow bool
}

func (t *Timeline) plan(w, h int) plan {
	p := plan{w: w, h: h, bars: len(t.Bars)}
	if w >= len(t.Bars)+scaleW+1 && w >= 30 {
		p.scale = scaleW + 1
	}
	room := w - p.scale
	if p.bars > room {
		p.bars = max(room, 0)
	}
	if p.bars == 0 {
		return p
	}
	p.slot = max(room/p.bars, 1)
	if beside := (room - legendMinW - 2) / p.bars; len(t.Series) > 0 && h >= 4 && beside >= 2 {
		p.slot = beside
		p.legendX = p.scale + p.bars*p.slot + 2
	}
	rest := h
	take := func(n, least int) bool {
		if rest-n < least {
			return false
		}
		rest -= n
		return true
	}
	p.labels = take(1, 2)
	for _, b := range t.Bars[len(t.Bars)-p.bars:] {
		if b.Marks > 0 {
			p.marks = take(1, 3)
			break
		}
	}
	if p.legendX == 0 && len(t.Series) > 0 {
		p.legendRow = take(1, 4)
	}
	if t.FormatLine != nil && rest >= 6 {
		p.lineH = max(rest/4, 2)
		rest -= p.lineH
	}
	p.plotH = rest
	return p
}

// Draw is the timeline in h lines of w cells.
func (t *Timeline) Draw(look Look, w, h int) []string {
	if w < 1 || h < 1 {
		return line.Fit(nil, w, h)
	}
	p := t.plan(w, h)
	if p.bars == 0 {
		return line.Fit(nil, w, h)
	}
	gridW := p.scale + p.bars*p.slot
	g := newGrid(gridW, p.plotH+p.lineH+boolInt(p.marks)+boolInt(p.labels))
	bars := t.Bars[len(t.Bars)-p.bars:]
	t.drawBars(g, look, p, bars)
	t.drawStrip(g, look, p, bars)
	y := p.plotH + p.lineH
	if p.marks {
		t.drawMarks(g, look, p, bars, y)
		y++
	}
	if p.labels {
		t.drawLabels(g, look, p, bars, y)
	}
	return t.compose(g.lines(), look, p, gridW)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compose puts the legend beside or below the drawing.
func (t *Timeline) compose(drawn []string, look Look, p plan, gridW int) []string {
	out := make([]string, 0, p.h)
	var entries []entry
	if p.legendX > 0 || p.legendRow {
		entries = t.entries(look, p)
	}
	for i, s := range drawn {
		b := line.New(p.w, look.set())
		b.Painted(s, gridW)
		if p.legendX > 0 {
			b.To(p.legendX)
			legendLine(&b, look, p, entries, i)
		}
		out = append(out, b.String())
	}
	if p.legendRow {
		b := line.New(p.w, look.set())
		b.Space(p.scale)
		for i, name := range entries {
			need := min(safe.Width(name.text), 12) + 2
			if i < len(entries)-1 {
				need += 3 // the … for those that have no room
			}
			if i > 0 && b.Room() < need {
				b.Text(look.Styles.Faint, "…")
				break
			}
			b.Glyphs(name.paint, string(name.swatch)).Space(1)
			b.Text(look.Styles.Faint, name.text).Space(2)
		}
		out = append(out, b.String())
	}
	return line.Fit(out, p.w, p.h)
}

// legendLine is row i of the legend beside the bars.
func legendLine(b *line.Builder, look Look, p plan, entries []entry, i int) {
	rows := p.plotH + p.lineH
	if i >= rows {
		return
	}
	if len(entries) > rows && i == rows-1 {
		b.Text(look.Styles.Faint, "…")
		return
	}
	if i < len(entries) {
		e := entries[i]
		b.Glyphs(e.paint, string(e.swatch)).Space(1)
		b.Left(look.Styles.Text, e.text, legendMaxW-swatchW)
	}
}
