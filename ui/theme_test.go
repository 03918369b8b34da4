package ui

import (
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/themes"
)

func TestThemePicker(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		name := func() string { return d.m.ctx.Env.Styles.Name }
		before := strings.Join(d.lines(), "\n")
		d.press("T")
		d.must("━ Theme ━", "❯ donna")
		d.press("down", "down")
		if name() != "colour-blind" || d.m.theme != "donna" {
			t.Errorf("the theme under the cursor is not shown: %s, kept %s", name(), d.m.theme)
		}
		d.send(tea.BackgroundColorMsg{Color: color.White})
		if name() != "colour-blind" || d.m.ctx.Env.Styles.Dark {
			t.Error("the variant of what is tried out does not follow the terminal")
		}
		d.send(tea.BackgroundColorMsg{Color: color.Black})
		d.press("esc")
		if after := strings.Join(d.lines(), "\n"); name() != "donna" || after != before {
			t.Errorf("Esc does not restore the theme: %s", name())
		}
		d.press("T", "G", "enter")
		if name() != "solarized" || d.m.theme != "solarized" {
			t.Errorf("Enter does not keep the theme: %s, %s", name(), d.m.theme)
		}
		d.mustNot("━ Theme ━")
		d.press("T")
		d.must("❯ solarized")
		d.press("q")
		if name() != "solarized" {
			t.Error("closing the list changes the theme")
		}
		d.press(":")
		d.typeText("theme gruv")
		d.press("enter")
		if d.m.theme != "gruvbox" {
			t.Errorf("the palette leads to %s", d.m.theme)
		}
	})
}

// A user's themes are among the others; one with a mistake says so and is not used.
func TestOwnThemes(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{"mine": "about: my very own\nall: {bad: \"#ff0000\"}\n", "wrong": "all:\n  badd: 1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := themes.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Themes, o.Theme = set, "mine"
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.press("T")
		d.must("❯ mine", "my very own", "✗ theme "+dir)
		d.press("down")
		if d.m.ctx.Env.Styles.Name != "mine" {
			t.Error("a theme that can't be read is tried out")
		}
		d.press("enter")
		d.must("wrong.yaml:2: unknown role", "━ Theme ━")
		d.press("esc")
	})
	o := open(clockwork.NewFakeClockAt(testNow))
	o.Theme = "wrong"
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "wrong.yaml:2: unknown role") {
		t.Errorf("a wrong theme that was asked for: %v", err)
	}
}

// Without colours there are no themes to choose from.
func TestNoThemesWithoutColours(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.NoColor = true
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		before := d.screen()
		d.press("T")
		if d.screen() != before {
			t.Errorf("T opens\n%s", d.screen())
		}
		d.press(":")
		d.typeText("theme nord")
		d.mustNot("❯ theme nord")
	})
}
