package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// problem is a failure in words for people: what happened, to which file, and
// what to do next.
type problem struct {
	detail    string
	transient bool  // the next polls may well succeed
	costly    bool  // found out only by reading much: not to be repeated at once
	err       error // the cause, if there is one
}

func (p *problem) Error() string { return p.detail }
func (p *problem) Unwrap() error { return p.err }

// errMoved says that files changed while they were read without locks: what was
// read counts for nothing.
var errMoved = errors.New("database changed while it was read")

// explain turns any error of reading a database into a problem.
func explain(path string, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	p := &problem{err: err}
	if errors.Is(err, errMoved) || errors.Is(err, errForeign) {
		p.transient = true
		p.detail = fmt.Sprintf("%s keeps being exchanged while it is read (%v): trying again", path, err)
		return p
	}
	e, ok := errors.AsType[*sqliteError](err)
	if !ok {
		p.detail = fmt.Sprintf("%s can't be read: %v", path, err)
		return p
	}
	switch e.primary() {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		p.transient = true
		p.detail = fmt.Sprintf("%s is locked by another program (an exclusive transaction or a recovery): trying again; to see who: sudo fuser -v %[1]s", path)
	case sqlite3.SQLITE_NOTADB:
		p.detail = fmt.Sprintf("%s is not an SQLite database (or is encrypted): give Donna's %s with --db", path, FileName)
	case sqlite3.SQLITE_CORRUPT:
		p.costly = true
		p.detail = fmt.Sprintf("%s is damaged or was cut short (%s): check a copy with: sqlite3 COPY 'PRAGMA integrity_check', and restore a backup if it fails", path, e.Msg)
	case sqlite3.SQLITE_CANTOPEN:
		return explainOpen(path, e)
	case sqlite3.SQLITE_IOERR:
		p.costly, p.transient = true, true
		p.detail = fmt.Sprintf("reading %s failed (%s%s): check the disk or mount: dmesg | tail", path, e.Msg, because(e))
	case sqlite3.SQLITE_READONLY:
		p.transient = true
		p.detail = fmt.Sprintf("%s was left by a crash in a state that only a writer can mend (%s): start Donna once", path, e.Msg)
	default:
		p.costly = true
		p.detail = fmt.Sprintf("%s can't be read: %v", path, e)
	}
	return p
}

// explainOpen explains SQLITE_CANTOPEN, which stands for the failure of any of the files.
func explainOpen(path string, e *sqliteError) *problem {
	p := &problem{err: e}
	switch errno := syscall.Errno(e.Errno); {
	case errors.Is(errno, fs.ErrPermission):
		errors.As(unreadable(path+" (or its -wal and -shm)", e), &p)
	case errors.Is(errno, fs.ErrNotExist):
		p.transient = true
		p.detail = fmt.Sprintf("a file beside %s went away while it was opened: trying again", path)
	default:
		p.transient = true
		p.detail = fmt.Sprintf("%s can't be opened (%s%s): check it with: ls -l %s", path, e.Msg, because(e), filepath.Dir(path))
	}
	return p
}

func because(e *sqliteError) string {
	if e.Errno == 0 {
		return ""
	}
	return ": " + syscall.Errno(e.Errno).Error()
}
