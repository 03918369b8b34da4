package filter

import (
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// lookup finds a top-level field of the line by a name that JSON writes without escapes: of a string its text, of every
// other value its JSON. The line is known to be valid, so that brackets and quotes need only be counted. It allocates only
// for lines with escaped keys and for values with escapes.
func lookup(e *logline.Entry, name string) (value string, number, ok bool) {
	raw := e.Raw
	if !e.JSON || !strings.Contains(raw, name) && !strings.Contains(raw, `\`) {
		return "", false, false
	}
	escaped := false
	for i := strings.IndexByte(raw, '{') + 1; ; {
		i = skip(raw, i, " \t\r\n,")
		if i >= len(raw) || raw[i] != '"' {
			break
		}
		end := stringEnd(raw, i)
		key := raw[i+1 : end-1]
		if strings.IndexByte(key, '\\') >= 0 {
			return slowLookup(e, name)
		}
		i = skip(raw, end, " \t\r\n:")
		end = valueEnd(raw, i)
		if key == name {
			last := raw[end-1]
			value, number, ok, escaped = raw[i:end], last >= '0' && last <= '9', true, false // all other values end otherwise
			if raw[i] == '"' {
				value = raw[i+1 : end-1]
				escaped = strings.IndexByte(value, '\\') >= 0
			}
		}
		i = end
	}
	if escaped {
		return slowLookup(e, name)
	}
	return value, number, ok
}

func slowLookup(e *logline.Entry, name string) (value string, number, ok bool) {
	f, ok := e.Field(name)
	return f.Value, f.Kind == logline.Number, ok
}

func skip(s string, i int, chars string) int {
	for i < len(s) && strings.IndexByte(chars, s[i]) >= 0 {
		i++
	}
	return i
}

// stringEnd is the index after the string that begins at i.
func stringEnd(s string, i int) int {
	for i++; ; i++ {
		i += strings.IndexByte(s[i:], '"')
		backslashes := 0
		for s[i-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i + 1
		}
	}
}

// valueEnd is the index after the value that begins at i.
func valueEnd(s string, i int) int {
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
		for depth := 0; ; {
			switch s[i] {
			case '"':
				i = stringEnd(s, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	return i + strings.IndexAny(s[i:], ",} \t\r\n")
}
