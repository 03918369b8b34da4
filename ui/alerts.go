package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// alarm is what the shell knows of the alerts it has seen.
type alarm struct {
	heard  bool            // there were alerts before: what fired then is no news
	firing map[string]bool // rules
}

// heed rings the bell when a rule fires that didn't before. It hears of every
// snapshot, also while the screen is paused: that is when nobody looks.
func (m *Model) heed(s *data.Snapshot) tea.Cmd {
	if s.Alerts == nil {
		return nil
	}
	firing, news := make(map[string]bool), false
	for i := range s.Alerts {
		a := &s.Alerts[i]
		switch {
		case a.State == data.AlertFiring:
			firing[a.Rule] = true
			news = news || !m.alarm.firing[a.Rule]
		case a.State == data.AlertUnknown && m.alarm.firing[a.Rule]:
			firing[a.Rule] = true // it fired before its source was lost, and may still
		}
	}
	ring := m.options.Bell && m.alarm.heard && news
	m.alarm = alarm{heard: true, firing: firing}
	if !ring {
		return nil
	}
	return tea.Raw("\a")
}

// windowTitle tells whoever sees only the title of the terminal that something fires.
func (m *Model) windowTitle() string {
	const name = "donnatop"
	n := 0
	for i := range m.feed.latest.Alerts {
		if a := &m.feed.latest.Alerts[i]; a.State == data.AlertFiring && !a.Acknowledged {
			n++
		}
	}
	switch n {
	case 0:
		return name
	case 1:
		return name + ": 1 alert"
	}
	return name + ": " + format.Int(int64(n)) + " alerts"
}
