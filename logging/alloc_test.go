//go:build !race

package logging_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/donna-project/donnatop/logging"
)

// TestAllocations holds the numbers the package documents. (The race detector
// adds allocations of its own.)
func TestAllocations(t *testing.T) {
	logger := logging.Setup(logging.Options{JSON: true, Writer: io.Discard})
	ctx := logging.WithTaskID(logging.WithLogger(context.Background(), logger), "t")
	five := func(level slog.Level) {
		logger.LogAttrs(ctx, level, "x", slog.Int("a", 1), slog.String("b", "2"), slog.Float64("c", 3), slog.Bool("d", true), slog.Uint64("e", 5))
	}
	tests := []struct {
		name string
		want float64
		log  func()
	}{
		{"disabled", 0, func() { five(slog.LevelDebug) }},
		{"disabled event", 0, func() { logging.EventAt(ctx, slog.LevelDebug, logging.TaskCreated, "x", slog.Int("a", 1)) }},
		{"five pairs", 0, func() { five(slog.LevelInfo) }},
		{"ten pairs", 1, func() { // slog.Record keeps five
			logger.LogAttrs(ctx, slog.LevelInfo, "x", slog.Int("a", 1), slog.Int("b", 2), slog.Int("c", 3), slog.Int("d", 4), slog.Int("e", 5),
				slog.Int("f", 6), slog.Int("g", 7), slog.Int("h", 8), slog.Int("i", 9), slog.Int("j", 10))
		}},
		{"event of ten pairs", 0, func() {
			logging.Event(ctx, logging.TaskCreated, "x", slog.Int("a", 1), slog.Int("b", 2), slog.Int("c", 3), slog.Int("d", 4), slog.Int("e", 5),
				slog.Int("f", 6), slog.Int("g", 7), slog.Int("h", 8), slog.Int("i", 9), slog.Int("j", 10))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The time stamp's second is formatted once; 1000 runs fit in few.
			if got := testing.AllocsPerRun(1000, tt.log); got != tt.want {
				t.Errorf("%v allocations, want %v", got, tt.want)
			}
		})
	}
}
