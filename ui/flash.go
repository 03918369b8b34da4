package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/views"
)

// How long a message stays: long enough to be read, and one that tells of a
// failure long enough to be acted upon.
const (
	sayFor   = 4 * time.Second
	wrongFor = 10 * time.Second
)

// flash is a message that stands at the bottom for some seconds, where the keys
// are otherwise: nothing on the screen moves because of it.
type flash struct {
	views.Say
	number int // of the message, so that an old timer doesn't end a new one
}

// flashOverMsg says that a message was there for long enough.
type flashOverMsg struct{ number int }

// say shows a message for some seconds.
func (m *Model) say(s views.Say) tea.Cmd {
	m.flash = flash{Say: s, number: m.flash.number + 1}
	m.touch(true)
	stays := sayFor
	if s.Wrong {
		stays = wrongFor
	}
	return m.after(stays, flashOverMsg{m.flash.number})
}

func (m *Model) flashOver(msg flashOverMsg) {
	if msg.number == m.flash.number {
		m.flash.Text = ""
		m.touch(false)
	}
}

func (m *Model) drawFlash(w int) string {
	glyph, paint := "✓ ", m.ctx.Env.Styles.Good
	if m.flash.Wrong {
		glyph, paint = "✗ ", m.ctx.Env.Styles.Bad
	}
	b := line.New(w, m.set())
	return b.Space(1).Text(paint, glyph+m.flash.Text).String()
}
