package logging

import (
	"log/slog"
	"reflect"
)

// Bounds of nested groups. A LogValuer may answer with a group that holds the
// LogValuer again, which no bookkeeping of addresses finds.
const (
	maxGroupDepth = 1000
	maxGroups     = 1 << 16
)

// flatten appends attrs to dst in the form the encoders expect: values
// resolved, zero attributes and empty groups gone, groups without a name
// inlined, and a key that is set again replaced in its old place, inside
// groups too.
func flatten(dst, attrs []slog.Attr) []slog.Attr {
	var f flattener
	return f.all(dst, attrs)
}

type flattener struct{ depth, groups int }

func (f *flattener) all(dst, attrs []slog.Attr) []slog.Attr {
	for _, a := range attrs {
		dst = f.one(dst, a)
	}
	return dst
}

func (f *flattener) one(dst []slog.Attr, a slog.Attr) []slog.Attr {
	a.Value = a.Value.Resolve()
	if a.Value.Kind() != slog.KindGroup {
		if isZero(a) {
			return dst
		}
		return set(dst, a)
	}
	f.depth++
	defer func() { f.depth-- }()
	if f.groups++; f.depth > maxGroupDepth || f.groups > maxGroups {
		return set(dst, slog.String(a.Key, "!DEPTH"))
	}
	if a.Key == "" {
		return f.all(dst, a.Value.Group())
	}
	members := f.all(nil, a.Value.Group())
	if len(members) == 0 {
		return dst
	}
	return set(dst, slog.Attr{Key: a.Key, Value: slog.GroupValue(members...)})
}

// isZero reports whether a is the zero Attr, which handlers ignore.
func isZero(a slog.Attr) bool {
	return a.Key == "" && a.Value.Kind() == slog.KindAny && a.Value.Any() == nil
}

// set gives a.Key its value: in its old place if dst has the key, else at the
// end. It may change dst.
func set(dst []slog.Attr, a slog.Attr) []slog.Attr {
	for i := range dst {
		if dst[i].Key == a.Key {
			dst[i] = a
			return dst
		}
	}
	return append(dst, a)
}

func setAll(dst, attrs []slog.Attr) []slog.Attr {
	for _, a := range attrs {
		dst = set(dst, a)
	}
	return dst
}

// find returns the index of key in attrs, or -1.
func find(attrs []slog.Attr, key string) int {
	for i := range attrs {
		if attrs[i].Key == key {
			return i
		}
	}
	return -1
}

// encoded is a value that was turned to JSON when it was bound.
type encoded []byte

// freeze encodes a composite value now, so that a later change of what it
// points to neither shows in a line nor races with it. Numbers, text and
// errors (which may become the line's exception) stay as they are.
func freeze(a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindGroup:
		members := a.Value.Group()
		frozen := make([]slog.Attr, len(members))
		for i, m := range members {
			frozen[i] = freeze(m)
		}
		a.Value = slog.GroupValue(frozen...)
	case slog.KindAny:
		switch a.Value.Any().(type) {
		case nil, error, encoded:
		default:
			e := &encoder{}
			e.value(a.Value)
			a.Value = slog.AnyValue(encoded(e.buf))
		}
	}
	return a
}

// varIndex returns which of the four context variables key names, or -1.
func varIndex(key string) int {
	switch key {
	case KeyCorrelationID:
		return varCorrelationID
	case KeyUserID:
		return varUserID
	case KeyChannel:
		return varChannel
	case KeyTaskID:
		return varTaskID
	}
	return -1
}

// special reports whether a top-level pair takes part in more than printing:
// its key is one the library sets or reads, or it is the line's exception.
func special(a slog.Attr) bool {
	switch a.Key {
	case KeyEvent, KeyLevel, KeyTimestamp, KeyException, KeyStack, keyExcInfo, keyStackInfo:
		return true
	}
	return carriesError(a)
}

// carriesError reports whether a is an error under one of the names that make
// it the line's exception.
func carriesError(a slog.Attr) bool {
	switch a.Key {
	case KeyError, keyErr, keyExcInfo:
		if a.Value.Kind() == slog.KindAny {
			err, ok := a.Value.Any().(error)
			return ok && !isNil(err)
		}
	}
	return false
}

// isNil reports whether v is a nil pointer behind an interface that is not:
// such an error is the absence of one, and prints null.
func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}
