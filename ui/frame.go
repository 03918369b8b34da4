package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// frameEvery is how often the frame is drawn anew at most, but for key presses
// and new sizes: thirty times a second is as live as anybody can see.
const frameEvery = 33 * time.Millisecond

// FPS is how often a second a program should look whether there is another frame.
// Bubble Tea's own 60 find nothing new every other time, and wake the machine.
const FPS = int(time.Second / frameEvery)

// frame is the picture of the screen and when it was drawn.
type frame struct {
	text    string
	dirty   bool
	urgent  bool // to be drawn at once
	at      time.Time
	waiting bool // a timer runs until it may be drawn again
}

// frameMsg says that the frame may be drawn again.
type frameMsg struct{}

// touch marks the frame as out of date.
func (m *Model) touch(urgent bool) {
	m.frame.dirty = true
	m.frame.urgent = m.frame.urgent || urgent
}

// scheduleFrame makes sure that a frame which is too early to be drawn is drawn
// when its time has come.
func (m *Model) scheduleFrame() tea.Cmd {
	f := &m.frame
	if !f.dirty || f.urgent || f.waiting {
		return nil
	}
	wait := f.at.Add(frameEvery).Sub(m.options.Clock.Now())
	if wait <= 0 {
		return nil
	}
	f.waiting = true
	return m.after(wait, frameMsg{})
}

// View implements [tea.Model].
func (m *Model) View() tea.View {
	f := &m.frame
	if now := m.options.Clock.Now(); f.dirty && (f.urgent || now.Sub(f.at) >= frameEvery) {
		f.text = strings.Join(m.draw(), "\n")
		f.dirty, f.urgent, f.at = false, false, now
	}
	v := tea.NewView(f.text)
	v.AltScreen = true
	v.ReportFocus = true
	v.WindowTitle = m.windowTitle()
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// draw gives the frame: exactly m.h lines of exactly m.w cells.
func (m *Model) draw() []string {
	s := m.layout()
	if s.tooSmall {
		return m.drawTooSmall()
	}
	lines := make([]string, 0, m.h)
	lines = append(lines, m.drawHeader(s.header.W))
	if text, ok := m.notice(); ok && !s.notice.Empty() {
		lines = append(lines, m.drawNotice(text, s.notice.W))
	}
	lines = append(lines, m.drawTabs(s.tabs.W))
	lines = append(lines, m.drawBody(s.body)...)
	if m.flash.Text != "" {
		return append(lines, m.drawFlash(s.footer.W))
	}
	return append(lines, m.drawFooter(s.footer.W))
}
