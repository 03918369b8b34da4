package logtest

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/logging"
)

func TestLines(t *testing.T) {
	logger, lines := New()
	ctx := logging.WithTaskID(context.Background(), "t-1")
	logger.DebugContext(ctx, "task_parsed", "n", 3, "x", 3.0, "bad", math.NaN(), "q", `a "b", {c}`, "l", []any{1, "]"})
	logger.Info("other")

	line := lines.Want(t, "task_parsed",
		slog.Int("n", 3), slog.Float64("x", 3), slog.Any("bad", math.NaN()), slog.String("task_id", "t-1"), slog.Any("l", []any{1, "]"}))
	if want := []string{"n", "x", "bad", "q", "l", "event", "user_id", "task_id", "level", "timestamp"}; !slices.Equal(line.Keys, want) {
		t.Errorf("keys %q, want %q", line.Keys, want)
	}
	if got := line.Text("q"); got != `a "b", {c}` {
		t.Errorf("q is %q", got)
	}
	if line.JSON("bad") != "NaN" || line.Text("n") != "" || line.Has("missing") {
		t.Errorf("values of %s", line.Raw)
	}
	if len(lines.All()) != 2 || len(lines.Named("other")) != 1 {
		t.Errorf("lines %v", lines.All())
	}
	lines.WantNone(t, "never")
	lines.Reset()
	lines.WantNone(t, "other")
}

// recordingT keeps what a failing assertion says.
type recordingT struct {
	testing.TB
	said string
}

func (r *recordingT) Helper() {}

func (r *recordingT) Errorf(format string, args ...any) { r.said = fmt.Sprintf(format, args...) }

func (r *recordingT) Fatalf(format string, args ...any) { r.said = fmt.Sprintf(format, args...) }

func TestFailures(t *testing.T) {
	logger, lines := New()
	logger.Info("task_created", "n", 3)
	tests := []struct {
		name   string
		assert func(testing.TB)
		want   string
	}{
		{"another event", func(t testing.TB) { lines.Want(t, "task_done") }, `no line "task_done"`},
		{"an int for a float", func(t testing.TB) { lines.Want(t, "task_created", slog.Float64("n", 3)) }, `{"n": 3.0}`},
		{"a missing pair", func(t testing.TB) { lines.Want(t, "task_created", slog.String("id", "")) }, `{"n": 3, "event"`},
		{"an unwanted event", func(t testing.TB) { lines.WantNone(t, "task_created") }, "want none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recordingT{TB: t}
			tt.assert(r)
			if !strings.Contains(r.said, tt.want) {
				t.Errorf("said %q, want %q in it", r.said, tt.want)
			}
		})
	}
}
