package panels

import (
	"cmp"
	"strings"

	"github.com/donna-project/donnatop/data"
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
		Draw:   drawingOf(errorFigures, drawErrorGroups),
	}
}

// errorsShown says of which lines the figures are.
func errorsShown(in *Input) string { return cmp.Or(in.Chosen.Note, ofRange(in, "24h")) }

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
		rows: len(f.Groups), list: true, item: func(row int) Item { return v.groupItem(&f.Groups[row]) },
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
			if in.Chosen.Note != "" {
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
		return windowColumn{head: glyph + " " + word, w: 8, drop: drop, item: func(name string, w data.Window) Item {
			if f.Counts[name] == nil {
				return Item{Column: level, Text: format.Missing}
			}
			return countItem("", level, pick(f.Counts[name]), data.BehindSeries(w, data.SeriesKeys{}, data.LevelMetric(level)))
		}, cell: func(window string, w int) cell {
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

// ErrorFacets lists the items of the panel of facets, field by field.
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
		Draw:   drawingOf(errorFigures, drawErrorFacets),
	}
}

func drawErrorFacets(v *view, f *data.Errors) {
	if f.Facets == nil {
		v.say(faultsLack(v.in))
		return
	}
	var ps []part
	for i, facet := range facetFields {
		none := v.nothingWrong()
		if v.in.Chosen.Note != "" {
			none.head = "nothing"
		}
		ps = append(ps, v.tally(facet.head, f.Facets[facet.key], v.Styles.Series[i], none, func(value string) data.Behind {
			return v.chosen(data.BehindFacet(v.errorWindow(), facet.key, value))
		}))
	}
	v.parts(24, ps...)
}

func (v *view) groupItem(g *data.ErrorGroup) Item {
	return Item{
		Row: g.Fingerprint, Value: g.Count, Text: g.Event, Behind: v.chosen(data.BehindErrors(v.errorWindow(), g.Fingerprint)),
		Fields: []Field{
			{"count", g.Count}, {"level", g.Level}, {"event", g.Event}, {"exception_type", raw(g.ExceptionType)}, {"frame", raw(g.Frame)},
			{"service", g.Service}, {"first", g.First}, {"last", g.Last}, {"fingerprint", g.Fingerprint}, {"sample_id", g.SampleID},
		},
	}
}
