package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// find answers a query in the way that costs least.
func (s *lookup) find(ctx context.Context, d *database, q data.RowQuery) (page data.RowPage, err error) {
	t, err := s.shapeOf(d, q.Table)
	if err != nil || t == nil || q.Column != "" && (!t.has(q.Column) || len(q.Values) == 0) || q.Time != "" && !t.has(q.Time) {
		return page, err
	}
	for c := range q.And {
		if !t.has(c) {
			return page, nil
		}
	}
	f := &finding{ctx: ctx, d: d, t: t, q: q}
	bounded := q.Time != "" && !q.From.IsZero() && !q.To.IsZero() && t.indexes[strings.ToLower(q.Time)] != ""
	led := f.leading()
	switch {
	case bounded:
		err = f.byTime()
	case led != "":
		err = f.byIndex(led)
	default:
		err = f.byScan()
	}
	if err != nil {
		return page, err
	}
	slices.SortFunc(f.rows, func(a, b data.Row) int { return cmp.Compare(a.RowID, b.RowID) })
	f.rows = slices.CompactFunc(f.rows, func(a, b data.Row) bool { return a.RowID == b.RowID })
	page = data.RowPage{Rows: f.rows, More: f.more}
	if over := len(page.Rows) - q.Limit; over > 0 {
		page.Rows, page.More = slices.Clone(page.Rows[over:]), true
	}
	return page, nil
}

// finding is one query under way.
type finding struct {
	ctx  context.Context
	d    *database
	t    *shape
	q    data.RowQuery
	rows []data.Row
	more bool
}

// leading is a column of the query by which rows are found at once; "" if there
// is none.
func (f *finding) leading() string {
	fast := func(column string) bool {
		column = strings.ToLower(column)
		return column != "" && (column == f.t.alias || f.t.indexes[column] != "")
	}
	if fast(f.q.Column) {
		return f.q.Column
	}
	for _, c := range slices.Sorted(maps.Keys(f.q.And)) {
		if fast(c) {
			return c
		}
	}
	return ""
}

// using names the index that serves a column; nothing for the rowid itself.
func (f *finding) using(column string) string {
	if index := f.t.indexes[strings.ToLower(column)]; index != "" {
		return " INDEXED BY " + index
	}
	return ""
}

// list are the columns to read, after the rowid.
func (f *finding) list() string {
	quoted := make([]string, len(f.t.columns))
	for i, c := range f.t.columns {
		quoted[i] = quote(c)
	}
	return strings.Join(quoted, ", ")
}

// conditions are what a row must hold for the value given, and the arguments,
// which are numbered from first on. A value of NULL column never matches.
func (f *finding) conditions(values []string, first int) (sql string, args []any) {
	if f.q.Column != "" {
		marks := make([]string, len(values))
		for i, v := range values {
			marks[i] = "?" + strconv.Itoa(first+i)
			args = append(args, v)
		}
		op := " = " + marks[0]
		if len(values) > 1 {
			op = " IN (" + strings.Join(marks, ", ") + ")"
		}
		sql += " AND " + quote(f.q.Column) + op
	}
	for _, c := range slices.Sorted(maps.Keys(f.q.And)) {
		sql += fmt.Sprintf(" AND %s = ?%d", quote(c), first+len(args))
		args = append(args, f.q.And[c])
	}
	return sql, args
}

// byIndex reads the rows of each value, newest first, chunk by chunk.
func (f *finding) byIndex(column string) error {
	groups := [][]string{f.q.Values}
	if f.q.Column != "" {
		groups = slices.Collect(slices.Chunk(f.q.Values, 1))
	}
	for _, values := range groups {
		cond, args := f.conditions(values, 2)
		sql := fmt.Sprintf("SELECT rowid, %s FROM %s%s WHERE rowid < ?1%s ORDER BY rowid DESC LIMIT %d", f.list(), f.t.name, f.using(column), cond, lookupChunk)
		below, had := int64(maxRowID), len(f.rows)
		for len(f.rows)-had <= f.q.Limit {
			n, last, err := f.read(sql, append([]any{below}, args...)...)
			if err != nil {
				return err
			}
			if n < lookupChunk {
				break
			}
			below = last
		}
	}
	return nil
}

// byTime reads the rows between From and To by the index on the time, in steps.
// A time with an offset other than UTC's is found at its face value only; Donna
// writes none where this is used.
func (f *finding) byTime() error {
	cond, args := f.conditions(f.q.Values, 3)
	column := quote(f.q.Time)
	sql := fmt.Sprintf("SELECT rowid, %s FROM %s%s WHERE %s >= ?1 AND %s < ?2%s", f.list(), f.t.name, f.using(f.q.Time), column, column, cond)
	for from := f.q.From.UTC(); !from.After(f.q.To); from = from.Add(timeStep) {
		to := from.Add(timeStep)
		if to.After(f.q.To) {
			to = f.q.To.UTC().Add(time.Second)
		}
		for _, r := range textRanges(from, to) {
			if _, _, err := f.read(sql, append([]any{r[0], r[1]}, args...)...); err != nil {
				return err
			}
		}
		if len(f.rows) > 4*f.q.Limit {
			f.more = true
			return nil
		}
	}
	return nil
}

