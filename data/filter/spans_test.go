package filter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/stack"
)

func TestSpans(t *testing.T) {
	for _, c := range []struct{ filter, text, want string }{
		{"timeout", "Timeout, then TIMEOUT", "[Timeout], then [TIMEOUT]"},
		{"level>=error x>3 -secret", "secret error 3", "secret error 3"},
		{`"a b" | /c+/`, "xa b cccd", "x[a b] [ccc]d"},
		{"service:api event=done", "api: done", "[api]: [done]"},
		{"aba ab", "ababa", "[abab]a"},
		{"müller", "Frau MÜLLER", "Frau [MÜLLER]"},
		{"/x*/", "abc", "abc"},
		{"", "abc", "abc"},
		{"a", "", ""},
	} {
		f, err := filter.Parse(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		at := 0
		for _, s := range f.Spans(c.text) {
			b.WriteString(c.text[at:s.From] + "[" + c.text[s.From:s.To] + "]")
			at = s.To
		}
		b.WriteString(c.text[at:])
		if b.String() != c.want {
			t.Errorf("%q in %q: %q, want %q", c.filter, c.text, b.String(), c.want)
		}
	}
	f, err := filter.Parse("a")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.Spans(strings.Repeat("ab", 1<<20))); n == 0 || n > 1000 {
		t.Errorf("%d parts of a long text", n)
	}
}

func TestNamedFilters(t *testing.T) {
	saved := map[string]*filter.Filter{"noise": mustParse(t, "event:health_check | event:heartbeat"), "none": {}}
	for _, c := range []struct{ text, want, problem string }{
		{text: "level>=error -@noise", want: "level>=error -(event:health_check | event:heartbeat)"},
		{text: "(@noise)", want: "event:health_check | event:heartbeat"},
		{text: `"@noise"`, want: "@noise"},
		{text: "a@noise", want: "a@noise"},
		{text: "x @nose", problem: `column 3: there is no saved filter "nose": there are noise, none; put it in quotes to look for it: "@nose"`},
		{text: "@", problem: "column 2: there is nothing after @"},
		{text: "@none", problem: `column 1: the saved filter "none" is empty`},
	} {
		f, err := filter.ParseNamed(c.text, saved)
		if c.problem != "" {
			if err == nil || !strings.HasPrefix(err.Error(), c.problem) {
				t.Errorf("%q: error %v, want %q", c.text, err, c.problem)
			}
			continue
		}
		if err != nil || f.String() != c.want && f.String() != filter.Quote(c.want) {
			t.Errorf("%q: %q, %v; want %q", c.text, f, err, c.want)
		}
	}
	if f, err := filter.Parse("@noise"); err != nil || f.String() != "@noise" {
		t.Errorf("without names: %q, %v", f, err)
	}
}

func mustParse(t *testing.T, text string) *filter.Filter {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAnd(t *testing.T) {
	a, b := mustParse(t, "level>=error"), mustParse(t, "x | y")
	for _, c := range []struct {
		got  *filter.Filter
		want string
	}{
		{filter.And(a, b), "level>=error (x | y)"},
		{filter.And(b, a), "(x | y) level>=error"},
		{filter.And(nil, a), "level>=error"},
		{filter.And(a, &filter.Filter{}), "level>=error"},
		{filter.And(nil, nil), ""},
	} {
		if c.got.String() != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// A fault is found by its fingerprint wherever its lines are; what reports none has none.
func TestFingerprint(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	entry := func(raw string) *logline.Entry {
		var e logline.Entry
		logline.Parse(&e, raw, now, now)
		return &e
	}
	one := entry(`{"event": "call 1 failed", "level": "error"}`)
	f := mustParse(t, "fingerprint="+stack.LineFingerprint(one))
	if !f.Match(one) || !f.Match(entry(`{"event": "call 2 failed", "level": "warning"}`)) {
		t.Error("a line of the fault is not chosen")
	}
	for _, raw := range []string{
		`{"event": "call 3 failed", "level": "info"}`, `{"event": "other", "level": "error"}`, `{"event": "call 4 failed", "level": "error", "exception": "E: x"}`, "call 5 failed",
	} {
		if f.Match(entry(raw)) {
			t.Errorf("%s is chosen", raw)
		}
	}
	if all := mustParse(t, "fingerprint:*"); !all.Match(one) || all.Match(entry(`{"level": "debug"}`)) {
		t.Error("fingerprint:* are not the lines of trouble")
	}
	const want = "{a=\"b\", level=~`(?i:warning|warn|error|err|critical|crit|fatal|panic)|`}"
	if got := f.LogQL(`{a="b"}`); got != want {
		t.Errorf("LogQL %s, want %s", got, want)
	}
}
