package data

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// Symbol stands for a task type or a model, as an index into the table of its
// store: rows carry four bytes instead of a string.
type Symbol uint32

// Invocation is one row of invocation_log as it is folded into the rollup.
type Invocation struct {
	RowID       int64
	Time        int64 // Unix nanoseconds, UTC
	Task, Model Symbol
	Shadow      bool
	Interrupted bool
	Overflow    bool
	HasLatency  bool
	LatencyMS   int64
	TokensIn    int64
	TokensOut   int64
	CostUSD     float64
}

// InvocationStore folds rows of invocation_log into one cell per hour, task
// type, model and class, so that a figure over thirty days costs the same
// however many rows lie behind it. Windows begin and end inside an hour; for
// exact figures the store also keeps the single rows of those hours: the last
// two days, and the hours in which the 7-day and 30-day windows begin. As time
// moves on a reader asks [InvocationStore.MissingRows] which hours have become
// such an edge, reads their rows again and hands them to
// [InvocationStore.FillRows].
//
// A store belongs to one goroutine. [InvocationStore.View] gives what others may read.
type InvocationStore struct {
	tasks, models symbolTable
	hours         map[int64]*hourCells // by hours since the epoch
	now           int64                // hour of the clock, decides whose rows are kept
	rows, undated int64
	newest        int64
	generation    uint32
}

// hourCells is one hour of rows. Once a view shares it (generation differs from
// the store's) it is copied before it changes.
type hourCells struct {
	generation     uint32
	index          int64 // hours since the epoch
	cells          []cell
	rows           []rowCell // all rows of the hour, if hasRows
	hasRows        bool
	n              int64
	firstID, maxID int64 // rowid range, to read the hour's rows again
}

type cell struct {
	task, model Symbol
	class       Class
	sums
	latency    sketch.Sparse
	maxLatency int64
}

// sums are the additive figures of a set of rows.
type sums struct {
	calls, interrupted, overflow int64
	tokensIn, tokensOut          int64
	cost                         float64
}

func (s *sums) add(o *sums) {
	s.calls += o.calls
	s.interrupted += o.interrupted
	s.overflow += o.overflow
	s.tokensIn += o.tokensIn
	s.tokensOut += o.tokensOut
	s.cost += o.cost
}

// rowCell is one row in 32 bytes: 10 M rows in 30 days keep 700,000 of them.
type rowCell struct {
	micros              uint32 // since the hour began
	task                Symbol
	meta                uint32 // model<<metaBits | class<<3 | hasLatency<<2 | interrupted<<1 | overflow
	latency             uint32 // ms; larger ones count as the largest
	tokensIn, tokensOut uint32
	cost                float64
}

const metaBits = 5

func (r *rowCell) class() Class  { return Class(r.meta >> 3 & 3) }
func (r *rowCell) model() Symbol { return Symbol(r.meta >> metaBits) }

func (r *rowCell) sums() sums {
	return sums{
		calls: 1, interrupted: int64(r.meta >> 1 & 1), overflow: int64(r.meta & 1),
		tokensIn: int64(r.tokensIn), tokensOut: int64(r.tokensOut), cost: r.cost,
	}
}

func (r *rowCell) hasLatency() bool { return r.meta>>2&1 == 1 }

type symbolTable struct {
	index map[string]Symbol
	names []string
}

func (t *symbolTable) of(name []byte) Symbol {
	if s, ok := t.index[string(name)]; ok {
		return s
	}
	if t.index == nil {
		t.index = make(map[string]Symbol)
	}
	s := Symbol(len(t.names))
	t.names = append(t.names, string(name))
	t.index[t.names[s]] = s
	return s
}

// NewInvocationStore is an empty store for a reader whose clock says now.
func NewInvocationStore(now time.Time) *InvocationStore {
	s := &InvocationStore{hours: make(map[int64]*hourCells), generation: 1, newest: math.MinInt64}
	s.SetNow(now)
	return s
}

// Task is the symbol of a task type as stored; nil means NULL.
func (s *InvocationStore) Task(name []byte) Symbol { return s.tasks.of(orNone(name)) }

