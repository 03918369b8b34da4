package panels

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// statement is a part of the head of a trace; those of a line are kept apart by
// two blanks, and one that does not fit goes to the next line.
type statement struct {
	text  string
	paint themes.Paint
}

// TraceHead draws what a trace sums up to, in at most most lines of exactly w
// cells, and below that what is missing from it: sources that failed, what did not
// fit, gaps in the log.
func TraceHead(env *Env, t *trace.Trace, w, most int) []string {
	if w <= 0 || most <= 0 {
		return nil
	}
	out := env.statements(env.totals(t), w, most)
	for _, n := range env.lacking(t) {
		if len(out) < most {
			out = append(out, env.statements([]statement{n}, w, 1)...)
		}
	}
	return out
}

// TimelineHead says what a timeline is and where Donna shows it.
func TimelineHead(env *Env, t *trace.Timeline, w, most int) []string {
	if w <= 0 || most <= 0 {
		return nil
	}
	s := env.Styles
	parts := []statement{
		{"escalation " + strconv.FormatInt(t.EscalationID, 10), s.Strong},
		{"/admin/escalations/" + safe.Truncate(t.CorrelationID, 64), s.Accent},
		{"as Donna orders it: by time as text, then id", s.Faint},
	}
	extra := 0
	for i := range t.Entries {
		if t.Entries[i].ByTool {
			extra++
		}
	}
	if extra > 0 {
		parts = append(parts, statement{"+ " + format.Int(int64(extra)) + " of its tool gaps, which her page can't join", s.Warning})
	}
	if t.More {
		parts = append(parts, statement{"⚠ there are more entries than were read", s.Warning})
	}
	return env.statements(parts, w, most)
}

// TimelineNothing says that no escalation has a correlation id.
func TimelineNothing(env *Env, id string, w, h int) []string {
	return env.sayings([]saying{
		{"–", env.Styles.Faint, "no escalation has the correlation id " + safe.Truncate(id, 64), env.Styles.Strong},
		{" ", env.Styles.Faint, "It was looked for in escalation_request.", env.Styles.Faint},
	}, w, h)
}

// statements writes parts one after another into as few lines as they need.
func (e *Env) statements(parts []statement, w, most int) []string {
	var out []string
	b := e.line(w)
	b.Space(1)
	begun := false
	for _, p := range parts {
		if n := safe.Width(safe.Text(p.text)); begun && n+2 > b.Room() {
			if len(out) == most-1 {
				break
			}
			out = append(out, b.String())
			b, begun = e.line(w), false
			b.Space(1)
		}
		if begun {
			b.Space(2)
		}
		b.Text(p.paint, p.text)
		begun = true
	}
	return append(out, b.String())
}

// totals are the sums over a trace, the most important first.
func (e *Env) totals(t *trace.Trace) []statement {
	s, n := e.Styles, &t.Totals
	count := func(n int, one string) statement {
		p := s.Text
		if n == 0 {
			p = s.Faint
		}
		if n != 1 {
			one += "s"
		}
		return statement{format.Int(int64(n)) + " " + one, p}
	}
	out := []statement{{strings.ReplaceAll(string(t.Kind), "_", " "), s.Strong}}
	if from, to := t.Extent(); len(t.Items) > 0 && t.Took != nil {
		out = append(out, statement{e.period(from, to), s.Text}, statement{format.Seconds(*t.Took), s.Strong})
	}
	out = append(out, statement{e.money(&n.CostUSD, 12), s.Money}, count(n.LLMCalls, "call"))
	if n.TokensIn != 0 || n.TokensOut != 0 {
		out = append(out, statement{format.Count(n.TokensIn) + " in " + format.Count(n.TokensOut) + " out", s.Text})
	}
	wrong := count(n.Errors, "error")
	if n.Errors > 0 {
		wrong = statement{"✗ " + wrong.text, s.Bad}
	}
	out = append(out, wrong, count(n.LogLines, "line"), count(n.Items, "item"))
	if len(n.Services) > 0 {
		out = append(out, statement{count(len(n.Services), "service").text + ": " + strings.Join(n.Services[:min(len(n.Services), 12)], " "), s.Faint})
	}
	return out
}

// period is from when to when, the day once if it is the same.
func (e *Env) period(from, to time.Time) string {
	from, to = from.In(e.location()), to.In(e.location())
	layout := "2006-01-02 " + format.LayoutClock
	if from.YearDay() == to.YearDay() && from.Year() == to.Year() {
		return from.Format(layout) + "–" + to.Format(format.LayoutClock)
	}
	return from.Format(layout) + " – " + to.Format(layout)
}

