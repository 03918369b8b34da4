package panels

import (
	"cmp"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// toolGapsPanel shows the tool gaps detected each day, and how many of them
// were new: a gap is detected again and again while it is open.
func toolGapsPanel() Panel {
	return Panel{
		ID: "tool_gaps", Title: "Tool gaps per day", MinW: 24, MinH: 5,
		Status: dbStatusOf("30d UTC"),
		Draw:   drawingOf(escalationsOf, drawToolGaps),
	}
}

func drawToolGaps(v *view, f *data.Escalations) {
	days, ok := v.toolGapDays(f)
	if !ok {
		return
	}
	c := chart.Strips{OneScale: true, Labels: dayLabels(days), Strips: []chart.Strip{{Name: "new", Format: formatCount}, {Name: "all detections", Format: formatCount}}}
	for _, day := range days {
		d := f.ToolGapsPerDay[day.key]
		for i, n := range []int64{d.New, d.Total} {
			c.Strips[i].Values = append(c.Strips[i].Values, float64(n))
			c.Strips[i].Note = format.Count(n) + " today"
		}
	}
	v.stripSpots(&c, v.w, v.h, func(s chart.Spot) Item {
		d := &days[s.Bar]
		gaps, w := f.ToolGapsPerDay[d.key], d.window(v.now())
		if s.Part == 0 {
			return at(d.start, countItem(d.name, "new", gaps.New, data.BehindToolGaps(w, true, nil, nil)))
		}
		return at(d.start, countItem(d.name, "detections", gaps.Total, data.BehindToolGaps(w, false, nil, nil)))
	})
	v.out = c.Draw(v.look(), v.w, v.h)
}

// toolGapSeverityPanel shows how bad the gaps detected each day were.
func toolGapSeverityPanel() Panel {
	return toolGapStackPanel("tool_gap_severity", "Tool gaps by severity",
		func(d *data.ToolGapDay) map[string]int64 { return d.BySeverity },
		func(w data.Window, severity *string) data.Behind { return data.BehindToolGaps(w, false, severity, nil) })
}

// toolGapPointsPanel shows where the gaps of each day were detected.
func toolGapPointsPanel() Panel {
	return toolGapStackPanel("tool_gap_points", "Tool gaps by detection point",
		func(d *data.ToolGapDay) map[string]int64 { return d.ByDetectionPoint },
		func(w data.Window, point *string) data.Behind { return data.BehindToolGaps(w, false, nil, point) })
}

func toolGapStackPanel(id, title string, of func(d *data.ToolGapDay) map[string]int64, behind func(w data.Window, key *string) data.Behind) Panel {
	return Panel{
		ID: id, Title: title, MinW: 24, MinH: 5,
		Status: dbStatusOf(join("30d UTC", "all detections")),
		Draw: drawingOf(escalationsOf, func(v *view, f *data.Escalations) {
			days, ok := v.toolGapDays(f)
			if !ok {
				return
			}
			parts, totals := make([]map[string]int64, len(days)), make([]int64, len(days))
			for i, day := range days {
				d := f.ToolGapsPerDay[day.key]
				parts[i], totals[i] = of(&d), d.Total
			}
			keys, rest := topKeys(parts)
			t := &chart.Timeline{Series: keys, Format: formatCount}
			if rest {
				t.Series = append(t.Series, others)
			}
			for i, values := range stacks(parts, totals, keys, rest) {
				t.Bars = append(t.Bars, chart.Bar{Label: days[i].label, Values: values, Total: float64(totals[i])})
			}
			v.timelineSpots(t, v.w, v.h, func(s chart.Spot) Item {
				d := &days[s.Bar]
				n, column, key := stackedFigure(t, keys, s)
				it := countItem(d.name, cmp.Or(column, "detections"), int64(n), behind(d.window(v.now()), key))
				if column == others {
					it.Behind.Measure = data.Derived // nobody asks for all but some
				}
				return at(d.start, it)
			})
			v.out = t.Draw(v.look(), v.w, v.h)
		}),
	}
}

// toolGapDays are the days to show; if there is nothing to, it says why.
func (v *view) toolGapDays(f *data.Escalations) ([]seriesDay, bool) {
	if f.ToolGapsPerDay == nil {
		v.say(auditLack(v.in))
		return nil, false
	}
	days := seriesDays(v.in.Snapshot.At)
	for _, day := range days {
		if f.ToolGapsPerDay[day.key].Total != 0 {
			return days, true
		}
	}
	v.say(lack{lackEmpty, "none detected in 30 days", ""})
	return nil, false
}
