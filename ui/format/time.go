package format

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Millis is a number of milliseconds: 840ms, 1.24s, 12.3s, 2m05s, 1h02m.
func Millis(ms int64) string { return MillisIn(ms, math.MaxInt) }

// MillisIn is ms within w cells.
func MillisIn(ms int64, w int) string {
	a := math.Abs(float64(ms))
	negative := ms < 0
	switch {
	case a < 1000:
		return fit(w, strconv.FormatInt(ms, 10)+"ms", withSign(trimFloat(a/1000, 1)+"s", negative))
	case a < 9995:
		return fit(w, withSign(trimFloat(a/1000, 2)+"s", negative), withSign(trimFloat(a/1000, 1)+"s", negative), withSign(trimFloat(a/1000, 0)+"s", negative))
	case a < 59_950:
		return fit(w, withSign(trimFloat(a/1000, 1)+"s", negative), withSign(trimFloat(a/1000, 0)+"s", negative))
	}
	return DurationIn(clampedMillis(ms), w)
}

// clampedMillis keeps hostile latencies from turning over.
func clampedMillis(ms int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	return time.Duration(min(max(ms, -most), most)) * time.Millisecond
}

func trimFloat(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// Duration is d to two units: 42s, 2m05s, 3h10m, 4d06h.
func Duration(d time.Duration) string { return DurationIn(d, math.MaxInt) }

// DurationIn is d within w cells, to two units or one.
func DurationIn(d time.Duration, w int) string {
	negative := d < 0
	s := max(d, -d).Round(time.Second) / time.Second
	var two, one string
	switch {
	case s < 60:
		two = fmt.Sprintf("%ds", s)
		one = two
	case s < 3600:
		two, one = fmt.Sprintf("%dm%02ds", s/60, s%60), fmt.Sprintf("%dm", s/60)
	case s < 86400:
		two, one = fmt.Sprintf("%dh%02dm", s/3600, s%3600/60), fmt.Sprintf("%dh", s/3600)
	default:
		two, one = fmt.Sprintf("%dd%02dh", s/86400, s%86400/3600), fmt.Sprintf("%dd", s/86400)
	}
	return fit(w, withSign(two, negative), withSign(one, negative))
}

// Age is d to one unit: 3s, 2m, 5h, 3d; "now" below a second and for what lies
// in the future by no more than clocks differ.
func Age(d time.Duration) string {
	d = max(d, -math.MaxInt64) // the least of all has no negative
	switch {
	case d < -time.Minute:
		return "in " + Age(-d)
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// Days is a number of days: 13.7 days, 1.0 days, 120 days.
func Days(d float64) string {
	if s := odd(d); s != "" {
		return s
	}
	if math.Abs(d) < 99.95 {
		return fixed(d, 1) + " days"
	}
	return fixed(d, 0) + " days"
}

// DaysIn is a number of days within w cells: 13.7 days, 13.7d, 14d.
func DaysIn(d float64, w int) string {
	if s := odd(d); s != "" {
		return fit(w, s)
	}
	full := Days(d)
	return fit(w, full, full[:len(full)-len(" days")]+"d", fixed(d, 0)+"d", withSign(short(math.Abs(d), 2)+"d", d < 0))
}

// Layouts of times, from the most exact on.
const (
	LayoutMillis = "15:04:05.000"
	LayoutClock  = "15:04:05"
	LayoutMinute = "15:04"
	LayoutDay    = "2006-01-02"
)

// Stamp is t in loc with its day if that isn't now's: 15:04:05 or 07-01 15:04:05.
func Stamp(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	switch {
	case t.Year() != now.Year():
		return t.Format("2006-01-02 15:04:05")
	case t.YearDay() != now.YearDay():
		return t.Format("01-02 15:04:05")
	}
	return t.Format(LayoutClock)
}

// StampIn is t within w cells: with day and seconds, then less.
func StampIn(t, now time.Time, loc *time.Location, w int) string {
	full := Stamp(t, now, loc)
	return fit(w, full, full[:len(full)-len(":05")], t.In(loc).Format(LayoutMinute))
}
