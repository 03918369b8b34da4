package logging

import (
	"math"
	"strconv"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plain marks the bytes that stand for themselves inside a JSON string:
// printable ASCII without the quote and the backslash. '/', '<', '>', '&' and
// the apostrophe are plain; 0x7f and everything above are not.
var plain = func() (t [256]bool) {
	for c := 0x20; c <= 0x7e; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendString appends s as a quoted JSON string in ASCII.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// appendEscaped appends s without the quotes.
func appendEscaped(dst []byte, s string) []byte {
	if isPlain(s) {
		return append(dst, s...)
	}
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		if c < utf8.RuneSelf {
			dst = appendUnit(dst, uint16(c))
			i++
		} else {
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = appendRune(dst, r, size, c)
			i += size
		}
		start = i
	}
	return append(dst, s[start:]...)
}

// isPlain reports whether all bytes of s are plain. It looks at eight at a
// time, the last eight overlapping the ones before: nearly every key and
// value is plain, and this scan is most of what printing them costs.
func isPlain(s string) bool {
	n := len(s)
	if n < 8 {
		return plainWord(shortWord(s))
	}
	for i := 0; i < n-8; i += 8 {
		if !plainWord(word(s[i : i+8])) {
			return false
		}
	}
	return plainWord(word(s[n-8:]))
}

// shortWord returns up to seven bytes as a word filled up with blanks.
func shortWord(s string) uint64 {
	w := uint64(0x2020202020202020)
	for i := range len(s) {
		w = w<<8 | uint64(s[i])
	}
	return w
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plainWord reports whether the eight bytes of w are all plain. A byte gets
// its high bit in one of the terms if it is above 0x7e, below 0x20, the quote
// or the backslash. A carry or borrow starts only in a byte that has set a
// bit already, so the terms are exact for a word that has none.
func plainWord(w uint64) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	return (w|(w+ones)|(w-ones*0x20)|((w^ones*'"')-ones)|((w^ones*'\\')-ones))&highs == 0
}

// appendRune appends the escape of a rune outside ASCII. A byte that is not
// UTF-8 (size 1) becomes the lone surrogate U+DC00+byte, which is how Python's
// surrogateescape carries undecodable bytes through text.
func appendRune(dst []byte, r rune, size int, first byte) []byte {
	switch {
	case r == utf8.RuneError && size == 1:
		return appendUnit(dst, 0xdc00+uint16(first))
	case r > 0xffff:
		r -= 0x10000
		dst = appendUnit(dst, 0xd800+uint16(r>>10))
		return appendUnit(dst, 0xdc00+uint16(r&0x3ff))
	}
	return appendUnit(dst, uint16(r))
}

// appendUnit appends one UTF-16 code unit: as it is, as one of the seven short
// escapes, or as \uXXXX in lower-case hex.
func appendUnit(dst []byte, u uint16) []byte {
	if u < 0x100 && plain[u] {
		return append(dst, byte(u))
	}
	switch u {
	case '"', '\\':
		return append(dst, '\\', byte(u))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&0xf], hexDigits[u>>4&0xf], hexDigits[u&0xf])
}

// maxMicros is where a float of six decimals stops having at most 15 digits.
// Up to there no two decimals share a float, so one that reads back as f is,
// without its trailing zeros, the shortest that does. The division by 1e6 of
// two exact integers is rounded once, as reading the decimal is. Most floats
// of a log line (money, milliseconds, ratios) are such decimals, and writing
// them takes a third of the time the search for the shortest digits does.
const maxMicros = 1e9

// appendFixed appends micros millionths, with one decimal at least.
func appendFixed(dst []byte, negative bool, micros uint64) []byte {
	if negative {
		dst = append(dst, '-')
	}
	dst = strconv.AppendUint(dst, micros/1e6, 10)
	dst = append(dst, ".000000"...)
	last := len(dst) - 6 // of the digits that stay
	for i, rest := len(dst)-1, micros%1e6; rest > 0; i, rest = i-1, rest/10 {
		dst[i] = byte('0' + rest%10)
		if dst[i] != '0' {
			last = max(last, i)
		}
	}
	return dst[:last+1]
}

// appendFloat appends f as Python prints a float: the shortest digits that
// read back the same, positional with a point for 1e-4 <= |f| < 1e16, else
// scientific with a signed exponent of at least two digits. NaN and the
// infinities print bare.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	if abs < maxMicros {
		if micros := uint64(abs*1e6 + 0.5); float64(micros)/1e6 == abs {
			return appendFixed(dst, math.Signbit(f), micros)
		}
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}
