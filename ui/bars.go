package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// hinter is a view that may have something to say about where the reader is.
type hinter interface{ Hint() string }

// barPart is a text of the tab bar or of the footer, its place, and what a click on
// it does.
type barPart struct {
	x, w  int
	text  string
	paint themes.Paint
	do    func(m *Model) tea.Cmd // nil if nothing
}

// drawTabs draws the views to choose from, and on the right where the reader is.
func (m *Model) drawTabs(w int) string {
	return m.drawBar(m.tabBar(w), w)
}

func (m *Model) drawBar(parts []barPart, w int) string {
	b := line.New(w, m.set())
	for _, p := range parts {
		b.To(p.x).Text(p.paint, p.text)
	}
	return b.String()
}

// tabBar gives the parts of the tab bar in w cells.
func (m *Model) tabBar(w int) []barPart {
	least := safe.Width(strings.Join(m.tabTexts(m.router.current, 0), ""))
	where := m.whereabouts(w - least - 3)
	width := partsWidth(where)
	room := w - 1
	if len(m.router.trail()) > 1 && width > 0 {
		room -= width + 2 // the way back counts more than the names of other views
	}
	var parts []barPart
	x := 1
	for i, text := range m.tabTexts(m.router.current, room) {
		paint := m.ctx.Env.Styles.Tab
		if i == m.router.current {
			paint = m.ctx.Env.Styles.TabActive
		}
		name := strings.TrimLeft(text, " ") // the blanks before a name are not part of it
		x += len(text) - len(name)
		parts = append(parts, barPart{x, safe.Width(name), name, paint, func(m *Model) tea.Cmd { return m.switchTo(i) }})
		x += safe.Width(name)
	}
	if width == 0 || x+width+2 > w {
		return parts
	}
	for _, p := range where {
		p.x += w - width - 1
		parts = append(parts, p)
	}
	return parts
}

// crumbSep stands between the steps of the trail.
const crumbSep = " › "

// whereabouts is the trail to the view, or what a view at the root of its tab has
// to say, in w cells: of a long trail the end.
func (m *Model) whereabouts(w int) []barPart {
	trail, paint := m.router.trail(), m.ctx.Env.Styles.Faint
	if len(trail) == 1 {
		h, ok := trail[0].(hinter)
		if !ok || h.Hint() == "" {
			return nil
		}
		return []barPart{{w: safe.Width(h.Hint()), text: h.Hint(), paint: paint}}
	}
	const least = 8 // cells of a title from which it says something
	first := 0
	for first < len(trail)-1 && trailWidth(trail[first:], first > 0) > w {
		first++
	}
	var parts []barPart
	x := 0
	add := func(text string, do func(m *Model) tea.Cmd) {
		parts = append(parts, barPart{x, safe.Width(text), text, paint, do})
		x += safe.Width(text)
	}
	if first > 0 {
		add("…", func(m *Model) tea.Cmd { return m.popTo(first - 1) })
	}
	for i := first; i < len(trail); i++ {
		if x > 0 {
			add(crumbSep, nil)
		}
		title := trail[i].Title()
		if x+safe.Width(title) > w {
			if w-x < least {
				return nil
			}
			title = safe.Truncate(title, w-x)
		}
		add(title, func(m *Model) tea.Cmd { return m.popTo(i) })
	}
	return parts
}

// trailWidth is the width of a trail, with … in front if it is cut.
func trailWidth(trail []views.View, cut bool) int {
	titles := make([]string, 0, len(trail)+1)
	if cut {
		titles = append(titles, "…")
	}
	for _, v := range trail {
		titles = append(titles, v.Title())
	}
	return safe.Width(strings.Join(titles, crumbSep))
}

func partsWidth(parts []barPart) int {
	if len(parts) == 0 {
		return 0
	}
	last := parts[len(parts)-1]
	return last.x + last.w
}

func (m *Model) popTo(i int) tea.Cmd {
	m.router.popTo(i)
	return m.show()
}

// tabTexts is what the tab bar says of each view: its whole name, or a short
// one, or its key alone, whatever fits. The current view keeps its whole name, in
// brackets, not by colour alone.
func (m *Model) tabTexts(current, w int) []string {
	whole := func(before, after string) func(i int) string {
		return func(i int) string { return before + m.tabKey(i) + " " + tabs[i].title + after }
	}
	forms := []struct{ current, other func(i int) string }{
		{whole("[", "]"), whole(" ", " ")},
		{whole(" [", "]"), func(i int) string { return " " + m.tabKey(i) + " " + tabs[i].short }},
		{whole(" [", "]"), func(i int) string { return " " + m.tabKey(i) }},
		{whole("[", "]"), func(i int) string { return " " + m.tabKey(i) }},
	}
	texts := make([]string, len(tabs))
	for _, form := range forms {
		width := 0
		for i := range tabs {
			texts[i] = form.other(i)
			if i == current {
				texts[i] = form.current(i)
			}
			width += safe.Width(texts[i])
		}
		if width <= w {
			break
		}
	}
	return texts
}

// tabKey is the key of a tab, as people read it.
func (m *Model) tabKey(i int) string { return m.keys.Views[i].Help().Key }

// drawFooter draws the keys that do something now.
func (m *Model) drawFooter(w int) string { return m.drawBar(m.footer(w), w) }

// footer gives the parts of the footer in w cells: two for each key, both of which
// do what it does.
func (m *Model) footer(w int) []barPart {
	styles := m.ctx.Env.Styles
	var parts []barPart
	x := 1
	for _, b := range m.footerKeys(w) {
		help, press := b.Help(), pressOf(b.Keys()[0])
		do := func(m *Model) tea.Cmd { return m.pressed(press) }
		name, desc := safe.Width(help.Key)+1, safe.Width(help.Desc)
		parts = append(parts, barPart{x, name, help.Key, styles.Key, do}, barPart{x + name, desc, help.Desc, styles.Faint, do})
		x += name + desc + len(separator)
	}
	return parts
}

// footerKeys chooses as many of the keys that do something now as there is room
// for, but always how to get help and how to leave. Keys of the view and of the
// shell take turns; moving comes last, because people find it without help.
func (m *Model) footerKeys(w int) []views.Binding {
	own, shell := m.bindings()
	bindings := append(slices.Clone(own), shell...)
	chosen := make([]bool, len(bindings))
	room := w - 2
	choose := func(i int) {
		help := bindings[i].Help()
		n := safe.Width(help.Key) + 1 + safe.Width(help.Desc) + len(separator)
		if !chosen[i] && n <= room {
			chosen[i] = true
			room -= n
		}
	}
	for i, b := range bindings {
		switch b.Action {
		case m.keys.Help.Action, m.keys.Quit.Action, m.keys.Back.Action, m.over.Close.Action:
			choose(i)
		}
	}
	for _, move := range []bool{false, true} {
		for i := range bindings {
			for _, at := range []int{i, len(own) + i} {
				inTurn := at < len(bindings) && (at < len(own)) == (at == i)
				if inTurn && (bindings[at].Group == views.GroupMove) == move {
					choose(at)
				}
			}
		}
	}
	var out []views.Binding
	for i, b := range bindings {
		if chosen[i] {
			out = append(out, b)
		}
	}
	return out
}
