package views

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// Diff is two rows of invocation_log side by side. The columns that are not in
// memory are read when it is opened.
type Diff struct {
	*Detail
	a, b   string // ids
	asked  bool
	stored [2]panels.Stored // nil until they have been read
}

// diffMsg brings the rows as they stand in the database.
type diffMsg struct {
	Answer
	to   *Diff
	page data.RowPage
	err  error
}

// NewDiff sets two rows side by side.
func NewDiff(c *Context, a, b data.InvocationRow) *Diff {
	v := &Diff{a: a.ID, b: b.ID}
	title := "Diff of " + safe.Truncate(a.ID, 12) + " and " + safe.Truncate(b.ID, 12)
	v.Detail = newDetail(c, IDRow, title, Uses{Money: true}, func(env *panels.Env, w int) []string {
		return panels.InvocationDiff(env, &a, &b, v.stored[0], v.stored[1], w)
	})
	v.subject = Subject{ID: b.ID, Text: a.ID + "\t" + b.ID}
	return v
}

// SetData implements [View].
func (v *Diff) SetData(*Data) tea.Cmd {
	archive := v.ctx.Archive
	if v.asked || archive == nil {
		return nil
	}
	v.asked = true
	ctx := v.ctx.Done
	if ctx == nil {
		ctx = context.Background()
	}
	q := data.RowQuery{Table: "invocation_log", Column: "id", Values: []string{v.a, v.b}, Limit: 2}
	return func() tea.Msg {
		page, err := archive.Rows(ctx, q)
		return diffMsg{to: v, page: page, err: err}
	}
}

// Update implements [View].
func (v *Diff) Update(msg tea.Msg) (Intent, tea.Cmd) {
	answer, ok := msg.(diffMsg)
	if !ok {
		return v.Detail.Update(msg)
	}
	if answer.to != v {
		return nil, nil
	}
	if answer.err != nil {
		return Say{Text: "the other columns can't be read: " + answer.err.Error(), Wrong: true}, nil
	}
	for _, row := range answer.page.Rows {
		for i, id := range []string{v.a, v.b} {
			if string(row.Fields["id"]) == string(data.TextJSON(id)) {
				v.stored[i] = panels.Stored(row.Fields)
			}
		}
	}
	v.lines = nil
	return nil, nil
}
