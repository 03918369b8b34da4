package format

import "math"

// Seconds is a number of seconds: 840ms, 1.24s, 2m05s, 4d06h.
func Seconds(s float64) string { return SecondsIn(s, math.MaxInt) }

// SecondsIn is s within w cells.
func SecondsIn(s float64, w int) string {
	if o := odd(s); o != "" {
		return fit(w, o)
	}
	const most = math.MaxInt64 / 2 // as a float64 it is still an int64
	return MillisIn(int64(math.Round(min(max(s*1000, -most), most))), w)
}

// Hours is a number of hours as a duration: 12m00s, 3h10m, 4d06h.
func Hours(h float64) string { return SecondsIn(h*3600, math.MaxInt) }

// HoursIn is h within w cells.
func HoursIn(h float64, w int) string { return SecondsIn(h*3600, w) }