// lacking is what a trace may lack, one sentence each.
func (e *Env) lacking(t *trace.Trace) []statement {
	var out []statement
	s := e.Styles
	if c := t.Capped; c != nil {
		out = append(out, statement{"⚠ " + cappedText(c), s.Warning})
	}
	for _, name := range slices.Sorted(maps.Keys(t.Sources)) {
		r := t.Sources[name]
		switch r.State {
		case data.StateFailed:
			out = append(out, statement{"✗ " + name + " failed, what it has is missing: " + r.Detail, s.Bad})
		case data.StateStale:
			out = append(out, statement{"⚠ " + name + " is stale: " + r.Detail, s.Warning})
		}
	}
	if n := len(t.Gaps); n == 1 {
		out = append(out, statement{"╌ the log has a gap in this time", s.Warning})
	} else if n > 1 {
		out = append(out, statement{fmt.Sprintf("╌ the log has %s gaps in this time", format.Int(int64(n))), s.Warning})
	}
	return out
}

// cappedText says where the search for a trace stopped.
func cappedText(c *trace.Capped) string {
	limit, of := format.Int(int64(c.Limit)), cmp.Or(c.Of, "items")
	if of == "items" {
		text := "not all of it: capped at " + limit + " items"
		if c.Dropped > 0 {
			text += ", at least " + format.Int(int64(c.Dropped)) + " more belong to it"
		}
		return text
	}
	return "there may be more: the search stops at " + limit + " " + of
}

// TraceNothing says of an id that nothing was found for it, and where it was
// looked for, in exactly h lines of exactly w cells.
func TraceNothing(env *Env, t *trace.Trace, w, h int) []string {
	says := []saying{{"–", env.Styles.Faint, "nothing found for " + safe.Truncate(t.ID, 64), env.Styles.Strong}}
	for _, name := range slices.Sorted(maps.Keys(t.Sources)) {
		says = append(says, env.searched(name, t.Sources[name]))
	}
	if t.Capped != nil {
		says = append(says, saying{"⚠", env.Styles.Warning, cappedText(t.Capped), env.Styles.Warning})
	}
	for _, g := range t.Gaps {
		text := fmt.Sprintf("%s has a gap, %s: %s", g.Source, env.period(g.From, g.To), g.Reason)
		says = append(says, saying{"╌", env.Styles.Warning, text, env.Styles.Faint})
	}
	says = append(says, saying{" ", env.Styles.Faint, "An id is looked for as a whole value, in all of Donna's tables and in every field of the log.", env.Styles.Faint})
	return env.sayings(says, w, h)
}

// searched says how the search in one source went.
func (e *Env) searched(name string, r data.SourceReport) saying {
	s := e.Styles
	detail := r.Detail
	if detail != "" {
		detail = ": " + detail
	}
	switch r.State {
	case data.StateLive:
		return saying{"✓", s.Good, name + " searched" + detail, s.Text}
	case data.StateFailed:
		return saying{"✗", s.Bad, name + " failed" + detail, s.Bad}
	case data.StateAbsent, "":
		return saying{"○", s.Faint, name + " not configured" + detail, s.Faint}
	}
	return saying{"⚠", s.Warning, name + " " + string(r.State) + detail, s.Warning}
}

// TraceFailed says why there is no trace.
func TraceFailed(env *Env, id string, err error, w, h int) []string {
	return env.sayings([]saying{
		{"✗", env.Styles.Bad, "the trace of " + safe.Truncate(id, 64) + " can't be put together", env.Styles.Bad},
		{" ", env.Styles.Faint, err.Error(), env.Styles.Text},
	}, w, h)
}

// TraceSearching says that an id is being looked for, while nothing is known yet.
func TraceSearching(env *Env, id string, progress float64, w, h int) []string {
	text := "looking for " + safe.Truncate(id, 64)
	if progress > 0 {
		text += " " + format.Percent(100*progress)
	}
	return env.sayings([]saying{
		{"◌", env.Styles.Accent, text, env.Styles.Accent},
		{" ", env.Styles.Faint, "What is found shows up here as it comes.", env.Styles.Faint},
	}, w, h)
}

// saying is a sentence behind a glyph.
type saying struct {
	glyph string
	sign  themes.Paint
	text  string
	paint themes.Paint
}

// sayings draws sentences below one another, in the upper third of h lines.
func (e *Env) sayings(says []saying, w, h int) []string {
	v := &view{Env: e, w: max(w, 0), h: max(h, 0)}
	margin := min(2, v.w/8)
	var lines []string
	for _, s := range says {
		for i, text := range wrapWords(s.text, v.w-2*margin-2, 4, e.set()) {
			b := v.row()
			b.Space(margin)
			if i == 0 {
				b.Glyphs(s.sign, s.glyph)
			}
			b.To(margin+2).Text(s.paint, text)
			lines = append(lines, b.String())
		}
	}
	for range (v.h - len(lines)) / 3 {
		v.out = append(v.out, v.blank())
	}
	return line.Fit(append(v.out, lines...), v.w, v.h)
}
