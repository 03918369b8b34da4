// Package stack reads the tracebacks that log lines carry in `exception` and `stack`: Python's, Go's, and those of
// package logging, which writes Go stacks in Python's layout.
//
// [Parse] never fails: what it does not understand is the message of an exception without a type. Its cost is linear in
// the text, of which at most [MaxText] bytes are read, so hostile text costs no more than text of that length. Text in
// the result is what the log said, control characters included.
//
// [Fingerprint] tells which lines report the same fault.
package stack

import "strings"

// MaxText is how much of a text is read, in bytes: a recursion of Python's default depth prints far less. Of a longer
// Python text the end is read, where the last exception is, and of a longer Go text the beginning, where the panic is.
const MaxText = 256 << 10

// A Trace is one exception with what led to it.
type Trace struct {
	// Causes are the exceptions in the order of the text: the first one is where the trouble began, the last one is
	// what the program reported.
	Causes []Cause
}

// Link says how an exception follows from the one before it.
type Link uint8

// Values of [Cause.Link].
const (
	First          Link = iota // nothing led to it
	DirectCause                // raised from the one before, or wrapping it
	DuringHandling             // raised while the one before was being handled
)

// A Cause is one exception of a chain.
type Cause struct {
	Link Link
	// Type is the exception's class as printed, with its module if Python gives one ("app.jobs.QuotaExceeded"), a Go
	// error's type ("fs.PathError"), or "panic" or "fatal error"; "" if the text does not say.
	Type string
	// Message is what follows the type, without it; Python prints an exception's notes as further lines of it.
	Message string
	Frames  []Frame // the outermost call first, the innermost last
	// Members are the exceptions of an exception group or the errors a Go error joins; of a dump of all goroutines those
	// after the first, each one Cause with the type "goroutine N" and its state as the message.
	Members []Trace
}

// A Frame is one call.
type Frame struct {
	File     string // as printed
	Line     int    // 0 if the text gives no number
	Function string // "" for the place of a SyntaxError
	Code     string // the source line or lines, without the marks below them; "" if the text has none
	Repeated int    // how many more times in a row the call stood there
	App      bool   // the program's own code: neither an installed package nor the standard library
}

// Last is the exception the program reported; nil if the text held none.
func (t *Trace) Last() *Cause {
	if len(t.Causes) == 0 {
		return nil
	}
	return &t.Causes[len(t.Causes)-1]
}

// Innermost is the innermost frame outside site-packages of the last exception, nil if all its frames are inside. Of
// Python that is taken by the word: a frame of the standard library counts, although it is no [Frame.App]. Go's installed
// packages are its module cache, vendored packages and its standard library, whose frames end every panic. An exception
// without any frame, such as a Go error that wraps one with a stack, stands for the one before it.
func (t *Trace) Innermost() *Frame {
	for i := len(t.Causes) - 1; i >= 0; i-- {
		frames := t.Causes[i].Frames
		for j := len(frames) - 1; j >= 0; j-- {
			if !frames[j].installed() {
				return &frames[j]
			}
		}
		if len(frames) > 0 {
			return nil
		}
	}
	return nil
}

// Parse reads the value of `exception` or `stack`.
func Parse(text string) Trace {
	if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed == "NoneType: None" {
		return Trace{} // older versions of structlog print that when nothing is being handled
	}
	if isGo(text) {
		return Trace{parseGo(splitLines(head(text)))}
	}
	return Trace{parsePython(splitLines(tail(text)), 0)}
}

func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return lines
}

// head is the whole lines of the first MaxText bytes.
func head(text string) string {
	if len(text) <= MaxText {
		return text
	}
	text = text[:MaxText]
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return text
}

// tail is the last MaxText bytes from where a call or an exception begins.
func tail(text string) string {
	if len(text) <= MaxText {
		return text
	}
	text = text[len(text)-MaxText:]
	for rest := text; ; {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return text
		}
		rest = rest[i+1:]
		if strings.HasPrefix(rest, framePrefix) || isHeader(strings.TrimLeft(firstLine(rest), " +|")) {
			return rest
		}
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r")
}
