package views

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/donna-project/donnatop/data"
)

// lineFilter selects log lines by text and level. The zero filter, and nil, let
// everything pass.
type lineFilter struct {
	pattern string // as typed
	inverse bool
	needle  string         // plain text to find; "" with a regexp
	fold    bool           // needle is lower case and matches either case
	regexp  *regexp.Regexp // nil for plain text
	level   levelFloor
}

// levelFloor is the least severe level that is shown.
type levelFloor int

const (
	levelAny levelFloor = iota
	levelWarning
	levelError
	levelFloors // how many there are
)

func (l levelFloor) String() string {
	switch l {
	case levelWarning:
		return "warning+"
	case levelError:
		return "error+"
	}
	return "all levels"
}

func (l levelFloor) admits(level string) bool {
	switch level {
	case "error", "critical":
		return true
	case "warning":
		return l <= levelWarning
	}
	return l == levelAny
}

// special are the characters that make a regular expression of text. The dot is
// not among them: events are full of dots, and they are meant as they are.
const special = `\+*?()|[]{}^$`

// parseFilter reads what was typed: text, or a regular expression if it has any
// of its special characters; `!` in front inverts it. Case counts only if there
// is an upper-case letter, as in less and ripgrep. The error says what is wrong
// with the expression.
func parseFilter(pattern string, level levelFloor) (*lineFilter, error) {
	f := &lineFilter{pattern: pattern, level: level}
	text, inverse := strings.CutPrefix(pattern, "!")
	f.inverse = inverse && text != ""
	if text == "" {
		return f, nil
	}
	f.fold = !strings.ContainsFunc(text, unicode.IsUpper)
	if !strings.ContainsAny(text, special) {
		f.needle = text
		if f.fold {
			f.needle = strings.ToLower(text)
		}
		return f, nil
	}
	expr := text
	if f.fold {
		expr = "(?i)" + text
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return nil, fmt.Errorf("not a regular expression: %s; put \\ before a character that is meant as it is", reason)
	}
	f.regexp = re
	return f, nil
}

// all tells that the filter lets everything pass.
func (f *lineFilter) all() bool {
	return f == nil || f.level == levelAny && f.needle == "" && f.regexp == nil
}

// String is the filter as the title shows it; "" if it lets everything pass.
func (f *lineFilter) String() string {
	if f.all() {
		return ""
	}
	var parts []string
	if f.level != levelAny {
		parts = append(parts, f.level.String())
	}
	if f.pattern != "" {
		parts = append(parts, "/"+f.pattern)
	}
	return strings.Join(parts, " ")
}

// match tells whether the line is to be shown. Text is looked for in the line as
// it came and in its event and service, which may be written with escapes there.
func (f *lineFilter) match(l *data.LogLine) bool {
	if !f.level.admits(l.Level) {
		return false
	}
	if f.needle == "" && f.regexp == nil {
		return true
	}
	return (f.find(l.Raw) || f.find(l.Event) || f.find(l.Service)) != f.inverse
}

func (f *lineFilter) find(s string) bool {
	switch {
	case f.regexp != nil:
		return f.regexp.MatchString(s)
	case f.fold:
		return containsFold(s, f.needle)
	}
	return strings.Contains(s, f.needle)
}

// containsFold tells whether s contains needle, which is lower case, in any
// case. Text beyond ASCII falls back to folding all of s.
func containsFold(s, needle string) bool {
	first := needle[0]
	if first >= 0x80 {
		return strings.Contains(strings.ToLower(s), needle)
	}
	upper := first
	if 'a' <= first && first <= 'z' {
		upper = first - 'a' + 'A'
	}
	for i := 0; i+len(needle) <= len(s); i++ {
		if (s[i] == first || s[i] == upper) && strings.EqualFold(s[i:i+len(needle)], needle) {
			return true
		}
	}
	return false
}
