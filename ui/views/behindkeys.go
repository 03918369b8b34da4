package views

// BehindKeys are the keys of the rows behind a figure.
type BehindKeys struct {
	Up, Down, PageUp, PageDown Binding
	First, Last                Binding
	Open, Sort, Again          Binding
	Mark, Diff                 Binding
	Filter, Saved, Clear       Binding
}

// NewBehindKeys is the default key map of the rows behind a figure.
func NewBehindKeys() BehindKeys {
	return BehindKeys{
		Up:       NewBinding("move.up", GroupMove, "↑/k", "a row up", "up", "k"),
		Down:     NewBinding("move.down", GroupMove, "↓/j", "a row down", "down", "j"),
		PageUp:   NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown: NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:    NewBinding("move.first", GroupMove, "g", "first row", "g", "home"),
		Last:     NewBinding("move.last", GroupMove, "G", "last row", "G", "end"),
		Open:     NewBinding("row.open", GroupLines, "enter", "open row", "enter"),
		Sort:     NewBinding("rows.sort", GroupLines, "s", "sort", "s"),
		Again:    NewBinding("rows.again", GroupLines, "r", "read again", "r"),
		Mark:     NewBinding("row.mark", GroupLines, "v", "mark", "v"),
		Diff:     NewBinding("row.diff", GroupLines, "D", "diff with marked", "D"),
		Filter:   NewBinding("lines.filter", GroupLines, "/", "filter", "/"),
		Saved:    NewBinding("lines.saved", GroupLines, "F", "saved filters", "F"),
		Clear:    NewBinding("lines.clear", GroupLines, "esc", "clear filter", "esc"),
	}
}

// All lists the bindings, the most useful first.
func (k *BehindKeys) All() []*Binding {
	return []*Binding{
		&k.Again, &k.Clear, &k.Open, &k.Sort, &k.Filter, &k.Mark, &k.Diff, &k.Saved,
		&k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last,
	}
}
