package panels

import (
	"cmp"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// Errors lists the panels of the Errors view, the most important first.
func Errors() []Panel {
	return []Panel{
		errorGroupsPanel(),
		errorLinesPanel(),
		errorTimelinePanel(),
		errorCountsPanel(),
		errorFacetsPanel(),
	}
}

func errorFigures(f *data.Figures) *data.Errors { return f.Errors }

// errorGroupsPanel lists what goes wrong: lines of one fingerprint are a group.
func errorGroupsPanel() Panel {
	return Panel{
		ID: "error_groups", Title: "Error groups", MinW: 30, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, join(errorsShown(in), groupsShown(in))) },
		Rows:   rowsOf(errorFigures, func(f *data.Errors, _ *Input) int { return len(f.Groups) }),
		Draw:   drawingOf(errorFigures, drawErrorGroups),
	}
}

// errorsShown says of which lines the figures are.
func errorsShown(in *Input) string { return cmp.Or(in.Filtered, ofRange(in, "24h")) }

func groupsShown(in *Input) string {
	if in.Figures == nil || in.Figures.Errors == nil || len(in.Figures.Errors.Groups) == 0 {
		return ""
	}
	return format.Int(int64(len(in.Figures.Errors.Groups))) + " groups"
}

func drawErrorGroups(v *view, f *data.Errors) {
	if f.Groups == nil {
		v.say(faultsLack(v.in))
		return
	}
	s := v.Styles
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "count", w: 6},
			{head: "level", w: 5, left: true, drop: 2},
			{head: "event", w: 14, most: 30, flex: true},
			{head: "exception", w: 12, most: 20, flex: true, drop: 4},
			{head: "frame", w: 16, most: 60, flex: true, drop: 6},
			{head: "service", w: 12, most: 16, flex: true, drop: 3},
			{head: "first", w: 5, drop: 5},
			{head: "last", w: 4, drop: 1},
		},
		rows: len(f.Groups), cursor: v.in.Cursor, offset: v.in.Offset,
		empty: v.nothingWrong(),
	}
	t.cell = func(row, col, w int) cell {
		g := &f.Groups[row]
		switch col {
		case 0:
			return v.levelMark(row == t.cursor, g.Level)
		case 1:
			return cell{text: format.CountIn(g.Count, w), paint: s.Strong}
		case 2:
			return v.levelCell(g.Level)
		case 3:
			return cell{text: g.Event, paint: s.Level(g.Level)}
		case 4:
			return cell{text: format.Opt(g.ExceptionType, plain), paint: s.Text}
		case 5:
			return cell{text: frameIn(g.Frame, w), paint: s.Faint}
		case 6:
			return cell{text: g.Service, paint: s.Accent}
		case 7:
			age := v.ageIn(&g.First, w)
			age.paint = s.Faint
			return age
		}
		return v.ageIn(&g.Last, w)
	}
	v.out = v.table(t, v.w, v.h)
}

// faultsLack is why there are no groups and facets.
func faultsLack(in *Input) lack {
	if l, ok := rangeLack(in, "warnings and errors"); ok && in.Snapshot.LogState().State == data.StateLive {
		return l
	}
	return logsLack(in)
}

// frameIn is a stack frame, without the directories of its file where they have no room.
func frameIn(frame *string, w int) string {
	s := format.Opt(frame, plain)
	if len(s) > w {
		s = s[strings.LastIndexByte(s, '/')+1:]
	}
	return s
}

// levelMark is the sign of a level before a row, or the cursor.
func (v *view) levelMark(selected bool, level string) cell {
	glyph, _ := levelSign(level)
	return v.mark(selected, glyph, v.Styles.Level(level))
}

func (v *view) levelCell(level string) cell {
	_, word := levelSign(level)
	return cell{text: word, paint: v.Styles.Level(level)}
}

