package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/views"
)

// pressed handles a key: what lies on top comes first, then the view, then what
// holds everywhere.
func (m *Model) pressed(press tea.KeyPressMsg) tea.Cmd {
	if key.Matches(press, m.keys.Interrupt.Binding) {
		return tea.Quit
	}
	if key.Matches(press, m.keys.Suspend.Binding) {
		return tea.Suspend
	}
	v := m.front()
	switch {
	case v.Capturing():
		return m.ask(v, press)
	case len(m.overlays) > 0 && key.Matches(press, m.over.Close.Binding):
		return m.drop()
	case len(m.overlays) > 0, handles(v.Bindings(), press):
		return m.ask(v, press)
	}
	return m.everywhere(press)
}

// pressOf is the press of a key by its name, as bindings know it.
func pressOf(name string) tea.KeyPressMsg { return tea.KeyPressMsg{Text: name} }

// action is what a key does that means the same in all views.
type action struct {
	on *views.Binding
	do func(m *Model) tea.Cmd
}

func (m *Model) actions() []action {
	k := &m.keys
	return []action{
		{&k.StopReading, (*Model).stopReading},
		{&k.Back, (*Model).back},
		{&k.LastView, func(m *Model) tea.Cmd { return m.switchTo(m.router.last) }},
		{&k.NextView, func(m *Model) tea.Cmd { return m.switchTo((m.router.current + 1) % len(tabs)) }},
		{&k.PreviousView, func(m *Model) tea.Cmd { return m.switchTo((m.router.current + len(tabs) - 1) % len(tabs)) }},
		{&k.Earlier, (*Model).earlier},
		{&k.Later, (*Model).later},
		{&k.Range, (*Model).openRangePicker},
		{&k.ZoomIn, (*Model).zoomIn},
		{&k.ZoomOut, (*Model).zoomOut},
		{&k.ShiftBack, (*Model).shiftBack},
		{&k.ShiftOn, (*Model).shiftForward},
		{&k.Live, (*Model).goLive},
		{&k.Inspect, (*Model).openInspector},
		{&k.Pause, func(m *Model) tea.Cmd { return m.hold(m.feed.latest) }},
		{&k.Resume, func(m *Model) tea.Cmd { return m.hold(nil) }},
		{&k.Money, (*Model).toggleMoney},
		{&k.Mouse, (*Model).toggleMouse},
		{&k.Trace, func(m *Model) tea.Cmd { return m.openTrace(m.subject().ID) }},
		{&k.Copy, func(m *Model) tea.Cmd { return m.copy(m.subject().Text) }},
		{&k.CopyID, func(m *Model) tea.Cmd { return m.copy(m.subject().ID) }},
		{&k.Export, (*Model).pickExport},
		{&k.Palette, (*Model).openPalette},
		{&k.Theme, (*Model).pickTheme},
		{&k.Help, func(m *Model) tea.Cmd { return m.open(m.newHelp()) }},
		{&k.Sources, func(m *Model) tea.Cmd { return m.open(m.newSources()) }},
		{&k.Quit, func(*Model) tea.Cmd { return tea.Quit }},
	}
}

// everywhere handles a key that means the same in all views.
func (m *Model) everywhere(press tea.KeyPressMsg) tea.Cmd {
	m.enableKeys()
	for i := range m.keys.Views {
		if key.Matches(press, m.keys.Views[i].Binding) {
			return m.switchTo(i)
		}
	}
	for _, a := range m.actions() {
		if key.Matches(press, a.on.Binding) {
			return a.do(m)
		}
	}
	return nil
}

// enableKeys switches the keys on that do something now.
func (m *Model) enableKeys() {
	k, v := &m.keys, m.router.top()
	uses, deep := v.Uses(), len(m.router.trail()) > 1
	k.Back.SetEnabled(deep)
	k.LastView.SetEnabled(m.router.last != m.router.current)
	k.Earlier.SetEnabled(len(m.router.behind) > 0)
	k.Later.SetEnabled(len(m.router.ahead) > 0)
	m.enableRangeKeys(uses)
	panel, _ := m.focusedPanel()
	k.Inspect.SetEnabled(panel != "")
	k.Money.SetEnabled(uses.Money)
	subject := m.subject()
	k.Trace.SetEnabled(subject.ID != "" && m.ctx.Tracer != nil)
	k.Copy.SetEnabled(subject.Text != "")
	k.CopyID.SetEnabled(subject.ID != "")
	_, exporting := v.(views.Exporting)
	k.Export.SetEnabled(exporting)
	k.Theme.SetEnabled(!m.options.NoColor)
	k.Pause.SetEnabled(m.feed.held == nil)
	k.Resume.SetEnabled(m.feed.held != nil)
	for i := range k.Views {
		k.Views[i].SetEnabled(i != m.router.current || deep)
	}
}

func (m *Model) back() tea.Cmd {
	m.router.pop()
	return m.show()
}

func (m *Model) earlier() tea.Cmd {
	m.router.goBack()
	return m.show()
}

func (m *Model) later() tea.Cmd {
	m.router.goForward()
	return m.show()
}

func (m *Model) switchTo(tab int) tea.Cmd {
	m.router.switchTo(tab)
	return m.show()
}

// hold shows the moment of a snapshot from now on; nil goes on.
func (m *Model) hold(s *data.Snapshot) tea.Cmd {
	m.feed.held = s
	return tea.Batch(m.needFigures(), m.show())
}

func (m *Model) toggleMoney() tea.Cmd {
	m.ctx.Env.HideMoney = !m.ctx.Env.HideMoney
	m.ctx.Version++
	return nil
}

// bindings lists the keys that do something now: those of what has the focus,
// and those of the shell that are not taken by it.
func (m *Model) bindings() (own, shell []views.Binding) {
	v := m.front()
	own = v.Bindings()
	switch {
	case v.Capturing():
		return own, views.Enabled([]*views.Binding{&m.keys.Interrupt, &m.keys.Suspend})
	case len(m.overlays) > 0:
		return own, views.Enabled([]*views.Binding{&m.over.Close, &m.keys.Interrupt, &m.keys.Suspend})
	}
	m.enableKeys()
	return own, without(views.Enabled(m.keys.All()), own)
}
