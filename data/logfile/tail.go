package logfile

import (
	"container/heap"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

const (
	batchSize = 1000
	// grace is how long a possible copy is held back, and a truncated file's copy is looked for. Log rotation truncates
	// as soon as it has copied.
	grace = 2 * time.Second
	// retireAfter is how long a file without a name must be quiet before it is closed. A writer goes on writing to the
	// file it has open until it is told of the rotation.
	retireAfter = time.Minute
)

// A tail is one Run of a Source.
type tail struct {
	*Source
	sink data.Sink
	pipe *pipe // nil without standard input

	files     []*file
	pasts     []*past         // of files truncated within the grace period
	held      map[string]hold // by path
	rounds    int
	lastRound time.Time
	batch     []logline.Entry

	faults []string // of discovery, this round's
	cuts   int64    // of files that are not read any more
	gaps   []data.Gap
	loaded bool
	lines  bool // some came since the last report
	last   data.SourceState
}

// A hold is a new file that looks like the copy of another one.
type hold struct {
	size  int64
	since time.Time // it has this size
}

// round brings everything up to the present: which files there are, what became of them, and their new lines.
func (t *tail) round(ctx context.Context) {
	now := t.clock.Now()
	found, faults := discover(t.paths, t.follow)
	t.faults = faults
	for _, f := range t.files {
		if f.measure() {
			p := f.restart()
			p.from, p.at = t.lastRound, now
			t.pasts = append(t.pasts, p)
		}
	}
	fresh := t.match(found)
	maps.DeleteFunc(t.held, func(path string, _ hold) bool {
		return !slices.ContainsFunc(fresh, func(n newcomer) bool { return n.path == path })
	})
	if len(t.pasts) > 0 {
		fresh = slices.DeleteFunc(fresh, func(n newcomer) bool { return t.open(n, t.continuesPast) })
	}
	if len(fresh) > 0 {
		t.merge(ctx) // to know as much as can be known of what may have been copied
	}
	for _, n := range fresh {
		t.open(n, func(f *file) bool { return t.rounds == 0 || t.mayBegin(f, n.predecessor, now) })
	}
	t.retire(now)
	t.forgetPasts(now)
	t.merge(ctx)
	t.flush()
	t.rounds++
	t.lastRound = now
}

// A newcomer is a path that leads to a file not seen before.
type newcomer struct {
	path        string
	predecessor *file // that had this path before; nil if there was none
}

// match brings names and files together.
func (t *tail) match(found []candidate) (fresh []newcomer) {
	byPath := make(map[string]*file, len(t.files))
	for _, f := range t.files {
		byPath[f.path] = f
		f.named = false
	}
	for _, c := range found {
		f := byPath[c.path]
		if f == nil || !os.SameFile(f.info, c.info) {
			i := t.index(c.info)
			if i < 0 {
				fresh = append(fresh, newcomer{c.path, f})
				continue
			}
			f = t.files[i]
		}
		if !f.named { // else a second path to the same file
			f.named, f.path, f.nameless = true, c.path, time.Time{}
		}
	}
	return fresh
}

// index finds a file by its inode; it is -1 if it is not there.
func (t *tail) index(info fs.FileInfo) int {
	return slices.IndexFunc(t.files, func(f *file) bool { return os.SameFile(f.info, info) })
}

// open begins to read a file, if ready says so.
func (t *tail) open(n newcomer, ready func(*file) bool) bool {
	f, err := openFile(n.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			if fault := describe(n.path, err); !slices.Contains(t.faults, fault) {
				t.faults = append(t.faults, fault)
			}
		}
		return false
	}
	// It may be there under another path that was opened just now, or have been renamed since it was found.
	if t.index(f.info) >= 0 || !ready(f) {
		f.f.Close()
		return false
	}
	delete(t.held, n.path)
	f.measure()
	f.named = true
	if old := n.predecessor; old != nil {
		if f.prev.IsZero() {
			f.prev = old.prev
		}
		// Docker may rotate between two parts of a line.
		f.docker.parts, old.docker.parts = old.docker.parts, f.docker.parts
	}
	t.files = append(t.files, f)
	return true
}

