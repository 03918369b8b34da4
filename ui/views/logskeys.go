package views

// LogsKeys are the keys of the Logs view.
type LogsKeys struct {
	Up, Down, PageUp, PageDown Binding
	First, Last, Follow        Binding
	Open, Wrap, Columns        Binding
	Filter, Saved, Level       Binding
	Find, Next, Previous       Binding
	Around, GoTo               Binding
	Bookmark, NextBookmark     Binding
	Stop, Unfind, Clear        Binding // Esc, the first of these that has something to end
	Go, Cancel                 Binding // while a moment is being typed
	Left, Right, Toggle, Done  Binding // while columns are being chosen
}

// NewLogsKeys is the default key map of the Logs view.
func NewLogsKeys() LogsKeys {
	return LogsKeys{
		Up:           NewBinding("move.up", GroupMove, "↑/k", "a line up", "up", "k"),
		Down:         NewBinding("move.down", GroupMove, "↓/j", "a line down", "down", "j"),
		PageUp:       NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown:     NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:        NewBinding("move.first", GroupMove, "g", "oldest line", "g", "home"),
		Last:         NewBinding("move.last", GroupMove, "G", "last line", "G", "end"),
		Follow:       NewBinding("lines.follow", GroupLines, "G", "follow", "G", "end"),
		Open:         NewBinding("row.open", GroupLines, "enter", "open line", "enter"),
		Filter:       NewBinding("lines.filter", GroupLines, "/", "filter", "/"),
		Saved:        NewBinding("lines.saved", GroupLines, "F", "saved filters", "F"),
		Level:        NewBinding("lines.level", GroupLines, "v", "level", "v"),
		Find:         NewBinding("lines.find", GroupLines, "f", "find", "f"),
		Next:         NewBinding("lines.next", GroupLines, "n", "next match", "n"),
		Previous:     NewBinding("lines.previous", GroupLines, "N", "match before", "N"),
		Around:       NewBinding("lines.around", GroupLines, "C", "lines around", "C"),
		Wrap:         NewBinding("lines.wrap", GroupLines, "w", "wrap", "w"),
		Columns:      NewBinding("lines.columns", GroupLines, "o", "columns", "o"),
		GoTo:         NewBinding("lines.goto", GroupTime, "@", "go to a time", "@"),
		Bookmark:     NewBinding("lines.bookmark", GroupLines, "b", "bookmark", "b"),
		NextBookmark: NewBinding("lines.next_bookmark", GroupLines, "'", "next bookmark", "'"),
		Stop:         NewBinding("older.stop", GroupLines, "esc", "stop loading", "esc"),
		Unfind:       NewBinding("lines.unfind", GroupLines, "esc", "end search", "esc"),
		Clear:        NewBinding("lines.clear", GroupLines, "esc", "clear filter", "esc"),
		Go:           NewBinding("goto.apply", GroupTime, "enter", "go there", "enter"),
		Cancel:       NewBinding("goto.cancel", GroupTime, "esc", "cancel", "esc"),
		Left:         NewBinding("move.left", GroupMove, "←/h", "column before", "left", "h"),
		Right:        NewBinding("move.right", GroupMove, "→/l", "next column", "right", "l"),
		Toggle:       NewBinding("columns.toggle", GroupLines, "space", "show/hide", "space"),
		Done:         NewBinding("columns.done", GroupLines, "esc/o", "done", "esc", "o", "enter"),
	}
}

// All lists the bindings, the most useful first.
func (k *LogsKeys) All() []*Binding {
	return []*Binding{
		&k.Go, &k.Cancel, &k.Toggle, &k.Done, &k.Left, &k.Right,
		&k.Follow, &k.Stop, &k.Unfind, &k.Clear, &k.Next, &k.Previous, &k.Open, &k.Filter, &k.Find, &k.Level, &k.Around, &k.Saved,
		&k.Wrap, &k.Columns, &k.Bookmark, &k.NextBookmark, &k.GoTo,
		&k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last,
	}
}
