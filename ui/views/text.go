package views

import (
	"strings"

	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// plural is a number of things: 1 line, 1,234 lines.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return format.Int(int64(n)) + " " + thing + "s"
}

// pad is s made harmless in exactly w cells; none if w is not positive.
func pad(s string, w int, set safe.Charset) string {
	out, cells := safe.AppendTruncated(nil, s, max(w, 0), set)
	return string(out) + blanks(w-cells)
}

// charset is what may be written under env.
func charset(env *panels.Env) safe.Charset { return safe.Charset(env.ASCII) }

// Paragraph makes text harmless and breaks it into lines of exactly w cells, at
// blanks where there are any.
func Paragraph(text string, w int, set safe.Charset) []string {
	var out []string
	text = safe.Text(text)
	for text != "" && w > 0 {
		_, _, n := safe.Append(nil, text, w, set)
		if n == 0 {
			break // a wide character in a column of one cell
		}
		if n < len(text) && text[n] != ' ' {
			for i := n - 1; i > 0; i-- {
				if text[i] == ' ' {
					n = i
					break
				}
			}
		}
		out = append(out, pad(text[:n], w, set))
		for n < len(text) && text[n] == ' ' {
			n++
		}
		text = text[n:]
	}
	return out
}

// message fills an area with a few words in its middle.
func message(env *panels.Env, text string, w, h int) []string {
	const margin = 2
	set := charset(env)
	lines := make([]string, max(h, 0))
	said := Paragraph(text, w-2*margin, set)
	top := max((h-len(said))/2, 0)
	for y := range lines {
		lines[y] = blanks(w)
		if i := y - top; i >= 0 && i < len(said) && w > 2*margin {
			lines[y] = blanks(margin) + env.Styles.Faint.String(said[i]) + blanks(margin)
		}
	}
	return lines
}

// Failure fills the inside of something that could not be drawn.
func Failure(env *panels.Env, err error, w, h int) []string {
	text := "This can't be shown: " + err.Error() + ". The log file has the details; everything else goes on."
	set := charset(env)
	lines := make([]string, max(h, 0))
	said := Paragraph(text, w, set)
	for y := range lines {
		lines[y] = blanks(w)
		if y < len(said) {
			lines[y] = env.Styles.Bad.String(said[y])
		}
	}
	return lines
}

// titled is the title of a row: what it is, and enough of its name to tell it by.
func titled(what, name string) string { return strings.TrimSpace(what + " " + safe.Truncate(name, 32)) }
