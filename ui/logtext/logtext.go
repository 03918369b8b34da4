// Package logtext writes a log line as one line of text for people: when, how
// bad, who, what, and then its fields in their order. What the line says passes
// ui/safe, so that nothing in it can steer a terminal.
package logtext

import (
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

// Options say how lines look. The zero value of each field means its default.
type Options struct {
	// Styles are the colours; none if nil.
	Styles *themes.Styles
	// Location is that of the times; UTC if nil.
	Location *time.Location
	Charset  safe.Charset
}

// Widths of the columns; longer texts are not cut but push what follows.
const (
	levelWidth   = 8 // critical
	serviceWidth = 18
)

// stamp is the form of times: they sort as text.
const stamp = "2006-01-02 15:04:05.000"

// none stands for a time or level that a line doesn't have.
const none = "-"

// A Writer makes lines of entries. It isn't safe for concurrent use.
type Writer struct {
	o      Options
	styles themes.Styles
	buf    []byte
}

// New is a writer of lines.
func New(o Options) *Writer {
	w := &Writer{o: o}
	if o.Styles != nil {
		w.styles = *o.Styles
	}
	if o.Location == nil {
		w.o.Location = time.UTC
	}
	return w
}

// Line is the text of an entry, without a newline; it is valid until the next
// call.
func (w *Writer) Line(e *logline.Entry) []byte {
	w.buf = w.buf[:0]
	at := none
	if !e.Time.IsZero() {
		at = e.Time.In(w.o.Location).Format(stamp)
	}
	w.add(w.styles.Faint, at, len(stamp))
	level := e.Level
	if level == "" {
		level = none
	}
	w.add(w.styles.Level(e.Level), level, levelWidth)
	w.add(w.styles.Accent, e.Service, serviceWidth)
	if !e.JSON {
		w.add(w.styles.Text, e.Raw, 0)
		return w.end()
	}
	w.add(w.styles.Strong, e.Event, 0)
	for _, f := range e.Fields() {
		if shown(f, e) {
			w.add(w.styles.Faint, f.Key+"=", -1)
			w.add(w.styles.Text, value(f), 0)
		}
	}
	return w.end()
}

// shown tells whether a field isn't said already.
func shown(f logline.Field, e *logline.Entry) bool {
	switch f.Key {
	case "timestamp":
		return e.Time.IsZero()
	case "level":
		return e.Level == ""
	case "event":
		return e.Event == ""
	case "service":
		return f.Value != e.Service
	}
	return f.Kind != logline.Null
}

// value is a field's value, in quotes if it would be read as more than one.
func value(f logline.Field) string {
	if f.Kind == logline.String && (f.Value == "" || strings.ContainsAny(f.Value, " \t\"=")) {
		return `"` + strings.ReplaceAll(f.Value, `"`, `\"`) + `"`
	}
	return f.Value
}

// add appends a text in a paint and blanks up to a width and one more; a width
// of -1 appends no blank.
func (w *Writer) add(p themes.Paint, text string, width int) {
	cells := 0
	if text != "" {
		w.buf = append(w.buf, p.On()...)
		cut := text[:min(len(text), safe.MaxBytes)]
		w.buf, cells, _ = safe.Append(w.buf, cut, safe.MaxBytes, w.o.Charset)
		if len(cut) < len(text) {
			w.buf = safe.AppendGlyphs(w.buf, "…", w.o.Charset)
		}
		if p.On() != "" {
			w.buf = append(w.buf, themes.Off...)
		}
	}
	if width < 0 {
		return
	}
	for ; cells < width; cells++ {
		w.buf = append(w.buf, ' ')
	}
	w.buf = append(w.buf, ' ')
}

// end drops the blanks after the last text.
func (w *Writer) end() []byte {
	for n := len(w.buf); n > 0 && w.buf[n-1] == ' '; n-- {
		w.buf = w.buf[:n-1]
	}
	return w.buf
}