// Model is the symbol of a model_actual; nil means NULL.
func (s *InvocationStore) Model(name []byte) Symbol { return s.models.of(orNone(name)) }

func orNone(name []byte) []byte {
	if name == nil {
		return []byte(None)
	}
	return name
}

// AddUndated counts a row whose timestamp can't be read. It is in no window.
func (s *InvocationStore) AddUndated() { s.undated++ }

// Add folds one row in. Rows before the horizon are passed over.
func (s *InvocationStore) Add(r *Invocation) {
	index := floorDiv(r.Time, int64(time.Hour))
	if index < s.now-int64(Horizon/time.Hour)-1 {
		return
	}
	h := s.hour(index)
	class := ClassOf(s.tasks.names[r.Task], r.Shadow)
	c := h.cell(r.Task, r.Model, class)
	row := pack(r, class, index)
	one := row.sums()
	c.add(&one)
	if r.HasLatency {
		c.latency.Add(int64(row.latency))
		c.maxLatency = max(c.maxLatency, int64(row.latency))
	}
	if h.hasRows {
		h.rows = append(h.rows, row)
	}
	if h.n == 0 || r.RowID < h.firstID {
		h.firstID = r.RowID
	}
	if h.n == 0 || r.RowID > h.maxID {
		h.maxID = r.RowID
	}
	h.n++
	s.rows++
	s.newest = max(s.newest, r.Time)
}

func pack(r *Invocation, class Class, hour int64) rowCell {
	meta := uint32(r.Model)<<metaBits | uint32(class)<<3
	if r.HasLatency {
		meta |= 4
	}
	if r.Interrupted {
		meta |= 2
	}
	if r.Overflow {
		meta |= 1
	}
	cost := r.CostUSD
	if math.IsNaN(cost) || math.IsInf(cost, 0) {
		cost = 0 // SQLite can hold an infinity; a sum over it would be worthless
	}
	return rowCell{
		micros: uint32((r.Time - hour*int64(time.Hour)) / 1000), task: r.Task, meta: meta,
		latency: saturate(r.LatencyMS), tokensIn: saturate(r.TokensIn), tokensOut: saturate(r.TokensOut), cost: cost,
	}
}

