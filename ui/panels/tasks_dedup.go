package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// tasksDedupPanel shows how often a new task turned out to be there already.
func tasksDedupPanel() Panel {
	return Panel{
		ID: "tasks_dedup", Title: "Duplicates found", MinW: 26, MinH: 3,
		Status: logsWindowStatus,
		Draw:   drawingOf(tasksOf, drawTasksDedup),
	}
}

func drawTasksDedup(v *view, f *data.Tasks) {
	known := false
	for _, d := range f.Dedup {
		known = known || d != nil
	}
	if !known {
		v.say(unfilled(v.in, data.KeyDedup, logsLack(v.in)))
		return
	}
	count := func(of func(d *data.Dedup) *int64) func(window string, w int) cell {
		return func(window string, w int) cell {
			if d := f.Dedup[window]; d != nil {
				return v.countCell(of(d), w)
			}
			return v.countCell(nil, w)
		}
	}
	pct := func(window string) *float64 {
		d := f.Dedup[window]
		if d == nil || d.Rate == nil {
			return nil
		}
		p := *d.Rate * 100
		return &p
	}
	item := func(column string, of func(d *data.Dedup) *int64, metrics ...events.Metric) func(name string, w data.Window) Item {
		return func(name string, w data.Window) Item {
			it := Item{Column: column, Text: format.Missing}
			if d := f.Dedup[name]; d != nil {
				it = countItem("", column, *of(d), data.BehindSeries(w, data.SeriesKeys{}, metrics...))
			}
			return it
		}
	}
	checksOf := func(d *data.Dedup) *int64 { return &d.Checks }
	hitsOf := func(d *data.Dedup) *int64 { return &d.Hits }
	columns := []windowColumn{
		{head: "checks", w: 6, cell: count(checksOf), item: item("checks", checksOf, events.DedupHit, events.DedupMiss)},
		{head: "hits", w: 5, drop: 1, cell: count(hitsOf), item: item("hits", hitsOf, events.DedupHit)},
		{head: "rate", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "rate", pct(name), format.Percent, data.BehindSeries(w, data.SeriesKeys{}, events.DedupHit, events.DedupMiss).As(data.Derived))
		}, cell: func(window string, w int) cell { return v.optCell(pct(window), w, format.PercentIn) }},
		{w: 8, drop: 2, bar: true, cell: func(window string, _ int) cell {
			return cell{draw: func(b *line.Builder, w int) { chart.Gauge(b, v.look(), pct(window), 101, w) }}
		}},
	}
	v.parts(v.w, v.windowPart("", columns, v.logsGap(f.Dedup[v.in.Window] == nil)))
}
