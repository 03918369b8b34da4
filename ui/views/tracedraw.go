package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// tracePlaces is how many lines each part of a trace has.
type tracePlaces struct{ head, rows, fields int }

// Heights from which a trace has more to it.
const (
	traceFieldsH = 10 // the fields of the selected item
	traceHeadH   = 18 // what is missing from it
	traceTallH   = 34 // all of that
)

// boxH is the height of the border: what the bar leaves.
func (v *Trace) boxH() int { return max(v.h-v.barHeight(), 0) }

// places divides the inside of the border.
func (v *Trace) places() tracePlaces {
	h := max(v.boxH()-2, 0)
	p := tracePlaces{head: len(v.head())}
	if h >= traceFieldsH {
		const rule, headings = 1, 1
		spare := h - p.head - headings - v.rows.Len() - rule // the rows need no more
		p.fields = rule + max(min(max(h/4, 3), 14), min(spare, h/2))
	}
	p.rows = max(h-p.head-p.fields, 0)
	return p
}

// drawnTrace keeps what was drawn and what it was drawn from.
type drawnTrace struct {
	from  traceFrom
	lines []string

	headFrom traceFrom
	head     []string
}

type traceFrom struct {
	rows    *panels.TraceRows
	version int
	w, h    int
	list    list
	zoom    panels.TraceZoom
	status  string
	err     error
}

// head is what stands above the rows.
func (v *Trace) head() []string {
	if v.trace == nil {
		return nil
	}
	from := traceFrom{rows: v.rows, version: v.ctx.Version, w: v.w, h: v.h, err: v.err}
	if d := &v.drawn; d.headFrom == from {
		return d.head
	}
	most := 2
	switch h := v.h - 2; {
	case h >= traceTallH:
		most = 8
	case h >= traceHeadH:
		most = 4
	}
	env, w := &v.ctx.Env, max(v.w-2, 0)
	var head []string
	if v.timeline != nil {
		head = panels.TimelineHead(env, v.timeline, w, most)
	} else {
		head = panels.TraceHead(env, v.trace, w, most)
	}
	if v.err != nil {
		b := line.New(w, charset(env))
		b.Space(1).Text(env.Styles.Bad, "✗ this is not all, reading it ended: "+v.err.Error())
		head = append(head[:min(len(head), most-1)], b.String())
	}
	v.drawn.headFrom, v.drawn.head = from, head
	return head
}

// Lines implements [View].
func (v *Trace) Lines() []string {
	h := v.boxH()
	from := traceFrom{v.rows, v.ctx.Version, v.w, h, v.list, v.zoom, v.status(), v.err}
	if d := &v.drawn; d.lines == nil || d.from != from {
		inner := v.inside(max(v.w-2, 0), max(h-2, 0))
		d.from, d.lines = from, panels.Box(&v.ctx.Env, v.Title(), from.status, true, v.w, h, inner)
	}
	if bar := v.typing(); bar != nil {
		return append(slices.Clip(v.drawn.lines), bar.Lines(v.w, v.h-4)...)
	}
	return v.drawn.lines
}

// inside draws the trace, or why there is none.
func (v *Trace) inside(w, h int) []string {
	env := &v.ctx.Env
	switch nothing := v.trace == nil || len(v.trace.Items) == 0; {
	case nothing && v.reading != nil || !v.begun:
		progress := 0.0
		if v.trace != nil {
			progress = v.trace.Progress
		}
		return panels.TraceSearching(env, v.id, progress, w, h)
	case nothing && v.err != nil:
		return panels.TraceFailed(env, v.id, v.err, w, h)
	case nothing && v.asks != nil:
		return panels.TimelineNothing(env, v.id, w, h)
	case nothing:
		return panels.TraceNothing(env, v.trace, w, h)
	}
	p := v.places()
	out := append(make([]string, 0, h), v.head()...)
	if v.rows.Len() > 0 {
		out = append(out, panels.TraceTable(env, v.rows, v.zoom, v.list.cursor, v.list.offset, w, p.rows)...)
	} else {
		out = append(out, message(env, v.emptiness(), w, p.rows)...)
	}
	if p.fields > 0 {
		b := line.New(w, charset(env))
		out = append(out, b.Repeat(env.Styles.Border, "─", w).String())
		out = append(out, panels.TraceFields(env, v.rows, v.list.cursor, w, p.fields-1)...)
	}
	return out
}

// emptiness says why a trace of some items shows none.
func (v *Trace) emptiness() string {
	switch {
	case !v.chosen.empty() && !v.chosen.known():
		return "Looking for the items."
	case !v.chosen.empty():
		return fmt.Sprintf("None of %s passes the filter. %s clears it.", plural(len(v.trace.Items), "item"), v.keys.Clear.Help().Key)
	}
	return "No errors any more. " + v.keys.ErrorsOnly.Help().Key + " shows all items."
}

// status is the right end of the title: how far the reading is, what is shown of
// the trace, and as of when.
func (v *Trace) status() string {
	var parts []string
	if v.reading != nil {
		said := "reading"
		if v.trace != nil && v.trace.Progress > 0 {
			said += " " + format.Percent(100*min(v.trace.Progress, 1))
		}
		parts = append(parts, said)
	}
	if n := v.rows.Len(); n > 0 {
		said := format.Int(int64(v.list.cursor+1)) + " of " + plural(n, "row")
		if v.errorsOnly {
			said += ", errors only"
		}
		parts = append(parts, said)
	}
	parts = append(parts, v.filterStatus()...)
	if v.order == panels.TraceByService {
		parts = append(parts, "by service")
	}
	if !v.zoom.All() {
		parts = append(parts, "zoomed to "+format.Percent(100*(v.zoom.To-v.zoom.From)))
	}
	if v.trace != nil && !v.trace.Now.IsZero() {
		parts = append(parts, "as of "+v.trace.Now.In(v.ctx.location()).Format(format.LayoutClock))
	}
	return strings.Join(parts, " · ")
}
