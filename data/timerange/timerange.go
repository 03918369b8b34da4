// Package timerange reads the stretches of time people ask for, and moves them.
//
// A range is live if it ends with the clock: one of the windows of the JSON
// contract, the last so much time ("90m", "3d"), or all since an instant
// ("2026-11-20.."). Any other is pinned: it stays where it is. Times without an
// offset are those of the zone given; days and months that have a name (today,
// yesterday, month) are UTC, as Donna counts them.
package timerange

import (
	"fmt"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
)

// Bounds of what can be asked for.
const (
	Shortest = time.Minute
	Longest  = 366 * 24 * time.Hour
)

// Range is a stretch of time. The zero Range is that of no time at all.
type Range struct {
	name     string        // of a window of the contract
	length   time.Duration // of the last so much time
	from, to time.Time     // of all others; a zero to is now
	// whole says that to is where the next thing begins, such as midnight after a
	// day: it doesn't belong to the range.
	whole bool
}

// Named is the window of that name, one of [data.WindowNames].
func Named(window string) (Range, error) {
	if _, err := data.WindowAt(window, time.Unix(0, 0)); err != nil {
		return Range{}, err
	}
	return Range{name: window}, nil
}

// Last is the last so much time, by the window's name if there is one as long.
func Last(d time.Duration) Range {
	for name, length := range presets {
		if d == length {
			return Range{name: name}
		}
	}
	return Range{length: d}
}

// presets are the windows that are always as long.
var presets = map[string]time.Duration{
	data.Window1h: time.Hour, data.Window24h: 24 * time.Hour, data.Window7d: 7 * 24 * time.Hour, data.Window30d: 30 * 24 * time.Hour,
}

// Window is the range at an instant, borders included; its name is that of the
// contract's window or [data.WindowRange]. It may end ahead of now.
func (r Range) Window(now time.Time) data.Window {
	switch {
	case r.name != "":
		w, err := data.WindowAt(r.name, now)
		if err != nil {
			panic(err) // checked by whoever set the name
		}
		return w
	case r.length > 0:
		return data.Window{Name: data.WindowRange, From: now.Add(-r.length).UTC(), To: now.UTC()}
	}
	w := data.Window{Name: data.WindowRange, From: r.from.UTC(), To: now.UTC()}
	if !r.to.IsZero() {
		w.To = r.to.UTC()
		if r.whole {
			w.To = w.To.Add(-1)
		}
	}
	return w
}

// Key is what figures of the range are kept under: a window's name or [data.WindowRange].
func (r Range) Key() string {
	if r.name != "" {
		return r.name
	}
	return data.WindowRange
}

// Live tells whether the range ends with the clock.
func (r Range) Live() bool { return r.to.IsZero() }

// Past tells whether it ended before now.
func (r Range) Past(now time.Time) bool { return !r.Live() && r.Window(now).To.Before(now) }

// ends are the instants between which the range lies.
func (r Range) ends(now time.Time) (from, to time.Time) {
	w := r.Window(now)
	if r.whole {
		return w.From, w.To.Add(1)
	}
	return w.From, w.To
}

func (r Range) len(now time.Time) time.Duration {
	from, to := r.ends(now)
	return to.Sub(from)
}

// In is the later half of the range; false if it would be too short.
func (r Range) In(now time.Time) (Range, bool) {
	return r.resized(now, r.len(now)/2)
}

// Out is a range twice as long with the same end; false if it would be too long.
func (r Range) Out(now time.Time) (Range, bool) {
	return r.resized(now, 2*r.len(now))
}

// InAround is half the range with an instant in its midst, as far as the range
// reaches if it holds that, and never beyond now; false if it would be too short.
func (r Range) InAround(now, at time.Time) (Range, bool) {
	from, to := r.ends(now)
	if at.Before(from) || at.After(to) {
		return r.around(now, at, r.len(now)/2, time.Time{}, now)
	}
	return r.around(now, at, r.len(now)/2, from, to)
}

// OutAround is a range twice as long with an instant in its midst, as far as now
// lets it; false if it would be too long.
func (r Range) OutAround(now, at time.Time) (Range, bool) {
	return r.around(now, at, 2*r.len(now), time.Time{}, now)
}

// around is a stretch between two borders. At the border that moves with the clock
// it is live.
func (r Range) around(now, at time.Time, length time.Duration, first, last time.Time) (Range, bool) {
	length = tidy(length)
	if length < Shortest || length > Longest {
		return r, false
	}
	to := at.Add(length / 2).Truncate(time.Second)
	if earliest := first.Add(length); to.Before(earliest) {
		to = earliest
	}
	if !to.Before(last) {
		if !last.Before(now) && r.Live() || last.Equal(now) {
			return Last(length), true
		}
		to = last
	}
	out := Range{from: to.Add(-length), to: to}
	return out, out.from.Year() >= firstYear
}

