// Package timestamp turns the text forms of time that Donna writes into instants.
//
// It knows two grammars. [ParseDB] takes every form found in Donna's SQLite columns: Python's isoformat with and
// without an offset, SQLite's CURRENT_TIMESTAMP, plain dates, and what models and calendars hand in. It is lenient
// because a row with an odd time is still a row. [ParseRFC3339] takes RFC 3339 and nothing else: a log line whose
// timestamp is not RFC 3339 has none, and its time comes from elsewhere.
//
// Both work on strings and byte slices alike, allocate nothing, and check ranges down to the length of the month.
// Results are Unix nanoseconds, which reach from September 1677 to April 2262; text outside of that is not ok. [TimeRFC3339]
// gives a [time.Time] and so covers all years the grammar can write.
package timestamp

import "time"

// Text is what the parsers read.
type Text interface{ ~string | ~[]byte }

// Instants between these seconds fit into int64 nanoseconds whatever their fraction is.
const (
	minSec = -1<<63/1_000_000_000 + 1
	maxSec = (1<<63-1)/1_000_000_000 - 1
)

const (
	secondsPerMinute = 60
	secondsPerHour   = 60 * secondsPerMinute
	secondsPerDay    = 24 * secondsPerHour
)

// dateLen is the length of YYYY-MM-DD.
const dateLen = len("2006-01-02")

// ParseDB parses a time as stored in a column of donna_tasks.db into Unix nanoseconds:
//
//	2026-06-01                          midnight
//	2026-06-01T10:00                    T, t or a blank between date and clock
//	2026-06-01 10:00:00
//	2026-06-01T10:00:00.123456          one fraction digit or more; those after the ninth are cut off
//	2026-06-01T10:00:00.123456+00:00    offset Z, z, ±hh, ±hhmm, ±hh:mm or ±hh:mm:ss; none means UTC
//
// Anything else, leap seconds and the hour 24 included, is not ok. To parse many times in a row, use a [Parser].
func ParseDB[T Text](s T) (ns int64, ok bool) {
	if len(s) < dateLen {
		return 0, false
	}
	day, ok := parseDate(s)
	if !ok {
		return 0, false
	}
	return parseAfterDate(s, day)
}

// A Parser is [ParseDB] with a memory of the last date it saw. Rows come in order of time, so nearly all of a column
// share their date with the row before, and the calendar's arithmetic drops out. The zero value is ready for use;
// a Parser must not be used by two goroutines at once.
type Parser[T Text] struct {
	lo  uint64 // the ten bytes of the remembered date
	hi  uint16
	day int64 // its midnight, Unix seconds
}

// Parse is like [ParseDB].
func (p *Parser[T]) Parse(s T) (ns int64, ok bool) {
	if len(s) < dateLen {
		return 0, false
	}
	lo, hi := load8(s), uint16(s[8])|uint16(s[9])<<8
	if lo != p.lo || hi != p.hi || lo == 0 { // an unused Parser has 0, which no date is
		day, ok := parseDate(s)
		if !ok {
			return 0, false
		}
		p.lo, p.hi, p.day = lo, hi, day
	}
	return parseAfterDate(s, p.day)
}

// parseAfterDate parses what follows the date, whose midnight is day in Unix seconds.
func parseAfterDate[T Text](s T, day int64) (ns int64, ok bool) {
	sec, frac := day, int64(0)
	if len(s) > dateLen {
		if c := s[dateLen]; c != 'T' && c != ' ' && c != 't' {
			return 0, false
		}
		i := dateLen + 1
		if len(s) < i+5 || s[i+2] != ':' {
			return 0, false
		}
		h, m := twoDigits(s, i), twoDigits(s, i+3)
		if h > 23 || m > 59 {
			return 0, false
		}
		sec += int64(h*secondsPerHour + m*secondsPerMinute)
		i += 5
		if i < len(s) && s[i] == ':' {
			if len(s) < i+3 {
				return 0, false
			}
			ss := twoDigits(s, i+1)
			if ss > 59 {
				return 0, false
			}
			sec += int64(ss)
			i += 3
			if i < len(s) && s[i] == '.' {
				if frac, i, ok = parseFraction(s, i+1); !ok {
					return 0, false
				}
			}
		}
		if i < len(s) {
			offset, ok := parseOffset(s, i)
			if !ok {
				return 0, false
			}
			sec -= offset
		}
	}
	if sec < minSec || sec > maxSec {
		return 0, false
	}
	return sec*1_000_000_000 + frac, true
}

