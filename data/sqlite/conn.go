package sqlite

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

// access is the way a database is opened.
type access int

const (
	locked    access = iota // by SQLite's locks, with the WAL
	immutable               // without locks, without the WAL
	unlocked                // without locks, with the WAL
)

// busyTimeout is how long a read waits for Donna's lock. Readers of a WAL hardly
// ever wait; who does, comes again with the next poll.
const busyTimeout = 250 * time.Millisecond

// sqliteError is a failure of SQLite.
type sqliteError struct {
	Op    string // what was being done
	Code  int    // extended result code
	Msg   string // SQLite's own words
	Errno int    // of the system call that failed, or 0
}

func (e *sqliteError) Error() string {
	msg := e.Msg
	if msg == "" {
		msg = "SQLite error"
	}
	return fmt.Sprintf("%s: %s (code %d)", e.Op, msg, e.Code)
}

// primary is the result code without its extension.
func (e *sqliteError) primary() int { return e.Code & 0xff }

// conn is a connection. It belongs to one goroutine and must be closed.
//
// It talks to the library below database/sql, which would box every value of
// every row: 2.5 times the cost of the whole read.
type conn struct {
	tls   *libc.TLS
	db    uintptr
	stmts map[string]*stmt
}

// openConn opens a database for reading. The file isn't touched before the
// first statement.
func openConn(path string, how access) (*conn, error) {
	if err := registerVFS(); err != nil {
		return nil, err
	}
	c := &conn{tls: libc.NewTLS(), stmts: make(map[string]*stmt)}
	if err := c.open(path, how); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) open(path string, how access) error {
	vfs, query := lockedVFS, "mode=ro&readonly_shm=1"
	switch how {
	case immutable:
		query = "mode=ro&immutable=1"
	case unlocked:
		vfs = unlockedVFS
	}
	uri := (&url.URL{Scheme: "file", Path: path, RawQuery: query}).String()
	var cURI, cVFS uintptr
	defer func() { libc.Xfree(c.tls, cURI); libc.Xfree(c.tls, cVFS) }()
	var err error
	if cURI, err = libc.CString(uri); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if cVFS, err = libc.CString(vfs); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	const flags = sqlite3.SQLITE_OPEN_READONLY | sqlite3.SQLITE_OPEN_URI | sqlite3.SQLITE_OPEN_NOMUTEX
	rc, db := c.withOut(func(out uintptr) int32 {
		return sqlite3.Xsqlite3_open_v2(c.tls, cURI, out, flags, cVFS)
	})
	c.db = db // may be set even if opening failed, and then tells why
	if rc != sqlite3.SQLITE_OK {
		return c.error("open database", rc)
	}
	sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	sqlite3.Xsqlite3_busy_timeout(c.tls, c.db, int32(busyTimeout/time.Millisecond))
	setup := []string{"PRAGMA query_only = 1", "PRAGMA mmap_size = 0", "PRAGMA temp_store = memory"}
	if how == unlocked {
		// only then is the index of the WAL kept on the heap
		setup = append(setup, "PRAGMA locking_mode = exclusive")
	}
	for _, sql := range setup {
		if err := c.exec(sql); err != nil {
			return err
		}
	}
	return nil
}

// withOut calls fn with room for one pointer and returns what fn left there.
func (c *conn) withOut(fn func(out uintptr) int32) (rc int32, value uintptr) {
	out := libc.Xcalloc(c.tls, 1, types.Size_t(unsafe.Sizeof(value)))
	if out == 0 {
		return sqlite3.SQLITE_NOMEM, 0
	}
	defer libc.Xfree(c.tls, out)
	rc = fn(out)
	return rc, *(*uintptr)(pointer(out))
}

// close finalizes all statements and gives back everything, locks included.
func (c *conn) close() {
	if c.db != 0 {
		for st := sqlite3.Xsqlite3_next_stmt(c.tls, c.db, 0); st != 0; st = sqlite3.Xsqlite3_next_stmt(c.tls, c.db, 0) {
			sqlite3.Xsqlite3_finalize(c.tls, st)
		}
		sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	}
	c.tls.Close()
	*c = conn{}
}

// error wraps what the last call on the connection said.
func (c *conn) error(op string, rc int32) error {
	e := &sqliteError{Op: op, Code: int(rc)}
	if c.db != 0 {
		e.Code = int(sqlite3.Xsqlite3_extended_errcode(c.tls, c.db))
		e.Msg = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
		e.Errno = int(sqlite3.Xsqlite3_system_errno(c.tls, c.db))
		if e.Code == sqlite3.SQLITE_OK {
			e.Code = int(rc)
		}
	}
	if p := e.primary(); p != sqlite3.SQLITE_CANTOPEN && p != sqlite3.SQLITE_IOERR {
		e.Errno = 0 // left over from an earlier call
	}
	return e
}

// exec runs a statement and passes over its rows.
func (c *conn) exec(sql string) error {
	return c.each(sql, func(*stmt) bool { return true })
}

// each runs a query and calls fn for every row until it returns false. All rows
// are read in one transaction.
func (c *conn) each(sql string, fn func(*stmt) bool, args ...any) error {
	st, err := c.query(sql)
	if err != nil {
		return err
	}
	defer st.reset()
	if err := st.bind(args...); err != nil {
		return err
	}
	for {
		more, err := st.step()
		if err != nil || !more || !fn(st) {
			return err
		}
	}
}

// row runs a query and calls fn for the first row, if there is one.
func (c *conn) row(sql string, fn func(*stmt), args ...any) (found bool, err error) {
	err = c.each(sql, func(st *stmt) bool {
		found = true
		fn(st)
		return false
	}, args...)
	return found, err
}

// query is a statement of the connection, compiled at its first use and then kept.
func (c *conn) query(sql string) (*stmt, error) {
	if st, ok := c.stmts[sql]; ok {
		return st, nil
	}
	st, err := c.prepare(sql)
	if err == nil {
		c.stmts[sql] = st
	}
	return st, err
}

// prepare compiles a statement.
func (c *conn) prepare(sql string) (*stmt, error) {
	cSQL, err := libc.CString(sql)
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	defer libc.Xfree(c.tls, cSQL)
	rc, st := c.withOut(func(out uintptr) int32 {
		return sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, cSQL, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, out, 0)
	})
	op := operation(sql)
	if rc != sqlite3.SQLITE_OK {
		return nil, c.error(op, rc)
	}
	return &stmt{conn: c, st: st, op: op}, nil
}

// operation names a statement in errors, on one line and not for long.
func operation(sql string) string {
	sql = strings.Join(strings.Fields(sql), " ")
	const limit = 60
	if len(sql) > limit {
		sql = sql[:limit] + "…"
	}
	return sql
}
