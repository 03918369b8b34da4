package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/timerange"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/state"
	"github.com/donna-project/donnatop/ui/views"
)

// begun are the options with what was left the last time in place of what they
// leave open. What there isn't any more is passed over.
func begun(o Options) Options {
	s := o.State
	if s == nil {
		return o
	}
	if o.View == "" && slices.Contains(ViewNames(), s.View) {
		o.View = s.View
	}
	if o.Window == "" && s.Window != "" {
		// what was pinned then is past now: only live ranges are kept
		if _, err := timerange.Parse(s.Window, o.Hub.Snapshot().At, o.Location); err == nil {
			o.Window = s.Window
		}
	}
	if o.Theme == "" && s.Theme != "" {
		if _, err := o.Themes.New(s.Theme, true); err == nil {
			o.Theme = s.Theme
		} else if o.Log != nil {
			o.Log.Warn("the theme used last can't be used any more", "theme", s.Theme, "error", err)
		}
	}
	return o
}

// restore sets the switches as they were left, and gives the views back what they
// wanted to know again.
func (m *Model) restore() {
	s := m.options.State
	if s == nil {
		return
	}
	m.ctx.Env.HideMoney, m.mouse, m.recent = s.HideMoney, s.Mouse, s.Recent
	m.recent = m.recent[:min(len(m.recent), maxRecent)]
	for _, text := range s.Ranges[:min(len(s.Ranges), maxRanges)] {
		// what can't be read any more is passed over
		if r, err := timerange.Parse(text, m.clockOfData(), m.options.Location); err == nil && !slices.Contains(m.span.history, r) {
			m.span.history = append(m.span.history, r)
		}
	}
	for _, v := range m.router.roots() {
		left := s.Views[string(v.ID())]
		if v, ok := v.(views.Stateful); ok && len(left) > 0 {
			m.opening = append(m.opening, v.Restore(left))
		}
	}
}

// opened is what is to be done at first.
func (m *Model) opened() tea.Cmd {
	cmds := m.opening
	m.opening = nil
	if m.options.Opening.Text != "" {
		cmds = append(cmds, m.say(m.options.Opening))
	}
	return tea.Batch(cmds...)
}

// State is how the session is left, for the next one.
func (m *Model) State() state.State {
	s := state.State{
		View: string(tabs[m.router.current].id), Window: m.span.live.String(), HideMoney: m.ctx.Env.HideMoney, Mouse: m.mouse, Recent: m.recent,
		Views: make(map[string]map[string]string),
	}
	for _, r := range m.span.history {
		s.Ranges = append(s.Ranges, r.String())
	}
	if !m.options.NoColor && m.theme != themes.Default {
		s.Theme = m.theme
	}
	if m.options.NoColor && m.options.State != nil {
		s.Theme = m.options.State.Theme // it goes without colours this time only
	}
	for _, v := range m.router.roots() {
		if kept, ok := v.(views.Stateful); ok {
			if of := kept.State(); len(of) > 0 {
				s.Views[string(v.ID())] = of
			}
		}
	}
	return s
}
