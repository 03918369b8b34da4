package ui

import (
	"context"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/sqlite"
)

// rowArchive answers for the rows of a database that is gone; of lines it knows
// none.
type rowArchive struct {
	rows      []data.InvocationRow // newest first
	documents data.RowPage
}

// rememberRows reads all that a rowArchive is asked for.
func rememberRows(ctx context.Context, db *sqlite.Lookup) (*rowArchive, error) {
	all, err := db.Invocations(ctx, data.InvocationQuery{Limit: 1 << 20})
	if err != nil {
		return nil, err
	}
	a := &rowArchive{rows: all.Rows}
	err = db.Read(ctx, func(find func(data.RowQuery) (data.RowPage, error)) error {
		a.documents, err = find(data.RowQuery{Table: "memory_documents", Limit: 1 << 20})
		return err
	})
	return a, err
}

func (a *rowArchive) Invocations(_ context.Context, q data.InvocationQuery) (page data.InvocationPage, err error) {
	for i := range a.rows {
		if r := &a.rows[i]; q.Match(r) && (q.After == nil || q.Order.Compare(q.After, r) < 0) {
			page.Rows = append(page.Rows, *r)
		}
	}
	slices.SortStableFunc(page.Rows, func(a, b data.InvocationRow) int { return q.Order.Compare(&a, &b) })
	if q.After == nil {
		page.Rows = page.Rows[min(q.Skip, len(page.Rows)):]
	}
	if len(page.Rows) > q.Limit {
		page.Rows, page.More = page.Rows[:q.Limit], true
	}
	return page, nil
}

func (a *rowArchive) Rows(context.Context, data.RowQuery) (data.RowPage, error) {
	return a.documents, nil
}

func (a *rowArchive) Lines(context.Context, data.LineQuery, func(float64)) (data.LinePage, error) {
	return data.LinePage{}, nil
}
