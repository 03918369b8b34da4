package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// lines writes donna.log, what the orchestrator's and the API's containers print to stdout, with the project's own logging
// library: through a buffer while seeding, one write per line from then on.
type lines struct {
	file    *os.File
	out     *bufio.Writer
	handler slog.Handler
	attrs   []slog.Attr // scratch
	live    bool
	failed  error
}

func openLines(path string) (*lines, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	w := &lines{file: f, out: bufio.NewWriterSize(f, 1<<20)}
	w.handler = logging.NewHandler(logging.Options{JSON: true, Writer: w.out})
	return w, nil
}

func (w *lines) print(at time.Time, level slog.Level, event string, exc *pyError, kv []any) {
	w.attrs = w.attrs[:0]
	for i := 0; i < len(kv); i += 2 {
		w.attrs = append(w.attrs, slog.Any(kv[i].(string), kv[i+1]))
	}
	if exc != nil {
		w.attrs = append(w.attrs, slog.Any("exc_info", exc))
	}
	rec := slog.NewRecord(at, level, event, 0)
	rec.AddAttrs(w.attrs...)
	w.keep(w.handler.Handle(context.Background(), rec))
	w.flush()
}

// text writes something that other code printed to the same stream.
func (w *lines) text(s string) {
	_, err := io.WriteString(w.out, s+"\n")
	w.keep(err)
	w.flush()
}

func (w *lines) flush() {
	if w.live {
		w.keep(w.out.Flush())
	}
}

func (w *lines) keep(err error) {
	if w.failed == nil && err != nil {
		w.failed = fmt.Errorf("write log: %w", err)
	}
}

// goLive ends the buffering.
func (w *lines) goLive() error {
	w.keep(w.out.Flush())
	w.live = true
	return w.failed
}

func (w *lines) close() error {
	w.keep(w.out.Flush())
	return errors.Join(w.failed, w.file.Close())
}

// Printing takes a moment: each line and each row moves the clock on a little, so that what one happening writes has an order
// in time, and what two strands write at once may come slightly out of it, as with two processes and one file.
func (l *life) tick() time.Time {
	l.now = l.now.Add(time.Duration(40+l.rng.IntN(360)) * time.Microsecond)
	if l.rng.chance(wholeSecond) {
		l.now = l.now.Truncate(time.Second).Add(time.Second)
	}
	return l.now
}

// wholeSecond is the share of stamps on a full second, from which Python leaves the fraction out. In a month of real life
// there are a few; here there are some more.
const wholeSecond = 1.0 / 1000

// info prints a line with the pairs of kv in that order.
func (l *life) info(event string, kv ...any) {
	l.out.print(l.tick(), slog.LevelInfo, event, nil, kv)
}

func (l *life) warn(event string, kv ...any) {
	l.out.print(l.tick(), slog.LevelWarn, event, nil, kv)
}

func (l *life) error(event string, kv ...any) {
	l.out.print(l.tick(), slog.LevelError, event, nil, kv)
}

func (l *life) critical(event string, kv ...any) {
	l.out.print(l.tick(), logging.LevelCritical, event, nil, kv)
}

// exception prints an error line with a traceback.
func (l *life) exception(event string, exc *pyError, kv ...any) {
	l.out.print(l.tick(), slog.LevelError, event, exc, kv)
}
