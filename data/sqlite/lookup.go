package sqlite

import (
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
		if st.column(3).nonzero() {
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
