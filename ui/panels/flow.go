package panels

import (
	"strings"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// flow writes text into lines of exactly w cells, going on in the next line when
// one is full, up to most lines; the last one then ends with …. Text beyond that
// is not looked at.
type flow struct {
	env    *Env
	w      int
	indent int // of lines that go on from the one before
	most   int
	out    []string
	b      line.Builder
	done   bool // nothing more has room
}

func newFlow(env *Env, w, most int) *flow {
	return &flow{env: env, w: w, most: max(most, 1), b: env.line(w)}
}

// last tells whether the line being written is the last one there may be.
func (f *flow) last() bool { return len(f.out) == f.most-1 }

// write writes s; line breaks in it are part of the text.
func (f *flow) write(p themes.Paint, s string) {
	for s != "" && !f.done {
		room := f.b.Room()
		if f.last() {
			_, n := textCells(s, room, f.env)
			f.b.Text(p, s)
			f.done = n < len(s) || f.b.Room() == 0
			return
		}
		if room == 0 {
			f.wrap()
			continue
		}
		head, rest := takeLine(s, room, f.env.set())
		if _, n := textCells(head, room, f.env); n < len(head) && room < f.w-f.margin() {
			f.wrap() // a wide character for which one cell is left
			continue
		}
		f.b.Text(p, head)
		s = rest
		if s != "" {
			f.wrap()
		}
	}
}

// margin is the indentation of lines that go on, which never takes more than half.
func (f *flow) margin() int { return min(f.indent, f.w/2) }

// wrap goes on in the next line.
func (f *flow) wrap() {
	f.out = append(f.out, f.b.String())
	f.b = f.env.line(f.w)
	f.b.Space(f.margin())
}

// newline ends the line, if anything is in it.
func (f *flow) newline() {
	if f.done || f.last() {
		f.done = true
		return
	}
	f.out = append(f.out, f.b.String())
	f.b = f.env.line(f.w)
}

// text writes s with its line breaks, every line from column indent on.
func (f *flow) text(p themes.Paint, s string, indent int) {
	f.indent = indent
	for i := 0; !f.done; i++ {
		head, rest, more := strings.Cut(s, "\n")
		if i > 0 {
			f.newline()
		}
		f.b.To(f.margin())
		f.write(p, strings.TrimSuffix(head, "\r"))
		if !more {
			return
		}
		s = rest
	}
}

// lines is all that was written.
func (f *flow) lines() []string {
	if len(f.out) < f.most {
		f.out = append(f.out, f.b.String())
	}
	return f.out
}
