package logging_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/logging"
)

func TestConsole(t *testing.T) {
	const (
		start = "\x1b[2m2026-07-01T12:00:00Z\x1b[0m ["
		user  = " \x1b[36muser_id\x1b[0m=\x1b[35msystem\x1b[0m\n"
	)
	tests := []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"sorted pairs", func(l *slog.Logger) { l.Info("hi", "b", 1) }, start + "\x1b[32m\x1b[1minfo     \x1b[0m] \x1b[1mhi" + strings.Repeat(" ", 28) + "\x1b[0m \x1b[36mb\x1b[0m=\x1b[35m1\x1b[0m" + user},
		{"text with a blank is quoted", func(l *slog.Logger) { l.Warn("hi", "a", "b c") }, start + "\x1b[33m\x1b[1mwarning  \x1b[0m] \x1b[1mhi" + strings.Repeat(" ", 28) + "\x1b[0m \x1b[36ma\x1b[0m=\x1b[35m\"b c\"\x1b[0m" + user},
		{"escapes are neutral", func(l *slog.Logger) { l.Info("\x1b[2J", "a", "\x1b[31m\u009b") }, start + "\x1b[32m\x1b[1minfo     \x1b[0m] \x1b[1m\ufffd[2J" + strings.Repeat(" ", 26) + "\x1b[0m \x1b[36ma\x1b[0m=\x1b[35m\ufffd[31m\ufffd\x1b[0m" + user},
		{"exception below", func(l *slog.Logger) { l.Error("hi", "error", errors.New("bad")) }, start + "\x1b[31m\x1b[1merror    \x1b[0m] \x1b[1mhi" + strings.Repeat(" ", 28) + "\x1b[0m" + user + "errors.errorString: bad\n"},
		{"a rule between stack and exception", func(l *slog.Logger) {
			l.Info("hi", "error", errors.New("bad"), logging.Stack())
		}, "logging_test.TestConsole.func5\n" + strings.Repeat("=", 79) + "\nerrors.errorString: bad\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			tt.log(slog.New(atNoon{logging.NewHandler(logging.Options{Writer: &out})}))
			if !strings.HasSuffix(out.String(), tt.want) {
				t.Errorf("got  %q\nwant %q", out.String(), tt.want)
			}
		})
	}
}
