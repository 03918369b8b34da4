package panels

import (
	"math"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// escalationsValidationPanel shows the validations of each day and how many of
// them passed; those of chat can't fail and aren't counted.
func escalationsValidationPanel() Panel {
	return Panel{
		ID: "escalations_validation", Title: "Validations per day", MinW: 24, MinH: 7,
		Status: dbStatusOf("30d UTC"),
		Draw:   drawingOf(escalationsOf, drawEscalationsValidation),
	}
}

func drawEscalationsValidation(v *view, f *data.Escalations) {
	if f.ValidationPerDay == nil {
		v.say(auditLack(v.in))
		return
	}
	days := seriesDays(v.in.Snapshot.At)
	rate := chart.Strip{Name: "pass rate", Most: 1, Format: func(rate float64, w int) string { return format.PercentIn(rate*100, w) }}
	validated, failed := chart.Strip{Name: "validated", Format: formatCount}, chart.Strip{Name: "failed", Format: formatCount}
	some := false
	for _, day := range days {
		d := f.ValidationPerDay[day.key]
		passed := math.NaN()
		rate.Note = "none today"
		if d.PassRate != nil {
			passed = *d.PassRate
			rate.Note = format.Percent(passed*100) + " today"
		}
		rate.Values = append(rate.Values, passed)
		validated.Values, failed.Values = append(validated.Values, float64(d.Validated)), append(failed.Values, float64(d.Failed))
		validated.Note, failed.Note = format.Count(d.Validated)+" today", format.Count(d.Failed)+" today"
		some = some || d.Validated != 0 || d.Failed != 0
	}
	if !some {
		v.say(lack{lackEmpty, "nothing validated in 30 days", ""})
		return
	}
	c := chart.Strips{OneScale: true, Labels: dayLabels(days), Strips: []chart.Strip{rate, validated, failed}}
	v.stripSpots(&c, v.w, v.h, func(s chart.Spot) Item {
		d, figures := &days[s.Bar], f.ValidationPerDay[days[s.Bar].key]
		w := d.window(v.now())
		switch s.Part {
		case 0:
			return at(d.start, optItem(d.name, "pass rate", percentOf(figures.PassRate), format.Percent, data.BehindValidations(w, true, true).As(data.Derived)))
		case 1:
			return at(d.start, countItem(d.name, "validated", figures.Validated, data.BehindValidations(w, true, false)))
		}
		return at(d.start, countItem(d.name, "failed", figures.Failed, data.BehindValidations(w, false, true)))
	})
	v.out = c.Draw(v.look(), v.w, v.h)
}
