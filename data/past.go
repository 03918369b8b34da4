package data

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Past is what was read of a range beyond what a [Snapshot] holds: the single rows
// of hours in which it begins or ends, rows older than the [Horizon], lines older
// than the log has been counted, and the newest rows and the faults of a range that
// has ended. It is immutable; a nil Past holds nothing.
//
// Rows and lines it holds serve every range they reach; recent rows and faults are
// those of one range, and what was too much to be read is not wanted again for it.
type Past struct {
	span Window // whose recent rows and faults these are

	edges map[int64]*edgeHour // by hours since the epoch

	rows             *Invocations // older ones
	rowsFrom, rowsTo time.Time    // all with rowsFrom ≤ t < rowsTo; zero if none
	rowsAll          bool         // as many as may be

	counts             *EventCounts // of older lines
	facts              *Facts
	linesFrom, linesTo time.Time // all with linesFrom ≤ t < linesTo; zero if none
	linesAll           bool      // as many as may be

	recent []InvocationRow // nil unless read

	faults    *ErrorLines // nil unless all were read
	faultsAll bool        // as many as may be

	joined atomic.Pointer[joinedRows]
}

// edgeHour is the single rows of an hour.
type edgeHour struct {
	had           int64 // rows the snapshot had of the hour when they were read
	tasks, models []string
	rows          []rowCell
}

// Want is what has to be read of a range for its figures to be whole and exact.
// A stretch holds what is dated From ≤ t < To, and is empty if there is none.
type Want struct {
	Hours  []time.Time // hours whose single rows are wanted
	Rows   Window      // older rows
	Recent bool        // the newest rows
	Lines  Window      // older lines
	Faults bool        // the lines of level warning and above

	span Window // the range, closed
}

// Nothing tells whether nothing has to be read.
func (w *Want) Nothing() bool {
	return len(w.Hours) == 0 && w.Rows.Empty() && !w.Recent && w.Lines.Empty() && !w.Faults
}

// Range is the range of which it is wanted, borders included.
func (w *Want) Range() Window { return w.span }

// Empty tells whether the window ends before it is a moment long.
func (w Window) Empty() bool { return !w.From.Before(w.To) }

// overlap is how much more than is missing is read: the horizon moves on while
// somebody looks at a range.
const overlap = 24 * time.Hour

// RecentRows is how many of the newest rows of invocation_log are listed, also of a
// range.
const RecentRows = 200

// Lacks tells what has to be read of w beside past for [Snapshot.FiguresIn] to be
// whole and exact. Of sources that are absent or still loading nothing is wanted.
func (s *Snapshot) Lacks(w Window, past *Past) Want {
	in := s.within(w, past)
	want := Want{span: *in.span}
	ended, same := in.At.Before(s.At), past.isOf(*in.span)
	if s.DB != nil && s.DB.Invocations != nil && s.DB.CoveredFrom.IsZero() {
		if !in.dbCovers(in.span.From) && !(same && past.rowsAll) {
			want.Rows = in.olderThan(s.horizon())
		}
		want.Hours = in.edgesMissing(want.Rows.To)
		want.Recent = ended && !in.recentReaches(in.span.From)
	}
	if st := s.LogState(); st.State != StateAbsent && st.Loaded {
		if since, ok := s.countsSince(); ok && !in.counted(in.span.From) && !(same && past.linesAll) {
			want.Lines = in.olderThan(since)
		}
		want.Faults = ended && in.Errors == nil && !(same && past.faultsAll)
	}
	return want
}

// olderThan is the part of the range that ends a day after t.
func (s *Snapshot) olderThan(t time.Time) Window {
	to := hourStart(t.Add(overlap))
	if end := s.span.To.Add(1); end.Before(to) {
		to = end
	}
	return Window{From: s.span.From, To: to}
}

// edgesMissing are the hours since then that the range holds a part of and whose
// single rows are not at hand.
func (s *Snapshot) edgesMissing(since time.Time) []time.Time {
	var out []time.Time
	for _, h := range s.DB.Invocations.hours {
		begin := time.Unix(0, h.index*int64(time.Hour)).UTC()
		youngest := begin.Add(time.Duration(h.last) * time.Microsecond)
		cut := begin.Before(s.span.From) && !youngest.Before(s.span.From) ||
			!begin.After(s.span.To) && youngest.After(s.span.To)
		if cut && !h.hasRows && !begin.Before(since) {
			out = append(out, begin)
		}
	}
	return out
}

// isOf tells whether recent rows and faults are those of the range.
func (p *Past) isOf(w Window) bool {
	return p != nil && p.span.From.Equal(w.From) && p.span.To.Equal(w.To)
}

// complete puts what is in the past into a snapshot seen in a range.
func (p *Past) complete(in *Snapshot) {
	if p == nil {
		return
	}
	if in.DB != nil && in.DB.Invocations != nil {
		p.completeRows(in)
	}
	end := in.span.To.Add(1)
	if since, ok := in.countsSince(); ok && reaches(p.linesFrom, p.linesTo, since, end) {
		in.linesFrom = &p.linesFrom
		in.Counts = in.Counts.after(p.counts, p.linesTo)
		in.Facts = in.Facts.after(p.facts, p.linesFrom, p.linesTo)
	}
	if p.isOf(*in.span) && p.faults != nil {
		in.Errors = p.faults
	}
}

// reaches tells whether a stretch that was read meets what is known since an
// instant, or the end of the range if that is earlier.
func reaches(from, to, since, end time.Time) bool {
	return !to.IsZero() && from.Before(since) && (!to.Before(since) || !to.Before(end))
}

