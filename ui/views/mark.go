package views

import (
	"cmp"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/themes"
)

// highlight paints a row that has paints of its own: whatever one of them
// switches off, the highlight is switched on again after it.
func highlight(p themes.Paint, row string) string {
	if p.On() == "" {
		return row
	}
	return p.On() + strings.ReplaceAll(row, themes.Off, themes.Off+p.On()) + themes.Off
}

// markFound paints in a row, which has paints of its own, what filters look for.
func markFound(p themes.Paint, row string, filters ...*filter.Filter) string {
	if p.On() == "" || !slices.ContainsFunc(filters, func(f *filter.Filter) bool { return !f.Empty() }) {
		return row
	}
	plain := withoutPaint(row)
	var spans []filter.Span
	for _, f := range filters {
		spans = append(spans, f.Spans(plain)...)
	}
	if len(spans) == 0 {
		return row
	}
	slices.SortFunc(spans, func(a, b filter.Span) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	var b strings.Builder
	b.Grow(len(row) + len(spans)*16)
	on, at, marked := "", 0, false // the paint of the row here, the byte of plain
	for i := 0; i < len(row); {
		if n := sequence(row[i:]); n > 0 {
			if on = row[i : i+n]; on == themes.Off {
				on = ""
			}
			if !marked {
				b.WriteString(row[i : i+n])
			}
			i += n
			continue
		}
		for len(spans) > 0 && spans[0].To <= at {
			spans = spans[1:]
		}
		if inside := len(spans) > 0 && spans[0].From <= at; inside != marked {
			marked = inside
			b.WriteString(themes.Off)
			if marked {
				b.WriteString(p.On())
			} else {
				b.WriteString(on)
			}
		}
		b.WriteByte(row[i])
		i++
		at++
	}
	if marked {
		b.WriteString(themes.Off)
	}
	return b.String()
}

// sequence is the length of the paint that s begins with: rows hold no other
// escape sequences.
func sequence(s string) int {
	if s[0] != 0x1b {
		return 0
	}
	return strings.IndexByte(s, 'm') + 1
}

func withoutPaint(row string) string {
	if strings.IndexByte(row, 0x1b) < 0 {
		return row
	}
	var b strings.Builder
	b.Grow(len(row))
	for row != "" {
		i := strings.IndexByte(row, 0x1b)
		if i < 0 {
			b.WriteString(row)
			break
		}
		b.WriteString(row[:i])
		row = row[i+max(sequence(row[i:]), 1):]
	}
	return b.String()
}
