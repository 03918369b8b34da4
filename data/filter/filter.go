// Package filter is the language in which log lines are chosen, the same on every screen and on the command line:
//
//	service:orchestrator level>=error -event:health_check /timed? out/ "no such" refused
//
// Terms side by side must all hold; "|" or the word or separates alternatives and binds less; parentheses group; "-", "!"
// or the word not in front of a term turns it round.
//
//	word "some text"    the line contains it, upper or lower case alike
//	/regex/ /regex/i    the line matches it; syntax as in Go (RE2), i: upper or lower case alike
//	~abc                the event contains these letters in this order (the line, if it is not JSON)
//	field:text          the field's text contains it, upper or lower case alike; field:* it is there
//	field=text          it is exactly that; field="" it is empty or missing; field!=text is -field=text
//	field:/regex/       it matches
//	field>0.1           also >= < <=: it is a number for which that holds
//	level>=error        likewise for the levels debug < info < warning < error < critical
//
// A field is any top-level field of the line's JSON object. service, component, event, event_type, task_type, task_id,
// correlation_id, invocation_id and level are those of [logline.Entry]: text only, and the service is known of lines that
// do not name it. label.NAME is a label of the line's stream in Loki; fingerprint is the fault that a line of level warning,
// error or critical reports ([stack.Fingerprint]). @name stands for the saved filter of that name ([ParseNamed]). A term about a field fails on a line without it, so
// its negation holds. Levels are compared as such: level:warn, level:warning and level=warning are the same.
//
// Text is looked for in the line as it was received, of which keys and punctuation are a part, but with JSON's escapes
// understood: "café" finds caf\u00e9. A word that holds blanks, quotes, brackets or "|", or would be read as something
// else, is written in quotes, where \" is a quote and \\ a backslash ([Quote]).
package filter

import (
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// A Filter chooses lines. The zero value and nil choose all. It is immutable and safe for concurrent use.
type Filter struct {
	root node // nil chooses all
}

// A node is a term or what joins terms.
type node interface {
	match(e *logline.Entry) bool
	write(b *strings.Builder)
	push() pushed // what of it Loki can do
	cost() int    // in about nanoseconds, to try the cheapest first
}

// Match tells whether the filter chooses the line.
func (f *Filter) Match(e *logline.Entry) bool {
	return f == nil || f.root == nil || f.root.match(e)
}

// Empty tells whether the filter chooses all lines.
func (f *Filter) Empty() bool { return f == nil || f.root == nil }

// String is the filter in the one form that all filters of the same terms in the same order have; Parse reads it back to
// an equal filter. An empty filter is "".
func (f *Filter) String() string {
	if f.Empty() {
		return ""
	}
	var b strings.Builder
	f.root.write(&b)
	return b.String()
}

// Quote is text as a word or value of a filter: in quotes if it needs them.
func Quote(text string) string {
	if !needsQuotes(text) {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
