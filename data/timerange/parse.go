package timerange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
)

// firstYear is the earliest that can be asked for: there was no Donna before.
const firstYear = 2000

// maxText bounds what is parsed.
const maxText = 200

// Forms shows what [Parse] takes.
const Forms = "90m, 3d, today, yesterday, 2026-11-20, 2026-11-20 14:00..16:30, -3h..-1h, 2026-11-20.."

// Parse reads a range as people type it:
//
//	1h 24h today 7d month 30d      a window of the contract
//	90m 1h30m 3d 2w                the last so much time
//	yesterday                      the UTC day before this one
//	2026-11-20  2026-11            that day, that month
//	FROM..TO                       from one instant to another, borders included
//	FROM..                         from an instant up to now
//
// An instant is now, an age (-3h), a day (today, yesterday, 2026-11-20), a day and
// a clock time (2026-11-20 14:00, also with seconds), a clock time of today or, after
// the dots, of the day the range begins, or RFC 3339. A day after the dots belongs
// to the range. A clock time after the dots that comes before the first is that of
// the next day. A clock time that comes twice when clocks are set back is the
// first before the dots and the second after them.
//
// Errors say what is wrong with the text and what to write instead.
func Parse(text string, now time.Time, loc *time.Location) (Range, error) {
	if len(text) > maxText {
		return Range{}, fmt.Errorf("the range is longer than %d characters: write something like %s", maxText, Forms)
	}
	p := parser{now: now.UTC(), loc: loc}
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	from, to, two := strings.Cut(text, "..")
	if !two {
		from, to, two = strings.Cut(text, " to ")
	}
	if !two {
		return p.one(text)
	}
	return p.two(strings.TrimSpace(from), strings.TrimSpace(to))
}

type parser struct {
	now time.Time
	loc *time.Location
}

// one reads a text without dots.
func (p *parser) one(text string) (Range, error) {
	switch {
	case text == "":
		return Range{}, fmt.Errorf("the range is empty: write something like %s", Forms)
	case slices.Contains(data.WindowNames, text):
		return Range{name: text}, nil
	}
	if d, ok := parseDuration(strings.TrimPrefix(text, "-")); ok {
		return p.last(d)
	}
	if text == "yesterday" {
		return p.day(data.Window{From: p.midnight(-1), To: p.midnight(0)})
	}
	if day, ok := p.date(text); ok {
		return p.day(data.Window{From: day, To: p.wall(day, 1, 0, false)})
	}
	if month, err := time.ParseInLocation("2006-01", text, p.loc); err == nil {
		return p.day(data.Window{From: month, To: month.AddDate(0, 1, 0)})
	}
	if _, ok := p.instant(text, time.Time{}, false); ok {
		return Range{}, fmt.Errorf("%q is an instant: give the end of the range as well, such as %s..%s, or %s.. for all since", text, text, "16:30", text)
	}
	return Range{}, fmt.Errorf("can't read the range %q: write something like %s", text, Forms)
}

func (p *parser) last(d time.Duration) (Range, error) {
	switch {
	case d < Shortest:
		return Range{}, errors.New("the range is shorter than a minute")
	case d > Longest:
		return Range{}, errTooLong
	}
	return Last(d), nil
}

var errTooLong = errors.New("the range is longer than 366 days")

// day is a range up to the beginning of what comes after it.
func (p *parser) day(w data.Window) (Range, error) {
	return p.checked(Range{from: w.From, to: w.To, whole: true})
}

// two reads the instants on either side of the dots.
func (p *parser) two(from, to string) (Range, error) {
	begin, ok := p.instant(from, time.Time{}, false)
	if !ok {
		return Range{}, p.unreadable(from, "beginning")
	}
	if to == "" || to == "now" {
		if age, ok := strings.CutPrefix(from, "-"); ok {
			if d, ok := parseDuration(age); ok {
				return p.last(d)
			}
		}
		return p.checked(Range{from: begin})
	}
	if day, ok := p.date(to); ok {
		return p.checked(Range{from: begin, to: p.wall(day, 1, 0, false), whole: true})
	}
	if day, ok := map[string]int{"today": 1, "yesterday": 0}[to]; ok {
		return p.checked(Range{from: begin, to: p.midnight(day), whole: true})
	}
	end, ok := p.instant(to, begin, true)
	if !ok {
		return Range{}, p.unreadable(to, "end")
	}
	return p.checked(Range{from: begin, to: end})
}

func (p *parser) unreadable(text, what string) error {
	if text == "" {
		return fmt.Errorf("the range has no %s: write something like %s", what, Forms)
	}
	return fmt.Errorf("can't read %q as the %s of a range: write something like 2026-11-20 14:00, 14:00, -3h or 2026-11-20T14:00:00Z", text, what)
}

