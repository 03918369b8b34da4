package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

func TestExplain(t *testing.T) {
	tests := []struct {
		name      string
		err       error
		transient bool
		costly    bool
		words     string
	}{
		{"busy", &sqliteError{Code: sqlite3.SQLITE_BUSY_RECOVERY}, true, false, "sudo fuser -v /d.db"},
		{"table locked", &sqliteError{Code: sqlite3.SQLITE_LOCKED}, true, false, "locked"},
		{"protocol", &sqliteError{Code: sqlite3.SQLITE_PROTOCOL}, true, false, "locked"},
		{"not a database", &sqliteError{Code: sqlite3.SQLITE_NOTADB}, false, false, "not an SQLite database"},
		{"corrupt", &sqliteError{Code: sqlite3.SQLITE_CORRUPT_INDEX, Msg: "malformed"}, false, true, "malformed"},
		{"no permission", &sqliteError{Code: sqlite3.SQLITE_CANTOPEN, Errno: int(syscall.EACCES)}, false, false, "setfacl"},
		{"went away", &sqliteError{Code: sqlite3.SQLITE_CANTOPEN, Errno: int(syscall.ENOENT)}, true, false, "went away"},
		{"too many files", &sqliteError{Code: sqlite3.SQLITE_CANTOPEN, Errno: int(syscall.EMFILE), Msg: "unable"}, true, false, "too many open files"},
		{"disk", &sqliteError{Code: sqlite3.SQLITE_IOERR_READ, Errno: int(syscall.EIO), Msg: "disk I/O error"}, true, true, "input/output error"},
		{"recovery needed", &sqliteError{Code: sqlite3.SQLITE_READONLY_RECOVERY, Msg: "readonly"}, true, false, "start Donna once"},
		{"other", &sqliteError{Code: sqlite3.SQLITE_ERROR, Msg: "no such column: rowid", Op: "SELECT"}, false, true, "no such column: rowid"},
		{"moved", fmt.Errorf("load: %w", errMoved), true, false, "trying again"},
		{"foreign", fmt.Errorf("%w: row 5 is gone", errForeign), true, false, "row 5 is gone"},
		{"a problem", fmt.Errorf("x: %w", &problem{detail: "as it was"}), false, false, "as it was"},
		{"unknown", errors.New("odd"), false, false, "odd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := explain("/d.db", tt.err)
			if p.transient != tt.transient || p.costly != tt.costly || !strings.Contains(p.detail, tt.words) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	path := t.TempDir() + "/x.db"
	execFile(t, path, "CREATE TABLE t (x)")
	c, err := openConn(path, locked)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	err = c.exec("SELECT  y\nFROM t")
	if err == nil || err.Error() != "SELECT y FROM t: no such column: y (code 1)" {
		t.Errorf("error %v", err)
	}
	for _, write := range []string{"INSERT INTO t VALUES (1)", "CREATE TABLE u (x)", "PRAGMA journal_mode = wal", "PRAGMA user_version = 5"} {
		if err := c.exec(write); err == nil && !strings.HasPrefix(write, "PRAGMA journal") {
			t.Errorf("%s succeeded", write)
		}
	}
}
