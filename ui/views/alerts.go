package views

import (
	"fmt"
	"math"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// Alerts is where alerts are acknowledged.
type Alerts interface {
	// Acknowledge stops the reminders of what fires now of a rule, until it is over.
	Acknowledge(rule string) error
}

// acknowledged says what became of it.
type acknowledged struct {
	Answer
	board *Board // that asked
	title string
	err   error
}

// unacknowledged is the rule under the cursor, if it fires and somebody can still
// acknowledge it.
func (v *Board) unacknowledged() *data.Alert {
	if v.ctx.Alerts == nil || v.spec.alerts == "" || v.panels[v.focus].ID != v.spec.alerts {
		return nil
	}
	in := v.input()
	alerts := panels.Alerts(in.Figures)
	i := v.lists[v.focus].cursor
	if i < 0 || i >= len(alerts) || alerts[i].State != data.AlertFiring || alerts[i].Acknowledged {
		return nil
	}
	return &alerts[i]
}

// acknowledge writes down that the rule under the cursor was seen.
func (v *Board) acknowledge() tea.Cmd {
	a := v.unacknowledged()
	if a == nil {
		return nil
	}
	to, rule, title := v.ctx.Alerts, a.Rule, a.Title
	return func() tea.Msg { return acknowledged{board: v, title: title, err: to.Acknowledge(rule)} }
}

// told says whether it could be written down; how the rule is then, the next
// figures show.
func (v *Board) told(a acknowledged) Intent {
	switch {
	case a.board != v:
		return nil
	case a.err != nil:
		return Say{Text: fmt.Sprintf("%s could not be acknowledged: %v", a.title, a.err), Wrong: true}
	}
	return Say{Text: a.title + ": acknowledged, no reminders until it is over"}
}

// openAlertAt is the detail of rule i of the panel.
func openAlertAt(c *Context, in *panels.Input, i int) View {
	alerts := panels.Alerts(in.Figures)
	if i >= len(alerts) {
		return nil
	}
	return openAlert(c, in.Figures.At, &alerts[i])
}

func openAlert(c *Context, now time.Time, a *data.Alert) View {
	routes := "none: it is only shown"
	if len(a.Routes) > 0 {
		routes = strings.Join(a.Routes, ", ")
	}
	limit := "at most"
	if a.Below {
		limit = "at least"
	}
	in := func(n *float64) string {
		if n == nil {
			return ""
		}
		return panels.AlertNumber(n, a.Unit, math.MaxInt)
	}
	fields := []field{
		{label: "rule", value: a.Rule},
		{label: "state", value: string(a.State)},
		c.moment("since", a.Since, now),
		{label: "value", value: in(a.Value)},
		{label: limit, value: in(a.Threshold)},
		{label: "detail", value: strings.ReplaceAll(a.Detail, "; ", "\n")},
		{label: "told to", value: routes},
	}
	if a.State == data.AlertFiring {
		fields = append(fields, field{label: "acknowledged", value: map[bool]string{true: "yes", false: "no"}[a.Acknowledged]})
	}
	return NewRow(c, titled("Alert", a.Title), fields)
}
