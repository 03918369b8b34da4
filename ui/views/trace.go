package views

import (
	"encoding/json"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// Trace is the life of one request: what happened, in order, on one time axis. It
// is read when the view is opened and shows what is known while that goes on.
type Trace struct {
	ctx  *Context
	keys TraceKeys
	id   string

	// asks is how an escalation's timeline is read; nil for a trace.
	asks     Timeliner
	timeline *trace.Timeline

	reading *traceReading // under way; nil if none is
	begun   bool
	err     error // why the last reading failed
	trace   *trace.Trace

	rows       *panels.TraceRows
	order      panels.TraceOrder
	errorsOnly bool
	bar        FilterBar
	chosen     passing // items that pass the filter
	finder     FilterBar
	found      passing // items that have what the reader looks for
	seek       bool    // go to one of them once they are known
	zoom       panels.TraceZoom
	list       list
	subject    subjectOf

	w, h  int
	drawn drawnTrace
}

// subjectOf is the subject of an item, kept because it is asked for often.
type subjectOf struct {
	item *trace.Item
	Subject
}

// NewTrace is the view of the request that an id belongs to.
func NewTrace(ctx *Context, id string) *Trace {
	v := &Trace{ctx: ctx, keys: NewTraceKeys(), id: id, bar: NewFilterBar(ctx, "filter: "), finder: NewFilterBar(ctx, "find: ")}
	ctx.Rebind(v.keys.All())
	return v
}

// NewTimeline is the view of an escalation's timeline as Donna's admin page orders
// it, with the tool gaps that she can't join to it.
func NewTimeline(ctx *Context, asks Timeliner, correlationID string) *Trace {
	v := NewTrace(ctx, correlationID)
	v.asks = asks
	return v
}

// ID implements [View].
func (v *Trace) ID() ID { return IDTrace }

// Title implements [View].
func (v *Trace) Title() string {
	if v.asks != nil {
		return "Timeline " + safe.Truncate(v.id, 13)
	}
	return "Trace " + safe.Truncate(v.id, 13)
}

// Uses implements [View].
func (v *Trace) Uses() Uses { return Uses{Money: true} }

// Capturing implements [View].
func (v *Trace) Capturing() bool { return v.typing() != nil }

// Resize implements [View].
func (v *Trace) Resize(w, h int) {
	v.w, v.h = w, h
	v.selectRow(v.list.cursor)
}

// SetData implements [View]. A trace is what it was when it was read; the first
// data only starts that.
func (v *Trace) SetData(*Data) tea.Cmd {
	if v.begun {
		return nil
	}
	v.begun = true
	return v.read()
}

// show takes a newer state of the trace. The cursor stays on its item; at the top
// it stays with what is first.
func (v *Trace) show(t *trace.Trace) tea.Cmd {
	top := v.list.cursor == 0
	v.trace = t
	cmd := v.matchTrace()
	v.layOut()
	if top {
		v.selectRow(0)
	}
	return cmd
}

// layOut makes the rows anew, with the cursor on the item it is on.
func (v *Trace) layOut() {
	if v.trace == nil {
		return
	}
	selected := v.rows.Item(v.list.cursor)
	var keep func(item int) bool
	if v.errorsOnly || !v.chosen.empty() {
		keep = func(item int) bool { return v.chosen.has(item) && (!v.errorsOnly || v.trace.Items[item].Wrong()) }
	}
	if v.timeline != nil {
		v.rows = panels.NewTimelineRows(&v.ctx.Env, v.timeline, v.trace, keep)
	} else {
		v.rows = panels.NewTraceRows(&v.ctx.Env, v.trace, v.order, keep)
	}
	cursor := v.list.cursor
	if at := v.rows.Near(selected); at >= 0 {
		v.list.offset += at - cursor
		cursor = at
	}
	v.selectRow(cursor)
}

// selectRow moves the cursor; what is shown of the axis follows it.
func (v *Trace) selectRow(i int) {
	v.list.moveTo(i, v.rows.Len(), v.page())
	v.zoom = v.zoom.Around(v.rows.Share(v.list.cursor))
}

// page is how many rows can be seen.
func (v *Trace) page() int { return max(v.places().rows-1, 1) }

// Bindings implements [View].
func (v *Trace) Bindings() []Binding {
	if bar := v.typing(); bar != nil {
		return bar.Bindings()
	}
	k, row, rows := &v.keys, v.list.cursor, v.rows.Len()
	some, finding := v.trace != nil && len(v.trace.Items) > 0, !v.found.empty()
	setEnabled(some, &k.Filter, &k.Find)
	k.Saved.SetEnabled(some && v.bar.CanPick())
	k.Unfind.SetEnabled(finding)
	k.Clear.SetEnabled(!finding && !v.chosen.empty())
	k.Next.SetEnabled(finding && v.match(1) >= 0)
	k.Previous.SetEnabled(finding && v.match(-1) >= 0)
	k.Open.SetEnabled(v.rows.Item(row) != nil)
	setEnabled(row > 0, &k.Up, &k.PageUp, &k.First)
	setEnabled(row < rows-1, &k.Down, &k.PageDown, &k.Last)
	k.NextError.SetEnabled(!finding && v.rows.NextError(row, true) >= 0)
	k.PreviousError.SetEnabled(!finding && v.rows.NextError(row, false) >= 0)
	k.ErrorsOnly.SetEnabled(v.errorsOnly || v.rows.Errors() > 0 && v.rows.Errors() < rows)
	k.ZoomIn.SetEnabled(v.rows.Zoomable() && !v.zoom.Closest())
	setEnabled(!v.zoom.All(), &k.ZoomOut, &k.Fit)
	k.Earlier.SetEnabled(v.zoom != v.zoom.Shifted(-panStep))
	k.Later.SetEnabled(v.zoom != v.zoom.Shifted(panStep))
	k.Group.SetEnabled(rows > 1 && v.asks == nil)
	k.Reload.SetEnabled(v.begun && v.reading == nil && v.ctx.Tracer != nil)
	return Enabled(k.All())
}

// panStep is how much of what is shown the axis moves by.
const panStep = 0.25

// Update implements [View].
func (v *Trace) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tracedMsg:
		return nil, v.traced(msg)
	case passingMsg:
		v.matched(msg)
	case tea.PasteMsg:
		if bar := v.typing(); bar != nil {
			return nil, v.typed(bar, msg)
		}
	case tea.KeyPressMsg:
		if bar := v.typing(); bar != nil {
			return nil, v.typed(bar, msg)
		}
		v.Bindings() // enables what can be done now
		if cmd, ok := v.narrowed(msg); ok {
			v.selectRow(v.list.cursor)
			return nil, cmd
		}
		return v.pressed(msg)
	}
	return nil, nil
}

