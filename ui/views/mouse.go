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
