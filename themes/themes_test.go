package themes_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"github.com/donna-project/donnatop/themes"
)

var sgr = regexp.MustCompile(`^(\x1b\[[0-9;:]*m)*$`)

// paints are all roles of a theme by the name of their field.
func paints(s *themes.Styles) map[string]themes.Paint {
	out := map[string]themes.Paint{}
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i).Interface().(type) {
		case themes.Paint:
			out[name] = f
		case [themes.SeriesLen]themes.Paint:
			for j, p := range f {
				out[name+string(rune('0'+j))] = p
			}
		case [themes.HeatLen]themes.Paint:
			for j, p := range f {
				out[name+string(rune('0'+j))] = p
			}
		}
	}
	return out
}

func TestEmbedded(t *testing.T) {
	if names := themes.Names(); names[0] != themes.Default || len(names) != 9 {
		t.Errorf("Names() = %v", names)
	}
	for _, name := range themes.Names() {
		for _, dark := range []bool{true, false} {
			s, err := themes.New(name, dark)
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != name || s.Dark != dark {
				t.Errorf("%s: is called %s, dark %v", name, s.Name, s.Dark)
			}
			for role, p := range paints(s) {
				if !sgr.MatchString(p.On()) {
					t.Errorf("%s %s: %q is more than SGR", name, role, p.On())
				}
				if got := p.Style().Render("x"); got != p.String("x") && p.String("x") != strings.ReplaceAll(got, "\x1b[0m", themes.Off) {
					t.Errorf("%s %s: paint %q, style %q", name, role, p.String("x"), got)
				}
				_, own := p.Style().GetBackground().(lipgloss.NoColor)
				if !own && role != "Selected" && role != "TabActive" && role != "Match" {
					t.Errorf("%s: %s paints the background", name, role)
				}
			}
		}
	}
}

// What has to be told apart looks different in every theme.
func TestRolesDiffer(t *testing.T) {
	for _, name := range themes.Names() {
		for _, dark := range []bool{true, false} {
			s, _ := themes.New(name, dark)
			for _, pair := range [][2]themes.Paint{{s.Border, s.BorderFocus}, {s.Text, s.Selected}, {s.Tab, s.TabActive}, {s.Text, s.Bad}, {s.LevelInfo, s.LevelError}, {s.LevelError, s.LevelCritical}, {s.GaugeTrack, s.GaugeOver}} {
				if pair[0].On() == pair[1].On() {
					t.Errorf("%s, dark %v: two roles look the same: %q", name, dark, pair[0].On())
				}
			}
			if s.Patterns {
				continue
			}
			seen := map[string]int{}
			for i, p := range s.Series {
				if j, ok := seen[p.On()]; ok {
					t.Errorf("%s: series %d looks like %d", name, i, j)
				}
				seen[p.On()] = i
			}
		}
	}
}

func TestVariantsDiffer(t *testing.T) {
	dark, _ := themes.New(themes.Default, true)
	light, _ := themes.New(themes.Default, false)
	if dark.Faint.On() == light.Faint.On() {
		t.Error("dark and light are the same")
	}
}

