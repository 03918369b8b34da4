package inspect

import (
	"fmt"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
)

// Chosen is what a filter chose of the log for a view.
type Chosen struct {
	Filter *filter.Filter // nil or empty if it is all
	Window data.Window    // of the lines that were looked at
	Number *int64         // of the lines that pass; nil while they are looked for
	// Errors are the figures of the lines that pass, for panels of errors; nil
	// while they are worked out.
	Errors  *data.Errors
	Undated int64 // lines without a time among those that pass
}

// OfChosen is [Of] for a panel of errors that shows only what passes a filter.
func OfChosen(panel string, s *data.Snapshot, f *data.Figures, window string, t Target, c Chosen) (Report, bool) {
	if _, ok := errorPanels[panel]; !ok || panel == "error_counts" || f == nil || c.Filter.Empty() {
		return Of(panel, s, f, window, t)
	}
	chosen := *f
	chosen.Errors = c.Errors
	if c.Errors == nil {
		chosen.Errors = &data.Errors{}
	}
	return report(panel, s, &chosen, window, t, func(h *headline) { h.narrow(&c) })
}

// narrow makes a headline that of the lines that pass.
func (h *headline) narrow(c *Chosen) {
	h.name += " that pass " + c.Filter.String()
	if h.at.From.Before(c.Window.From) {
		h.at.From = c.Window.From
	}
	h.at.To = c.Window.To
	if pipeline, ok := h.exactly(c); ok {
		h.logql = pipeline + " " + h.logql
	}
}

// exactly is the pipeline for what passes; without one, the headline has no command.
func (h *headline) exactly(c *Chosen) (string, bool) {
	pipeline, unsaid := c.Filter.Exactly()
	if unsaid != "" {
		h.why = "LogQL can't say " + unsaid + " as donnatop understands it, and a query without it would count more lines"
	}
	return pipeline, unsaid == ""
}

// OfLines reports on lines as a list shows them: how many pass.
func OfLines(c Chosen, t Target) Report {
	h := headline{name: "lines in memory", at: c.Window, value: num(c.Number), rowsOf: ofLines}
	if !c.Filter.Empty() {
		h.name += " that pass " + c.Filter.String()
	}
	h.logql, _ = h.exactly(&c)
	if c.Undated > 0 {
		h.why = fmt.Sprintf("%d of the lines are without a time, and in no stretch of it", c.Undated)
	}
	r := Report{Unit: unitRows, Sources: fromLines, Headline: h.name, Value: h.value, Window: h.at, Rows: c.Number, RowsOf: ofLines}
	r.Command, r.Why = command(&h, t)
	return r
}
