package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/views"
)

// overlay is what lies over the view and has the keys: a text, a choice, the
// command palette.
type overlay struct {
	views.View
	// covers is the part that it hides of a body of w×h cells; nil for all of it.
	covers func(w, h int) views.Rect
	// dropped undoes what was only tried out, when it is closed without a choice;
	// nil if there is nothing to undo.
	dropped func() tea.Cmd
}

// place is what the overlay hides of the body.
func (o *overlay) place(w, h int) views.Rect {
	if o.covers == nil {
		return views.Rect{W: w, H: h}
	}
	return o.covers(w, h)
}

// do is an intent of the shell's own overlays: what they want done.
type do func(m *Model) tea.Cmd

// open puts a text over the view.
func (m *Model) open(d *views.Detail) tea.Cmd { return m.lay(overlay{View: d}) }

// lay puts an overlay on top.
func (m *Model) lay(o overlay) tea.Cmd {
	m.overlays = append(m.overlays, o)
	return m.show()
}

// lift takes the top overlay away, its choice made.
func (m *Model) lift() {
	if n := len(m.overlays); n > 0 {
		m.overlays = m.overlays[:n-1]
	}
}

// drop takes the top overlay away without a choice.
func (m *Model) drop() tea.Cmd {
	n := len(m.overlays)
	if n == 0 {
		return nil
	}
	top := m.overlays[n-1]
	m.lift()
	if top.dropped == nil {
		return nil
	}
	return top.dropped()
}

// drawBody draws the view and what lies over it.
func (m *Model) drawBody(at views.Rect) []string {
	v := m.router.top()
	first, hidden := 0, false // the lowest overlay that can be seen, and whether the view can't
	for i := range m.overlays {
		if m.overlays[i].covers == nil {
			first, hidden = i, true
		}
	}
	var lines []string
	if !hidden {
		lines = m.guarded("view "+string(v.ID()), v, at)
	}
	for i := first; i < len(m.overlays); i++ {
		o := &m.overlays[i]
		place := o.place(at.W, at.H)
		drawn := m.guarded(string(o.ID()), o, place)
		if o.covers == nil {
			lines = drawn
			continue
		}
		lines = stamp(lines, drawn, place)
	}
	return lines
}

// guarded draws a view; one that can't be drawn says so.
func (m *Model) guarded(what string, v views.View, at views.Rect) []string {
	return views.Guard(m.options.Log, what, v.Lines, func(err error) []string {
		return views.Failure(&m.ctx.Env, err, at.W, at.H)
	})
}

// stamp puts a drawn box onto lines, of which it leaves the originals as they are.
func stamp(lines, box []string, at views.Rect) []string {
	out := append([]string(nil), lines...)
	for i, l := range box {
		y := at.Y + i
		if y < 0 || y >= len(out) {
			continue
		}
		w := ansi.StringWidth(out[y])
		before := ansi.Truncate(out[y], at.X, "") // keeps the sequences that end what begins in it
		after := ansi.TruncateLeft(out[y], at.X+at.W, "")
		rest := w - at.X - at.W
		if ansi.StringWidth(after) > rest { // a wide character stands on the edge
			after = ansi.TruncateLeft(out[y], at.X+at.W+1, "")
		}
		out[y] = before + themes.Off + line.Blank(at.X-ansi.StringWidth(before)) +
			l + line.Blank(rest-ansi.StringWidth(after)) + after
	}
	return out
}

// within places a box of at most w×h cells in the middle of a body, near its top.
func within(w, h int) func(bodyW, bodyH int) views.Rect {
	return func(bodyW, bodyH int) views.Rect {
		r := views.Rect{W: min(w, bodyW), H: min(h, bodyH)}
		r.X, r.Y = (bodyW-r.W)/2, min((bodyH-r.H)/2, 2)
		return r
	}
}

// atRight places a box of at most w×h cells in the top right corner of a body,
// where it hides as little as it can.
func atRight(w, h int) func(bodyW, bodyH int) views.Rect {
	return func(bodyW, bodyH int) views.Rect {
		r := views.Rect{W: min(w, bodyW), H: min(h, bodyH)}
		r.X = bodyW - r.W
		return r
	}
}
