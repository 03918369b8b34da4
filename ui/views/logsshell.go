package views

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels"
)

// SetFilter implements [Filtering].
func (v *Logs) SetFilter(text string) (tea.Cmd, error) {
	if err := v.bar.SetText(text); err != nil {
		return nil, err
	}
	v.mode = logsReading
	return v.refilter(), nil
}

// The names under which a view of lines is kept.
const (
	stateFilter  = "filter"
	stateWrap    = "wrap"
	stateColumns = "columns"
)

// State implements [Stateful].
func (v *Logs) State() map[string]string {
	s := make(map[string]string)
	if v.wrap {
		s[stateWrap] = "on"
	}
	if v.columns.chosen != panels.DefaultColumns {
		s[stateColumns] = v.columns.String()
	}
	v.bar.keep(s)
	return s
}

// Restore implements [Stateful].
func (v *Logs) Restore(s map[string]string) tea.Cmd {
	v.wrap = s[stateWrap] == "on"
	if names, ok := s[stateColumns]; ok {
		v.columns.chosen = columnsOf(names)
	}
	v.bar.restore(s)
	return v.refilter()
}

// String is the names of the columns that are shown.
func (c *columnChooser) String() string {
	var names []string
	for _, n := range columnNames {
		if c.chosen&n.column != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// columnsOf are the columns of these names.
func columnsOf(names string) panels.LineColumns {
	var out panels.LineColumns
	for name := range strings.SplitSeq(names, ",") {
		for _, n := range columnNames {
			if n.name == name {
				out |= n.column
			}
		}
	}
	return out
}

// keep adds the filter to what is kept of a view.
func (b *FilterBar) keep(s map[string]string) {
	if b.text != "" {
		s[stateFilter] = b.text
	}
}

// restore applies the filter that was kept, unless it means nothing any more.
func (b *FilterBar) restore(s map[string]string) {
	if b.SetText(s[stateFilter]) != nil {
		b.Set(nil)
	}
}
