package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// newHelp is the list of keys that do something in the view it is opened over,
// made from the bindings themselves and grouped by what they are for.
func (m *Model) newHelp() *views.Detail {
	own, shell := m.bindings()
	bindings := append(slices.Clone(own), shell...)
	title := strings.TrimSpace("donnatop " + safe.Text(m.options.Version))
	return views.NewText(m.ctx, "help", title, func(env *panels.Env, w int) []string {
		return drawHelp(env, bindings, w)
	})
}

// Widths of the columns of help: of the keys, as long as they are not chosen
// longer, and of what they do.
const (
	helpKey  = 10
	helpMost = 18
	helpDesc = 28
)

// drawHelp lays the groups out side by side, each next one in the column that is
// the shortest so far.
func drawHelp(env *panels.Env, bindings []views.Binding, w int) []string {
	keys := helpKey
	for _, b := range bindings {
		keys = max(keys, min(safe.Width(b.Help().Key)+1, helpMost))
	}
	n := max(min(w/(keys+helpDesc), 3), 1)
	width := w / n
	columns := make([][]string, n)
	for _, g := range views.Groups {
		block := drawGroup(env, g, bindings, keys, width)
		if len(block) == 0 {
			continue
		}
		at := 0
		for i := range columns {
			if len(columns[i]) < len(columns[at]) {
				at = i
			}
		}
		columns[at] = append(columns[at], block...)
	}
	height := 0
	for _, c := range columns {
		height = max(height, len(c))
	}
	lines := make([]string, height)
	for y := range lines {
		b := line.New(w, safe.Charset(env.ASCII))
		for _, c := range columns {
			if y < len(c) {
				b.Painted(c[y], width)
			} else {
				b.Space(width)
			}
		}
		lines[y] = b.String()
	}
	return lines
}

func drawGroup(env *panels.Env, g views.Group, bindings []views.Binding, keys, w int) []string {
	set := safe.Charset(env.ASCII)
	var lines []string
	for _, b := range bindings {
		if b.Group != g {
			continue
		}
		if lines == nil {
			title := line.New(w, set)
			lines = append(lines, title.Space(1).Text(env.Styles.Title, string(g)).String())
		}
		row := line.New(w, set)
		row.Space(1).Left(env.Styles.Key, b.Help().Key, keys).Text(env.Styles.Text, b.Help().Desc)
		lines = append(lines, row.String())
	}
	if lines != nil {
		lines = append(lines, line.Blank(w))
	}
	return lines
}

// newSources tells of every source what there is to know, and what a reader must
// know to trust the figures.
func (m *Model) newSources() *views.Detail {
	return views.NewText(m.ctx, "sources", "Sources", func(env *panels.Env, w int) []string {
		return m.drawSources(env, w)
	})
}

func (m *Model) drawSources(env *panels.Env, w int) []string {
	set, s := safe.Charset(env.ASCII), m.feed.shown()
	var lines []string
	say := func(indent int, text string) {
		for _, l := range views.Paragraph(text, w-indent-1, set) {
			b := line.New(w, set)
			lines = append(lines, b.Space(indent).Text(env.Styles.Text, l).String())
		}
	}
	head := func(o source) {
		b := line.New(w, set)
		lines = append(lines, b.Space(1).Text(o.paint(env.Styles), o.glyph()+" "+o.name+" "+o.word()).String())
	}
	for _, o := range allSources(s) {
		head(o)
		for _, fact := range m.facts(s, o.state) {
			say(3, fact)
		}
		lines = append(lines, line.Blank(w))
	}
	if m.feed.figures != nil && len(m.feed.figures.Notes) > 0 {
		b := line.New(w, set)
		lines = append(lines, b.Space(1).Text(env.Styles.Title, "Notes").String())
		for _, n := range m.feed.figures.Notes {
			say(3, n)
		}
	}
	return lines
}

// facts are what is known of a source, one sentence each.
func (m *Model) facts(s *data.Snapshot, st data.SourceState) []string {
	loc := m.options.Location
	var out []string
	if st.Detail != "" {
		out = append(out, st.Detail)
	}
	for _, moment := range []struct {
		label string
		at    time.Time
	}{{"since", st.Since}, {"good as of", st.AsOf}, {"next try", st.NextTry}} {
		if !moment.at.IsZero() {
			out = append(out, moment.label+" "+format.Stamp(moment.at, s.At, loc))
		}
	}
	if st.Lost > 0 {
		out = append(out, fmt.Sprintf("%s lines lost", format.Int(st.Lost)))
	}
	for _, g := range st.Gaps {
		out = append(out, fmt.Sprintf("lines missing %s–%s: %s", format.Stamp(g.From, s.At, loc), format.Stamp(g.To, s.At, loc), g.Reason))
	}
	return out
}
