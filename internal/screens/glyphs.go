package main

import "unicode/utf8"

// A cell in the picture's units. A monospaced font is about 0.6 wide for 1 high,
// and whole numbers keep the edges of cells on pixels at full size.
const (
	cellW, cellH = 9, 18
	fontSize     = 15
	baseline     = 14 // below the top of the cell
)

type point struct{ x, y float64 }

type rect struct{ x, y, w, h float64 }

// A shape is a character drawn as such rather than written in a font, in a cell that
// begins at 0, 0.
type shape struct {
	rects  []rect
	path   string  // or an outline ...
	from   point   // ... that begins here
	shade  float64 // the share of the area that is covered; 0 is all of it
	smooth bool    // lines and dots; blocks have edges that must meet
}

// shapeOf gives the shape of what is in a cell, if it has one.
func shapeOf(content string) (shape, bool) {
	r, size := utf8.DecodeRuneInString(content)
	switch {
	case size != len(content):
		return shape{}, false // a letter with its accents
	case r == ' ':
		return shape{}, true
	case r >= '▁' && r <= '█':
		h := float64(r-'▁'+1) * cellH / 8
		return block(rect{0, cellH - h, cellW, h}), true
	case r >= '▉' && r <= '▏':
		return block(rect{0, 0, float64('▏'-r+1) * cellW / 8, cellH}), true
	case r >= '░' && r <= '▓':
		s := block(rect{0, 0, cellW, cellH})
		s.shade = float64(r-'░'+1) / 4
		return s, true
	case r >= '⠀' && r <= '⣿':
		return braille(byte(r - '⠀')), true
	}
	switch r {
	case '▀':
		return block(rect{0, 0, cellW, cellH / 2}), true
	case '▐':
		return block(rect{cellW / 2., 0, cellW / 2., cellH}), true
	case '▔':
		return block(rect{0, 0, cellW, cellH / 8.}), true
	case '▕':
		return block(rect{cellW * 7 / 8., 0, cellW / 8., cellH}), true
	case '■':
		return block(rect{1, 5, 7, 7}), true
	case '┄':
		return shape{rects: []rect{{0.5, 8, 2, 1}, {3.5, 8, 2, 1}, {6.5, 8, 2, 1}}, smooth: true}, true
	}
	if a, ok := arcs[r]; ok {
		return a, true
	}
	if a, ok := arms[r]; ok {
		return shape{rects: lines(a), smooth: true}, true
	}
	return shape{}, false
}

// block is part of a cell. Where edges snap to pixels a sliver may lie between them.
func block(r rect) shape { return shape{rects: []rect{r}, smooth: r.w < 2} }

// braille places the dots by their bits: 1 2 3 down the left column, 4 5 6 down the
// right one, then 7 and 8 below them.
func braille(dots byte) shape {
	const size = 2.5
	s := shape{smooth: true}
	for i, at := range [8][2]float64{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}} {
		if dots&(1<<i) != 0 {
			s.rects = append(s.rects, rect{1 + at[0]*cellW/2, 1 + at[1]*cellH/4, size, size})
		}
	}
	return s
}

// arms are the strokes from the middle of a cell up, right, down and left: 1 light,
// 2 heavy.
var arms = map[rune][4]int{
	'─': {0, 1, 0, 1}, '│': {1, 0, 1, 0}, '━': {0, 2, 0, 2}, '┃': {2, 0, 2, 0},
	'┌': {0, 1, 1, 0}, '┐': {0, 0, 1, 1}, '└': {1, 1, 0, 0}, '┘': {1, 0, 0, 1},
	'┏': {0, 2, 2, 0}, '┓': {0, 0, 2, 2}, '┗': {2, 2, 0, 0}, '┛': {2, 0, 0, 2},
	'├': {1, 1, 1, 0}, '┤': {1, 0, 1, 1}, '┬': {0, 1, 1, 1}, '┴': {1, 1, 0, 1}, '┼': {1, 1, 1, 1},
	'╴': {0, 0, 0, 1}, '╵': {1, 0, 0, 0}, '╶': {0, 1, 0, 0}, '╷': {0, 0, 1, 0},
}

// Where strokes meet: a light one lies on whole units there.
const midX, midY = 4.5, 8.5

func lines(arms [4]int) []rect {
	up, right, down, left := arms[0], arms[1], arms[2], arms[3]
	var out []rect
	if t := thickness(max(left, right)); t > 0 {
		from, to := span(left > 0, right > 0, midX, t, cellW)
		out = append(out, rect{from, midY - t/2, to - from, t})
	}
	if t := thickness(max(up, down)); t > 0 {
		from, to := span(up > 0, down > 0, midY, t, cellH)
		out = append(out, rect{midX - t/2, from, t, to - from})
	}
	return out
}

func thickness(weight int) float64 { return float64(max(0, 2*weight-1)) }

// span is where a stroke begins and ends that has an arm before the middle, after it,
// or both; it covers the middle so that corners are full.
func span(before, after bool, mid, thick, end float64) (from, to float64) {
	from, to = mid-thick/2, mid+thick/2
	if before {
		from = 0
	}
	if after {
		to = end
	}
	return from, to
}

// arcs are the rounded corners: the outline of a bent stroke of one unit.
var arcs = map[rune]shape{
	'╭': {from: point{9, 8}, path: "a5 5 0 0 0-5 5v5h1v-5a4 4 0 0 1 4-4z", smooth: true},
	'╮': {from: point{0, 8}, path: "a5 5 0 0 1 5 5v5h-1v-5a4 4 0 0 0-4-4z", smooth: true},
	'╰': {from: point{4, 0}, path: "v4a5 5 0 0 0 5 5v-1a4 4 0 0 1-4-4v-4z", smooth: true},
	'╯': {from: point{5, 0}, path: "v4a5 5 0 0 1-5 5v-1a4 4 0 0 0 4-4v-4z", smooth: true},
}
