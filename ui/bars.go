package ui

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// hinter is a view that may have something to say about where the reader is.
type hinter interface{ Hint() string }

// drawTabs draws the views to choose from, and on the right where the reader is.
func (m *Model) drawTabs(w int) string {
	styles := m.ctx.Env.Styles
	trail := m.router.trail()
	where, room := "", w-1
	if len(trail) > 1 {
		titles := make([]string, len(trail))
		for i, v := range trail {
			titles[i] = v.Title()
		}
		where = strings.Join(titles, " › ")
		room -= safe.Width(where) + 2 // the way back counts more than the names of other views
	} else if h, ok := trail[0].(hinter); ok {
		where = h.Hint()
	}
	texts := m.tabTexts(m.router.current, room)
	if safe.Width(strings.Join(texts, "")) > room {
		texts = m.tabTexts(m.router.current, w-1)
	}
	b := line.New(w, m.set())
	b.Space(1)
	for i, text := range texts {
		paint := styles.Tab
		if i == m.router.current {
			paint = styles.TabActive
		}
		name := strings.TrimLeft(text, " ")
		b.Space(len(text)-len(name)).Text(paint, name) // the blanks before a name are not part of it
	}
	if n := safe.Width(where); n > 0 && n+2 <= b.Room() {
		b.To(w-n-1).Text(styles.Faint, where)
	}
	return b.String()
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

// drawFooter draws as many of the keys that do something now as there is room
// for, but always how to get help and how to leave. Keys of the view and of the
// shell take turns; moving comes last, because people find it without help.
func (m *Model) drawFooter(w int) string {
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
	out := line.New(w, m.set())
	out.Space(1)
	for i, b := range bindings {
		if chosen[i] {
			out.Text(m.ctx.Env.Styles.Key, b.Help().Key).Space(1).Text(m.ctx.Env.Styles.Faint, b.Help().Desc).Space(len(separator))
		}
	}
	return out.String()
}
