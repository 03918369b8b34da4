// Package bench compares logging with log/slog's JSONHandler, zerolog and zap
// on the same call: a discarding writer, a time stamp, four fields that come
// from the request. It is a module of its own, so that logging depends on
// nothing. Only ratios within one run mean anything:
//
//	go test -bench . -benchmem -count 5 .
package bench

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	correlationID = "0198f3a2-7c4d-7e11-9a55-3f0c2b6d8e90"
	userID        = "nadia"
	channel       = "discord"
	taskID        = "0198f3a2-7c4e-7b02-8c1d-5e6f7a8b9c0d"

	event = "llm_invocation_logged"
)

func requestContext() context.Context {
	ctx := logging.WithCorrelationID(context.Background(), correlationID)
	ctx = logging.WithUserID(ctx, userID)
	ctx = logging.WithChannel(ctx, channel)
	return logging.WithTaskID(ctx, taskID)
}

// floor is the least a slog handler can do: it reads the pairs. What slog costs
// before and around any handler is in it.
type floor struct{ bytes int }

func (*floor) Enabled(context.Context, slog.Level) bool { return true }

func (f *floor) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		f.bytes += len(a.Key)
		return true
	})
	return nil
}

func (f *floor) WithAttrs([]slog.Attr) slog.Handler { return f }

func (f *floor) WithGroup(string) slog.Handler { return f }

func donnaLogger() *slog.Logger {
	return logging.Setup(logging.Options{JSON: true, Writer: io.Discard})
}

func slogLogger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(io.Discard, nil)).With(
		"correlation_id", correlationID, "user_id", userID, "channel", channel, "task_id", taskID)
}

func zerologLogger() zerolog.Logger {
	return zerolog.New(io.Discard).With().Timestamp().
		Str("correlation_id", correlationID).Str("user_id", userID).Str("channel", channel).Str("task_id", taskID).
		Logger()
}

func zapLogger() *zap.Logger {
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.AddSync(io.Discard), zap.InfoLevel)
	return zap.New(core).With(
		zap.String("correlation_id", correlationID), zap.String("user_id", userID),
		zap.String("channel", channel), zap.String("task_id", taskID))
}

func zerologFive(e *zerolog.Event) *zerolog.Event {
	return e.Str("task_type", "parse_task").Str("model_alias", "parser").Int("latency_ms", 1234).
		Float64("cost_usd", 0.001982).Bool("ok", true)
}

func zerologTen(e *zerolog.Event) *zerolog.Event {
	return zerologFive(e).Str("model_actual", "anthropic/claude-sonnet").Int("tokens_in", 2048).Int("tokens_out", 512).
		Str("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7").Int("attempt", 1)
}

func BenchmarkTenAttrs(b *testing.B) {
	b.Run("logging", func(b *testing.B) {
		logger, ctx := donnaLogger(), requestContext()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelInfo, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
				slog.String("model_actual", "anthropic/claude-sonnet"), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
				slog.String("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7"), slog.Int("attempt", 1))
		}
	})
	b.Run("floor", func(b *testing.B) {
		logger, ctx := slog.New(&floor{}), requestContext()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelInfo, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
				slog.String("model_actual", "anthropic/claude-sonnet"), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
				slog.String("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7"), slog.Int("attempt", 1))
		}
	})
	b.Run("slog", func(b *testing.B) {
		logger, ctx := slogLogger(), context.Background()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelInfo, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
				slog.String("model_actual", "anthropic/claude-sonnet"), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
				slog.String("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7"), slog.Int("attempt", 1))
		}
	})
	b.Run("zerolog", func(b *testing.B) {
		logger := zerologLogger()
		b.ReportAllocs()
		for b.Loop() {
			zerologTen(logger.Info()).Msg(event)
		}
	})
	b.Run("zap", func(b *testing.B) {
		logger := zapLogger()
		b.ReportAllocs()
		for b.Loop() {
			logger.Info(event,
				zap.String("task_type", "parse_task"), zap.String("model_alias", "parser"), zap.Int("latency_ms", 1234),
				zap.Float64("cost_usd", 0.001982), zap.Bool("ok", true),
				zap.String("model_actual", "anthropic/claude-sonnet"), zap.Int("tokens_in", 2048), zap.Int("tokens_out", 512),
				zap.String("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7"), zap.Int("attempt", 1))
		}
	})
}

