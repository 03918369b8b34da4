package logline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func walk(raw string) (got []string) {
	var e logline.Entry
	logline.Parse(&e, raw, time.Time{}, time.Time{})
	e.Walk(func(f logline.Field) bool {
		got = append(got, f.Key+"="+f.Value)
		return f.Value != "stop"
	})
	return got
}

func TestWalk(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want []string
	}{
		{`{"a": "x", "b": 5, "c": null, "d": true, "e": NaN}`, []string{"a=x", "b=5", "c=null", "d=true", "e=NaN"}},
		{`{"a": {"b": {"c": "x"}}, "d": {}}`, []string{"a.b.c=x"}},
		{`{"a": ["x", {"b": "y"}, ["z", []], 7 ] , "e": [ ]}`, []string{"a=x", "a.b=y", "a=z", "a=7"}},
		{`{"a": "old", "a": {"k": "old", "k": "new"}}`, []string{"a.k=new"}},
		{`{"\u0061": ["\u0062\"c"]}`, []string{`a=b"c`}},
		{`{"a": "x"`, nil},
		{`["x"]`, nil},
		{`plain text with "x"`, nil},
		{``, nil},
		{`{"a": "one", "b": "stop", "c": "two"}`, []string{"a=one", "b=stop"}},
		{`{"a": ["stop", "two"], "c": "three"}`, []string{"a=stop"}},
	} {
		if got := walk(c.raw); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestWalkIsNotDeepForEver(t *testing.T) {
	const depth = 200_000
	raw := `{"top": "seen", "a": ` + strings.Repeat(`[`, depth) + `"deep"` + strings.Repeat(`]`, depth) + `}`
	if got := walk(raw); !slices.Equal(got, []string{"top=seen"}) {
		t.Errorf("%.200q", got)
	}
	raw = `{"a": ` + strings.Repeat(`{"k": `, 30) + `"found"` + strings.Repeat(`}`, 30) + `}`
	if got := walk(raw); len(got) != 1 || !strings.HasSuffix(got[0], "=found") {
		t.Errorf("%q", got)
	}
}

// FuzzWalk: every value of a valid line is walked without fault.
func FuzzWalk(f *testing.F) {
	f.Add(`{"a": [1, {"b": [[], {}, ""]}, -1e5], "c": "\ud800"}`)
	f.Fuzz(func(t *testing.T, raw string) { walk(raw) })
}
