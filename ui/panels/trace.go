package panels

import (
	"cmp"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/trace"
)

// TraceOrder says which rows a trace is shown as, and how they stand.
type TraceOrder uint8

// The orders.
const (
	TraceByTime TraceOrder = iota
	TraceByService
)

// TraceRows is a trace laid out for drawing: which rows there are and where they
// stand on the axis. It is made once for each trace and choice, and never changed;
// drawing looks at the rows that can be seen only.
type TraceRows struct {
	Trace *trace.Trace
	Order TraceOrder

	rows  []traceRow
	axis  traceAxis
	wrong []int // rows that are errors
	days  bool  // it lasts beyond the day it began on
	calls bool  // an item has a cost
	named bool  // an item has a service

	timeline *trace.Timeline // nil for a trace
}

// traceRow is an item of the trace, or a gap in its log.
type traceRow struct {
	item int // index into Items, -1 for a gap
	gap  int // index into Gaps
	from time.Time
	to   time.Time
}

// NewTraceRows lays out a trace. Where keep is given, the gaps and the items it doesn't
// keep are left out of the rows; the axis stays that of the whole.
func NewTraceRows(env *Env, t *trace.Trace, order TraceOrder, keep func(item int) bool) *TraceRows {
	r := &TraceRows{Trace: t, Order: order, rows: make([]traceRow, 0, len(t.Items)+len(t.Gaps))}
	spans := make([]span, 0, len(t.Items))
	for i := range t.Items {
		from, to := callSpan(&t.Items[i])
		spans = append(spans, span{from, to})
		if keep == nil || keep(i) {
			r.rows = append(r.rows, traceRow{item: i, from: from, to: to})
		}
		r.calls = r.calls || t.Items[i].CostUSD != nil
		r.named = r.named || t.Items[i].Service != ""
	}
	r.axis = newTraceAxis(spans)
	for i, g := range t.Gaps {
		if keep == nil {
			r.rows = append(r.rows, traceRow{item: -1, gap: i, from: g.From, to: g.To})
		}
	}
	r.sort()
	for i, row := range r.rows {
		if row.item >= 0 && t.Items[row.item].Wrong() {
			r.wrong = append(r.wrong, i)
		}
	}
	if n := len(spans); n > 0 {
		a, b := r.axis.start.In(env.location()), r.axis.end.In(env.location())
		r.days = a.YearDay() != b.YearDay() || a.Year() != b.Year()
	}
	return r
}

// callSpan is when an item began and ended, the wait for its turn included.
func callSpan(i *trace.Item) (from, to time.Time) {
	from, to = i.Span()
	if i.Kind == trace.ItemLLM {
		from = from.Add(-i.QueueWait())
	}
	return from, to
}

// sort puts the rows in order. Items have one already; gaps come where they begin.
func (r *TraceRows) sort() {
	when := func(row traceRow) time.Time {
		if row.item < 0 {
			return row.from
		}
		return r.Trace.Items[row.item].Time
	}
	service := func(row traceRow) string {
		if row.item < 0 || r.Order != TraceByService {
			return ""
		}
		return r.Trace.Items[row.item].Service
	}
	inOrder := func(a, b traceRow) int {
		return cmp.Or(cmp.Compare(service(a), service(b)), when(a).Compare(when(b)))
	}
	if !slices.IsSortedFunc(r.rows, inOrder) {
		slices.SortStableFunc(r.rows, inOrder)
	}
}

// NewTimelineRows lays out a timeline, whose trace is given, in the order it has.
func NewTimelineRows(env *Env, t *trace.Timeline, of *trace.Trace, keep func(item int) bool) *TraceRows {
	r := NewTraceRows(env, of, TraceByTime, keep)
	slices.SortFunc(r.rows, func(a, b traceRow) int { return cmp.Compare(a.item, b.item) })
	r.timeline = t
	return r
}

// onlyHere says of a row that Donna's own timeline lacks it.
const onlyHere = "+ not on Donna's page: found by its tool request"

// OnlyHere tells whether an item is an entry that Donna's own timeline lacks.
func (r *TraceRows) OnlyHere(i *trace.Item) bool {
	return r.timeline != nil && i.Seq < len(r.timeline.Entries) && r.timeline.Entries[i.Seq].ByTool
}

// Twin is the shadow of a call, or the call that a shadow repeats; nil if there is
// none.
func (r *TraceRows) Twin(i *trace.Item) *trace.Item {
	if i.Twin == nil || *i.Twin < 0 || *i.Twin >= len(r.Trace.Items) {
		return nil
	}
	return &r.Trace.Items[*i.Twin]
}

// Len is the number of rows.
func (r *TraceRows) Len() int {
	if r == nil {
		return 0
	}
	return len(r.rows)
}

// Item is the item of a row; nil for a gap and for a row that isn't there.
func (r *TraceRows) Item(row int) *trace.Item {
	if r == nil || row < 0 || row >= len(r.rows) || r.rows[row].item < 0 {
		return nil
	}
	return &r.Trace.Items[r.rows[row].item]
}

// Gap is the gap of a row; nil for an item and for a row that isn't there.
func (r *TraceRows) Gap(row int) *trace.Gap {
	if r == nil || row < 0 || row >= len(r.rows) || r.rows[row].item >= 0 {
		return nil
	}
	return &r.Trace.Gaps[r.rows[row].gap]
}

// Errors is the number of rows that are errors.
func (r *TraceRows) Errors() int {
	if r == nil {
		return 0
	}
	return len(r.wrong)
}

// NextError is the row of the next error after a row, or the one before it; -1 if
// there is none that way.
func (r *TraceRows) NextError(row int, forward bool) int {
	if r == nil {
		return -1
	}
	i, found := slices.BinarySearch(r.wrong, row)
	switch {
	case !forward:
		i--
	case found:
		i++
	}
	if i < 0 || i >= len(r.wrong) {
		return -1
	}
	return r.wrong[i]
}

// Near is the row of an item that an earlier layout had, which may have been of an
// earlier state of the trace: others may stand before it now. Without that item it
// is the first row that is not earlier; -1 for no item.
func (r *TraceRows) Near(old *trace.Item) int {
	if r == nil || old == nil {
		return -1
	}
	after := -1
	for row := range r.rows {
		switch i := r.Item(row); {
		case i == nil:
		case i == old || same(i, old):
			return row
		case after < 0 && !i.Time.Before(old.Time):
			after = row
		}
	}
	return after
}

// same tells whether two items of different states of a trace are the same thing.
func same(a, b *trace.Item) bool {
	return a.Time.Equal(b.Time) && a.Kind == b.Kind && a.Source == b.Source && a.Event == b.Event && a.Service == b.Service && sameRaw(a, b)
}

func sameRaw(a, b *trace.Item) bool {
	if a.Raw == nil || b.Raw == nil {
		return a.Raw == b.Raw && string(a.Fields["id"]) == string(b.Fields["id"])
	}
	return *a.Raw == *b.Raw
}
