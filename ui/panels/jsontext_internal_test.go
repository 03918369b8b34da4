package panels

import (
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// The walker agrees with the parser on every line the parser accepts, and comes
// to an end on every beginning of one.
func FuzzFields(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a": 1}`, ` { "a" : "x" , "b":[1,{"c":"]"}],"d":null } `, `{"a\u0062\"": "\ud83d\ude80\ud83d \n\\"}`, `{"a": NaN, "b": -Infinity}`,
		`{"a": {"b": "}"}, "c": []}`, `{"": ""}`, `{"a":1,"a":2}`, `{"a":"\\"}`, `[1]`, `x`,
	} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, cut int) {
		for it, n := newFields(s[:min(max(cut, 0), len(s))]), 0; ; n++ {
			if _, _, ok := it.next(); !ok {
				break
			}
			if n > len(s) {
				t.Fatalf("no end in %q", s)
			}
		}
		var e logline.Entry
		logline.Parse(&e, s, time.Time{}, time.Time{})
		if !e.JSON {
			return
		}
		got := map[string]string{}
		for it := newFields(s); ; {
			key, value, ok := it.next()
			if !ok {
				break
			}
			if len(value) > 0 && value[0] == '"' {
				value = unquote(value)
			}
			got[key] = value
		}
		want := e.Fields()
		if len(got) != len(want) {
			t.Fatalf("%q: fields %q, want %v", s, got, want)
		}
		for _, w := range want {
			if got[w.Key] != w.Value {
				t.Fatalf("%q: %q is %q, want %q", s, w.Key, got[w.Key], w.Value)
			}
		}
	})
}
