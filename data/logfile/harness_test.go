package logfile_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
)

// A sink keeps what a source reports.
type sink struct {
	mu      sync.Mutex
	lines   []logline.Entry
	batches []int
	states  []data.SourceState
}

func (s *sink) SetState(source string, st data.SourceState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if source != data.SourceFiles {
		panic("state of " + source)
	}
	s.states = append(s.states, st)
}

func (s *sink) AppendLines(batch []logline.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, batch...)
	s.batches = append(s.batches, len(batch))
}

func (s *sink) AppendHistory([]logline.Entry) { panic("files have no history") }
func (s *sink) SetDB(*data.DB)                { panic("files have no database") }
func (s *sink) SetConfig(data.Config)         { panic("files have no configuration") }

func (s *sink) state() data.SourceState {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.states) == 0 {
		return data.SourceState{}
	}
	return s.states[len(s.states)-1]
}

// take returns the lines since it was called last.
func (s *sink) take() []logline.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

func raws(entries []logline.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Raw)
	}
	return out
}

// readOnce runs a source that does not follow.
func readOnce(t *testing.T, paths ...string) *sink {
	t.Helper()
	return readFrom(t, nil, paths...)
}

func readFrom(t *testing.T, stdin io.Reader, paths ...string) *sink {
	t.Helper()
	s, err := logfile.New(logfile.Options{Paths: paths, Stdin: stdin, Clock: clockwork.NewFakeClock()})
	if err != nil {
		t.Fatal(err)
	}
	got := &sink{}
	if err := s.Run(t.Context(), got); err != nil {
		t.Fatalf("Run = %v", err)
	}
	return got
}

// A following is a source that follows, polled by the test.
type following struct {
	t     *testing.T
	clock *clockwork.FakeClock
	sink  *sink
	done  chan error
}

// follow runs test beside a source that has done its first round.
func follow(t *testing.T, paths []string, test func(f *following)) {
	followStdin(t, paths, func(f *following, _ io.WriteCloser) { test(f) })
}

// followStdin is follow with a pipe for standard input.
func followStdin(t *testing.T, paths []string, test func(f *following, stdin io.WriteCloser)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		stdin, w := io.Pipe()
		defer w.Close()
		f := &following{t: t, clock: clockwork.NewFakeClock(), sink: &sink{}, done: make(chan error, 1)}
		s, err := logfile.New(logfile.Options{Paths: paths, Stdin: stdin, Clock: f.clock, Follow: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { f.done <- s.Run(ctx, f.sink) }()
		synctest.Wait()
		test(f, w)
		cancel()
		if err := <-f.done; err != nil {
			t.Errorf("Run = %v after its context ended", err)
		}
	})
}

// poll lets one poll pass and waits until it is done.
func (f *following) poll() { f.wait(logfile.DefaultPoll) }

// wait lets time pass, polling all the while.
func (f *following) wait(d time.Duration) {
	for ; d > 0; d -= logfile.DefaultPoll {
		f.clock.Advance(logfile.DefaultPoll)
		synctest.Wait()
	}
}

// want polls and checks which lines came.
func (f *following) want(lines ...string) {
	f.t.Helper()
	f.poll()
	f.wantNow(lines...)
}

func (f *following) wantNow(lines ...string) {
	f.t.Helper()
	if diff := cmp.Diff(lines, raws(f.sink.take())); diff != "" {
		f.t.Errorf("-want +got\n%s", diff)
	}
}

// dir is a folder of log files.
type dir struct {
	t    *testing.T
	path string
}

func newDir(t *testing.T) dir { return dir{t, t.TempDir()} }

func (d dir) join(name string) string { return filepath.Join(d.path, name) }

func (d dir) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// write makes a file of the text.
func (d dir) write(name, text string) string {
	d.t.Helper()
	d.must(os.MkdirAll(filepath.Dir(d.join(name)), 0o755))
	d.must(os.WriteFile(d.join(name), []byte(text), 0o644))
	return d.join(name)
}

// add appends to a file as a logger does.
func (d dir) add(name, text string) {
	d.t.Helper()
	f, err := os.OpenFile(d.join(name), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	d.must(err)
	_, err = f.WriteString(text)
	d.must(err)
	d.must(f.Close())
}

func (d dir) rename(from, to string) { d.t.Helper(); d.must(os.Rename(d.join(from), d.join(to))) }
func (d dir) remove(name string)     { d.t.Helper(); d.must(os.Remove(d.join(name))) }
func (d dir) truncate(name string)   { d.t.Helper(); d.must(os.Truncate(d.join(name), 0)) }

func (d dir) copy(from, to string) {
	d.t.Helper()
	text, err := os.ReadFile(d.join(from))
	d.must(err)
	d.write(to, string(text))
}

// stamped is a line of a second of one minute.
func stamped(second int, name string) string {
	return fmt.Sprintf(`{"event": %q, "level": "info", "timestamp": "2026-06-01T10:00:%02d.000001Z"}`, name, second)
}

func lines(l ...string) string {
	var text string
	for _, line := range l {
		text += line + "\n"
	}
	return text
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
