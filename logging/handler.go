package logging

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// core is what a handler shares with all that are derived from it.
type core struct {
	sink
	json    bool
	level   *slog.LevelVar
	clock   func() time.Time
	seconds secondCache
}

// handler is immutable but for its core; WithAttrs and WithGroup copy it.
type handler struct {
	*core
	scope  *scope  // of the context the logger was taken from, or nil
	groups []group // groups[0] is the line itself, the others are open groups
	fast   prepared
}

// group holds the pairs bound at one level, flattened and frozen.
type group struct {
	name  string
	attrs []slog.Attr
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level() || level >= LevelCritical
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	var l line // filled field by field: the compiler builds a literal aside and copies it
	l.time, l.level, l.event, l.pc = r.Time, LevelName(r.Level), r.Message, r.PC
	l.scope = scopeOf(ctx)
	return h.write(&l, &callPairs{record: &r})
}

// write encodes and writes one line.
func (h *handler) write(l *line, p *callPairs) error {
	if l.scope == nil {
		l.scope = h.scope
	}
	if l.scope == nil {
		l.scope = noScope
	}
	e := newEncoder()
	defer e.free()
	switch {
	case !h.json:
		e.console(h.merge(l, p))
	case !h.direct(e, l, p):
		e.buf = e.buf[:0]
		e.object(h.merge(l, p))
		e.buf = append(e.buf, '\n')
	}
	return h.sink.write(e.buf)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.bind(func(groups []group) []group {
		last := &groups[len(groups)-1]
		own := slices.Clone(last.attrs)
		for _, a := range flatten(nil, attrs) {
			if h.json {
				a = freeze(a)
			}
			own = set(own, a)
		}
		last.attrs = own
		return groups
	})
}

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.bind(func(groups []group) []group { return append(groups, group{name: name}) })
}

func (h *handler) bind(change func([]group) []group) *handler {
	derived := *h
	derived.groups = change(slices.Clone(h.groups))
	derived.fast = prepare(derived.groups)
	return &derived
}
