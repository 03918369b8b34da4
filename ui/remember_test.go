package ui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/ui/state"
	"github.com/donna-project/donnatop/ui/views"
)

// A session begins as the last one ended.
func TestStateSurvives(t *testing.T) {
	var left state.State
	first := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.View = ""
		o.State = &state.State{}
		return o
	}
	drive(t, 120, 40, first, func(d *driver) {
		d.pick("90m")
		d.pick("2026-07-10 10:10..12:50")
		d.press(".")
		d.press("4", "b", "s", "$", "m", "L", "w", "v", "/")
		d.typeText("failed")
		d.press("enter", "T", "G", "enter", ":")
		d.typeText("view skills")
		d.press("enter", "L")
		left = d.m.State()
	})
	want := state.State{
		View: "logs", Window: "1h30m", Theme: "solarized", HideMoney: true, Mouse: true,
		Recent: left.Recent,
		Ranges: []string{"1h30m", "2026-07-10T10:10:00Z..2026-07-10T12:50:00Z"},
		Views: map[string]map[string]string{
			"llm": {"split": "model", "sort": "cost"}, "logs": {"filter": "level>=warning failed", "wrap": "on"},
		},
	}
	if diff := cmp.Diff(want, left); diff != "" || len(left.Recent) != 1 {
		t.Errorf("%v (-want +left)\n%s", left.Recent, diff)
	}
	again := func(clock *clockwork.FakeClock) Options {
		o := first(clock)
		o.State = &left
		return o
	}
	drive(t, 120, 40, again, func(d *driver) {
		d.must("[L Logs]", "/level>=warning failed: 30 of 300 lines")
		if d.m.View().MouseMode != tea.MouseModeCellMotion || d.m.ctx.Env.Styles.Name != "solarized" {
			t.Errorf("mouse %v, theme %s", d.m.View().MouseMode, d.m.ctx.Env.Styles.Name)
		}
		d.press("4")
		d.must("range 1h30m", "money hidden")
		d.press("t", "G", "end", "up")
		d.must("10 Jul 10:10–12:50") // as if it had been chosen today
		d.press("esc")
		if diff := cmp.Diff(left.Ranges, d.m.State().Ranges); diff != "" {
			t.Errorf("the ranges (-left +restored)\n%s", diff)
		}
		if diff := cmp.Diff(left.Views, d.m.State().Views); diff != "" {
			t.Errorf("the views (-left +restored)\n%s", diff)
		}
	})
}

// What is asked for beats what was left.
func TestOptionsBeatState(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.View, o.Window, o.Theme = "tasks", "7d", "nord"
		o.State = &state.State{View: "logs", Window: "1h", Theme: "dracula"}
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.must("[3 Tasks]", "window 7d")
		if d.m.theme != "nord" {
			t.Errorf("theme %s", d.m.theme)
		}
	})
}

// What there isn't any more, or what somebody has written into the file, is passed
// over.
func TestStateThatMakesNoSense(t *testing.T) {
	bad := state.State{
		View: "nowhere\x1b[2J", Window: "9y", Theme: "../../etc/passwd", Recent: append(strings.Split(strings.Repeat("x\x1b[2J ", 40), " "), hostile...),
		Ranges: append([]string{"9y", "2h30m", "2h30m"}, hostile...),
		Views:  map[string]map[string]string{"logs": {"filter": "(", "level": "loud", "wrap": "\x00"}, "llm": {"split": "x", "sort": ""}, "none": {"a": "b"}},
	}
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.View, o.State, o.Opening = "", &bad, views.Say{Text: "read state: \x1b[31mbroken: beginning anew", Wrong: true}
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.must("[1 Overview]", "window 24h", "✗ read state: ␛[31mbroken")
		checkFrame(t, d.lines(), 120, 40)
		d.press(":")
		checkFrame(t, d.lines(), 120, 40)
		d.press("esc", "L")
		d.must("following · 300 lines")
		s := d.m.State()
		if s.View != "logs" || s.Window != "24h" || s.Theme != "" || len(s.Recent) > maxRecent || len(s.Views) > 0 || len(s.Ranges) != 1 {
			t.Errorf("left as %+v", s)
		}
		d.send(tea.BackgroundColorMsg{Color: color.White})
	})
}

// A session without colours keeps the theme of those with.
func TestStateKeepsTheThemeWithoutColours(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.NoColor, o.State = true, &state.State{Theme: "nord"}
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		if s := d.m.State(); s.Theme != "nord" || d.m.ctx.Env.Styles.Name != themeWithoutColours {
			t.Errorf("left with %q, shown in %q", s.Theme, d.m.ctx.Env.Styles.Name)
		}
	})
}
