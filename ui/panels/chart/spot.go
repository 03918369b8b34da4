package chart

import "github.com/donna-project/donnatop/themes"

// Spot is a figure of a chart: a bar, or a part of one.
type Spot struct {
	Bar  int // index into the bars, labels or columns
	Part int // index of a series, strip or row, or one of the following
}

// Parts of a bar that are no series.
const (
	WholeBar = -1 - iota
	LinePoint
	MarkSign
)

// Placed is a spot with the cells it takes, counted from the chart's top left
// corner.
type Placed struct {
	Spot
	X, Y, W, H int
}

// chosen tells whether the cursor is on the spot.
func chosen(cursor *Spot, bar, part int) bool {
	return cursor != nil && cursor.Bar == bar && cursor.Part == part
}

// grain is the glyph that what is under the cursor is drawn in, unlike any
// series' own.
func (l Look) grain() rune {
	if l.ASCII {
		return '@'
	}
	return '▚'
}

// pointer marks a bar on the axis: the one under the cursor, or that of now.
func (l Look) pointer(cursor bool) (glyph string, p *themes.Paint) {
	switch {
	case cursor && l.ASCII:
		return "*", &l.Styles.Selected
	case cursor:
		return "◆", &l.Styles.Selected
	case l.ASCII:
		return "^", &l.Styles.ChartMark
	}
	return "▲", &l.Styles.ChartMark
}
