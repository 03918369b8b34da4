package logfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

const (
	// headSize and tailSize are how much of a file is remembered to know its content again.
	headSize = 4 << 10
	tailSize = 512
	// minSame is how much must be the same to take a new file of the same name for the old one written anew, and not
	// for the log of a new start that happens to begin like the last.
	minSame = 64
)

// A file is one log file, known by its inode: it stays the same file under another name.
type file struct {
	stream
	path     string // a path that leads to it, or the last one that did
	f        *os.File
	info     fs.FileInfo
	content  fingerprint // of what was read
	limit    int64       // how far this round reads
	modified time.Time   // when it was measured
	err      error       // of the last attempt to read it

	named     bool      // a path led to it in this round
	nameless  time.Time // since when none does
	firstByte int64     // where reading began, for the progress
}

// A fingerprint tells whether a file still begins with what was read from it, and whether another one does.
type fingerprint struct {
	head []byte // the first bytes, headSize at most
	tail []byte // the last bytes that were read, tailSize at most
	read int64  // how many were read
}

// A past is the content of a file that was truncated.
type past struct {
	path     string
	content  fingerprint
	consumed int64 // how much of it was returned as lines
	stream   stream
	from, at time.Time // it was truncated between these
}

// openFile opens the file at path to be read from its beginning.
func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() { // it was when it was listed
		err = fmt.Errorf("open %s: not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &file{stream: stream{service: serviceName(path)}, path: path, f: f, info: info}, nil
}

// measure finds out how far the file can be read now, and whether what was read of it is still there. If not, it was
// truncated or written over, and reading has to begin anew.
func (f *file) measure() (truncated bool) {
	f.limit = f.content.read
	info, err := f.f.Stat()
	if f.err = err; err != nil {
		return false
	}
	size := info.Size()
	same := size == f.content.read && info.ModTime().Equal(f.modified)
	if !same && size >= f.content.read {
		if same, f.err = f.content.matchesTail(f.f); f.err != nil {
			return false
		}
	}
	f.limit, f.modified = size, info.ModTime()
	return !same
}

// restart makes reading begin anew and returns what was read so far.
func (f *file) restart() *past {
	p := &past{path: f.path, content: f.content, consumed: f.consumed(), stream: f.stream}
	f.stream = stream{service: f.service, prev: f.prev, cutter: cutter{cuts: f.cuts()}}
	f.content = fingerprint{}
	f.firstByte = 0
	return p
}

// consumed is how much of the file was returned as lines.
func (f *file) consumed() int64 { return f.content.read - int64(len(f.cutter.pending())) }

// skipTo makes a new file begin at offset, because what is before that was read from the file it is a copy of.
func (f *file) skipTo(offset int64, original *fingerprint) {
	head := original.head[:min(int64(len(original.head)), offset)]
	f.content = fingerprint{head: slices.Clip(head), read: offset} // clipped: both go on growing
	f.firstByte = offset
	f.begun = true
}

// next makes an entry of the file's next line, reading as far as this round goes.
func (f *file) next(e *logline.Entry) bool {
	for !f.stream.next(e) {
		if f.err != nil || f.fault != "" || f.content.read >= f.limit {
			return false
		}
		room := f.cutter.space()
		room = room[:min(int64(len(room)), f.limit-f.content.read)]
		n, err := f.f.ReadAt(room, f.content.read)
		f.content.add(room[:n])
		f.received(n)
		if errors.Is(err, io.EOF) {
			f.limit = f.content.read // truncated since it was measured; the next round sees to it
		} else if err != nil {
			f.err = err
		}
	}
	return true
}

// add takes in what was read next.
func (p *fingerprint) add(b []byte) {
	p.read += int64(len(b))
	if room := headSize - len(p.head); room > 0 && p.read-int64(len(b)) == int64(len(p.head)) {
		p.head = append(p.head, b[:min(room, len(b))]...)
	}
	if len(b) >= tailSize {
		p.tail = append(p.tail[:0], b[len(b)-tailSize:]...)
		return
	}
	p.tail = append(p.tail, b...)
	p.tail = p.tail[max(0, len(p.tail)-tailSize):]
}

// matchesTail tells whether the bytes of r before p.read are those that were read there.
func (p *fingerprint) matchesTail(r io.ReaderAt) (bool, error) {
	return matchesAt(r, p.tail, p.read-int64(len(p.tail)))
}

// A likeness is how much of one file's content another one holds.
type likeness int

const (
	different likeness = iota
	shorter            // it is the beginning of it, or still empty
	whole              // it begins with all of it
)

// compare tells how far r, of size bytes, begins with the content of p.
func (p *fingerprint) compare(r io.ReaderAt, size int64) (likeness, error) {
	if p.read == 0 {
		return different, nil
	}
	head := p.head[:min(int64(len(p.head)), size)]
	if ok, err := matchesAt(r, head, 0); !ok {
		return different, err
	}
	if size < p.read {
		return shorter, nil
	}
	if ok, err := p.matchesTail(r); !ok {
		return different, err
	}
	return whole, nil
}

func matchesAt(r io.ReaderAt, want []byte, offset int64) (bool, error) {
	got := make([]byte, len(want))
	if _, err := r.ReadAt(got, offset); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.Equal(got, want), nil
}