func (p *parser) checked(r Range) (Range, error) {
	from, to := r.ends(p.now)
	switch {
	case r.from.Year() < firstYear:
		return Range{}, fmt.Errorf("the range begins before %d", firstYear)
	case !from.Before(p.now):
		return Range{}, errors.New("the range begins in the future")
	case to.Before(from):
		return Range{}, errors.New("the range ends before it begins: write the earlier instant first")
	case to.Equal(from):
		return Range{}, errors.New("the range has no length: give another end")
	case to.Sub(from) > Longest:
		return Range{}, errTooLong
	}
	return r, nil
}

// instant reads one side of the dots; begin is the other side if this is the end.
func (p *parser) instant(text string, begin time.Time, end bool) (time.Time, bool) {
	switch text {
	case "now":
		return p.now, true
	case "today":
		return p.midnight(0), true
	case "yesterday":
		return p.midnight(-1), true
	}
	if age, ok := strings.CutPrefix(text, "-"); ok {
		if d, ok := parseDuration(age); ok && d <= Longest {
			return p.now.Add(-d), true
		}
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text)); err == nil {
		return t, true
	}
	if day, ok := p.date(text); ok {
		return day, true
	}
	if date, rest, ok := cutDay(text); ok {
		day, okDay := p.date(date)
		at, okClock := parseClock(rest)
		return p.wall(day, 0, at, end), okDay && okClock
	}
	at, ok := parseClock(text)
	if !ok {
		return time.Time{}, false
	}
	day := p.now.In(p.loc)
	if end {
		day = begin.In(p.loc)
	}
	t := p.wall(day, 0, at, end)
	if end && t.Before(begin) {
		t = p.wall(day, 1, at, end)
	}
	return t, true
}

// cutDay takes a day and a clock time apart, which a blank or a T joins.
func cutDay(text string) (date, clock string, ok bool) {
	if len(text) > len(time.DateOnly) && (text[len(time.DateOnly)] == ' ' || text[len(time.DateOnly)] == 't') {
		return text[:len(time.DateOnly)], text[len(time.DateOnly)+1:], true
	}
	return "", "", false
}

// date is the beginning of a day in the zone.
func (p *parser) date(text string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, false
	}
	y, m, d := day.Date()
	return p.wall(time.Date(y, m, d, 12, 0, 0, 0, p.loc), 0, 0, false), true
}

// midnight is where the UTC day begins that is so many days after this one.
func (p *parser) midnight(days int) time.Time {
	y, m, d := p.now.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)
}

// wall is the instant at which the clocks of the zone show a time, so many days
// after the day given. A time that comes twice is the first, or the last if last;
// one that is left out is as much later as the clocks are set forward.
func (p *parser) wall(day time.Time, days int, at time.Duration, last bool) time.Time {
	y, m, d := day.Date()
	sec := int(at / time.Second)
	t := time.Date(y, m, d+days, 0, 0, sec, int(at%time.Second), p.loc)
	want := t.Format(time.DateTime)
	for _, step := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if last {
			step = -step
		}
		if other := t.Add(-step); other.Format(time.DateTime) == want {
			return other
		}
	}
	return t
}

// parseClock reads 14:00, 14:00:30 or 14:00:30.5; 24:00 is the end of the day.
func parseClock(text string) (time.Duration, bool) {
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	for _, layout := range []string{"15:04", "15:04:05"} { // fractions of a second are taken as well
		if t, err := time.Parse(layout, text); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), true
		}
	}
	return 0, false
}

// parseDuration reads 90m, 1h30m, 3d, 2w: whole numbers of units, each unit at
// most once and the longer ones first.
func parseDuration(text string) (time.Duration, bool) {
	total, last := time.Duration(0), time.Duration(1<<62)
	for text != "" {
		n := 0
		for n < len(text) && '0' <= text[n] && text[n] <= '9' {
			n++
		}
		if n == 0 || n > 9 || n == len(text) {
			return 0, false
		}
		count, err := strconv.ParseInt(text[:n], 10, 64)
		unit := unitOf(text[n])
		if err != nil || unit == 0 || unit >= last || count > int64(maxDuration/unit) {
			return 0, false
		}
		total, last, text = total+time.Duration(count)*unit, unit, text[n+1:]
	}
	return total, total > 0
}

// maxDuration keeps sums from overflowing; it is far beyond what is allowed.
const maxDuration = 10 * Longest

// unitOf is the length of a unit; 0 if there is none of that letter.
func unitOf(letter byte) time.Duration {
	switch letter {
	case 'w':
		return 7 * 24 * time.Hour
	case 'd':
		return 24 * time.Hour
	case 'h':
		return time.Hour
	case 'm':
		return time.Minute
	case 's':
		return time.Second
	}
	return 0
}
