package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"github.com/donna-project/donnatop/ui/views"
)

// Keys are the keys that mean the same in all views.
type Keys struct {
	Back, LastView         views.Binding
	NextView, PreviousView views.Binding
	Earlier, Later         views.Binding   // along the places where the reader was
	Views                  []views.Binding // one for each tab
	Range, ZoomIn, ZoomOut views.Binding
	ShiftBack, ShiftOn     views.Binding // by half the range
	Live, StopReading      views.Binding
	Inspect                views.Binding
	Pause, Resume, Money   views.Binding
	Sources, Help, Theme   views.Binding
	Palette                views.Binding
	Copy, CopyID, Export   views.Binding
	Trace                  views.Binding
	Mouse                  views.Binding
	Quit, Interrupt        views.Binding
	Suspend                views.Binding // only where a shell waits below
}

// NewKeys is the default key map.
func NewKeys() Keys {
	k := Keys{
		Back:         views.NewBinding("view.back", views.GroupView, "esc", "back", "esc"),
		LastView:     views.NewBinding("view.last", views.GroupView, "-", "last view", "-"),
		NextView:     views.NewBinding("view.next", views.GroupView, "tab", "next view", "tab"),
		PreviousView: views.NewBinding("view.previous", views.GroupView, "shift+tab", "previous view", "shift+tab"),
		Earlier:      views.NewBinding("view.earlier", views.GroupView, "alt+←", "where you were", "alt+left", "backspace"),
		Later:        views.NewBinding("view.later", views.GroupView, "alt+→", "and forward again", "alt+right"),
		Range:        views.NewBinding("range.pick", views.GroupTime, "t", "range", "t"),
		ZoomIn:       views.NewBinding("range.in", views.GroupTime, "z", "half the range", "z"),
		ZoomOut:      views.NewBinding("range.out", views.GroupTime, "Z", "twice the range", "Z"),
		ShiftBack:    views.NewBinding("range.earlier", views.GroupTime, "[", "half a range back", "["),
		ShiftOn:      views.NewBinding("range.later", views.GroupTime, "]", "half a range on", "]"),
		Live:         views.NewBinding("range.live", views.GroupTime, ".", "back to now", "."),
		StopReading:  views.NewBinding("range.stop", views.GroupTime, "esc", "stop reading", "esc"),
		Inspect:      views.NewBinding("panel.inspect", views.GroupPanel, "i", "inspect", "i"),
		Pause:        views.NewBinding("screen.pause", views.GroupTime, "space", "pause", "space"),
		Resume:       views.NewBinding("screen.resume", views.GroupTime, "space", "go on", "space"),
		Money:        views.NewBinding("screen.money", views.GroupScreen, "$", "hide/show money", "$"),
		Trace:        views.NewBinding("trace.open", views.GroupView, "c", "trace", "c"),
		Copy:         views.NewBinding("row.copy", views.GroupPanel, "y", "copy", "y"),
		CopyID:       views.NewBinding("row.copy_id", views.GroupPanel, "Y", "copy id", "Y"),
		Export:       views.NewBinding("panel.export", views.GroupPanel, "e", "export", "e"),
		Sources:      views.NewBinding("screen.sources", views.GroupScreen, "S", "sources", "S"),
		Mouse:        views.NewBinding("screen.mouse", views.GroupScreen, "m", "mouse on/off", "m"),
		Palette:      views.NewBinding("screen.palette", views.GroupScreen, ":", "command", ":"),
		Theme:        views.NewBinding("screen.theme", views.GroupScreen, "T", "theme", "T"),
		Help:         views.NewBinding("screen.help", views.GroupScreen, "?", "help", "?"),
		Quit:         views.NewBinding("app.quit", views.GroupScreen, "q", "quit", "q"),
		Interrupt:    views.NewBinding("app.interrupt", views.GroupScreen, "ctrl+c", "quit at once", "ctrl+c"),
		Suspend:      views.NewBinding("app.suspend", views.GroupScreen, "ctrl+z", "suspend, fg goes on", "ctrl+z"),
	}
	for _, t := range tabs {
		k.Views = append(k.Views, views.NewBinding("view."+string(t.id), views.GroupView, t.key, t.title, t.key))
	}
	return k
}

