package panels

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// hoursPanel shows the calls of the last 24 clock hours and what they cost.
func hoursPanel() Panel {
	return Panel{
		ID: "hours", Title: "Calls per hour", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, join(followed(in, "24h"), splitName(in.Split))) },
		Draw:   drawing(drawHours),
	}
}

func drawHours(v *view) {
	if v.llm.PerHour == nil {
		v.say(dbLack(v.in))
		return
	}
	buckets := make([]*data.HourBucket, len(v.llm.PerHour))
	for i := range v.llm.PerHour {
		buckets[i] = &v.llm.PerHour[i]
	}
	if nothing(buckets) {
		v.say(lack{lackEmpty, "no calls in 24 hours", ""})
		return
	}
	c := &callBuckets{
		buckets: buckets, length: time.Hour, name: v.hourName,
		label: func(b *data.HourBucket) string { return b.Start.In(v.location()).Format(format.LayoutMinute)[:2] },
	}
	v.drawCalls(c, v.timeline(c))
}

func (v *view) hourName(b *data.HourBucket) string { return v.momentName(b.Start) }

// momentName names a stretch of time by its beginning, with the day unless that
// is today.
func (v *view) momentName(start time.Time) string {
	at, now := start.In(v.location()), v.now().In(v.location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 15:04")
}

// dayName names a UTC day.
func dayName(start time.Time) string { return start.UTC().Format("Mon 2 Jan") }
