package logging

import (
	"bytes"
	"log/slog"
	"strconv"
)

// The direct encoder writes a line whose keys all differ, which is nearly
// every line, straight from its parts. It gives up as soon as two parts claim
// one key, or a pair wants more than to be printed, and leaves the line to
// merge. Both give the same bytes.

// prepared is the text of a handler's bound pairs and what is needed to see
// that a key is not among them.
type prepared struct {
	clash   bool     // the bound pairs clash among themselves or are special
	text    []byte   // the pairs, groups that have some left open at its end
	open    int      // how many
	pending []string // groups without pairs so far
	outer   keySet   // keys of the line itself, and the special ones
	inner   keySet   // keys where the call's pairs go, if that is in a group
	varBits uint8    // context variables that are bound as pairs
}

// keySet says of a key that it is new, or that it may be known. Two keys
// share a bit now and then: with 1024 bits in one line of ten pairs in twenty.
// Then the text written so far is searched for the key as it prints, `"key": `.
// A key that is there is found; should anything else match, such as the same
// key inside a value, the line only takes the slower way.
type keySet [16]uint64

func (s *keySet) mayHave(bit uint16) bool { return s[bit/64%16]&(1<<(bit%64)) != 0 }

func (s *keySet) add(bit uint16) { s[bit/64%16] |= 1 << (bit % 64) }

// keyBit returns the bit of a key in a keySet: a hash of its length and of
// up to eight bytes at either end.
func keyBit(key string) uint16 {
	n := len(key)
	var first, last uint64
	switch {
	case n >= 8:
		first, last = word(key), word(key[n-8:])
	case n >= 4:
		first, last = uint64(halfWord(key)), uint64(halfWord(key[n-4:]))
	case n > 0:
		first, last = uint64(key[0]), uint64(key[n/2])<<8|uint64(key[n-1])
	}
	// Odd constants, picked so that the keys of this package differ. The top
	// bits of a product depend on all the bits of its factors.
	h := (first ^ uint64(n)) * 0xeb6b68e808ee944d
	return uint16((h ^ last*0xbc1984528301d753) >> 54)
}

// specialKeys has the keys that special and varIndex look for.
var specialKeys = func() (s keySet) {
	for _, key := range [...]string{
		KeyEvent, KeyLevel, KeyTimestamp, KeyException, KeyStack, keyExcInfo, keyStackInfo, KeyError, keyErr,
		KeyCorrelationID, KeyUserID, KeyChannel, KeyTaskID,
	} {
		s.add(keyBit(key))
	}
	return s
}()

func prepare(groups []group) prepared {
	var p prepared
	e := &encoder{buf: []byte{'{'}}
	for i, g := range groups {
		var keys keySet
		if i > 0 {
			// A group takes its key at the level above when it gets a pair.
			above := groups[i-1].attrs
			p.clash = p.clash || find(above, g.name) >= 0
			p.pending = append(p.pending, g.name)
			if i == 1 {
				p.note(slog.Attr{Key: g.name})
				p.outer.add(keyBit(g.name))
			}
		}
		for _, a := range g.attrs {
			p.open += e.openGroups(p.pending)
			p.pending = nil
			e.comma()
			e.pair(a)
			keys.add(keyBit(a.Key))
			if i == 0 {
				p.note(a)
			}
		}
		p.inner = keys
		if i == 0 {
			p.outer = keys
			for j, bits := range specialKeys {
				p.outer[j] |= bits
			}
		}
	}
	p.text = e.buf
	return p
}

// note looks at a pair of the line itself.
func (p *prepared) note(a slog.Attr) {
	p.clash = p.clash || special(a)
	if i := varIndex(a.Key); i >= 0 {
		p.varBits |= 1 << i
	}
}

// openGroups writes the start of the groups and returns how many.
func (e *encoder) openGroups(names []string) int {
	for _, name := range names {
		e.comma()
		e.key(name)
		e.buf = append(e.buf, '{')
	}
	return len(names)
}

// directLine is a line being written. It keeps the buffer to itself until the
// line is complete, off the heap.
type directLine struct {
	h       *handler
	e       *encoder
	scope   *scope
	buf     []byte
	keys    keySet   // where the call's pairs go
	pending []string // groups to open before the next pair
	open    int      // groups to close
	grouped bool     // the call's pairs go into a group
	failed  bool     // a pair was refused
}

