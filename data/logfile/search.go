package logfile

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/donna-project/donnatop/data/logline"
)

// SearchOptions say what to search for.
type SearchOptions struct {
	// Paths are files and globs; standard input can't be read twice and is left out.
	Paths []string
	// Since leaves out files that were last written before it; zero leaves out none.
	Since time.Time
	// Keep tells of a line's text whether it may be wanted, before it is parsed; nil
	// keeps all. The text is only good until it returns.
	Keep func(text string) bool
	// Progress is told the share of bytes that have been read; nil if nobody asks.
	Progress func(float64)
}

// A Hit is a line that was kept.
type Hit struct {
	logline.Entry
	// Place orders the lines of all files: by file, oldest first, then by line.
	Place int64
}

// Searched is what can be said of a search.
type Searched struct {
	Files  int      // that were read
	Faults []string // what could not be, and why
	Cut    int64    // lines longer than 4 MiB
	// Incomplete says that something is missing that was meant: not a compressed
	// file that rotation left and a glob matches.
	Incomplete bool
}

// Detail puts what is wrong into one line; "" if nothing is.
func (s *Searched) Detail() string { return detail(s.Faults, s.Cut) }

// placeBits are the bits of a [Hit]'s Place for the line; the others are for the file.
const placeBits = 40

// Search reads all files once, as far as they reach when it begins, and hands the
// lines that Keep keeps to yield, file by file and in their order. yield owns the
// slice; its error ends the search and is returned, as is that of ctx. What can't
// be read is in the answer and no error.
//
// A line's time is as [Source] has it: its own, else Docker's, else that of the
// line before. For the latter the last four JSON lines that were passed over are
// kept in mind, to be parsed if need be; if none of them has a time of its own, it
// is that of the last line that was kept.
func Search(ctx context.Context, o SearchOptions, yield func([]Hit) error) (Searched, error) {
	var done Searched
	paths := slices.DeleteFunc(slices.Clone(o.Paths), func(p string) bool { return p == Stdin })
	found, faults := discover(paths, false)
	done.Faults, done.Incomplete = faults, len(faults) > 0
	found = distinct(found)
	found = slices.DeleteFunc(found, func(c candidate) bool { return !o.Since.IsZero() && c.info.ModTime().Before(o.Since) })
	s := &searcher{o: o, ctx: ctx, yield: yield}
	for _, c := range found {
		s.size += c.info.Size()
	}
	for i, c := range found {
		s.place = int64(i) << placeBits
		cut, err := s.file(c)
		done.Cut += cut
		fault, broken := errors.AsType[*faultError](err)
		switch {
		case broken:
			done.Faults = append(done.Faults, fault.Error())
			done.Incomplete = done.Incomplete || !fault.content || slices.Contains(paths, c.path)
		case err != nil:
			return done, err
		default:
			done.Files++
		}
	}
	return done, nil
}

// SearchReader searches one input, such as standard input kept in memory, as if it
// were a file; its service is what lines are said to be of that name none.
func SearchReader(ctx context.Context, r io.Reader, service string, o SearchOptions, yield func([]Hit) error) (Searched, error) {
	s := &searcher{o: o, ctx: ctx, yield: yield}
	st := &stream{service: service}
	err := s.stream(st, r)
	done := Searched{Files: 1, Cut: st.cuts()}
	if reading, ok := errors.AsType[*readError](err); ok {
		st.fault, err = reading.err.Error(), nil
	}
	if st.fault != "" {
		done.Files, done.Faults, done.Incomplete = 0, []string{service + " " + st.fault}, true
	}
	return done, err
}

// distinct are the files, oldest first, each once whatever its names.
func distinct(found []candidate) []candidate {
	var out []candidate
	for _, c := range found {
		if !slices.ContainsFunc(out, func(o candidate) bool { return os.SameFile(o.info, c.info) }) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), strings.Compare(a.path, b.path))
	})
	return out
}

// faultError is what is wrong with one file; the others are read all the same.
type faultError struct {
	text    string
	content bool // it is no log
}

func (e *faultError) Error() string { return e.text }

// searcher is a search under way.
type searcher struct {
	o     SearchOptions
	ctx   context.Context
	yield func([]Hit) error

	size, read int64 // bytes of all files
	place      int64 // of the next line
	batch      []Hit
	skipped    skipped
}

