package data

import (
	"maps"
	"math"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// PastFold folds in what is read of a range, piece by piece, newest first. It
// belongs to one goroutine; [PastFold.Past] gives what others may read.
type PastFold struct {
	base *Snapshot
	want Want
	done Past

	rows   *InvocationStore
	counts *eventCounts
	facts  *factStore
	faults *errorStore
}

// FoldPast begins with what is there already of the range.
func FoldPast(s *Snapshot, want Want, have *Past) *PastFold {
	f := &PastFold{base: s, want: want}
	d := &f.done
	d.span, d.edges = want.span, make(map[int64]*edgeHour)
	if have == nil {
		return f
	}
	oldest := floorDiv(want.span.From.UnixNano(), int64(time.Hour))
	newest := floorDiv(want.span.To.UnixNano(), int64(time.Hour))
	for index, e := range have.edges {
		if index == oldest || index == newest {
			d.edges[index] = e
		}
	}
	d.rows, d.rowsFrom, d.rowsTo = have.rows, have.rowsFrom, have.rowsTo
	d.counts, d.facts, d.linesFrom, d.linesTo = have.counts, have.facts, have.linesFrom, have.linesTo
	if have.isOf(want.span) {
		d.rowsAll, d.linesAll = have.rowsAll, have.linesAll
		d.recent, d.faults, d.faultsAll = have.recent, have.faults, have.faultsAll
	}
	return f
}

// Hour takes all rows of an hour, in any order.
func (f *PastFold) Hour(hour time.Time, rows []InvocationRow) {
	index := floorDiv(hour.UnixNano(), int64(time.Hour))
	e := &edgeHour{}
	for _, h := range f.base.DB.Invocations.hours {
		if h.index == index {
			e.had = h.n
		}
	}
	var tasks, models symbolTable
	for i := range rows {
		r := foldable(&rows[i])
		if floorDiv(r.Time, int64(time.Hour)) != index {
			continue
		}
		r.Task, r.Model = tasks.of([]byte(rows[i].TaskType)), models.of(orNone(bytesOf(rows[i].ModelActual)))
		row, _ := pack(&r, rows[i].Class, index)
		e.rows = append(e.rows, row)
	}
	e.tasks, e.models = tasks.names, models.names
	f.done.edges[index] = e
}

// Rows takes older rows, newest first; from is the instant from which on all of
// [Want].Rows have been taken by now.
func (f *PastFold) Rows(rows []InvocationRow, from time.Time) {
	if f.rows == nil {
		w := f.want.Rows
		f.rows = newPastStore(w)
		f.done.rowsTo = w.To
	}
	for i := range rows {
		r := foldable(&rows[i])
		r.Task, r.Model = f.rows.Task([]byte(rows[i].TaskType)), f.rows.Model(bytesOf(rows[i].ModelActual))
		f.rows.Add(&r)
	}
	f.done.rowsFrom = from
}

// Recent takes the newest rows of the range, newest first.
func (f *PastFold) Recent(rows []InvocationRow) {
	f.done.recent = append([]InvocationRow{}, rows...)
}

// Lines takes older lines; from is the instant from which on all of [Want].Lines
// have been taken by now.
func (f *PastFold) Lines(lines []logline.Entry, from time.Time) {
	if f.counts == nil {
		f.counts, f.facts = newEventCounts(), newFactStore()
		f.done.linesTo = f.want.Lines.To
	}
	for i := range lines {
		e := &lines[i]
		f.counts.add(e, e.Time) // however old it is
		f.facts.add(e, e.Time)
	}
	f.done.linesFrom = from
}

// Faults takes lines of level warning and above; those outside the range are passed over.
func (f *PastFold) Faults(lines []logline.Entry) {
	if f.faults == nil {
		f.faults = newErrorStore()
	}
	for i := range lines {
		if f.want.span.within(lines[i].Time) {
			f.faults.add(&lines[i], lines[i].Time)
		}
	}
}

// FaultsDone says that all faults of the range have been taken.
func (f *PastFold) FaultsDone() {
	f.Faults(nil)
	f.done.faults = f.faults.all()
}

// GiveUp says that no more will be read of what is still wanted: it is too much.
func (f *PastFold) GiveUp() { f.done.rowsAll, f.done.linesAll, f.done.faultsAll = true, true, true }

// Past is what has been taken by now.
func (f *PastFold) Past() *Past {
	d := &f.done
	p := &Past{
		span: d.span, edges: maps.Clone(d.edges),
		rows: d.rows, rowsFrom: d.rowsFrom, rowsTo: d.rowsTo, rowsAll: d.rowsAll,
		counts: d.counts, facts: d.facts, linesFrom: d.linesFrom, linesTo: d.linesTo, linesAll: d.linesAll,
		recent: d.recent, faults: d.faults, faultsAll: d.faultsAll,
	}
	if f.rows != nil {
		p.rows = f.rows.View()
	}
	if f.counts != nil {
		p.counts, p.facts = f.counts.view(), f.facts.view()
	}
	return p
}

// newPastStore is a store of rows however old, which keeps the single rows of the
// hours in which the stretch begins and ends.
func newPastStore(w Window) *InvocationStore {
	return &InvocationStore{generation: 1, newest: math.MinInt64, keep: map[int64]bool{
		floorDiv(w.From.UnixNano(), int64(time.Hour)): true,
		floorDiv(w.To.UnixNano()-1, int64(time.Hour)): true,
	}}
}

// foldable is a row as it is folded in, but for its symbols.
func foldable(r *InvocationRow) Invocation {
	return Invocation{
		RowID: r.RowID, Time: r.Time.UnixNano(), Shadow: r.Class == ClassShadow, Interrupted: r.Interrupted, Overflow: r.OverflowEscalated,
		HasLatency: r.LatencyMS != nil, LatencyMS: deref(r.LatencyMS), TokensIn: deref(r.TokensIn), TokensOut: deref(r.TokensOut), CostUSD: deref(r.CostUSD),
	}
}

// bytesOf is the text, nil for NULL.
func bytesOf(s *string) []byte {
	if s == nil {
		return nil
	}
	return append([]byte{}, *s...)
}
