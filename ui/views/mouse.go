package views

import tea "charm.land/bubbletea/v2"

// wheelStep is how many rows a notch of the wheel moves, as in most terminals.
const wheelStep = 3

// Wheel is how many rows a message of the mouse's wheel moves: down if positive.
func Wheel(msg tea.MouseWheelMsg) int {
	switch msg.Button {
	case tea.MouseWheelUp:
		return -wheelStep
	case tea.MouseWheelDown:
		return wheelStep
	}
	return 0
}

// moused handles the mouse over a board: a click gives a panel the focus and
// selects the row it is on, a second one opens it; the wheel moves along the rows
// of the panel below it.
func (v *Board) moused(msg tea.Msg) Intent {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return v.clicked(msg.X, msg.Y)
	case tea.MouseWheelMsg:
		if at, _, ok := v.pointed(msg.X, msg.Y); ok && v.rowCount(at.panel) > 0 {
			v.goTo(v.at(at.panel))
			v.selectRow(v.lists[at.panel].cursor + Wheel(msg))
		}
	}
	return nil
}

// clicked gives the focus to what is at a place; if it has it, what it opens.
func (v *Board) clicked(x, y int) Intent {
	at, onRow, ok := v.pointed(x, y)
	if !ok {
		return nil
	}
	if at != v.here() {
		v.goTo(at)
		return nil
	}
	id := v.panels[at.panel].ID
	switch {
	case v.spec.rows[id].open != nil && onRow:
		return v.open()
	case v.spec.rows[id].open == nil && v.spec.leads[id] != "":
		return SwitchTo{v.spec.leads[id]}
	}
	return nil
}

// pointed is the position at a place: the panel there, and the row of a list or,
// where none is, the row that is selected.
func (v *Board) pointed(x, y int) (at position, onRow, ok bool) {
	const borderAndHeading = 2
	for _, p := range v.layout {
		if x < p.X || x >= p.X+p.W || y < p.Y || y >= p.Y+p.H {
			continue
		}
		at = v.at(v.panelOf(p.id))
		row := v.lists[at.panel].offset + y - p.Y - borderAndHeading
		if y >= p.Y+borderAndHeading && y < p.Y+p.H-1 && row < v.rowCount(at.panel) {
			at.row, onRow = row, true
		}
		return at, onRow, true
	}
	return position{}, false, false
}

// moused handles the mouse over a text.
func (d *Detail) moused(msg tea.MouseWheelMsg) {
	d.layOut()
	d.top += Wheel(msg)
	d.layOut()
}

// moused handles the mouse over the log.
func (v *Logs) moused(msg tea.MouseWheelMsg) tea.Cmd {
	switch n := Wheel(msg); {
	case v.mode != logsReading || v.lines().Len() == 0:
	case n < 0:
		return v.moveUp(-n)
	case n > 0 && !v.following:
		v.moveDown(n)
	}
	return nil
}
