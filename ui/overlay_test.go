package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/ui/views"
)

// What lies over a view, at three sizes.
func TestGoldenOverlays(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := simulated(t)(clock)
		o.View, o.ExportDir = "llm", "/home/me"
		o.Filters = map[string]string{"slow": "latency_ms>10000", "trouble": "level>=error !health"}
		return o
	}
	for name, show := range map[string]func(d *driver){
		"palette": func(d *driver) { d.press(":") },
		"palette_typed": func(d *driver) {
			d.press(":")
			d.typeText("the")
			d.press("down")
		},
		"palette_unknown": func(d *driver) {
			d.press(":")
			d.typeText("xyzzy")
			d.press("enter")
		},
		"themes": func(d *driver) { d.press("T", "down", "down") },
		"export": func(d *driver) { d.open(&exportable{}); d.press("e") },
		"flash":  func(d *driver) { d.press("m") },
	} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size[0], size[1]), func(t *testing.T) {
				var frame string
				drive(t, size[0], size[1], open, func(d *driver) {
					show(d)
					checkFrame(t, d.lines(), size[0], size[1])
					frame = strings.Join(d.lines(), "\n")
				})
				golden.RequireEqual(t, frame)
			})
		}
	}
}

// open puts a view on top of the present one.
func (d *driver) open(v views.View) {
	d.m.touch(true)
	d.run(d.m.perform(views.Open{View: v}))
	d.settle()
}

// A box is stamped onto lines without moving anything, wide characters at its
// edges or not.
func TestStamp(t *testing.T) {
	base := []string{"日本語日本語", "\x1b[31mabcdefghijkl\x1b[m", "            "}
	for x := range 9 {
		box := []string{"[##]", "[##]"}
		out := stamp(base, box, views.Rect{X: x, Y: 0, W: 4, H: 2})
		checkFrame(t, out, 12, 3)
		for y := range 2 {
			if !strings.Contains(stripped(out[y]), "[##]") || strings.Index(stripped(out[1]), "[") != x {
				t.Errorf("at %d: %q", x, out)
			}
		}
		if strings.Contains(out[1], "\x1b[31m[") || out[2] != base[2] || base[0] != "日本語日本語" {
			t.Errorf("at %d: %q", x, out)
		}
	}
}

// Overlays fit any size, and Esc or q closes them.
func TestOverlaysAtEverySize(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.open(&exportable{})
		for _, c := range []struct{ open, close string }{{":", "esc"}, {"T", "esc"}, {"e", "q"}, {"?", "?"}} {
			for _, size := range [][2]int{{200, 60}, {minWidth, minHeight}, {41, 13}, {80, 24}, {3, 3}, {0, 0}, {120, 40}} {
				d.press(c.open)
				d.sized(size[0], size[1])
				checkFrame(t, d.lines(), size[0], size[1])
				d.press("down", "down", "down")
				checkFrame(t, d.lines(), size[0], size[1])
				d.press(c.close)
				if len(d.m.overlays) > 0 {
					t.Fatalf("%s does not close what %s opens", c.close, c.open)
				}
			}
		}
	})
}
