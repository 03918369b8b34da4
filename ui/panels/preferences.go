package panels

import (
	"fmt"
	"slices"
	"time"

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
	v.timelineSpots(t, v.w, v.h, func(s chart.Spot) Item {
		week := weeks[s.Bar]
		return at(weekStart(week), countItem(weekName(week), "corrections", f.CorrectionsPerWeek[week], data.BehindCorrectionWeek(v.now(), week)))
	})
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

// weekStart is the Monday an ISO week begins with; zero if it is none.
func weekStart(week string) time.Time {
	var year, n int
	if _, err := fmt.Sscanf(week, "%d-W%d", &year, &n); err != nil {
		return time.Time{}
	}
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // it is always in the first week
	return fourth.AddDate(0, 0, 7*(n-1)-int(fourth.Weekday()+6)%7)
}

// weekLabel is short, for an axis.
func weekLabel(week string) string { return weekStart(week).Format("2 Jan") }

// weekName names a week by itself.
func weekName(week string) string { return weekStart(week).Format("week of 2 Jan") }

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
	pairs := v.windowPairs("corrections", func(window string) *int64 { return f.Corrections[window] }, data.BehindCorrections)
	if v.h < 6 {
		pairs = mostImportant(pairs, 1)
	}
	v.pairs(pairs, max(v.h/3, 1))
	v.gap(4)
	by := v.tally("field", f.ByField, v.Styles.Series[0], lack{lackEmpty, "nothing was ever corrected", ""}, func(field string) data.Behind {
		return data.BehindField(v.now(), field)
	})
	v.parts(v.w, by)
}
