package views

import tea "charm.land/bubbletea/v2"

// SetFilter implements [Filtering].
func (v *Logs) SetFilter(text string) (tea.Cmd, error) {
	f, err := parseFilter(text, v.level())
	if err != nil {
		return nil, err
	}
	return v.setFilter(f), nil
}

// The names under which the Logs view is kept.
const (
	stateFilter = "filter"
	stateLevel  = "level"
	stateWrap   = "wrap"
)

// State implements [Stateful].
func (v *Logs) State() map[string]string {
	s := make(map[string]string)
	if v.wrap {
		s[stateWrap] = "on"
	}
	if v.filter != nil && v.filter.pattern != "" {
		s[stateFilter] = v.filter.pattern
	}
	if l := v.level(); l != levelAny {
		s[stateLevel] = l.String()
	}
	return s
}

// Restore implements [Stateful].
func (v *Logs) Restore(s map[string]string) tea.Cmd {
	v.wrap = s[stateWrap] == "on"
	level := levelAny
	for l := range levelFloors {
		if l.String() == s[stateLevel] {
			level = l
		}
	}
	f, err := parseFilter(s[stateFilter], level)
	if err != nil {
		return nil
	}
	return v.setFilter(f)
}
