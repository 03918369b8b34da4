package logging_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/donna-project/donnatop/logging"
)

// faultyWriter takes at most the number of bytes, and returns the error, that
// is next in its script; then it takes everything.
type faultyWriter struct {
	bytes.Buffer
	script []fault
}

type fault struct {
	n     int
	err   error
	panic bool
}

func (w *faultyWriter) Write(p []byte) (int, error) {
	if len(w.script) == 0 {
		return w.Buffer.Write(p)
	}
	f := w.script[0]
	w.script = w.script[1:]
	if f.panic {
		panic("writer gone")
	}
	n, _ := w.Buffer.Write(p[:min(f.n, len(p))])
	return n, f.err
}

func TestFaultyWriter(t *testing.T) {
	full := errors.New("disk full")
	tests := []struct {
		name   string
		script []fault
		failed uint64
		lines  []string // what the complete lines start with
		report string
	}{
		{"sound", nil, 0, []string{`{"n": 0`, `{"n": 1`, `{"n": 2`}, ""},
		{"short, then the rest", []fault{{n: 5}, {n: 3}}, 1, []string{`{"n": 0`, `{"n": 1`, `{"n": 2`}, "write log line: short write"},
		{"short, then nothing", []fault{{n: 5}, {}}, 1, []string{`{"n":`, `{"n": 1`, `{"n": 2`}, "short write"},
		{"short, then an error", []fault{{n: 5}, {err: full}}, 1, []string{`{"n":`, `{"n": 1`, `{"n": 2`}, "disk full"},
		{"nothing taken", []fault{{err: full}}, 1, []string{`{"n": 1`, `{"n": 2`}, "write log line: disk full"},
		{"nothing taken and no error", []fault{{}}, 1, []string{`{"n": 1`, `{"n": 2`}, "write log line: short write"},
		{"torn, then whole", []fault{{n: 5, err: full}}, 1, []string{`{"n":`, `{"n": 1`, `{"n": 2`}, "disk full"},
		{"two failures are reported once", []fault{{err: full}, {err: io.ErrClosedPipe}}, 2, []string{`{"n": 2`}, "disk full"},
		{"torn, and no line end either", []fault{{n: 5, err: full}, {err: full}}, 2, []string{`{"n":`, `{"n": 2`}, "disk full"},
		{"a panic", []fault{{panic: true}}, 1, []string{"", `{"n": 1`, `{"n": 2`}, "writer panicked: writer gone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &faultyWriter{script: tt.script}
			var reports []string
			logger := logging.Setup(logging.Options{JSON: true, Writer: w, OnError: func(err error) { reports = append(reports, err.Error()) }})
			for n := range 3 {
				logger.Info("x", "n", n)
			}
			lines := strings.Split(strings.TrimSuffix(w.String(), "\n"), "\n")
			if len(lines) != len(tt.lines) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(tt.lines), w.String())
			}
			for i, want := range tt.lines {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("line %d is %s, want %s", i, lines[i], want)
				}
			}
			if got := logging.WriteFailures(logger.With("a", 1)); got != tt.failed {
				t.Errorf("%d failures, want %d", got, tt.failed)
			}
			if got := strings.Join(reports, "; "); !strings.Contains(got, tt.report) || (len(reports) > 1) || (tt.report == "") != (got == "") {
				t.Errorf("reports %q, want %q", got, tt.report)
			}
		})
	}
}

func TestReportMayPanic(t *testing.T) {
	logger := logging.Setup(logging.Options{JSON: true, Writer: &faultyWriter{script: []fault{{}}}, OnError: func(error) { panic("boom") }})
	logger.Info("x")
	if logging.WriteFailures(logger) != 1 {
		t.Error("the line was not counted")
	}
}

func TestWriteFailuresOfAnotherHandler(t *testing.T) {
	if logging.WriteFailures(slog.New(slog.DiscardHandler)) != 0 {
		t.Error("a handler of another package failed")
	}
}

// oneLine fails if a Write is not exactly one line.
type oneLine struct {
	seen sync.Map
	bad  string // read when all is over; the handler writes one at a time
}

func (w *oneLine) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte("\n")) != 1 || p[len(p)-1] != '\n' || p[0] != '{' {
		w.bad = string(p)
	}
	w.seen.Store(string(p), true)
	return len(p), nil
}

func TestThousandGoroutines(t *testing.T) {
	w := &oneLine{}
	logger := logging.Setup(logging.Options{JSON: true, Writer: w})
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() {
			logger.With("i", i).Info("x", "text", strings.Repeat("line\n", i%50), "error", fmt.Errorf("e%d", i))
		})
	}
	wg.Wait()
	lines := 0
	w.seen.Range(func(any, any) bool { lines++; return true })
	if lines != 1000 || w.bad != "" {
		t.Errorf("%d lines, want 1000; broken: %q", lines, w.bad)
	}
}
