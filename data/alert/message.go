package alert

import (
	"fmt"
	"strings"
	"time"
)

// MessageKind says what a message is about.
type MessageKind string

// The kinds.
const (
	Fired    MessageKind = "fired"
	Reminded MessageKind = "reminded"
	Resolved MessageKind = "resolved"
	Test     MessageKind = "test"
)

// Message is what people are told. Its texts are of one line each and free of
// control characters; they still hold names that others chose: a [Notifier]
// makes them harmless for where it sends them.
type Message struct {
	Kind     MessageKind `json:"kind"`
	Rule     string      `json:"rule"`
	Severity Severity    `json:"severity"`
	At       time.Time   `json:"at"`
	Head     string      `json:"head"`
	Lines    []string    `json:"lines"` // one for each subject
	Foot     string      `json:"foot"`
}

// Text is the message in plain lines.
func (m *Message) Text() string {
	lines := append([]string{m.Head}, m.Lines...)
	if m.Foot != "" {
		lines = append(lines, m.Foot)
	}
	return strings.Join(lines, "\n")
}

// maxSubjects is how many subjects a message names.
const maxSubjects = 10

// stamp is the form of times in messages: they may be read a day later.
const stamp = "2006-01-02 15:04 MST"

// compose makes the message of a notice.
func compose(n *Notice, loc *time.Location) Message {
	word := map[MessageKind]string{Fired: "FIRING", Reminded: "STILL FIRING", Resolved: "RESOLVED"}[n.Kind]
	m := Message{Kind: n.Kind, Rule: n.Rule, Severity: n.Severity, At: n.At, Head: word + ": " + n.Title}
	for i, s := range n.Subjects {
		if i == maxSubjects {
			m.Lines = append(m.Lines, fmt.Sprintf("... and %d more", len(n.Subjects)-i))
			break
		}
		m.Lines = append(m.Lines, subjectLine(n, &s))
	}
	first := n.Subjects[0].Since
	for _, s := range n.Subjects {
		if s.Since.Before(first) {
			first = s.Since
		}
	}
	m.Foot = "since " + first.In(loc).Format(stamp)
	if n.Kind == Resolved {
		m.Foot = "over at " + n.At.In(loc).Format(stamp)
	}
	return m
}

// TestMessage shows whoever gets it that alerts would arrive. from names the
// machine that sends it.
func TestMessage(at time.Time, from string, loc *time.Location) Message {
	return Message{
		Kind: Test, Severity: Warning, At: at, Head: "TEST: alerts from donnatop arrive here",
		Lines: []string{"sent from " + clean(from) + " by donnatop doctor --send-test; nothing is wrong"}, Foot: "at " + at.In(loc).Format(stamp),
	}
}

// subjectLine tells of one subject: what is wrong and for how long, or how long
// it was.
func subjectLine(n *Notice, s *NoticeSubject) string {
	if n.Kind == Resolved {
		return fmt.Sprintf("%s: over after %s", clean(s.Subject), span(n.At.Sub(s.Since)))
	}
	return clean(s.Subject) + ": " + clean(s.Detail) + during(n.At.Sub(s.Since))
}

// during is for how long something has been so; nothing while that is news.
func during(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return ", for " + span(d)
}

// Notice is that subjects of a rule began to fire, still do or no longer do.
type Notice struct {
	Kind     MessageKind
	Rule     string
	Title    string
	Severity Severity
	At       time.Time
	Subjects []NoticeSubject // by name; at least one
}

// NoticeSubject is one subject of a notice.
type NoticeSubject struct {
	Subject string
	Since   time.Time // when its condition began to hold
	Value   float64
	Detail  string
}
