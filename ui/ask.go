package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/views"
)

// forward passes a message on to the views: an answer to one of their commands,
// or pasted text, which is for the one that has the keys.
func (m *Model) forward(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.PasteMsg); ok {
		m.touch(true)
		return m.ask(m.front(), msg)
	}
	if !views.Own(msg) {
		return nil
	}
	m.touch(false)
	var cmds []tea.Cmd
	for _, v := range m.router.all() {
		cmds = append(cmds, m.ask(v, msg))
	}
	for i := range m.overlays {
		cmds = append(cmds, m.ask(m.overlays[i].View, msg))
	}
	return tea.Batch(cmds...)
}

// front is what has the keys.
func (m *Model) front() views.View {
	if n := len(m.overlays); n > 0 {
		return m.overlays[n-1].View
	}
	return m.router.top()
}

// ask lets a view handle a message and does what it wants of the shell.
func (m *Model) ask(v views.View, msg tea.Msg) tea.Cmd {
	intent, cmd := v.Update(msg)
	return tea.Batch(cmd, m.perform(intent))
}

// perform does what a view wants of the shell.
func (m *Model) perform(intent views.Intent) tea.Cmd {
	switch intent := intent.(type) {
	case views.Open:
		m.router.push(intent.View)
		return m.show()
	case views.OpenTrace:
		return m.openTrace(intent.ID)
	case views.SwitchTo:
		return m.switchTo(slices.Index(ViewNames(), string(intent.View)))
	case views.PickRange:
		return m.pickRange(intent.Range)
	case views.Close:
		return tea.Batch(m.drop(), m.show())
	case views.Say:
		return m.say(intent)
	case do:
		return intent(m)
	}
	return nil
}

// openTrace shows the life of the request that an id belongs to.
func (m *Model) openTrace(id string) tea.Cmd {
	m.router.push(views.NewTrace(m.ctx, id))
	return m.show()
}

// show gives what can be seen its size and data.
func (m *Model) show() tea.Cmd {
	s := m.layout()
	now := m.clockOfData()
	d := &views.Data{
		Snapshot: m.feed.shown(), Figures: m.feed.figures, Figured: m.feed.figured,
		Window: m.span.shown.Key(), Range: m.span.shown.Window(now), RangeLabel: m.span.shown.Label(now, m.options.Location),
		Moment: m.moment(), Loading: m.loading(),
	}
	var cmds []tea.Cmd
	for i := range m.overlays {
		o := &m.overlays[i]
		at := o.place(s.body.W, s.body.H)
		o.Resize(at.W, at.H)
		cmds = append(cmds, o.SetData(d))
	}
	v := m.router.top()
	v.Resize(s.body.W, s.body.H)
	return tea.Batch(append(cmds, v.SetData(d))...)
}

func (m *Model) layout() screen {
	_, ok := m.notice()
	return layout(m.w, m.h, layoutOptions{notice: ok})
}
