package logging

import (
	"context"
	"log/slog"
)

// The four values a request carries, in the order they print.
const (
	varCorrelationID = iota
	varUserID
	varChannel
	varTaskID
	varCount
)

var varKeys = [varCount]string{KeyCorrelationID, KeyUserID, KeyChannel, KeyTaskID}

// defaultUser is the user of work nobody in particular asked for.
const defaultUser = "system"

// scope is what a context carries for logging. It is immutable: every helper
// stores a changed copy, so contexts may be shared freely.
type scope struct {
	vars   [varCount]string
	locals []slog.Attr // from Bind, flattened and frozen
	logger *slog.Logger

	// Prepared for the encoder.
	varBits uint8  // which vars are not empty
	text    []byte // `, "tenant": "a", "user_id": "system"`
	clash   bool   // a local has a key that needs the general merge
}

type scopeKey struct{}

// noScope is the scope of a context without one.
var noScope = (&scope{vars: [varCount]string{varUserID: defaultUser}}).prepare()

func scopeOf(ctx context.Context) *scope {
	if ctx != nil {
		if s, ok := ctx.Value(scopeKey{}).(*scope); ok {
			return s
		}
	}
	return nil
}

func scopeOrDefault(ctx context.Context) *scope {
	if s := scopeOf(ctx); s != nil {
		return s
	}
	return noScope
}

// prepare fills the derived fields of s and returns it.
func (s *scope) prepare() *scope {
	s.varBits, s.clash = 0, false
	e := &encoder{}
	for _, a := range s.locals {
		e.buf = append(e.buf, ", "...)
		e.pair(a)
		s.clash = s.clash || special(a) || varIndex(a.Key) >= 0
	}
	for i, v := range s.vars {
		if v != "" {
			s.varBits |= 1 << i
			e.buf = append(e.buf, ", "...)
			e.pair(slog.String(varKeys[i], v))
		}
	}
	s.text = e.buf
	return s
}

func withScope(ctx context.Context, change func(*scope)) context.Context {
	s := *scopeOrDefault(ctx)
	change(&s)
	return context.WithValue(ctx, scopeKey{}, s.prepare())
}

// WithCorrelationID returns a context whose lines carry id as correlation_id,
// over any pair of that name. An empty id prints nothing.
func WithCorrelationID(ctx context.Context, id string) context.Context {
	return withScope(ctx, func(s *scope) { s.vars[varCorrelationID] = id })
}

// WithUserID returns a context whose lines carry id as user_id, over any pair
// of that name. Without it user_id is "system"; an empty id prints nothing.
func WithUserID(ctx context.Context, id string) context.Context {
	return withScope(ctx, func(s *scope) { s.vars[varUserID] = id })
}

// WithChannel returns a context whose lines carry name (discord, sms, email,
// …) as channel, over any pair of that name. An empty name prints nothing.
func WithChannel(ctx context.Context, name string) context.Context {
	return withScope(ctx, func(s *scope) { s.vars[varChannel] = name })
}

// WithTaskID returns a context whose lines carry id as task_id, over any pair
// of that name. An empty id prints nothing.
func WithTaskID(ctx context.Context, id string) context.Context {
	return withScope(ctx, func(s *scope) { s.vars[varTaskID] = id })
}

// CorrelationID returns the correlation id ctx carries, or "".
func CorrelationID(ctx context.Context) string {
	return scopeOrDefault(ctx).vars[varCorrelationID]
}

// Bind returns a context whose lines carry attrs, after the event and before
// correlation_id. They are the weakest pairs of a line: one whose key the
// logger or the call has already set is left out. Binding a key again
// replaces its value. Values are encoded now, once.
func Bind(ctx context.Context, attrs ...slog.Attr) context.Context {
	return withScope(ctx, func(s *scope) {
		locals := append([]slog.Attr(nil), s.locals...)
		var own []slog.Attr
		for _, a := range flatten(nil, attrs) {
			own = append(own, freeze(a))
		}
		s.locals = setAll(locals, own)
	})
}

// WithLogger returns a context that carries logger to FromContext, Event and
// Critical.
func WithLogger(ctx context.Context, logger *slog.Logger) context.Context {
	return withScope(ctx, func(s *scope) { s.logger = logger })
}

// FromContext returns the logger ctx carries, or slog.Default. Its lines have
// the values of ctx even through the methods that take no context; a call
// that passes a context with values of its own prints those instead. A logger
// whose handler is not this package's is returned as it is.
func FromContext(ctx context.Context) *slog.Logger {
	s := scopeOf(ctx)
	if s == nil {
		return slog.Default()
	}
	logger := s.logger
	if logger == nil {
		logger = slog.Default()
	}
	if h, ok := logger.Handler().(*handler); ok {
		bound := *h
		bound.scope = s
		return slog.New(&bound)
	}
	return logger
}
