package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// rulesPanel shows what Donna learned and how much of it stood the test.
func rulesPanel() Panel {
	return Panel{
		ID: "rules", Title: "Learned rules", MinW: 22, MinH: 4,
		Status: dbStatusOf("all time"),
		Draw:   drawingOf(preferencesOf, drawRules),
	}
}

func drawRules(v *view, f *data.Preferences) {
	switch {
	case f.Rules == nil:
		v.say(unfilled(v.in, data.KeyRules, tableLack(v.in, tableRules)))
		return
	case f.Rules.Extracted == 0:
		v.say(lack{lackEmpty, "no rules learned yet", ""})
		return
	}
	r, s := f.Rules, v.Styles
	if v.h >= 4 {
		b := v.row()
		chart.Parts(&b, v.look(), nil, []float64{float64(r.Enabled), float64(r.Disabled)}, float64(r.Extracted), v.w)
		v.add(&b)
	}
	b := v.row()
	for i, p := range []struct {
		name    string
		n       int64
		enabled *bool
	}{{"enabled", r.Enabled, new(true)}, {"disabled", r.Disabled, new(false)}, {"extracted", r.Extracted, nil}} {
		number := format.CountIn(p.n, v.countW())
		if b.Used() > 0 && b.Room() < 3+len(number)+1+len(p.name) {
			v.add(&b)
			b = v.row()
		}
		if i < 2 {
			b.Glyphs(s.Series[i], string(v.look().Swatch(i))).Space(1)
		} else {
			b.Text(s.Faint, "of ")
		}
		picked := v.item(v.here(b.Used(), len(number)+1+len(p.name)), func() Item {
			return countItem("rules", p.name, p.n, data.BehindRules(v.now(), p.enabled))
		})
		b.Text(v.picked(picked, s.Strong), number).Space(1).Text(s.Faint, p.name).Space(3)
	}
	v.add(&b)
	v.gap(3)
	v.survival(f.Survival30d)
}

// survival is how many rules outlived their first thirty days.
func (v *view) survival(r *data.RuleSurvival) {
	if r == nil {
		v.sayInLine(tableLack(v.in, tableRules))
		return
	}
	if r.Rules == 0 {
		v.sayInLine(lack{lackEmpty, "no rule is 30 days old yet", ""})
		return
	}
	s := v.Styles
	b := v.row()
	pct := v.item(v.here(0, 20), func() Item {
		return optItem("after 30 days", "live", r.Pct, format.Percent, data.BehindSurvival(v.now(), false).As(data.Derived))
	})
	b.Text(s.Faint, "after 30 days ")
	b.Text(v.picked(pct, s.Strong), format.OptIn(r.Pct, 6, format.PercentIn)).Space(1)
	active := v.item(v.here(b.Used(), 14), func() Item {
		return countItem("after 30 days", "still active", r.Active, data.BehindSurvival(v.now(), true))
	})
	b.Text(s.Faint, "live: ").Text(v.picked(active, s.Text), format.CountIn(r.Active, 7)+" of "+format.CountIn(r.Rules, 7))
	v.add(&b)
	if v.left() > 0 {
		b := v.row()
		chart.Gauge(&b, v.look(), r.Pct, noWarning, v.w)
		v.add(&b)
	}
}

// rulesPerWeekPanel sets the rules disabled below those extracted, week by week
// and to the same scale.
func rulesPerWeekPanel() Panel {
	return Panel{
		ID: "rules_per_week", Title: "Rules per week", MinW: 20, MinH: 4,
		Status: dbStatusOf("UTC"),
		Draw:   drawingOf(preferencesOf, drawRulesPerWeek),
	}
}

func drawRulesPerWeek(v *view, f *data.Preferences) {
	if f.RulesPerWeek == nil {
		v.say(unfilled(v.in, data.KeyRulesPerWeek, tableLack(v.in, tableRules)))
		return
	}
	c := chart.Strips{OneScale: true, Strips: []chart.Strip{{Name: "extracted", Format: formatCount}, {Name: "disabled", Format: formatCount}}}
	some := false
	weeks := v.weeks(f)
	for _, week := range weeks {
		r := f.RulesPerWeek[week]
		c.Labels = append(c.Labels, weekLabel(week))
		for i, n := range []int64{r.Extracted, r.Disabled} {
			some = some || n > 0
			c.Strips[i].Values = append(c.Strips[i].Values, amount(n))
			c.Strips[i].Note = format.Count(n) + " this week"
		}
	}
	if !some {
		v.say(lack{lackEmpty, "no rules in " + format.Int(int64(len(weeks))) + " weeks", ""})
		return
	}
	v.stripSpots(&c, v.w, v.h, func(s chart.Spot) Item {
		week, r := weeks[s.Bar], f.RulesPerWeek[weeks[s.Bar]]
		n, disabled := r.Extracted, s.Part == 1
		if disabled {
			n = r.Disabled
		}
		return at(weekStart(week), countItem(weekName(week), c.Strips[s.Part].Name, n, data.BehindRuleWeek(v.now(), week, disabled)))
	})
	v.out = c.Draw(v.look(), v.w, v.h)
}