// errorCountsPanel shows how many lines of each level the windows have.
func errorCountsPanel() Panel {
	return Panel{
		ID: "error_counts", Title: "Lines by level", MinW: 25, MinH: 3,
		Status: func(in *Input) string {
			if in.Filtered != "" {
				return logsStatus(in, join("all lines", in.Window))
			}
			return logsWindowStatus(in)
		},
		Draw: drawingOf(errorFigures, drawErrorCounts),
	}
}

func drawErrorCounts(v *view, f *data.Errors) {
	if f.Counts == nil {
		v.say(logsLack(v.in))
		return
	}
	count := func(level string, drop int, pick func(*data.LevelCounts) int64) windowColumn {
		glyph, word := levelSign(level)
		return windowColumn{head: glyph + " " + word, w: 8, drop: drop, cell: func(window string, w int) cell {
			c := f.Counts[window]
			if c == nil {
				return cell{text: format.Missing, paint: v.Styles.Faint}
			}
			n := pick(c)
			counted := v.countCell(&n, w)
			if n > 0 {
				counted.paint = v.Styles.Level(level)
			}
			return counted
		}}
	}
	v.parts(v.w, v.windowPart("", []windowColumn{
		count("critical", 0, func(c *data.LevelCounts) int64 { return c.Critical }),
		count("error", 1, func(c *data.LevelCounts) int64 { return c.Error }),
		count("warning", 2, func(c *data.LevelCounts) int64 { return c.Warning }),
	}, v.logsGap(f.Counts[v.in.Window] == nil)))
}

// Facet is how many of the lines have a value in a field.
type Facet struct {
	Field string // as the filter language calls it
	Value string
	N     int64
}

// facetFields are the fields in the order of the panel.
var facetFields = []struct{ key, head string }{
	{"service", "service"}, {"level", "level"}, {"component", "component"}, {"event_type", "event type"},
}

// ErrorFacets lists the rows of the panel of facets, field by field.
func ErrorFacets(f *data.Figures) []Facet {
	if f.Errors == nil {
		return nil
	}
	var out []Facet
	for _, facet := range facetFields {
		for _, r := range mostFirst(f.Errors.Facets[facet.key]) {
			out = append(out, Facet{Field: facet.key, Value: r.name, N: r.n})
		}
	}
	return out
}

// errorFacetsPanel breaks the day's errors down by where they come from.
func errorFacetsPanel() Panel {
	return Panel{
		ID: "error_facets", Title: "Where from", MinW: 24, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, errorsShown(in)) },
		Rows: func(in *Input) int {
			if in.Figures == nil {
				return 0
			}
			return len(ErrorFacets(in.Figures))
		},
		Draw: drawingOf(errorFigures, drawErrorFacets),
	}
}

func drawErrorFacets(v *view, f *data.Errors) {
	if f.Facets == nil {
		v.say(faultsLack(v.in))
		return
	}
	var ps []part
	first := 0 // row of the panel with which the part begins
	for i, facet := range facetFields {
		p, n := v.facet(facet.head, f.Facets[facet.key], v.Styles.Series[i], v.in.Cursor-first)
		ps = append(ps, p)
		first += n
	}
	v.parts(24, ps...)
}

// facet is a part that breaks counts down, in which row cursor is selected if
// there is such a row; it tells how many there are.
func (v *view) facet(head string, counts map[string]int64, p themes.Paint, cursor int) (part, int) {
	d := &breakdown{head: head, rows: mostFirst(counts), paint: p, empty: lack{lackEmpty, "nothing", ""}, cursor: -1}
	if v.in.Filtered == "" {
		d.empty = v.nothingWrong()
	}
	if v.in.Cursor >= 0 && cursor >= 0 && cursor < len(d.rows) {
		d.cursor = cursor
	}
	return part{rows: max(len(d.rows), 1) + 1, draw: func(w, h int) []string {
		const headings = 1
		d.offset = max(d.cursor-max(h-headings, 1)+1, 0)
		return v.breakdown(d, w, h)
	}}, len(d.rows)
}
