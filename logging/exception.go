package logging

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

const (
	tracebackHead = "Traceback (most recent call last):\n"
	causeSentence = "\n\nThe above exception was the direct cause of the following exception:\n\n"
	// maxChain bounds an error that wraps itself.
	maxChain = 64
)

// exceptionText returns what a line's exception says of err: the causes
// first, each with the stack it carries, then err itself, in the layout of a
// Python traceback, so that the same tools read both.
func exceptionText(err error) string {
	var b strings.Builder
	writeChain(&b, err, "", maxChain)
	return b.String()
}

// writeChain writes err and its causes, every line behind indent.
func writeChain(b *strings.Builder, err error, indent string, left int) {
	if t, ok := err.(interface{ Traceback() string }); ok {
		if text, failed := guarded(func() (string, error) { return t.Traceback(), nil }); failed == nil && text != "" {
			writeIndented(b, text, indent)
			return
		}
	}
	stack := stackOf(err)
	if s, ok := err.(*stacked); ok { // only adds a stack to the error it holds
		err = s.error
	}
	if left == 0 {
		writeIndented(b, "...", indent)
		return
	}
	parts, cause := causes(err)
	if cause != nil {
		writeChain(b, cause, indent, left-1)
		writeIndented(b, causeSentence, indent)
	}
	if stack != "" {
		writeIndented(b, tracebackHead+stack, indent)
	}
	writeIndented(b, headline(err), indent)
	writeParts(b, parts, indent, left)
}

// causes returns what err wraps: the parts of a joined error, or one cause.
func causes(err error) (parts []error, cause error) {
	_, _ = guarded(func() (struct{}, error) {
		cause = errors.Unwrap(err)
		if j, ok := err.(interface{ Unwrap() []error }); ok {
			for _, part := range j.Unwrap() {
				if part != nil {
					parts = append(parts, part)
				}
			}
		}
		return struct{}{}, nil
	})
	return parts, cause
}

// writeParts draws the parts of a joined error as Python draws the members of
// an exception group.
func writeParts(b *strings.Builder, parts []error, indent string, left int) {
	if len(parts) == 0 {
		return
	}
	for i, part := range parts {
		lead := "  +"
		if i == 0 {
			lead = "+-+"
		}
		writeIndented(b, "\n"+lead+"---------------- "+strconv.Itoa(i+1)+" ----------------\n", indent)
		writeChain(b, part, indent+"  | ", left-1)
	}
	writeIndented(b, "\n  +------------------------------------", indent)
}

// writeIndented writes text with indent at the start of each of its lines.
func writeIndented(b *strings.Builder, text, indent string) {
	if indent == "" {
		b.WriteString(text)
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line != "" && atLineStart(b) {
			b.WriteString(indent)
		}
		b.WriteString(line)
	}
}

func atLineStart(b *strings.Builder) bool {
	s := b.String()
	return s == "" || s[len(s)-1] == '\n'
}

// headline returns "Type: message", or the type alone without a message.
func headline(err error) string {
	name := strings.TrimLeft(reflect.TypeOf(err).String(), "*")
	if p, ok := err.(*recovered); ok {
		name = p.typeName()
	}
	if message := errorText(err); message != "" {
		return name + ": " + message
	}
	return name
}

// recovered is the error of a panic.
type recovered struct {
	value any
	pcs   []uintptr
}

// Recovered returns value, what recover gave, as an error that carries the
// stack of the panic. Call it in the deferred function itself. An error that
// was the panic's value is wrapped.
func Recovered(value any) error {
	return &recovered{value: value, pcs: panicCallers()}
}

func (r *recovered) Error() string { return fmt.Sprint(r.value) }

func (r *recovered) Unwrap() error {
	err, _ := r.value.(error)
	return err
}

func (r *recovered) Callers() []uintptr { return r.pcs }

func (r *recovered) typeName() string { return "panic" }
