package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

func (d *driver) click(x, y int) { d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

func (d *driver) wheel(x, y int, button tea.MouseButton) {
	d.send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
}

// find is where a text begins on the screen.
func (d *driver) find(text string) (x, y int) {
	d.t.Helper()
	for y, l := range strings.Split(d.screen(), "\n") {
		if before, _, ok := strings.Cut(l, text); ok {
			return safe.Width(before), y
		}
	}
	d.t.Fatalf("the screen has no %q:\n%s", text, d.screen())
	return 0, 0
}

func TestMouseIsTheTerminalsOwnAtFirst(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		if mode := d.m.View().MouseMode; mode != tea.MouseModeNone {
			t.Errorf("mouse mode %v", mode)
		}
		d.press("m")
		d.must("mouse on")
		if mode := d.m.View().MouseMode; mode != tea.MouseModeCellMotion {
			t.Errorf("mouse mode %v", mode)
		}
		d.press("m")
		d.must("mouse off")
		if mode := d.m.View().MouseMode; mode != tea.MouseModeNone {
			t.Errorf("mouse mode %v", mode)
		}
	})
}

func TestClickTabsAndBreadcrumbs(t *testing.T) {
	for _, w := range []int{minWidth, 80, 120, 200} {
		drive(t, w, 24, simulated(t), func(d *driver) {
			for i, tab := range tabs {
				texts := d.m.tabTexts(d.m.router.current, w-1)
				name := strings.TrimLeft(texts[i], " ")
				x := 1
				for _, text := range texts[:i] {
					x += safe.Width(text)
				}
				x += len(texts[i]) - len(name)
				d.click(x, 1)
				d.must("[" + tab.key + " " + tab.title + "]")
			}
		})
	}
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p", "enter")
		d.open(&exportable{})
		x, y := d.find("› Invocation")
		d.click(x+2, y)
		d.mustNot("› Exportable")
		d.must("› Invocation")
		x, y = d.find("LLM & Cost ›")
		d.click(x, y)
		d.mustNot("› Invocation")
		d.must("Spend & budget")
	})
}

// A long trail keeps its end, and every step of it that can be seen is a way back.
func TestLongTrail(t *testing.T) {
	for _, w := range []int{minWidth, 60, 80, 120} {
		drive(t, w, 24, sampleOptions, func(d *driver) {
			d.press("L", "enter")
			for range 6 {
				d.open(&exportable{})
			}
			checkFrame(t, d.lines(), w, 24)
			if w >= 80 {
				d.must("… › ", " › Exportable")
				x, y := d.find("… › ")
				depth := len(d.m.router.trail())
				d.click(x, y)
				if got := len(d.m.router.trail()); got >= depth || got == 0 {
					t.Errorf("%d columns: a click on … leads from %d to %d", w, depth, got)
				}
			}
		})
	}
}

// A click on a row of any list selects that row, and a second one opens it.
func TestClickRows(t *testing.T) {
	for _, tab := range tabs {
		if tab.id == views.IDLogs {
			continue
		}
		drive(t, 200, 60, simulated(t), func(d *driver) {
			d.press(tab.key)
			b, ok := d.top().(*views.Board)
			if !ok {
				return
			}
			for panel, at := range clickable(b) {
				if panel == d.focused() {
					continue // a click there opens what it leads to
				}
				d.click(at.X, at.Y)
				if got := d.focused(); got == "" || !strings.HasPrefix(panel, got) && !strings.HasPrefix(got, panel) {
					t.Errorf("%s: a click on %s gives the focus to %s", tab.id, panel, got)
				}
			}
		})
	}
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		rows := d.m.feed.figures.LLM.Recent
		x, y := d.find(rows[2].Time.Format("15:04:05"))
		d.click(x, y)
		if d.focused() != "Invocations" || !strings.Contains(d.lines()[y], d.m.ctx.Env.Styles.Selected.On()) {
			t.Fatalf("the row is not selected:\n%s", d.screen())
		}
		d.click(x, y)
		d.must("› Invocation " + rows[2].ID[:8])
		d.press("esc")
		d.wheel(x, y, tea.MouseWheelDown)
		d.press("enter")
		d.must("› Invocation " + rows[5].ID[:8])
		d.press("esc")
		d.wheel(x, y, tea.MouseWheelUp)
		d.wheel(x, y, tea.MouseWheelUp)
		d.press("enter")
		d.must("› Invocation " + rows[0].ID[:8])
	})
}

