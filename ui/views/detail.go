package views

import (
	"encoding/json"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// DetailKeys are the keys of a detail.
type DetailKeys struct {
	Open                                    Binding
	Up, Down, PageUp, PageDown, First, Last Binding
	Libraries, Raw                          Binding // of a line with a stack
}

// NewDetailKeys is the default key map of details.
func NewDetailKeys() DetailKeys {
	return DetailKeys{
		Open:     NewBinding("detail.open", GroupPanel, "enter", "more of it", "enter"),
		Up:       NewBinding("move.up", GroupMove, "↑/k", "a line up", "up", "k"),
		Down:     NewBinding("move.down", GroupMove, "↓/j", "a line down", "down", "j"),
		PageUp:   NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown: NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:    NewBinding("move.first", GroupMove, "g", "beginning", "g", "home"),
		Last:     NewBinding("move.last", GroupMove, "G", "end", "G", "end"),

		Libraries: librariesBinding(),
		Raw:       rawBinding(),
	}
}

func librariesBinding() Binding {
	return NewBinding("stack.libraries", GroupLines, "x", "library frames", "x")
}

func rawBinding() Binding { return NewBinding("stack.raw", GroupLines, "r", "stack as text", "r") }

// All lists the bindings, the most useful first.
func (k *DetailKeys) All() []*Binding {
	return []*Binding{&k.Open, &k.Libraries, &k.Raw, &k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last}
}

// Detail is text to scroll through: all there is about one row or line, which
// does not change any more, or what the shell has to say.
type Detail struct {
	id      ID
	title   string
	uses    Uses
	live    bool                                  // content changes with the data
	deeper  func() View                           // what Enter opens; nil if nothing
	content func(env *panels.Env, w int) []string // lines of exactly w cells
	subject Subject                               // the row or line it is of
	stacks  []panels.LineStack                    // of a log line
	mode    panels.StackMode

	ctx   *Context
	keys  DetailKeys
	w, h  int
	lines []string
	drawn struct{ version, w int } // what lines were made for
	top   int
}

// NewInvocation is the detail of a row of invocation_log.
func NewInvocation(ctx *Context, r *data.InvocationRow) *Detail {
	d := newDetail(ctx, IDInvocation, "Invocation "+safe.Truncate(r.ID, 12), Uses{Money: true},
		func(env *panels.Env, w int) []string { return panels.InvocationDetail(env, r, w) })
	d.subject.ID = r.ID
	if row, err := json.Marshal(r); err == nil {
		d.subject.Text = string(row)
	}
	return d
}

// NewLine is the detail of a log line.
func NewLine(ctx *Context, l *data.LogLine) *Detail {
	at := l.Time.In(ctx.location()).Format(format.LayoutMillis)
	d := newDetail(ctx, IDLine, strings.TrimSpace(at+" "+safe.Truncate(l.Event, 32)), Uses{}, nil)
	d.subject = Subject{ID: trace.IDOf(&l.Entry), Text: l.Raw}
	d.stacks = panels.LineStacks(l)
	d.content = func(env *panels.Env, w int) []string { return panels.LogDetailWith(env, l, d.stacks, d.mode, w) }
	return d
}

// NewText is a text of the shell's own, drawn anew whenever the data changes.
func NewText(ctx *Context, id ID, title string, content func(env *panels.Env, w int) []string) *Detail {
	d := newDetail(ctx, id, title, Uses{}, content)
	d.live = true
	return d
}

func newDetail(ctx *Context, id ID, title string, uses Uses, content func(*panels.Env, int) []string) *Detail {
	d := &Detail{ctx: ctx, id: id, title: title, uses: uses, content: content, keys: NewDetailKeys()}
	ctx.Rebind(d.keys.All())
	return d
}

// ID implements [View].
func (d *Detail) ID() ID { return d.id }

// Title implements [View].
func (d *Detail) Title() string { return d.title }

// Uses implements [View].
func (d *Detail) Uses() Uses { return d.uses }

// Subject implements [Selecting].
func (d *Detail) Subject() Subject { return d.subject }

// about says by which id the detail can be traced.
func (d *Detail) about(id string) *Detail {
	d.subject.ID = id
	return d
}

// leads says what Enter opens, and what that is.
func (d *Detail) leads(desc string, open func() View) {
	d.deeper = open
	d.keys.Open.SetHelp(d.keys.Open.Help().Key, desc)
}

// Capturing implements [View].
func (d *Detail) Capturing() bool { return false }

// SetData implements [View]: a row or line stays as it was when it was opened.
func (d *Detail) SetData(*Data) tea.Cmd {
	if d.live {
		d.lines = nil
	}
	return nil
}

// Resize implements [View].
func (d *Detail) Resize(w, h int) { d.w, d.h = w, h }

// page is the number of lines that can be seen.
func (d *Detail) page() int { return max(d.h-2, 0) }

func (d *Detail) layOut() {
	want := struct{ version, w int }{d.ctx.Version, d.w}
	if d.drawn != want || d.lines == nil {
		w := max(d.w-2, 0)
		d.lines = Guard(d.ctx.Log, string(d.id), func() []string { return d.content(&d.ctx.Env, w) },
			func(err error) []string { return Failure(&d.ctx.Env, err, w, max(d.page(), 1)) })
		d.drawn = want
	}
	d.top = max(min(d.top, len(d.lines)-d.page()), 0)
}

// Bindings implements [View].
func (d *Detail) Bindings() []Binding {
	d.layOut()
	d.keys.Open.SetEnabled(d.deeper != nil)
	setEnabled(d.top > 0, &d.keys.Up, &d.keys.PageUp, &d.keys.First)
	setEnabled(d.top+d.page() < len(d.lines), &d.keys.Down, &d.keys.PageDown, &d.keys.Last)
	d.keys.Raw.SetEnabled(len(d.stacks) > 0)
	d.keys.Libraries.SetEnabled(!d.mode.Raw && panels.Foldable(d.stacks))
	return Enabled(d.keys.All())
}

// Update implements [View].
func (d *Detail) Update(msg tea.Msg) (Intent, tea.Cmd) {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		d.moused(wheel)
	}
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	d.Bindings()
	switch {
	case key.Matches(k, d.keys.Open.Binding):
		return Open{d.deeper()}, nil
	case key.Matches(k, d.keys.Up.Binding):
		d.top--
	case key.Matches(k, d.keys.Down.Binding):
		d.top++
	case key.Matches(k, d.keys.PageUp.Binding):
		d.top -= d.page()
	case key.Matches(k, d.keys.PageDown.Binding):
		d.top += d.page()
	case key.Matches(k, d.keys.First.Binding):
		d.top = 0
	case key.Matches(k, d.keys.Last.Binding):
		d.top = len(d.lines)
	case key.Matches(k, d.keys.Libraries.Binding):
		d.mode.Libraries, d.lines = !d.mode.Libraries, nil
	case key.Matches(k, d.keys.Raw.Binding):
		d.mode.Raw, d.lines = !d.mode.Raw, nil
	}
	d.layOut()
	return nil, nil
}

// Lines implements [View].
func (d *Detail) Lines() []string {
	d.layOut()
	inner := make([]string, d.page())
	for i := range inner {
		if j := d.top + i; j < len(d.lines) {
			inner[i] = d.lines[j]
		} else {
			inner[i] = blanks(d.w - 2)
		}
	}
	status := ""
	if len(d.lines) > d.page() {
		status = fmt.Sprintf("lines %d to %d of %d", d.top+1, min(d.top+d.page(), len(d.lines)), len(d.lines))
	}
	return panels.Box(&d.ctx.Env, d.title, status, true, d.w, d.h, inner)
}
