package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Schema is the version of the JSON contract.
const Schema = 1

// branch is a part of the report that a view stands for.
type branch struct {
	view string
	key  string // in the JSON
	of   func(*Figures) any
}

// branches lists the parts of the report in the order of the views' keys. A part
// whose source isn't there at all is null.
var branches = []branch{
	{"health", "health", func(f *Figures) any { return f.Health }},
	{"tasks", "tasks", func(f *Figures) any { return f.Tasks }},
	{"llm", "llm", func(f *Figures) any { return f.LLM }},
	{"agents", "agents", func(f *Figures) any { return f.Agents }},
	{"notifications", "notifications", func(f *Figures) any { return f.Notifications }},
	{"escalations", "escalations", func(f *Figures) any { return f.Escalations }},
	{"errors", "errors", func(f *Figures) any { return f.Errors }},
	{"preferences", "preferences", func(f *Figures) any { return f.Preferences }},
	{"skills", "skills", func(f *Figures) any { return f.Skills }},
	{"memory", "memory", func(f *Figures) any { return f.Memory }},
	{"logs", "logs", func(f *Figures) any { return f.Logs }},
	{overview, "alerts", func(f *Figures) any { return f.Alerts }},
}

// overview is the view that has no figures of its own but the alerts: it picks
// from those of the others.
const overview = "overview"

var overviewOf = []string{"health", "tasks", "llm", "agents", "escalations", "errors"}

// Views are the names of the views a report can be narrowed to.
func Views() []string {
	names := []string{overview}
	for _, b := range branches {
		if b.view != overview {
			names = append(names, b.view)
		}
	}
	return names
}

// Report is what `snapshot --json` prints: the figures of the views asked for
// and how far they can be trusted.
type Report struct {
	Schema  int                     `json:"schema"`
	Now     time.Time               `json:"now"`
	Window  ReportWindow            `json:"window"`
	Notes   []string                `json:"notes"`
	Sources map[string]SourceReport `json:"sources"`

	// Figures are all figures, those of other views too.
	Figures *Figures `json:"-"`

	views []string
}

// ReportWindow is the window chosen for what shows only one.
type ReportWindow struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// SourceReport is a source's state in the JSON contract's form.
type SourceReport struct {
	State  State      `json:"state"`
	Detail string     `json:"detail"`
	AsOf   *time.Time `json:"as_of"`
}

// NewReport gathers the figures of the named views, or of all if none is named.
// Errors name the views and windows there are.
func NewReport(s *Snapshot, window string, views []string) (*Report, error) {
	w, err := WindowAt(window, s.At)
	if err != nil {
		return nil, err
	}
	chosen, err := chooseViews(views)
	if err != nil {
		return nil, err
	}
	f := s.Figures()
	r := &Report{
		Schema: Schema, Now: s.At, Window: ReportWindow(w), Notes: f.Notes,
		Sources: s.sourceReports(), Figures: f, views: chosen,
	}
	if r.Notes == nil {
		r.Notes = []string{}
	}
	return r, nil
}

// chooseViews checks the names; none means all.
func chooseViews(names []string) ([]string, error) {
	if len(names) == 0 {
		return Views(), nil
	}
	for _, n := range names {
		if !slices.Contains(Views(), n) {
			return nil, fmt.Errorf("unknown view %q: use one of %s", n, strings.Join(Views(), ", "))
		}
	}
	return names, nil
}

// Has tells whether the report was asked for the view.
func (r *Report) Has(view string) bool { return slices.Contains(r.views, view) }

// MarshalJSON leaves out the views nobody asked for; a view without any source
// is there as null.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report // without this method
	var out bytes.Buffer
	if err := encode(&out, (*plain)(r)); err != nil {
		return nil, err
	}
	for _, b := range branches {
		if !r.Has(b.view) && !(r.Has(overview) && slices.Contains(overviewOf, b.view)) {
			continue
		}
		out.Truncate(bytes.LastIndexByte(out.Bytes(), '}'))
		fmt.Fprintf(&out, ",%q:", b.key)
		if err := encode(&out, b.of(r.Figures)); err != nil {
			return nil, fmt.Errorf("encode %s: %w", b.key, err)
		}
		out.WriteByte('}')
	}
	return out.Bytes(), nil
}

// encode writes JSON with text as it is: < > & need no escapes outside of HTML.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// WriteJSON prints the report, indented by two spaces.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// sourceReports names every source of the contract.
func (s *Snapshot) sourceReports() map[string]SourceReport {
	out := map[string]SourceReport{
		"db":     ReportSource(s.Sources[SourceDB]),
		"logs":   ReportSource(s.LogState()),
		"docker": ReportSource(s.Sources[SourceDocker]),
		"host":   ReportSource(s.Sources[SourceHost]),
		"config": ReportSource(s.Sources[SourceConfig]),
	}
	return out
}

// ReportSource is a state in the form of the JSON contract.
func ReportSource(st SourceState) SourceReport {
	if st.State == "" {
		st.State = StateAbsent
	}
	r := SourceReport{State: st.State, Detail: st.Detail}
	if !st.AsOf.IsZero() {
		r.AsOf = ptr(st.AsOf.UTC())
	}
	return r
}
