package filter

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pushed is what Loki is asked to do of a node: it lets through every line for which the node holds, and others.
type pushed struct {
	labels map[string]string // regular expressions for labels of the stream
	lines  []lineFilter
}

// lineFilter is a regular expression for the line, negated or not.
type lineFilter struct {
	op, expression string
}

// LogQL is a log query for the lines the filter chooses among those of a stream selector such as
// `{container_name=~"donna-.*"}`, to which it adds matchers; to anything else it only appends line filters.
//
// The query lets more lines through than the filter, never less, so the answer still has to be filtered with
// [Filter.Match]: what is no label is a line filter for its text, wherever it stands in the line, and comparisons of
// numbers ask for the field's name only. There is no `| json`, because it would make a label of every field, and a
// stream of every line. Text, regular expressions and their negations are exact.
//
// level, service, component, event_type, task_type and skill_id are labels that Donna's shipper takes from the line where
// it can. A stream without the label is let through: the shipper does not read a line that holds a bare NaN.
func (f *Filter) LogQL(selector string) string {
	if f.Empty() {
		return selector
	}
	p := f.root.push()
	query := strings.TrimRight(selector, " \t\r\n")
	if base, ok := strings.CutSuffix(query, "}"); ok && len(p.labels) > 0 {
		separator := ", "
		if trimmed := strings.TrimRight(base, " \t\r\n"); strings.HasSuffix(trimmed, "{") || strings.HasSuffix(trimmed, ",") {
			separator = ""
		}
		for _, label := range slices.Sorted(maps.Keys(p.labels)) {
			base += separator + label + "=~" + logqlString(p.labels[label])
			separator = ", "
		}
		query = base + "}"
	}
	for _, l := range p.lines {
		query += " " + l.op + " " + logqlString(l.expression)
	}
	return query
}

func logqlString(s string) string {
	if strings.ContainsAny(s, "`\r") {
		return strconv.Quote(s)
	}
	return "`" + s + "`"
}

// escapedASCII lets lines through that write plain characters as escapes, as some encoders do with < and &.
const escapedASCII = `|\\u00`

func lineMatches(expression string) pushed {
	return pushed{lines: []lineFilter{{"|~", expression}}}
}

func (n and) push() pushed {
	all := pushed{labels: make(map[string]string)}
	for _, term := range n.nodes {
		p := term.push()
		for label, expression := range p.labels {
			if _, ok := all.labels[label]; !ok { // a second one would only narrow it
				all.labels[label] = expression
			}
		}
		all.lines = append(all.lines, p.lines...)
	}
	return all
}

// push joins what all alternatives have: an expression for the same label, or one for the line.
func (n or) push() pushed {
	first := n.nodes[0].push()
	labels, line := first.labels, positive(first.lines)
	labels = maps.Clone(labels)
	for _, term := range n.nodes[1:] {
		p := term.push()
		for label := range labels {
			if other, ok := p.labels[label]; ok {
				labels[label] += "|" + other
			} else {
				delete(labels, label)
			}
		}
		if other := positive(p.lines); line != "" && other != "" {
			line = "(?:" + line + ")|(?:" + other + ")"
		} else {
			line = ""
		}
	}
	joined := pushed{labels: labels}
	if line != "" {
		joined.lines = []lineFilter{{"|~", line}}
	}
	return joined
}

// positive is the longest expression that lines must match, which says the most.
func positive(lines []lineFilter) string {
	longest := ""
	for _, l := range lines {
		if l.op == "|~" && len(l.expression) > len(longest) {
			longest = l.expression
		}
	}
	return longest
}

// push negates what is exact.
func (n not) push() pushed {
	switch inner := n.node.(type) {
	case lineRegex:
		return pushed{lines: []lineFilter{{"!~", inner.text()}}}
	case text:
		expression := bothCases(inner.text)
		if inner.escaped != nil {
			expression = inner.escaped.String()
		}
		return pushed{lines: []lineFilter{{"!~", expression}}}
	}
	return pushed{}
}

// bothCases is an expression for ASCII text in either case. (?i) would also match the Kelvin sign for a k.
func bothCases(s string) string {
	var b strings.Builder
	for _, r := range s {
		lower, upper := strings.ToLower(string(r)), strings.ToUpper(string(r))
		if lower != upper {
			b.WriteString("[" + lower + upper + "]")
		} else {
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

func (n lineRegex) push() pushed { return lineMatches(n.text()) }

func (n text) push() pushed {
	if n.escaped != nil {
		return lineMatches(n.escaped.String())
	}
	return lineMatches("(?i:" + regexp.QuoteMeta(n.text) + ")")
}

func (n fuzzy) push() pushed { return pushed{} }

func (n levelTerm) push() pushed {
	var names []string
	for r, all := range levels {
		if compare(r, n.op, n.rank) {
			names = append(names, all...)
		}
	}
	return pushed{labels: map[string]string{"level": "(?i:" + strings.Join(names, "|") + ")|"}}
}

// shippedLabels are the labels that say what the field of their name says. They may be missing.
var shippedLabels = map[string]bool{"level": true, "service": true, "component": true, "event_type": true, "task_type": true, "skill_id": true}

// labelName is what LogQL takes for one.
var labelName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// pushValue asks for a value: of a field that is a label by an expression for the whole of it, of all others by the
// field's name in the line and an expression for a part of the line, "" for none.
func (f *field) pushValue(label, line string) pushed {
	switch {
	case f.name == fingerprintField: // no line holds it, but only lines of trouble have one
		return levelTerm{">=", rank("warning")}.push()
	case f.label != "" && !labelName.MatchString(f.label):
		return pushed{}
	case f.label != "":
		return pushed{labels: map[string]string{f.label: label}}
	case shippedLabels[f.name]:
		return pushed{labels: map[string]string{f.name: label + "|"}}
	}
	p := pushed{}
	if f.name != "event" { // every line has one
		p.lines = append(p.lines, lineFilter{"|~", `"` + regexp.QuoteMeta(f.name) + `"` + escapedASCII})
	}
	if line != "" {
		p.lines = append(p.lines, lineFilter{"|~", line + escapedASCII})
	}
	return p
}

func (n fieldPresent) push() pushed { return n.pushValue("(?s:.+)", "") }

func (n fieldContains) push() pushed {
	return n.pushValue("(?is:.*"+regexp.QuoteMeta(n.needle.text)+".*)", jsonPattern(n.needle.text))
}

func (n fieldEquals) push() pushed {
	switch {
	case n.text == "": // holds for lines without the field
		return pushed{}
	case n.numeric && n.entry == nil: // 3 is 3.0
		if shippedLabels[n.name] {
			return pushed{}
		}
		return n.pushValue("", "")
	}
	return n.pushValue(regexp.QuoteMeta(n.text), jsonPattern(n.text))
}

func (n fieldRegex) push() pushed { return n.pushValue("(?s:.*)(?:"+n.re.text()+")(?s:.*)", "") }

func (n fieldCompare) push() pushed {
	if shippedLabels[n.name] {
		return pushed{}
	}
	return n.pushValue("", "")
}