func (v *Trace) pressed(press tea.KeyPressMsg) (Intent, tea.Cmd) {
	row := v.list.cursor
	switch k := &v.keys; {
	case key.Matches(press, k.Up.Binding):
		v.selectRow(row - 1)
	case key.Matches(press, k.Down.Binding):
		v.selectRow(row + 1)
	case key.Matches(press, k.PageUp.Binding):
		v.selectRow(row - v.page())
	case key.Matches(press, k.PageDown.Binding):
		v.selectRow(row + v.page())
	case key.Matches(press, k.First.Binding):
		v.selectRow(0)
	case key.Matches(press, k.Last.Binding):
		v.selectRow(v.rows.Len())
	case key.Matches(press, k.NextError.Binding):
		v.selectRow(v.rows.NextError(row, true))
	case key.Matches(press, k.PreviousError.Binding):
		v.selectRow(v.rows.NextError(row, false))
	case key.Matches(press, k.Open.Binding):
		return Open{NewTraceItem(v.ctx, v.rows, row)}, nil
	case key.Matches(press, k.Reload.Binding):
		return nil, v.read()
	default:
		v.choose(press)
	}
	return nil, nil
}

// midst is where the selected item stands on the axis: what zooming keeps in sight.
func (v *Trace) midst() float64 {
	from, to := v.rows.Share(v.list.cursor)
	return (from + to) / 2
}

// choose handles keys that change what is shown of the trace.
func (v *Trace) choose(press tea.KeyPressMsg) {
	switch k := &v.keys; {
	case key.Matches(press, k.ErrorsOnly.Binding):
		v.errorsOnly = !v.errorsOnly
		v.layOut()
	case key.Matches(press, k.Group.Binding):
		v.order = panels.TraceByTime + panels.TraceByService - v.order
		v.layOut()
	case key.Matches(press, k.ZoomIn.Binding):
		v.zoom = v.zoom.Scaled(0.5, v.midst())
	case key.Matches(press, k.ZoomOut.Binding):
		v.zoom = v.zoom.Scaled(2, v.midst())
	case key.Matches(press, k.Earlier.Binding):
		v.zoom = v.zoom.Shifted(-panStep)
	case key.Matches(press, k.Later.Binding):
		v.zoom = v.zoom.Shifted(panStep)
	case key.Matches(press, k.Fit.Binding):
		v.zoom = panels.TraceZoom{}
	}
}

// Subject implements [Selecting]: the selected item, and an id of its own that
// leads to another trace.
func (v *Trace) Subject() Subject {
	i := v.rows.Item(v.list.cursor)
	if i == nil {
		return Subject{}
	}
	if v.subject.item != i {
		v.subject = subjectOf{i, itemSubject(i, v.id)}
		if v.asks != nil { // its trace has more than its timeline
			v.subject.ID = v.id
		}
	}
	return v.subject.Subject
}

// itemSubject is an item of the trace of an id: the text of its line, or its row.
func itemSubject(i *trace.Item, id string) Subject {
	s := Subject{ID: i.OtherID(id)}
	if i.Raw != nil {
		s.Text = *i.Raw
	} else if row, err := json.Marshal(i.Fields); err == nil {
		s.Text = string(row)
	}
	return s
}

// Export implements [Exporting]: the rows of the trace as they stand.
func (v *Trace) Export() (Table, bool) {
	t := Table{
		Name:    "trace",
		Columns: []string{"time", "kind", "source", "service", "level", "event", "task_type", "model", "duration_ms", "cost_usd", "inferred"},
	}
	for row := range v.rows.Len() {
		i := v.rows.Item(row)
		if i == nil {
			continue
		}
		c := i.Call()
		r := []any{i.Time.UTC(), string(i.Kind), i.Source, i.Service, i.Level, i.Event, c.TaskType, c.Model, nil, nil, i.Inferred}
		if i.DurationMS != nil {
			r[8] = *i.DurationMS
		}
		if i.CostUSD != nil {
			r[9] = *i.CostUSD
		}
		t.Rows = append(t.Rows, r)
	}
	return t, len(t.Rows) > 0
}
