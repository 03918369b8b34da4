package panels

import (
	"strings"

	"github.com/donna-project/donnatop/themes"
)

// Indentation of a JSON tree; deeper levels stay where the deepest one is, so
// that a thousand brackets don't leave one column for what is in them.
const (
	treeStep = 2
	treeMost = 12
)

// tree writes an object or array of JSON text over as many lines as it takes,
// from the label's column on.
func (d *detail) tree(src string) {
	depth := 0
	isKey := false // the next string is a key: decided by what comes before it
	key := ""
	var inObject []bool
	column := func() int { return d.labelW + treeStep*min(depth, treeMost) }
	d.indent = column()
	newLine := func() {
		d.newline()
		d.b.To(min(column(), d.w/2))
		d.indent = column() + treeStep
	}
	for i := 0; i < len(src) && !d.done; {
		switch c := src[i]; c {
		case '{', '[':
			if end := emptyEnd(src, i); end > 0 {
				d.write(d.s.Text, src[i:i+1]+src[end-1:end])
				i = end
				continue
			}
			d.write(d.s.Faint, src[i:i+1])
			inObject = append(inObject, c == '{')
			isKey = c == '{'
			depth++
			newLine()
			i++
		case '}', ']':
			depth = max(depth-1, 0)
			if len(inObject) > 0 {
				inObject = inObject[:len(inObject)-1]
			}
			newLine()
			d.write(d.s.Faint, src[i:i+1])
			i++
		case ',':
			d.write(d.s.Faint, ",")
			isKey = len(inObject) > 0 && inObject[len(inObject)-1]
			newLine()
			i++
		case ':':
			d.write(d.s.Faint, ": ")
			isKey = false
			i++
		case ' ', '\t', '\r', '\n':
			i++
		case '"':
			end := stringEnd(src, i)
			text := unquote(src[i:end])
			if isKey {
				key = text
			} else if d.env.hides(key) {
				text = hidden
			}
			d.write(d.treePaint(isKey), `"`+text+`"`)
			i = end
		default:
			end := valueEnd(src, i)
			if end <= i {
				end = i + 1
			}
			value := src[i:end]
			if d.env.hides(key) {
				value = hidden
			}
			d.write(d.s.Accent, value)
			i = end
		}
	}
	d.newline()
}

func (d *detail) treePaint(isKey bool) themes.Paint {
	if isKey {
		return d.s.Faint
	}
	return d.s.Text
}

// emptyEnd is the index after an empty object or array at i, 0 if it isn't empty.
func emptyEnd(src string, i int) int {
	rest := strings.TrimLeft(src[i+1:], " \t\r\n")
	if rest != "" && rest[0] == src[i]+2 { // in ASCII the closing bracket is two after the opening one
		return len(src) - len(rest) + 1
	}
	return 0
}
