package data

import (
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// LogLine is a log entry with the number it got when it arrived. Seq is unique
// within a process and tells two equal lines apart.
type LogLine struct {
	Seq uint64
	logline.Entry
}

const (
	chunkLines = 512
	// chunkShare is the part of the ring's bytes from which a chunk takes no more lines, however few it has: room is
	// made by whole chunks.
	chunkShare = 32
	// entryOverhead is about what an entry costs beside its text.
	entryOverhead = 256
)

// ring keeps the newest log lines in order of time, bounded in number and
// bytes. Lines may arrive out of order; equal times keep their order of
// arrival. Chunks are shared with views and copied before a line is put into
// their midst; appending at the end needs no copy.
type ring struct {
	maxLines, maxBytes int
	chunks             []*chunk
	lines, bytes       int
	seq                uint64
	evicted            int64
	generation         uint32
}

type chunk struct {
	generation uint32 // the ring's when its lines were last known to be in no view
	bytes      int
	lines      []LogLine
}

func newRing(maxLines, maxBytes int) *ring {
	return &ring{maxLines: maxLines, maxBytes: maxBytes, generation: 1}
}

// add takes the lines in. It sorts batch.
func (r *ring) add(batch []logline.Entry) {
	slices.SortStableFunc(batch, func(a, b logline.Entry) int { return a.Time.Compare(b.Time) })
	for i := range batch {
		r.insert(&batch[i])
	}
	r.evict()
}

func (r *ring) insert(e *logline.Entry) {
	size := len(e.Raw) + entryOverhead
	last := len(r.chunks) - 1
	if last < 0 || !e.Time.Before(r.chunks[last].newest()) {
		r.append(e, size)
		return
	}
	full := r.lines >= r.maxLines || r.bytes >= r.maxBytes
	if full && e.Time.Before(r.chunks[0].lines[0].Time) {
		r.evicted++ // older than all that is kept
		return
	}
	// the last chunk that begins no later than the line
	at := max(sort.Search(len(r.chunks), func(i int) bool { return r.chunks[i].lines[0].Time.After(e.Time) })-1, 0)
	c := r.own(at)
	if r.fullChunk(c) && len(c.lines) > 1 {
		half := len(c.lines) / 2
		tail := &chunk{generation: r.generation, lines: append(make([]LogLine, 0, chunkLines), c.lines[half:]...)}
		c.lines = c.lines[:half] // c owns its lines: what follows may be overwritten
		c.recount()
		tail.recount()
		r.chunks = slices.Insert(r.chunks, at+1, tail)
		if !tail.lines[0].Time.After(e.Time) {
			c = tail
		}
	}
	i := sort.Search(len(c.lines), func(i int) bool { return c.lines[i].Time.After(e.Time) })
	c.lines = slices.Insert(c.lines, i, r.number(e))
	r.count(c, size)
}

func (r *ring) append(e *logline.Entry, size int) {
	last := len(r.chunks) - 1
	if last < 0 || r.fullChunk(r.chunks[last]) {
		r.chunks = append(r.chunks, &chunk{generation: r.generation, lines: make([]LogLine, 0, chunkLines)})
		last++
	}
	// A view sees a slice of its own length; what is appended lies beyond it,
	// so appending needs no copy.
	c := r.chunks[last]
	c.lines = append(c.lines, r.number(e))
	r.count(c, size)
}

func (r *ring) fullChunk(c *chunk) bool {
	return len(c.lines) >= chunkLines || c.bytes >= r.maxBytes/chunkShare
}

func (r *ring) number(e *logline.Entry) LogLine {
	r.seq++
	return LogLine{Seq: r.seq, Entry: *e}
}

func (r *ring) count(c *chunk, size int) {
	c.bytes += size
	r.bytes += size
	r.lines++
}

// own is chunk i, copied if a view may share its lines.
func (r *ring) own(i int) *chunk {
	c := r.chunks[i]
	if c.generation == r.generation {
		return c
	}
	c = &chunk{generation: r.generation, bytes: c.bytes, lines: append(make([]LogLine, 0, chunkLines), c.lines...)}
	r.chunks[i] = c
	return c
}

func (r *ring) evict() {
	for len(r.chunks) > 1 && (r.lines > r.maxLines || r.bytes > r.maxBytes) {
		c := r.chunks[0]
		r.lines -= len(c.lines)
		r.bytes -= c.bytes
		r.evicted += int64(len(c.lines))
		r.chunks[0] = nil // or the array below the slice would keep its lines
		r.chunks = r.chunks[1:]
	}
}

func (c *chunk) newest() time.Time { return c.lines[len(c.lines)-1].Time }

func (c *chunk) recount() {
	c.bytes = 0
	for i := range c.lines {
		c.bytes += len(c.lines[i].Raw) + entryOverhead
	}
}

// view is what the ring holds now, immutable.
func (r *ring) view() *LogView {
	v := &LogView{chunks: make([][]LogLine, len(r.chunks)), starts: make([]int, len(r.chunks)), n: r.lines, Evicted: r.evicted, Received: r.seq}
	n := 0
	for i, c := range r.chunks {
		v.chunks[i], v.starts[i] = c.lines[:len(c.lines):len(c.lines)], n
		n += len(c.lines)
	}
	r.generation++
	return v
}

// LogView is an immutable view of the newest log lines in order of time.
type LogView struct {
	chunks   [][]LogLine
	starts   []int // index of each chunk's first line
	n        int
	Evicted  int64  // lines that had to make room
	Received uint64 // lines taken in so far
}

// Len is the number of lines.
func (v *LogView) Len() int { return v.n }

// At is line i, 0 the oldest. It must not be changed.
func (v *LogView) At(i int) *LogLine {
	c := sort.Search(len(v.starts), func(c int) bool { return v.starts[c] > i }) - 1
	return &v.chunks[c][i-v.starts[c]]
}

// From gives the lines from i on with their indexes, which costs less than asking for one after the other.
func (v *LogView) From(i int) iter.Seq2[int, *LogLine] {
	return func(yield func(int, *LogLine) bool) {
		i := max(i, 0)
		for c := sort.Search(len(v.starts), func(c int) bool { return v.starts[c] > i }) - 1; c >= 0 && c < len(v.chunks); c++ {
			lines := v.chunks[c]
			for j := i - v.starts[c]; j < len(lines); j++ {
				if !yield(i, &lines[j]) {
					return
				}
				i++
			}
		}
	}
}

// Search is the index of the first line that is not before t; Len if there is none.
func (v *LogView) Search(t time.Time) int {
	return sort.Search(v.n, func(i int) bool { return !v.At(i).Time.Before(t) })
}

// Find is the index of a line seen in an earlier view, by its time and number.
// If it has been evicted, Find gives the place where it would stand, and false.
func (v *LogView) Find(t time.Time, seq uint64) (int, bool) {
	i := v.Search(t)
	for j := i; j < v.n; j++ {
		l := v.At(j)
		if l.Seq == seq {
			return j, true
		}
		if l.Time.After(t) {
			break
		}
	}
	return i, false
}
