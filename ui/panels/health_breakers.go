package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/ui/format"
)

// breakersPanel lists the circuit breakers the log told of.
func breakersPanel() Panel {
	return Panel{
		ID: "breakers", Title: "Circuit breakers", MinW: 24, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, "") },
		Draw:   drawingOf(health, drawBreakers),
	}
}

func (v *view) breakerSign(state string) sign {
	s := v.Styles
	switch state {
	case "closed":
		return sign{"✓", state, s.Good}
	case "open":
		return sign{"✗", state, s.Bad}
	case "half_open":
		return sign{"◐", "half open", s.Warning}
	}
	return sign{"–", state, s.Faint}
}

func drawBreakers(v *view, f *data.Health) {
	if f.Breakers == nil {
		v.say(logsLack(v.in))
		return
	}
	t := &table{
		columns: []column{
			{head: "breaker", w: 12, most: 30, flex: true},
			{head: "state", w: 11, left: true},
			{head: "for", w: 5},
			{head: "failures", w: 8, drop: 1},
		},
		rows: len(f.Breakers), list: true, item: func(row int) Item { return v.breakerItem(&f.Breakers[row]) },
		empty: lack{lackEmpty, "none ever opened in the log", ""},
	}
	t.cell = func(row, col, w int) cell {
		b := &f.Breakers[row]
		switch col {
		case 0:
			return cell{text: b.Name, paint: v.Styles.Text}
		case 1:
			return v.breakerSign(b.State).cell()
		case 2:
			return v.ageIn(b.Since, w)
		}
		return cell{text: format.OptIn(b.Failures, w, format.CountIn), paint: v.countPaint(b.Failures)}
	}
	v.out = v.table(t, v.w, v.h)
}

// errorRatePanel shows the errors of the last five minutes, and of the day for comparison.
func errorRatePanel() Panel {
	return Panel{
		ID: "error_rate", Title: "Error rate", MinW: 20, MinH: 2,
		Status: func(in *Input) string { return logsStatus(in, "5m") },
		Draw:   drawingOf(health, drawErrorRate),
	}
}

func drawErrorRate(v *view, f *data.Health) {
	if f.ErrorRate5m == nil {
		v.say(logsLack(v.in))
		return
	}
	v.rate("error", f.ErrorRate5m.Error, events.LevelError)
	v.rate("critical", f.ErrorRate5m.Critical, events.LevelCritical)
	if e := v.in.Figures.Errors; e != nil && e.Per5m != nil && v.left() >= 5 {
		v.gap(5)
		v.out = append(v.out, v.levelTimeline(e.Per5m, v.w, v.left())...)
	}
}

// rate is how many lines of a level there are a minute.
func (v *view) rate(level string, perMinute float64, m events.Metric) {
	glyph, _ := levelSign(level)
	name, number := v.Styles.Faint, v.Styles.Faint
	if perMinute > 0 {
		name, number = v.Styles.Level(level), v.Styles.Level(level)
	}
	b := v.row()
	name = v.picked(v.item(v.here(0, v.w), func() Item { return v.rateItem(level+" lines a minute", perMinute, m) }), name)
	b.Glyphs(name, glyph).Space(1).Left(name, level, 9).Right(number, format.DecimalIn(perMinute, 7), 7).Text(v.Styles.Faint, " a minute")
	v.add(&b)
}
