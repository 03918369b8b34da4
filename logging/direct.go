package logging

import (
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
	outer   keySet   // keys of the line itself
	inner   keySet   // keys where the call's pairs go, if that is in a group
	varBits uint8    // context variables that are bound as pairs
}

// keySet says of a key that it is new, or that it may be known. Two keys
// share a bit now and then; the caller then compares.
type keySet [4]uint64

func (s *keySet) mayHave(bit uint8) bool { return s[bit>>6]&(1<<(bit&63)) != 0 }

func (s *keySet) add(bit uint8) { s[bit>>6] |= 1 << (bit & 63) }

// scanKey returns the bit of a key in a keySet, and whether the key is plain:
// both come from the same words.
func scanKey(key string) (bit uint8, plain bool) {
	n := len(key)
	var first, last uint64
	switch {
	case n < 8:
		first = shortWord(key)
		plain = plainWord(first)
	case n <= 16:
		first, last = word(key[:8]), word(key[n-8:])
		plain = plainWord(first) && plainWord(last)
	default:
		first, last = word(key[:8]), word(key[n-8:])
		plain = isPlain(key)
	}
	// Odd constants of no meaning but well mixed bits; the top byte of a
	// product depends on all the bits of its factors.
	h := (first ^ uint64(n)) * 0x9e3779b97f4a7c15
	return uint8((h ^ last*0xc2b2ae3d27d4eb4f) >> 56), plain
}

func keyBit(key string) uint8 {
	bit, _ := scanKey(key)
	return bit
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
			e.openGroups(&p)
			e.comma()
			e.pair(a)
			keys.add(keyBit(a.Key))
			if i == 0 {
				p.note(a)
			}
		}
		if i == 0 {
			p.outer = keys
		}
		p.inner = keys
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

func (e *encoder) openGroups(p *prepared) {
	for _, name := range p.pending {
		e.comma()
		e.key(name)
		e.buf = append(e.buf, '{')
	}
	p.open += len(p.pending)
	p.pending = nil
}

// directLine is a line being written. It keeps the buffer to itself until the
// line is complete, off the heap.
type directLine struct {
	prepared // a copy: opening groups changes it
	h        *handler
	e        *encoder
	scope    *scope
	buf      []byte
	keys     keySet // where the call's pairs go
	grouped  bool   // that is in a group
	typed    bool   // event_type is written
	seen     int    // pairs of the call that went through add
}

// direct writes l and returns true, or returns false with the buffer in any
// state.
func (h *handler) direct(e *encoder, l *line, p *callPairs) bool {
	s := l.scope
	grouped := len(h.groups) > 1
	if h.fast.clash || s.clash || h.fast.varBits&s.varBits != 0 || grouped && l.eventType != "" {
		return false
	}
	d := directLine{prepared: h.fast, h: h, e: e, scope: s, buf: append(e.buf, h.fast.text...), grouped: grouped}
	d.keys = d.outer
	if grouped {
		d.keys = d.inner
	}
	if !d.addCall(l.eventType, p) {
		return false
	}
	for range d.open {
		d.buf = append(d.buf, '}')
	}
	if len(s.locals) > 0 && d.localsClash(p) {
		return false
	}
	e.buf = d.tail(l)
	return true
}

// addCall writes the pairs of the call. The pairs are passed along rather than
// kept in d, or escape analysis would move the record to the heap.
func (d *directLine) addCall(eventType string, p *callPairs) bool {
	if eventType != "" {
		if !d.add(slog.String(KeyEventType, eventType), p) {
			return false
		}
		d.typed, d.seen = true, 0
	}
	ok := true
	if p.record != nil {
		p.record.Attrs(func(a slog.Attr) bool {
			ok = d.add(a, p)
			return ok
		})
		return ok
	}
	for i := 0; ok && i < len(p.list); i++ {
		ok = d.add(p.list[i], p)
	}
	return ok
}

// add writes the next pair of the call, or returns false.
func (d *directLine) add(a slog.Attr, p *callPairs) bool {
	kind := a.Value.Kind()
	if kind == slog.KindLogValuer {
		a.Value = a.Value.Resolve()
		kind = a.Value.Kind()
	}
	if kind == slog.KindGroup {
		return false
	}
	bit, plainKey := scanKey(a.Key)
	if d.keys.mayHave(bit) && d.clashes(a.Key, p) || specialKeys.mayHave(bit) && d.special(a) {
		return false
	}
	d.seen++
	if a.Key == "" && isZero(a) {
		return true
	}
	d.keys.add(bit)
	if d.pending != nil {
		d.e.buf = d.buf
		d.e.openGroups(&d.prepared)
		d.buf = d.e.buf
	}
	buf := d.buf
	if buf[len(buf)-1] == '{' {
		buf = append(buf, '"')
	} else {
		buf = append(buf, `, "`...)
	}
	if plainKey {
		buf = append(buf, a.Key...)
	} else {
		buf = appendEscaped(buf, a.Key)
	}
	buf = append(buf, `": `...)
	switch kind {
	case slog.KindString:
		buf = appendString(buf, a.Value.String())
	case slog.KindInt64:
		buf = strconv.AppendInt(buf, a.Value.Int64(), 10)
	case slog.KindFloat64:
		buf = appendFloat(buf, a.Value.Float64())
	case slog.KindBool:
		buf = strconv.AppendBool(buf, a.Value.Bool())
	default:
		d.e.buf = buf
		d.e.value(a.Value)
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

// clashes reports whether the key of the next pair really is that of another.
func (d *directLine) clashes(key string, p *callPairs) bool {
	return d.typed && key == KeyEventType || p.has(key, d.seen) || find(d.h.groups[len(d.h.groups)-1].attrs, key) >= 0
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
func (d *directLine) localsClash(p *callPairs) bool {
	outer := d.keys
	if d.grouped {
		outer = d.outer
	}
	for i := range d.scope.locals {
		key := d.scope.locals[i].Key
		if !outer.mayHave(keyBit(key)) {
			continue
		}
		if find(d.h.groups[0].attrs, key) >= 0 {
			return true
		}
		if d.grouped && d.h.groups[1].name == key || !d.grouped && p.has(key, -1) || d.typed && key == KeyEventType {
			return true
		}
	}
	return false
}

// has reports whether one of the first n pairs has key; n < 0 means all.
func (p *callPairs) has(key string, n int) (found bool) {
	p.each(func(a slog.Attr) bool {
		if n == 0 {
			return false
		}
		n--
		found = a.Key == key
		return !found
	})
	return found
}
