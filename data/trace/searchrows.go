package trace

import (
	"errors"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
)

// resolve finds out what the id asked for is.
func (s *search) resolve() {
	if i, ok := givenID(s.given); ok {
		s.ids.add(i)
		return
	}
	s.read(func(find finder) error {
		// first the tables of which it can be the row's own id, by their index
		for pass := range passes {
			for i := range tables {
				for _, c := range tables[i].columns {
					if s.kind != "" || c.key.numbered() || pass != passOf(&tables[i], c) {
						continue
					}
					if err := s.resolveAs(find, &tables[i], c); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if s.kind == "" {
		s.ids.add(id{"", s.given})
	}
}

// passes are the rounds in which columns are asked whether they hold an id: first
// those that identify a row, by their index, last what may be anything's id.
const passes = 3

func passOf(t *table, c column) int {
	own := c.key == keyRow || c.name == "id" || t.name == "escalation_request" && c.name == "correlation_id"
	switch {
	case own && !c.scan:
		return 0
	case c.key != keyEntity:
		return 1
	}
	return 2
}

// resolveAs takes the id asked for as one of a key if a column holds it.
func (s *search) resolveAs(find finder, t *table, c column) error {
	i := id{c.key, s.given}
	page, err := s.rowsBy(find, t, c, i)
	if err != nil || !slices.ContainsFunc(page.Rows, s.counts) {
		return err
	}
	s.kind = kindOf[c.key]
	if s.kind == "" {
		s.kind = t.owner
	}
	s.ids.add(i)
	return nil
}

// counts tells whether a row isn't dated too late.
func (s *search) counts(row data.Row) bool {
	r := newRowItem(row)
	return !r.dated || !s.later(r.item.Time)
}

type finder = func(data.RowQuery) (data.RowPage, error)

// read opens the database for fn, unless it has failed before.
func (s *search) read(fn func(find finder) error) {
	if s.DB == nil || s.failed(data.SourceDB) || s.ctx.Err() != nil {
		return
	}
	s.busy = data.SourceDB
	err := s.DB.Read(s.ctx, fn)
	if s.ctx.Err() != nil {
		return
	}
	s.busy = ""
	if err != nil && !errors.Is(err, errFull) {
		s.states[data.SourceDB] = data.SourceState{State: data.StateFailed, Detail: err.Error()}
	}
}

// errFull ends a reading because a cap was reached.
var errFull = errors.New("the trace is full")

// readRows looks for the rows of all ids that are new, and of those that these
// rows bring up.
func (s *search) readRows() {
	if len(s.asked) >= len(s.ids.order) {
		return
	}
	s.read(func(find finder) error {
		for n := 0; n < len(s.ids.order); n++ {
			i := s.ids.order[n]
			if s.asked[i] {
				continue
			}
			s.asked[i] = true
			if err := s.readRowsOf(find, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *search) readRowsOf(find finder, i id) error {
	for n := range tables {
		t := &tables[n]
		for _, c := range t.columns {
			if c.key != i.key {
				continue
			}
			page, err := s.rowsBy(find, t, c, i)
			if err != nil {
				return err
			}
			if err := s.keep(page, i.key); err != nil {
				return err
			}
			if s.kind == "" && i == s.givenAs() && s.holdsRow(page) {
				s.kind = kindOf[i.key]
			}
		}
	}
	for _, q := range auditQueries(i) {
		q.Limit = s.MaxItems
		page, err := find(q)
		if err != nil {
			return err
		}
		if err := s.keep(page, i.key); err != nil {
			return err
		}
	}
	return nil
}

// holdsRow tells whether any of the rows counts.
func (s *search) holdsRow(page data.RowPage) bool {
	return slices.ContainsFunc(page.Rows, func(row data.Row) bool { return s.rows[rowKey{row.Table, row.RowID}] != nil })
}

// auditQueries find the rows that hold an id in another form: audit rows by their
// input_hash, and what a tool request caused.
func auditQueries(i id) []data.RowQuery {
	switch {
	case i.key == keyCorrelation && len(i.value) >= hashLength:
		return []data.RowQuery{{Table: invocationLog, Column: "input_hash", Values: []string{i.value[:hashLength]}, And: map[string]string{"task_type": escalationLifecycle}}}
	case i.key == keyToolRequest:
		return []data.RowQuery{
			{Table: invocationLog, Column: "input_hash", Values: []string{toolHash + i.value}, And: map[string]string{"task_type": toolGapLifecycle}},
			{Table: "escalation_request", Column: "originating_entity_id", Values: []string{i.value}, And: map[string]string{"originating_entity_type": toolRequestEntity}},
		}
	}
	return nil
}

// rowsBy looks for rows by one column.
func (s *search) rowsBy(find finder, t *table, c column, i id) (data.RowPage, error) {
	q := data.RowQuery{Table: t.name, Column: c.name, Values: []string{i.value}, Limit: s.MaxItems}
	if c.scan {
		made, ok := i.made()
		switch {
		case ok:
			q.Time, q.From = t.times[0], made.Add(-c.back)
			if c.ahead > 0 {
				q.To = made.Add(c.ahead)
			}
		case t.name == invocationLog:
			return data.RowPage{}, nil // millions of rows, and no telling where among them
		}
		if c.back == 0 {
			q.Time, q.From, q.To = "", time.Time{}, time.Time{}
		}
	}
	return find(q)
}

// keep takes rows in that were found by ids of a key, and the ids that they hold.
func (s *search) keep(page data.RowPage, by key) error {
	if page.More {
		s.cap("rows", s.MaxItems, 1)
	}
	for _, row := range page.Rows {
		k := rowKey{row.Table, row.RowID}
		r, known := s.rows[k]
		if !known {
			if s.bytes+s.lines.bytes >= s.MaxBytes {
				s.cap("bytes", s.MaxBytes, 1)
				s.full = true
				return errFull
			}
			r = newRowItem(row)
			if r.dated && s.later(r.item.Time) {
				continue
			}
			r.hub = by.hub()
			s.rows[k] = r
			s.order = append(s.order, r)
			for _, v := range row.Fields {
				s.bytes += len(v)
			}
		}
		if r.hub = r.hub && by.hub(); r.hub {
			continue
		}
		for _, i := range r.ids {
			s.ids.add(i)
		}
	}
	return nil
}
