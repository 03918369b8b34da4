package logline

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Unquote reads a JSON string whose opening quote stands just before s: its text, with escapes resolved, and what
// follows its closing quote. It is for transports that wrap lines into JSON strings.
func Unquote(s string) (text, rest string, ok bool) {
	end, escaped := scanString(s, 0)
	if end < 0 {
		return "", "", false
	}
	text = s[:end]
	if escaped {
		text = unescape(text)
	}
	return text, s[end+1:], true
}

// unescape resolves the escapes of a string that scanString found well formed.
func unescape(s string) string {
	b := appendUnescaped(make([]byte, 0, len(s)), s)
	return unsafe.String(unsafe.SliceData(b), len(b)) // b is not kept: no second copy
}

// appendUnescaped appends s with its escapes resolved. Two \u escapes that are a surrogate pair are one character; a
// surrogate without its other half becomes U+FFFD.
func appendUnescaped(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(s, 0)
			s = s[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
					low = hex4(s, 2)
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					s = s[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default: // quote, backslash, slash
			dst = append(dst, c)
		}
	}
}

// hex4 is the value of the four hexadecimal digits of s at i, or -1 if they are none.
func hex4(s string, i int) rune {
	var r rune
	for _, c := range []byte(s[i : i+4]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