func (s *searcher) file(c candidate) (cut int64, err error) {
	f, err := os.Open(c.path)
	if err != nil {
		return 0, &faultError{text: describe(c.path, err)}
	}
	defer f.Close()
	st := &stream{service: serviceName(c.path)}
	err = s.stream(st, io.LimitReader(f, c.info.Size()))
	if st.fault != "" {
		err = &faultError{c.path + " " + st.fault, true}
	} else if reading, ok := errors.AsType[*readError](err); ok {
		err = &faultError{text: describe(c.path, reading.err)}
	}
	return st.cuts(), err
}

// readError is a failure to read, as opposed to those of yield and ctx.
type readError struct{ err error }

func (e *readError) Error() string { return fmt.Sprintf("read: %v", e.err) }

// stream searches one input to its end.
func (s *searcher) stream(st *stream, r io.Reader) error {
	s.skipped.reset()
	for {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(st.cutter.space())
		st.received(n)
		s.read += int64(n)
		if st.fault != "" {
			return nil
		}
		for {
			line, ok := st.cutter.next()
			if !ok {
				break
			}
			s.line(st, line)
		}
		if err != nil {
			s.finish(st)
		}
		if flushErr := s.flush(); flushErr != nil {
			return flushErr
		}
		if s.o.Progress != nil && s.size > 0 {
			s.o.Progress(min(float64(s.read)/float64(s.size), 1))
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &readError{err}
		}
	}
}

// line looks at one line of an input.
func (s *searcher) line(st *stream, line []byte) {
	if bytes.HasPrefix(line, []byte(dockerPrefix)) {
		if d, ok := parseDocker(string(line)); ok {
			if text, at, ok := st.docker.add(d); ok {
				s.text(st, text, at)
			}
			return
		}
	}
	if s.keep(unsafeString(line)) {
		s.take(st, string(line), time.Time{})
	} else {
		s.skipped.add(line)
	}
	s.place++
}

func (s *searcher) keep(text string) bool { return s.o.Keep == nil || s.o.Keep(text) }

// text looks at a line that Docker stamped.
func (s *searcher) text(st *stream, text string, at time.Time) {
	if s.keep(text) {
		s.take(st, text, at)
	} else {
		var e logline.Entry
		logline.Parse(&e, text, at, st.prev)
		st.prev = e.Time
	}
	s.place++
}

func (s *searcher) take(st *stream, text string, at time.Time) {
	st.prev = s.skipped.time(st.prev)
	hit := Hit{Place: s.place}
	st.parse(&hit.Entry, text, at)
	s.batch = append(s.batch, hit)
}

// finish looks at what has no newline and never will.
func (s *searcher) finish(st *stream) {
	if line, ok := st.cutter.rest(); ok {
		s.line(st, line)
	}
	for i := range st.docker.parts {
		if text, at, ok := st.docker.take(i); ok {
			s.text(st, text, at)
		}
	}
}

// flush hands over what was found.
func (s *searcher) flush() error {
	if len(s.batch) == 0 {
		return nil
	}
	batch := s.batch
	s.batch = nil
	return s.yield(batch)
}

// unsafeString looks at bytes as text for the time of one call.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// skipped remembers the last lines that were passed over and may tell the time.
type skipped struct {
	lines [4][]byte
	n     int // lines remembered since the last one that was kept
}

func (k *skipped) reset() { k.n = 0 }

func (k *skipped) add(line []byte) {
	if len(line) == 0 || line[0] != '{' && line[0] != ' ' && line[0] != '\t' {
		return // no JSON object, which alone has a time of its own
	}
	slot := &k.lines[k.n%len(k.lines)]
	*slot = append((*slot)[:0], line...)
	k.n++
}

// time is that of the last line passed over, else the one given; the lines are
// forgotten.
func (k *skipped) time(otherwise time.Time) time.Time {
	defer k.reset()
	for i := range min(k.n, len(k.lines)) {
		var e logline.Entry
		logline.Parse(&e, string(k.lines[(k.n-1-i)%len(k.lines)]), time.Time{}, time.Time{})
		if !e.Time.IsZero() {
			return e.Time
		}
	}
	return otherwise
}
