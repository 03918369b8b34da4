package views

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/inspect"
)

// Narrowing is a view whose numbers may be those of what passes a filter.
type Narrowing interface {
	Inspecting
	// Narrowed is what its numbers are of; false if they are those of all.
	Narrowed() (inspect.Chosen, bool)
}

// Narrowed implements [Narrowing].
func (v *Errors) Narrowed() (inspect.Chosen, bool) {
	c := inspect.Chosen{Filter: v.bar.filter}
	if found, ok := v.chosen.derived.(errorsFound); ok && v.chosen.current() && found.errors != nil {
		c.Errors, c.Window = found.errors, found.window
	}
	return c, !v.bar.filter.Empty()
}

// Focused implements [Inspecting]: there is but one thing in the view.
func (v *Logs) Focused() (id, title string) { return string(v.id), v.title }

// Narrowed implements [Narrowing]: of the lines in memory those that pass.
func (v *Logs) Narrowed() (inspect.Chosen, bool) {
	c := inspect.Chosen{Filter: v.choice().filter}
	if v.data.Snapshot == nil {
		return c, true
	}
	c.Window = v.inMemory()
	lines := v.all()
	switch {
	case v.chosen.current():
		lines = newBetween(v.chosen.found.hits[:v.chosen.found.until], v.limit())
	case !v.chosen.idle():
		return c, true // they are being looked for
	}
	undated, _ := lines.Find(c.Window.From, 0)
	n := int64(lines.Len())
	c.Number, c.Undated = &n, int64(undated)
	return c, true
}

// inMemory is the stretch of time of which lines are in memory, as far as it is shown.
func (v *Logs) inMemory() data.Window {
	s, w := v.data.Snapshot, v.limit()
	from := w.From
	if from.IsZero() {
		from = from.Add(1) // lines without a time stand before all others
	}
	if i, _ := s.Logs.Find(from, 0); i < s.Logs.Len() {
		w.From = s.Logs.At(i).Time
	}
	if w.To.IsZero() || w.To.After(s.At) {
		w.To = s.At
	}
	return w
}
