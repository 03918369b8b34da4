package views

import tea "charm.land/bubbletea/v2"

// Filtering is a view whose lines can be chosen by an expression.
type Filtering interface {
	// SetFilter shows only what passes the expression; all if it is empty. The
	// error says what is wrong with it, and leaves what was there before.
	SetFilter(text string) (tea.Cmd, error)
}

// Stateful is a view that is the next time as it was left.
type Stateful interface {
	// State is what to keep: few and short values, fit for a file that anybody may
	// edit. What is as it is at first is left out.
	State() map[string]string
	// Restore takes it back before the view is first shown. What it doesn't
	// understand it ignores.
	Restore(state map[string]string) tea.Cmd
}
