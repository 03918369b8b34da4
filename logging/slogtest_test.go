package logging_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/slogtest"

	"github.com/donna-project/donnatop/logging"
)

// TestSlogtest runs the standard library's conformance test. A line's event,
// level and timestamp are what slogtest knows as msg, level and time.
func TestSlogtest(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t,
		func(*testing.T) slog.Handler {
			out.Reset()
			return logging.NewHandler(logging.Options{JSON: true, Writer: &out})
		},
		func(t *testing.T) map[string]any {
			var pairs map[string]any
			if err := json.Unmarshal(out.Bytes(), &pairs); err != nil {
				t.Fatalf("%v in %s", err, out.Bytes())
			}
			for theirs, ours := range map[string]string{slog.MessageKey: logging.KeyEvent, slog.TimeKey: logging.KeyTimestamp} {
				if v, ok := pairs[ours]; ok {
					pairs[theirs] = v
					delete(pairs, ours)
				}
			}
			return pairs
		})
}
