package panels

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// tasksDaysPanel sets the tasks completed below those created, day by day and
// to the same scale.
func tasksDaysPanel() Panel {
	return Panel{
		ID: "tasks_days", Title: "Tasks per day", MinW: 24, MinH: 5,
		Status: func(in *Input) string { return dbStatus(in, followed(in, "30d UTC")) },
		Draw:   drawingOf(tasksOf, drawTasksDays),
	}
}

func drawTasksDays(v *view, f *data.Tasks) {
	if f.PerDay == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	if !slices.ContainsFunc(f.PerDay, func(d data.TaskDay) bool { return d.Created != 0 || d.Completed != 0 }) {
		v.say(lack{lackEmpty, "no task created or completed in 30 days", ""})
		return
	}
	c := chart.Strips{OneScale: true, Strips: []chart.Strip{{Name: "created", Format: formatCount}, {Name: "completed", Format: formatCount}}}
	for i := range f.PerDay {
		d := &f.PerDay[i]
		c.Labels = append(c.Labels, d.Start.UTC().Format("02"))
		for j, n := range []int64{d.Created, d.Completed} {
			c.Strips[j].Values = append(c.Strips[j].Values, float64(n))
			c.Strips[j].Note = format.Count(n) + " today"
		}
	}
	v.stripSpots(&c, v.w, v.h, func(s chart.Spot) Item {
		d := &f.PerDay[s.Bar]
		w := data.Stretch(d.Start, 24*time.Hour, v.seriesEnd())
		if s.Part == 0 {
			return at(d.Start, countItem(dayName(d.Start), "created", d.Created, data.BehindCreated(w, nil, nil)))
		}
		return at(d.Start, countItem(dayName(d.Start), "completed", d.Completed, data.BehindCompleted(w)))
	})
	v.out = c.Draw(v.look(), v.w, v.h)
}
