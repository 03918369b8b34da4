// Package logfile reads log lines from files, from the files of Docker's json-file driver, and from standard input.
//
// What belongs to the log is said by paths and globs, which are looked at again at every poll: a file may be missing at
// first, and new ones may come to match. A file is known by its inode and content, not by its name, so that rotation
// neither loses nor doubles a line:
//
//   - Renamed (app.log to app.log.1, then a new app.log): the old file is read to its end before the new one, and goes
//     on being read for as long as a glob matches its new name, or else until it has been quiet for a minute.
//   - Copied and truncated: a new file that begins with what was read from another one is held back until that one is
//     truncated, and is then read from where the other was left. Where no glob matches the copy, lines written between
//     the last poll and the truncation are out of reach: that stretch is reported as a gap.
//   - Truncated by hand or written over: seen when the file is shorter than what was read of it, or when the last bytes
//     before that place have changed; reading begins anew.
//
// A line is what ends with \n; that and a \r before it are not part of the text, everything else is, be it NULs or bytes
// that are not UTF-8. A last line without its newline waits for it while the file is followed and counts as a line
// otherwise. A line of more than 4 MiB is cut there and counted as lost. Files that are compressed or binary are named
// in the source's state and skipped.
//
// Each round reads all files as far as they reach when it begins and merges their lines by time, holding one buffer per
// file. Lines of one file keep their order whatever their times are.
package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// DefaultPoll is how often files are looked at.
const DefaultPoll = 250 * time.Millisecond

// Options say what to read.
type Options struct {
	Paths  []string        // files, globs as of path/filepath, and Stdin
	Stdin  io.Reader       // what Stdin means
	Clock  clockwork.Clock // required
	Poll   time.Duration   // 0 means DefaultPoll
	Follow bool            // go on when everything was read
}

// A Source reads log files; it implements [data.Source].
type Source struct {
	paths  []string  // without Stdin
	stdin  io.Reader // nil if it is not asked for
	clock  clockwork.Clock
	poll   time.Duration
	follow bool
}

var _ data.Source = (*Source)(nil)

// New checks the options. Files need not exist yet; a glob that is not well formed is an error.
func New(o Options) (*Source, error) {
	s := &Source{clock: o.Clock, poll: o.Poll, follow: o.Follow}
	if s.clock == nil {
		return nil, errors.New("read logs: no clock given")
	}
	if s.poll <= 0 {
		s.poll = DefaultPoll
	}
	if len(o.Paths) == 0 {
		return nil, errors.New("read logs: no path given; name a file, a glob, or - for standard input")
	}
	for _, path := range o.Paths {
		switch {
		case path == "":
			return nil, errors.New("read logs: empty path; name a file, a glob, or - for standard input")
		case path != Stdin:
			if _, err := filepath.Match(path, ""); err != nil {
				return nil, fmt.Errorf("read logs: glob %q: %w; write \\[ for a bracket in a name", path, err)
			}
			s.paths = append(s.paths, path)
		case o.Stdin == nil:
			return nil, errors.New("read logs: no standard input to read - from")
		default:
			s.stdin = o.Stdin
		}
	}
	return s, nil
}

// Name implements [data.Source].
func (s *Source) Name() string { return data.SourceFiles }

// Run implements [data.Source]. It reads everything once; then, if it follows, what is new at each poll until ctx ends.
// It never returns an error: what cannot be read is in the state, and is tried again. Without files to follow it ends
// with standard input. A Read of standard input cannot be interrupted: the goroutine in it stays behind when ctx ends,
// and ends with the next bytes that come.
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	t := &tail{Source: s, sink: sink, held: make(map[string]hold)}
	defer t.close()
	var stdinDone <-chan struct{}
	if s.stdin != nil {
		t.pipe = &pipe{done: make(chan struct{})}
		stdinDone = t.pipe.done
		go t.pipe.read(ctx, s.stdin, sink)
	}
	t.report()
	t.round(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if !s.follow {
		t.finish()
		if stdinDone != nil {
			t.report()
			select {
			case <-stdinDone:
			case <-ctx.Done():
				return nil
			}
		}
		t.loaded = true
		t.report()
		return nil
	}

	ticker := s.clock.NewTicker(s.poll)
	defer ticker.Stop()
	t.loaded = t.pipe == nil
	t.report()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-stdinDone:
			stdinDone = nil
			if len(s.paths) == 0 {
				t.loaded = true
				t.report()
				return nil
			}
		case <-ticker.Chan():
			t.round(ctx)
			t.loaded = t.loaded || t.pipe.quiet()
			t.report()
		}
	}
}