func BenchmarkFiveAttrs(b *testing.B) {
	b.Run("logging", func(b *testing.B) {
		logger, ctx := donnaLogger(), requestContext()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelInfo, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true))
		}
	})
	b.Run("slog", func(b *testing.B) {
		logger, ctx := slogLogger(), context.Background()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelInfo, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true))
		}
	})
	b.Run("zerolog", func(b *testing.B) {
		logger := zerologLogger()
		b.ReportAllocs()
		for b.Loop() {
			zerologFive(logger.Info()).Msg(event)
		}
	})
	b.Run("zap", func(b *testing.B) {
		logger := zapLogger()
		b.ReportAllocs()
		for b.Loop() {
			logger.Info(event,
				zap.String("task_type", "parse_task"), zap.String("model_alias", "parser"), zap.Int("latency_ms", 1234),
				zap.Float64("cost_usd", 0.001982), zap.Bool("ok", true))
		}
	})
}

// BenchmarkEvent compares a typed event of ten pairs, which does without
// slog.Record, with zerolog's same line.
func BenchmarkEvent(b *testing.B) {
	b.Run("logging", func(b *testing.B) {
		ctx := logging.WithLogger(requestContext(), donnaLogger())
		b.ReportAllocs()
		for b.Loop() {
			logging.Event(ctx, logging.APICallCompleted, event,
				slog.String("task_type", "parse_task"), slog.String("model_alias", "parser"), slog.Int("latency_ms", 1234),
				slog.Float64("cost_usd", 0.001982), slog.Bool("ok", true),
				slog.String("model_actual", "anthropic/claude-sonnet"), slog.Int("tokens_in", 2048), slog.Int("tokens_out", 512),
				slog.String("invocation_id", "019fe52e-3420-772a-9079-f5406ecf24a7"), slog.Int("attempt", 1))
		}
	})
	b.Run("zerolog", func(b *testing.B) {
		logger := zerologLogger()
		b.ReportAllocs()
		for b.Loop() {
			zerologTen(logger.Info().Str("event_type", "api.call.completed")).Msg(event)
		}
	})
}

// BenchmarkDisabled is a call below the minimum level.
func BenchmarkDisabled(b *testing.B) {
	b.Run("logging", func(b *testing.B) {
		logger, ctx := donnaLogger(), requestContext()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelDebug, event, slog.String("task_type", "parse_task"), slog.Int("latency_ms", 1234))
		}
	})
	b.Run("event", func(b *testing.B) {
		ctx := logging.WithLogger(requestContext(), donnaLogger())
		b.ReportAllocs()
		for b.Loop() {
			logging.EventAt(ctx, slog.LevelDebug, logging.APICallCompleted, event, slog.String("task_type", "parse_task"), slog.Int("latency_ms", 1234))
		}
	})
	b.Run("slog", func(b *testing.B) {
		logger, ctx := slogLogger(), context.Background()
		b.ReportAllocs()
		for b.Loop() {
			logger.LogAttrs(ctx, slog.LevelDebug, event, slog.String("task_type", "parse_task"), slog.Int("latency_ms", 1234))
		}
	})
	b.Run("zerolog", func(b *testing.B) {
		logger := zerologLogger().Level(zerolog.InfoLevel)
		b.ReportAllocs()
		for b.Loop() {
			logger.Debug().Str("task_type", "parse_task").Int("latency_ms", 1234).Msg(event)
		}
	})
	b.Run("zap", func(b *testing.B) {
		logger := zapLogger()
		b.ReportAllocs()
		for b.Loop() {
			logger.Debug(event, zap.String("task_type", "parse_task"), zap.Int("latency_ms", 1234))
		}
	})
}

// zerolog prints whole seconds by default; the others print fractions.
func init() {
	zerolog.TimeFieldFormat = "2006-01-02T15:04:05.000000Z07:00"
	zerolog.TimestampFunc = func() time.Time { return time.Now().UTC() }
}
