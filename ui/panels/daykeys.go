package panels

import (
	"time"

	"github.com/donna-project/donnatop/data"
)

// daysShown is how many UTC days series by day have.
const daysShown = 30

// seriesDay is one day of such a series: its key in a map by day, and its label.
type seriesDay struct {
	key, label string
	name       string // of the day by itself
	start      time.Time
}

// window is the day as far as it is over by now.
func (d *seriesDay) window(now time.Time) data.Window {
	return data.Stretch(d.start, 24*time.Hour, now)
}

// at is an item that begins then.
func at(start time.Time, it Item) Item {
	it.At = start
	return it
}

// seriesDays are the UTC days up to now, oldest first. Maps by day may leave
// days out on which nothing happened.
func seriesDays(now time.Time) []seriesDay {
	days := make([]seriesDay, daysShown)
	today := now.UTC()
	for i := range days {
		d := time.Date(today.Year(), today.Month(), today.Day()-(daysShown-1-i), 0, 0, 0, 0, time.UTC)
		days[i] = seriesDay{d.Format(time.DateOnly), d.Format("02"), dayName(d), d}
	}
	return days
}

func dayLabels(days []seriesDay) []string {
	labels := make([]string, len(days))
	for i, d := range days {
		labels[i] = d.label
	}
	return labels
}
