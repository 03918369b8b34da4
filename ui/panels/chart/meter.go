package chart

import (
	"math"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// partial blocks by eighths, growing from the left and from the bottom.
var (
	fromLeft   = [9]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}
	fromBottom = [9]rune{0, '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}
)

// Share writes a bar of w cells for part of most.
func Share(b *line.Builder, look Look, p themes.Paint, part, most float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	e := eighths(part, most, w)
	full := e / 8
	if look.ASCII {
		full = (e + 7) / 8
		e = full * 8
	}
	b.Repeat(p, "█", full)
	used := full
	if rest := e % 8; rest > 0 {
		b.Glyphs(p, fromLeft[rest])
		used++
	}
	b.Space(w - used)
}

// Gauge writes how much of a whole is used, in per cent, in w cells. From
// warnPct on it warns; beyond 100 it is full and says so at its end. A nil pct
// is an empty gauge that can't be mistaken for one at 0.
func Gauge(b *line.Builder, look Look, pct *float64, warnPct float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	s := look.Styles
	if pct == nil || math.IsNaN(*pct) {
		b.Repeat(s.Faint, "┄", w)
		return
	}
	p := s.Gauge
	switch {
	case *pct > 100:
		p = s.GaugeOver
	case *pct >= warnPct:
		p = s.GaugeWarning
	}
	if *pct > 100 {
		b.Repeat(p, "█", w-1)
		b.Glyphs(p, "›")
		return
	}
	// Whole cells: the track is a texture, which no partial block can stand upon.
	full := Cells(*pct, 100, w)
	b.Repeat(p, "█", full)
	b.Repeat(s.GaugeTrack, "░", w-full)
}

// Range writes a distribution in w cells on a logarithmic scale from lo to hi:
// a line up to the largest value, heavy from low to high, with a dot at mid.
func Range(b *line.Builder, look Look, lo, hi, mid, high, highest, most float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	at := func(v float64) int {
		lo, hi, v := max(height(lo), 1), max(height(hi), 1), max(height(v), 1)
		if hi <= lo {
			return 0
		}
		return int(min(max(math.Round(math.Log(v/lo)/math.Log(hi/lo)*float64(w-1)), 0), float64(w-1)))
	}
	s := look.Styles
	m, h, hh, end := at(mid), at(high), at(highest), at(most)
	x := 0
	for x < w {
		glyph, p := "─", s.GaugeTrack
		switch {
		case x == m:
			glyph, p = "●", s.Strong
		case x == end:
			glyph, p = "┤", s.Faint
		case x > end || x < m:
			glyph, p = " ", themes.Paint{}
		case x <= h:
			glyph, p = "━", s.Gauge
		case x <= hh:
			glyph, p = "─", s.GaugeWarning
		}
		b.Glyphs(p, glyph)
		x++
	}
}

// Cells is part of most in whole cells of w; what isn't zero takes at least one.
func Cells(part, most float64, w int) int {
	e := eighths(part, most, max(w, 0))
	return max((e+4)/8, min(e, 1))
}
