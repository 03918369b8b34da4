package logging

import (
	"reflect"
	"strings"
	"sync"
)

// field is one printed field of a struct.
type field struct {
	name      string
	index     []int
	tagged    bool
	omitEmpty bool
	omitZero  bool
}

func (f *field) omits(v reflect.Value) bool {
	return f.omitEmpty && isEmpty(v) || f.omitZero && v.IsZero()
}

// isEmpty is encoding/json's notion of an empty value.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

var fieldCache sync.Map // reflect.Type -> []field

// fieldsOf returns the fields of struct type t that print, in order of
// declaration, by encoding/json's rules: exported ones under their tag or
// name, embedded structs inlined, and of several of one name the shallowest,
// then the tagged one, or none.
func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	all := collectFields(nil, t, nil, map[reflect.Type]bool{})
	var kept []field
	for i, f := range all {
		if !dominated(all, i) {
			kept = append(kept, f)
		}
	}
	cached, _ := fieldCache.LoadOrStore(t, kept)
	return cached.([]field)
}

func collectFields(dst []field, t reflect.Type, index []int, around map[reflect.Type]bool) []field {
	if around[t] { // a type that embeds a pointer to itself
		return dst
	}
	around[t] = true
	defer delete(around, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" {
			continue
		}
		at := append(append([]int(nil), index...), i)
		name, options, _ := strings.Cut(tag, ",")
		if inner := embedded(sf); inner != nil && name == "" {
			dst = collectFields(dst, inner, at, around)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: at, tagged: name != ""}
		if !f.tagged {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
		}
		dst = append(dst, f)
	}
	return dst
}

// embedded returns the struct type sf embeds, itself or by a pointer that
// reflection can follow, or nil.
func embedded(sf reflect.StructField) reflect.Type {
	if !sf.Anonymous {
		return nil
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer && sf.IsExported() {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// dominated reports whether another field of the same name hides fields[i].
func dominated(fields []field, i int) bool {
	f := &fields[i]
	for j := range fields {
		g := &fields[j]
		if j == i || g.name != f.name {
			continue
		}
		if len(g.index) != len(f.index) {
			if len(g.index) < len(f.index) {
				return true
			}
			continue
		}
		if g.tagged || !f.tagged {
			return true
		}
	}
	return false
}
