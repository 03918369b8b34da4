package filter

import (
	"regexp"
	"slices"
	"strings"
)

// said is a LogQL pipeline in the making: line filters, then the fields taken from the line, then conditions for them.
type said struct {
	lines   []lineFilter
	fields  []string // as JSON has them; their labels have fieldLabel in front
	when    string
	negated bool // a condition holds for lines that are no JSON, too
}

// fieldLabel is in front of the labels made of fields: Loki renames those of which the stream has one already.
const fieldLabel = "f_"

// Exactly is a LogQL pipeline that lets through the very lines the filter chooses, no more and no less, unlike
// [Filter.LogQL], whose answers are filtered again. LogQL has no words for some terms: unsaid is the first of them, "" if
// there is none.
func (f *Filter) Exactly() (pipeline, unsaid string) {
	if f.Empty() {
		return "", ""
	}
	s, stuck := say(f.root, false)
	if stuck != nil {
		var b strings.Builder
		stuck.write(&b)
		return "", b.String()
	}
	var stages []string
	for _, l := range s.lines {
		stages = append(stages, l.op+" "+logqlString(l.expression))
	}
	if len(s.fields) > 0 {
		slices.Sort(s.fields)
		var taken []string
		for _, name := range slices.Compact(s.fields) {
			taken = append(taken, fieldLabel+name+`="`+name+`"`)
		}
		stages = append(stages, "| json "+strings.Join(taken, ", "))
		if s.negated { // a line that is no JSON would fail the query, if it is let through
			stages = append(stages, "| drop __error__, __error_details__")
		}
	}
	if s.when != "" {
		stages = append(stages, "| "+s.when)
	}
	return strings.Join(stages, " "), ""
}

// say puts a node, or its negation, into LogQL; stuck is what can't be.
func say(n node, negate bool) (s said, stuck node) {
	switch n := n.(type) {
	case not:
		return say(n.node, !negate)
	case and:
		return sayAll(n, n.nodes, negate, negate)
	case or:
		return sayAll(n, n.nodes, negate, !negate)
	case lineRegex:
		return sayLine(n.text(), negate), nil
	case text:
		if n.escaped != nil {
			return sayLine(n.escaped.String(), negate), nil
		}
		return sayLine(bothCases(n.text), negate), nil
	}
	name, fromLabel, expression := sayValue(n)
	if expression == "" || !labelName.MatchString(name) {
		return said{}, n
	}
	label := name
	if !fromLabel {
		s.fields, label = []string{name}, fieldLabel+name
	}
	op := "=~"
	if negate {
		op, s.negated = "!~", true
	}
	s.when = label + op + logqlString(expression)
	return s, nil
}

func sayLine(expression string, negate bool) said {
	op := "|~"
	if negate {
		op = "!~"
	}
	return said{lines: []lineFilter{{op, expression}}}
}

// sayAll joins nodes: by or if any of them is enough. Line filters are all asked for, so that an or of them must be one
// regular expression, and has no room for conditions.
func sayAll(joint node, nodes []node, negate, anyOf bool) (all said, stuck node) {
	var when []string
	for _, n := range nodes {
		s, stuck := say(n, negate)
		if stuck != nil {
			return said{}, stuck
		}
		all.lines, all.fields = append(all.lines, s.lines...), append(all.fields, s.fields...)
		all.negated = all.negated || s.negated
		if s.when != "" {
			when = append(when, s.when)
		}
	}
	word := " and "
	if anyOf {
		word = " or "
	}
	if all.when = strings.Join(when, word); len(when) > 1 {
		all.when = "(" + all.when + ")"
	}
	if !anyOf || len(all.lines) == 0 {
		return all, nil
	}
	var either []string
	for _, l := range all.lines {
		if l.op == "|~" {
			either = append(either, "(?:"+l.expression+")")
		}
	}
	if len(when) > 0 || len(either) != len(nodes) {
		return said{}, joint
	}
	return said{lines: []lineFilter{{"|~", strings.Join(either, "|")}}}, nil
}

// sayValue is a regular expression for the whole of a field's value, which lines without the field don't match; "" if
// there is none that Loki would judge as [Filter.Match] does.
func sayValue(n node) (name string, fromLabel bool, expression string) {
	switch n := n.(type) {
	case levelTerm:
		var names []string
		for r, all := range levels {
			if compare(r, n.op, n.rank) {
				names = append(names, all...)
			}
		}
		return "level", false, "(?i:" + strings.Join(names, "|") + ")"
	case fieldEquals:
		if n.text != "" && !n.numeric && n.isSayable() {
			name, fromLabel = n.place()
			return name, fromLabel, regexp.QuoteMeta(n.text)
		}
	case fieldContains:
		if n.isSayable() && n.needle.re == nil {
			name, fromLabel = n.place()
			return name, fromLabel, "(?s:.*)" + bothCases(n.needle.text) + "(?s:.*)"
		}
	case fieldRegex:
		if n.isSayable() && !n.re.compiled.MatchString("") {
			name, fromLabel = n.place()
			return name, fromLabel, "(?s:.*)(?:" + n.re.text() + ")(?s:.*)"
		}
	}
	return "", false, ""
}

// isSayable tells whether Loki has the field's text as we do. Of fields that are text by their nature it has; others may
// be numbers, lists and objects, which it writes in its own way; a fingerprint is in no line, and of lines that name no
// service it is that of their stream.
func (f *field) isSayable() bool {
	return f.entry != nil && f.name != fingerprintField && f.name != "service"
}

// place is the name of a field in the line, or of a label of the stream.
func (f *field) place() (name string, fromLabel bool) {
	if f.label != "" {
		return f.label, true
	}
	return f.name, false
}
