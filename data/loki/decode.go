package loki

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// decoder reads the lines of a tail frame or of a query_range answer. Its buffers are used again, so that a line costs
// no allocation until it is copied out; the lines of one decode are valid until the next.
//
// The scanner below reads what Loki writes. Whatever else it meets (a key with escapes, a lone surrogate, bytes that
// are not UTF-8, keys in an unusual order) it leaves to decodeJSON, which is encoding/json and decides whether that is
// a fault. What the scanner accepts, decodeJSON reads the same: a fuzz test compares them.
type decoder struct {
	streams interner
	meta    interner

	lines   []rawLine
	dropped int // lines a tail frame says were dropped
	text    []byte
}

// decode reads body, replacing what was read before.
func (d *decoder) decode(body []byte) error {
	d.reset()
	return d.decodeMore(body)
}

func (d *decoder) reset() {
	d.lines, d.text, d.dropped = d.lines[:0], d.text[:0], 0
}

// decodeMore reads body, keeping what was read before.
func (d *decoder) decodeMore(body []byte) error {
	lines, text := len(d.lines), len(d.text)
	// Unescaping never makes text longer, so the buffer needs no check per byte. When it has to move, lines read
	// earlier go on pointing into the old one.
	d.text = slices.Grow(d.text, len(body))
	s := scanner{b: body, d: d}
	if s.answer() {
		return nil
	}
	d.lines, d.text, d.dropped = d.lines[:lines], d.text[:text], 0
	err := d.decodeJSON(body)
	if err != nil {
		d.lines = d.lines[:lines] // half a frame counts for nothing
	}
	return err
}

// scanner is a cursor over one JSON text. Its methods read one thing each and return false at what they don't know.
type scanner struct {
	b []byte
	i int
	d *decoder
}

// answer reads a whole frame or answer.
func (s *scanner) answer() bool {
	found := false // "streams" or "data"
	ok := s.object(func(key []byte) bool {
		switch string(key) {
		case "streams":
			if found {
				return false
			}
			found = true
			return s.array(s.stream)
		case "data":
			if found {
				return false
			}
			found = true
			return s.data()
		case "dropped_entries":
			if s.d.dropped > 0 {
				return false
			}
			return s.array(func() bool { s.d.dropped++; return s.skip(0) })
		}
		return s.skip(0)
	})
	s.space()
	return ok && found && s.i == len(s.b)
}

// data reads the "data" of a query_range answer; resultType comes first in all versions.
func (s *scanner) data() bool {
	isStreams, found := false, false
	ok := s.object(func(key []byte) bool {
		switch string(key) {
		case "resultType":
			if isStreams || !s.literal(`"streams"`) {
				return false
			}
			isStreams = true
			return true
		case "result":
			if found || !isStreams {
				return false
			}
			found = true
			return s.array(s.stream)
		}
		return s.skip(0)
	})
	return ok && found
}

// stream reads one element of "streams": labels, then lines.
func (s *scanner) stream() bool {
	var labels *labelSet
	values := false
	ok := s.object(func(key []byte) bool {
		switch string(key) {
		case "stream":
			raw, ok := s.raw()
			if !ok || labels != nil {
				return false
			}
			var err error
			labels, err = s.d.streams.get(raw)
			return err == nil
		case "values":
			if values || labels == nil {
				return false
			}
			values = true
			return s.values(labels)
		}
		return s.skip(0)
	})
	return ok && labels != nil
}

// values reads [["time","text",{...}], ...]. It is the hot loop: no closures.
func (s *scanner) values(labels *labelSet) bool {
	if !s.byte('[') {
		return false
	}
	if s.byte(']') {
		return true
	}
	for {
		if !s.byte('[') {
			return false
		}
		l := rawLine{stream: labels}
		var ok bool
		if l.time, ok = s.time(); !ok || !s.byte(',') {
			return false
		}
		if l.text, ok = s.string(); !ok {
			return false
		}
		if s.byte(',') {
			if l.meta, ok = s.metadata(); !ok {
				return false
			}
		}
		if !s.byte(']') {
			return false
		}
		s.d.lines = append(s.d.lines, l)
		if s.byte(',') {
			continue
		}
		return s.byte(']')
	}
}

