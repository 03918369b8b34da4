package data

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sort"
	"time"
	"unicode/utf8"

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
// type, model and class, and their latencies into one sketch per hour, task type
// and class, so that a figure over thirty days costs the same however many rows
// lie behind it. Windows begin and end inside an hour; for
// exact figures the store also keeps the single rows of those hours: the last
// two days, and the hours in which the 7-day and 30-day windows begin. As time
// moves on a reader asks [InvocationStore.MissingRows] which hours have become
// such an edge, reads their rows again and hands them to
// [InvocationStore.FillRows].
//
// A store belongs to one goroutine. [InvocationStore.View] gives what others may read.
type InvocationStore struct {
	tasks, models symbolTable
	hours         []*hourCells // ascending by index
	days          []*dayCells  // ascending, as of the last view
	at            int          // where in hours the last one looked up stands
	now           int64        // hour of the clock, decides whose rows are kept
	rows, undated int64
	unpriced      int64
	newest        int64
	generation    uint32
	// keep lists the hours whose rows are kept, in a store of the past that has
	// neither clock nor horizon; nil in all others.
	keep map[int64]bool
}

// hourCells is one hour of rows. Once a view shares it (generation differs from
// the store's) it is copied before it changes.
type hourCells struct {
	rollup
	generation     uint32
	index          int64           // hours since the epoch
	places         map[cellKey]int // in cells and latencies; nil once settled
	rows           []rowCell       // all rows of the hour, if hasRows
	hasRows        bool
	n              int64
	firstID, maxID int64  // rowid range, to read the hour's rows again
	last           uint32 // of the youngest row: microseconds since the hour began
}

type cellKey struct {
	task, model Symbol
	class       Class
}

type cell struct {
	cellKey
	sums
	latency int // where in latencies those of its task and class stand
}

// rollup is what a stretch of time holds, added up.
type rollup struct {
	cells     []cell
	latencies []distribution
	total     usage // as of the last view
}

// distribution is that of the latencies of one task type and class, whatever the
// model: no figure asks for the latency of a model, and a sketch of each would be
// most of what there is to keep and to merge.
type distribution struct {
	task   Symbol
	class  Class
	sketch sketch.Sparse
	max    int64
}

// usage is the calls of class llm, and what all rows cost.
type usage struct {
	calls int64
	cost  float64
}

func (u *usage) add(class Class, s *sums) {
	u.cost += s.cost
	if class == ClassLLM {
		u.calls += s.calls
	}
}

// sumUp brings the total up to date with the cells.
func (u *rollup) sumUp() {
	u.total = usage{}
	for i := range u.cells {
		u.total.add(u.cells[i].class, &u.cells[i].sums)
	}
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
	text := string(name)
	if !utf8.ValidString(text) {
		// In JSON two names that differ in their invalid bytes alone would be the
		// same key twice: they are one name from the start, as JSON prints it.
		s := t.of([]byte(string([]rune(text))))
		t.index[text] = s
		return s
	}
	s := Symbol(len(t.names))
	t.names = append(t.names, text)
	t.index[text] = s
	return s
}

