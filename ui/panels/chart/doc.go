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

// paint is that of a series: its own if paints has one. A theme without colours
// tells series apart by glyphs, and its roles may be anything but a colour.
func (l Look) paint(paints []themes.Paint, series int) *themes.Paint {
	if series < len(paints) && paints[series].On() != "" && !l.Styles.Patterns {
		return &paints[series]
	}
	return &l.Styles.Series[series]
}

// axis is a scale of rows rows from 0 that holds most: its end, and a step of a
// round number every so many rows. All steps are equally high; of those that are,
// the ones that leave the least room free are taken; of more than one height where
// that is not too many numbers. whole keeps them whole numbers.
func axis(most float64, rows int, whole bool) (end, step float64, every int) {
	most, rows = height(most), max(rows, 1)
	if most == 0 {
		return 1, 1, rows
	}
	tallest := rows
	if rows >= 4 { // room for two numbers at least, and for no more than one in five rows
		tallest = min(rows/2, 5)
	}
	for n := tallest; n >= min(tallest, 1+rows/6, 4); n-- {
		s := niceStep(most/float64(rows)*float64(n), whole)
		if e := s / float64(n) * float64(rows); every == 0 || e < end*(1-1e-9) {
			end, step, every = e, s, n
		}
	}
	if math.IsInf(end, 0) || end < most*(1-1e-9) {
		return most, most, rows
	}
	return max(end, most), step, every
}

// niceScale is the end of a scale from 0 that holds most, a round number.
func niceScale(most float64) float64 {
	most = height(most)
	if most == 0 {
		return 1
	}
	step := niceStep(most/2, false)
	if end := step * math.Ceil(most/step*(1-1e-9)); end >= most && !math.IsInf(end, 0) {
		return end
	}
	return most
}

// niceStep is the least round number that is not below raw.
func niceStep(raw float64, whole bool) float64 {
	if raw < math.SmallestNonzeroFloat64*1e20 {
		return raw
	}
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= raw*(1-1e-9) {
			step = m * unit
			break
		}
	}
	if whole {
		step = max(step, 1)
	}
	return step
}
