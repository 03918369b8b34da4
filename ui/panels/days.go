package panels

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
)

// daysPanel shows the calls of the last 30 UTC days, what they cost, and on
// which days most calls were interrupted.
func daysPanel() Panel {
	return Panel{
		ID: "days", Title: "Calls per day", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, join(followed(in, "30d UTC"), splitName(in.Split))) },
		Draw:   drawing(drawDays),
	}
}

func drawDays(v *view) {
	if v.llm.PerDay == nil {
		v.say(dbLack(v.in))
		return
	}
	buckets := make([]*data.HourBucket, len(v.llm.PerDay))
	for i := range v.llm.PerDay {
		buckets[i] = &v.llm.PerDay[i].HourBucket
	}
	if nothing(buckets) {
		v.say(lack{lackEmpty, "no calls in 30 days", ""})
		return
	}
	c := &callBuckets{
		buckets: buckets, length: 24 * time.Hour,
		label: func(b *data.HourBucket) string { return b.Start.UTC().Format("02") },
		name:  func(b *data.HourBucket) string { return dayName(b.Start) },
	}
	t := v.timeline(c)
	t.MarkName = "most interrupted"
	least := mostInterrupted(v.llm.PerDay)
	for i := range v.llm.PerDay {
		if n := v.llm.PerDay[i].Interrupted; n != nil && *n >= least {
			t.Bars[i].Marks = *n
		}
	}
	v.drawCalls(c, t)
}

// mostInterrupted is how many interrupted calls a day of the worst tenth has at
// least. It is above what half of the days have: a mark at all of them says nothing.
func mostInterrupted(days []data.DayBucket) int64 {
	counts := make([]int64, len(days))
	for i := range days {
		if n := days[i].Interrupted; n != nil {
			counts[i] = *n
		}
	}
	slices.Sort(counts)
	worst, median := counts[len(counts)-(len(counts)+9)/10], counts[len(counts)/2]
	return max(worst, median+1)
}