func (r Range) resized(now time.Time, length time.Duration) (Range, bool) {
	length = tidy(length)
	if length < Shortest || length > Longest {
		return r, false
	}
	if r.Live() {
		return Last(length), true
	}
	r.from = r.to.Add(-length)
	return r, true
}

// tidy is d without a fraction nobody would ask for.
func tidy(d time.Duration) time.Duration {
	if d >= 10*time.Minute {
		return d.Round(time.Minute)
	}
	return d.Round(time.Second)
}

// Shifted is the range moved by half its length, to the past if back; false if
// there is no way further. Moved to within a tenth of its length of the clock, or
// beyond it, it is live: meanwhile time went on.
func (r Range) Shifted(now time.Time, back bool) (Range, bool) {
	from, to := r.ends(now)
	if r.Live() {
		if !back {
			return r, false
		}
		from, to = from.Truncate(time.Second), to.Truncate(time.Second)
	}
	length := to.Sub(from)
	if length < Shortest || length > Longest {
		return r, false
	}
	by := tidy(length / 2)
	if back {
		by = -by
	}
	out := Range{from: from.Add(by), to: to.Add(by), whole: r.whole}
	switch {
	case out.from.Year() < firstYear:
		return r, false
	case !back && now.Sub(out.to) < length/10:
		return Last(tidy(length)), true
	}
	return out, true
}

// String gives the range in a form that [Parse] reads again in any zone.
func (r Range) String() string {
	switch {
	case r.name != "":
		return r.name
	case r.length > 0:
		return duration(r.length)
	case r.to.IsZero():
		return r.from.UTC().Format(time.RFC3339Nano) + ".."
	}
	to := r.to
	if r.whole {
		to = to.Add(-1)
	}
	return r.from.UTC().Format(time.RFC3339Nano) + ".." + to.UTC().Format(time.RFC3339Nano)
}

// Text is the range as people type it in the zone.
func (r Range) Text(loc *time.Location) string {
	if r.name != "" || r.length > 0 {
		return r.String()
	}
	from := typed(r.from.In(loc))
	to, whole := r.to.In(loc), r.whole && clock(r.to.In(loc)) == "00:00"
	switch {
	case r.to.IsZero():
		return from + ".."
	case whole && clock(r.from.In(loc)) == "00:00" && to.AddDate(0, 0, -1).Format(time.DateOnly) == r.from.In(loc).Format(time.DateOnly):
		return r.from.In(loc).Format(time.DateOnly)
	case whole:
		return from + ".." + to.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return from + ".." + typed(to)
}

// typed is an instant without what is zero.
func typed(t time.Time) string {
	if clock(t) == "00:00" {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateOnly) + " " + clock(t)
}

// Label is the range for people: from and to in the zone, the day once where both
// are on the same, and without what is zero.
func (r Range) Label(now time.Time, loc *time.Location) string {
	switch {
	case r.name != "":
		return r.name
	case r.length > 0:
		return duration(r.length)
	case r.to.IsZero():
		return stamp(r.from, now, loc) + "–now"
	}
	from, to := r.from.In(loc), r.to.In(loc)
	midnight := clock(from) == "00:00" && clock(to) == "00:00" && r.whole
	switch {
	case midnight && to.Equal(from.AddDate(0, 0, 1)):
		return date(from, now.In(loc))
	case midnight:
		return date(from, now.In(loc)) + "–" + date(to.AddDate(0, 0, -1), now.In(loc))
	case r.whole && clock(to) == "00:00" && to.AddDate(0, 0, -1).Format(time.DateOnly) == from.Format(time.DateOnly):
		return stamp(from, now, loc) + "–24:00"
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return stamp(from, now, loc) + "–" + clock(to)
	}
	return stamp(from, now, loc) + "–" + stamp(to, now, loc)
}

func stamp(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	return date(t, now) + " " + clock(t)
}

// date is the day, with its year if that isn't now's.
func date(t, now time.Time) string {
	if t.Year() != now.Year() {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}

func clock(t time.Time) string {
	if t.Second() == 0 {
		return t.Format("15:04")
	}
	return t.Format("15:04:05")
}

// Length is how long the range is, in whole units: 2h30m.
func (r Range) Length(now time.Time) string { return duration(r.len(now).Round(time.Second)) }

// units of durations, the longest first.
var units = []struct {
	name   string
	length time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// duration is d in whole units: 90m is 1h30m.
func duration(d time.Duration) string {
	var b strings.Builder
	for _, u := range units {
		if n := d / u.length; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.length
		}
	}
	return b.String()
}
