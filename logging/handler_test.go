package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// tail is what a line without context ends with.
const tail = `, "user_id": "system", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}` + "\n"

// capture returns a logger whose records are of noon, and its output.
func capture(opts logging.Options) (*slog.Logger, *bytes.Buffer) {
	out := &bytes.Buffer{}
	opts.JSON, opts.Writer = true, out
	return slog.New(atNoon{logging.NewHandler(opts)}), out
}

// atNoon gives every record the time noon.
type atNoon struct{ slog.Handler }

func (h atNoon) Handle(ctx context.Context, r slog.Record) error {
	r.Time = noon
	return h.Handler.Handle(ctx, r)
}

func (h atNoon) WithAttrs(attrs []slog.Attr) slog.Handler { return atNoon{h.Handler.WithAttrs(attrs)} }

func (h atNoon) WithGroup(name string) slog.Handler { return atNoon{h.Handler.WithGroup(name)} }

func TestLine(t *testing.T) {
	ctx := context.Background()
	tests := []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"no pairs", func(l *slog.Logger) { l.Info("x") }, `{"event": "x"` + tail},
		{"bound before call", func(l *slog.Logger) { l.With("a", 1).With("b", 2).Info("x", "c", 3) }, `{"a": 1, "b": 2, "c": 3, "event": "x"` + tail},
		{"bound again keeps its place", func(l *slog.Logger) { l.With("a", 1, "b", 2).With("a", 3).Info("x") }, `{"a": 3, "b": 2, "event": "x"` + tail},
		{"call beats bound", func(l *slog.Logger) { l.With("a", 1, "b", 2).Info("x", "a", 3) }, `{"a": 3, "b": 2, "event": "x"` + tail},
		{"repeated in the call", func(l *slog.Logger) { l.Info("x", "a", 1, "b", 2, "a", 3) }, `{"a": 3, "b": 2, "event": "x"` + tail},
		{"local after event", func(l *slog.Logger) { l.InfoContext(logging.Bind(ctx, slog.Int("a", 1)), "x", "b", 2) }, `{"b": 2, "event": "x", "a": 1` + tail},
		{"local is weakest", func(l *slog.Logger) {
			l.With("a", 1).InfoContext(logging.Bind(ctx, slog.Int("a", 2), slog.Int("b", 3), slog.String("event", "y")), "x", "b", 4)
		}, `{"a": 1, "b": 4, "event": "x"` + tail},
		{"local bound again", func(l *slog.Logger) {
			l.InfoContext(logging.Bind(logging.Bind(ctx, slog.Int("a", 1), slog.Int("b", 2)), slog.Int("a", 3)), "x")
		}, `{"event": "x", "a": 3, "b": 2` + tail},
		{"context beats call in its place", func(l *slog.Logger) { l.Info("x", "user_id", "eve", "n", 1) }, `{"user_id": "system", "n": 1, "event": "x", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}` + "\n"},
		{"empty context leaves the pair", func(l *slog.Logger) { l.InfoContext(logging.WithUserID(ctx, ""), "x", "user_id", "eve") }, `{"user_id": "eve", "event": "x", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}` + "\n"},
		{"bound task id without one in context", func(l *slog.Logger) { l.With("task_id", "t").Info("x") }, `{"task_id": "t", "event": "x"` + tail},
		{"bound task id with one in context", func(l *slog.Logger) { l.With("task_id", "t").InfoContext(logging.WithTaskID(ctx, "u"), "x") }, `{"task_id": "u", "event": "x"` + tail},
		{"level and timestamp are overwritten in place", func(l *slog.Logger) { l.Info("x", "timestamp", 1, "level", "loud") }, `{"timestamp": "2026-07-01T12:00:00Z", "level": "info", "event": "x", "user_id": "system"}` + "\n"},
		{"bound event gives its place", func(l *slog.Logger) { l.With("event", "y", "a", 1).Info("x") }, `{"event": "x", "a": 1` + tail},
		{"stack and exception are ordinary without one", func(l *slog.Logger) { l.Info("x", "exception", "e", "stack", "s") }, `{"exception": "e", "stack": "s", "event": "x"` + tail},
		{"requests that are false", func(l *slog.Logger) { l.Info("x", "exc_info", nil, "stack_info", false, "a", 1) }, `{"a": 1, "event": "x"` + tail},
		{"empty key", func(l *slog.Logger) { l.Info("x", "", 1) }, `{"": 1, "event": "x"` + tail},
		{"empty values print", func(l *slog.Logger) {
			l.Info("", "n", nil, "s", "", "l", []int{}, "m", map[string]int(nil), "d", logging.Dict{}, "z", 0, "f", false)
		}, `{"n": null, "s": "", "l": [], "m": {}, "d": {}, "z": 0, "f": false, "event": ""` + tail},
		{"group of the call", func(l *slog.Logger) { l.Info("x", slog.Group("g", "a", 1, slog.Group("h", "b", 2))) }, `{"g": {"a": 1, "h": {"b": 2}}, "event": "x"` + tail},
		{"repeated in a group", func(l *slog.Logger) { l.Info("x", slog.Group("g", "a", 1, "b", 2, "a", 3)) }, `{"g": {"a": 3, "b": 2}, "event": "x"` + tail},
		{"group again replaces", func(l *slog.Logger) { l.With(slog.Group("g", "a", 1)).Info("x", slog.Group("g", "b", 2)) }, `{"g": {"b": 2}, "event": "x"` + tail},
		{"group without name", func(l *slog.Logger) { l.Info("x", slog.Group("", "a", 1)) }, `{"a": 1, "event": "x"` + tail},
		{"open group", func(l *slog.Logger) { l.With("a", 1).WithGroup("g").With("b", 2).Info("x", "level", 3) }, `{"a": 1, "g": {"b": 2, "level": 3}, "event": "x"` + tail},
		{"open groups without pairs", func(l *slog.Logger) { l.WithGroup("g").WithGroup("h").Info("x", slog.Group("i")) }, `{"event": "x"` + tail},
		{"open group takes the place of a pair", func(l *slog.Logger) { l.With("g", 1, "a", 2).WithGroup("g").Info("x", "b", 3) }, `{"g": {"b": 3}, "a": 2, "event": "x"` + tail},
		{"open group of a special name", func(l *slog.Logger) { l.WithGroup("event").Info("x", "a", 1) }, `{"event": "x"` + tail},
		{"local of the name of an open group", func(l *slog.Logger) { l.WithGroup("g").InfoContext(logging.Bind(ctx, slog.Int("g", 1)), "x", "a", 1) }, `{"g": {"a": 1}, "event": "x"` + tail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, out := capture(logging.Options{})
			tt.log(logger)
			if got := out.String(); got != tt.want {
				t.Errorf("got  %swant %s", got, tt.want)
			}
		})
	}
}

