package panels

import (
	"cmp"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// LineColumns is what is shown of a log line. The text of a line that is no JSON
// is always shown.
type LineColumns uint8

// The columns. IDs and the other fields stand together, as key=value.
const (
	ColumnTime LineColumns = 1 << iota
	ColumnLevel
	ColumnService
	ColumnComponent
	ColumnEvent
	ColumnIDs
	ColumnFields
)

// DefaultColumns are those shown unless a reader chooses others.
const DefaultColumns = ColumnTime | ColumnLevel | ColumnService | ColumnEvent | ColumnIDs | ColumnFields

// LineOptions is how a log line is drawn.
type LineOptions struct {
	Columns LineColumns
	Wrap    bool // into as many lines as its text needs
	Most    int  // but not more than these
}

// LogLine draws a log line in lines of exactly w cells: in one, or, if wrap is
// set, in as many as its text needs, at most maxLines. Lines after the first
// are indented to the event.
//
// It shows time, level, service, event and then the other fields; a line that
// is no JSON as it came. Only what is visible is looked at.
func LogLine(env *Env, l *data.LogLine, w int, wrap bool, maxLines int) []string {
	return LogLineWith(env, l, w, LineOptions{Columns: DefaultColumns, Wrap: wrap, Most: maxLines})
}

// LogLineWith is [LogLine] with the columns of the reader's choice.
func LogLineWith(env *Env, l *data.LogLine, w int, o LineOptions) []string {
	if !o.Wrap {
		o.Most = 1
	}
	if w <= 0 {
		return []string{""}
	}
	if w < usualLine {
		o.Columns &^= ColumnComponent // no room for it: then it is a field like others
	}
	f := newFlow(env, w, o.Most)
	writeHead(f, l, o.Columns)
	f.indent = f.b.Used()
	if l.Late {
		f.write(env.Styles.Warning, "late ")
	}
	s := env.Styles
	if !l.JSON {
		f.write(s.Text, l.Raw[:min(len(l.Raw), f.budget())])
		return f.lines()
	}
	if o.Columns&ColumnEvent != 0 {
		event := s.Text
		if l.Level == "error" || l.Level == "critical" {
			event = s.Level(l.Level)
		}
		f.write(event, cmp.Or(l.Event, "–"))
	}
	if o.Columns&(ColumnIDs|ColumnFields) != 0 {
		writeFields(f, l.Raw[:min(len(l.Raw), f.budget())], o.Columns)
	}
	return f.lines()
}

// budget is how many bytes of a line can matter for what is still to be shown:
// an escaped character takes up to twelve for one cell.
func (f *flow) budget() int { return 12*f.w*f.most + 4096 }

// Columns of a log line by width.
const (
	levelW       = 7 // glyph, blank, word
	wideLine     = 100
	usualLine    = 60
	narrowLine   = 36
	serviceWideW = 18
	serviceW     = 12
)

// writeHead writes the columns every line begins with.
func writeHead(f *flow, l *data.LogLine, c LineColumns) {
	s, b := f.env.Styles, &f.b
	if c&ColumnTime != 0 && f.w >= narrowLine {
		layout := format.LayoutClock
		if f.w >= wideLine {
			layout = format.LayoutMillis
		}
		b.Text(s.Faint, l.Time.In(f.env.location()).Format(layout)).Space(1)
	}
	if c&ColumnLevel != 0 {
		glyph, word := levelSign(l.Level)
		paint := s.Level(l.Level)
		b.Glyphs(paint, glyph).Space(1)
		if f.w >= narrowLine {
			b.Left(paint, word, levelW-2).Space(1)
		}
	}
	if f.w < usualLine {
		return
	}
	w := serviceW
	if f.w >= wideLine {
		w = serviceWideW
	}
	if c&ColumnService != 0 {
		b.Left(s.Accent, l.Service, w).Space(1)
	}
	if c&ColumnComponent != 0 {
		b.Left(s.Text, l.Component, w).Space(1)
	}
}

// levelSign is a level as a glyph and a word of at most five letters.
func levelSign(level string) (glyph, word string) {
	switch level {
	case "debug":
		return "·", "debug"
	case "info":
		return "○", "info"
	case "warning":
		return "▲", "warn"
	case "error":
		return "✗", "error"
	case "critical":
		return "■", "CRIT"
	case "":
		return " ", ""
	}
	return "–", level
}

// shownElsewhere are fields with a column of their own.
func shownElsewhere(key string) bool {
	switch key {
	case "timestamp", "level", "service", "event":
		return true
	}
	return false
}

// shows tells whether a field without a column of its own is to be seen.
func (c LineColumns) shows(key string) bool {
	switch {
	case key == "component" && c&ColumnComponent != 0:
		return false
	case strings.HasSuffix(key, "_id"):
		return c&ColumnIDs != 0
	}
	return c&ColumnFields != 0
}

// writeFields writes the fields of a JSON line as key=value.
func writeFields(f *flow, raw string, c LineColumns) {
	s := f.env.Styles
	for it := newFields(raw); !f.done; {
		key, value, ok := it.next()
		if !ok {
			return
		}
		if shownElsewhere(key) || !c.shows(key) {
			continue
		}
		name := cmp.Or(key, `""`) + "="
		if f.b.Used() > f.margin() {
			name = "  " + name
		}
		f.write(s.Faint, name)
		if f.env.hides(key) {
			value = hidden
		}
		f.write(fieldPaint(s, key), inline(value))
	}
}

// fieldPaint brings out the fields people look for.
func fieldPaint(s *themes.Styles, key string) themes.Paint {
	switch key {
	case "exception", "error", "reason":
		return s.Bad
	case "correlation_id", "task_id", "invocation_id":
		return s.Accent
	}
	return s.Text
}

// inline is a JSON value as it stands in a row: text without its quotes unless
// something would be unclear without them.
func inline(value string) string {
	if !strings.HasPrefix(value, `"`) {
		return value
	}
	text := unquote(value)
	if text == "" || strings.ContainsAny(text, ` "=`) {
		return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
	}
	return text
}