func (p *Past) completeRows(in *Snapshot) {
	db := *in.DB
	since, ok := in.rowsSince()
	if ok && reaches(p.rowsFrom, p.rowsTo, since, in.span.To.Add(1)) {
		in.rowsFrom = &p.rowsFrom
	}
	db.Invocations = p.join(in.DB.Invocations, in.rowsFrom != nil)
	if p.isOf(*in.span) && p.recent != nil {
		db.Recent, in.recentRead = p.recent, true
	}
	in.DB = &db
}

// after is the counts of older lines, up to an instant, and of v from there on.
func (v *EventCounts) after(older *EventCounts, to time.Time) *EventCounts {
	first := floorDiv(to.UnixNano()-1, int64(time.Hour)) + 1
	at := first * int64(time.Hour)
	out := &EventCounts{hours: slices.Clip(older.hours[:older.firstHour(at)]), ahead: v.ahead}
	out.hours = append(out.hours, v.hours[v.firstHour(at):]...)
	return out
}

// after is the facts of older lines from from to to, and those of f before and
// from there on.
func (f *Facts) after(older *Facts, from, to time.Time) *Facts {
	out := *f
	lo, hi := from.UnixNano(), to.UnixNano()
	out.scheduled = joinFacts(older.scheduled, f.scheduled, lo, hi)
	out.answers = joinFacts(older.answers, f.answers, lo, hi)
	out.searches = joinFacts(older.searches, f.searches, lo, hi)
	return &out
}

func joinFacts[T interface{ when() int64 }](older, f factView[T], lo, hi int64) factView[T] {
	out := factView[T]{items: make([]T, 0, len(older.items)+len(f.items)), dropped: older.dropped, lostBefore: older.lostBefore}
	for _, v := range older.items {
		if at := v.when(); lo <= at && at < hi {
			out.items = append(out.items, v)
		}
	}
	for _, v := range f.items {
		if at := v.when(); at < lo || hi <= at {
			out.items = append(out.items, v)
		}
	}
	if f.lostBefore >= hi {
		out.dropped, out.lostBefore = out.dropped+f.dropped, f.lostBefore
	}
	return out
}

// joinedRows is the rows of a past in the symbols of one rollup, whose tables its
// symbols extend.
type joinedRows struct {
	of            tables
	tasks, models []string
	older         []*hourCells
	edges         map[int64]*hourCells // rows alone
}

// tables are the symbol tables of a rollup.
type tables struct{ tasks, models []string }

// same tells whether the tables are one and the same, not whether they are equal.
func (t tables) same(o tables) bool {
	one := func(a, b []string) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }
	return one(t.tasks, o.tasks) && one(t.models, o.models)
}

// join is base with the single rows of edges, and with the older hours.
func (p *Past) join(base *Invocations, older bool) *Invocations {
	j := p.joined.Load()
	if of := (tables{base.tasks, base.models}); j == nil || !j.of.same(of) {
		j = p.inSymbolsOf(of)
		p.joined.Store(j)
	}
	v := *base
	v.tasks, v.models, v.hours = j.tasks, j.models, nil
	first := int64(math.MinInt64)
	if older {
		v.hours = slices.Clip(j.older)
		first = floorDiv(p.rowsTo.UnixNano()-1, int64(time.Hour)) + 1
		v.days = slices.DeleteFunc(slices.Clone(v.days), func(d *dayCells) bool { return d.index*hoursPerDay < first })
	}
	for _, h := range base.hours {
		if h.index < first {
			continue
		}
		if e := j.edges[h.index]; e != nil && !h.hasRows && p.edges[h.index].had == h.n {
			own := *h
			own.rows, own.hasRows = e.rows, true
			h = &own
		}
		v.hours = append(v.hours, h)
	}
	return &v
}

// inSymbolsOf translates the symbols of all rows.
func (p *Past) inSymbolsOf(of tables) *joinedRows {
	tasks, models := tableOf(of.tasks), tableOf(of.models)
	j := &joinedRows{of: of, edges: make(map[int64]*hourCells, len(p.edges))}
	for index, e := range p.edges {
		t := translation{tasks.all(e.tasks), models.all(e.models)}
		j.edges[index] = &hourCells{rows: t.rows(e.rows)}
	}
	if p.rows != nil {
		t := translation{tasks.all(p.rows.tasks), models.all(p.rows.models)}
		for _, h := range p.rows.hours {
			own := *h
			own.rollup, own.rows, own.places = t.rollup(h.rollup), t.rows(h.rows), nil
			j.older = append(j.older, &own)
		}
	}
	j.tasks, j.models = tasks.names, models.names
	return j
}

// tableOf is a table that begins with the names.
func tableOf(names []string) *symbolTable {
	t := &symbolTable{index: make(map[string]Symbol, len(names)), names: slices.Clone(names)}
	for i, name := range names {
		t.index[name] = Symbol(i)
	}
	return t
}

// all are the symbols of the names, in their order.
func (t *symbolTable) all(names []string) []Symbol {
	out := make([]Symbol, len(names))
	for i, name := range names {
		out[i] = t.of([]byte(name))
	}
	return out
}

// translation gives each symbol of one store that of another.
type translation struct{ tasks, models []Symbol }

func (t *translation) rows(rows []rowCell) []rowCell {
	out := slices.Clone(rows)
	for i := range out {
		r := &out[i]
		r.task = t.tasks[r.task]
		r.meta = uint32(t.models[r.model()])<<metaBits | r.meta&(1<<metaBits-1)
	}
	return out
}

func (t *translation) rollup(u rollup) rollup {
	u.cells, u.latencies = slices.Clone(u.cells), slices.Clone(u.latencies)
	for i := range u.cells {
		c := &u.cells[i]
		c.task, c.model = t.tasks[c.task], t.models[c.model]
	}
	for i := range u.latencies {
		d := &u.latencies[i]
		d.task = t.tasks[d.task]
	}
	return u
}
