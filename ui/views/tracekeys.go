package views

// TraceKeys are the keys of a trace.
type TraceKeys struct {
	Up, Down, PageUp, PageDown, First, Last Binding
	Open                                    Binding
	NextError, PreviousError, ErrorsOnly    Binding
	ZoomIn, ZoomOut, Earlier, Later, Fit    Binding
	Group, Reload                           Binding
	Filter, Saved, Find, Next, Previous     Binding
	Unfind, Clear                           Binding // Esc, the first of these that has something to end
}

// NewTraceKeys is the default key map of a trace.
func NewTraceKeys() TraceKeys {
	return TraceKeys{
		Up:            NewBinding("move.up", GroupMove, "↑/k", "an item up", "up", "k"),
		Down:          NewBinding("move.down", GroupMove, "↓/j", "an item down", "down", "j"),
		PageUp:        NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown:      NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:         NewBinding("move.first", GroupMove, "g", "first item", "g", "home"),
		Last:          NewBinding("move.last", GroupMove, "G", "last item", "G", "end"),
		Open:          NewBinding("row.open", GroupPanel, "enter", "open item", "enter"),
		NextError:     NewBinding("trace.next_error", GroupLines, "n", "next error", "n"),
		PreviousError: NewBinding("trace.previous_error", GroupLines, "N", "previous error", "N"),
		ErrorsOnly:    NewBinding("trace.errors_only", GroupLines, "!", "errors only", "!"),
		Filter:        NewBinding("lines.filter", GroupLines, "/", "filter", "/"),
		Saved:         NewBinding("lines.saved", GroupLines, "F", "saved filters", "F"),
		Find:          NewBinding("lines.find", GroupLines, "f", "find", "f"),
		Next:          NewBinding("lines.next", GroupLines, "n", "next match", "n"),
		Previous:      NewBinding("lines.previous", GroupLines, "N", "match before", "N"),
		Unfind:        NewBinding("lines.unfind", GroupLines, "esc", "end search", "esc"),
		Clear:         NewBinding("lines.clear", GroupLines, "esc", "clear filter", "esc"),
		ZoomIn:        NewBinding("trace.zoom_in", GroupTime, "z", "zoom in", "z"),
		ZoomOut:       NewBinding("trace.zoom_out", GroupTime, "Z", "zoom out", "Z"),
		Earlier:       NewBinding("trace.earlier", GroupTime, "[", "earlier", "["),
		Later:         NewBinding("trace.later", GroupTime, "]", "later", "]"),
		Fit:           NewBinding("trace.fit", GroupTime, "=", "all of it", "="),
		Group:         NewBinding("trace.group", GroupPanel, "b", "by time/service", "b"),
		Reload:        NewBinding("trace.reload", GroupPanel, "r", "read again", "r"),
	}
}

// All lists the bindings, the most useful first.
func (k *TraceKeys) All() []*Binding {
	return []*Binding{
		&k.Unfind, &k.Clear, &k.Next, &k.Open, &k.NextError, &k.ErrorsOnly, &k.Filter, &k.ZoomIn, &k.ZoomOut, &k.Fit, &k.Reload, &k.Group, &k.Find, &k.PreviousError, &k.Previous, &k.Saved, &k.Earlier, &k.Later,
		&k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last,
	}
}