// direct writes l and returns true, or returns false with the buffer in any
// state.
func (h *handler) direct(e *encoder, l *line, p *callPairs) bool {
	s := l.scope
	grouped := len(h.groups) > 1
	if h.fast.clash || s.clash || h.fast.varBits&s.varBits != 0 || grouped && l.eventType != "" {
		return false
	}
	// Field by field: the compiler builds a literal aside and copies it, 20 ns.
	var d directLine
	d.h, d.e, d.scope, d.grouped = h, e, s, grouped
	d.buf = append(e.buf, h.fast.text...)
	d.pending, d.open = h.fast.pending, h.fast.open
	d.keys = h.fast.outer
	if grouped {
		d.keys = h.fast.inner
	}
	d.addCall(l.eventType, p)
	if d.failed || len(s.locals) > 0 && d.localsClash() {
		return false
	}
	for range d.open {
		d.buf = append(d.buf, '}')
	}
	e.buf = d.tail(l)
	return true
}

// addCall writes the pairs of the call. They are passed along rather than kept
// in d, or escape analysis would move the record to the heap.
func (d *directLine) addCall(eventType string, p *callPairs) {
	if eventType != "" && !d.add(KeyEventType, slog.StringValue(eventType)) {
		return
	}
	if p.record != nil {
		for a := range p.record.Attrs {
			if !d.add(a.Key, a.Value) {
				return
			}
		}
		return
	}
	for i := range p.list {
		if a := &p.list[i]; !d.add(a.Key, a.Value) {
			return
		}
	}
}

// add writes the next pair of the call and returns true, or sets failed.
func (d *directLine) add(key string, v slog.Value) bool {
	kind := v.Kind()
	if kind == slog.KindLogValuer {
		v = v.Resolve()
		kind = v.Kind()
	}
	if kind == slog.KindGroup {
		d.failed = true
		return false
	}
	if key == "" && isZero(slog.Attr{Value: v}) {
		return true
	}
	if d.pending != nil {
		d.e.buf = d.buf
		d.open += d.e.openGroups(d.pending)
		d.buf, d.pending = d.e.buf, nil
	}
	buf := d.buf
	if buf[len(buf)-1] == '{' {
		buf = append(buf, '"')
	} else {
		buf = append(buf, `, "`...)
	}
	start := len(buf) - 1
	buf = appendEscaped(buf, key)
	buf = append(buf, `": `...)
	bit := keyBit(key)
	if d.keys.mayHave(bit) && (bytes.Contains(buf[:start], buf[start:]) || d.special(slog.Attr{Key: key, Value: v})) {
		d.failed = true
		return false
	}
	d.keys.add(bit)
	switch kind {
	case slog.KindString:
		buf = appendString(buf, v.String())
	case slog.KindInt64:
		buf = appendInt(buf, v.Int64())
	case slog.KindFloat64:
		buf = appendFloat(buf, v.Float64())
	case slog.KindBool:
		buf = strconv.AppendBool(buf, v.Bool())
	default:
		d.e.buf = buf
		d.e.value(v)
		buf = d.e.buf
	}
	d.buf = buf
	return true
}

// tail returns the buffer with what follows the pairs.
func (d *directLine) tail(l *line) []byte {
	buf := d.buf
	if buf[len(buf)-1] == '{' {
		buf = append(buf, `"event": "`...)
	} else {
		buf = append(buf, `, "event": "`...)
	}
	buf = appendEscaped(buf, l.event)
	buf = append(buf, '"')
	buf = append(buf, d.scope.text...)
	buf = append(buf, `, "level": "`...)
	buf = append(buf, l.level...)
	if !l.time.IsZero() {
		buf = append(buf, `", "timestamp": "`...)
		buf = d.h.seconds.append(buf, l.time)
	}
	return append(buf, "\"}\n"...)
}

// special reports whether the next pair needs the general merge whatever the
// others are.
func (d *directLine) special(a slog.Attr) bool {
	if d.grouped {
		return false
	}
	if v := varIndex(a.Key); v >= 0 {
		return d.scope.varBits&(1<<v) != 0
	}
	return special(a)
}

// localsClash reports whether a context-local pair has the key of a bound one
// or one of the call.
func (d *directLine) localsClash() bool {
	outer := &d.keys
	if d.grouped {
		outer = &d.h.fast.outer
	}
	for i := range d.scope.locals {
		key := d.scope.locals[i].Key
		if outer.mayHave(keyBit(key)) && bytes.Contains(d.buf, append(appendString(nil, key), ": "...)) {
			return true
		}
	}
	return false
}
