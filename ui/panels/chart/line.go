package chart

import (
	"math"

	"github.com/NimbleMarkets/ntcharts/v2/canvas/runes"

	"github.com/donna-project/donnatop/themes"
)

// drawLine draws values as a line of dots into the cells of g from (x, y) on,
// value i at column at(i), h cells high on a scale from 0 to most. A gap
// interrupts the line; a value between two gaps is a dot.
func drawLine(g *grid, look Look, x, y, w, h int, values []float64, at func(i int) float64, most float64) {
	if w < 1 || h < 1 || most <= 0 {
		return
	}
	if look.ASCII {
		drawPoints(g, &look.Styles.ChartLine, x, y, w, h, values, at, most)
		return
	}
	dotsW, dotsH := 2*w, 4*h // dots of a braille cell: two across, four down
	dots := runes.NewPatternDotsGrid(dotsW, dotsH)
	connected := false
	var lastX, lastY int
	for i, v := range values {
		v, ok := number(v)
		if !ok {
			connected = false
			continue
		}
		dx := int(math.Round(min(max(2*at(i), 0), float64(dotsW-1))))
		dy := dotsH - 1 - int(math.Round(min(max(v, 0), most)/most*float64(dotsH-1)))
		if connected {
			join(dots, lastX, lastY, dx, dy)
		}
		dots.Set(dx, dy)
		lastX, lastY, connected = dx, dy, true
	}
	for row, patterns := range dots.BraillePatterns() {
		for column, r := range patterns {
			if r != runes.BrailleBlockOffset {
				g.set(x+column, y+row, r, &look.Styles.ChartLine)
			}
		}
	}
}

// join sets the dots between two others, both inside of the grid. (ntcharts has
// this in package graph, which brings its mouse zones along.)
func join(dots *runes.PatternDotsGrid, x0, y0, x1, y1 int) {
	steps := max(x1-x0, x0-x1, y1-y0, y0-y1)
	for i := 1; i < steps; i++ {
		t := float64(i) / float64(steps)
		dots.Set(x0+int(math.Round(t*float64(x1-x0))), y0+int(math.Round(t*float64(y1-y0))))
	}
}

// drawPoints is drawLine without dots: one mark per value.
func drawPoints(g *grid, p *themes.Paint, x, y, w, h int, values []float64, at func(i int) float64, most float64) {
	for i, v := range values {
		v, ok := number(v)
		if !ok {
			continue
		}
		row := int(math.Round(min(max(v, 0), most) / most * float64(h-1)))
		g.set(x+min(max(int(at(i)), 0), w-1), y+h-1-row, '*', p)
	}
}
