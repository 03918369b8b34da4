package panels

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// LineRows are the log lines that a table shows, chosen by the view. They are
// never changed.
type LineRows struct {
	Lines []*data.LogLine // in the order of the table
	Of    int             // how many there are, of which these come first
	Order string          // what they are sorted by
	Since string          // of when the oldest line in memory is
	Gone  bool            // what is shown is older than that
}

// errorLinesPanel lists warnings, errors and criticals one by one.
func errorLinesPanel() Panel {
	return Panel{
		ID: "error_lines", Title: "Lines", MinW: 30, MinH: 4, ShowsLines: true,
		Status: func(in *Input) string {
			if in.Lines == nil {
				return logsStatus(in, "")
			}
			return logsStatus(in, join(in.Lines.shown(), in.Lines.Order))
		},
		Draw: drawing(drawErrorLines),
	}
}

// shown says how many lines there are and of which time.
func (r *LineRows) shown() string {
	n := format.Int(int64(r.Of))
	if len(r.Lines) < r.Of {
		n = format.Int(int64(len(r.Lines))) + " of " + n
	}
	return join(n+" lines", r.Since)
}

func drawErrorLines(v *view) {
	if v.in.Lines == nil || len(v.in.Lines.Lines) == 0 {
		if l, ok := sourceLack(v.in.Snapshot.LogState(), "log", v.in.Snapshot.At); ok {
			v.say(l)
			return
		}
	}
	if v.in.Lines == nil {
		v.say(lack{lackWaiting, "looking", "the lines in memory are being gone through"})
		return
	}
	if v.in.Lines.Gone {
		v.say(lack{lackNone, "no longer in memory", "the lines in memory are " + v.in.Lines.Since + ": the Logs view reads older ones"})
		return
	}
	lines := v.in.Lines.Lines
	s := v.Styles
	empty := v.nothingWrong()
	if v.in.Chosen.Note == "" {
		empty.head = "nothing went wrong " + v.in.Lines.Since
	}
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "time", w: 8, left: true},
			{head: "level", w: 5, left: true, drop: 4},
			{head: "service", w: 10, most: 16, flex: true, drop: 2},
			{head: "component", w: 9, most: 18, flex: true, drop: 5},
			{head: "event", w: 16, most: 34, flex: true},
			{head: "event type", w: 10, most: 26, flex: true, drop: 6},
			{head: "text", w: 30, most: 400, flex: true, drop: 3},
		},
		rows: len(lines), list: true, empty: empty, item: func(row int) Item {
			l := lines[row]
			return Item{Row: strconv.FormatUint(l.Seq, 36), Text: cmp.Or(l.Event, format.Missing), Fields: []Field{{"line", l.Raw}}}
		},
	}
	t.cell = func(row, col, w int) cell {
		l := lines[row]
		switch col {
		case 0:
			return v.levelMark(row == t.cursor, l.Level)
		case 1:
			return cell{text: l.Time.In(v.location()).Format(format.LayoutClock), paint: s.Faint}
		case 2:
			return v.levelCell(l.Level)
		case 3:
			return cell{text: cmp.Or(l.Service, format.Missing), paint: s.Accent}
		case 4:
			return cell{text: cmp.Or(l.Component, format.Missing), paint: s.Text}
		case 5:
			return cell{text: cmp.Or(l.Event, format.Missing), paint: s.Level(l.Level)}
		case 6:
			return cell{text: cmp.Or(l.EventType, format.Missing), paint: s.Faint}
		}
		return v.lineText(l, w)
	}
	v.out = v.table(t, v.w, v.h)
}

// lineText sums up what a line says beside its columns: its error, or the end of
// its exception, before all other fields.
func (v *view) lineText(l *data.LogLine, w int) cell {
	raw := l.Raw[:min(len(l.Raw), 12*w+4096)]
	if !l.JSON {
		return cell{text: raw, paint: v.Styles.Text}
	}
	said, rest := "", ""
	paint := v.Styles.Text
	for it := newFields(raw); len(rest) < w; {
		key, value, ok := it.next()
		if !ok {
			break
		}
		switch key {
		case "timestamp", "level", "service", "component", "event", "event_type", "stack":
			continue
		case "error", "reason", "exception":
			if said == "" {
				said, paint = lastLine(unquote(value)), v.Styles.Bad
			}
			continue
		}
		if v.hides(key) {
			value = hidden
		}
		rest += "  " + key + "=" + inline(value)
	}
	return cell{draw: func(b *line.Builder, w int) {
		end := b.Used() + w
		b.Text(paint, clip(said, w, v.Env))
		if room := end - b.Used(); room > 4 && rest != "" {
			if said == "" {
				rest = strings.TrimLeft(rest, " ")
			}
			b.Text(v.Styles.Faint, clip(rest, room, v.Env))
		}
	}, text: said + rest, paint: themes.Paint{}}
}

// clip is as much of s as w cells hold.
func clip(s string, w int, env *Env) string {
	_, n := textCells(s, w, env)
	return s[:n]
}

// lastLine is the last line of a text that has something in it.
func lastLine(s string) string {
	s = strings.TrimRight(s, " \r\n")
	return s[strings.LastIndexByte(s, '\n')+1:]
}
