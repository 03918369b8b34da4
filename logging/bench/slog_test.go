package bench

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// In all contenders the four fields of a request travel in its context, as
// services pass them, and are encoded when they are bound, not per line: the
// call finds them with one context lookup. For logging that is how it works;
// slog, zerolog and zap have loggers with bound fields for it, which the
// context carries. That is what a service author writes with them, and less
// work per line than four context values added by a hook.

// slog prints local time, to the nanosecond. Services run in UTC; so does the
// comparison, which saves slog a ReplaceAttr that would only make it slower.
func init() { time.Local = time.UTC }

func requestContext() context.Context {
	ctx := logging.WithCorrelationID(context.Background(), correlationID)
	ctx = logging.WithUserID(ctx, userID)
	ctx = logging.WithChannel(ctx, channel)
	return logging.WithTaskID(ctx, taskID)
}

func setupLogging(w io.Writer) (*slog.Logger, context.Context) {
	return logging.Setup(logging.Options{JSON: true, Writer: w}), requestContext()
}

type loggerKey struct{}

func setupSlog(w io.Writer) context.Context {
	logger := slog.New(slog.NewJSONHandler(w, nil)).With(
		"correlation_id", correlationID, "user_id", userID, "channel", channel, "task_id", taskID)
	return context.WithValue(context.Background(), loggerKey{}, logger)
}

func slogFrom(ctx context.Context) *slog.Logger { return ctx.Value(loggerKey{}).(*slog.Logger) }

// floor is the least a slog handler can do: it finds the context's fields and
// reads the pairs. What slog costs before and around any handler is in it.
type floor struct{ bytes int }

func (*floor) Enabled(context.Context, slog.Level) bool { return true }

func (f *floor) Handle(ctx context.Context, r slog.Record) error {
	f.bytes += len(logging.CorrelationID(ctx))
	r.Attrs(func(a slog.Attr) bool {
		f.bytes += len(a.Key)
		return true
	})
	return nil
}

func (f *floor) WithAttrs([]slog.Attr) slog.Handler { return f }

func (f *floor) WithGroup(string) slog.Handler { return f }

func attrsFive(ctx context.Context, logger *slog.Logger, level slog.Level) {
	logger.LogAttrs(ctx, level, event,
		slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
		slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true))
}

func attrsTen(ctx context.Context, logger *slog.Logger) {
	logger.LogAttrs(ctx, slog.LevelInfo, event,
		slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
		slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
		slog.String("model_actual", modelActual), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
		slog.String("invocation_id", invocationID), slog.Int("attempt", 1))
}

func loggingTen(w io.Writer) func() {
	logger, ctx := setupLogging(w)
	return func() { attrsTen(ctx, logger) }
}

func loggingFive(w io.Writer) func() {
	logger, ctx := setupLogging(w)
	return func() { attrsFive(ctx, logger, slog.LevelInfo) }
}

// loggingEvent is a typed event of ten pairs, which does without slog.Record.
func loggingEvent(w io.Writer) func() {
	logger, ctx := setupLogging(w)
	ctx = logging.WithLogger(ctx, logger)
	return func() {
		logging.Event(ctx, logging.APICallCompleted, event,
			slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
			slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
			slog.String("model_actual", modelActual), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
			slog.String("invocation_id", invocationID), slog.Int("attempt", 1))
	}
}

func loggingDisabled(w io.Writer) func() {
	logger, ctx := setupLogging(w)
	return func() { attrsFive(ctx, logger, slog.LevelDebug) }
}

func eventDisabled(w io.Writer) func() {
	logger, ctx := setupLogging(w)
	ctx = logging.WithLogger(ctx, logger)
	return func() {
		logging.EventAt(ctx, slog.LevelDebug, logging.APICallCompleted, event,
			slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
			slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true))
	}
}

func floorTen(io.Writer) func() {
	logger, ctx := slog.New(&floor{}), requestContext()
	return func() { attrsTen(ctx, logger) }
}

func floorFive(io.Writer) func() {
	logger, ctx := slog.New(&floor{}), requestContext()
	return func() { attrsFive(ctx, logger, slog.LevelInfo) }
}

func slogTen(w io.Writer) func() {
	ctx := setupSlog(w)
	return func() { attrsTen(ctx, slogFrom(ctx)) }
}

func slogFive(w io.Writer) func() {
	ctx := setupSlog(w)
	return func() { attrsFive(ctx, slogFrom(ctx), slog.LevelInfo) }
}

func slogDisabled(w io.Writer) func() {
	ctx := setupSlog(w)
	return func() { attrsFive(ctx, slogFrom(ctx), slog.LevelDebug) }
}
