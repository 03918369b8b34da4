package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// The terminal around the screen.
const (
	padding  = 12
	titleBar = 32

	defaultFg = "#d3d9e3"
	defaultBg = "#12161d"
	frameLine = "#39414e"
	titleText = "#8791a1"
	barText   = "donnatop demo"
	fonts     = `ui-monospace,"JetBrains Mono","DejaVu Sans Mono",Menlo,Consolas,monospace`
)

// drawSVG is a picture of a frame in a terminal, with a title for those who can't see
// it. Nothing in it comes from outside the file but the font of the words, which are
// pinned to their columns.
func drawSVG(title, frame string) []byte {
	var d drawing
	lines := uv.NewStyledString(frame).Lines(ansi.GraphemeWidth)
	cols := 0
	for row, line := range lines {
		cols = max(cols, d.line(line, row))
	}
	return d.bytes(title, cols, len(lines))
}

// drawing gathers what is to be painted: layers from the bottom up, each with one
// path per colour. One path and not one element per cell because neighbours in one
// path have no seam between them at any scale, and for a tenth of the bytes.
type drawing struct {
	backgrounds, blocks, strokes layer
	classes                      []string // the CSS of each style of text
	text                         bytes.Buffer
}

// look is the style of a cell as it is painted.
type look struct {
	fg, bg          string // bg is empty where the terminal's own shows
	bold, underline bool
	opacity         float64 // of what is written: less than 1 if faint
}

func lookOf(s *uv.Style) look {
	l := look{
		fg: hex(s.Fg, defaultFg), bg: hex(s.Bg, ""), opacity: 1,
		bold: s.Attrs&uv.AttrBold != 0, underline: s.Underline != uv.UnderlineNone,
	}
	if s.Attrs&uv.AttrReverse != 0 {
		l.fg, l.bg = hex(s.Bg, defaultBg), l.fg
	}
	if s.Attrs&uv.AttrFaint != 0 {
		l.opacity = 0.6
	}
	return l
}

func hex(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// line draws a line and tells how many columns it has.
func (d *drawing) line(line uv.Line, row int) int {
	var words words
	col := 0
	for i := range line {
		c := &line[i]
		l, at := lookOf(&c.Style), cellAt(col, row)
		if l.bg != "" {
			d.backgrounds.of(paint{l.bg, 1}).rect(rect{at.x, at.y, float64(c.Width) * cellW, cellH})
		}
		if l.underline {
			d.strokes.of(paint{l.fg, l.opacity}).rect(rect{at.x, at.y + baseline + 2, float64(c.Width) * cellW, 1})
		}
		if s, ok := shapeOf(c.Content); ok {
			d.shape(&s, l, at)
		} else {
			words.add(col, c, l)
		}
		col += c.Width
	}
	if len(words) == 0 {
		return col
	}
	fmt.Fprintf(&d.text, "<text y=\"%d\">", row*cellH+baseline)
	for i := range words {
		d.word(&words[i])
	}
	d.text.WriteString("</text>\n")
	return col
}

// cellAt is where a cell begins.
func cellAt(col, row int) point { return point{float64(col) * cellW, float64(row) * cellH} }

func (d *drawing) shape(s *shape, l look, at point) {
	p := paint{l.fg, l.opacity}
	if s.shade > 0 {
		p.opacity *= s.shade
	}
	on := &d.blocks
	if s.smooth {
		on = &d.strokes
	}
	if s.path != "" {
		on.of(p).outline(point{at.x + s.from.x, at.y + s.from.y}, s.path)
	}
	for _, r := range s.rects {
		on.of(p).rect(rect{at.x + r.x, at.y + r.y, r.w, r.h})
	}
}

// word is text written in one style from a column on.
type word struct {
	col, cells int
	text       string
	look       look
	ascii      bool
}

type words []word

// add puts a cell to the word it continues, or begins another one. Single spaces are
// within words; more end them, since the picture needs none. What isn't ASCII may
// come from another font, whose advance is not that of the cells: it stands alone.
func (ws *words) add(col int, c *uv.Cell, l look) {
	l.bg, l.underline = "", false // painted apart
	ascii := len(c.Content) == 1
	if n := len(*ws) - 1; n >= 0 && ascii {
		last := &(*ws)[n]
		if gap := col - last.col - last.cells; last.ascii && last.look == l && gap <= 1 {
			last.text += strings.Repeat(" ", gap) + c.Content
			last.cells += gap + 1
			return
		}
	}
	*ws = append(*ws, word{col, c.Width, c.Content, l, ascii})
}

func (d *drawing) word(w *word) {
	class, x := d.class(w.look), float64(w.col)*cellW
	pin := ""
	switch {
	case !w.ascii:
		class += " m"
		x += float64(w.cells) * cellW / 2
	case w.cells > 1:
		pin = fmt.Sprintf(` textLength="%d"`, w.cells*cellW)
	}
	fmt.Fprintf(&d.text, `<tspan x="%s" class="%s"%s>`, number(x), class, pin)
	_ = xml.EscapeText(&d.text, []byte(w.text)) // a buffer takes everything
	d.text.WriteString("</tspan>")
}

// class names a style of text, in the order of their appearance.
func (d *drawing) class(l look) string {
	css := "fill:" + l.fg
	if l.bold {
		css += ";font-weight:700"
	}
	if l.opacity < 1 {
		css += ";fill-opacity:" + number(l.opacity)
	}
	for i, have := range d.classes {
		if have == css {
			return "t" + strconv.Itoa(i)
		}
	}
	d.classes = append(d.classes, css)
	return "t" + strconv.Itoa(len(d.classes)-1)
}

// bytes is the file.
func (d *drawing) bytes(title string, cols, rows int) []byte {
	w, h := cols*cellW+2*padding, rows*cellH+titleBar+padding
	var b, name bytes.Buffer
	_ = xml.EscapeText(&name, []byte(title))
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", w, h, w, h)
	fmt.Fprintf(&b, "<title>%s</title>\n", &name)
	fmt.Fprintf(&b, "<style>text{font:%dpx %s;font-variant-ligatures:none}.m{text-anchor:middle}", fontSize, fonts)
	for i, css := range d.classes {
		fmt.Fprintf(&b, ".t%d{%s}", i, css)
	}
	b.WriteString("</style>\n")
	fmt.Fprintf(&b, "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"9\" fill=\"%s\" stroke=\"%s\"/>\n", w-1, h-1, defaultBg, frameLine)
	for i, c := range []string{"#f47c7c", "#e8b54d", "#6ccf8e"} {
		fmt.Fprintf(&b, "<circle cx=\"%d\" cy=\"16\" r=\"5.5\" fill=\"%s\"/>", 20+i*18, c)
	}
	fmt.Fprintf(&b, "\n<text class=\"m\" x=\"%d\" y=\"21\" fill=\"%s\">%s</text>\n", w/2, titleText, barText)
	fmt.Fprintf(&b, "<g transform=\"translate(%d %d)\">\n", padding, titleBar)
	b.WriteString("<g shape-rendering=\"crispEdges\">\n")
	d.backgrounds.write(&b)
	d.blocks.write(&b)
	b.WriteString("</g>\n")
	d.strokes.write(&b)
	b.Write(d.text.Bytes())
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}
