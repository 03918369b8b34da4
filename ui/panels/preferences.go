package panels

import (
	"fmt"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// Preferences lists the panels of the Preferences view, the most important first.
func Preferences() []Panel {
	return []Panel{
		correctionsPerWeekPanel(),
		rulesPanel(),
		correctionsPanel(),
		rulesPerWeekPanel(),
	}
}

func preferencesOf(f *data.Figures) *data.Preferences { return f.Preferences }

const (
	tableCorrections = "correction_log"
	tableRules       = "learned_preferences"
)

// correctionsPerWeekPanel shows whether Donna has to be corrected less and less.
func correctionsPerWeekPanel() Panel {
	return Panel{
		ID: "corrections_per_week", Title: "Corrections per week", MinW: 20, MinH: 4,
		Status: dbStatusOf("UTC"),
		Draw:   drawingOf(preferencesOf, drawCorrectionsPerWeek),
	}
}

func drawCorrectionsPerWeek(v *view, f *data.Preferences) {
	if f.CorrectionsPerWeek == nil {
		v.say(tableLack(v.in, tableCorrections))
		return
	}
	weeks := v.weeks(f)
	t := &chart.Timeline{Format: formatCount, Zeros: true}
	some := false
	for _, week := range weeks {
		n := amount(f.CorrectionsPerWeek[week])
		some = some || n > 0
		t.Bars = append(t.Bars, chart.Bar{Label: weekLabel(week), Values: []float64{n}, Total: n})
	}
	if !some {
		v.say(lack{lackEmpty, "no corrections in " + format.Int(int64(len(weeks))) + " weeks", ""})
		return
	}
	v.out = t.Draw(v.look(), v.w, v.h)
}

// mostWeeks is how many weeks a screen may be asked to show: a decade.
const mostWeeks = 520

// weeks names the ISO weeks up to now, oldest first, from the first one in which
// there was a correction or a rule, so that the charts of both can be compared.
func (v *view) weeks(f *data.Preferences) []string {
	known := make(map[string]bool, len(f.CorrectionsPerWeek)+len(f.RulesPerWeek))
	for week := range f.CorrectionsPerWeek {
		known[week] = true
	}
	for week := range f.RulesPerWeek {
		known[week] = true
	}
	var out []string
	at := v.in.Snapshot.At.UTC()
	for i, n := 0, len(known); i < mostWeeks && n > 0; i++ {
		year, week := at.AddDate(0, 0, -7*i).ISOWeek()
		key := fmt.Sprintf("%04d-W%02d", year, week)
		out = append(out, key)
		if known[key] {
			n--
		}
	}
	slices.Reverse(out)
	return out
}

func weekLabel(week string) string { return week[len(week)-3:] }

// correctionsPanel shows what is corrected, and how often in each window.
func correctionsPanel() Panel {
	return Panel{
		ID: "corrections", Title: "Corrections by field", MinW: 22, MinH: 3,
		Status: dbStatusOf("all time"),
		Draw:   drawingOf(preferencesOf, drawCorrections),
	}
}

func drawCorrections(v *view, f *data.Preferences) {
	if f.Corrections == nil && f.ByField == nil {
		v.say(tableLack(v.in, tableCorrections))
		return
	}
	pairs := v.windowPairs(func(window string) *int64 { return f.Corrections[window] })
	if v.h < 6 {
		pairs = mostImportant(pairs, 1)
	}
	v.pairs(pairs, max(v.h/3, 1))
	v.gap(4)
	by := v.tally("field", f.ByField, v.Styles.Series[0], lack{lackEmpty, "nothing was ever corrected", ""})
	v.parts(v.w, by)
}
