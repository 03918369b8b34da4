package panels

import (
	"fmt"
	"math"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// heatPanel shows in which hours of the week there is how much to do.
func heatPanel() Panel {
	return Panel{
		ID: "heat", Title: "Hour by weekday", MinW: 26, MinH: 7,
		Status: func(in *Input) string {
			what := "calls"
			if in.Measure == Cost {
				what = "cost"
			}
			return dbStatus(in, fixed(in, join("30d UTC", what)))
		},
		Draw: drawing(drawHeat),
	}
}

var weekdays = []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

func drawHeat(v *view) {
	if v.llm.Heat == nil {
		v.say(dbLack(v.in))
		return
	}
	m := chart.HeatMap{Rows: weekdays, Format: formatCount}
	cost := v.in.Measure == Cost
	if cost {
		m.Format = func(usd float64, w int) string { return v.money(&usd, w) }
	}
	for h := range 24 {
		m.Columns = append(m.Columns, fmt.Sprintf("%02d", h))
	}
	some, known := false, false
	for _, day := range v.llm.Heat {
		row := make([]float64, len(day))
		for h, c := range day {
			value := float64(c.Calls)
			if cost {
				value = math.NaN()
				if c.CostUSD != nil {
					value = *c.CostUSD
				}
			}
			row[h] = value
			some = some || value > 0
			known = known || !math.IsNaN(value)
		}
		m.Values = append(m.Values, row)
	}
	switch {
	case !known:
		v.say(dbLack(v.in, "cost_usd"))
	case !some:
		v.say(lack{lackEmpty, "nothing in 30 days", ""})
	default:
		m.Cursor = v.spots(m.Spots(v.w, v.h), len(weekdays), noNow, func(part int) int { return part }, v.heatItem)
		v.out = m.Draw(v.look(), v.w, v.h)
	}
}

// noNow is for charts that have no last bar.
const noNow = -99

// heatItem is an hour of the week.
func (v *view) heatItem(s chart.Spot) Item {
	day, hour := s.Part, s.Bar
	c := &v.llm.Heat[day][hour]
	row := fmt.Sprintf("%s %02d:00", weekdays[day], hour)
	it := countItem(row, "calls", c.Calls, data.BehindHeat(v.now(), day, hour, false))
	if v.in.Measure == Cost {
		it = v.moneyItem(row, "cost", c.CostUSD, data.BehindHeat(v.now(), day, hour, true))
	}
	it.Near = latestHour(v.now(), day, hour).Add(time.Hour / 2)
	return it
}

// latestHour is the last hour of the week, Monday 0, UTC, that has begun.
func latestHour(now time.Time, day, hour int) time.Time {
	now = now.UTC()
	back := (int(now.Weekday()+6)%7 - day + 7) % 7
	t := time.Date(now.Year(), now.Month(), now.Day()-back, hour, 0, 0, 0, time.UTC)
	if t.After(now) {
		t = t.AddDate(0, 0, -7)
	}
	return t
}
