package panels

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// view is one drawing of one panel: what it draws, how, and the lines so far.
type view struct {
	*Env
	in   *Input
	llm  *data.LLM // never nil while a panel draws
	w, h int
	out  []string

	x, y int       // where it begins in the panel
	reg  *register // nil if nobody asks for items
}

// now is the moment the figures are of.
func (v *view) now() time.Time { return v.in.Figures.At }

// drawing makes a panel's Draw out of the part that is its own: sizes and
// figures that aren't there are taken care of.
func drawing(draw func(v *view)) func(env *Env, in *Input, w, h int) []string {
	return func(env *Env, in *Input, w, h int) []string {
		w, h = max(w, 0), max(h, 0)
		if w == 0 || h == 0 {
			return line.Fit(nil, w, h)
		}
		v := &view{Env: env, in: in, w: w, h: h, out: make([]string, 0, h), reg: newRegister(in, w, h)}
		if l, ok := pending(in); ok {
			v.say(l)
		} else {
			v.llm = in.Figures.LLM
			draw(v)
		}
		return line.Fit(v.out, w, h)
	}
}

// add appends a line; those beyond the height are dropped by whoever asked for it.
func (v *view) add(b *line.Builder) {
	v.out = append(v.out, b.String())
	if v.reg != nil {
		v.reg.lane++
	}
}

// row is the next line to be written.
func (v *view) row() line.Builder { return v.line(v.w) }

// left is the number of lines that have room.
func (v *view) left() int { return v.h - len(v.out) }

// gap adds a blank line if more than n lines have room.
func (v *view) gap(n int) {
	if v.left() > n && len(v.out) > 0 {
		v.out = append(v.out, line.Blank(v.w))
	}
}

// heading adds a caption for what follows.
func (v *view) heading(s string) {
	b := v.row()
	b.Text(v.Styles.Column, s)
	v.add(&b)
}

// countPaint is Text for something, Faint for nothing.
func (v *view) countPaint(n *int64) themes.Paint {
	if n == nil || *n == 0 {
		return v.Styles.Faint
	}
	return v.Styles.Text
}