// textRanges are the stretches of text in which the times in [from, to) lie, with
// a T or a blank after the date. They hold others too.
func textRanges(from, to time.Time) [2][2]string {
	const withT = "2006-01-02T15:04:05"
	day := from.Format(time.DateOnly) + "T"
	blank := [2]string{from.Format(time.DateTime), day}
	if from.Equal(from.Truncate(24 * time.Hour)) {
		blank[0] = from.Format(time.DateOnly) // a date alone is midnight
	}
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		blank[1] = to.Format(time.DateTime)
	}
	return [2][2]string{blank, {from.Format(withT), to.Format(withT)}}
}

// byScan looks at the table from its newest rows on.
func (f *finding) byScan() error {
	low, high, found, err := f.bounds()
	if err != nil || !found {
		return err
	}
	cond, args := f.conditions(f.q.Values, 3)
	border := fmt.Sprintf("SELECT rowid FROM %s WHERE rowid <= ?1 ORDER BY rowid DESC LIMIT 1 OFFSET %d", f.t.name, scanChunk-1)
	sql := fmt.Sprintf("SELECT rowid, %s FROM %s WHERE rowid BETWEEN ?1 AND ?2%s", f.list(), f.t.name, cond)
	for scanned := 0; high >= low; scanned += scanChunk {
		if scanned >= maxScanned || len(f.rows) > f.q.Limit {
			f.more = true
			return nil
		}
		bottom := low
		if _, err := f.d.conn.row(border, func(st *stmt) {
			rowid, _ := st.column(0).int()
			bottom = max(bottom, rowid)
		}, high); err != nil {
			return err
		}
		if _, _, err := f.read(sql, append([]any{bottom, high}, args...)...); err != nil {
			return err
		}
		if bottom == low {
			return nil
		}
		high = bottom - 1
	}
	return nil
}

// bounds are the rowids between which the rows of the time asked for lie.
func (f *finding) bounds() (low, high int64, found bool, err error) {
	_, err = f.d.conn.row(fmt.Sprintf("SELECT min(rowid) FROM %s", f.t.name), func(st *stmt) { low, found = st.column(0).int() })
	if err != nil || !found {
		return 0, 0, false, err
	}
	if high, err = f.d.number(fmt.Sprintf("SELECT max(rowid) FROM %s", f.t.name)); err != nil || f.q.Time == "" {
		return low, high, true, err
	}
	if !f.q.From.IsZero() {
		if low, err = f.firstSince(low, high, f.q.From.Add(-scanSlack)); err != nil {
			return 0, 0, false, err
		}
	}
	if !f.q.To.IsZero() {
		after, err := f.firstSince(low, high, f.q.To.Add(scanSlack))
		if err != nil {
			return 0, 0, false, err
		}
		if after < high {
			high = after
		}
	}
	return low, high, true, nil
}

// firstSince halves [low, high] until it has found the first row that is not
// before an instant; high if there is none.
func (f *finding) firstSince(low, high int64, t time.Time) (int64, error) {
	sql := fmt.Sprintf("SELECT rowid, %s FROM %s WHERE rowid >= ?1 ORDER BY rowid LIMIT 1", quote(f.q.Time), f.t.name)
	for low < high {
		middle := low + (high-low)/2
		at, before := middle, false
		_, err := f.d.conn.row(sql, func(st *stmt) {
			at, _ = st.column(0).int()
			ns, ok := timestamp.ParseDB(st.column(1).text())
			before = ok && ns < t.UnixNano()
		}, middle)
		if err != nil {
			return 0, err
		}
		if before {
			low = min(at, high-1) + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// read runs one statement and keeps the rows that lie in the time asked for. n
// are all rows, last is the rowid of the last.
func (f *finding) read(sql string, args ...any) (n int, last int64, err error) {
	if err := f.ctx.Err(); err != nil {
		return 0, 0, err
	}
	when := -1
	if f.q.Time != "" {
		when = slices.IndexFunc(f.t.columns, func(c string) bool { return strings.EqualFold(c, f.q.Time) })
	}
	err = f.d.conn.each(sql, func(st *stmt) bool {
		n++
		last, _ = st.column(0).int()
		if when < 0 || f.within(st.column(1+when)) {
			f.rows = append(f.rows, f.row(st))
		}
		return n%chunkCheck != 0 || f.ctx.Err() == nil
	}, args...)
	if err == nil {
		err = f.ctx.Err()
	}
	return n, last, err
}

func (f *finding) within(v value) bool {
	if !v.isText() {
		return false
	}
	ns, ok := timestamp.ParseDB(v.text())
	t := time.Unix(0, ns)
	return ok && (f.q.From.IsZero() || !t.Before(f.q.From)) && (f.q.To.IsZero() || !t.After(f.q.To))
}

func (f *finding) row(st *stmt) data.Row {
	r := data.Row{Table: f.q.Table, Fields: make(map[string]json.RawMessage, len(f.t.columns))}
	r.RowID, _ = st.column(0).int()
	for i, c := range f.t.columns {
		r.Fields[strings.ToLower(c)] = st.column(1 + i).json()
	}
	return r
}
