package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Schema is the version of the JSON contract.
const Schema = 1

// Views are the views a report can be narrowed to, in the order of their keys.
var Views = []string{"llm", "logs"}

// Report is what `snapshot --json` prints: the figures of the views asked for
// and how far they can be trusted.
type Report struct {
	Schema  int                     `json:"schema"`
	Now     time.Time               `json:"now"`
	Window  ReportWindow            `json:"window"`
	Notes   []string                `json:"notes"`
	Sources map[string]SourceReport `json:"sources"`

	LLM  *LLM  `json:"llm,omitempty"` // nil unless asked for
	Logs *Logs `json:"-"`             // see MarshalJSON: null is an answer

	views map[string]bool
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
		Sources: s.sourceReports(), views: chosen,
	}
	if chosen["llm"] {
		r.LLM = f.LLM
	}
	if chosen["logs"] {
		r.Logs = f.Logs
	}
	if r.Notes == nil {
		r.Notes = []string{}
	}
	return r, nil
}

func chooseViews(names []string) (map[string]bool, error) {
	if len(names) == 0 {
		names = Views
	}
	known := make(map[string]bool, len(Views))
	for _, v := range Views {
		known[v] = true
	}
	chosen := make(map[string]bool, len(names))
	for _, n := range names {
		if !known[n] {
			return nil, fmt.Errorf("unknown view %q: use one of %s", n, strings.Join(Views, ", "))
		}
		chosen[n] = true
	}
	return chosen, nil
}

// Has tells whether the report was asked for the view.
func (r *Report) Has(view string) bool { return r.views[view] }

// MarshalJSON leaves out the views nobody asked for; a view without any source
// is there as null.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report // without this method
	if !r.Has("logs") {
		return marshal((*plain)(r))
	}
	return marshal(struct {
		*plain
		Logs *Logs `json:"logs"`
	}{(*plain)(r), r.Logs})
}

// marshal is JSON with text as it is: < > & need no escapes outside of HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
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
		"db":     reportSource(s.Sources[SourceDB]),
		"logs":   reportSource(s.LogState()),
		"config": reportSource(s.Sources[SourceConfig]),
		// Nothing reads these two yet.
		"docker": {State: StateAbsent, Detail: "containers are not read by this version"},
		"host":   {State: StateAbsent, Detail: "disks and marker files are not read by this version"},
	}
	return out
}

func reportSource(st SourceState) SourceReport {
	if st.State == "" {
		st.State = StateAbsent
	}
	r := SourceReport{State: st.State, Detail: st.Detail}
	if !st.AsOf.IsZero() {
		r.AsOf = ptr(st.AsOf.UTC())
	}
	return r
}
