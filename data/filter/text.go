package filter

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/donna-project/donnatop/data/logline"
)

// pattern is a regular expression as it was written.
type pattern struct {
	source   string
	fold     bool
	compiled *regexp.Regexp
}

// text is the expression in Go's syntax.
func (p *pattern) text() string {
	if p.fold {
		return "(?i:" + p.source + ")"
	}
	return p.source
}

func (p *pattern) write(b *strings.Builder) {
	b.WriteByte('/')
	for i := 0; i < len(p.source); i++ {
		c := p.source[i]
		if c == '/' {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		if c == '\\' && i+1 < len(p.source) {
			i++
			b.WriteByte(p.source[i])
		}
	}
	b.WriteByte('/')
	if p.fold {
		b.WriteByte('i')
	}
}

// lineRegex holds if the line matches.
type lineRegex struct{ *pattern }

func (n lineRegex) match(e *logline.Entry) bool { return n.compiled.MatchString(e.Raw) }
func (n lineRegex) cost() int                   { return 5000 }

// needle is text that is looked for, upper or lower case alike.
type needle struct {
	text  string
	lower string         // in ASCII, else ""
	re    *regexp.Regexp // in all other scripts
}

func newNeedle(text string) needle {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return needle{text: text, re: regexp.MustCompile("(?i)" + regexp.QuoteMeta(text))}
		}
	}
	return needle{text: text, lower: strings.ToLower(text)}
}

func (n *needle) in(s string) bool {
	if n.re != nil {
		return n.re.MatchString(s)
	}
	return containsFold(s, n.lower)
}

// text holds if the line contains it.
type text struct {
	needle
	escaped *regexp.Regexp // finds it in JSON too, where that would write it with escapes
}

func newText(s string) text {
	t := text{needle: newNeedle(s)}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' || r == '/' }) {
		t.escaped = regexp.MustCompile(jsonPattern(s))
	}
	return t
}

func (n text) match(e *logline.Entry) bool {
	if n.escaped != nil {
		return n.escaped.MatchString(e.Raw)
	}
	return n.in(e.Raw)
}

func (n text) cost() int {
	if n.escaped != nil {
		return 5000
	}
	return 300
}

func (n text) write(b *strings.Builder) { b.WriteString(Quote(n.text)) }

// shortEscapes are those JSON has beside \uXXXX.
var shortEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// jsonPattern is a regular expression for s as it stands or as JSON writes it, upper or lower case alike.
func jsonPattern(s string) string {
	var b strings.Builder
	b.WriteString("(?i:")
	for _, r := range s {
		short := shortEscapes[r]
		if r >= ' ' && r <= '~' && short == "" {
			b.WriteString(regexp.QuoteMeta(string(r)))
			continue
		}
		b.WriteString("(?:" + regexp.QuoteMeta(string(r)))
		if short != "" {
			b.WriteString("|" + regexp.QuoteMeta(short))
		}
		for v, first := r, true; first || v != r; v, first = unicode.SimpleFold(v), false {
			b.WriteString("|" + regexp.QuoteMeta(unicodeEscape(v)))
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	return b.String()
}

func unicodeEscape(r rune) string {
	if r > 0xffff {
		r -= 0x10000
		return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// containsFold tells whether s contains lower, ASCII letters in either case. Positions are found by the first byte, each
// case by itself, because that is a search the processor does many bytes at a time.
func containsFold(s, lower string) bool {
	if lower == "" {
		return true
	}
	first := lower[0]
	upper := first
	if first >= 'a' && first <= 'z' {
		upper -= 'a' - 'A'
	}
	end := len(s) - len(lower) + 1 // positions where it could begin
	if end <= 0 {
		return false
	}
	next := func(from int, c byte) int {
		if i := strings.IndexByte(s[from:end], c); i >= 0 {
			return from + i
		}
		return end
	}
	i, j := next(0, first), end
	if upper != first {
		j = next(0, upper)
	}
	for {
		at := min(i, j)
		if at == end {
			return false
		}
		if equalFold(s[at:at+len(lower)], lower) {
			return true
		}
		if at == i {
			i = next(at+1, first)
		} else {
			j = next(at+1, upper)
		}
	}
}

// equalFold compares texts of one length, the second in lower case.
func equalFold(s, lower string) bool {
	for i := range len(lower) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// fuzzy holds if the event has the letters in that order.
type fuzzy struct {
	letters string
	lower   string
}

func newFuzzy(letters string) fuzzy { return fuzzy{letters, strings.ToLower(letters)} }

func (n fuzzy) match(e *logline.Entry) bool {
	s := e.Event
	if !e.JSON {
		s = e.Raw
	}
	rest := n.lower
	for _, r := range s {
		want, size := utf8.DecodeRuneInString(rest)
		if size == 0 {
			return true
		}
		if unicode.ToLower(r) == want {
			rest = rest[size:]
		}
	}
	return rest == ""
}

func (n fuzzy) cost() int { return 100 }

func (n fuzzy) write(b *strings.Builder) { b.WriteString("~" + Quote(n.letters)) }
