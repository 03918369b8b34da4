package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// maxStdin is how much of standard input is kept, to be searched again.
const maxStdin = 512 << 20

// Files finds single lines in log files, rotated ones among them if the globs
// match them, and in standard input. It is a [Source].
type Files struct {
	paths []string
	stdin func() ([]byte, error) // nil without standard input; reads it to its end at the first call
}

// NewFiles makes a source of files: paths and globs, and [logfile.Stdin] for
// stdin, which is read to its end at the first question and kept. nil if there is
// nothing to read: standard input that somebody else reads has a nil stdin.
func NewFiles(paths []string, stdin io.Reader) *Files {
	f := &Files{}
	for _, p := range paths {
		if p != logfile.Stdin {
			f.paths = append(f.paths, p)
		} else if stdin != nil {
			f.stdin = sync.OnceValues(func() ([]byte, error) { return readStdin(stdin) })
		}
	}
	if len(f.paths) == 0 && f.stdin == nil {
		return nil
	}
	return f
}

func readStdin(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxStdin+1))
	if err == nil && len(text) > maxStdin {
		return text[:maxStdin], fmt.Errorf("standard input is longer than %d MiB and was searched no farther: give the file with --logs", maxStdin>>20)
	}
	return text, err
}

// Source is what lines call files.
func (f *Files) Source() string { return logline.SourceLogs }

// Find passes over all lines and parses those that hold one of the texts.
func (f *Files) Find(ctx context.Context, q trace.LogQuery, yield func([]trace.Found) error) ([]data.Gap, error) {
	needles := logline.NewNeedles(q.Texts)
	return nil, f.search(ctx, logfile.SearchOptions{Keep: needles.In, Progress: q.Progress}, func(hits []logfile.Hit) error {
		return yield(places(hits))
	})
}

// fileSlack is how much older than its last line a file may look: its time and
// the lines' need not come from one clock.
const fileSlack = time.Minute

// Newest hands the lines of a range to take, file by file; in which order is only
// known at the end.
func (f *Files) Newest(ctx context.Context, q data.LineQuery, take func(lines []trace.Found, before time.Time) (more bool), progress func(float64)) error {
	inRange := func(text string) bool {
		var e logline.Entry
		logline.Parse(&e, text, time.Time{}, time.Time{})
		return e.Time.IsZero() || !e.Time.Before(q.From) && !e.Time.After(q.To)
	}
	return f.search(ctx, logfile.SearchOptions{Since: q.From.Add(-fileSlack), Keep: inRange, Progress: progress}, func(hits []logfile.Hit) error {
		take(places(hits), time.Time{})
		return nil
	})
}

func places(hits []logfile.Hit) []trace.Found {
	out := make([]trace.Found, len(hits))
	for i, h := range hits {
		out[i] = trace.Found(h)
	}
	return out
}

// search searches all inputs. The error says what could not be read: what could
// has been handed out all the same.
func (f *Files) search(ctx context.Context, o logfile.SearchOptions, yield func([]logfile.Hit) error) error {
	var faults []error
	if f.stdin != nil {
		text, err := f.stdin()
		if err != nil {
			faults = append(faults, err)
		}
		done, err := logfile.SearchReader(ctx, bytes.NewReader(text), "stdin", o, yield)
		if err != nil {
			return err
		}
		faults = append(faults, wrong(done))
	}
	o.Paths = f.paths
	done, err := logfile.Search(ctx, o, yield)
	if err != nil {
		return err
	}
	if done.Incomplete || done.Files == 0 {
		faults = append(faults, wrong(done))
	}
	return errors.Join(faults...)
}

// wrong is what could not be read, as an error; nil if nothing.
func wrong(done logfile.Searched) error {
	if len(done.Faults) == 0 {
		return nil
	}
	return errors.New(done.Detail())
}
