package logging

import (
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	// maxDepth bounds nesting far above what Python prints before it raises,
	// and far below what would exhaust the goroutine's stack.
	maxDepth = 10_000
	// maxComposites bounds the containers of one value, so that a graph whose
	// parts refer to one another in every order ends.
	maxComposites = 1 << 20
)

// encoder appends values in the wire style. The zero value never fails: what
// has no JSON form prints as some string. With strict set, err keeps the
// first such value instead.
type encoder struct {
	buf        []byte
	strict     bool
	err        error
	path       []visit // the containers around the value being printed
	composites int
}

// maxPooled keeps one huge line from pinning its buffer for good.
const maxPooled = 64 << 10

var encoders = sync.Pool{New: func() any { return &encoder{buf: make([]byte, 0, 1024)} }}

func newEncoder() *encoder { return encoders.Get().(*encoder) }

func (e *encoder) free() {
	if cap(e.buf) <= maxPooled {
		e.buf = e.buf[:0]
		encoders.Put(e)
	}
}

// Marshal returns v as the Python services write JSON: ", " and ": ", ASCII,
// insertion order (Dict; Go maps are sorted), Python's floats, bare NaN. A
// value that JSON has no form for (a time, bytes, an error, a channel, a
// cycle) is an error, as it is for json.dumps.
func Marshal(v any) ([]byte, error) {
	e := &encoder{strict: true}
	e.any(v)
	if e.err != nil {
		return nil, fmt.Errorf("encode JSON: %w", e.err)
	}
	return e.buf, nil
}

// pair appends `"key": value`.
func (e *encoder) pair(a slog.Attr) {
	e.key(a.Key)
	e.value(a.Value)
}

func (e *encoder) key(k string) {
	e.buf = appendString(e.buf, k)
	e.buf = append(e.buf, ": "...)
}

// comma separates what follows from what is already in the open object.
func (e *encoder) comma() {
	if c := e.buf[len(e.buf)-1]; c != '{' && c != '[' {
		e.buf = append(e.buf, ", "...)
	}
}

// value appends a resolved slog value.
func (e *encoder) value(v slog.Value) {
	switch v.Kind() {
	case slog.KindString:
		e.buf = appendString(e.buf, v.String())
	case slog.KindInt64:
		e.buf = strconv.AppendInt(e.buf, v.Int64(), 10)
	case slog.KindUint64:
		e.buf = strconv.AppendUint(e.buf, v.Uint64(), 10)
	case slog.KindFloat64:
		e.buf = appendFloat(e.buf, v.Float64())
	case slog.KindBool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case slog.KindDuration:
		e.unknown(v.Duration(), v.Duration().String())
	case slog.KindTime:
		e.unknown(v.Time(), string(appendTimestamp(nil, v.Time())))
	case slog.KindGroup:
		e.object(v.Group())
	default:
		e.any(v.Any())
	}
}

// object appends flattened attrs as an object.
func (e *encoder) object(attrs []slog.Attr) {
	e.buf = append(e.buf, '{')
	for _, a := range attrs {
		e.comma()
		e.pair(a)
	}
	e.buf = append(e.buf, '}')
}

// any appends a value of any type. It is the outer guard: whatever goes wrong
// in there, text stands in for the value and the line goes out.
func (e *encoder) any(v any) {
	start, depth := len(e.buf), len(e.path)
	defer func() {
		if r := recover(); r != nil {
			e.buf, e.path = e.buf[:start], e.path[:depth]
			e.unknown(v, panicText(r))
		}
	}()
	e.composites = 0
	e.element(v)
}

// unknown prints text for a value JSON does not know.
func (e *encoder) unknown(v any, text string) {
	e.reject(v, text)
	e.buf = appendString(e.buf, text)
}

// reject notes the first value that text had to stand in for.
func (e *encoder) reject(v any, text string) {
	if e.strict && e.err == nil {
		e.err = fmt.Errorf("%T has no JSON form (%s)", v, text)
	}
}

