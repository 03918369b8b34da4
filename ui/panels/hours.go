package panels

import (
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
	t := v.timeline(buckets, func(b *data.HourBucket) string {
		return b.Start.In(v.location()).Format(format.LayoutMinute)[:2]
	})
	v.out = t.Draw(v.look(), v.w, v.h)
}
