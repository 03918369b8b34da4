package panels

import (
	"strings"

	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// borders are the glyphs of a border: corners from the top left on, clockwise,
// then horizontal and vertical. Focus changes the lines, not only their colour.
type borders [6]string

var (
	plainBorder = borders{"╭", "╮", "╯", "╰", "─", "│"}
	focusBorder = borders{"┏", "┓", "┛", "┗", "━", "┃"}
)

// Box puts a border with title and status around the inside of a panel, which
// should be w-2 by h-2 cells. The result is exactly h lines of exactly w cells;
// without room for a border it is blank.
func Box(env *Env, title, status string, focused bool, w, h int, inner []string) []string {
	return BoxWithNote(env, title, status, "", focused, w, h, inner)
}

// BoxWithNote is [Box] with a note in its lower border.
func BoxWithNote(env *Env, title, status, note string, focused bool, w, h int, inner []string) []string {
	w, h = max(w, 0), max(h, 0)
	if w < 2 || h < 2 {
		return line.Fit(nil, w, h)
	}
	s := env.Styles
	g, edge, name := plainBorder, s.Border, s.Title
	if focused {
		g, edge, name = focusBorder, s.BorderFocus, s.TitleFocus
	}

	out := make([]string, 0, h)
	top := line.New(w, env.set())
	top.Glyphs(edge, g[0])
	room := w - 4 // corners, and a dash beside each
	titleW := min(safe.Width(safe.Truncate(title, room)), room-2)
	if title != "" && titleW > 0 {
		top.Glyphs(edge, g[4]).Space(1)
		top.Left(name, title, titleW)
		top.Space(1)
	}
	status, statusW := fitStatus(status, w-top.Used()-6)
	if statusW > 0 {
		top.Repeat(edge, g[4], w-top.Used()-statusW-4)
		top.Space(1)
		top.Left(s.Status, status, statusW)
		top.Space(1)
	}
	top.Repeat(edge, g[4], w-top.Used()-1)
	top.Glyphs(edge, g[1])
	out = append(out, top.String())

	side := line.New(1, env.set())
	side.Glyphs(edge, g[5])
	left := side.String()
	for _, l := range line.Fit(inner, w-2, h-2) {
		out = append(out, left+l+left)
	}

	bottom := line.New(w, env.set())
	bottom.Glyphs(edge, g[3])
	if note != "" && w >= 10 {
		bottom.Glyphs(edge, g[4]).Space(1)
		bottom.Left(s.Strong, note, min(safe.Width(safe.Truncate(note, w-6)), w-6)).Space(1)
	}
	bottom.Repeat(edge, g[4], w-bottom.Used()-1).Glyphs(edge, g[2])
	return append(out, bottom.String())
}

// fitStatus is as many parts of a status as fit into w cells, or the first one cut.
func fitStatus(status string, w int) (string, int) {
	for {
		status = safe.Truncate(status, max(w, 0)+len(status)) // harmless, but whole
		n := safe.Width(status)
		if n <= w {
			return status, n
		}
		i := strings.LastIndex(status, statusSep)
		if i < 0 {
			break
		}
		status = status[:i]
	}
	if w < 4 {
		return "", 0
	}
	return status, w
}
