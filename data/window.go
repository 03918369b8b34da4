package data

import (
	"fmt"
	"slices"
	"time"
)

// Window is a closed stretch of time, From ≤ t ≤ To, with the name it has in the
// JSON contract.
type Window struct {
	Name     string
	From, To time.Time
}

// The windows of the JSON contract. 7d and 30d trail; today and month begin at
// 00:00 UTC.
const (
	Window1h    = "1h"
	Window24h   = "24h"
	WindowToday = "today"
	Window7d    = "7d"
	WindowMonth = "month"
	Window30d   = "30d"
)

// WindowNames lists all windows from the shortest to the longest usual length,
// the order in which people step through them.
var WindowNames = []string{Window1h, Window24h, WindowToday, Window7d, WindowMonth, Window30d}

// LatencyWindowNames lists the windows latencies are given for.
var LatencyWindowNames = []string{Window1h, Window24h, WindowToday, Window7d, Window30d}

// shadowWindowNames lists the windows shadow rows are compared over.
var shadowWindowNames = []string{Window7d, Window30d}

// WindowRange is the key of the stretch of time somebody chose, wherever
// [Snapshot.FiguresIn] adds it to the windows above.
const WindowRange = "range"

// givesLatency tells whether latencies are given for the window.
func givesLatency(window string) bool {
	return window == WindowRange || slices.Contains(LatencyWindowNames, window)
}

// comparesShadows tells whether shadow rows are compared over the window.
func comparesShadows(window string) bool {
	return window == WindowRange || slices.Contains(shadowWindowNames, window)
}

// Horizon is how far back figures reach: the longest month and the longest
// trailing window, plus the day that time zones and clock skew may cost.
const Horizon = 31 * 24 * time.Hour

// WindowAt gives the window of that name which ends now. The error lists the names.
func WindowAt(name string, now time.Time) (Window, error) {
	now = now.UTC()
	var from time.Time
	switch name {
	case Window1h:
		from = now.Add(-time.Hour)
	case Window24h:
		from = now.Add(-24 * time.Hour)
	case WindowToday:
		from = dayStart(now)
	case Window7d:
		from = now.Add(-7 * 24 * time.Hour)
	case WindowMonth:
		from = monthStart(now)
	case Window30d:
		from = now.Add(-30 * 24 * time.Hour)
	default:
		return Window{}, fmt.Errorf("unknown window %q: use one of %v", name, WindowNames)
	}
	return Window{Name: name, From: from, To: now}, nil
}

// windowNamed is the window of one of this package's own names.
func windowNamed(name string, now time.Time) Window {
	return windowsNewestFirst([]string{name}, now)[0]
}

// windowsNewestFirst gives the named windows that end now, the one that begins
// last first, which is the order a single pass over rows can serve them in.
func windowsNewestFirst(names []string, now time.Time) []Window {
	ws := make([]Window, 0, len(names))
	for _, name := range names {
		w, err := WindowAt(name, now)
		if err != nil {
			panic(err) // the names are this package's own constants
		}
		ws = append(ws, w)
	}
	slices.SortStableFunc(ws, func(a, b Window) int { return b.From.Compare(a.From) })
	return ws
}

func dayStart(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func monthStart(t time.Time) time.Time {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

func nextMonthStart(t time.Time) time.Time {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
}

func hourStart(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }
