package palette_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/ui/palette"
)

var verbs = []string{"theme", "view", "window", "filter", "trace"}

func TestParse(t *testing.T) {
	for _, c := range []struct{ line, verb, arg string }{
		{"", "", ""},
		{"  ", "", ""},
		{"pause", "", "pause"},
		{"theme", "", "theme"}, // without an argument it is looked for like anything else
		{"theme ", "", "theme"},
		{"theme nord", "theme", "nord"},
		{" :theme   nord ", "theme", "nord"},
		{":window 7d", "window", "7d"},
		{"filter service:api level>=error /a b/", "filter", "service:api level>=error /a b/"},
		{"themes nord", "", "themes nord"},
		{"trace 1a2b", "trace", "1a2b"},
		{"::x", "", ":x"},
	} {
		if verb, arg := palette.Parse(c.line, verbs); verb != c.verb || arg != c.arg {
			t.Errorf("Parse(%q) = %q, %q; want %q, %q", c.line, verb, arg, c.verb, c.arg)
		}
	}
}

var items = []palette.Item{
	{Text: "follow logs"}, {Text: "view overview", Name: "overview"}, {Text: "view llm", Name: "llm"}, {Text: "view logs", Name: "logs"},
	{Text: "hide/show money", Name: "screen.money"}, {Text: "theme nord", Name: "nord"}, {Text: "theme solarized", Name: "solarized"}, {Text: "Größe"},
	{Text: "filter slow calls", Name: "slow calls"}, {Text: "view lag log", Name: "lag log"},
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string // the first ones
	}{
		{"logs", []string{"view logs"}},
		{"LOGS", []string{"view logs"}},
		{"view logs", []string{"view logs"}},
		{"lo", []string{"view logs"}}, // a name that begins so before what only holds it
		{"nd", []string{"theme nord"}},
		{"money", []string{"hide/show money"}},
		{"screen.mon", []string{"hide/show money"}}, // a name need not be in the text
		{"hsm", []string{"hide/show money"}},
		{"slow calls", []string{"filter slow calls"}},
		{"zzz", nil},
		{strings.Repeat("l", 200), nil},
		{"öß", []string{"Größe"}},
	} {
		var got []string
		for _, m := range palette.Find(items, c.line) {
			got = append(got, items[m.Item].Text)
			for _, at := range m.At {
				if at < 0 || at >= len(items[m.Item].Text) {
					t.Errorf("%q: a match at %d of %q", c.line, at, items[m.Item].Text)
				}
			}
		}
		if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) || (c.want == nil && got != nil) {
			t.Errorf("Find(%q) = %v, want %v first", c.line, got, c.want)
		}
	}
	if all := palette.Find(items, "  "); len(all) != len(items) || all[3].Item != 3 {
		t.Errorf("nothing typed finds %v", all)
	}
}

func TestLooksLikeID(t *testing.T) {
	for line, want := range map[string]bool{
		"3f2a9c1e-0b7d-4c55-9a41-2f6d8c0e7b13": true, "1a2b3c": true, "corr_20260715-1": true, "123456": true,
		"": false, "12345": false, "logs": false, "abcdef": false, "a b c 1 2 3": false, "id\x1b[31m1234": false, "größe12": false, "window 7d": false,
	} {
		if got := palette.LooksLikeID(line); got != want {
			t.Errorf("LooksLikeID(%q) = %v", line, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("th no")
	f.Add(":filter \xff")
	f.Fuzz(func(t *testing.T, line string) {
		_, arg := palette.Parse(line, verbs)
		seen := map[int]bool{}
		for _, m := range palette.Find(items, arg) {
			if seen[m.Item] {
				t.Fatalf("%q finds an item twice", line)
			}
			seen[m.Item] = true
		}
	})
}
