package data

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// rollupVersion is the version of the form of [Invocations.AppendBinary]. It
// changes with whatever would make an older file mean something else: the form
// itself, the classes, the sketch, the hours whose rows are kept.
const rollupVersion = 3

// AppendBinary appends the rollup to b, in the form that [RestoreInvocations]
// reads.
func (v *Invocations) AppendBinary(b []byte) []byte {
	b = binary.AppendUvarint(b, rollupVersion)
	b = binary.AppendVarint(b, v.at)
	for _, names := range [][]string{v.tasks, v.models} {
		b = binary.AppendUvarint(b, uint64(len(names)))
		for _, name := range names {
			b = binary.AppendUvarint(b, uint64(len(name)))
			b = append(b, name...)
		}
	}
	b = binary.AppendVarint(b, v.Undated)
	b = binary.AppendVarint(b, v.Unpriced)
	newest := int64(math.MinInt64)
	if !v.Newest.IsZero() {
		newest = v.Newest.UnixNano()
	}
	b = binary.AppendVarint(b, newest)
	b = binary.AppendUvarint(b, uint64(len(v.hours)))
	for _, h := range v.hours {
		b = h.appendBinary(b)
	}
	return b
}

func (h *hourCells) appendBinary(b []byte) []byte {
	b = binary.AppendVarint(b, h.index)
	b = binary.AppendVarint(b, h.n)
	b = binary.AppendVarint(b, h.firstID)
	b = binary.AppendVarint(b, h.maxID)
	b = binary.LittleEndian.AppendUint32(b, h.last)
	b = binary.AppendUvarint(b, uint64(len(h.cells)))
	for i := range h.cells {
		c := &h.cells[i]
		b = binary.AppendUvarint(b, uint64(c.task))
		b = binary.AppendUvarint(b, uint64(c.model))
		b = append(b, byte(c.class))
		for _, n := range []int64{c.calls, c.interrupted, c.overflow, c.tokensIn, c.tokensOut} {
			b = binary.AppendVarint(b, n)
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.cost))
	}
	// in the order in which their first cells come, so that these tell whose they are
	for i := range h.latencies {
		b = binary.AppendVarint(b, h.latencies[i].max)
		b = h.latencies[i].sketch.AppendBinary(b)
	}
	if !h.hasRows {
		return append(b, 0)
	}
	b = append(b, 1)
	b = slices.Grow(b, len(h.rows)*rowCellSize)
	for i := range h.rows {
		r := &h.rows[i]
		for _, n := range [...]uint32{r.micros, uint32(r.task), r.meta, r.latency, r.tokensIn, r.tokensOut} {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.cost))
	}
	return b
}

// rowCellSize is the size of a rowCell in the form written, in bytes.
const rowCellSize = 6*4 + 8

var errRollup = errors.New("malformed rollup")

// RestoreInvocations makes a store of a rollup that [Invocations.AppendBinary]
// wrote, as it was then: [InvocationStore.SetNow] brings it to the present. Any
// bytes that AppendBinary can't have written are an error.
func RestoreInvocations(b []byte) (*InvocationStore, error) {
	d := decoder{b: b}
	if v := d.uvarint(); v != rollupVersion {
		return nil, fmt.Errorf("rollup of version %d, not %d", v, rollupVersion)
	}
	s := &InvocationStore{generation: 1, now: d.varint()}
	d.symbols(&s.tasks)
	d.symbols(&s.models)
	s.undated, s.unpriced, s.newest = d.varint(), d.varint(), d.varint()
	for range d.count(minHourSize) {
		h := d.hour(s)
		if d.bad || len(s.hours) > 0 && h.index <= s.hours[len(s.hours)-1].index {
			return nil, errRollup
		}
		s.hours = append(s.hours, h)
		s.rows += h.n
	}
	if d.bad || len(d.b) > 0 || s.undated < 0 || s.unpriced < 0 {
		return nil, errRollup
	}
	return s, nil
}

// Hour is the hour of the clock that the store was last told.
func (s *InvocationStore) Hour() time.Time { return time.Unix(s.now*3600, 0).UTC() }

// decoder reads the parts of a rollup. Once something is wrong all it reads is 0.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) fail() { d.b, d.bad = nil, true }

func (d *decoder) uvarint() uint64 {
	n, width := binary.Uvarint(d.b)
	if width <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[width:]
	return n
}

