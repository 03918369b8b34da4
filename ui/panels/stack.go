package panels

import (
	"slices"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/stack"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// StackMode is how stacks are shown.
type StackMode struct {
	Libraries bool // the frames of libraries one by one, not folded
	Raw       bool // the text as it was logged
}

// LineStack is a stack trace that a log line carries.
type LineStack struct {
	Key   string // of the field that holds it
	Text  string
	Trace stack.Trace
}

// LineStacks reads the stack traces of a log line: those texts in `exception` and
// `stack` in which there are frames.
func LineStacks(l *data.LogLine) []LineStack {
	if !l.JSON {
		return nil
	}
	return rawStacks(l.Raw)
}

// ItemStacks reads the stack traces of an item of a trace as [LineStacks] does those
// of a line; a row has none.
func ItemStacks(i *trace.Item) []LineStack {
	if i.Raw == nil || len(i.Fields) == 0 {
		return nil
	}
	return rawStacks(*i.Raw)
}

// rawStacks reads the stack traces of a JSON line.
func rawStacks(raw string) []LineStack {
	var out []LineStack
	for it := newFields(raw); ; {
		key, value, ok := it.next()
		if !ok {
			return out
		}
		if (key == "exception" || key == "stack") && strings.HasPrefix(value, `"`) {
			s := LineStack{Key: key, Text: unquote(value)}
			s.Trace = stack.Parse(s.Text)
			if app, libraries := countFrames(&s.Trace); app+libraries > 0 {
				out = append(out, s)
			}
		}
	}
}

// isStack tells whether a field is one of the stack traces.
func isStack(stacks []LineStack, key string) bool {
	return slices.ContainsFunc(stacks, func(s LineStack) bool { return s.Key == key })
}

// Foldable tells whether one of the stacks has frames that can be folded.
func Foldable(stacks []LineStack) bool {
	return slices.ContainsFunc(stacks, func(s LineStack) bool { return s.libraries() })
}

func (s *LineStack) libraries() bool {
	_, libraries := countFrames(&s.Trace)
	return libraries > 0
}

// countFrames counts the program's own frames and all others.
func countFrames(t *stack.Trace) (app, libraries int) {
	for i := range t.Causes {
		c := &t.Causes[i]
		for j := range c.Frames {
			if c.Frames[j].App {
				app++
			} else {
				libraries++
			}
		}
		for j := range c.Members {
			a, l := countFrames(&c.Members[j])
			app, libraries = app+a, libraries+l
		}
	}
	return app, libraries
}

const stackIndent = 2

// counted says how many frames a stack trace has.
func (s *LineStack) counted() string {
	app, libraries := countFrames(&s.Trace)
	said := frames(app, "app frame")
	if libraries > 0 {
		said += statusSep + frames(libraries, "library frame")
	}
	return said
}

// stack writes a stack trace: the exception that was reported first, its innermost
// call on top, then what led to it.
func (d *detail) stack(s *LineStack, mode StackMode, indent int) {
	if mode.Raw {
		d.text(d.s.Text, s.Text, indent)
		d.newline()
		return
	}
	d.trace(&s.Trace, mode, indent)
}

func frames(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return format.Int(int64(n)) + " " + thing + "s"
}

// trace writes exceptions from the one that was reported back to where the
// trouble began.
func (d *detail) trace(t *stack.Trace, mode StackMode, indent int) {
	for i := len(t.Causes) - 1; i >= 0 && !d.done; i-- {
		c := &t.Causes[i]
		if i < len(t.Causes)-1 {
			d.linked(t.Causes[i+1].Link, indent)
		}
		d.cause(c, mode, indent)
	}
}

// linked says how what was written follows from what comes now.
func (d *detail) linked(l stack.Link, indent int) {
	said := "before that:"
	switch l {
	case stack.DirectCause:
		said = "caused by:"
	case stack.DuringHandling:
		said = "while handling:"
	}
	d.b.To(min(indent, d.w/2)).Glyphs(d.s.Accent, "↳").Space(1)
	d.write(d.s.Accent, said)
	d.newline()
}

// cause writes one exception: what it is, its frames, and those grouped in it.
func (d *detail) cause(c *stack.Cause, mode StackMode, indent int) {
	d.indent = indent + stackIndent
	if c.Type != "" || c.Message != "" {
		d.b.To(min(indent, d.w/2))
		d.write(d.s.Bad, c.Type)
		if c.Type != "" && c.Message != "" {
			d.write(d.s.Faint, ": ")
		}
		d.textHere(d.s.Strong, c.Message)
		d.newline()
	}
	d.frames(c.Frames, mode, indent+stackIndent)
	for i := range c.Members {
		if d.done {
			return
		}
		if m := c.Members[i].Last(); m == nil || !strings.HasPrefix(m.Type, "goroutine ") {
			d.b.To(min(indent+stackIndent, d.w/2))
			d.write(d.s.Accent, "#"+strconv.Itoa(i+1))
			d.newline()
		}
		d.trace(&c.Members[i], mode, min(indent+2*stackIndent, treeMost*stackIndent))
	}
}

// textHere writes s from where the line is on, with its line breaks.
func (d *detail) textHere(p themes.Paint, s string) {
	head, rest, more := strings.Cut(s, "\n")
	d.write(p, strings.TrimSuffix(head, "\r"))
	if more {
		d.newline()
		d.text(p, rest, d.indent)
	}
}

// frames writes calls, the innermost first. Runs of those of libraries are one
// line unless they are to be seen.
func (d *detail) frames(calls []stack.Frame, mode StackMode, indent int) {
	for i := len(calls) - 1; i >= 0 && !d.done; {
		if calls[i].App || mode.Libraries {
			d.frame(&calls[i], indent)
			i--
			continue
		}
		last := i
		for i >= 0 && !calls[i].App {
			i--
		}
		d.folded(calls[i+1:last+1], indent)
	}
}

// frame writes one call and its code.
func (d *detail) frame(f *stack.Frame, indent int) {
	place, code := d.s.Strong, d.s.Text
	if !f.App {
		place, code = d.s.Faint, d.s.Faint
	}
	mark := " "
	if f.App {
		mark = "›"
	}
	d.indent = indent + 2*stackIndent
	d.b.To(min(indent, d.w/2)).Glyphs(d.s.Accent, mark).Space(1)
	d.write(place, f.String())
	if f.Repeated > 0 {
		d.write(d.s.Warning, "  and "+format.Int(int64(f.Repeated))+" more times in a row")
	}
	d.newline()
	if f.Code != "" {
		d.text(code, f.Code, indent+2*stackIndent)
		d.newline()
	}
}

// folded says how many calls in a row are those of libraries, and whose.
func (d *detail) folded(calls []stack.Frame, indent int) {
	d.indent = indent + 2*stackIndent
	d.b.To(min(indent, d.w/2)).Space(2)
	said := frames(len(calls), "library frame")
	if inner := &calls[len(calls)-1]; inner.Function != "" {
		down := ", down to "
		if len(calls) == 1 {
			down = ": "
		}
		said += down + inner.Function + " in " + shortFile(inner.File)
	}
	d.write(d.s.Faint, said)
	d.newline()
}

// shortFile is a file with the directory it is in.
func shortFile(file string) string {
	file = strings.ReplaceAll(file, `\`, "/")
	if i := strings.LastIndexByte(file, '/'); i > 0 {
		if j := strings.LastIndexByte(file[:i], '/'); j >= 0 {
			return file[j+1:]
		}
	}
	return file
}
