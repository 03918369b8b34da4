// Package logline reads Donna's log lines: one JSON object per line, as her Python service prints it, among lines of
// other programs that are no JSON at all.
//
// A line is read by Python's rules, because Python wrote it and Python's json.loads is what tells whether it is JSON:
// the standard grammar plus bare NaN, Infinity and -Infinity; of two equal keys the last counts, whatever its value is;
// a key may be written with escapes. Unlike Python it accepts a lone surrogate escape as U+FFFD and bytes that are not
// UTF-8 as they are, puts no limit on the depth of nesting (it is walked, not recursed into) or on the length of a
// number, so that nothing a service printed makes a line unreadable.
//
// [Parse] picks the fields every figure needs in one pass over the line and checks the rest without storing it;
// [Entry.Fields] gives all fields of one entry when somebody looks at it. Text in entries is what the log said, control
// characters included: it is neutralised where it is drawn.
package logline

import (
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/timestamp"
)

// Values of [Entry.Source].
const (
	SourceLoki = "loki"
	SourceLogs = "logs"
)

// An Entry is one line of a log. Its strings are parts of Raw wherever the line does not escape them.
type Entry struct {
	// Time is when it was logged, in UTC: the line's own `timestamp` if that is RFC 3339, else Transport, else the time
	// of the line before.
	Time time.Time
	// Transport is when the transport saw the line (Loki's or Docker's stamp); zero if there is none.
	Transport time.Time

	Level     string // lower case; "" if there is none
	Service   string // the line's own `service`; a source puts what it knows in its place, see [LabelService]
	Component string
	Event     string
	EventType string // as in the line; package events normalises it
	TaskType  string

	TaskID        string
	CorrelationID string
	InvocationID  string

	Source string            // SourceLoki or SourceLogs
	Labels map[string]string // labels of the stream, shared between entries and read-only; nil for files

	JSON bool   // the line is one whole JSON object; without it, all of Level to InvocationID are ""
	Late bool   // it arrived after younger lines had been shown
	Raw  string // the line as received, without its newline
}

// Parse fills e from the line raw. transport is the transport's stamp, zero if there is none, and prev the Time of the
// line before on the same stream. Source, Labels and Late belong to the caller and stay as they are; all other fields
// are set anew, so an Entry can be used again.
//
// A field whose value is not text counts as missing, as `obj.get("event") == "x"` does in Python: an `event` of 5 is not
// the event "5". Parse allocates only for fields written with escapes or levels of unknown names in upper case.
func Parse(e *Entry, raw string, transport, prev time.Time) {
	*e = Entry{Source: e.Source, Labels: e.Labels, Late: e.Late, Raw: raw, Transport: transport}
	own, ok := e.pick(raw)
	if !ok { // drop what was picked before the line turned out not to be JSON
		*e = Entry{Source: e.Source, Labels: e.Labels, Late: e.Late, Raw: raw, Transport: transport}
	}
	e.JSON = ok
	if ok && own != "" {
		if t, ok := timestamp.TimeRFC3339(own); ok {
			e.Time = t
			return
		}
	}
	if e.Time = transport.UTC(); transport.IsZero() {
		e.Time = prev.UTC()
	}
}

// pick scans the whole line, storing the fields of e, and returns its `timestamp`. ok says whether it is one object.
func (e *Entry) pick(raw string) (own string, ok bool) {
	s := scanner{src: raw}
	if !s.open() {
		return "", false
	}
	var escaped [maxEscapedName]byte
	for s.next() {
		key := s.key
		if s.keyEscaped {
			if len(key) > maxEscapedName {
				continue // longer than any name below
			}
			key = string(appendUnescaped(escaped[:0], key))
		}
		switch key {
		case "timestamp":
			own = s.text()
		case "level":
			e.Level = lowerLevel(s.text())
		case "service":
			e.Service = s.text()
		case "component":
			e.Component = s.text()
		case "event":
			e.Event = s.text()
		case "event_type":
			e.EventType = s.text()
		case "task_type":
			e.TaskType = s.text()
		case "task_id":
			e.TaskID = s.text()
		case "correlation_id":
			e.CorrelationID = s.text()
		case "invocation_id":
			e.InvocationID = s.text()
		}
	}
	return own, s.done()
}

// maxEscapedName is the length of the longest name that pick knows, with every letter written as \uXXXX.
const maxEscapedName = len("correlation_id") * len(`\u0063`)

// lowerLevel gives the usual levels as constants: they are compared and counted a lot.
func lowerLevel(s string) string {
	switch s {
	case "info", "INFO":
		return "info"
	case "debug", "DEBUG":
		return "debug"
	case "warning", "WARNING":
		return "warning"
	case "error", "ERROR":
		return "error"
	case "critical", "CRITICAL":
		return "critical"
	}
	return strings.ToLower(s)
}

// LabelService names the service of a Loki stream: its label `service`, else `container_name`, else "".
func LabelService(labels map[string]string) string {
	if s := labels["service"]; s != "" {
		return s
	}
	return labels["container_name"]
}
