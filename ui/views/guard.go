package views

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Guard draws, and turns a panic into lines that say what failed: one bad value
// must cost one panel, not the screen. The panic and its stack go to log.
func Guard(log *slog.Logger, what string, draw func() []string, failed func(err error) []string) (lines []string) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("drawing panicked", "what", what, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			lines = failed(fmt.Errorf("draw %s: %v", what, r))
		}
	}()
	return draw()
}
