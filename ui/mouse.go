package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/views"
)

// toggleMouse lets the terminal report the mouse, or leaves it to the terminal,
// which then selects text with it.
func (m *Model) toggleMouse() tea.Cmd {
	m.mouse = !m.mouse
	if m.mouse {
		return m.say(views.Say{Text: "mouse on: click, click again to open, wheel; shift+drag still selects text"})
	}
	return m.say(views.Say{Text: "mouse off: it is the terminal's own again"})
}

// moused handles a click or the wheel: whatever it points at gets it, with the
// place counted from its own top left corner.
func (m *Model) moused(msg tea.MouseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button != tea.MouseLeft {
			return nil
		}
	case tea.MouseWheelMsg:
	default:
		return nil
	}
	m.touch(true)
	m.touched = m.options.Clock.Now()
	s, at := m.layout(), msg.Mouse()
	if s.tooSmall {
		return nil
	}
	_, click := msg.(tea.MouseClickMsg)
	if click && contains(s.footer, at.X, at.Y) {
		return m.clickedFooter(at.X-s.footer.X, s.footer.W)
	}
	if n := len(m.overlays); n > 0 {
		return m.mousedOverlay(&m.overlays[n-1], msg, s.body)
	}
	if click && contains(s.tabs, at.X, at.Y) {
		return m.clickedBar(m.tabBar(s.tabs.W), at.X-s.tabs.X)
	}
	if contains(s.body, at.X, at.Y) {
		return m.ask(m.router.top(), moved(msg, s.body.X, s.body.Y))
	}
	return nil
}

// mousedOverlay hands the mouse to an overlay; a click beside one closes it.
func (m *Model) mousedOverlay(o *overlay, msg tea.MouseMsg, body views.Rect) tea.Cmd {
	place := o.place(body.W, body.H)
	place.X, place.Y = place.X+body.X, place.Y+body.Y
	at := msg.Mouse()
	if contains(place, at.X, at.Y) {
		return m.ask(o.View, moved(msg, place.X, place.Y))
	}
	if _, click := msg.(tea.MouseClickMsg); click {
		return m.drop()
	}
	return nil
}

// clickedFooter does what the key does that is clicked; what hides the footer for a
// moment has nothing to click.
func (m *Model) clickedFooter(x, w int) tea.Cmd {
	if m.flash.Text != "" {
		return nil
	}
	return m.clickedBar(m.footer(w), x)
}

func (m *Model) clickedBar(parts []barPart, x int) tea.Cmd {
	for _, p := range parts {
		if p.do != nil && x >= p.x && x < p.x+p.w {
			return p.do(m)
		}
	}
	return nil
}

func contains(r views.Rect, x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// moved is a mouse message with its place counted from another corner.
func moved(msg tea.MouseMsg, x, y int) tea.Msg {
	at := msg.Mouse()
	at.X, at.Y = at.X-x, at.Y-y
	if _, ok := msg.(tea.MouseWheelMsg); ok {
		return tea.MouseWheelMsg(at)
	}
	return tea.MouseClickMsg(at)
}
