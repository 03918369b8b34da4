package panels

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// errorTimelinePanel shows when the lines of the last day came.
func errorTimelinePanel() Panel {
	return Panel{
		ID: "error_timeline", Title: "Warnings & errors", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return logsStatus(in, cmp.Or(in.Chosen.Note, followed(in, "24h"))) },
		Draw:   drawingOf(errorFigures, drawErrorTimeline),
	}
}

func drawErrorTimeline(v *view, f *data.Errors) {
	if f.Per5m == nil {
		v.say(logsLack(v.in))
		return
	}
	if !slices.ContainsFunc(f.Per5m, func(b data.LevelBucket) bool { return b.LevelCounts != data.LevelCounts{} }) {
		v.say(v.nothingWrong())
		return
	}
	v.out = v.levelTimeline(f.Per5m, v.w, v.h)
}

// nothingWrong says that there are no lines.
func (v *view) nothingWrong() lack {
	if v.in.Chosen.Note != "" {
		return lack{lackEmpty, "no warning or error passes the filter", ""}
	}
	return lack{lackEmpty, "nothing went wrong " + v.in.in24Hours(), ""}
}

// Stretches of time a bar may stand for, where there are more of five minutes
// than columns.
var levelSteps = []time.Duration{
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour,
}

// levelTimeline stacks lines by level, the worst at the bottom, where a single
// one can be seen among many. Hours with critical ones are marked as well.
func (v *view) levelTimeline(buckets []data.LevelBucket, w, h int) []string {
	const scale = 7 // columns the chart may take for its numbers
	i := 0
	for i < len(levelSteps)-1 && countStretches(buckets, levelSteps[i]) > max(w-scale, 8) {
		i++
	}
	joined := joinLevels(buckets, levelSteps[i])
	_, critical := levelSign("critical")
	t := &chart.Timeline{Format: formatCount, MarkName: critical}
	for _, level := range levels {
		_, word := levelSign(level)
		t.Series, t.Paints = append(t.Series, word), append(t.Paints, v.Styles.Level(level))
	}
	for i := range joined {
		b := &joined[i]
		t.Bars = append(t.Bars, chart.Bar{
			Label:  b.Start.In(v.location()).Format(format.LayoutMinute),
			Values: []float64{float64(b.Critical), float64(b.Error), float64(b.Warning)},
			Total:  float64(b.Critical) + float64(b.Error) + float64(b.Warning),
			Line:   math.NaN(),
			Marks:  b.Critical,
		})
	}
	v.timelineSpots(t, w, h, func(s chart.Spot) Item { return v.levelItem(t, &joined[s.Bar], levelSteps[i], s) })
	return t.Draw(v.look(), w, h)
}

// levelItem is the lines of a stretch: all of them, or those of a level.
func (v *view) levelItem(t *chart.Timeline, b *data.LevelBucket, step time.Duration, s chart.Spot) Item {
	w, bar := data.Stretch(b.Start, step, v.seriesEnd()), &t.Bars[s.Bar]
	if from := v.in.Chosen.From; from.After(w.From) {
		w.From = from
	}
	level, n := "critical", b.Critical
	switch {
	case s.Part == chart.WholeBar:
		all := data.BehindSeries(w, data.SeriesKeys{}, events.LevelCritical, events.LevelError, events.LevelWarning)
		return at(b.Start, countItem(v.momentName(b.Start), "lines", int64(bar.Total), v.chosen(all)))
	case s.Part == chart.MarkSign:
		level = "critical lines"
	case s.Part > 0:
		level = levels[s.Part]
		n = int64(bar.Values[s.Part])
	}
	return at(b.Start, countItem(v.momentName(b.Start), level, n, v.chosen(data.BehindSeries(w, data.SeriesKeys{}, data.LevelMetric(strings.TrimSuffix(level, " lines"))))))
}

// levels are those of trouble, the worst first.
var levels = []string{"critical", "error", "warning"}

// countStretches is how many buckets [joinLevels] gives.
func countStretches(buckets []data.LevelBucket, step time.Duration) int {
	n := 0
	for i := range buckets {
		if i == 0 || !buckets[i].Start.Truncate(step).Equal(buckets[i-1].Start.Truncate(step)) {
			n++
		}
	}
	return n
}

// joinLevels adds buckets up to longer ones, which begin at multiples of step.
func joinLevels(buckets []data.LevelBucket, step time.Duration) []data.LevelBucket {
	out := make([]data.LevelBucket, 0, countStretches(buckets, step))
	for i := range buckets {
		b := buckets[i]
		b.Start = b.Start.Truncate(step)
		if n := len(out); n > 0 && out[n-1].Start.Equal(b.Start) {
			out[n-1].Warning += b.Warning
			out[n-1].Error += b.Error
			out[n-1].Critical += b.Critical
			continue
		}
		out = append(out, b)
	}
	return out
}
