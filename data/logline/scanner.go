package logline

import "math/bits"

// A scanner walks the members of the object that is the whole of src, checking the grammar on its way:
//
//	if s.open() { for s.next() { … s.key, s.value, s.kind … } }; valid := s.done()
type scanner struct {
	src string
	pos int

	first  bool // no member was read yet
	closed bool // the object's own brace was read

	key          string // between its quotes, escapes and all
	value        string // of a string what is between its quotes, else the JSON text
	kind         Kind
	keyEscaped   bool
	valueEscaped bool
}

// open reads the opening brace.
func (s *scanner) open() bool {
	s.pos = skipSpace(s.src, 0)
	if s.pos == len(s.src) || s.src[s.pos] != '{' {
		return false
	}
	s.pos++
	s.first = true
	return true
}

// next reads one more member. It is false after the last one and at the first fault; done tells the two apart.
func (s *scanner) next() bool {
	src := s.src
	i := skipSpace(src, s.pos)
	if i == len(src) {
		return false
	}
	switch {
	case src[i] == '}':
		// Not after a comma: that is read together with the key it announces.
		s.closed = true
		s.pos = i + 1
		return false
	case s.first:
		s.first = false
	case src[i] == ',':
		i = skipSpace(src, i+1)
	default:
		return false
	}
	if i == len(src) || src[i] != '"' {
		return false
	}
	start := i + 1
	end, escaped := scanString(src, start)
	if end < 0 {
		return false
	}
	s.key, s.keyEscaped = src[start:end], escaped
	i = skipSpace(src, end+1)
	if i == len(src) || src[i] != ':' {
		return false
	}
	i = skipSpace(src, i+1)
	if i == len(src) {
		return false
	}
	return s.readValue(i)
}

// readValue reads the value that begins at i.
func (s *scanner) readValue(i int) bool {
	end := -1
	switch s.src[i] {
	case '"':
		end, s.valueEscaped = scanString(s.src, i+1)
		if end < 0 {
			return false
		}
		s.kind, s.value, s.pos = String, s.src[i+1:end], end+1
		return true
	case '{':
		s.kind = Object
		end = scanNested(s.src, i)
	case '[':
		s.kind = Array
		end = scanNested(s.src, i)
	default:
		end, s.kind = scanScalar(s.src, i)
	}
	if end < 0 {
		return false
	}
	s.value, s.pos = s.src[i:end], end
	return true
}

// done says whether src was one whole object with nothing but white space around it.
func (s *scanner) done() bool {
	return s.closed && skipSpace(s.src, s.pos) == len(s.src)
}

// text is the value if it is a string, unescaped, else "".
func (s *scanner) text() string {
	if s.kind != String {
		return ""
	}
	if s.valueEscaped {
		return unescape(s.value)
	}
	return s.value
}

// skipSpace returns the index of the first byte at or after i that is not JSON white space.
func skipSpace(src string, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

// scanString returns the index of the quote that ends the string whose content begins at i, or -1, and whether there
// are escapes in it. It looks at eight bytes at a time for one that matters.
func scanString(src string, i int) (end int, escaped bool) {
	for {
		for i+8 <= len(src) {
			special := specialBytes(load8(src, i))
			if special != 0 {
				i += bits.TrailingZeros64(special) / 8
				break
			}
			i += 8
		}
		for i < len(src) && src[i] >= ' ' && src[i] != '"' && src[i] != '\\' {
			i++
		}
		if i == len(src) || src[i] < ' ' {
			return -1, escaped
		}
		if src[i] == '"' {
			return i, escaped
		}
		escaped = true
		if i+1 == len(src) {
			return -1, escaped
		}
		switch src[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if len(src) < i+6 || hex4(src, i+2) < 0 {
				return -1, escaped
			}
			i += 6
		default:
			return -1, escaped
		}
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// specialBytes has the high bit set in each byte of w that is a quote, a backslash or a control character, at least up
// to and including the lowest such byte; a borrow may mark more above it. (w - n*ones) &^ w & highs marks bytes below n,
// and a byte equal to c is below 1 once c is taken out by exclusive or.
func specialBytes(w uint64) uint64 {
	quote, backslash := w^('"'*ones), w^('\\'*ones)
	return ((w-' '*ones)&^w | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
}

// load8 reads eight bytes of src at i; the compiler makes it one load.
func load8(src string, i int) uint64 {
	b := src[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// scanScalar returns the end of the number or word that begins at i, or -1.
func scanScalar(src string, i int) (end int, kind Kind) {
	switch c := src[i]; {
	case c == 't':
		return scanWord(src, i, "true"), Bool
	case c == 'f':
		return scanWord(src, i, "false"), Bool
	case c == 'n':
		return scanWord(src, i, "null"), Null
	case c == 'N':
		return scanWord(src, i, "NaN"), NaN
	case c == 'I':
		return scanWord(src, i, "Infinity"), NaN
	case c == '-' && i+1 < len(src) && src[i+1] == 'I':
		return scanWord(src, i, "-Infinity"), NaN
	}
	return scanNumber(src, i), Number
}

func scanWord(src string, i int, word string) int {
	if len(src)-i < len(word) || src[i:i+len(word)] != word {
		return -1
	}
	return i + len(word)
}

// scanNumber returns the end of the number that begins at i, or -1.
func scanNumber(src string, i int) int {
	if src[i] == '-' {
		i++
	}
	start := i
	i = skipDigits(src, i)
	if i == start || src[start] == '0' && i > start+1 {
		return -1
	}
	if i < len(src) && src[i] == '.' {
		start = i + 1
		if i = skipDigits(src, start); i == start {
			return -1
		}
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		start = i + 1
		if start < len(src) && (src[start] == '+' || src[start] == '-') {
			start++
		}
		if i = skipDigits(src, start); i == start {
			return -1
		}
	}
	return i
}

func skipDigits(src string, i int) int {
	for i < len(src) && src[i]-'0' <= 9 {
		i++
	}
	return i
}
