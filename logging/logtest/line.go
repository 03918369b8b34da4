package logtest

import (
	"encoding/json"
	"strings"
)

// Line is one log line. Its pairs are kept as JSON text, so that nothing of
// how they print is lost, a bare NaN included.
type Line struct {
	Raw  string   // without the line end
	Keys []string // in the order they print

	values map[string]string
}

// Has reports whether the line has key.
func (l Line) Has(key string) bool {
	_, ok := l.values[key]
	return ok
}

// JSON returns the JSON text of key's value, or "" if the line has no such
// key.
func (l Line) JSON(key string) string { return l.values[key] }

// Text returns the value of key if that is a text, else "".
func (l Line) Text(key string) string { return unquote(l.values[key]) }

func (l Line) hasAll(want Line) bool {
	for key, value := range want.values {
		if got, ok := l.values[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// parse reads the pairs of an object in the handler's own form: one blank
// after each comma and colon, none elsewhere.
func parse(raw string) Line {
	l := Line{Raw: raw, values: map[string]string{}}
	rest := strings.TrimSuffix(strings.TrimPrefix(raw, "{"), "}")
	for rest != "" {
		end := valueEnd(rest)
		key := unquote(rest[:end])
		rest = strings.TrimPrefix(rest[end:], ": ")
		end = valueEnd(rest)
		l.Keys = append(l.Keys, key)
		l.values[key] = rest[:end]
		rest = strings.TrimPrefix(rest[end:], ", ")
	}
	return l
}

// valueEnd returns the length of the value that s starts with.
func valueEnd(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case depth == 0 && (c == ',' || c == ':'):
			return i
		}
	}
	return len(s)
}

func unquote(text string) string {
	var s string
	if json.Unmarshal([]byte(text), &s) != nil {
		return "" // a number, an object: no text
	}
	return s
}
