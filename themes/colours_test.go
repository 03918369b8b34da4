package themes_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/lucasb-eyer/go-colorful"

	"github.com/donna-project/donnatop/themes"
)

// eachVariant runs a test on the dark and the light variant of every theme.
func eachVariant(t *testing.T, test func(t *testing.T, s *themes.Styles)) {
	for _, name := range themes.Names() {
		for _, dark := range []bool{true, false} {
			s, err := themes.New(name, dark)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprintf("%s dark %v", name, dark), func(t *testing.T) { test(t, s) })
		}
	}
}

// backgrounds are those a variant is likely to be shown on: plain ones, that of a
// common editor, and that of the palette the theme is made after.
func backgrounds(s *themes.Styles) []string {
	own := map[string][2]string{
		"nord": {"#2e3440", "#eceff4"}, "dracula": {"#282a36", "#fffbeb"}, "gruvbox": {"#282828", "#fbf1c7"},
		"solarized": {"#002b36", "#fdf6e3"}, "catppuccin": {"#1e1e2e", "#eff1f5"},
	}[s.Name]
	out := []string{"#ffffff", "#fafafa", own[1]}
	if s.Dark {
		out = []string{"#000000", "#1e1e1e", own[0]}
	}
	if own[0] == "" {
		out = out[:2]
	}
	return out
}

// said are the roles that carry a meaning in letters.
func said(s *themes.Styles) map[string]themes.Paint {
	return map[string]themes.Paint{
		"text": s.Text, "strong": s.Strong, "good": s.Good, "warning": s.Warning, "bad": s.Bad, "critical": s.Critical, "money": s.Money,
		"accent": s.Accent, "header": s.Header, "key": s.Key, "match": s.Match, "title_focus": s.TitleFocus, "tab_active": s.TabActive,
		"level_info": s.LevelInfo, "level_warning": s.LevelWarning, "level_error": s.LevelError, "level_critical": s.LevelCritical,
	}
}

// luminance and contrast are those of the Web Content Accessibility Guidelines.
func luminance(c colorful.Color) float64 {
	r, g, b := c.LinearRgb()
	return 0.2126*r + 0.7152*g + 0.0722*b
}

func contrast(a, b colorful.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// foreground is the colour of a paint; false for the terminal's own and for one
// of the sixteen, which are what the user's terminal says they are.
func foreground(p themes.Paint) (colorful.Color, bool) {
	switch c := p.Style().GetForeground().(type) {
	case color.RGBA:
		return colorful.MakeColor(c)
	case ansi.IndexedColor:
		return colorful.MakeColor(c)
	}
	return colorful.Color{}, false
}

// Whatever is said in a colour can be read: 4.5 to 1 is what WCAG asks of text, 3
// to 1 of what is beside the point.
func TestContrast(t *testing.T) {
	eachVariant(t, func(t *testing.T, s *themes.Styles) {
		check := func(role string, p themes.Paint, least float64) {
			fg, ok := foreground(p)
			if !ok {
				return
			}
			for _, name := range backgrounds(s) {
				bg, err := colorful.Hex(name)
				if err != nil {
					t.Fatal(err)
				}
				if c := contrast(fg, bg); c < least {
					t.Errorf("%s %s on %s: contrast %.2f, want %.1f", role, fg.Hex(), name, c, least)
				}
			}
		}
		for role, p := range said(s) {
			check(role, p, 4.5)
		}
		for role, p := range map[string]themes.Paint{"faint": s.Faint, "status": s.Status, "column": s.Column, "tab": s.Tab, "level_debug": s.LevelDebug} {
			check(role, p, 3)
		}
	})
}

// The sixteen colours are the terminal's own, but the light half is always hard
// to read on white, and black on black.
func TestSixteenColoursSuitTheBackground(t *testing.T) {
	eachVariant(t, func(t *testing.T, s *themes.Styles) {
		for role, p := range said(s) {
			fg, ok := p.Style().GetForeground().(ansi.BasicColor)
			if !ok || p.Style().GetReverse() || role == "match" { // which has a background of its own
				continue
			}
			if s.Dark && fg < 7 || !s.Dark && (fg == 3 || fg == 7 || fg > 8) {
				t.Errorf("%s is colour %d", role, fg)
			}
		}
	})
}

// What tells good from bad is told apart in letters, at any number of colours.
func TestSignalsDifferAtEveryDepth(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI} {
		eachVariant(t, func(t *testing.T, s *themes.Styles) {
			seen := make(map[string]string)
			for role, p := range map[string]themes.Paint{"text": s.Text, "warning": s.Warning, "bad": s.Bad, "critical": s.Critical} {
				style := p.Style()
				look := fmt.Sprint(profile.Convert(style.GetForeground()), style.GetBold(), style.GetUnderline(), style.GetReverse())
				if other, ok := seen[look]; ok {
					t.Errorf("%v: %s and %s look the same: %s", profile, role, other, look)
				}
				seen[look] = role
			}
			if s.Warning.On() == s.Bad.On() || s.LevelWarning.On() == s.LevelError.On() {
				t.Error("a warning looks like an error")
			}
		})
	}
}

// With sixteen colours nothing becomes the background's.
func TestNothingVanishesInSixteenColours(t *testing.T) {
	eachVariant(t, func(t *testing.T, s *themes.Styles) {
		for role, p := range said(s) {
			if _, ok := p.Style().GetForeground().(color.RGBA); !ok {
				continue
			}
			became, ok := colorprofile.ANSI.Convert(p.Style().GetForeground()).(ansi.BasicColor)
			if !ok || s.Dark && became == ansi.Black || !s.Dark && (became == ansi.White || became == ansi.BrightWhite) {
				t.Errorf("%s becomes %v", role, became)
			}
		}
	})
}

// deficient are colours as people without one kind of cone see them, after
// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation
// of Color Vision Deficiency" (2009), severity 1.
var deficient = map[string][3][3]float64{
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
}

func seenBy(m [3][3]float64, c colorful.Color) colorful.Color {
	r, g, b := c.LinearRgb()
	row := func(i int) float64 { return min(max(m[i][0]*r+m[i][1]*g+m[i][2]*b, 0), 1) }
	return colorful.LinearRgb(row(0), row(1), row(2))
}

// In the theme made for it, states differ for people who see no red or no green,
// and so do neighbours in a stack.
func TestColourBlindSafe(t *testing.T) {
	const states, neighbours = 0.20, 0.12 // CIEDE2000 / 100; about 0.02 can just be seen
	for _, dark := range []bool{true, false} {
		s, err := themes.New("colour-blind", dark)
		if err != nil {
			t.Fatal(err)
		}
		for kind, m := range deficient {
			differ := func(what string, a, b themes.Paint, least float64) {
				x, _ := foreground(a)
				y, _ := foreground(b)
				if d := seenBy(m, x).DistanceCIEDE2000(seenBy(m, y)); d < least || math.IsNaN(d) {
					t.Errorf("dark %v, %s: %s differ by %.3f only", dark, kind, what, d)
				}
			}
			differ("good and warning", s.Good, s.Warning, states)
			differ("good and bad", s.Good, s.Bad, states)
			differ("warning and bad", s.Warning, s.Bad, 0.12)
			differ("bad and critical", s.Bad, s.Critical, 0.12)
			differ("gauges", s.Gauge, s.GaugeOver, states)
			for i := range themes.SeriesLen - 1 {
				differ(fmt.Sprintf("series %d and %d", i, i+1), s.Series[i], s.Series[i+1], neighbours)
			}
		}
	}
}
