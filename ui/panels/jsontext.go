package panels

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// fields walks the members of a JSON object without reading further than asked
// to: a line of a megabyte costs what is shown of it. The text has been found to
// be one whole object before (logline.Entry.JSON), or is the beginning of one;
// what is cut off is given as far as it goes.
type fields struct {
	src string
	at  int
}

func newFields(src string) fields {
	i := strings.IndexByte(src, '{')
	if i < 0 {
		return fields{}
	}
	return fields{src: src, at: i + 1}
}

// next is the next member: its key unescaped, its value as JSON text.
func (f *fields) next() (key, value string, ok bool) {
	i := f.skip(f.at, " \t\r\n,")
	if i >= len(f.src) || f.src[i] != '"' {
		return "", "", false
	}
	end := stringEnd(f.src, i)
	key = unquote(f.src[i:end])
	i = f.skip(end, " \t\r\n:")
	end = valueEnd(f.src, i)
	f.at = end
	return key, f.src[i:end], true
}

func (f *fields) skip(i int, set string) int {
	for i < len(f.src) && strings.IndexByte(set, f.src[i]) >= 0 {
		i++
	}
	return i
}

// stringEnd is the index after the string that begins at i, or the end of src.
func stringEnd(src string, i int) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

// valueEnd is the index after the value that begins at i, or the end of src.
func valueEnd(src string, i int) int {
	depth := 0
	for i < len(src) {
		switch src[i] {
		case '"':
			i = stringEnd(src, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth == 0 {
				return i // the end of what this value is in
			}
			depth--
			i++
		case ',':
			if depth == 0 {
				return i
			}
			i++
			continue
		case ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			if depth == 0 {
				for i < len(src) && !strings.ContainsRune(" \t\r\n,}]", rune(src[i])) {
					i++
				}
				return i
			}
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return len(src)
}

// unquote is the text of a JSON string, which may be cut off. What isn't an
// escape stays as it is.
func unquote(s string) string {
	s = strings.TrimPrefix(s, `"`)
	if n := len(s); n > 0 && s[n-1] == '"' && !escapedEnd(s[:n-1]) {
		s = s[:n-1]
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			r, n := codePoint(s[i+1:])
			b.WriteRune(r)
			i += n
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// escapedEnd tells whether a quote after s would be escaped.
func escapedEnd(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

// codePoint reads what follows \u, with a second escape for the other half of a
// surrogate pair, and how many bytes that was.
func codePoint(s string) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return utf8.RuneError, 0
	}
	if utf16.IsSurrogate(r) {
		if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
			if low, ok := hex4(s[6:]); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, 10
				}
			}
		}
		return utf8.RuneError, 4
	}
	return r, 4
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(v), err == nil
}
