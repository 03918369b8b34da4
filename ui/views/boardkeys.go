package views

// BoardKeys are the keys of a board.
type BoardKeys struct {
	Up, Down, Left, Right Binding
	Next, Previous        Binding
	PageUp, PageDown      Binding
	First, Last           Binding
	Open, Follow          Binding
	Acknowledge           Binding
	FullScreen, Shrink    Binding
	Split, Sort           Binding
}

// NewBoardKeys is the default key map of a board.
func NewBoardKeys() BoardKeys {
	return BoardKeys{
		Up:          NewBinding("move.up", GroupMove, "↑/k", "item or panel above", "up", "k"),
		Down:        NewBinding("move.down", GroupMove, "↓/j", "item or panel below", "down", "j"),
		Left:        NewBinding("move.left", GroupMove, "←/h", "item or panel to the left", "left", "h"),
		Right:       NewBinding("move.right", GroupMove, "→/l", "item or panel to the right", "right", "l"),
		PageUp:      NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown:    NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:       NewBinding("move.first", GroupMove, "g", "first item", "g", "home"),
		Last:        NewBinding("move.last", GroupMove, "G", "last item", "G", "end"),
		Open:        NewBinding("row.open", GroupPanel, "enter", "rows behind it", "enter"),
		Follow:      NewBinding("panel.follow", GroupPanel, "o", "its view", "o"),
		Acknowledge: NewBinding("alert.acknowledge", GroupPanel, "a", "acknowledge", "a"),
		FullScreen:  NewBinding("panel.full_screen", GroupPanel, "f", "full screen", "f"),
		Shrink:      NewBinding("panel.shrink", GroupPanel, "f/esc", "all panels", "f", "esc"),
		Next:        NewBinding("panel.next", GroupPanel, "n", "next panel", "n"),
		Previous:    NewBinding("panel.previous", GroupPanel, "p", "previous panel", "p"),
		Split:       NewBinding("panel.split", GroupPanel, "b", "by type/model", "b"),
		Sort:        NewBinding("panel.sort", GroupPanel, "s", "sort by calls/cost", "s"),
	}
}

// All lists the bindings, the most useful first.
func (k *BoardKeys) All() []*Binding {
	return []*Binding{
		&k.Acknowledge, &k.Open, &k.Follow, &k.FullScreen, &k.Shrink, &k.Next, &k.Split, &k.Sort, &k.Previous,
		&k.Up, &k.Down, &k.Left, &k.Right, &k.PageUp, &k.PageDown, &k.First, &k.Last,
	}
}
