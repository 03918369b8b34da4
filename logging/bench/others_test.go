package bench

import (
	"context"
	"io"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// microseconds is how zerolog prints Donna's time stamp, and what a service
// whose lines must look like Donna's sets; its default is whole seconds.
// time.RFC3339Nano, the other choice, prints up to nine digits but is faster:
// package time has a path of its own for that layout. The contender
// "zerolog-nano" shows what that makes.
const microseconds = "2006-01-02T15:04:05.000000Z07:00"

func init() { zerolog.TimeFieldFormat = microseconds }

// nano runs log with the format of nanoseconds, which zerolog keeps in a
// global variable: two assignments.
func nano(setup func(io.Writer) func()) func(io.Writer) func() {
	return func(w io.Writer) func() {
		log := setup(w)
		return func() {
			zerolog.TimeFieldFormat = time.RFC3339Nano
			log()
			zerolog.TimeFieldFormat = microseconds
		}
	}
}

// zerolog gets no SyncWriter: a service that logs to standard output needs
// none. The others lock by themselves, zap as its own constructors do.
func setupZerolog(w io.Writer) context.Context {
	logger := zerolog.New(w).Level(zerolog.InfoLevel).With().Timestamp().
		Str("correlation_id", correlationID).Str("user_id", userID).Str("channel", channel).Str("task_id", taskID).
		Logger()
	return logger.WithContext(context.Background())
}

func setFive(e *zerolog.Event) *zerolog.Event {
	return e.Str("task_type", "parse_task").Str("model_alias", "parser").Int("latency_ms", 1234).
		Float64("cost_usd", 0.001982).Bool("ok", true)
}

func setTen(e *zerolog.Event) *zerolog.Event {
	return setFive(e).Str("model_actual", modelActual).Int("tokens_in", 2048).Int("tokens_out", 512).
		Str("invocation_id", invocationID).Int("attempt", 1)
}

func zerologTen(w io.Writer) func() {
	ctx := setupZerolog(w)
	return func() { setTen(zerolog.Ctx(ctx).Info()).Msg(event) }
}

func zerologFive(w io.Writer) func() {
	ctx := setupZerolog(w)
	return func() { setFive(zerolog.Ctx(ctx).Info()).Msg(event) }
}

func zerologEvent(w io.Writer) func() {
	ctx := setupZerolog(w)
	return func() { setTen(zerolog.Ctx(ctx).Info().Str("event_type", eventType)).Msg(event) }
}

func zerologDisabled(w io.Writer) func() {
	ctx := setupZerolog(w)
	return func() { setFive(zerolog.Ctx(ctx).Debug()).Msg(event) }
}

type zapKey struct{}

func setupZap(w io.Writer) context.Context {
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.Lock(zapcore.AddSync(w)), zap.InfoLevel)
	logger := zap.New(core).With(
		zap.String("correlation_id", correlationID), zap.String("user_id", userID),
		zap.String("channel", channel), zap.String("task_id", taskID))
	return context.WithValue(context.Background(), zapKey{}, logger)
}

func zapFrom(ctx context.Context) *zap.Logger { return ctx.Value(zapKey{}).(*zap.Logger) }

func zapTen(w io.Writer) func() {
	ctx := setupZap(w)
	return func() {
		zapFrom(ctx).Info(event,
			zap.String("task_type", "parse_task"), zap.String("model_alias", "parser"), zap.Int("latency_ms", 1234),
			zap.Float64("cost_usd", 0.001982), zap.Bool("ok", true),
			zap.String("model_actual", modelActual), zap.Int("tokens_in", 2048), zap.Int("tokens_out", 512),
			zap.String("invocation_id", invocationID), zap.Int("attempt", 1))
	}
}

func zapFive(w io.Writer) func() {
	ctx := setupZap(w)
	return func() {
		zapFrom(ctx).Info(event,
			zap.String("task_type", "parse_task"), zap.String("model_alias", "parser"), zap.Int("latency_ms", 1234),
			zap.Float64("cost_usd", 0.001982), zap.Bool("ok", true))
	}
}

func zapDisabled(w io.Writer) func() {
	ctx := setupZap(w)
	return func() {
		zapFrom(ctx).Debug(event,
			zap.String("task_type", "parse_task"), zap.String("model_alias", "parser"), zap.Int("latency_ms", 1234),
			zap.Float64("cost_usd", 0.001982), zap.Bool("ok", true))
	}
}
