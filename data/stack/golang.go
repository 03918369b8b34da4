package stack

import (
	"strconv"
	"strings"
)

// isGo tells Go's own layout from Python's by the first line that belongs to one of them.
func isGo(text string) bool {
	previous := ""
	for rest, more := head(text), true; more; {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		switch {
		case strings.HasPrefix(line, framePrefix), isHeader(strings.TrimLeft(line, " +|")):
			return false
		case isGoroutine(line):
			return true
		case previous != "" && previous[0] != '\t' && isLocation(line):
			return true
		}
		if previous == "" && line != "" && (strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")) {
			return true
		}
		previous = line
	}
	return false
}

// isGoroutine accepts "goroutine 1 [running]:".
func isGoroutine(line string) bool {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	return ok && strings.HasSuffix(rest, "]:") && rest[0] >= '0' && rest[0] <= '9' && strings.Contains(rest, " [")
}

// isLocation accepts "\t/src/main.go:12 +0x1d", the line below a function.
func isLocation(line string) bool {
	_, _, ok := location(line)
	return ok
}

func location(line string) (file string, number int, ok bool) {
	line, ok = strings.CutPrefix(line, "\t")
	if !ok {
		return "", 0, false
	}
	if i := strings.LastIndex(line, " +0x"); i >= 0 {
		line = line[:i]
	}
	i := strings.LastIndexByte(line, ':')
	if i <= 0 {
		return "", 0, false
	}
	number, err := strconv.Atoi(line[i+1:])
	return line[:i], number, err == nil && number >= 0
}

// goReader reads panics, dumps of goroutines, debug.Stack and the errors of packages that print a stack below each
// message (%+v).
type goReader struct {
	causes     []Cause
	message    []string // further lines of the current message
	goroutines int      // headers read
}

func parseGo(lines []string) []Cause {
	var r goReader
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if i+1 < len(lines) && line != "" && line[0] != '\t' && !isGoroutine(line) {
			if file, number, ok := location(lines[i+1]); ok {
				r.frame(line, file, number)
				i++
				continue
			}
		}
		r.line(line)
	}
	r.flush()
	for i := range r.causes {
		r.causes[i].settle()
	}
	return r.causes
}

// current is the exception or goroutine that what follows belongs to.
func (r *goReader) current() *Cause {
	if len(r.causes) == 0 {
		r.causes = append(r.causes, Cause{})
	}
	c := &r.causes[len(r.causes)-1]
	if n := len(c.Members); n > 0 {
		return &c.Members[n-1].Causes[0]
	}
	return c
}

// flush ends the current message.
func (r *goReader) flush() {
	if len(r.message) > 0 {
		r.current().Message = strings.Join(r.message, "\n")
		r.message = nil
	}
}

func (r *goReader) frame(function, file string, line int) {
	r.flush()
	if i := strings.LastIndex(function, " in goroutine "); i > 0 {
		function = function[:i] // where it was created
	}
	if i := strings.LastIndexByte(function, '('); i > 0 && strings.HasSuffix(function, ")") {
		function = function[:i]
	}
	f := Frame{File: file, Line: line, Function: function}
	f.App = f.isApp()
	c := r.current()
	c.Frames = append(c.Frames, f)
}

func (r *goReader) line(line string) {
	text := strings.TrimLeft(line, "\t")
	switch {
	case text == "", text == "...additional frames elided...", strings.HasPrefix(text, "exit status "):
	case isGoroutine(text):
		r.goroutine(text)
	case strings.HasPrefix(text, "panic: "), strings.HasPrefix(text, "fatal error: "):
		r.raised(text)
	default:
		c := r.current()
		switch {
		case len(c.Frames) > 0 && r.goroutines > 0: // nothing that Go prints: what the terminal mixed in
		case len(c.Frames) > 0: // the message of an error that wraps the one above
			r.causes = append(r.causes, Cause{Link: DirectCause})
			r.message = append(r.message, text)
		default:
			r.message = append(r.message, text)
		}
	}
}

// raised begins a panic. A further one came while the deferred calls of the first were running.
func (r *goReader) raised(text string) {
	if r.goroutines > 0 {
		return
	}
	r.flush()
	name, message, _ := strings.Cut(text, ": ")
	for _, note := range []string{" [recovered, repanicked]", " [recovered]"} {
		message = strings.TrimSuffix(message, note)
	}
	c := Cause{Type: name}
	if len(r.causes) > 0 {
		c.Link = DuringHandling
	}
	r.causes = append(r.causes, c)
	r.message = append(r.message, message)
}

func (r *goReader) goroutine(header string) {
	r.flush()
	r.current()
	r.goroutines++
	if r.goroutines == 1 {
		return // the one that the panic is about
	}
	name, state, _ := strings.Cut(strings.TrimSuffix(header, "]:"), " [")
	c := &r.causes[len(r.causes)-1]
	c.Members = append(c.Members, Trace{[]Cause{{Type: name, Message: state}}})
}

// settle turns the frames so that the outermost call comes first. Those above a panic are the deferred calls that handled
// it and print the stack; they are left out, because it is what panicked that matters.
func (c *Cause) settle() {
	for i := range c.Frames {
		if f := c.Frames[i].Function; f == "panic" || f == "runtime.gopanic" {
			c.Frames = c.Frames[i:]
			break
		}
	}
	for i, j := 0, len(c.Frames)-1; i < j; i, j = i+1, j-1 {
		c.Frames[i], c.Frames[j] = c.Frames[j], c.Frames[i]
	}
	for _, m := range c.Members {
		m.Causes[0].settle()
	}
}
