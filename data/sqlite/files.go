package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is the name of Donna's database in its directory.
const FileName = "donna_tasks.db"

// headerSize is the size of the header every database begins with.
const headerSize = 100

// files are the database and what SQLite keeps beside it, as the file system
// describes them at one moment; nil is a file that isn't there. They are only
// ever asked for with stat: closing any descriptor of the database would drop
// the locks that this process holds on it.
type files struct{ db, wal, shm os.FileInfo }

// statFiles looks at the database as given, and at the companions of the real
// file at path. A missing companion is no error.
func statFiles(given, path string) (f files, err error) {
	if f.db, err = os.Stat(given); err != nil {
		return f, err
	}
	if f.wal, err = statIfExists(path + "-wal"); err != nil {
		return f, err
	}
	f.shm, err = statIfExists(path + "-shm")
	return f, err
}

func statIfExists(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// hasWAL says whether there are commits that may be in the WAL alone.
func (f files) hasWAL() bool { return f.wal != nil && f.wal.Size() > 0 }

// same says whether nothing was written in between. The -shm doesn't count: its
// times say nothing of the data.
func (f files) same(o files) bool { return sameFile(f.db, o.db) && sameFile(f.wal, o.wal) }

func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// locate finds the database file that a path means: the file itself or, for a
// directory, the one in it. It gives the path as meant and the real one, with
// symbolic links resolved as SQLite does: there the companions lie.
func locate(path string) (given, real string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", "", missing(path, err)
	}
	if info.IsDir() {
		path = filepath.Join(path, FileName)
		if info, err = os.Stat(path); err != nil {
			return "", "", missing(path, err)
		}
	}
	switch {
	case info.IsDir():
		return "", "", &problem{detail: fmt.Sprintf("%s is a directory: give the database file or the directory that holds %s", path, FileName)}
	case !info.Mode().IsRegular():
		return "", "", &problem{detail: fmt.Sprintf("%s is no regular file (%s): give Donna's %s", path, info.Mode().Type(), FileName)}
	case info.Size() == 0:
		return "", "", &problem{detail: fmt.Sprintf("%s is empty (0 bytes): start Donna, whose migrations create the tables, or give another file with --db", path)}
	case info.Size() < headerSize:
		// SQLite would take it for an empty database
		return "", "", &problem{detail: fmt.Sprintf("%s (%d bytes) is not an SQLite database: give Donna's %s with --db", path, info.Size(), FileName)}
	}
	if real, err = filepath.EvalSymlinks(path); err != nil {
		return "", "", missing(path, err)
	}
	if real, err = filepath.Abs(real); err != nil {
		return "", "", fmt.Errorf("locate database: %w", err)
	}
	return path, real, nil
}

// missing explains why a path can't be looked at.
func missing(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		dir := filepath.Dir(path)
		if _, statErr := os.Stat(dir); statErr != nil {
			return &problem{detail: fmt.Sprintf("neither %s nor its directory exists: check DONNA_DB_PATH or --db, or start Donna", path), err: err}
		}
		if filepath.Base(path) == FileName {
			return &problem{detail: fmt.Sprintf("no %s in %s: start Donna, or give her database with --db", FileName, dir), err: err}
		}
		return &problem{detail: fmt.Sprintf("%s does not exist: check DONNA_DB_PATH or --db, or start Donna", path), err: err}
	case errors.Is(err, fs.ErrPermission):
		return unreadable(path, err)
	}
	return &problem{detail: fmt.Sprintf("%s can't be read: %v", path, err), err: err}
}

// unreadable explains what to do about missing permission.
func unreadable(path string, err error) error {
	return &problem{err: err, detail: fmt.Sprintf(
		"no permission to read %s: run donnatop as the user Donna runs as, or let yours read: sudo setfacl -R -m u:$USER:rX %s",
		path, filepath.Dir(path))}
}
