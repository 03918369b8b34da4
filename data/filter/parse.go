package filter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxLength = 4096 // of a filter, in bytes
	maxDepth  = 50   // of parentheses and negations
)

// An Error says what is wrong with a filter and where.
type Error struct {
	Pos     int    // in bytes from the beginning
	Column  int    // in characters, the first one 1
	Problem string // what is wrong
	Hint    string // what to write instead; "" if the problem says it
}

func (e *Error) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Column, e.Problem)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// Parse reads a filter. Blanks alone are the empty filter. Every error is an [*Error].
func Parse(text string) (*Filter, error) { return ParseNamed(text, nil) }

// ParseNamed reads a filter in which @name stands for the one of that name. Without any names @ is a character like all
// others.
func ParseNamed(text string, named map[string]*Filter) (*Filter, error) {
	p := &parser{text: text, named: named}
	switch {
	case len(text) > maxLength:
		return nil, p.fail(maxLength, "the filter is too long", fmt.Sprintf("use at most %d bytes", maxLength))
	case !utf8.ValidString(text):
		return nil, p.fail(0, "the filter is not valid UTF-8", "")
	}
	p.blanks()
	if p.pos == len(text) {
		return &Filter{}, nil
	}
	root, err := p.alternatives(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(text) { // only a bracket ends the alternatives early
		return nil, p.fail(p.pos, "there is no ( to this )", `put it in quotes to look for it: ")"`)
	}
	return &Filter{root}, nil
}

type parser struct {
	text  string
	pos   int
	named map[string]*Filter
}

func (p *parser) fail(pos int, problem, hint string) *Error {
	pos = min(pos, len(p.text))
	return &Error{Pos: pos, Column: utf8.RuneCountInString(p.text[:pos]) + 1, Problem: problem, Hint: hint}
}

func (p *parser) blanks() {
	p.pos = len(p.text) - len(strings.TrimLeftFunc(p.text[p.pos:], unicode.IsSpace))
}

// at tells whether the rest begins with s.
func (p *parser) at(s string) bool { return strings.HasPrefix(p.text[p.pos:], s) }

// atKeyword tells whether the word stands here alone, in lower or upper case.
func (p *parser) atKeyword(word string) bool {
	return (p.at(word) || p.at(strings.ToUpper(word))) && isEnd(p.text[p.pos+len(word):])
}

func (p *parser) keyword(word string) bool {
	ok := p.atKeyword(word)
	if ok {
		p.pos += len(word)
	}
	return ok
}

// isEnd tells whether a word ends before s.
func isEnd(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || unicode.IsSpace(r) || strings.ContainsRune(`()|"`, r)
}

func (p *parser) alternatives(depth int) (node, error) {
	var nodes []node
	for {
		n, err := p.all(depth)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if p.at("|") {
			p.pos++
			if p.at("|") {
				p.pos++
			}
		} else if !p.keyword("or") {
			return newOr(nodes), nil
		}
	}
}

func (p *parser) all(depth int) (node, error) {
	var nodes []node
	for joined := true; ; {
		p.blanks()
		end := p.pos == len(p.text) || p.at(")") || p.at("|") || p.atKeyword("or")
		switch {
		case end && joined:
			return nil, p.fail(p.pos, "a term is missing here", "write a word, a \"text\", a /regex/ or field:value")
		case end:
			return newAnd(nodes), nil
		case !joined && p.keyword("and"):
			joined = true
			continue
		}
		n, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		nodes, joined = append(nodes, n), false
	}
}

func (p *parser) term(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.pos, "the filter is nested too deep", fmt.Sprintf("use at most %d levels", maxDepth))
	}
	start := p.pos
	switch c := p.text[p.pos]; {
	case c == '-' || c == '!' || p.keyword("not"):
		if c == '-' || c == '!' {
			p.pos++
		} else {
			p.blanks()
		}
		if isEnd(p.text[p.pos:]) && !p.at("(") && !p.at(`"`) {
			return nil, p.fail(start, "there is nothing here to negate", `put it in quotes to look for it: `+strconv.Quote(p.text[start:p.pos]))
		}
		n, err := p.term(depth + 1)
		if err != nil {
			return nil, err
		}
		return newNot(n), nil
	case c == '(':
		p.pos++
		n, err := p.alternatives(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.at(")") {
			return nil, p.fail(start, "this ( is not closed", `add ), or put it in quotes to look for it: "("`)
		}
		p.pos++
		return n, nil
	case c == '/':
		re, err := p.regex()
		if err != nil {
			return nil, err
		}
		return lineRegex{re}, nil
	case c == '@' && len(p.named) > 0:
		return p.name()
	case c == '~':
		p.pos++
		letters, err := p.value("~")
		if err != nil {
			return nil, err
		}
		return newFuzzy(letters), nil
	}
	if name, op := fieldStart(p.text[p.pos:]); op != "" {
		p.pos += len(name) + len(op)
		return p.field(start, name, op)
	}
	text, err := p.value("")
	if err != nil {
		return nil, err
	}
	return newText(text), nil
}

