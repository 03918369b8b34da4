package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// escalationsExtensionsPanel shows how often the budget of a day was extended,
// and by how much.
func escalationsExtensionsPanel() Panel {
	return Panel{
		ID: "escalations_extensions", Title: "Budget extensions", MinW: 24, MinH: 5,
		Status: dbStatusOf(join("30d UTC", "voided ones included")),
		Draw:   drawingOf(escalationsOf, drawEscalationsExtensions),
	}
}

func drawEscalationsExtensions(v *view, f *data.Escalations) {
	if f.ExtensionsPerDay == nil {
		v.say(auditLack(v.in))
		return
	}
	days := seriesDays(v.in.Snapshot.At)
	count := chart.Strip{Name: "granted", Format: formatCount}
	amount := chart.Strip{Name: "amount", Format: formatMoney}
	some := false
	for _, day := range days {
		d := f.ExtensionsPerDay[day.key]
		count.Values = append(count.Values, float64(d.Count))
		amount.Values = append(amount.Values, d.AmountUSD)
		count.Note, amount.Note = format.Count(d.Count)+" today", format.Money(d.AmountUSD)+" today"
		some = some || d.Count != 0
	}
	if !some {
		v.say(lack{lackEmpty, "none granted in 30 days", ""})
		return
	}
	c := chart.Strips{Labels: dayLabels(days), Strips: []chart.Strip{count, amount}}
	if v.HideMoney {
		c.Strips = c.Strips[:1]
	}
	v.stripSpots(&c, v.w, v.h, func(s chart.Spot) Item {
		d := &days[s.Bar]
		e, behind := f.ExtensionsPerDay[d.key], data.BehindGrants(d.window(v.now()))
		if s.Part == 0 {
			return at(d.start, countItem(d.name, "granted", e.Count, behind))
		}
		return at(d.start, v.moneyItem(d.name, "amount", &e.AmountUSD, behind.As(data.SumsCost)))
	})
	v.out = c.Draw(v.look(), v.w, v.h)
}