func TestOptionsBindServiceAndComponent(t *testing.T) {
	logger, out := capture(logging.Options{Service: "gateway", Component: "input_parser"})
	logger.Info("x", "component", "other", "n", 1)
	if want := `{"service": "gateway", "component": "other", "n": 1, "event": "x"` + tail; out.String() != want {
		t.Errorf("got  %swant %s", out, want)
	}
}

func TestLevels(t *testing.T) {
	tests := []struct {
		name string
		want slog.Level
	}{
		{"", slog.LevelInfo}, {"DEBUG", slog.LevelDebug}, {"debug", slog.LevelDebug}, {"Info", slog.LevelInfo},
		{"warn", slog.LevelWarn}, {"WARNING", slog.LevelWarn}, {"error", slog.LevelError}, {"FATAL", logging.LevelCritical},
		{"critical", logging.LevelCritical}, {"NotSet", logging.LevelAll}, {"bogus", slog.LevelInfo}, {" DEBUG", slog.LevelInfo}, {"10", slog.LevelInfo},
	}
	for _, tt := range tests {
		if got := logging.ParseLevel(tt.name); got != tt.want {
			t.Errorf("ParseLevel(%q) = %d, want %d", tt.name, got, tt.want)
		}
	}
	names := map[slog.Level]string{
		math.MinInt: "debug", -8: "debug", -4: "debug", -1: "debug", 0: "info", 3: "info", 4: "warning", 7: "warning",
		8: "error", 11: "error", 12: "critical", 99: "critical",
	}
	for level, want := range names {
		if got := logging.LevelName(level); got != want {
			t.Errorf("LevelName(%d) = %q, want %q", level, got, want)
		}
	}
}

func TestLevelVarChangesWhileRunning(t *testing.T) {
	var level slog.LevelVar
	logger, out := capture(logging.Options{Level: "ERROR", LevelVar: &level})
	derived := logger.With("a", 1)
	derived.Info("held back")
	level.Set(slog.LevelDebug)
	derived.Debug("passes")
	level.Set(slog.Level(100))
	derived.Error("held back")
	derived.Log(context.Background(), logging.LevelCritical, "always passes")
	if n := strings.Count(out.String(), "\n"); n != 2 || strings.Contains(out.String(), "held back") {
		t.Errorf("%d lines, want 2:\n%s", n, out)
	}
}

