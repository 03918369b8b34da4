package logging

import (
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// visit identifies a container by where its contents are. The length tells a
// slice from the longer one it is the start of.
type visit struct {
	ptr unsafe.Pointer
	len int
}

func visitSlice[T any](s []T) visit { return visit{unsafe.Pointer(unsafe.SliceData(s)), len(s)} }

func visitMap(m map[string]any) visit { return visit{reflect.ValueOf(m).UnsafePointer(), -1} }

// enter opens a container, or prints what stands for one that cannot be
// printed and returns false.
func (e *encoder) enter(v visit) bool {
	e.composites++
	switch {
	case v.len != 0 && slices.Contains(e.path, v):
		e.unknown(nil, "!CYCLE")
	case len(e.path) >= maxDepth:
		e.unknown(nil, "!DEPTH")
	case e.composites > maxComposites:
		e.unknown(nil, "!SIZE")
	default:
		e.path = append(e.path, v)
		return true
	}
	return false
}

func (e *encoder) leave() { e.path = e.path[:len(e.path)-1] }

// other appends a value whose type has no case of its own.
func (e *encoder) other(v any) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		e.null()
		return
	}
	if t, ok := v.(*time.Time); ok {
		e.element(*t)
		return
	}
	if !e.ownForm(v, rv.Kind()) {
		e.reflected(rv)
	}
}

func (e *encoder) null() { e.buf = append(e.buf, "null"...) }

// ownForm appends a value by the method it has for the purpose, if any. A
// text or a number with a String method prints as what it is, as Python's
// text and integer enums do.
func (e *encoder) ownForm(v any, kind reflect.Kind) bool {
	switch v := v.(type) {
	case slog.LogValuer:
		e.attrValue(slog.AnyValue(v))
	case json.Marshaler:
		e.marshaled(v)
	case encoding.TextMarshaler:
		text, err := guarded(v.MarshalText)
		if err != nil {
			e.unknown(v, errorText(err))
			break
		}
		e.buf = appendString(e.buf, string(text))
	case error:
		e.unknown(v, errorText(v))
	case fmt.Stringer:
		switch kind {
		case reflect.Struct, reflect.Pointer, reflect.Func, reflect.Chan:
		default:
			return false
		}
		text, err := guarded(func() (string, error) { return v.String(), nil })
		if err != nil {
			text = errorText(err)
		}
		e.unknown(v, text)
	default:
		return false
	}
	return true
}

func (e *encoder) marshaled(v json.Marshaler) {
	text, err := guarded(v.MarshalJSON)
	switch {
	case err != nil:
		e.unknown(v, errorText(err))
	case !json.Valid(text):
		e.unknown(v, string(text))
	default:
		e.buf = appendJSON(e.buf, text)
	}
}

// errorText returns err.Error, whatever that does.
func errorText(err error) string {
	text, failed := guarded(func() (string, error) { return err.Error(), nil })
	if failed != nil {
		return failed.Error()
	}
	return text
}

// reflected appends a value by its kind.
func (e *encoder) reflected(rv reflect.Value) {
	switch rv.Kind() {
	case reflect.Bool:
		e.buf = strconv.AppendBool(e.buf, rv.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.buf = strconv.AppendInt(e.buf, rv.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.buf = strconv.AppendUint(e.buf, rv.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		e.buf = appendFloat(e.buf, rv.Float())
	case reflect.String:
		e.buf = appendString(e.buf, rv.String())
	case reflect.Pointer:
		if e.enter(visit{rv.UnsafePointer(), -1}) {
			e.element(rv.Elem().Interface())
			e.leave()
		}
	case reflect.Map:
		e.reflectedMap(rv)
	case reflect.Slice:
		e.reflectedList(rv, visit{rv.UnsafePointer(), rv.Len()})
	case reflect.Array:
		e.reflectedList(rv, visit{})
	case reflect.Struct:
		e.reflectedStruct(rv)
	case reflect.Complex64, reflect.Complex128:
		e.unknown(rv.Interface(), strconv.FormatComplex(rv.Complex(), 'g', -1, 128))
	default: // channels, functions, unsafe pointers
		if rv.IsNil() {
			e.null()
			return
		}
		e.unknown(rv.Interface(), "<"+rv.Type().String()+">")
	}
}

func (e *encoder) reflectedList(rv reflect.Value, v visit) {
	if !e.enter(v) {
		return
	}
	defer e.leave()
	e.buf = append(e.buf, '[')
	for i := range rv.Len() {
		e.comma()
		e.element(rv.Index(i).Interface())
	}
	e.buf = append(e.buf, ']')
}

func (e *encoder) reflectedMap(rv reflect.Value) {
	if !e.enter(visit{rv.UnsafePointer(), -1}) {
		return
	}
	defer e.leave()
	type pair struct {
		key   string
		value reflect.Value
	}
	pairs := make([]pair, 0, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		pairs = append(pairs, pair{e.keyText(it.Key().Interface()), it.Value()})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	e.buf = append(e.buf, '{')
	for _, p := range pairs {
		e.comma()
		e.key(p.key)
		e.element(p.value.Interface())
	}
	e.buf = append(e.buf, '}')
}

func (e *encoder) reflectedStruct(rv reflect.Value) {
	if !e.enter(visit{}) {
		return
	}
	defer e.leave()
	e.buf = append(e.buf, '{')
	for _, f := range fieldsOf(rv.Type()) {
		value, err := rv.FieldByIndexErr(f.index)
		if err != nil || f.omits(value) { // an embedded nil pointer has no fields
			continue
		}
		e.comma()
		e.key(f.name)
		e.element(value.Interface())
	}
	e.buf = append(e.buf, '}')
}
