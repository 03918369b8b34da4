package line_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

func TestBuilder(t *testing.T) {
	styles, err := themes.New(themes.Default, true)
	if err != nil {
		t.Fatal(err)
	}
	p := styles.Accent
	for _, tc := range []struct {
		name string
		w    int
		set  safe.Charset
		make func(b *line.Builder)
		want string
	}{
		{"padded", 5, safe.Unicode, func(b *line.Builder) { b.Text(p, "ab") }, "ab   "},
		{"cut", 3, safe.Unicode, func(b *line.Builder) { b.Text(p, "abcdef") }, "ab…"},
		{"full", 3, safe.Unicode, func(b *line.Builder) { b.Text(p, "abc").Text(p, "d") }, "abc"},
		{"fields", 12, safe.Unicode, func(b *line.Builder) { b.Left(p, "name", 6).Right(p, "42", 6) }, "name      42"},
		{"a field cut", 8, safe.Unicode, func(b *line.Builder) { b.Left(p, "longish", 4).Right(p, "12345", 4) }, "lon…123…"},
		{"wide text at the right", 6, safe.Unicode, func(b *line.Builder) { b.Right(p, "日本", 6) }, "  日本"},
		{"wide text cut at the right", 4, safe.Unicode, func(b *line.Builder) { b.Right(p, "日本語", 4) }, " 日…"},
		{"glyphs", 4, safe.Unicode, func(b *line.Builder) { b.Glyphs(p, "██████") }, "████"},
		{"repeated", 4, safe.ASCII, func(b *line.Builder) { b.Repeat(p, "█", 9) }, "####"},
		{"ASCII", 6, safe.ASCII, func(b *line.Builder) { b.Text(p, "ä–日本語") }, "?-??~ "},
		{"column", 6, safe.Unicode, func(b *line.Builder) { b.Text(p, "a").To(4).Text(p, "b") }, "a   b "},
		{"a painted part without room", 3, safe.Unicode, func(b *line.Builder) { b.Text(p, "ab").Painted("xyz", 3) }, "ab "},
		{"hostile", 8, safe.Unicode, func(b *line.Builder) { b.Text(p, "\x1b[2Jx") }, "␛[2Jx   "},
		{"no room", 0, safe.Unicode, func(b *line.Builder) { b.Text(p, "x").Glyphs(p, "█").Left(p, "x", 3).Right(p, "y", 2) }, ""},
		{"negative room", -4, safe.Unicode, func(b *line.Builder) { b.Text(p, "x") }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := line.New(tc.w, tc.set)
			tc.make(&b)
			if got := ansi.Strip(b.String()); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestPaintEndsWithItsText(t *testing.T) {
	styles, err := themes.New(themes.Default, true)
	if err != nil {
		t.Fatal(err)
	}
	b := line.New(6, safe.Unicode)
	b.Text(styles.Bad, "abc")
	want := styles.Bad.On() + "abc" + themes.Off + "   "
	if got := b.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFit(t *testing.T) {
	for h, want := range map[int]string{-1: "", 0: "", 1: "a", 2: "a|b", 3: "a|b|  "} {
		if got := strings.Join(line.Fit([]string{"a", "b"}, 2, h), "|"); got != want {
			t.Errorf("Fit to %d = %q, want %q", h, got, want)
		}
	}
}