func panicText(r any) string { return fmt.Sprintf("!PANIC: %v", r) }

// element appends v by its type: the common ones directly, then what knows
// how to print itself, then by reflection.
func (e *encoder) element(v any) {
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, "null"...)
	case string:
		e.buf = appendString(e.buf, v)
	case bool:
		e.buf = strconv.AppendBool(e.buf, v)
	case int:
		e.buf = strconv.AppendInt(e.buf, int64(v), 10)
	case int64:
		e.buf = strconv.AppendInt(e.buf, v, 10)
	case float64:
		e.buf = appendFloat(e.buf, v)
	case encoded:
		e.buf = append(e.buf, v...)
	case json.Number:
		e.number(v)
	case []byte:
		e.unknown(v, bytesRepr(v))
	case time.Time:
		e.unknown(v, string(appendTimestamp(nil, v)))
	case time.Duration:
		e.unknown(v, v.String())
	case Dict:
		e.dict(v)
	case map[string]any:
		e.stringMap(v)
	case []any:
		e.list(v)
	case slog.Value:
		e.attrValue(v)
	case slog.Attr:
		e.object(flatten(nil, []slog.Attr{v}))
	case []slog.Attr:
		e.object(flatten(nil, v))
	default:
		e.other(v)
	}
}

func (e *encoder) attrValue(v slog.Value) {
	v = v.Resolve()
	if v.Kind() == slog.KindGroup {
		e.object(flatten(nil, v.Group()))
		return
	}
	if v.Kind() == slog.KindAny {
		e.element(v.Any())
		return
	}
	e.value(v)
}

// number appends a JSON number token as Python prints it after reading it.
func (e *encoder) number(n json.Number) {
	if !json.Valid([]byte(n)) {
		e.unknown(n, string(n))
		return
	}
	e.buf = appendNumber(e.buf, string(n))
}

func (e *encoder) dict(d Dict) {
	if !e.enter(visitSlice(d)) {
		return
	}
	defer e.leave()
	e.buf = append(e.buf, '{')
	for _, item := range d {
		e.comma()
		e.key(e.keyText(item.Key))
		e.element(item.Value)
	}
	e.buf = append(e.buf, '}')
}

func (e *encoder) stringMap(m map[string]any) {
	if !e.enter(visitMap(m)) {
		return
	}
	defer e.leave()
	e.buf = append(e.buf, '{')
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.comma()
		e.key(k)
		e.element(m[k])
	}
	e.buf = append(e.buf, '}')
}

func (e *encoder) list(l []any) {
	if !e.enter(visitSlice(l)) {
		return
	}
	defer e.leave()
	e.buf = append(e.buf, '[')
	for _, v := range l {
		e.comma()
		e.element(v)
	}
	e.buf = append(e.buf, ']')
}

// keyText returns the text of an object key.
func (e *encoder) keyText(k any) string {
	switch k := k.(type) {
	case nil:
		return "null"
	case string:
		return k
	case float64:
		return string(appendFloat(nil, k))
	case json.Number:
		return string(appendNumber(nil, string(k)))
	case encoding.TextMarshaler:
		if text, err := guarded(k.MarshalText); err == nil {
			return string(text)
		}
	}
	switch rv := reflect.ValueOf(k); rv.Kind() {
	case reflect.String:
		return rv.String()
	case reflect.Bool:
		return strconv.FormatBool(rv.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(rv.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(rv.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return string(appendFloat(nil, rv.Float()))
	}
	text := fmt.Sprint(k)
	e.reject(k, text)
	return text
}

// guarded calls a method of the caller's and turns a panic into an error.
func guarded[T any](method func() (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r}
		}
	}()
	return method()
}

// panicked is the error of a value whose own method panicked.
type panicked struct{ reason any }

func (p *panicked) Error() string { return panicText(p.reason) }
