package timestamp_test

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/timestamp"
)

// rfc3339 is the grammar of RFC 3339 but for leap seconds; time.Parse alone lets more
// through, such as an offset of 24 hours.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func FuzzParseRFC3339(f *testing.F) {
	for _, s := range []string{"2026-06-01T10:00:00.123456Z", "2024-02-29t23:59:59+23:59", "2026-06-01T10:00:00,5Z", "1969-12-31T23:59:59.5-00:01", "2026-02-30T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := timestamp.TimeRFC3339(s)
		if strings.Contains(s, ":60") {
			return // a leap second, or no time at all: the table test has those
		}
		want, err := time.Parse(time.RFC3339Nano, cutFraction(strings.ToUpper(s)))
		if wantOK := err == nil && rfc3339.MatchString(s); ok != wantOK {
			t.Fatalf("%q: ok = %v, want %v (%v)", s, ok, wantOK, err)
		}
		if ok && (!got.Equal(want) || got.Location() != time.UTC) {
			t.Fatalf("%q = %v, want %v", s, got, want)
		}
	})
}

func FuzzParseDB(f *testing.F) {
	for _, s := range []string{"2026-06-01", "2026-06-01T10:00", "2026-06-01 10:00:00.1234567891", "2026-06-01T10:00:00.123456+00:00", "2026-06-01T10:00:00-0430", "2026-06-01T10:00:00+02", "2026-06-01T10:00:00+01:00:01", "2026-06-01T10:00Z"} {
		f.Add(s)
	}
	var p timestamp.Parser[string]
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := timestamp.ParseDB(s)
		if again, okAgain := p.Parse(s); again != got || okAgain != ok {
			t.Fatalf("%q: Parser says %d, %v; ParseDB %d, %v", s, again, okAgain, got, ok)
		}
		want, wantOK := slowParseDB(s)
		if ok != wantOK || ok && got != want.UnixNano() {
			t.Fatalf("%q = %d, %v; want %v, %v", s, got, ok, want, wantOK)
		}
	})
}

// slowParseDB tries every layout in turn. The layouts' own leniency (commas, one-digit hours) is ruled out by dbForm.
func slowParseDB(s string) (time.Time, bool) {
	if !dbForm.MatchString(s) {
		return time.Time{}, false
	}
	s = cutFraction(strings.ToUpper(strings.Replace(s, " ", "T", 1)))
	for _, clock := range []string{"", "T15:04", "T15:04:05"} {
		for _, zone := range []string{"", "Z07", "Z0700", "Z07:00", "Z07:00:00"} {
			if clock == "" && zone != "" {
				continue
			}
			t, err := time.Parse("2006-01-02"+clock+zone, s)
			if err == nil {
				return t, t.Unix() > math.MinInt64/int64(time.Second) && t.Unix() < math.MaxInt64/int64(time.Second)
			}
		}
	}
	return time.Time{}, false
}

var dbForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d|:[0-5]\d:[0-5]\d)?)?)?$`)

var longFraction = regexp.MustCompile(`(\.\d{9})\d+`)

// cutFraction keeps what a time.Time can hold: time.Parse rejects no longer fraction but may round it.
func cutFraction(s string) string { return longFraction.ReplaceAllString(s, "$1") }

func BenchmarkParse(b *testing.B) {
	const naive, zulu = "2026-06-01T10:00:00.123456", "2026-06-01T10:00:00.123456Z"
	b.Run("ParseDB", func(b *testing.B) {
		for b.Loop() {
			timestamp.ParseDB(naive)
		}
	})
	b.Run("Parser", func(b *testing.B) {
		var p timestamp.Parser[string]
		for b.Loop() {
			p.Parse(naive)
		}
	})
	b.Run("ParserBytes", func(b *testing.B) {
		var p timestamp.Parser[[]byte]
		s := []byte(naive)
		for b.Loop() {
			p.Parse(s)
		}
	})
	b.Run("time.Parse layout", func(b *testing.B) {
		for b.Loop() {
			_, _ = time.Parse("2006-01-02T15:04:05.999999", naive)
		}
	})
	b.Run("ParseRFC3339", func(b *testing.B) {
		for b.Loop() {
			timestamp.ParseRFC3339(zulu)
		}
	})
	b.Run("time.Parse RFC3339", func(b *testing.B) {
		for b.Loop() {
			_, _ = time.Parse(time.RFC3339Nano, zulu)
		}
	})
}