func saturate(v int64) uint32 { return uint32(min(max(v, 0), math.MaxUint32)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// hour is the hour's cells, new or copied if a view shares them.
func (s *InvocationStore) hour(index int64) *hourCells {
	h, ok := s.hours[index]
	switch {
	case !ok:
		h = &hourCells{generation: s.generation, index: index, hasRows: s.keepsRows(index)}
		s.hours[index] = h
	case h.generation != s.generation:
		c := *h
		c.generation = s.generation
		c.cells = slices.Clone(h.cells)
		for i := range c.cells {
			c.cells[i].latency = h.cells[i].latency.Clone()
		}
		// rows only ever grow at the end, beyond what the view can see
		h = &c
		s.hours[index] = h
	}
	return h
}

// cell finds or makes the cell of a combination; cells are kept in order.
func (h *hourCells) cell(task, model Symbol, class Class) *cell {
	i := sort.Search(len(h.cells), func(i int) bool {
		c := &h.cells[i]
		if c.task != task {
			return c.task > task
		}
		if c.model != model {
			return c.model > model
		}
		return c.class >= class
	})
	if i < len(h.cells) {
		if c := &h.cells[i]; c.task == task && c.model == model && c.class == class {
			return c
		}
	}
	h.cells = slices.Insert(h.cells, i, cell{task: task, model: model, class: class})
	return &h.cells[i]
}

// recentHours is how long single rows are kept: the windows up to 24 h, the UTC
// day, and as much again for a clock that is set back.
const recentHours = 49

// edgeHours are the ages at which a trailing window begins.
var edgeHours = []int64{7 * 24, 30 * 24}

// keepsRows says whether a window may begin or end within the hour. Of an edge
// the next hour is kept too, so that there is time to read the one after it.
func (s *InvocationStore) keepsRows(index int64) bool {
	age := s.now - index
	if age <= recentHours {
		return true
	}
	for _, e := range edgeHours {
		if age == e || age == e-1 {
			return true
		}
	}
	return false
}

// SetNow tells the store what time it is: hours beyond the horizon are dropped,
// and single rows where no window begins any more.
func (s *InvocationStore) SetNow(now time.Time) {
	index := floorDiv(now.UnixNano(), int64(time.Hour))
	if index == s.now {
		return
	}
	s.now = index
	for i, h := range s.hours {
		switch {
		case i < index-int64(Horizon/time.Hour)-1:
			s.rows -= h.n
			delete(s.hours, i)
		case h.hasRows && !s.keepsRows(i):
			h = s.hour(i)
			h.rows, h.hasRows = nil, false
		}
	}
}

// RowRange is the stretch of rowids in which all rows of one hour lie.
type RowRange struct {
	Hour          int64 // hours since the epoch
	First, Last   int64 // rowids, inclusive
	hourRowsCount int64
}

// MissingRows lists the hours in which a window begins and whose single rows
// the store doesn't hold.
func (s *InvocationStore) MissingRows() []RowRange {
	var out []RowRange
	for i, h := range s.hours {
		if !h.hasRows && s.keepsRows(i) {
			out = append(out, RowRange{Hour: i, First: h.firstID, Last: h.maxID, hourRowsCount: h.n})
		}
	}
	slices.SortFunc(out, func(a, b RowRange) int { return int(a.Hour - b.Hour) })
	return out
}

// FillRows gives the store the single rows of an hour, read again. Rows of
// other hours are passed over. It reports false, and keeps nothing, if the rows
// are not those that were folded: the file was changed under the reader, who
// should then start anew.
func (s *InvocationStore) FillRows(r RowRange, rows []Invocation) bool {
	h := s.hour(r.Hour)
	cells := make([]rowCell, 0, h.n)
	for i := range rows {
		if floorDiv(rows[i].Time, int64(time.Hour)) == r.Hour {
			class := ClassOf(s.tasks.names[rows[i].Task], rows[i].Shadow)
			cells = append(cells, pack(&rows[i], class, r.Hour))
		}
	}
	if int64(len(cells)) != h.n {
		return false
	}
	h.rows, h.hasRows = cells, true
	return true
}

// View is what the store holds now, to be read by anybody at any time. It costs
// little: hours are shared until they change.
func (s *InvocationStore) View() *Invocations {
	v := &Invocations{
		tasks: s.tasks.names, models: s.models.names,
		Rows: s.rows, Undated: s.undated,
		hours: make([]*hourCells, 0, len(s.hours)),
	}
	if s.newest != math.MinInt64 {
		v.Newest = time.Unix(0, s.newest).UTC()
	}
	for _, h := range s.hours {
		v.hours = append(v.hours, h)
	}
	slices.SortFunc(v.hours, func(a, b *hourCells) int { return int(a.index - b.index) })
	s.generation++
	return v
}

// Invocations is an immutable view of the rollup.
type Invocations struct {
	tasks, models []string
	hours         []*hourCells // ascending
	Rows          int64        // within the horizon
	Undated       int64        // rows whose timestamp can't be read, in no figure
	Newest        time.Time    // zero if there are no rows
}

// each visits every row with from ≤ t < to (Unix nanoseconds) once: whole hours
// by their cells, the hours at the edges by their single rows. It reports false
// if the rows of an edge are not at hand; the hour is then visited whole if it
// begins in the range, which errs by less than an hour.
func (v *Invocations) each(from, to int64, onCell func(hour int64, c *cell), onRow func(hour int64, r *rowCell)) bool {
	exact := true
	start := sort.Search(len(v.hours), func(i int) bool { return (v.hours[i].index+1)*int64(time.Hour) > from })
	for _, h := range v.hours[start:] {
		begin := h.index * int64(time.Hour)
		if begin >= to {
			break
		}
		whole := from <= begin && begin+int64(time.Hour) <= to
		if !whole && h.hasRows {
			for i := range h.rows {
				if t := begin + int64(h.rows[i].micros)*1000; from <= t && t < to {
					onRow(h.index, &h.rows[i])
				}
			}
			continue
		}
		if !whole {
			exact = false
			if begin < from {
				continue
			}
		}
		for i := range h.cells {
			onCell(h.index, &h.cells[i])
		}
	}
	return exact
}
