package ui

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/jonboulle/clockwork"
)

// goldenFrames compares the frames of every view with those kept in testdata, at
// three sizes on dark and light terminals. -update keeps them anew.
func goldenFrames(t *testing.T, open func(clock *clockwork.FakeClock) Options) {
	for _, view := range ViewNames() {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			for name, background := range map[string]color.Color{"dark": color.Black, "light": color.White} {
				t.Run(fmt.Sprintf("%s_%dx%d_%s", view, size[0], size[1], name), func(t *testing.T) {
					var frame string
					at := func(clock *clockwork.FakeClock) Options {
						o := open(clock)
						o.View = view
						return o
					}
					drive(t, size[0], size[1], at, func(d *driver) {
						d.send(tea.BackgroundColorMsg{Color: background})
						lines := d.lines()
						checkFrame(t, lines, size[0], size[1])
						frame = strings.Join(lines, "\n")
					})
					golden.RequireEqual(t, frame)
				})
			}
		}
	}
}

// The frames are those of a simulated Donna, so every panel has its data.
func TestGolden(t *testing.T) { goldenFrames(t, simulated(t)) }