// NewInvocationStore is an empty store for a reader whose clock says now.
func NewInvocationStore(now time.Time) *InvocationStore {
	s := &InvocationStore{generation: 1, newest: math.MinInt64}
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
	if s.keep == nil && index < s.now-int64(Horizon/time.Hour)-1 {
		return
	}
	h := s.hour(index)
	class := ClassOf(s.tasks.names[r.Task], r.Shadow)
	c := h.cell(cellKey{r.Task, r.Model, class})
	row, priced := pack(r, class, index)
	if !priced {
		s.unpriced++
	}
	one := row.sums()
	c.add(&one)
	if r.HasLatency {
		l := &h.latencies[c.latency]
		l.sketch.Add(int64(row.latency))
		l.max = max(l.max, int64(row.latency))
	}
	if h.hasRows {
		h.rows = append(h.rows, row)
	}
	h.last = max(h.last, row.micros)
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

// maxCost is beyond what any call can cost; a sum that held more would be worthless.
const maxCost = 1e9

// pack makes a row compact. priced is false if its cost can't be true.
func pack(r *Invocation, class Class, hour int64) (row rowCell, priced bool) {
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
	if priced = math.Abs(cost) <= maxCost; !priced { // NaN too
		cost = 0
	}
	return rowCell{
		micros: uint32((r.Time - hour*int64(time.Hour)) / 1000), task: r.Task, meta: meta,
		latency: saturate(r.LatencyMS), tokensIn: saturate(r.TokensIn), tokensOut: saturate(r.TokensOut), cost: cost,
	}, priced
}

func saturate(v int64) uint32 { return uint32(min(max(v, 0), math.MaxUint32)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// hour is the hour's cells, new or copied if a view shares them. Rows come
// mostly in order of time, so the hour is mostly that of the row before.
func (s *InvocationStore) hour(index int64) *hourCells {
	if s.at >= len(s.hours) || s.hours[s.at].index != index {
		at, found := slices.BinarySearchFunc(s.hours, index, func(h *hourCells, i int64) int { return cmp.Compare(h.index, i) })
		if !found {
			h := &hourCells{generation: s.generation, index: index, places: make(map[cellKey]int), hasRows: s.keepsRows(index)}
			s.hours = slices.Insert(s.hours, at, h)
		}
		s.at = at
	}
	return s.own(s.at)
}

// own is hour i, copied if a view shares it. Its rows only ever grow at the end,
// beyond what a view can see, and need no copy.
func (s *InvocationStore) own(i int) *hourCells {
	h := s.hours[i]
	if h.generation != s.generation {
		h = h.clone()
		h.generation = s.generation
		if h.places = maps.Clone(h.places); h.places == nil {
			h.places = h.findPlaces()
		}
		s.hours[i] = h
	}
	return h
}

// clone shares nothing that may change with the hour, but for places.
func (h *hourCells) clone() *hourCells {
	c := *h
	c.cells, c.latencies = slices.Clone(h.cells), slices.Clone(h.latencies)
	for i := range c.latencies {
		c.latencies[i].sketch = h.latencies[i].sketch.Clone()
	}
	return &c
}

// findPlaces are the places of the cells and latencies that are there.
func (u *rollup) findPlaces() map[cellKey]int {
	places := make(map[cellKey]int, len(u.cells)+len(u.latencies))
	for i := range u.cells {
		places[u.cells[i].cellKey] = i
	}
	for i := range u.latencies {
		places[cellKey{u.latencies[i].task, anyModel, u.latencies[i].class}] = i
	}
	return places
}

// cell finds or makes the cell of a combination.
func (h *hourCells) cell(key cellKey) *cell {
	i, ok := h.places[key]
	if !ok {
		i = h.addCell(key, h.places)
	}
	return &h.cells[i]
}

// anyModel is the model of the key under which the latencies of a task type and
// class have their place.
const anyModel = ^Symbol(0)

// addCell makes the cell of a combination that has none. places are those of the
// cells and of the latencies.
func (u *rollup) addCell(key cellKey, places map[cellKey]int) int {
	ofTask := cellKey{key.task, anyModel, key.class}
	latency, ok := places[ofTask]
	if !ok {
		latency = len(u.latencies)
		u.latencies = append(u.latencies, distribution{task: key.task, class: key.class})
		places[ofTask] = latency
	}
	i := len(u.cells)
	u.cells = append(u.cells, cell{cellKey: key, latency: latency})
	places[key] = i
	return i
}

// recentHours is how long single rows are kept: the windows up to 24 h, the UTC
// day, and as much again for a clock that is set back.
const recentHours = 49

// edgeHours are the ages at which a trailing window begins.
var edgeHours = []int64{7 * 24, 30 * 24}

// keepsRows says whether a window may begin or end within the hour. Of an edge
// the next hour is kept too, so that there is time to read the one after it.
func (s *InvocationStore) keepsRows(index int64) bool {
	if s.keep != nil {
		return s.keep[index]
	}
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
	first := index - int64(Horizon/time.Hour) - 1
	s.hours = slices.DeleteFunc(slices.Clone(s.hours), func(h *hourCells) bool {
		if h.index < first {
			s.rows -= h.n
		}
		return h.index < first
	})
	for i, h := range s.hours {
		if h.hasRows && !s.keepsRows(h.index) {
			h = s.own(i)
			h.rows, h.hasRows = nil, false
		}
	}
}

// RowRange is the stretch of rowids in which all rows of one hour lie.
type RowRange struct {
	Hour        int64 // hours since the epoch
	First, Last int64 // rowids, inclusive
}

// MissingRows lists the hours in which a window begins and whose single rows
// the store doesn't hold.
func (s *InvocationStore) MissingRows() []RowRange {
	var out []RowRange
	for _, h := range s.hours {
		if !h.hasRows && s.keepsRows(h.index) {
			out = append(out, RowRange{Hour: h.index, First: h.firstID, Last: h.maxID})
		}
	}
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
			row, _ := pack(&rows[i], class, r.Hour)
			cells = append(cells, row)
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
	for _, h := range s.hours {
		if h.generation == s.generation {
			h.sumUp()
		}
	}
	s.foldDays()
	v := &Invocations{
		tasks: s.tasks.names, models: s.models.names,
		Rows: s.rows, Undated: s.undated, Unpriced: s.unpriced,
		hours: slices.Clone(s.hours), days: s.days, at: s.now,
	}
	if s.newest != math.MinInt64 {
		v.Newest = time.Unix(0, s.newest).UTC()
	}
	s.generation++
	return v
}

// Invocations is an immutable view of the rollup.
type Invocations struct {
	tasks, models []string
	hours         []*hourCells // ascending
	days          []*dayCells  // ascending: those of which all hours have passed
	at            int64        // hour of the clock when the view was taken
	Rows          int64        // within the horizon
	Undated       int64        // rows whose timestamp can't be read, in no figure
	Unpriced      int64        // rows whose cost can't be true and counts as 0
	Newest        time.Time    // zero if there are no rows
}

// eachHour visits every row with from ≤ t < to (Unix nanoseconds) once: whole hours
// by their rollup, the hours at the edges by their single rows. It reports false
// if the rows of an edge are not at hand; the hour is then visited whole if it
// begins in the range, which errs by less than an hour.
func (v *Invocations) eachHour(from, to int64, onWhole func(hour int64, u *rollup), onRow func(hour int64, r *rowCell)) bool {
	exact := true
	start := sort.Search(len(v.hours), func(i int) bool { return (v.hours[i].index+1)*int64(time.Hour) > from })
	for _, h := range v.hours[start:] {
		begin := h.index * int64(time.Hour)
		if begin >= to {
			break
		}
		// the present hour is whole too, unless rows are dated after now
		whole := from <= begin && begin+int64(h.last)*1000 < to
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
		onWhole(h.index, &h.rollup)
	}
	return exact
}
