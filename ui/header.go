package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// source is a source's state as people see it.
type source struct {
	name  string
	state data.SourceState
}

// sources are those with a place in the header.
func sources(s *data.Snapshot) []source {
	shown := []source{{"db", s.Sources[data.SourceDB]}, {"logs", s.LogState()}}
	for _, name := range []string{data.SourceDocker, data.SourceHost} {
		if st, ok := s.Sources[name]; ok && st.State != data.StateAbsent {
			shown = append(shown, source{name, st})
		}
	}
	return shown
}

// allSources lists every source that was ever heard of, by its own name.
func allSources(s *data.Snapshot) []source {
	var out []source
	for _, name := range []string{data.SourceDB, data.SourceLoki, data.SourceFiles, data.SourceDocker, data.SourceHost, data.SourceConfig} {
		if st, ok := s.Sources[name]; ok {
			out = append(out, source{name, st})
		}
	}
	return out
}

// glyph and word of a state: neither needs the other, nor colour.
func (s source) glyph() string {
	switch s.state.State {
	case data.StateLive:
		if !s.state.Loaded {
			return "◐"
		}
		return "●"
	case data.StateConnecting:
		return "◌"
	case data.StateStale:
		return "⚠"
	case data.StateFailed:
		return "✗"
	}
	return "○"
}

func (s source) word() string {
	switch {
	case s.state.State == "":
		return string(data.StateAbsent)
	case s.state.State == data.StateAbsent, s.state.State == data.StateFailed, s.state.State == data.StateStale, s.state.Loaded:
		return string(s.state.State)
	case s.state.Progress > 0:
		return "loading " + format.Percent(100*s.state.Progress)
	case s.state.State == data.StateLive:
		return "loading"
	}
	return string(s.state.State)
}

func (s source) paint(styles *themes.Styles) themes.Paint {
	switch s.state.State {
	case data.StateLive:
		return styles.Good
	case data.StateStale:
		return styles.Warning
	case data.StateFailed:
		return styles.Bad
	case data.StateConnecting:
		return styles.Accent
	}
	return styles.Faint
}

// oldAge is the age from which the header gives it for data that is live:
// younger than that it would only flicker, as the slowest source looks every ten
// seconds and Docker's health log is renewed every thirty.
const oldAge = 30 * time.Second

// age is how old what is shown of the source is; "" if that says nothing.
func (s source) age(now time.Time) string {
	if s.state.AsOf.IsZero() || s.state.State == data.StateAbsent {
		return ""
	}
	d := now.Sub(s.state.AsOf)
	if d < oldAge && s.state.State == data.StateLive {
		return ""
	}
	return " " + format.Age(d)
}

func (m *Model) drawHeader(w int) string {
	styles, s := m.ctx.Env.Styles, m.feed.shown()
	now := m.options.Clock.Now()
	left := []segment{{forms: []string{"donnatop"}, paint: styles.Header}}
	if m.options.Title != "" {
		left = append(left, segment{forms: []string{safe.Text(m.options.Title), ""}, paint: styles.Accent, rank: 7})
	}
	for _, o := range sources(s) {
		full, name := o.glyph()+" "+o.name+" "+o.word(), o.glyph()+" "+o.name
		seg := segment{forms: []string{full + o.age(s.At), full, name, o.glyph()}, paint: o.paint(styles), rank: 2}
		if o.state.State == data.StateLive && o.state.Loaded {
			seg.forms, seg.rank = seg.forms[:3], 8 // that all is well gives way before the clocks
		}
		left = append(left, seg)
	}
	var right []segment
	if m.feed.held != nil {
		lines, rows := m.feed.backlog()
		more := fmt.Sprintf("PAUSED +%s lines +%s rows", format.Count(int64(lines)), format.Count(rows))
		right = append(right, segment{forms: []string{more, "PAUSED"}, paint: styles.Warning, rank: 1})
	}
	if m.ctx.Env.HideMoney {
		right = append(right, segment{forms: []string{"money hidden", "no $"}, paint: styles.Warning, rank: 3})
	}
	if uses := m.router.top().Uses(); uses.Window || uses.Moment && m.moment() != nil {
		paint := styles.Strong
		if m.moment() != nil {
			paint = styles.Warning // nobody should take it for now
		}
		right = append(right, segment{forms: m.rangeForms(), paint: paint, rank: 3})
	}
	loc := m.options.Location
	right = append(right,
		segment{forms: []string{"data " + format.Stamp(s.At, now, loc), s.At.In(loc).Format(format.LayoutClock), ""}, paint: styles.Text, rank: 4},
		segment{forms: []string{"now " + now.In(loc).Format(format.LayoutClock+" MST"), "now " + now.In(loc).Format(format.LayoutClock), ""}, paint: styles.Faint, rank: 7},
	)
	return fitSegments(w, left, right, m.set())
}

// set is what may be written.
func (m *Model) set() safe.Charset { return safe.Charset(m.options.ASCII) }

// notice is what to say when something is wrong: what, since when, and what can
// be done.
func (m *Model) notice() (string, bool) {
	if err := m.feed.failed; err != nil {
		return "✗ figures stand still, the log file says more: " + err.Error(), true
	}
	s := m.feed.shown()
	var worst *source
	for _, o := range allSources(s) {
		bad := o.state.State == data.StateFailed || o.state.State == data.StateStale
		if bad && (worst == nil || worst.state.State == data.StateStale && o.state.State == data.StateFailed) {
			worst = &o
		}
	}
	if worst == nil {
		return "", false
	}
	return worst.account(s.At, m.options.Location), true
}

// account says in one sentence how the source is.
func (s source) account(now time.Time, loc *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", s.glyph(), s.name, s.word())
	if !s.state.Since.IsZero() {
		fmt.Fprintf(&b, " since %s", format.Stamp(s.state.Since, now, loc))
	}
	if s.state.Detail != "" {
		b.WriteString(": " + s.state.Detail)
	}
	if !s.state.NextTry.IsZero() && s.state.State != data.StateLive {
		fmt.Fprintf(&b, " · next try %s", format.Stamp(s.state.NextTry, now, loc))
	}
	return b.String()
}

func (m *Model) drawNotice(text string, w int) string {
	b := line.New(w, m.set())
	return b.Space(1).Text(m.ctx.Env.Styles.Warning, text).String()
}

// drawTooSmall says what size is needed, in the first line.
func (m *Model) drawTooSmall() []string {
	said := ""
	for _, form := range []string{
		fmt.Sprintf("donnatop needs %dx%d, this is %dx%d", minWidth, minHeight, m.w, m.h),
		fmt.Sprintf("needs %dx%d, is %dx%d", minWidth, minHeight, m.w, m.h),
		fmt.Sprintf("needs %dx%d", minWidth, minHeight),
		fmt.Sprintf("%dx%d", minWidth, minHeight),
	} {
		if said = form; len(form) <= m.w {
			break
		}
	}
	lines := make([]string, max(m.h, 0))
	for y := range lines {
		b := line.New(m.w, m.set())
		if y == 0 {
			b.Text(m.ctx.Env.Styles.Warning, said)
		}
		lines[y] = b.String()
	}
	return lines
}
