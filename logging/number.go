package logging

import (
	"strconv"
	"strings"
)

// appendNumber appends a valid JSON number token as Python prints it after
// reading it: all the digits of an integer of any size, a float by appendFloat.
func appendNumber(dst []byte, token string) []byte {
	if !strings.ContainsAny(token, ".eE") {
		if token == "-0" { // an integer has no negative zero
			token = "0"
		}
		return append(dst, token...)
	}
	// A token out of range gives an infinity, as in Python.
	f, _ := strconv.ParseFloat(token, 64)
	return appendFloat(dst, f)
}

// bytesRepr returns b as Python prints bytes: b'x', with the quote that needs
// fewer escapes.
func bytesRepr(b []byte) string {
	quote := byte('\'')
	if strings.IndexByte(string(b), '\'') >= 0 && strings.IndexByte(string(b), '"') < 0 {
		quote = '"'
	}
	out := append(make([]byte, 0, len(b)+3), 'b', quote)
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			out = append(out, '\\', c)
		case c == '\n':
			out = append(out, '\\', 'n')
		case c == '\r':
			out = append(out, '\\', 'r')
		case c == '\t':
			out = append(out, '\\', 't')
		case c < 0x20 || c > 0x7e:
			out = append(out, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xf])
		default:
			out = append(out, c)
		}
	}
	return string(append(out, quote))
}
