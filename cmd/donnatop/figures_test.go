package main

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/docs"
)

var inCode = regexp.MustCompile("`[^`\n]+`")

// TestFiguresDocumented: docs/figures.md names every key that `snapshot` prints, in
// the section of its branch; those around the branches in that of the report.
func TestFiguresDocumented(t *testing.T) {
	sections := map[string]string{}
	for section := range strings.SplitSeq(docs.Figures, "\n## ") {
		heading, _, _ := strings.Cut(section, "\n")
		for _, name := range inCode.FindAllString(heading, -1) {
			sections[strings.Trim(name, "`")] = strings.Join(inCode.FindAllString(section, -1), " ")
		}
	}
	checked := 0
	check := func(section, key string, of reflect.Type) {
		text, ok := sections[section]
		if !ok {
			t.Errorf("no section on %s", section)
			return
		}
		for _, name := range append(keysBelow(of, nil), key) {
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(text) {
				t.Errorf("%s: `%s` is not in its section", section, name)
			}
			checked++
		}
	}
	eachKey(reflect.TypeFor[data.Report](), func(f reflect.StructField, key string) { check("snapshot", key, f.Type) })
	figures := reflect.TypeFor[data.Figures]()
	for i := range figures.NumField() {
		// The branches: what is around them is in the report.
		if f := figures.Field(i); f.Name != "Range" && (f.Type.Kind() == reflect.Pointer || f.Name == "Alerts") {
			key := strings.ToLower(f.Name)
			check(key, key, f.Type)
		}
	}
	if checked < 200 {
		t.Errorf("%d keys: there are more", checked)
	}
}

// keysBelow are the JSON keys of a type and of those within it.
func keysBelow(of reflect.Type, seen []reflect.Type) (keys []string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Array || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of.PkgPath() == "time" || slices.Contains(seen, of) {
		return nil
	}
	eachKey(of, func(f reflect.StructField, key string) {
		keys = append(append(keys, key), keysBelow(f.Type, append(seen, of))...)
	})
	return keys
}

// eachKey hands over the fields of a struct that JSON has.
func eachKey(of reflect.Type, do func(f reflect.StructField, key string)) {
	for i := range of.NumField() {
		f := of.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "-" || !f.IsExported() && !f.Anonymous:
		case key == "" && f.Anonymous:
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			eachKey(inner, do)
		case key != "":
			do(f, key)
		}
	}
}