// name reads @name.
func (p *parser) name() (node, error) {
	start := p.pos
	p.pos++
	word, err := p.value("@")
	if err != nil {
		return nil, err
	}
	f, ok := p.named[word]
	switch {
	case !ok:
		known := slices.Sorted(maps.Keys(p.named))
		return nil, p.fail(start, fmt.Sprintf("there is no saved filter %q", word),
			fmt.Sprintf(`there are %s; put it in quotes to look for it: "@%s"`, strings.Join(known, ", "), word))
	case f.Empty():
		return nil, p.fail(start, fmt.Sprintf("the saved filter %q is empty", word), "")
	}
	return f.root, nil
}

// operators, those first that begin with another.
var operators = []string{">=", "<=", "!=", "==", ">", "<", "=", ":"}

// fieldStart splits off a name and the operator after it. op is "" if s does not begin with both.
func fieldStart(s string) (name, op string) {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || n > 0 && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' || s[n] == '-')) {
		n++
	}
	if n == 0 {
		return "", ""
	}
	for _, op := range operators {
		if strings.HasPrefix(s[n:], op) {
			return s[:n], op
		}
	}
	return "", ""
}

func (p *parser) field(start int, name, op string) (node, error) {
	at := p.pos
	negated := op == "!="
	if negated || op == "==" {
		op = "="
	}
	var n node
	var err error
	if p.at("/") && (op == ":" || op == "=") {
		var re *pattern
		if re, err = p.regex(); err == nil {
			n = fieldRegex{newField(name), re}
		}
	} else {
		quoted := p.at(`"`)
		var value string
		if value, err = p.value(p.text[start:p.pos]); err == nil {
			if n, err = newFieldTerm(name, op, value, quoted); err != nil {
				return nil, p.fail(at, err.Error(), "")
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if negated {
		return newNot(n), nil
	}
	return n, nil
}

// value reads a word or a quoted text. before is what announced it.
func (p *parser) value(before string) (string, error) {
	start := p.pos
	if p.at(`"`) {
		return p.quoted()
	}
	for p.pos < len(p.text) && !isEnd(p.text[p.pos:]) {
		_, n := utf8.DecodeRuneInString(p.text[p.pos:])
		p.pos += n
	}
	switch {
	case p.pos == start && p.at("("):
		return "", p.fail(start, fmt.Sprintf("brackets right after %s", before), "repeat what stands before them, as in (level:error | level:critical)")
	case p.at("(") || p.at(`"`):
		return "", p.fail(p.pos, "a word with brackets or quotes in it", `write the whole in quotes, with \" for each quote in it`)
	case p.pos == start:
		return "", p.fail(start, fmt.Sprintf("there is nothing after %s", before), `write a value, or put it in quotes to look for it: `+Quote(before))
	}
	return p.text[start:p.pos], nil
}

func (p *parser) quoted() (string, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			if !isEnd(p.text[p.pos:]) || p.at(`"`) || p.at("(") {
				return "", p.fail(p.pos, "text right after a closing quote", `put a blank between them, or write \" for a quote in the text`)
			}
			return b.String(), nil
		case c == '\\' && p.pos+1 < len(p.text) && (p.text[p.pos+1] == '"' || p.text[p.pos+1] == '\\'):
			p.pos++
			b.WriteByte(p.text[p.pos])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "this quote is not closed", `add " at the end`)
}

// regex reads /source/ and the flag after it.
func (p *parser) regex() (*pattern, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; ; p.pos++ {
		if p.pos >= len(p.text) {
			return nil, p.fail(start, "this regex has no closing /", `add it, or put the text in quotes to look for it: `+Quote(p.text[start:]))
		}
		c := p.text[p.pos]
		if c == '/' {
			break
		}
		if c == '\\' && p.pos+1 < len(p.text) {
			p.pos++
			if p.text[p.pos] != '/' {
				b.WriteByte(c)
			}
			c = p.text[p.pos]
		}
		b.WriteByte(c)
	}
	p.pos++
	re := &pattern{source: b.String()}
	if p.at("i") {
		p.pos++
		re.fold = true
	}
	if !isEnd(p.text[p.pos:]) || p.at("(") || p.at(`"`) {
		return nil, p.fail(start, "text right after a /regex/", `a path goes in quotes: "/admin/health"`)
	}
	if re.source == "" {
		return nil, p.fail(start, "this regex is empty", `write it between the two /, or put the text in quotes: "//"`)
	}
	var err error
	if re.compiled, err = regexp.Compile(re.text()); err != nil {
		return nil, p.fail(start+1, fmt.Sprintf("this is no regex: %v", err), `put the text in quotes to look for it as it is`)
	}
	return re, nil
}

// needsQuotes tells whether s as a word would be read as something else.
func needsQuotes(s string) bool {
	switch {
	case s == "", s == "*", strings.ContainsAny(s[:1], "-!~/="):
		return true
	case strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`()|"`, r)
	}):
		return true
	}
	switch s {
	case "or", "OR", "and", "AND", "not", "NOT":
		return true
	}
	_, op := fieldStart(s)
	return op != ""
}
