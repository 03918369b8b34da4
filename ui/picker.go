package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// PickKeys are the keys of a list to choose from.
type PickKeys struct{ Up, Down, First, Last, Choose, Copy views.Binding }

// NewPickKeys is the default key map of lists to choose from.
func NewPickKeys() PickKeys {
	return PickKeys{
		Up:     views.NewBinding("move.up", views.GroupMove, "↑/k", "up", "up", "k"),
		Down:   views.NewBinding("move.down", views.GroupMove, "↓/j", "down", "down", "j"),
		First:  views.NewBinding("move.first", views.GroupMove, "g", "first", "g", "home"),
		Last:   views.NewBinding("move.last", views.GroupMove, "G", "last", "G", "end"),
		Choose: views.NewBinding("pick.choose", views.GroupScreen, "enter", "choose", "enter"),
		Copy:   views.NewBinding("pick.copy", views.GroupScreen, "y", "copy instead", "y"),
	}
}

// All lists the bindings, the most useful first.
func (k *PickKeys) All() []*views.Binding {
	return []*views.Binding{&k.Choose, &k.Copy, &k.Up, &k.Down, &k.First, &k.Last}
}

// pick is one thing to choose.
type pick struct {
	name, about string
	wrong       string // why it can't be chosen
}

// picker is a list to choose from.
type picker struct {
	ctx    *views.Context
	id     views.ID
	title  string
	note   string // a sentence below the list; may be empty
	picks  []pick
	keys   PickKeys
	cursor int
	offset int
	w, h   int

	moved  func(m *Model, i int) tea.Cmd // another one is selected; may be nil
	chosen func(m *Model, i int) tea.Cmd
	copied func(m *Model, i int) tea.Cmd // chosen to be copied; nil if that makes no sense
}

// newPicker is a list with the cursor on one of its picks.
func newPicker(ctx *views.Context, p picker) *picker {
	p.ctx, p.keys = ctx, NewPickKeys()
	ctx.Rebind(p.keys.All())
	p.cursor = max(min(p.cursor, len(p.picks)-1), 0)
	return &p
}

// Size of a picker that shows all of itself.
const (
	pickerNameW = 16
	pickerW     = 64
)

func (p *picker) wantH() int {
	h := len(p.picks) + 2
	if p.note != "" {
		h++
	}
	return h
}

// ID implements [views.View].
func (p *picker) ID() views.ID { return p.id }

// Title implements [views.View].
func (p *picker) Title() string { return p.title }

// Uses implements [views.View].
func (p *picker) Uses() views.Uses { return views.Uses{} }

// Capturing implements [views.View].
func (p *picker) Capturing() bool { return false }

// SetData implements [views.View].
func (p *picker) SetData(*views.Data) tea.Cmd { return nil }

// Resize implements [views.View].
func (p *picker) Resize(w, h int) { p.w, p.h = w, h }

// page is how many picks can be seen.
func (p *picker) page() int {
	n := p.h - 2
	if p.note != "" {
		n--
	}
	return max(n, 1)
}

// Bindings implements [views.View].
func (p *picker) Bindings() []views.Binding {
	k := &p.keys
	last := len(p.picks) - 1
	k.Up.SetEnabled(p.cursor > 0)
	k.First.SetEnabled(p.cursor > 0)
	k.Down.SetEnabled(p.cursor < last)
	k.Last.SetEnabled(p.cursor < last)
	k.Choose.SetEnabled(last >= 0)
	k.Copy.SetEnabled(last >= 0 && p.copied != nil)
	return views.Enabled(k.All())
}

// Update implements [views.View].
func (p *picker) Update(msg tea.Msg) (views.Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.pressed(msg), nil
	case tea.MouseWheelMsg:
		return p.moveTo(p.cursor + views.Wheel(msg)), nil
	case tea.MouseClickMsg:
		return p.clicked(p.offset + msg.Y - 1), nil
	}
	return nil, nil
}

func (p *picker) pressed(press tea.KeyPressMsg) views.Intent {
	p.Bindings() // enables what can be done now
	switch k := &p.keys; {
	case key.Matches(press, k.Up.Binding):
		return p.moveTo(p.cursor - 1)
	case key.Matches(press, k.Down.Binding):
		return p.moveTo(p.cursor + 1)
	case key.Matches(press, k.First.Binding):
		return p.moveTo(0)
	case key.Matches(press, k.Last.Binding):
		return p.moveTo(len(p.picks) - 1)
	case key.Matches(press, k.Choose.Binding):
		return p.choose(p.chosen)
	case key.Matches(press, k.Copy.Binding):
		return p.choose(p.copied)
	}
	return nil
}

// clicked selects a pick; the one that is selected it chooses.
func (p *picker) clicked(i int) views.Intent {
	switch {
	case i < p.offset || i >= min(p.offset+p.page(), len(p.picks)):
		return nil
	case i == p.cursor:
		return p.choose(p.chosen)
	}
	return p.moveTo(i)
}

// moveTo selects a pick.
func (p *picker) moveTo(i int) views.Intent {
	i = max(min(i, len(p.picks)-1), 0)
	if i == p.cursor {
		return nil
	}
	p.cursor = i
	if p.moved == nil || p.picks[i].wrong != "" {
		return nil
	}
	return do(func(m *Model) tea.Cmd { return p.moved(m, i) })
}

// choose makes the choice, unless it can't be made.
func (p *picker) choose(chosen func(m *Model, i int) tea.Cmd) views.Intent {
	i := p.cursor
	if wrong := p.picks[i].wrong; wrong != "" {
		return views.Say{Text: wrong, Wrong: true}
	}
	return do(func(m *Model) tea.Cmd {
		m.lift()
		return tea.Batch(chosen(m, i), m.show())
	})
}

// line draws a pick in w cells.
func (p *picker) line(i, w int, set safe.Charset) string {
	styles, o := p.ctx.Env.Styles, p.picks[i]
	b := line.New(w, set)
	if i == p.cursor && o.wrong == "" {
		return b.Text(styles.Selected, safe.Pad("❯ "+safe.Pad(o.name, pickerNameW)+o.about, w)).String()
	}
	mark := "  "
	if i == p.cursor {
		mark = "❯ "
	}
	b.Text(styles.Text, mark).Left(styles.Text, o.name, pickerNameW)
	if o.wrong != "" {
		return b.Text(styles.Bad, "✗ "+o.wrong).String()
	}
	return b.Text(styles.Faint, o.about).String()
}

// Lines implements [views.View].
func (p *picker) Lines() []string {
	w, set := max(p.w-2, 0), safe.Charset(p.ctx.Env.ASCII)
	styles, page := p.ctx.Env.Styles, p.page()
	p.offset = min(max(p.offset, p.cursor-page+1), p.cursor)
	p.offset = max(min(p.offset, len(p.picks)-page), 0)
	var inner []string
	for i := p.offset; i < min(p.offset+page, len(p.picks)); i++ {
		inner = append(inner, p.line(i, w, set))
	}
	if p.note != "" {
		for len(inner) < page {
			inner = append(inner, line.Blank(w))
		}
		b := line.New(w, set)
		inner = append(inner, b.Space(2).Text(styles.Faint, p.note).String())
	}
	status := ""
	if len(p.picks) > page {
		status = fmt.Sprintf("%d of %d", p.cursor+1, len(p.picks))
	}
	return panels.Box(&p.ctx.Env, p.title, status, true, p.w, p.h, inner)
}
