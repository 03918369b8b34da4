package views

// LogsKeys are the keys of the Logs view.
type LogsKeys struct {
	Up, Down, PageUp, PageDown Binding
	First, Follow              Binding
	Open, Wrap                 Binding
	Filter, Level, Clear       Binding
	Apply, Cancel              Binding // while a filter is being typed
}

// NewLogsKeys is the default key map of the Logs view.
func NewLogsKeys() LogsKeys {
	return LogsKeys{
		Up:       NewBinding("move.up", GroupMove, "↑/k", "a line up", "up", "k"),
		Down:     NewBinding("move.down", GroupMove, "↓/j", "a line down", "down", "j"),
		PageUp:   NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown: NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:    NewBinding("move.first", GroupMove, "g", "oldest line", "g", "home"),
		Follow:   NewBinding("lines.follow", GroupLines, "G", "follow", "G", "end"),
		Open:     NewBinding("row.open", GroupLines, "enter", "open line", "enter"),
		Filter:   NewBinding("lines.filter", GroupLines, "/", "filter", "/"),
		Level:    NewBinding("lines.level", GroupLines, "v", "level", "v"),
		Clear:    NewBinding("lines.clear", GroupLines, "esc", "clear filter", "esc"),
		Wrap:     NewBinding("lines.wrap", GroupLines, "w", "wrap", "w"),
		Apply:    NewBinding("filter.apply", GroupLines, "enter", "filter", "enter"),
		Cancel:   NewBinding("filter.cancel", GroupLines, "esc", "cancel", "esc"),
	}
}

// All lists the bindings, the most useful first.
func (k *LogsKeys) All() []*Binding {
	return []*Binding{
		&k.Apply, &k.Cancel, &k.Follow, &k.Clear, &k.Open, &k.Filter, &k.Level, &k.Wrap,
		&k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First,
	}
}
