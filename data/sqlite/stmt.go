package sqlite

import (
	"fmt"
	"math"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// stmt is a prepared statement. From the first step until reset it holds a read
// transaction.
type stmt struct {
	conn *conn
	st   uintptr
	op   string
}

// transient tells SQLite to copy a bound value at once.
const transient = ^uintptr(0)

func (s *stmt) bindInt(i int, v int64) error {
	if rc := sqlite3.Xsqlite3_bind_int64(s.conn.tls, s.st, int32(i), v); rc != sqlite3.SQLITE_OK {
		return s.conn.error(s.op, rc)
	}
	return nil
}

func (s *stmt) bindText(i int, v string) error {
	p, err := libc.CString(v)
	if err != nil {
		return fmt.Errorf("bind %s: %w", s.op, err)
	}
	defer libc.Xfree(s.conn.tls, p)
	if rc := sqlite3.Xsqlite3_bind_text(s.conn.tls, s.st, int32(i), p, int32(len(v)), transient); rc != sqlite3.SQLITE_OK {
		return s.conn.error(s.op, rc)
	}
	return nil
}

// bind binds all parameters, int64 or string.
func (s *stmt) bind(args ...any) error {
	for i, arg := range args {
		var err error
		switch v := arg.(type) {
		case int64:
			err = s.bindInt(i+1, v)
		case string:
			err = s.bindText(i+1, v)
		default:
			err = fmt.Errorf("bind %s: unsupported type %T", s.op, arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step goes to the next row; false means there is none, or an error.
func (s *stmt) step() (bool, error) {
	switch rc := sqlite3.Xsqlite3_step(s.conn.tls, s.st); rc {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.conn.error(s.op, rc)
	}
}

// reset ends the read transaction. Its result repeats that of the last step.
func (s *stmt) reset() { sqlite3.Xsqlite3_reset(s.conn.tls, s.st) }

// value is a column's value in SQLite's own memory, gone with the next step or
// reset. To ask it for type and content costs less than to ask the statement.
type value struct {
	tls *libc.TLS
	v   uintptr
}

func (s *stmt) column(i int) value {
	return value{s.conn.tls, sqlite3.Xsqlite3_column_value(s.conn.tls, s.st, int32(i))}
}

func (v value) kind() int32 { return sqlite3.Xsqlite3_value_type(v.tls, v.v) }

// int is a value as an integer. It is ok for integers and for finite reals, which
// are cut off; text and blobs are no numbers, however they begin.
func (v value) int() (n int64, ok bool) {
	switch v.kind() {
	case sqlite3.SQLITE_INTEGER:
		return sqlite3.Xsqlite3_value_int64(v.tls, v.v), true
	case sqlite3.SQLITE_FLOAT:
		if math.IsInf(sqlite3.Xsqlite3_value_double(v.tls, v.v), 0) {
			return 0, false
		}
		// SQLite's own conversion, which keeps within int64
		return sqlite3.Xsqlite3_value_int64(v.tls, v.v), true
	}
	return 0, false
}

// float is a value as a finite number, by the same rules.
func (v value) float() (f float64, ok bool) {
	switch v.kind() {
	case sqlite3.SQLITE_INTEGER, sqlite3.SQLITE_FLOAT:
		f = sqlite3.Xsqlite3_value_double(v.tls, v.v)
		return f, !math.IsInf(f, 0)
	}
	return 0, false
}

// bool is true for the number 1 alone, as "= 1" is in SQL.
func (v value) bool() bool {
	f, _ := v.float()
	return f == 1
}

// nonzero is true for numbers other than 0; NULL, text and blobs are none.
func (v value) nonzero() bool {
	f, _ := v.float()
	return f != 0
}

// text is a value as text; nil for NULL only.
func (v value) text() []byte {
	if v.kind() == sqlite3.SQLITE_NULL {
		return nil
	}
	p := sqlite3.Xsqlite3_value_text(v.tls, v.v)
	n := sqlite3.Xsqlite3_value_bytes(v.tls, v.v)
	if p == 0 || n <= 0 {
		return []byte{}
	}
	return unsafe.Slice((*byte)(pointer(p)), int(n))
}

// isText says whether the value is stored as text.
func (v value) isText() bool { return v.kind() == sqlite3.SQLITE_TEXT }
