package inspect

import (
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
)

// Report is all there is to say about a panel.
type Report struct {
	Definitions []Definition // the headline's figure first
	Unit        string       // of the headline
	Sources     []string     // tables, log lines and whatever else it is made from

	Headline string      // what the number is
	Value    *float64    // nil if it isn't known
	Window   data.Window // of the headline; zero if it has no beginning
	Rows     *int64      // how many rows or lines it is made from; nil if that isn't known
	RowsOf   string      // what they are: "rows of invocation_log"

	Command string // gives the same number; "" if there is none
	Why     string // there is no command
}

// Of reports on a panel as it shows figures of a window, one of [data.WindowNames]
// or [data.WindowRange]; false if there is no such panel.
func Of(panel string, s *data.Snapshot, f *data.Figures, window string, t Target) (Report, bool) {
	return report(panel, s, f, window, t, func(*headline) {})
}

// report is Of with a headline that is changed before a command is written for it.
func report(panel string, s *data.Snapshot, f *data.Figures, window string, t Target, change func(*headline)) (Report, bool) {
	e, ok := panels[panel]
	if !ok {
		return Report{}, false
	}
	r := Report{Unit: e.unit, Sources: e.from}
	for _, key := range e.keys {
		if d, ok := Define(key); ok {
			r.Definitions = append(r.Definitions, d)
		}
	}
	if f == nil || s == nil {
		r.Why = "the figures are still being computed"
		return r, true
	}
	h := e.head(asked{s: s, f: f, window: window})
	change(&h)
	r.Headline, r.Value, r.Rows, r.RowsOf, r.Why = h.name, h.value, h.rows, h.rowsOf, h.why
	if h.at.From.Unix() > 0 {
		r.Window = h.at
	}
	if r.Rows == nil && h.rowsOf != "" && h.value != nil && e.unit == unitRows {
		r.Rows = ptr(int64(*h.value))
	}
	r.Command, r.Why = command(&h, t)
	return r, true
}

// command writes the command, or says why there is none.
func command(h *headline, t Target) (text, why string) {
	switch {
	case h.why != "":
		return "", h.why
	case h.value == nil:
		return "", "there is no figure to compare with: see the panel for the reason"
	case h.sql != "" && t.DB == "":
		return "", "there is no database"
	case h.sql != "":
		return t.sqlite3(h.sql), ""
	case t.Loki == "":
		return "", "the log is read from files: logcli asks Loki"
	}
	return t.logcli(h.logql, h.at), ""
}

// Panels lists the panels there are reports on.
func Panels() []string {
	var ids []string
	for id := range panels {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// asked is what a headline is asked for.
type asked struct {
	s      *data.Snapshot
	f      *data.Figures
	window string
}

// headline is the number that stands for a panel, and how it is had.
type headline struct {
	name  string
	value *float64
	at    data.Window // what the number is of; a window since 1970 is all up to its end
	sql   string
	logql string // the pipeline after the selector, of the lines that are counted
	why   string // there is neither

	rows   *int64
	rowsOf string
}

// entry is what is known of a panel whatever it shows.
type entry struct {
	keys []string // in docs/figures.md
	unit string
	from []string
	head func(a asked) headline
}

// UnitUSD is the unit of amounts.
const UnitUSD = "USD, unrounded"

// Other units of headlines.
const (
	unitRows  = "a number of rows or lines"
	unitToken = "tokens"
	unitNames = "a number of different names"
	unitNone  = "a state"
)

// span is a window by its key.
func (a asked) span(key string) data.Window {
	if key == data.WindowRange {
		if a.f.Range == nil {
			return data.Window{From: a.f.At, To: a.f.At}
		}
		w := a.f.Range.Window
		if w.To.After(a.f.At) {
			w.To = a.f.At
		}
		return w
	}
	w, err := data.WindowAt(key, a.f.At)
	if err != nil {
		return data.Window{From: a.f.At, To: a.f.At}
	}
	return w
}

// end is where series end: with a range that is past, else with the clock.
func (a asked) end() time.Time {
	if a.f.Range != nil && a.f.Range.Past && a.window == data.WindowRange {
		return a.f.Range.To
	}
	return a.f.At
}

// all is everything up to now.
func (a asked) all() data.Window { return until(a.f.At) }

func ptr[T any](v T) *T { return &v }

// num is a figure as a number; nil stays nil.
func num[T int | int64 | float64](v *T) *float64 {
	if v == nil {
		return nil
	}
	return ptr(float64(*v))
}

// field is a figure of a struct that may not be there.
func field[S any, T int | int64 | float64](s *S, of func(*S) *T) *float64 {
	if s == nil {
		return nil
	}
	return num(of(s))
}

// sum adds a map up; nil if there is none.
func sum[T int64 | float64](m map[string]T) *float64 {
	if m == nil {
		return nil
	}
	total := 0.0
	for _, v := range m {
		total += float64(v)
	}
	return &total
}

// length is how many there are; nil if that isn't known.
func length[T any](s []T) *float64 {
	if s == nil {
		return nil
	}
	return ptr(float64(len(s)))
}

// lines is the pipeline for the lines that count in the metrics.
func lines(metrics ...events.Metric) string {
	names, types, decided := events.Matching(metrics...)
	pipeline := `| json event="event", event_type="event_type" | event=~"` + strings.Join(names, "|") + `"`
	if len(types) > 0 {
		pipeline += ` or (event_type=~"` + strings.Join(types, "|") + `" and event!~"` + strings.Join(decided, "|") + `")`
	}
	return pipeline
}

// level is the pipeline for the lines of a level, or of several.
func level(names string) string { return `| json level="level" | level=~"(?i)(` + names + `)"` }
