package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"

	sqlite3 "modernc.org/sqlite/lib"
)

// Bounds of one statement, and so of one read transaction, of a [Lookup].
const (
	lookupChunk = 1000          // rows that an index finds
	scanChunk   = 4000          // rows looked at where none does
	timeStep    = 2 * time.Hour // of the index on a time
)

// maxScanned is how many rows of a table are looked at for one query that no
// index serves, newest first: some tenths of a second.
const maxScanned = 250_000

// scanSlack is how far the rows of a table may be out of the order of time. Only
// where the search for a stretch of time begins and ends depends on it.
const scanSlack = time.Hour

// Lookup reads single rows on demand, as harmlessly as [Source] does: through the
// same VFS, in transactions of some thousand rows at most. It is open only while
// it is asked, and safe for concurrent use.
//
// Rows are found by an index on the column asked for or, failing that, on one of
// the columns that must hold a value besides, or on the time. Where the file has
// none of these, the table is searched by rowid from its newest rows on, no
// farther than to the time asked for (rowids follow the order of time but for an
// hour) and no more than 250,000 rows. invocation_log has millions of rows:
// whoever asks for it without an index and without a stretch of time gets the
// newest part, and is told that there is more.
type Lookup struct{ path string }

// NewLookup prepares to read the database at path, which may be the directory
// that holds it; nothing is opened yet.
func NewLookup(path string) *Lookup { return &Lookup{path: path} }

// Read opens the database for the time of fn, which may call find as often as it
// wants. A table or column that the file doesn't have has no rows. Errors are in
// words for people, with what to do next; fn's own come back as they are.
func (l *Lookup) Read(ctx context.Context, fn func(find func(data.RowQuery) (data.RowPage, error)) error) error {
	s := &lookup{path: l.path}
	defer s.close()
	if err := s.attempt(ctx, func(*database) error { return nil }); err != nil {
		return err
	}
	return fn(func(q data.RowQuery) (page data.RowPage, err error) {
		if q.Limit <= 0 {
			return page, errors.New("look up rows: no limit given")
		}
		err = s.attempt(ctx, func(d *database) error {
			page, err = s.find(ctx, d, q)
			return err
		})
		return page, err
	})
}

// lookup is a database that is open to be asked.
type lookup struct {
	path   string
	db     *database
	shapes map[string]*shape
}

func (s *lookup) close() {
	if s.db != nil {
		s.db.close()
		s.db = nil
	}
}

// attempt runs a read and counts it only if nothing was exchanged under it. A read
// that failed for a reason that passes is begun again.
func (s *lookup) attempt(ctx context.Context, read func(*database) error) error {
	var p *problem
	for range movedTries {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.connect()
		if err == nil {
			if err = read(s.db); err == nil {
				err = s.db.unmoved()
			}
		}
		if err == nil {
			return nil
		}
		s.close()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p = explain(s.path, err); !p.transient {
			break
		}
	}
	return p
}

func (s *lookup) connect() error {
	if s.db != nil {
		return nil
	}
	given, path, err := locate(s.path)
	if err != nil {
		return err
	}
	s.db, err = openDatabase(given, path)
	s.shapes = make(map[string]*shape)
	return err
}

// shape is how a table looks in this file.
type shape struct {
	name    string            // quoted
	columns []string          // in the table's order
	alias   string            // the column that is the rowid, lower case; "" if none is
	indexes map[string]string // by their first column, lower case; quoted
}

func (t *shape) has(column string) bool {
	return slices.ContainsFunc(t.columns, func(c string) bool { return strings.EqualFold(c, column) })
}

// shapeOf looks at a table; nil means that the file has no such table.
func (s *lookup) shapeOf(d *database, name string) (*shape, error) {
	if t, ok := s.shapes[name]; ok {
		return t, nil
	}
	t := &shape{indexes: make(map[string]string)}
	keys := 0
	err := d.conn.each(`SELECT s.name, x.name, upper(x.type), x.pk FROM sqlite_schema s, pragma_table_info(s.name) x
		WHERE s.type = 'table' AND lower(s.name) = ?1`, func(st *stmt) bool {
		t.name = quote(string(st.column(0).text()))
		column := string(st.column(1).text())
		t.columns = append(t.columns, column)
		if st.column(3).bool() {
			if keys++; string(st.column(2).text()) == "INTEGER" {
				t.alias = strings.ToLower(column)
			}
		}
		return true
	}, name)
	if err != nil {
		return nil, err
	}
	if keys != 1 {
		t.alias = ""
	}
	if len(t.columns) == 0 {
		s.shapes[name] = nil
		return nil, nil
	}
	err = d.conn.each(`SELECT lower(i.name), l.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
		WHERE NOT l.partial AND i.seqno = 0 AND i.name IS NOT NULL`, func(st *stmt) bool {
		t.indexes[string(st.column(0).text())] = quote(string(st.column(1).text()))
		return true
	}, name)
	if err != nil {
		return nil, err
	}
	// an index of another collation can't serve: SQLite then finds no plan
	for column, index := range maps.Clone(t.indexes) {
		probe := fmt.Sprintf("SELECT rowid FROM %s INDEXED BY %s WHERE %s = ?1", t.name, index, quote(column))
		if _, err := d.conn.query(probe); err != nil {
			delete(t.indexes, column)
		}
	}
	s.shapes[name] = t
	return t, nil
}

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

// json is a value in JSON; blobs and numbers that JSON can't write are null.
func (v value) json() json.RawMessage {
	switch v.kind() {
	case sqlite3.SQLITE_INTEGER:
		n, _ := v.int()
		return strconv.AppendInt(nil, n, 10)
	case sqlite3.SQLITE_FLOAT:
		if f, ok := v.float(); ok && !math.IsNaN(f) {
			if text, err := json.Marshal(f); err == nil {
				return text
			}
		}
	case sqlite3.SQLITE_TEXT:
		return data.ColumnJSON(string(v.text()))
	}
	return json.RawMessage("null")
}
