// Package line composes lines of an exact number of cells out of painted text.
//
// It is the hot path of every panel: a line is built in one buffer, with escape
// sequences that were rendered when the theme was made, and never measured
// again. Text is made harmless on its way in (package safe), so that what a log
// line or a row holds can be written without further thought.
package line

import (
	"strings"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

// Builder builds one line. What doesn't fit any more is cut or left out; a line
// is never wider than it was made for. The zero Builder has no room at all.
type Builder struct {
	buf  []byte
	w    int
	used int
	set  safe.Charset
}

// New is a Builder of a line of w cells.
func New(w int, set safe.Charset) Builder {
	w = max(w, 0)
	return Builder{buf: make([]byte, 0, w+w/2+48), w: w, set: set}
}

// Room is the number of cells left.
func (b *Builder) Room() int { return b.w - b.used }

// Used is the number of cells written.
func (b *Builder) Used() int { return b.used }

// Text writes s, with … at its end if it doesn't fit.
func (b *Builder) Text(p themes.Paint, s string) *Builder { return b.field(p, s, b.Room()) }

// Left writes s in a field of w cells, cut with … or followed by blanks.
func (b *Builder) Left(p themes.Paint, s string, w int) *Builder {
	w = min(w, b.Room())
	end := b.used + w
	b.field(p, s, w)
	return b.Space(end - b.used)
}

// Right writes s at the right of a field of w cells. What doesn't fit is cut
// with …, so numbers should have been formatted for w.
func (b *Builder) Right(p themes.Paint, s string, w int) *Builder {
	w = min(w, b.Room())
	if width, ok := b.width(s); ok {
		b.Space(w - width)
		return b.field(p, s, min(w, width))
	}
	out, cells := safe.AppendTruncated(nil, s, w, b.set)
	b.Space(w - cells)
	b.on(p)
	b.buf = append(b.buf, out...)
	b.off(p)
	b.used += cells
	return b
}

// width is the width of a text that needs no neutralising.
func (b *Builder) width(s string) (int, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return 0, false
		}
	}
	return len(s), true
}

// field writes s cut to w cells.
func (b *Builder) field(p themes.Paint, s string, w int) *Builder {
	if w <= 0 || s == "" {
		return b
	}
	b.on(p)
	var cells int
	b.buf, cells = safe.AppendTruncated(b.buf, s, w, b.set)
	b.off(p)
	b.used += cells
	return b
}

// Glyphs writes glyphs of our own, one cell each; those that don't fit are left out.
func (b *Builder) Glyphs(p themes.Paint, glyphs string) *Builder {
	n := 0
	for i := range glyphs {
		if b.used+n == b.w {
			glyphs = glyphs[:i]
			break
		}
		n++
	}
	if n == 0 {
		return b
	}
	b.on(p)
	b.buf = safe.AppendGlyphs(b.buf, glyphs, b.set)
	b.off(p)
	b.used += n
	return b
}

// Repeat writes a glyph of our own n times.
func (b *Builder) Repeat(p themes.Paint, glyph string, n int) *Builder {
	n = min(n, b.Room())
	if n <= 0 {
		return b
	}
	b.on(p)
	for range n {
		b.buf = safe.AppendGlyphs(b.buf, glyph, b.set)
	}
	b.off(p)
	b.used += n
	return b
}

// Painted writes what this package or package chart has built before: a line of
// exactly w cells. It is left out if it doesn't fit.
func (b *Builder) Painted(s string, w int) *Builder {
	if w > b.Room() {
		return b
	}
	b.buf = append(b.buf, s...)
	b.used += w
	return b
}

// Space writes n blanks.
func (b *Builder) Space(n int) *Builder {
	for range min(n, b.Room()) {
		b.buf = append(b.buf, ' ')
		b.used++
	}
	return b
}

// To writes blanks up to column x.
func (b *Builder) To(x int) *Builder { return b.Space(x - b.used) }

// String is the line, filled with blanks up to its width.
func (b *Builder) String() string {
	b.Space(b.Room())
	return string(b.buf)
}

func (b *Builder) on(p themes.Paint) { b.buf = append(b.buf, p.On()...) }

func (b *Builder) off(p themes.Paint) {
	if p.On() != "" {
		b.buf = append(b.buf, themes.Off...)
	}
}

// Blank is a line of w blanks.
func Blank(w int) string { return strings.Repeat(" ", max(w, 0)) }

// Fit makes lines exactly h: the first ones of too many, blank ones of w cells
// after too few.
func Fit(lines []string, w, h int) []string {
	h = max(h, 0)
	if len(lines) > h {
		return lines[:h]
	}
	if len(lines) == h {
		return lines
	}
	blank := Blank(w)
	for len(lines) < h {
		lines = append(lines, blank)
	}
	return lines
}
