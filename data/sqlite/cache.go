package sqlite

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// The rollup is kept in a file of the user's cache directory, so that a restart
// costs what was written since. The file is a copy of what could be read again:
// whatever is doubtful about it, it is passed over and the table read anew. It
// counts only if
//
//   - it is whole (version, length, checksum, and every value within its bounds),
//   - it was made of the same file (path, device, inode), under the same schema,
//   - the rows at both ends of what was read, and some between them, are still
//     there with the ids they had.
//
// That is as much as is known of a table while it is watched; what Donna never
// does (changing figures of old rows) would go unnoticed there as well.
const (
	cacheMagic   = "donnatop rollup\x00"
	cacheVersion = 1
	// cacheEvery is how often the file is written at most while things happen.
	cacheEvery = 5 * time.Minute
	// cacheSamples is how many rows between the ends are looked at.
	cacheSamples = 48
	// maxCacheSize is beyond what any rollup takes: 10 M rows in 31 days make 30 MB.
	maxCacheSize = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// cachePath is the cache file for a database; "" if there is to be none.
func cachePath(dir, path string) string {
	if dir == "" {
		return ""
	}
	// Never beside the database, wherever the cache directory is said to be.
	if real, err := filepath.Abs(dir); err != nil || contains(filepath.Dir(path), real) || contains(filepath.Dir(path), resolved(real)) {
		return ""
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(dir, "rollup-"+hex.EncodeToString(sum[:8]))
}

// contains tells whether path is dir or lies in it.
func contains(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err != nil || rel == "." || rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolved is path without symbolic links, of which the last parts need not exist.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolved(parent), filepath.Base(path))
}

// identity names the file a database is: the place and the inode.
func identity(d *database) string {
	st, ok := d.files.db.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s\x00%d\x00%d", d.path, st.Dev, st.Ino)
}

// saveCache writes the view to the file at path, whole or not at all.
func (v *view) saveCache(path string, d *database) error {
	if !v.newest.set || !v.oldest.set {
		return nil // a table without rows is read in no time
	}
	db := v.store.View()
	b := append([]byte(nil), cacheMagic...)
	b = binary.AppendUvarint(b, cacheVersion)
	b = appendText(b, identity(d))
	b = binary.AppendVarint(b, v.schema)
	marks := []mark{v.newest, v.oldest}
	for _, rowid := range db.Sample(cacheSamples) {
		m, err := d.markAt(rowid)
		if err != nil {
			return err
		}
		if m.set {
			marks = append(marks, m)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(marks)))
	for _, m := range marks {
		b = binary.AppendVarint(b, m.rowid)
		b = appendText(b, m.id)
	}
	b = db.AppendBinary(b)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return writeCache(path, b)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// writeCache puts a new file in the place of the old one.
func writeCache(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make cache directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".rollup-*") // 0600
	if err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write cache: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// errNoCache says that there is no cache file that can be used.
var errNoCache = errors.New("no usable cache")

// readCache makes a view of the file at path. The error is errNoCache, with the
// reason, if the file can't be used; any other is one of the database.
func readCache(path string, d *database, clock clockwork.Clock, pause pauseFunc) (*view, error) {
	b, err := readWhole(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoCache, err)
	}
	v, marks, err := parseCache(b, d)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errNoCache, path, err)
	}
	if v.store.Hour().After(clock.Now()) {
		return nil, fmt.Errorf("%w: the clock was set back", errNoCache)
	}
	for _, m := range marks {
		if holds, err := d.holds(m); err != nil {
			return nil, err
		} else if !holds {
			return nil, fmt.Errorf("%w: row %d is gone", errNoCache, m.rowid)
		}
	}
	v.missing = d.table.missing(recentColumns)
	v.reader = v.newReader(clock, pause)
	return v, nil
}

func readWhole(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > maxCacheSize:
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a cache file")}
	}
	return os.ReadFile(path)
}

var errCache = errors.New("malformed cache")

// parseCache reads what saveCache wrote.
func parseCache(b []byte, d *database) (*view, []mark, error) {
	body, sum := b[:max(len(b)-4, 0)], b[max(len(b)-4, 0):]
	if len(sum) < 4 || crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(sum) {
		return nil, nil, errCache
	}
	rest, ok := bytes.CutPrefix(body, []byte(cacheMagic))
	if !ok {
		return nil, nil, errCache
	}
	r := cacheReader{b: rest}
	if n := r.uvarint(); n != cacheVersion {
		return nil, nil, fmt.Errorf("version %d, not %d", n, cacheVersion)
	}
	if id := identity(d); id == "" || r.text() != id {
		return nil, nil, errors.New("made of another file")
	}
	v := &view{schema: r.varint(), edgesComplete: true}
	if v.schema != d.schema {
		return nil, nil, errors.New("made under another schema")
	}
	n := r.uvarint()
	var marks []mark
	for i := uint64(0); i < n && !r.bad; i++ {
		marks = append(marks, mark{rowid: r.varint(), id: r.text(), set: true})
	}
	if r.bad || len(marks) < 2 {
		return nil, nil, errCache
	}
	v.newest, v.oldest = marks[0], marks[1]
	var err error
	if v.store, err = data.RestoreInvocations(r.b); err != nil {
		return nil, nil, err
	}
	v.hour = v.store.Hour()
	return v, marks, nil
}

// cacheReader reads the head of a cache file.
type cacheReader struct {
	b   []byte
	bad bool
}

func (r *cacheReader) uvarint() uint64 {
	n, width := binary.Uvarint(r.b)
	return advance(r, n, width)
}

func (r *cacheReader) varint() int64 {
	n, width := binary.Varint(r.b)
	return advance(r, n, width)
}

func advance[T int64 | uint64](r *cacheReader, n T, width int) T {
	if width <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[width:]
	return n
}

func (r *cacheReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}
