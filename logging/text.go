package logging

import (
	"encoding/binary"
	"math"
	"slices"
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

// appendEscaped appends s without the quotes. Nearly every key and value is
// plain, so s is copied and checked at once, in words of which the last two
// may overlap (half the time of a check and a call to copy), and written
// again only if there is something to escape.
func appendEscaped(dst []byte, s string) []byte {
	n, start := len(s), len(dst)
	dst = extend(dst, n)
	to := dst[start:]
	var odd uint64
	switch {
	case n >= 8:
		for i := 0; i < n-8; i += 8 {
			w := word(s[i:])
			binary.LittleEndian.PutUint64(to[i:], w)
			odd |= oddBytes(w)
		}
		w := word(s[n-8:])
		binary.LittleEndian.PutUint64(to[n-8:], w)
		odd |= oddBytes(w)
	case n >= 4:
		first, last := halfWord(s), halfWord(s[n-4:])
		binary.LittleEndian.PutUint32(to, first)
		binary.LittleEndian.PutUint32(to[n-4:], last)
		odd = oddBytes(uint64(first)<<32 | uint64(last))
	default:
		for i := range n {
			to[i] = s[i]
			if !plain[s[i]] {
				odd = 1
			}
		}
	}
	if odd != 0 {
		return appendEscapes(dst[:start], s)
	}
	return dst
}

func appendEscapes(dst []byte, s string) []byte {
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

// extend makes dst n bytes longer. The new bytes are undefined.
func extend(dst []byte, n int) []byte {
	if n > cap(dst)-len(dst) {
		dst = slices.Grow(dst, n)
	}
	return dst[:len(dst)+n]
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func halfWord(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// oddBytes is zero if the eight bytes of w are all plain. A byte gets its high
// bit in one of the terms if it is above 0x7e, below 0x20, the quote or the
// backslash. A carry or borrow starts only in a byte that has set a bit
// already, so the terms are exact for a word that has none.
func oddBytes(w uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	return (w | (w + ones) | (w - ones*0x20) | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) & highs
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

// digitPairs has the numbers from 00 to 99.
const digitPairs = "00010203040506070809101112131415161718192021222324" +
	"25262728293031323334353637383940414243444546474849" +
	"50515253545556575859606162636465666768697071727374" +
	"75767778798081828384858687888990919293949596979899"

// appendInt appends i. strconv goes through an array of its own and takes
// twice the time for the few digits of counts, milliseconds and status codes.
func appendInt(dst []byte, i int64) []byte {
	switch {
	case i < 0 || i >= 1e9:
		return strconv.AppendInt(dst, i, 10)
	case i < 10:
		return append(dst, byte('0'+i))
	}
	n := 2
	for limit := int64(100); i >= limit; limit *= 10 {
		n++
	}
	dst = extend(dst, n)
	putDigits(dst[len(dst)-n:], uint32(i))
	return dst
}

// putDigits fills dst with the last digits of u.
func putDigits(dst []byte, u uint32) {
	for len(dst) >= 2 {
		at := u % 100 * 2
		u /= 100
		last := len(dst) - 2
		dst[last], dst[last+1] = digitPairs[at], digitPairs[at+1]
		dst = dst[:last]
	}
	if len(dst) == 1 {
		dst[0] = byte('0' + u%10)
	}
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
	dst = appendInt(dst, int64(micros/1e6))
	dst = append(dst, ".000000"...)
	putDigits(dst[len(dst)-6:], uint32(micros%1e6))
	last := len(dst) - 1
	for first := len(dst) - 6; last > first && dst[last] == '0'; last-- {
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
