package logging

import (
	"context"
	"log/slog"
	"time"
)

// Event logs msg with event_type as its first pair, at the level of the type
// (EventType.Level), through the logger of FromContext(ctx). msg is the
// event's name in snake case, such as "task_created". With a handler of this
// package it allocates nothing.
func Event(ctx context.Context, event EventType, msg string, attrs ...slog.Attr) {
	EventAt(ctx, event.Level(), event, msg, attrs...)
}

// EventAt is Event at a level of the caller's choice.
func EventAt(ctx context.Context, level slog.Level, event EventType, msg string, attrs ...slog.Attr) {
	emit(ctx, level, string(event), msg, attrs)
}

// Critical logs msg at LevelCritical through the logger of FromContext(ctx).
// No minimum level holds it back. args are pairs as slog.Info takes them.
func Critical(ctx context.Context, msg string, args ...any) {
	var r slog.Record
	r.Add(args...)
	attrs := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	emit(ctx, LevelCritical, "", msg, attrs)
}

// emit logs without slog.Logger, which would spend time on a caller's address
// that no line prints and allocate for more than five pairs.
func emit(ctx context.Context, level slog.Level, eventType, msg string, attrs []slog.Attr) {
	if ctx == nil {
		ctx = context.Background()
	}
	s := scopeOf(ctx)
	var logger *slog.Logger
	if s != nil {
		logger = s.logger
	}
	if logger == nil {
		logger = slog.Default()
	}
	h := logger.Handler()
	if !h.Enabled(ctx, level) {
		return
	}
	own, ok := h.(*handler)
	if !ok {
		r := slog.NewRecord(time.Now(), level, msg, 0)
		if eventType != "" {
			r.AddAttrs(slog.String(KeyEventType, eventType))
		}
		r.AddAttrs(attrs...)
		_ = h.Handle(ctx, r)
		return
	}
	l := line{time: own.clock(), level: LevelName(level), eventType: eventType, event: msg, scope: s}
	_ = own.write(&l, &callPairs{list: attrs})
}
