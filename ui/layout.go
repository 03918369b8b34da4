package ui

import "github.com/donna-project/donnatop/ui/views"

// The smallest screen that is laid out; below it there is one line that says so.
const (
	minWidth  = 40
	minHeight = 12
)

// noticeHeight is the height from which a notice may take a line from the body.
const noticeHeight = 16

// screen is where everything stands. Rectangles that have no room are empty.
type screen struct {
	tooSmall                           bool
	header, notice, tabs, body, footer views.Rect
}

// layoutOptions is what besides its size decides how a screen is laid out.
type layoutOptions struct {
	notice bool // there is something to say about a source
}

// layout divides a screen of w×h cells. It is a pure function: the same size
// always looks the same.
func layout(w, h int, o layoutOptions) screen {
	w, h = max(w, 0), max(h, 0)
	if w < minWidth || h < minHeight {
		return screen{tooSmall: true, header: views.Rect{W: w, H: min(h, 1)}}
	}
	var s screen
	y := 0
	line := func() views.Rect {
		r := views.Rect{Y: y, W: w, H: 1}
		y++
		return r
	}
	s.header = line()
	if o.notice && h >= noticeHeight {
		s.notice = line()
	}
	s.tabs = line()
	s.body = views.Rect{Y: y, W: w, H: h - y - 1}
	s.footer = views.Rect{Y: h - 1, W: w, H: 1}
	return s
}
