package logging

import (
	"log/slog"
	"time"
)

// line is one log call on its way to the writer, but for its pairs: those
// travel beside it, or escape analysis would move them to the heap with the
// rest.
type line struct {
	time      time.Time
	level     string
	eventType string // of a typed event: the first pair of the call
	event     string
	scope     *scope
	pc        uintptr // of the call, or 0
}

// callPairs are the pairs of a call: those of a record, or a list.
type callPairs struct {
	record *slog.Record
	list   []slog.Attr
}

// each calls f with every pair until f returns false, and returns whether it
// got to the end.
func (p *callPairs) each(f func(slog.Attr) bool) bool {
	if p.record != nil {
		all := true
		p.record.Attrs(func(a slog.Attr) bool {
			all = f(a)
			return all
		})
		return all
	}
	for _, a := range p.list {
		if !f(a) {
			return false
		}
	}
	return true
}

// merge returns the pairs of a line in the order they print. It is the
// definition of who wins: a key that is set again keeps its place and takes
// the new value.
func (h *handler) merge(l *line, p *callPairs) []slog.Attr {
	last := len(h.groups) - 1
	var own []slog.Attr
	if last == 0 && l.eventType != "" {
		own = append(own, slog.String(KeyEventType, l.eventType))
	}
	p.each(func(a slog.Attr) bool {
		own = append(own, a)
		return true
	})
	pairs := setAll(append([]slog.Attr(nil), h.groups[last].attrs...), flatten(nil, own))
	for i := last; i > 0; i-- {
		outer := append([]slog.Attr(nil), h.groups[i-1].attrs...)
		if len(pairs) > 0 {
			outer = set(outer, slog.Attr{Key: h.groups[i].name, Value: slog.GroupValue(pairs...)})
		}
		pairs = outer
	}
	if last > 0 && l.eventType != "" { // a label is of the line, whatever groups are open
		pairs = set(pairs, slog.String(KeyEventType, l.eventType))
	}
	pairs = set(pairs, slog.String(KeyEvent, l.event))
	for _, a := range l.scope.locals {
		if find(pairs, a.Key) < 0 {
			pairs = append(pairs, a)
		}
	}
	for i, v := range l.scope.vars {
		if v != "" {
			pairs = set(pairs, slog.String(varKeys[i], v))
		}
	}
	pairs = set(pairs, slog.String(KeyLevel, l.level))
	if !l.time.IsZero() {
		pairs = set(pairs, slog.String(KeyTimestamp, string(appendTimestamp(nil, l.time))))
	}
	pairs, stack := takeStackInfo(pairs)
	if stack {
		pairs = set(pairs, slog.String(KeyStack, callStack(l.pc)))
	}
	pairs, err := takeError(pairs)
	if err != nil {
		pairs = set(pairs, slog.String(KeyException, exceptionText(err)))
	}
	return pairs
}

// takeStackInfo removes the pair that asks for the stack.
func takeStackInfo(pairs []slog.Attr) (rest []slog.Attr, wanted bool) {
	i := find(pairs, keyStackInfo)
	if i < 0 {
		return pairs, false
	}
	wanted = truthy(pairs[i].Value)
	return remove(pairs, i), wanted
}

// takeError removes the error that becomes the exception: that of exc_info,
// else error, else err. Any other error stays and prints its text. exc_info
// never prints; unlike Python, Go has no error being handled that a mere true
// could refer to.
func takeError(pairs []slog.Attr) (rest []slog.Attr, err error) {
	for _, key := range [...]string{keyExcInfo, KeyError, keyErr} {
		i := find(pairs, key)
		if i < 0 {
			continue
		}
		carries := err == nil && carriesError(pairs[i])
		if carries {
			err = pairs[i].Value.Any().(error)
		}
		if carries || key == keyExcInfo {
			pairs = remove(pairs, i)
		}
	}
	return pairs, err
}

func remove(pairs []slog.Attr, i int) []slog.Attr { return append(pairs[:i], pairs[i+1:]...) }

// truthy is Python's notion of a true value.
func truthy(v slog.Value) bool {
	e := &encoder{}
	e.value(v)
	switch string(e.buf) {
	case "null", "false", "0", "0.0", "-0.0", `""`, "[]", "{}":
		return false
	}
	return true
}
