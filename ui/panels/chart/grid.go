package chart

import (
	"slices"
	"sync"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
)

// grid is a rectangle of cells to draw into in any order. What lies outside is
// not drawn.
type grid struct {
	w, h  int
	cells []cell
}

type cell struct {
	r    rune          // 0 is a blank
	p    *themes.Paint // nil paints nothing
	upon *themes.Paint // what the glyph leaves free is in its colour; nil leaves it as it is
}

// on is what switches the cell's paint on.
func (c *cell) on() string {
	switch {
	case c.p == nil || c.r == 0:
		return ""
	case c.upon == nil:
		return c.p.On()
	}
	behind := c.upon.Style().GetForeground()
	if _, none := behind.(lipgloss.NoColor); none {
		return c.p.On()
	}
	return c.p.On() + ansi.NewStyle().BackgroundColor(behind).String()
}

// grids are those that have been drawn: their cells are used again, because they
// are most of what drawing a chart would allocate.
var grids = sync.Pool{New: func() any { return new(grid) }}

func newGrid(w, h int) *grid {
	g := grids.Get().(*grid)
	g.w, g.h = max(w, 0), max(h, 0)
	n := g.w * g.h
	g.cells = slices.Grow(g.cells[:0], n)[:n]
	clear(g.cells)
	return g
}

func (g *grid) set(x, y int, r rune, p *themes.Paint) { g.put(x, y, cell{r: r, p: p}) }

func (g *grid) put(x, y int, c cell) {
	if x >= 0 && y >= 0 && x < g.w && y < g.h {
		g.cells[y*g.w+x] = c
	}
}

// text writes glyphs of one cell each from x on.
func (g *grid) text(x, y int, s string, p *themes.Paint) {
	for _, r := range s {
		g.set(x, y, r, p)
		x++
	}
}

// free tells whether n cells from x on are blank, and one on either side.
func (g *grid) free(x, y, n int) bool {
	if x < 0 || x+n > g.w || y < 0 || y >= g.h {
		return false
	}
	for i := max(x-1, 0); i < min(x+n+1, g.w); i++ {
		if g.cells[y*g.w+i].r != 0 {
			return false
		}
	}
	return true
}

// lines is the grid as text: one escape sequence per run of equal paint. The grid
// must not be used any more.
func (g *grid) lines() []string {
	out := make([]string, g.h)
	buf := make([]byte, 0, 4*g.w+64)
	for y := range out {
		buf = buf[:0]
		on := ""
		for _, c := range g.cells[y*g.w : (y+1)*g.w] {
			want := c.on()
			if want != on {
				if on != "" {
					buf = append(buf, themes.Off...)
				}
				buf = append(buf, want...)
				on = want
			}
			if c.r == 0 {
				buf = append(buf, ' ')
			} else {
				buf = utf8.AppendRune(buf, c.r)
			}
		}
		if on != "" {
			buf = append(buf, themes.Off...)
		}
		out[y] = string(buf)
	}
	grids.Put(g)
	return out
}
