package authkeys

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// File is a file of keys that is read again when it has changed. It may be used
// by many at once.
type File struct {
	path  string
	local *time.Location

	mu   sync.Mutex
	seen fs.FileInfo // of the reading of set; nil if there is none
	set  *Set
}

// NewFile is the file at path, which need not be there yet. Times without a zone
// are in local.
func NewFile(path string, local *time.Location) *File { return &File{path: path, local: local} }

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Read gives what the file says now, and whether that was read anew. Where it
// can't be read, or others could have written it, there is an error and nobody may
// log in. Keys that were read before don't count then.
func (f *File) Read() (set *Set, fresh bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, err := f.check()
	if err != nil {
		f.seen, f.set = nil, nil
		return nil, true, err
	}
	if f.seen != nil && same(f.seen, now) {
		return f.set, false, nil
	}
	text, read, err := f.load()
	if err != nil {
		f.seen, f.set = nil, nil
		return nil, true, err
	}
	f.seen, f.set = read, Parse(text, f.local)
	return f.set, true, nil
}

// same tells whether a file was neither written nor replaced.
func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// check looks at what must hold before the file is opened: a pipe would block,
// and who can write to the directory can replace the file.
func (f *File) check() (fs.FileInfo, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if err := checkFile(f.path, info); err != nil {
		return nil, err
	}
	dir := filepath.Dir(f.path)
	at, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	const sticky = fs.ModeSticky // as /tmp: only its owner can replace a file
	if at.Mode().Perm()&0o022 != 0 && at.Mode()&sticky == 0 {
		return nil, fmt.Errorf("read keys: others can write to %s: chmod go-w %s", dir, dir)
	}
	return info, nil
}

func checkFile(path string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("read keys: %s is no file", path)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("read keys: others can write to %s: chmod go-w %s", path, path)
	case info.Size() > maxSize:
		return fmt.Errorf("read keys: %s has %d bytes, the most is %d", path, info.Size(), maxSize)
	}
	return nil
}

// load reads the file, and looks again at what was opened: it may be another one
// by now.
func (f *File) load() ([]byte, fs.FileInfo, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %w", err)
	}
	if err := checkFile(f.path, info); err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSize))
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %w", err)
	}
	return text, info, nil
}
