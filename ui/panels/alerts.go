package panels

import (
	"math"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// overviewAlertsPanel lists the alert rules. Its rows are [Alerts].
func overviewAlertsPanel() Panel {
	return Panel{
		ID: "overview_alerts", Title: "Alerts", MinW: 26, MinH: 2,
		Status: alertsStatus,
		Draw:   drawing(drawAlerts),
	}
}

// alertRank is how much a rule that is in a state wants to be seen.
var alertRank = []data.AlertState{data.AlertFiring, data.AlertPending, data.AlertResolved, data.AlertUnknown, data.AlertOK}

// Alerts are the rules, those that want to be seen first: what fires before what
// is pending, and what nobody acknowledged before what somebody did.
func Alerts(f *data.Figures) []data.Alert {
	if f == nil {
		return nil
	}
	alerts := slices.Clone(f.Alerts)
	rank := func(a *data.Alert) int {
		n := 2 * slices.Index(alertRank, a.State)
		if a.Acknowledged {
			n++
		}
		return n
	}
	slices.SortStableFunc(alerts, func(a, b data.Alert) int { return rank(&a) - rank(&b) })
	return alerts
}

func alertsStatus(in *Input) string {
	if _, ok := pending(in); ok || in.Figures.Alerts == nil {
		return ""
	}
	counts := make(map[data.AlertState]int64)
	for _, a := range in.Figures.Alerts {
		counts[a.State]++
	}
	text := ""
	for _, s := range []data.AlertState{data.AlertFiring, data.AlertPending, data.AlertUnknown} {
		if n := counts[s]; n > 0 {
			text = join(text, format.Int(n)+" "+string(s))
		}
	}
	if text == "" {
		return "all well"
	}
	return text
}

// alertSign is the glyph and word of a rule's state: neither needs the other, nor colour.
func (v *view) alertSign(a *data.Alert) sign {
	s := v.Styles
	switch a.State {
	case data.AlertFiring:
		if a.Acknowledged {
			return sign{"!", "seen", s.Warning}
		}
		return sign{"✗", "firing", s.Bad}
	case data.AlertPending:
		return sign{"◐", "pending", s.Warning}
	case data.AlertResolved:
		return sign{"✓", "resolved", s.Accent}
	case data.AlertOK:
		return sign{"✓", "ok", s.Good}
	}
	return sign{"–", "unknown", s.Faint}
}

// AlertNumber is a value or threshold of a rule within w cells.
func AlertNumber(n *float64, unit data.AlertUnit, w int) string {
	return format.OptIn(n, w, func(n float64, w int) string {
		switch unit {
		case data.AlertSeconds:
			if n == 0 {
				return "0s" // nothing is measured in milliseconds here
			}
			return format.SecondsIn(n, w)
		case data.AlertPercent:
			return format.PercentIn(n, w)
		case data.AlertDays:
			return format.DaysIn(n, w)
		}
		if math.IsNaN(n) {
			return format.DecimalIn(n, w)
		}
		return format.CountIn(int64(max(min(n, math.MaxInt64/2), -math.MaxInt64/2)), w)
	})
}

func drawAlerts(v *view) {
	alerts := Alerts(v.in.Figures)
	if v.in.Figures.Alerts == nil {
		v.say(lack{lackWaiting, "not judged yet", "the rules are judged every few seconds"})
		return
	}
	s := v.Styles
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "alert", w: 16, most: 20, flex: true},
			{head: "state", w: 8, left: true},
			{head: "for", w: 4, drop: 1},
			{head: "value", w: 6, drop: 3},
			{head: "limit", w: 6, drop: 4},
			{head: "detail", w: 12, most: 90, flex: true, drop: 2},
		},
		rows: len(alerts), list: true, item: func(row int) Item { return alertItem(&alerts[row]) },
		empty: lack{lackEmpty, "no rules", ""},
	}
	t.cell = func(row, col, w int) cell {
		a := &alerts[row]
		m := v.alertSign(a)
		calm := a.State == data.AlertOK || a.State == data.AlertUnknown
		switch col {
		case 0:
			return v.mark(row == t.cursor, m.glyph, m.paint)
		case 1:
			return cell{text: a.Title, paint: s.Text}
		case 2:
			return cell{text: m.word, paint: m.paint}
		case 3:
			return v.ageIn(a.Since, w)
		case 4:
			paint := m.paint
			if calm {
				paint = s.Text
			}
			return cell{text: AlertNumber(a.Value, a.Unit, w), paint: paint}
		case 5:
			if a.Threshold != nil && *a.Threshold == 0 {
				return cell{} // whatever there is, is too much
			}
			return cell{text: AlertNumber(a.Threshold, a.Unit, w), paint: s.Faint}
		}
		paint := s.Text
		if calm {
			paint = s.Faint
		}
		return cell{text: a.Detail, paint: paint}
	}
	v.out = v.table(t, v.w, v.h)
}

func alertItem(a *data.Alert) Item {
	return Item{
		Row: a.Rule, Text: a.Title + ": " + string(a.State), Fields: []Field{
			{"rule", a.Rule}, {"title", a.Title}, {"state", string(a.State)}, {"since", raw(a.Since)}, {"value", raw(a.Value)},
			{"threshold", raw(a.Threshold)}, {"unit", string(a.Unit)}, {"acknowledged", a.Acknowledged}, {"detail", a.Detail},
		},
	}
}
