// Package chart draws numbers as pictures: stacked bars over time, a line,
// gauges, shares, ranges and a heat map. It knows sizes, styles and numbers,
// and nothing of what they stand for.
//
// Everything can be drawn into any size from 0x0 up, from any number: NaN and
// infinities are gaps, negative heights are nothing, what has no room is left
// out, beginning with the least important part (scale, legend, labels). Series
// beyond the last one a theme has are the caller's to join; bars beyond the
// columns there are lose the oldest. What isn't zero is never drawn as nothing.
//
// ntcharts draws the dots of lines (its braille grid). The rest is drawn here:
// its bar chart shows nothing if there are more bars than columns, cuts labels
// by bytes and can't mark a bar; its heat map is background colour alone; its
// sparkline's scale never comes down again; and all of its views render a style
// per cell, which is most of the time of a frame. Nothing else imports ntcharts.
package chart

import (
	"math"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

// Look is how a chart is drawn.
type Look struct {
	Styles *themes.Styles
	ASCII  bool
}

func (l Look) set() safe.Charset { return safe.Charset(l.ASCII) }

// patterned tells whether series differ by glyph rather than by colour.
func (l Look) patterned() bool { return l.ASCII || l.Styles.Patterns }

// Glyphs of the series where colour can't tell them apart.
var (
	patterns      = [themes.SeriesLen]rune{'█', '▓', '▒', '░', '╳', '≡', '+', '·'}
	patternsASCII = [themes.SeriesLen]rune{'#', '%', '=', '-', 'x', '+', 'o', '.'}
)

// Swatch is the glyph that stands for a series in a legend.
func (l Look) Swatch(series int) rune {
	switch i := min(max(series, 0), themes.SeriesLen-1); {
	case l.ASCII:
		return patternsASCII[i]
	case l.Styles.Patterns:
		return patterns[i]
	}
	return '■'
}

// number is v if it can be drawn, and whether it is there at all.
func number(v float64) (float64, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// height is v as the height of a bar: not below 0.
func height(v float64) float64 {
	v, _ = number(v)
	return max(v, 0)
}

// eighths is v of most in eighths of n cells; something is at least one.
func eighths(v, most float64, n int) int {
	v = height(v)
	if v == 0 || !(most > 0) || n <= 0 { // NaN is no scale
		return 0
	}
	e := math.Round(v / most * float64(n*8))
	return int(min(max(e, 1), float64(n*8)))
}

// niceScale is the end of a scale from 0 that holds most, in at most steps
// equal steps of a round number. whole keeps the steps whole numbers.
func niceScale(most float64, steps int, whole bool) (end, step float64) {
	most, steps = height(most), max(steps, 1)
	if most == 0 {
		return 1, 1
	}
	raw := most / float64(steps)
	if raw < math.SmallestNonzeroFloat64*1e20 {
		return most, most
	}
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step = 10 * unit
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*unit >= raw*(1-1e-9) && !(whole && m*unit != math.Trunc(m*unit)) {
			step = m * unit
			break
		}
	}
	if whole {
		step = max(step, 1)
	}
	end = step * math.Ceil(most/step*(1-1e-9))
	if math.IsInf(end, 0) || end <= 0 {
		return most, most
	}
	return end, step
}
