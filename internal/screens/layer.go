package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// paint fills an area.
type paint struct {
	color   string
	opacity float64
}

// A layer is areas of different paints that don't overlap, in the order of their
// appearance.
type layer struct{ areas []*area }

// of is the area of a paint.
func (l *layer) of(p paint) *area {
	for _, a := range l.areas {
		if a.paint == p {
			return a
		}
	}
	a := &area{paint: p}
	l.areas = append(l.areas, a)
	return a
}

func (l *layer) write(b *bytes.Buffer) {
	for _, a := range l.areas {
		a.flush()
		fmt.Fprintf(b, `<path fill="%s"`, a.paint.color)
		if a.paint.opacity < 1 {
			fmt.Fprintf(b, ` fill-opacity="%s"`, number(a.paint.opacity))
		}
		fmt.Fprintf(b, " d=\"%s\"/>\n", &a.path)
	}
}

// An area is a path, put together from rectangles and outlines.
type area struct {
	paint paint
	path  bytes.Buffer
	last  rect // not in the path yet: the next one may continue it
}

func (a *area) rect(r rect) {
	if l := &a.last; l.w > 0 && l.y == r.y && l.h == r.h && l.x+l.w == r.x {
		l.w += r.w
		return
	}
	a.flush()
	a.last = r
}

// outline adds a closed path that begins at a point.
func (a *area) outline(from point, path string) {
	a.flush()
	fmt.Fprintf(&a.path, "M%s %s%s", number(from.x), number(from.y), path)
}

func (a *area) flush() {
	if r := a.last; r.w > 0 {
		fmt.Fprintf(&a.path, "M%s %sh%sv%sh%sz", number(r.x), number(r.y), number(r.w), number(r.h), number(-r.w))
	}
	a.last = rect{}
}

// number is the shortest text of a coordinate; cells are divided by eight at most.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
