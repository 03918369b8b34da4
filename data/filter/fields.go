package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/stack"
)

// field is where a term looks.
type field struct {
	name  string
	label string                      // the stream's label, for "label.NAME"
	entry func(*logline.Entry) string // for the fields of an Entry
}

const labelPrefix = "label."

var entryFields = map[string]func(*logline.Entry) string{
	"level":          func(e *logline.Entry) string { return e.Level },
	"service":        func(e *logline.Entry) string { return e.Service },
	"component":      func(e *logline.Entry) string { return e.Component },
	"event":          func(e *logline.Entry) string { return e.Event },
	"event_type":     func(e *logline.Entry) string { return e.EventType },
	"task_type":      func(e *logline.Entry) string { return e.TaskType },
	"task_id":        func(e *logline.Entry) string { return e.TaskID },
	"correlation_id": func(e *logline.Entry) string { return e.CorrelationID },
	"invocation_id":  func(e *logline.Entry) string { return e.InvocationID },
	fingerprintField: stack.LineFingerprint,
}

// fingerprintField is made from the line, which doesn't hold it, and costs more than reading one.
const fingerprintField = "fingerprint"

func newField(name string) *field {
	f := &field{name: name, entry: entryFields[name]}
	if label, ok := strings.CutPrefix(name, labelPrefix); ok && label != "" {
		f.label = label
		f.entry = func(e *logline.Entry) string { return e.Labels[label] }
	}
	return f
}

// value is the field's text; ok is false on lines without it. number says whether JSON holds it as a number.
func (f *field) value(e *logline.Entry) (value string, number, ok bool) {
	if f.entry != nil {
		value = f.entry(e)
		return value, false, value != ""
	}
	return lookup(e, f.name)
}

func (f *field) cost() int {
	switch {
	case f.name == fingerprintField:
		return 20_000
	case f.entry != nil:
		return 10
	}
	return 200
}

// newFieldTerm is the term name op value. The error says what is wrong with the value.
func newFieldTerm(name, op, value string, quoted bool) (node, error) {
	f := newField(name)
	if name == "level" {
		if n, ok := newLevelTerm(op, value); ok {
			return n, nil
		}
		if op != ":" && op != "=" {
			return nil, fmt.Errorf("%q is no level: use debug, info, warning, error or critical", value)
		}
	}
	switch op {
	case ":":
		switch {
		case value == "*" && !quoted:
			return fieldPresent{f}, nil
		case value == "":
			return nil, fmt.Errorf(`every text contains "": use %s:* for lines that have the field, %s="" for those that don't`, name, name)
		}
		return fieldContains{f, newNeedle(value)}, nil
	case "=":
		return newFieldEquals(f, value), nil
	}
	if f.entry != nil {
		return nil, fmt.Errorf("%s is text and is not greater or less than anything: use %s:text or %s=text", name, name, name)
	}
	bound, err := strconv.ParseFloat(value, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || bound != bound {
		return nil, fmt.Errorf("%q is no number to compare with: use for example %s%s0.5", value, name, op)
	}
	return fieldCompare{f, op, bound}, nil
}

// fieldPresent holds if the line has the field.
type fieldPresent struct{ *field }

func (n fieldPresent) match(e *logline.Entry) bool { _, _, ok := n.value(e); return ok }
func (n fieldPresent) write(b *strings.Builder)    { b.WriteString(n.name + ":*") }

// fieldContains holds if the field's text contains the needle.
type fieldContains struct {
	*field
	needle needle
}

func (n fieldContains) match(e *logline.Entry) bool {
	value, _, ok := n.value(e)
	return ok && n.needle.in(value)
}

func (n fieldContains) write(b *strings.Builder) { b.WriteString(n.name + ":" + Quote(n.needle.text)) }

// fieldEquals holds if the field is that text or number.
type fieldEquals struct {
	*field
	text    string
	number  float64
	numeric bool
}

func newFieldEquals(f *field, value string) fieldEquals {
	number, err := strconv.ParseFloat(value, 64)
	return fieldEquals{f, value, number, err == nil}
}

func (n fieldEquals) match(e *logline.Entry) bool {
	value, number, _ := n.value(e)
	if value == n.text {
		return true
	}
	if !number || !n.numeric {
		return false
	}
	v, err := strconv.ParseFloat(value, 64)
	return err == nil && v == n.number
}

func (n fieldEquals) write(b *strings.Builder) { b.WriteString(n.name + "=" + Quote(n.text)) }

// fieldRegex holds if the field's text matches.
type fieldRegex struct {
	*field
	re *pattern
}

func (n fieldRegex) match(e *logline.Entry) bool {
	value, _, ok := n.value(e)
	return ok && n.re.compiled.MatchString(value)
}

func (n fieldRegex) cost() int { return n.field.cost() + 1000 }

func (n fieldRegex) write(b *strings.Builder) {
	b.WriteString(n.name + ":")
	n.re.write(b)
}

// fieldCompare holds if the field is a number on that side of the bound.
type fieldCompare struct {
	*field
	op    string
	bound float64
}

func (n fieldCompare) match(e *logline.Entry) bool {
	value, number, ok := n.value(e)
	if !ok || !number {
		return false
	}
	v, err := strconv.ParseFloat(value, 64)
	return (err == nil || errors.Is(err, strconv.ErrRange)) && compare(v, n.op, n.bound)
}

func (n fieldCompare) write(b *strings.Builder) {
	b.WriteString(n.name + n.op + strconv.FormatFloat(n.bound, 'g', -1, 64))
}

func compare[T int | float64](a T, op string, b T) bool {
	switch op {
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "<":
		return a < b
	case "<=":
		return a <= b
	}
	return a == b
}
