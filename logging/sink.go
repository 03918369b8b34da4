package logging

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
)

// sink writes whole lines to one writer, one at a time.
type sink struct {
	onError  func(error)
	failures atomic.Uint64

	mu       sync.Mutex
	w        io.Writer
	torn     bool // the writer took a part of the last line
	reported bool
}

// write writes line. A failure is counted; the first one is reported, outside
// the lock.
func (s *sink) write(line []byte) error {
	report, err := s.put(line)
	if report {
		s.report(err)
	}
	return err
}

// put hands line to the writer, in one call unless that falls short: then the
// rest follows, as long as the writer takes any. A line it will not take the
// end of is closed before the next one, so that only this one is unreadable.
func (s *sink) put(line []byte) (report bool, err error) {
	s.mu.Lock()
	defer func() {
		if r := recover(); r != nil {
			s.torn = true // nobody knows how much it took
			err = fmt.Errorf("write log line: writer panicked: %v", r)
		}
		if err != nil {
			s.failures.Add(1)
			report, s.reported = !s.reported, true
		}
		s.mu.Unlock()
	}()
	if s.torn {
		if _, err := s.w.Write([]byte{'\n'}); err != nil {
			return false, fmt.Errorf("write log line: %w", err)
		}
		s.torn = false
	}
	written := 0
	for written < len(line) {
		n, failure := s.w.Write(line[written:])
		written += max(0, min(n, len(line)-written))
		if failure == nil && written < len(line) {
			failure = io.ErrShortWrite
		}
		if failure != nil {
			err = fmt.Errorf("write log line: %w", failure)
		}
		if n <= 0 || failure != nil && failure != io.ErrShortWrite {
			break
		}
	}
	s.torn = written > 0 && written < len(line)
	return false, err
}

// report tells of the first failure. A callback that panics must not take the
// service with it.
func (s *sink) report(err error) {
	defer func() { _ = recover() }()
	if s.onError != nil {
		s.onError(err)
		return
	}
	fmt.Fprintf(os.Stderr, "logging: %v; further failures are only counted\n", err)
}

// WriteFailures returns how many lines met a writer that failed or wrote
// short, since the handler of logger was made. It is 0 for a handler that is
// not this package's.
func WriteFailures(logger *slog.Logger) uint64 {
	if h, ok := logger.Handler().(*handler); ok {
		return h.sink.failures.Load()
	}
	return 0
}
