package themes_test

import (
	"testing"

	"github.com/donna-project/donnatop/themes"
)

func TestRoles(t *testing.T) {
	for _, name := range themes.Names() {
		s, err := themes.New(name, false)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, r := range s.Roles() {
			if seen[r.Name] || r.Name == "" {
				t.Errorf("%s: role %q is there twice or has no name", name, r.Name)
			}
			seen[r.Name] = true
		}
		if want := len(paints(s)); len(seen) < want-len(s.Stack)*len(s.Stack) || !seen["series.7"] || !seen["heat.3"] || !seen["chart_mark"] {
			t.Errorf("%s: %d roles of %d", name, len(seen), want)
		}
	}
}

func TestDescribe(t *testing.T) {
	s, err := themes.Load("t.yaml", []byte(`
base: mono
all:
  bad: "#7cb7ff"
  good: 9
  money: 200
  match: {fg: 1, bg: "#000102", bold: true, faint: true, italic: true, underline: true, reverse: true}
`), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		paint themes.Paint
		want  string
	}{
		{s.Bad, "#7cb7ff"}, {s.Good, "9"}, {s.Money, "200"}, {s.Text, "default"}, {themes.Paint{}, "default"}, {s.Key, "bold"},
		{s.Match, "1 on #000102 bold faint italic underline reverse"},
	} {
		if got := tc.paint.Describe(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
