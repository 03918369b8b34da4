package views

import tea "charm.land/bubbletea/v2"

// moused handles the mouse: a click selects what it is on, and opens what is
// selected; the wheel moves the cursor of the panel it is on.
func (v *Board) moused(msg tea.Msg) Intent {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return v.clicked(msg.X, msg.Y)
		}
	case tea.MouseWheelMsg:
		panel := v.panelAt(msg.X, msg.Y)
		if panel < 0 {
			return nil
		}
		v.goTo(v.at(panel))
		d, notches := down, Wheel(msg)
		if notches < 0 {
			d, notches = up, -notches
		}
		for range notches {
			if next := v.walk().next(d); next >= 0 {
				v.selectRow(next)
			}
		}
	}
	return nil
}

// panelAt is the panel at a place of the view; -1 if there is none.
func (v *Board) panelAt(x, y int) int {
	for _, p := range v.layout {
		if x >= p.X && x < p.X+p.W && y >= p.Y && y < p.Y+p.H {
			return v.panelOf(p.id)
		}
	}
	return -1
}

func (v *Board) clicked(x, y int) Intent {
	panel := v.panelAt(x, y)
	if panel < 0 {
		return nil
	}
	before := v.here()
	v.goTo(v.at(panel))
	i := v.itemAt(x, y)
	if i < 0 {
		return nil
	}
	if before.panel == panel && before.row == i {
		return v.open()
	}
	v.selectRow(i)
	return nil
}

// itemAt is the item of the panel with the focus at a place of the view, the
// smallest of those there; -1 if there is none.
func (v *Board) itemAt(x, y int) int {
	at := v.layout[v.placeOf(v.focus)]
	in := v.input()
	in.Offset, in.Cursor = v.lists[v.focus].offset, v.lists[v.focus].cursor // as it is on the screen
	items := v.ask(&v.panels[v.focus], &in, at)
	x, y = x-at.X-1, y-at.Y-1
	best := -1
	for i := range items.List {
		o := &items.List[i]
		if x >= o.X && x < o.X+o.W && y >= o.Y && y < o.Y+o.H && (best < 0 || o.W*o.H <= items.List[best].W*items.List[best].H) {
			best = i
		}
	}
	return best
}
