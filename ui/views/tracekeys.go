package views

// TraceKeys are the keys of a trace.
type TraceKeys struct {
	Up, Down, PageUp, PageDown, First, Last Binding
	Open                                    Binding
	NextError, PreviousError, ErrorsOnly    Binding
	ZoomIn, ZoomOut, Earlier, Later, Fit    Binding
	Group, Reload                           Binding
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
		&k.Open, &k.NextError, &k.ErrorsOnly, &k.ZoomIn, &k.ZoomOut, &k.Fit, &k.Group, &k.Reload, &k.PreviousError, &k.Earlier, &k.Later,
		&k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last,
	}
}
