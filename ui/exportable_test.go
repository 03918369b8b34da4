package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// exportable is a view whose list can be exported and its row copied, without
// depending on those there are.
type exportable struct {
	rows int
	w, h int

	closed int // how often
}

func (*exportable) ID() views.ID                           { return "exportable" }
func (*exportable) Title() string                          { return "Exportable" }
func (e *exportable) Resize(w, h int)                      { e.w, e.h = w, h }
func (*exportable) SetData(*views.Data) tea.Cmd            { return nil }
func (*exportable) Capturing() bool                        { return false }
func (*exportable) Uses() views.Uses                       { return views.Uses{Money: true} }
func (*exportable) Bindings() []views.Binding              { return nil }
func (e *exportable) Lines() []string                      { return line.Fit([]string{safe.Pad("list", e.w)}, e.w, e.h) }
func (*exportable) Update(tea.Msg) (views.Intent, tea.Cmd) { return nil, nil }

func (e *exportable) Subject() views.Subject {
	return views.Subject{ID: "id-1", Text: "evil\x1b]52;c;eA==\a\nrow\n\n"}
}

func (e *exportable) Export() (views.Table, bool) {
	t := views.Table{Name: "calls", Columns: []string{"id", "cost_usd"}, Rows: [][]any{{"=a", 0.5}, {"b", nil}}}
	for i := range e.rows {
		t.Rows = append(t.Rows, []any{fmt.Sprintf("row %d", i), 1.0})
	}
	return t, e.rows >= 0
}

func (e *exportable) Close() { e.closed++ }