// metadata reads the third element of a line, of which only the structured metadata counts.
func (s *scanner) metadata() (*labelSet, bool) {
	var meta *labelSet
	ok := s.object(func(key []byte) bool {
		if string(key) != "structuredMetadata" {
			return s.skip(0)
		}
		raw, ok := s.raw()
		if !ok || meta != nil {
			return false
		}
		var err error
		meta, err = s.d.meta.get(raw)
		return err == nil
	})
	return meta, ok
}

// time reads a string of up to 18 or 19 digits: nanoseconds.
func (s *scanner) time() (int64, bool) {
	if !s.byte('"') {
		return 0, false
	}
	start := s.i
	var t uint64
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		t = t*10 + uint64(s.b[s.i]-'0')
		s.i++
	}
	if n := s.i - start; n == 0 || n > 19 || t > 1<<63-1 || s.i == len(s.b) || s.b[s.i] != '"' {
		return 0, false
	}
	s.i++
	return int64(t), true
}

// Classes of bytes inside a string.
const (
	plain = iota
	quote
	backslash
	control // not allowed as it is
	high    // part of a rune of several bytes
)

var class = func() (t [256]uint8) {
	for c := range 0x20 {
		t[c] = control
	}
	for c := 0x80; c <= 0xff; c++ {
		t[c] = high
	}
	t['"'], t['\\'] = quote, backslash
	return t
}()

// unescaped gives what \x stands for, 0 where it is nothing (or \u).
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// string reads a string into the decoder's text buffer, resolving its escapes on the way.
func (s *scanner) string() ([]byte, bool) {
	if !s.byte('"') {
		return nil, false
	}
	b, i := s.b, s.i
	start := len(s.d.text)
	dst := s.d.text[start:cap(s.d.text)]
	n := 0
	highs := false
	for i < len(b) && n < len(dst) {
		c := b[i]
		switch class[c] {
		case plain:
			dst[n] = c
			n++
			i++
		case quote:
			s.i = i + 1
			if highs && !utf8.Valid(dst[:n]) {
				return nil, false
			}
			s.d.text = s.d.text[:start+n]
			return dst[:n:n], true
		case high:
			highs = true
			dst[n] = c
			n++
			i++
		case control:
			return nil, false
		case backslash:
			if i+1 >= len(b) {
				return nil, false
			}
			if e := unescaped[b[i+1]]; e != 0 {
				dst[n] = e
				n++
				i += 2
				continue
			}
			r, size := unicodeEscape(b[i:])
			if size == 0 || n+utf8.UTFMax > len(dst) {
				return nil, false
			}
			n += utf8.EncodeRune(dst[n:], r)
			i += size
		}
	}
	return nil, false
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair, at the beginning of b. size is 0 if there is no
// such thing, and for half a pair.
func unicodeEscape(b []byte) (r rune, size int) {
	r = hex4(b)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if r = utf16.DecodeRune(r, hex4(b[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// hex4 is the value of a \uXXXX at the beginning of b, or -1.
func hex4(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// object reads an object, calling member with each key, the cursor before its value.
func (s *scanner) object(member func(key []byte) bool) bool {
	if !s.byte('{') {
		return false
	}
	if s.byte('}') {
		return true
	}
	for {
		s.space()
		key, ok := s.raw()
		if !ok || len(key) < 2 || key[0] != '"' || bytes.IndexByte(key, '\\') >= 0 || !s.byte(':') {
			return false
		}
		if !member(key[1 : len(key)-1]) {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte('}')
	}
}

// array reads an array, calling element with the cursor before each.
func (s *scanner) array(element func() bool) bool {
	if !s.byte('[') {
		return false
	}
	if s.byte(']') {
		return true
	}
	for {
		if !element() {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte(']')
	}
}

// raw reads any value and returns its text.
func (s *scanner) raw() ([]byte, bool) {
	s.space()
	start := s.i
	ok := s.skip(0)
	return s.b[start:s.i], ok
}

// byte reads c after white space.
func (s *scanner) byte(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c { // the rule: Loki writes no white space
		s.i++
		return true
	}
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// literal reads exactly text after white space.
func (s *scanner) literal(text string) bool {
	s.space()
	if !bytes.HasPrefix(s.b[s.i:], []byte(text)) {
		return false
	}
	s.i += len(text)
	return true
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}