// continuesPast tells whether f is the copy of a file that was truncated. If so, it will be read from where that ended.
func (t *tail) continuesPast(f *file) bool {
	size := f.info.Size()
	for i, p := range t.pasts {
		switch like, _ := p.content.compare(f.f, size); {
		case like == whole:
			f.skipTo(p.consumed, &p.content)
			f.prev, f.docker.parts = p.stream.prev, p.stream.docker.parts
			t.pasts = slices.Delete(t.pasts, i, i+1)
			return true
		case like == shorter && size > 0: // more was read than had been copied
			f.skipTo(size, &p.content)
			f.prev = p.stream.prev
			return true
		}
	}
	return false
}

// mayBegin tells whether to read the new file f. If it begins with what was read from another file, that one may be about
// to be truncated, or they are just alike: f has to wait until it has not grown for the grace period. If it replaced that
// file under its own name, as rsync does, it begins where that one ended.
func (t *tail) mayBegin(f, predecessor *file, now time.Time) bool {
	size := f.info.Size()
	// First of all: f also begins with what that file itself had replaced before.
	if p := predecessor; p != nil && p.content.read >= minSame {
		if like, _ := p.content.compare(f.f, size); like == whole {
			f.skipTo(p.consumed(), &p.content)
			p.cutter = cutter{cuts: p.cutter.cuts} // the line without newline goes on in f
			return true
		}
	}
	for _, other := range t.files {
		if like, _ := other.content.compare(f.f, size); like == different {
			continue
		}
		h, ok := t.held[f.path]
		if !ok || h.size != size {
			t.held[f.path] = hold{size, now}
			return false
		}
		return now.Sub(h.since) >= grace
	}
	return true
}

// retire closes files that no path has led to for a while and that have been quiet.
func (t *tail) retire(now time.Time) {
	t.files = slices.DeleteFunc(t.files, func(f *file) bool {
		if f.named {
			return false
		}
		if f.nameless.IsZero() || f.limit > f.content.read {
			f.nameless = now
		}
		if now.Sub(f.nameless) < retireAfter {
			return false
		}
		t.batch = f.flush(t.batch)
		t.cuts += f.cuts()
		f.f.Close()
		return true
	})
}

// forgetPasts ends the wait for copies of truncated files. Where none came, the line that was being written is all that
// can be saved of what was not read before.
func (t *tail) forgetPasts(now time.Time) {
	t.pasts = slices.DeleteFunc(t.pasts, func(p *past) bool {
		if now.Sub(p.at) < grace {
			return false
		}
		t.batch = p.stream.flush(t.batch)
		t.gaps = append(t.gaps, data.Gap{From: p.from, To: p.at, Reason: p.path + " was truncated; lines written just before may be missing"})
		return true
	})
}

// merge hands over all new lines of all files by time.
func (t *tail) merge(ctx context.Context) {
	var heads heads
	for i, f := range t.files {
		h := &head{file: f, order: i}
		if f.next(&h.entry) {
			heads = append(heads, h)
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 && ctx.Err() == nil {
		h := heads[0]
		t.emit(h.entry)
		if h.file.next(&h.entry) {
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
	}
	for _, f := range t.files {
		f.cutter.release()
	}
}

// finish hands over what has no newline and never will.
func (t *tail) finish() {
	for _, f := range t.files {
		t.batch = f.flush(t.batch)
	}
	t.flush()
}

func (t *tail) emit(e logline.Entry) {
	if t.batch == nil {
		t.batch = make([]logline.Entry, 0, batchSize)
	}
	if t.batch = append(t.batch, e); len(t.batch) >= batchSize {
		t.flush()
		if !t.loaded {
			t.report()
		}
	}
}

func (t *tail) flush() {
	if len(t.batch) == 0 {
		return
	}
	t.sink.AppendLines(t.batch)
	t.batch, t.lines = nil, true
}

func (t *tail) close() {
	for _, f := range t.files {
		f.f.Close()
	}
}

// A head is the next line of a file in a merge.
type head struct {
	entry logline.Entry
	file  *file
	order int
}

type heads []*head

func (h heads) Len() int { return len(h) }

func (h heads) Less(i, j int) bool {
	if c := h[i].entry.Time.Compare(h[j].entry.Time); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}

func (h heads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *heads) Push(x any) { *h = append(*h, x.(*head)) }

func (h *heads) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