// All lists the bindings, the most useful first.
func (k *Keys) All() []*views.Binding {
	all := []*views.Binding{&k.StopReading, &k.Back, &k.Trace, &k.Live, &k.Resume, &k.Pause, &k.Range}
	for i := range k.Views {
		all = append(all, &k.Views[i])
	}
	return append(all, &k.Inspect, &k.ZoomIn, &k.ZoomOut, &k.ShiftBack, &k.ShiftOn, &k.Palette, &k.Copy, &k.CopyID, &k.Export, &k.Sources, &k.Money, &k.Theme, &k.LastView, &k.NextView, &k.PreviousView, &k.Earlier, &k.Later, &k.Mouse, &k.Help, &k.Quit, &k.Interrupt, &k.Suspend)
}

// OverlayKeys are the keys of what lies over a view: help and sources.
type OverlayKeys struct{ Close views.Binding }

// NewOverlayKeys is the default key map of overlays.
func NewOverlayKeys() OverlayKeys {
	return OverlayKeys{Close: views.NewBinding("overlay.close", views.GroupScreen, "esc/q", "close", "esc", "q", "?")}
}

// All lists the bindings.
func (k *OverlayKeys) All() []*views.Binding { return []*views.Binding{&k.Close} }

// Scope is a part of the program with keys of its own.
type Scope struct {
	Name     string
	Bindings []views.Binding
	// beside are the bindings of other scopes that hold at the same time.
	beside []views.Binding
}

// Bindings lists every key there is, scope by scope, whether or not it does
// something at the moment: the printed key table is made from it.
func Bindings() []Scope {
	app, overlay := NewKeys(), NewOverlayKeys()
	board, logs, bar, detail := views.NewBoardKeys(), views.NewLogsKeys(), views.NewBarKeys(), views.NewDetailKeys()
	life, item := views.NewTraceKeys(), views.NewTraceItemKeys()
	errorsView := views.NewErrorsKeys()
	behind := views.NewBehindKeys()
	pick, line := NewPickKeys(), NewPaletteKeys()
	ranges, about := views.NewRangePickerKeys(), NewInspectKeys()
	everywhere, closing := values(app.All()), values([]*views.Binding{&overlay.Close, &app.Interrupt, &app.Suspend})
	return []Scope{
		{Name: "Everywhere", Bindings: everywhere},
		{Name: "Panels", Bindings: values(board.All()), beside: everywhere},
		{Name: "Errors", Bindings: values(errorsView.All()), beside: slices.Concat(everywhere, values(board.All()))},
		{Name: "Rows behind a figure", Bindings: values(behind.All()), beside: everywhere},
		{Name: "Logs", Bindings: values(logs.All()), beside: everywhere},
		{Name: "Filter bar", Bindings: values(bar.All()), beside: closing[1:]},
		{Name: "Details", Bindings: values(detail.All()), beside: slices.Concat(everywhere, closing)},
		{Name: "Trace", Bindings: values(life.All()), beside: everywhere},
		{Name: "Items of a trace", Bindings: values(item.All()), beside: everywhere},
		{Name: "Lists to choose from", Bindings: values(pick.All()), beside: closing},
		{Name: "Command palette", Bindings: values(line.All()), beside: closing[1:]},
		{Name: "About a panel", Bindings: values(about.All()), beside: slices.Concat(values(detail.All()), closing)},
		{Name: "Time ranges", Bindings: values(ranges.All()), beside: closing[1:]},
		{Name: "What lies over a view", Bindings: closing[:1], beside: closing[1:]},
	}
}

func values(bindings []*views.Binding) []views.Binding {
	out := make([]views.Binding, len(bindings))
	for i, b := range bindings {
		out[i] = *b
	}
	return out
}

// handles tells whether one of the bindings is for the key.
func handles(bindings []views.Binding, press interface{ String() string }) bool {
	for _, b := range bindings {
		if key.Matches(press, b.Binding) {
			return true
		}
	}
	return false
}

// without drops from bindings those whose keys others all take first.
func without(bindings, others []views.Binding) []views.Binding {
	taken := make(map[string]bool)
	for _, o := range others {
		for _, k := range o.Keys() {
			taken[k] = true
		}
	}
	var out []views.Binding
	for _, b := range bindings {
		for _, k := range b.Keys() {
			if !taken[k] {
				out = append(out, b)
				break
			}
		}
	}
	return out
}