func (d *decoder) varint() int64 {
	n, width := binary.Varint(d.b)
	if width <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[width:]
	return n
}

// count is a number of things of which each takes at least so many bytes: what
// is left bounds it, so that a wrong one can't ask for memory.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64(len(d.b)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return make([]byte, n)
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) byte() byte { return d.bytes(1)[0] }

func (d *decoder) symbols(t *symbolTable) {
	for i := range d.count(1) {
		name := d.bytes(d.count(1))
		if t.of(name) != Symbol(i) { // twice the same
			d.fail()
			return
		}
	}
}

// The least sizes of an hour and of a cell, in bytes.
const (
	minHourSize = 10
	minCellSize = 2 + 1 + 5 + 8
)

func (d *decoder) hour(s *InvocationStore) *hourCells {
	h := &hourCells{generation: s.generation, index: d.varint(), n: d.varint(), firstID: d.varint(), maxID: d.varint()}
	h.last = binary.LittleEndian.Uint32(d.bytes(4))
	n := d.count(minCellSize)
	h.cells, h.places = make([]cell, 0, n), make(map[cellKey]int, n)
	var calls int64
	for range n {
		calls += d.cell(h, s)
	}
	for i := range h.latencies {
		d.distribution(&h.latencies[i])
	}
	if calls != h.n {
		d.fail()
	}
	switch d.byte() {
	case 0:
	case 1:
		h.hasRows = true
		d.rows(h, s)
	default:
		d.fail()
	}
	return h
}

// cell reads a cell of an hour, and gives its calls.
func (d *decoder) cell(h *hourCells, s *InvocationStore) int64 {
	key := cellKey{Symbol(d.uvarint()), Symbol(d.uvarint()), Class(d.byte())}
	if _, twice := h.places[key]; twice || !s.knows(key.task, key.model, key.class) {
		d.fail()
		return 0
	}
	c := &h.cells[h.addCell(key, h.places)]
	for _, n := range []*int64{&c.calls, &c.interrupted, &c.overflow, &c.tokensIn, &c.tokensOut} {
		if *n = d.varint(); *n < 0 {
			d.fail()
		}
	}
	c.cost = math.Float64frombits(binary.LittleEndian.Uint64(d.bytes(8)))
	if math.IsNaN(c.cost) || math.IsInf(c.cost, 0) {
		d.fail()
	}
	return c.calls
}

func (d *decoder) distribution(l *distribution) {
	if l.max = d.varint(); l.max < 0 {
		d.fail()
	}
	var err error
	if l.sketch, d.b, err = sketch.ParseSparse(d.b); err != nil {
		d.fail()
	}
}

// rows reads the single rows of an hour that has h.n of them.
func (d *decoder) rows(h *hourCells, s *InvocationStore) {
	if h.n < 0 || h.n > int64(len(d.b)/rowCellSize) {
		d.fail()
		return
	}
	h.rows = make([]rowCell, h.n)
	b := d.bytes(int(h.n) * rowCellSize)
	for i := range h.rows {
		p := b[i*rowCellSize : (i+1)*rowCellSize]
		word := func(k int) uint32 { return binary.LittleEndian.Uint32(p[4*k:]) }
		r := rowCell{
			micros: word(0), task: Symbol(word(1)), meta: word(2), latency: word(3), tokensIn: word(4), tokensOut: word(5),
			cost: math.Float64frombits(binary.LittleEndian.Uint64(p[24:])),
		}
		if r.micros >= uint32(time.Hour/time.Microsecond) || !s.knows(r.task, r.model(), r.class()) || !(math.Abs(r.cost) <= maxCost) {
			d.fail()
			return
		}
		h.rows[i] = r
	}
}

// knows tells whether rows can be of that kind.
func (s *InvocationStore) knows(task, model Symbol, class Class) bool {
	return int(task) < len(s.tasks.names) && int(model) < len(s.models.names) && class <= ClassAudit
}

// Sample lists the lowest rowids of up to n hours, spread over all: rows by
// which a table can be recognised.
func (v *Invocations) Sample(n int) []int64 {
	var ids []int64
	for i := range min(n, len(v.hours)) {
		if h := v.hours[i*len(v.hours)/min(n, len(v.hours))]; h.n > 0 {
			ids = append(ids, h.firstID)
		}
	}
	slices.SortFunc(ids, cmp.Compare)
	return slices.Compact(ids)
}
