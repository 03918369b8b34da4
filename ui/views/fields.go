package views

import (
	"strings"
	"time"

	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// field is a labelled value of a row.
type field struct {
	label string
	value string // of any length, line breaks included; "" is one that isn't there
	money bool   // the value is an amount of money, or holds one
}

// moment is a time that may be missing, with how long ago it was.
func (c *Context) moment(label string, t *time.Time, now time.Time) field {
	f := field{label: label}
	if t == nil || t.IsZero() {
		return f
	}
	f.value = t.In(c.location()).Format(format.LayoutDay + " " + format.LayoutMillis + " MST")
	if age := now.Sub(*t); !now.IsZero() && age >= time.Second {
		f.value += " · " + format.Age(age) + " ago"
	}
	return f
}

// NewRow is the detail of a row: all its fields, as they were when it was opened.
func NewRow(ctx *Context, title string, fields []field) *Detail {
	uses := Uses{}
	for _, f := range fields {
		uses.Money = uses.Money || f.money
	}
	d := newDetail(ctx, IDRow, title, uses, func(env *panels.Env, w int) []string { return drawFields(env, fields, w) })
	d.subject.Text = textOf(fields)
	return d
}

// textOf is fields as text: a line each, label and value apart by a tab.
func textOf(fields []field) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(f.label + "\t" + f.value + "\n")
	}
	return b.String()
}

// Widths of the labels of fields, and the width of all below which they get a
// share only.
const (
	labelW  = 20
	narrowW = 60
)

// hiddenMoney stands for an amount nobody should see.
const hiddenMoney = "$***"

// drawFields writes fields below one another, in lines of exactly w cells; the
// lines of a value stay in their column.
func drawFields(env *panels.Env, fields []field, w int) []string {
	label := labelW
	if w < narrowW {
		label = w / 3
	}
	set := charset(env)
	var out []string
	for _, f := range fields {
		value, paint := f.value, env.Styles.Text
		switch {
		case value == "":
			value, paint = format.Missing, env.Styles.Faint
		case f.money && env.HideMoney:
			value = hiddenMoney
		case f.money:
			paint = env.Styles.Money
		}
		said := f.label
		for part := range strings.Lines(value) {
			for _, l := range Paragraph(strings.TrimRight(part, "\r\n"), w-label-1, set) {
				b := line.New(w, set)
				b.Space(1).Left(env.Styles.Faint, said, label-2).To(label)
				b.Text(paint, l)
				out = append(out, b.String())
				said = ""
			}
		}
	}
	if len(out) > panels.DetailLines {
		b := line.New(w, set)
		b.Space(1).Text(env.Styles.Warning, "… too long to show in full")
		out = append(out[:panels.DetailLines-1:panels.DetailLines-1], b.String())
	}
	return out
}