type quotaError struct{ limit int }

func (e *quotaError) Error() string { return "quota exceeded" }

func TestErrorBecomesException(t *testing.T) {
	wrapped := &fs.PathError{Op: "open", Path: "donna.db", Err: fs.ErrNotExist}
	tests := []struct {
		name string
		log  func(*slog.Logger)
		line string // before the exception
		want []string
	}{
		{"error", func(l *slog.Logger) { l.Info("x", "error", wrapped, "n", 1) }, `{"n": 1, "event": "x"`, []string{"errors.errorString: file does not exist\n\nThe above exception was the direct cause of the following exception:\n\nfs.PathError: open donna.db: file does not exist"}},
		{"err", func(l *slog.Logger) { l.Info("x", "err", wrapped) }, `{"event": "x"`, []string{"fs.PathError: open donna.db"}},
		{"exc_info", func(l *slog.Logger) { l.Info("x", "exc_info", wrapped, "error", "text") }, `{"error": "text", "event": "x"`, []string{"fs.PathError: open"}},
		{"bound", func(l *slog.Logger) { l.With("error", wrapped).Info("x") }, `{"event": "x"`, []string{"fs.PathError: open"}},
		{"local", func(l *slog.Logger) {
			l.InfoContext(logging.Bind(context.Background(), slog.Any("error", wrapped)), "x")
		}, `{"event": "x"`, []string{"fs.PathError: open"}},
		{"a second error prints as text", func(l *slog.Logger) { l.Info("x", "err", errors.New("second"), "error", wrapped) }, `{"err": "second", "event": "x"`, []string{"fs.PathError: open"}},
		{"with a stack", func(l *slog.Logger) { l.Info("x", "error", logging.WithStack(&quotaError{1})) }, `{"event": "x"`, []string{"Traceback (most recent call last):\n  File \"", "handler_test.go\", line ", "in github.com/donna-project/donnatop/logging_test.TestErrorBecomesException", "\nlogging_test.quotaError: quota exceeded"}},
		{"joined", func(l *slog.Logger) { l.Info("x", "error", errors.Join(errors.New("a"), wrapped)) }, `{"event": "x"`, []string{"errors.joinError: a\nopen", "\n+-+---------------- 1 ----------------\n  | errors.errorString: a\n  +---------------- 2 ----------------\n  | errors.errorString: file does not exist\n", "  | fs.PathError: open", "\n  +------------------------------------"}},
		{"a panic that was recovered", func(l *slog.Logger) {
			defer func() { l.Info("x", "error", logging.Recovered(recover())) }()
			panicking()
		}, `{"event": "x"`, []string{"logging_test.panicking\npanic: boom"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, out := capture(logging.Options{})
			tt.log(logger)
			before, _, found := strings.Cut(out.String(), `, "exception": "`)
			if want := tt.line + strings.TrimSuffix(tail, "}\n"); !found || before != want {
				t.Errorf("got  %s\nwant %s and an exception", out, want)
			}
			var pairs struct{ Exception string }
			if err := json.Unmarshal(out.Bytes(), &pairs); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(pairs.Exception, want) {
					t.Errorf("%q is not in\n%s", want, pairs.Exception)
				}
			}
		})
	}
}

func panicking() { panic("boom") }

func TestErrorElsewhereIsText(t *testing.T) {
	var none *quotaError
	logger, out := capture(logging.Options{})
	logger.Info("x", "cause", errors.New("a"), "error", "text", "err", none, slog.Group("g", "error", errors.New("b")))
	if want := `{"cause": "a", "error": "text", "err": null, "g": {"error": "b"}, "event": "x"` + tail; out.String() != want {
		t.Errorf("got  %swant %s", out, want)
	}
}

func TestStack(t *testing.T) {
	logger, out := capture(logging.Options{})
	logger.Info("x", logging.Stack(), "error", errors.New("bad"))
	var pairs struct{ Stack, Exception string }
	if err := json.Unmarshal(out.Bytes(), &pairs); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(pairs.Stack, "\n")
	if lines[0] != "Stack (most recent call last):" || !strings.HasSuffix(lines[len(lines)-1], "logging_test.TestStack") {
		t.Errorf("stack\n%s", pairs.Stack)
	}
	if strings.Index(out.String(), `"stack"`) > strings.Index(out.String(), `"exception"`) {
		t.Errorf("exception before stack in %s", out)
	}
}