func TestMonoHasNoColour(t *testing.T) {
	s, err := themes.New("mono", true)
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`[\[;](3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)
	for role, p := range paints(s) {
		if colour.MatchString(p.On()) {
			t.Errorf("%s: %q", role, p.On())
		}
	}
	if !s.Patterns {
		t.Error("series can't be told apart")
	}
}

func TestPaint(t *testing.T) {
	var none themes.Paint
	if got := none.String("x") + none.Style().Render("z"); got != "xz" {
		t.Errorf("the zero paint paints: %q", got)
	}
	s, err := themes.Load("t.yaml", []byte("all: {bad: {fg: 1, bold: true}}"), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Bad.String("x"); got != "\x1b[1;31mx\x1b[m" {
		t.Errorf("%q", got)
	}
	if got := s.Bad.String(""); got != "" {
		t.Errorf("%q", got)
	}
	if s.Bad.Style().GetForeground() != lipgloss.Color("1") {
		t.Error("the style has another colour")
	}
}

func TestLevel(t *testing.T) {
	s, _ := themes.New(themes.Default, true)
	for level, want := range map[string]themes.Paint{"debug": s.LevelDebug, "info": s.LevelInfo, "warning": s.LevelWarning, "error": s.LevelError, "critical": s.LevelCritical, "": s.Text, "notice": s.Text} {
		if s.Level(level).On() != want.On() {
			t.Errorf("level %q", level)
		}
	}
}

func TestUserFileOverBase(t *testing.T) {
	base, _ := themes.New(themes.Default, true)
	mono, _ := themes.New("mono", true)
	mine, err := themes.Load("/home/me/mine.yaml", []byte("about: my own\nall:\n  bad: \"#ff0000\"\ndark:\n  good: 10\nlight:\n  good: 2\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if mine.Name != "mine" || mine.Bad.On() != "\x1b[38;2;255;0;0m" || mine.Good.On() != "\x1b[92m" || mine.Warning.On() != base.Warning.On() {
		t.Errorf("%q %q %q %q", mine.Name, mine.Bad.On(), mine.Good.On(), mine.Warning.On())
	}
	onMono, err := themes.Load("m.yaml", []byte("base: mono\nall: {bad: 9}\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if onMono.Faint.On() != mono.Faint.On() || !onMono.Patterns {
		t.Error("the base is not mono")
	}
}

func TestLoadErrors(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"unknown key", "about: x\ncolours: {}\n", `theme t.yaml:2: unknown key "colours": use one of about, base`},
		{"unknown role", "about: x\nall:\n  bad: 1\n  badd: 2\n", `theme t.yaml:4: unknown role "badd": use one of text, strong`},
		{"unknown role in the other variant", "light:\n  nope: 1\n", `theme t.yaml:2: unknown role "nope"`},
		{"unknown attribute", "all:\n  bad:\n    fg: 1\n    blod: true\n", `theme t.yaml:4: unknown key "blod": use one of fg, bg`},
		{"no colour", "all:\n  bad: redd\n", `theme t.yaml:2: "redd" is no colour`},
		{"colour out of range", "all:\n  bad: 256\n", `theme t.yaml:2: "256" is no colour`},
		{"short hex", "all:\n  bad: \"#ff\"\n", `theme t.yaml:2: "#ff" is no colour`},
		{"background", "all:\n  text: {bg: 1}\n", "theme t.yaml:2: bg is for selected, tab_active and match only"},
		{"flag", "all:\n  bad: {bold: maybe}\n", "theme t.yaml:2: bold is true or false"},
		{"twice", "all:\n  bad: 1\n  bad: 2\n", "t.yaml"},
		{"short ramp", "dark:\n  heat: [1, 2]\n", "theme t.yaml:2: heat is a list of 4 colours"},
		{"no ramp", "dark:\n  series: 3\n", "theme t.yaml:2: series is a list of 8 colours"},
		{"unknown base", "base: nobody\n", `theme t.yaml:1: unknown base "nobody": use one of donna`},
		{"no mapping", "- 1\n", "theme t.yaml:1: a theme is a mapping"},
		{"section", "all: 3\n", "theme t.yaml:1: a section is a mapping"},
		{"patterns", "patterns: 3\n", "theme t.yaml:1: patterns is true or false"},
		{"empty", "", "parse theme t.yaml: it is empty"},
		{"two documents", "about: x\n---\nabout: y\n", "a theme is one document"},
		{"no YAML", "all: {bad: [\n", "parse theme t.yaml"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := themes.Load("t.yaml", []byte(tc.src), true)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
	if _, err := themes.New("nobody", true); err == nil || !strings.Contains(err.Error(), "use one of donna, catppuccin, colour-blind, dracula, gruvbox, high-contrast, mono, nord, solarized") {
		t.Errorf("New: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("about: x\nall: {bad: 1}\ndark:\n  series: [1, 2, 3, 4, 5, 6, 7, 8]\n")
	f.Add("a: &x {b: *x}\n<<: *x\n")
	f.Add("base: nord\npatterns: true\nlight: {text: {fg: '#fff', bold: true}}\n")
	f.Fuzz(func(t *testing.T, src string) {
		dark, err := themes.Load("t.yaml", []byte(src), true)
		light, errLight := themes.Load("t.yaml", []byte(src), false)
		if (err == nil) != (errLight == nil) {
			t.Fatalf("good for one terminal only: dark %v, light %v", err, errLight)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "t.yaml") {
				t.Errorf("the error doesn't name the file: %v", err)
			}
			return
		}
		if !dark.Dark || light.Dark || dark.Name != "t" || dark.About != light.About || dark.Patterns != light.Patterns {
			t.Errorf("two variants of one theme: %s %v %q, %s %v %q", dark.Name, dark.Dark, dark.About, light.Name, light.Dark, light.About)
		}
	})
}
