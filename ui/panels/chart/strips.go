package chart

import (
	"math"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// Strip is one row of bars of [Strips].
type Strip struct {
	Name   string
	Note   string    // after the name: what the strip comes down to
	Values []float64 // one per label; NaN is a gap, which zero is not
	Most   float64   // what its scale has to hold; 0 is the highest of the values
	// Format is a value in at most w cells.
	Format func(v float64, w int) string
}

// Strips is rows of bars one above the other, all over the same time.
type Strips struct {
	Labels   []string // below the last row, oldest first; the last one is the present
	Strips   []Strip
	OneScale bool  // those without a scale of their own share one, so that they can be compared
	Cursor   *Spot // what the reader has chosen; nil for nothing
}

// share says how the lines are shared out: how many strips there are, whether
// with captions, and how many lines of bars each has.
func (s *Strips) share(h int) (rows []int, captions, labels bool) {
	n := min(len(s.Strips), max(h, 0))
	if n == 0 {
		return nil, false, false
	}
	rest := h
	if rest > n {
		rest, labels = rest-1, true
	}
	if rest >= 2*n {
		rest, captions = rest-n, true
	}
	each := rest / n // on one scale, one number is one height
	rows = make([]int, n)
	for i := range rows {
		rows[i] = rest / (n - i)
		if s.OneScale {
			rows[i] = each
		}
		rest -= rows[i]
	}
	return rows, captions, labels
}

// Spots are the figures of the strips drawn in h lines of w cells, strip by
// strip. A gap is none.
func (s *Strips) Spots(w, h int) []Placed {
	if w < 1 || len(s.Labels) == 0 {
		return nil
	}
	rows, captions, _ := s.share(h)
	var out []Placed
	y := 0
	for i := range rows {
		if captions {
			y++
		}
		t := Timeline{Bars: make([]Bar, len(s.Labels))}
		p := t.plan(w, rows[i])
		first := len(t.Bars) - p.bars
		for j := range p.bars {
			if at := first + j; at < len(s.Strips[i].Values) {
				if _, ok := number(s.Strips[i].Values[at]); ok {
					out = append(out, Placed{Spot{at, i}, p.barX(j), y, p.slot, rows[i]})
				}
			}
		}
		y += rows[i]
	}
	return out
}

// Draw is the strips in h lines of w cells. Where there is no room for all of
// them the last ones are left out; without room for captions there are none.
func (s *Strips) Draw(look Look, w, h int) []string {
	shares, captions, labels := s.share(h)
	n := len(shares)
	if w < 1 || n == 0 || len(s.Labels) == 0 {
		return line.Fit(nil, w, h)
	}
	most := 0.0
	for _, strip := range s.Strips[:n] {
		if strip.Most == 0 && s.OneScale {
			most = max(most, highest(strip.Values))
		}
	}
	out := make([]string, 0, h)
	for i, strip := range s.Strips[:n] {
		if captions {
			out = append(out, strip.caption(look, i, w))
		}
		out = append(out, s.strip(look, i, most, w, shares[i], labels && i == n-1)...)
	}
	return line.Fit(out, w, h)
}

func highest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		most = max(most, height(v))
	}
	return most
}

func (s *Strip) caption(look Look, series, w int) string {
	series = min(series, themes.SeriesLen-1)
	b := line.New(w, look.set())
	b.Glyphs(look.Styles.Series[series], string(look.Swatch(series))).Space(1)
	b.Text(look.Styles.Column, s.Name)
	if s.Note != "" {
		b.Space(2).Text(look.Styles.Faint, s.Note)
	}
	return b.String()
}

// strip is row i of bars, rows lines high, to a scale that holds at least most,
// and perhaps a line of labels.
func (s *Strips) strip(look Look, i int, most float64, w, rows int, labels bool) []string {
	strip := &s.Strips[i]
	if strip.Most > 0 {
		most = strip.Most
	}
	most = max(height(most), highest(strip.Values))
	// A strip is a timeline without a legend whose other series are empty.
	t := Timeline{Format: strip.Format, Bars: make([]Bar, len(s.Labels))}
	whole := true
	for j := range t.Bars {
		v := math.NaN()
		if j < len(strip.Values) {
			v = strip.Values[j]
		}
		values := make([]float64, i+1)
		values[i] = v
		whole = whole && height(v) == math.Trunc(height(v))
		t.Bars[j] = Bar{Label: s.Labels[j], Values: values}
	}
	p := t.plan(w, rows)
	if p.bars == 0 {
		return line.Fit(nil, w, rows+boolInt(labels))
	}
	bars := t.Bars[len(t.Bars)-p.bars:]
	if s.Cursor != nil { // on the axis below, whichever strip it is in
		t.Cursor = &Spot{s.Cursor.Bar, noPart}
	}
	g := newGrid(w, rows+boolInt(labels))
	numbers := p.slot >= 5 && rows >= 3
	barRows := rows - boolInt(numbers)
	end, step, every := axis(most, barRows, whole)
	if barRows < 3 && most > 0 { // no room for a scale: the highest bar is as high as can be
		end, step, every = most, most, barRows
	}
	t.drawScale(g, look, p, 0, rows, step, every, t.Format)
	for j, bar := range bars {
		v, ok := number(bar.Values[i])
		if !ok {
			continue
		}
		here := chosen(s.Cursor, len(t.Bars)-len(bars)+j, i)
		o := stack{x: p.barX(j), bottom: rows, w: p.barW(), rows: barRows, most: end, grained: noPart}
		if here {
			o.grained = WholeBar
		}
		top := o.draw(g, look, bar.Values)
		switch {
		case top == 0 && here:
			glyph, paint := look.pointer(true)
			g.text(p.barX(j)+(p.barW()-1)/2, rows-1, glyph, paint)
		case top == 0:
			drawZero(g, look, p, j, rows-1)
		case numbers:
			text := t.Format(v, p.slot-1)
			g.text(p.barX(j)+(p.barW()-len(text))/2, rows-top-1, text, &look.Styles.Faint)
		}
	}
	if labels {
		t.drawLabels(g, look, p, bars, rows)
	}
	return g.lines()
}