// clickable are the panels of a board by title, where they stand on the screen.
func clickable(b *views.Board) map[string]views.Rect {
	out := make(map[string]views.Rect)
	const bodyTop = 2
	lines := b.Lines()
	for y, l := range lines {
		text := stripped(l)
		for _, corner := range []string{"╭─ ", "┏━ "} {
			from := 0
			for {
				i := strings.Index(text[from:], corner)
				if i < 0 {
					break
				}
				rest := text[from+i+len(corner):]
				title, _, _ := strings.Cut(rest, " ─")
				title, _, _ = strings.Cut(title, " ━")
				out[title] = views.Rect{X: safe.Width(text[:from+i]) + 3, Y: y + bodyTop}
				from += i + len(corner)
			}
		}
	}
	return out
}

func TestWheelScrolls(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L")
		d.wheel(10, 10, tea.MouseWheelUp)
		d.must("G follows")
		for range 10 {
			d.wheel(10, 10, tea.MouseWheelDown)
		}
		d.must("following")
		d.press("?")
		d.sized(80, 24)
		d.must("lines 1 to")
		d.wheel(10, 10, tea.MouseWheelDown)
		d.must("lines 4 to")
		d.wheel(10, 10, tea.MouseWheelUp)
		d.must("lines 1 to")
	})
}

func TestMouseInLists(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("T")
		x, y := d.find("  gruvbox")
		d.click(x+3, y)
		d.must("❯ gruvbox")
		if d.m.ctx.Env.Styles.Name != "gruvbox" || d.m.theme != "donna" {
			t.Error("a click does not try the theme out")
		}
		d.wheel(x, y, tea.MouseWheelUp)
		d.must("❯ catppuccin")
		d.click(2, 30) // beside it
		if d.m.ctx.Env.Styles.Name != "donna" || len(d.m.overlays) > 0 {
			t.Error("a click beside the list does not close it")
		}
		d.press("T")
		d.click(x, y)
		d.click(x, y)
		if d.m.theme != "gruvbox" || len(d.m.overlays) > 0 {
			t.Errorf("a second click does not choose: %s", d.m.theme)
		}
		d.press(":")
		d.typeText("view")
		x, y = d.find("  view health") // not the one that is selected
		d.click(x+3, y)
		d.must("❯ view health")
		d.click(x+3, y)
		d.must("[2 Health]")
	})
}

// A click on a key of the footer, or on what it says, does what the key does.
func TestClickFooter(t *testing.T) {
	for _, w := range []int{minWidth, 80, 200} {
		drive(t, w, 24, sampleOptions, func(d *driver) {
			foot := func(text string) {
				d.t.Helper()
				last := stripped(d.lines()[23])
				before, _, ok := strings.Cut(last, text)
				if !ok {
					d.t.Fatalf("no %q in the footer %q", text, last)
				}
				d.click(safe.Width(before), 23)
			}
			foot("? help")
			if len(d.m.overlays) != 1 {
				t.Fatal("a click on ? opens no help")
			}
			foot("close")
			if len(d.m.overlays) != 0 {
				t.Fatal("a click on close closes nothing")
			}
			d.press("L", "/")
			d.typeText("level=error")
			foot("apply")
			d.must("clear filter")
			d.click(0, 23) // beside all keys
			d.must("[L Logs]")
			d.press("m") // its answer stands where the keys were
			d.must("mouse on")
			for x := range w {
				d.click(x, 23)
			}
			d.must("[L Logs]", "mouse on")
		})
	}
}

// A click on a range that is offered picks it; on anything else of the picker it
// does nothing, and the wheel goes through the list.
func TestClickRangePicker(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("t")
		x, y := d.find("7d  ")
		d.click(x, y)
		if got := d.m.span.shown.Key(); got != "7d" || len(d.m.overlays) > 0 {
			t.Errorf("a click picks %q", got)
		}
		d.press("t")
		x, y = d.find("type a range")
		d.click(x, y)
		d.must("Time range")
		d.wheel(x, y+4, tea.MouseWheelUp)
		d.press("enter")
		if got := d.m.span.shown.Key(); got == "7d" {
			t.Error("the wheel does not move the cursor")
		}
	})
}

// Nothing that a terminal may report breaks anything.
func TestMouseAnywhere(t *testing.T) {
	drive(t, 80, 24, simulated(t), func(d *driver) {
		for _, keys := range [][]string{{"1"}, {"4", "f"}, {"L"}, {"?"}, {"esc", "T"}, {"esc", ":"}, {"esc", "t"}} {
			d.press(keys...)
			for _, x := range []int{-1, 0, 5, 40, 79, 80, 300} {
				for _, y := range []int{-1, 0, 1, 2, 10, 22, 23, 24, 300} {
					d.send(tea.MouseMotionMsg{X: x, Y: y}, tea.MouseReleaseMsg{X: x, Y: y}, tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseRight})
					d.wheel(x, y, tea.MouseWheelDown)
					d.wheel(x, y, tea.MouseWheelLeft)
					checkFrame(t, d.lines(), 80, 24)
				}
			}
		}
		d.press("esc")
		d.sized(3, 3)
		d.click(1, 1)
	})
}
