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
