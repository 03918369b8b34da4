package views

// Inspecting is a view that can tell which of its panels has the focus.
type Inspecting interface {
	// Focused is the panel's id and title; "" if there is none.
	Focused() (id, title string)
}

// Focused implements [Inspecting].
func (v *Board) Focused() (id, title string) {
	if len(v.layout) == 0 {
		return "", ""
	}
	p := &v.panels[v.focus]
	return p.ID, p.Title
}