// parseOffset parses the offset that ends s at i, in seconds east of UTC.
func parseOffset[T Text](s T, i int) (seconds int64, ok bool) {
	c := s[i]
	rest := len(s) - i - 1
	if c == 'Z' || c == 'z' {
		return 0, rest == 0
	}
	if c != '+' && c != '-' || rest < 2 {
		return 0, false
	}
	h, m, ss := twoDigits(s, i+1), 0, 0
	switch {
	case rest == 2: // hh
	case rest == 4: // hhmm
		m = twoDigits(s, i+3)
	case rest == 5 && s[i+3] == ':': // hh:mm
		m = twoDigits(s, i+4)
	case rest == 8 && s[i+3] == ':' && s[i+6] == ':': // hh:mm:ss
		m, ss = twoDigits(s, i+4), twoDigits(s, i+7)
	default:
		return 0, false
	}
	if h > 23 || m > 59 || ss > 59 {
		return 0, false
	}
	seconds = int64(h*secondsPerHour + m*secondsPerMinute + ss)
	if c == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// parseFraction parses the digits at i as a fraction of a second in nanoseconds and returns the index after them.
func parseFraction[T Text](s T, i int) (ns int64, next int, ok bool) {
	start := i
	for ; i < len(s); i++ {
		d := s[i] - '0'
		if d > 9 {
			break
		}
		if i-start < 9 {
			ns = ns*10 + int64(d)
		}
	}
	if i == start {
		return 0, i, false
	}
	if n := i - start; n < 9 {
		ns *= scale[n]
	}
	return ns, i, true
}

// scale[n] turns a fraction of n digits into nanoseconds.
var scale = [9]int64{1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1}

// parseDate parses the YYYY-MM-DD at the start of s, which is long enough, into its midnight in Unix seconds.
func parseDate[T Text](s T) (sec int64, ok bool) {
	century, year, month, day := twoDigits(s, 0), twoDigits(s, 2), twoDigits(s, 5), twoDigits(s, 8)
	if century > 99 || year > 99 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	year += century * 100
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return daysSince1970(year, month, day) * secondsPerDay, true
}

// badDigits is what twoDigits gives for anything but two digits: larger than every limit it is compared with.
const badDigits = 1000

func twoDigits[T Text](s T, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return badDigits
	}
	return int(a)*10 + int(b)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts the days of the Gregorian calendar from 1970-01-01. The year is taken to begin in March, so that
// the leap day comes last and (153m+2)/5 gives the days before month m; years, centuries and eras then just add up.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	year += 400 // keeps January of the year 0 above zero, where division rounds down
	const daysBefore1970 = 719468 + 146097
	return int64(year*365+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - daysBefore1970
}

// load8 reads the first eight bytes of s; the compiler makes it one load.
func load8[T Text](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// ParseRFC3339 parses a date-time of RFC 3339 section 5.6 into Unix nanoseconds: full date, T or t, clock with seconds,
// optional fraction of any length (cut off after nanoseconds), and Z, z or ±hh:mm. A blank in place of T, a comma before
// the fraction and a missing offset are not in that grammar. The second 60 is accepted where the RFC allows it, as the
// last of a month in UTC, and is the same instant as the second after it, as in POSIX time.
func ParseRFC3339[T Text](s T) (ns int64, ok bool) {
	sec, frac, ok := parseRFC3339(s)
	if !ok || sec < minSec || sec > maxSec {
		return 0, false
	}
	return sec*1_000_000_000 + frac, true
}

// TimeRFC3339 is like [ParseRFC3339] but gives a time in UTC, of any year from 0000 to 9999.
func TimeRFC3339[T Text](s T) (t time.Time, ok bool) {
	sec, frac, ok := parseRFC3339(s)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(sec, frac).UTC(), true
}

func parseRFC3339[T Text](s T) (sec, frac int64, ok bool) {
	const clockEnd = len("2006-01-02T15:04:05")
	if len(s) < clockEnd+1 || (s[10] != 'T' && s[10] != 't') || s[13] != ':' || s[16] != ':' {
		return 0, 0, false
	}
	day, ok := parseDate(s)
	h, m, ss := twoDigits(s, 11), twoDigits(s, 14), twoDigits(s, 17)
	if !ok || h > 23 || m > 59 || ss > 60 {
		return 0, 0, false
	}
	i := clockEnd
	if s[i] == '.' {
		if frac, i, ok = parseFraction(s, i+1); !ok || i == len(s) {
			return 0, 0, false
		}
	}
	var offset int64
	if c := s[i]; c != 'Z' && c != 'z' && len(s)-i != len("+00:00") {
		return 0, 0, false
	}
	if offset, ok = parseOffset(s, i); !ok {
		return 0, 0, false
	}
	sec = day + int64(h*secondsPerHour+m*secondsPerMinute+ss) - offset
	if ss == 60 && !startsMonth(sec) {
		return 0, 0, false
	}
	return sec, frac, true
}

// startsMonth says whether sec is midnight UTC on the first day of a month.
func startsMonth(sec int64) bool {
	return sec%secondsPerDay == 0 && time.Unix(sec, 0).UTC().Day() == 1
}
