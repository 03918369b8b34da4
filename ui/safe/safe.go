// Package safe makes hostile text harmless before it is laid out.
//
// Whatever comes from a log, a row, a label or an error may hold escape
// sequences, control bytes, bidirectional overrides, invisible characters or
// bytes that are no UTF-8. All of these are replaced by something visible that
// takes one cell, so that nothing is hidden and nothing reaches the terminal as
// a command:
//
//   - C0 controls and DEL become their control pictures (␛ for ESC), a tab
//     becomes a blank, a line feed ↵;
//   - C1 controls, invalid bytes, bidirectional and other format characters,
//     line and paragraph separators, fillers and noncharacters become U+FFFD;
//   - variation selectors and joiners inside of a character vanish.
//
// Terminals count cells in two ways, by code point or by grapheme cluster, and
// donnatop can't know which one it talks to. A character on which the two
// disagree (an emoji sequence, a syllable of an Indic script) is reduced to its
// first code point, or to U+FFFD if that doesn't help: a letter less is better
// than a broken frame. Every text this package returns has the same width by
// both counts.
package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// MaxBytes is how much of a text [Text] looks at: more than any line shows.
const MaxBytes = 16 << 10

// maxCluster bounds the bytes of one character: a base with a few marks. A
// megabyte of combining marks is thus many characters instead of a huge one.
const maxCluster = 32

// Charset says what may be written.
type Charset bool

// The character sets.
const (
	Unicode Charset = false
	ASCII   Charset = true // all else becomes its stand-in or ?, cell by cell
)

// Text is s made harmless. Of a text longer than [MaxBytes] it keeps the beginning.
func Text(s string) string {
	if plain(s) && len(s) <= MaxBytes {
		return s
	}
	out, _, _ := Append(nil, s[:min(len(s), MaxBytes)], MaxBytes, Unicode)
	if len(s) > MaxBytes {
		out = append(out, "…"...)
	}
	return string(out)
}

// Width is the number of cells s takes, which must have come from this package
// or hold escape sequences of ours only.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Truncate is s made harmless and cut to w cells, with … at its end if
// something is missing. Only what is visible is looked at.
func Truncate(s string, w int) string {
	out, _ := AppendTruncated(nil, s, w, Unicode)
	return string(out)
}

// Pad is [Truncate] with blanks up to w cells.
func Pad(s string, w int) string {
	out, cells := AppendTruncated(nil, s, w, Unicode)
	for ; cells < w; cells++ {
		out = append(out, ' ')
	}
	return string(out)
}

// plain tells whether s is printable ASCII throughout.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// AppendTruncated appends s made harmless and cut to w cells, with an ellipsis
// if something is missing, and tells how many cells that took.
func AppendTruncated(dst []byte, s string, w int, set Charset) (out []byte, cells int) {
	if w <= 0 {
		return dst, 0
	}
	start := len(dst)
	out, cells, n := Append(dst, s, w, set)
	if n == len(s) {
		return out, cells
	}
	out, cells, _ = Append(out[:start], s, w-1, set)
	return appendCluster(out, "…", set), cells + 1
}

// Append appends as much of s as fits into w cells, made harmless. It returns
// the cells taken and how many bytes of s that was.
func Append(dst []byte, s string, w int, set Charset) (out []byte, cells, n int) {
	for n < len(s) {
		c := s[n]
		alone := n+1 == len(s) || s[n+1] < utf8.RuneSelf // no mark can follow
		if c < utf8.RuneSelf && alone {
			if cells >= w {
				break
			}
			if c >= ' ' && c <= '~' {
				dst = append(dst, c)
			} else {
				dst = appendCluster(dst, picture(c), set)
			}
			cells++
			n++
			continue
		}
		cluster := firstCluster(s[n:])
		shown, wide := neutral(cluster)
		if cells+wide > w {
			break
		}
		dst = appendCluster(dst, shown, set)
		cells += wide
		n += len(cluster)
	}
	return dst, cells, n
}

// firstCluster is the first character of s, or the first bytes of a huge one.
func firstCluster(s string) string {
	if len(s) > maxCluster {
		end := maxCluster
		for end > maxCluster-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError || r < ' ' || r == 0x7f {
		return s[:size]
	}
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	// A cluster ends before the first byte that isn't text.
	for i, r := range cluster {
		if i > 0 && r == utf8.RuneError {
			return cluster[:i]
		}
	}
	return cluster
}

const replacement = "\uFFFD"

// neutral is what is shown for one character, and its width: 1 or 2.
func neutral(cluster string) (string, int) {
	first, size := utf8.DecodeRuneInString(cluster)
	if first < utf8.RuneSelf && size == len(cluster) {
		if first < ' ' || first == 0x7f {
			return picture(byte(first)), 1
		}
		return cluster, 1
	}
	if size <= 1 && first == utf8.RuneError || hidden(first) || joins(first) {
		return replacement, 1
	}
	shown := cluster
	for _, r := range cluster[size:] {
		if hidden(r) {
			shown = withoutHidden(cluster)
			break
		}
	}
	if w, ok := width(shown); ok {
		return shown, w
	}
	if w, ok := width(cluster[:size]); ok {
		return cluster[:size], w
	}
	return replacement, 1
}

// width is the number of cells of a character if all terminals agree on it.
func width(cluster string) (int, bool) {
	w := ansi.GraphemeWidth.StringWidth(cluster)
	return w, (w == 1 || w == 2) && w == ansi.WcWidth.StringWidth(cluster)
}

func withoutHidden(cluster string) string {
	out := make([]byte, 0, maxCluster)
	for _, r := range cluster {
		if !hidden(r) {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// hidden tells whether r shows nothing by itself but changes what is around it
// or pretends not to be there.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r < 0xad:
		return r < 0xa0 // C1
	case r == 0x2028 || r == 0x2029:
		return true
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x3164, r == 0xffa0: // joiner, fillers and inherent vowels
		return true
	case r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef: // noncharacters
		return true
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r >= 0xe0000 && r <= 0xe0fff
}

// joins tells whether r would become part of the character before it, whatever
// that is: marks and the few letters that act like them.
func joins(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r == 0x0e33, r == 0x0eb3: // Thai and Lao am
		return true
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff: // Hangul vowels and finals
		return true
	case r == 0xff9e, r == 0xff9f, r >= 0x1f3fb && r <= 0x1f3ff: // half-width voice marks, skin tones
		return true
	}
	return unicode.Is(unicode.M, r)
}

// picture stands for a control byte.
func picture(c byte) string {
	switch {
	case c == '\t':
		return " "
	case c == '\n':
		return "↵"
	case c == 0x7f:
		return "␡"
	}
	return pictures[c]
}

var pictures = func() (p [' ']string) {
	for i := range p {
		p[i] = string(rune(0x2400 + i))
	}
	return p
}()

// Plain is s for a file or a clipboard: whole, in valid UTF-8, with its tabs and
// line breaks, but without any other control and without what reverses text, so
// that pasting it, or printing the file, does nothing but show it.
func Plain(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029:
			return -1
		case r == 0x61c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidi controls
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, replacement))
}
