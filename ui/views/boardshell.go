package views

import (
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels"
)

// The names and values under which a board is kept.
const (
	stateSplit = "split"
	byModel    = "model"
	stateSort  = "sort"
	byCost     = "cost"
)

// State implements [Stateful].
func (v *Board) State() map[string]string {
	s := make(map[string]string)
	if v.split == panels.ByModel {
		s[stateSplit] = byModel
	}
	if v.measure == panels.Cost {
		s[stateSort] = byCost
	}
	return s
}

// Restore implements [Stateful].
func (v *Board) Restore(s map[string]string) tea.Cmd {
	if s[stateSplit] == byModel {
		v.split = panels.ByModel
	}
	if s[stateSort] == byCost {
		v.measure = panels.Cost
	}
	return nil
}
