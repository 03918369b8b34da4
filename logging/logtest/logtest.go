// Package logtest captures log lines in tests and asserts on them.
//
// The lines come out of the real handler, so a test sees the bytes that a
// service would print: New gives the logger to hand to the code under test,
// Lines what it wrote.
//
//	logger, lines := logtest.New()
//	ctx := logging.WithLogger(context.Background(), logger)
//	createTask(ctx)
//	lines.Want(t, "task_created", slog.String("channel", "discord"))
package logtest

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/donna-project/donnatop/logging"
)

// Lines are the lines a logger has written. It is safe for concurrent use.
type Lines struct {
	mu    sync.Mutex
	lines []Line
}

// New returns a logger that lets every level pass, and its lines.
func New() (*slog.Logger, *Lines) {
	l := &Lines{}
	return logging.Setup(logging.Options{Level: "NOTSET", JSON: true, Writer: (*writer)(l)}), l
}

// writer takes the handler's lines, one in each Write.
type writer Lines

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, parse(strings.TrimSuffix(string(p), "\n")))
	return len(p), nil
}

// All returns the lines so far, oldest first.
func (l *Lines) All() []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Line(nil), l.lines...)
}

// Named returns the lines whose event is event.
func (l *Lines) Named(event string) []Line {
	var named []Line
	for _, line := range l.All() {
		if line.Text(logging.KeyEvent) == event {
			named = append(named, line)
		}
	}
	return named
}

// Reset forgets the lines so far.
func (l *Lines) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = nil
}

// Want returns the first line whose event is event and that has all of
// attrs, or fails the test. Values are compared as they print: 3 is not 3.0.
func (l *Lines) Want(t testing.TB, event string, attrs ...slog.Attr) Line {
	t.Helper()
	want := printed(attrs)
	for _, line := range l.Named(event) {
		if line.hasAll(want) {
			return line
		}
	}
	t.Fatalf("no line %q with %s among:\n%s", event, want.Raw, l.text())
	return Line{}
}

// WantNone fails the test if a line's event is event.
func (l *Lines) WantNone(t testing.TB, event string) {
	t.Helper()
	if named := l.Named(event); len(named) > 0 {
		t.Errorf("%d lines %q, want none; the first is %s", len(named), event, named[0].Raw)
	}
}

func (l *Lines) text() string {
	var b strings.Builder
	for _, line := range l.All() {
		_, _ = io.WriteString(&b, line.Raw+"\n")
	}
	return b.String()
}

// printed returns attrs as they print.
func printed(attrs []slog.Attr) Line {
	const group = "want"
	logger, lines := New()
	logger.WithGroup(group).LogAttrs(context.Background(), slog.LevelInfo, "", attrs...)
	return parse(lines.All()[0].JSON(group))
}
