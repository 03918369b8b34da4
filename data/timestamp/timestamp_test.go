package timestamp_test

import (
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/timestamp"
)

func ns(y int, mo time.Month, d, h, mi, s, n int) int64 {
	return time.Date(y, mo, d, h, mi, s, n, time.UTC).UnixNano()
}

func TestParseDB(t *testing.T) {
	at := ns(2026, 6, 1, 10, 0, 0, 0)
	micros := ns(2026, 6, 1, 10, 0, 0, 123456000)
	for name, c := range map[string]struct {
		in   string
		want int64
		bad  bool
	}{
		"N":                               {in: "2026-06-01T10:00:00.123456", want: micros},
		"N, microsecond 0":                {in: "2026-06-01T10:00:00", want: at},
		"A":                               {in: "2026-06-01T10:00:00.123456+00:00", want: micros},
		"A, microsecond 0":                {in: "2026-06-01T10:00:00+00:00", want: at},
		"X, New York":                     {in: "2026-06-01T06:00:00-04:00", want: at},
		"X, minutes":                      {in: "2026-06-01T10:00", want: at},
		"X, minutes and offset":           {in: "2026-06-01T12:00+02:00", want: at},
		"X, half hours east":              {in: "2026-06-01T15:30:00+05:30", want: at},
		"S":                               {in: "2026-06-01 10:00:00.123456", want: micros},
		"C":                               {in: "2026-06-01 10:00:00", want: at},
		"D":                               {in: "2026-06-01", want: ns(2026, 6, 1, 0, 0, 0, 0)},
		"Z":                               {in: "2026-06-01T10:00:00.123456Z", want: micros},
		"lower case":                      {in: "2026-06-01t10:00:00z", want: at},
		"space and offset":                {in: "2026-06-01 10:00:00+00:00", want: at},
		"one digit":                       {in: "2026-06-01T10:00:00.5", want: at + 5e8},
		"three digits, Z":                 {in: "2026-06-01T10:00:00.005Z", want: at + 5e6},
		"nine digits":                     {in: "2026-06-01T10:00:00.123456789", want: at + 123456789},
		"cut beyond nanoseconds":          {in: "2026-06-01T10:00:00.1234567899999+00:00", want: at + 123456789},
		"hhmm":                            {in: "2026-06-01T08:00:00-0200", want: at},
		"hh":                              {in: "2026-06-01T12:00:00+02", want: at},
		"hh:mm:ss":                        {in: "2026-06-01T10:00:30+00:00:30", want: at},
		"into the day before":             {in: "2026-06-01T00:30:00+01:00", want: ns(2026, 5, 31, 23, 30, 0, 0)},
		"leap day":                        {in: "2024-02-29", want: ns(2024, 2, 29, 0, 0, 0, 0)},
		"leap day of a fourth century":    {in: "2000-02-29", want: ns(2000, 2, 29, 0, 0, 0, 0)},
		"before 1970":                     {in: "1969-12-31T23:59:59.5", want: -5e8},
		"first whole year":                {in: "1678-01-01", want: ns(1678, 1, 1, 0, 0, 0, 0)},
		"last whole year":                 {in: "2261-12-31T23:59:59.999999999", want: ns(2261, 12, 31, 23, 59, 59, 999999999)},
		"beyond nanoseconds":              {in: "9999-12-31", bad: true},
		"before nanoseconds":              {in: "0001-01-01T00:00:00", bad: true},
		"empty":                           {in: "", bad: true},
		"month":                           {in: "2026-06", bad: true},
		"month 0":                         {in: "2026-00-01", bad: true},
		"month 13":                        {in: "2026-13-01", bad: true},
		"day 0":                           {in: "2026-06-00", bad: true},
		"June has 30":                     {in: "2026-06-31", bad: true},
		"no leap year":                    {in: "2026-02-29", bad: true},
		"no leap century":                 {in: "2100-02-29", bad: true},
		"hour 24":                         {in: "2026-06-01T24:00:00", bad: true},
		"minute 60":                       {in: "2026-06-01T10:60:00", bad: true},
		"second 60":                       {in: "2026-06-30T23:59:60", bad: true},
		"hour only":                       {in: "2026-06-01T10", bad: true},
		"nothing after T":                 {in: "2026-06-01T", bad: true},
		"no second":                       {in: "2026-06-01T10:00:", bad: true},
		"no fraction digit":               {in: "2026-06-01T10:00:00.", bad: true},
		"no fraction digit before offset": {in: "2026-06-01T10:00:00.Z", bad: true},
		"fraction of a minute":            {in: "2026-06-01T10:00.5", bad: true},
		"comma":                           {in: "2026-06-01T10:00:00,5", bad: true},
		"offset hour 24":                  {in: "2026-06-01T10:00:00+24:00", bad: true},
		"offset minute 60":                {in: "2026-06-01T10:00:00+00:60", bad: true},
		"offset of one digit":             {in: "2026-06-01T10:00:00+1", bad: true},
		"offset of odd length":            {in: "2026-06-01T10:00:00+01:0", bad: true},
		"offset without colon":            {in: "2026-06-01T10:00:00+01-00", bad: true},
		"after Z":                         {in: "2026-06-01T10:00:00Z ", bad: true},
		"leading blank":                   {in: " 2026-06-01", bad: true},
		"offset on a date":                {in: "2026-06-01Z", bad: true},
		"letters":                         {in: "2026-O6-01", bad: true},
		"slashes":                         {in: "2026/06/01", bad: true},
		"wide digits":                     {in: "2026-06-01T10:00:0０", bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			var p timestamp.Parser[string]
			for i, parse := range []func() (int64, bool){
				func() (int64, bool) { return timestamp.ParseDB(c.in) },
				func() (int64, bool) { return timestamp.ParseDB([]byte(c.in)) },
				func() (int64, bool) { return p.Parse(c.in) },
				func() (int64, bool) { return p.Parse(c.in) }, // from the remembered date
			} {
				if got, ok := parse(); got != c.want || ok == c.bad {
					t.Errorf("way %d: %q = %d, %v; want %d, %v", i, c.in, got, ok, c.want, !c.bad)
				}
			}
		})
	}
}

func TestParserForgetsNothing(t *testing.T) {
	var p timestamp.Parser[string]
	for _, s := range []string{"2026-06-01", "2026-06-02T00:00:01", "garbage...", "2026-06-02", "2026-06-99", "2026-06-01 00:00"} {
		got, ok := p.Parse(s)
		want, wantOK := timestamp.ParseDB(s)
		if got != want || ok != wantOK {
			t.Errorf("%q after others = %d, %v; alone %d, %v", s, got, ok, want, wantOK)
		}
	}
	var zero timestamp.Parser[[]byte]
	if _, ok := zero.Parse(make([]byte, 10)); ok {
		t.Error("ten NUL bytes match the date an unused parser has not seen")
	}
}

func TestEveryDay(t *testing.T) {
	for d := time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2262; d = d.AddDate(0, 0, 1) {
		s := d.Format("2006-01-02")
		if got, ok := timestamp.ParseDB(s); !ok || got != d.UnixNano() {
			t.Fatalf("%s = %d, %v; want %d", s, got, ok, d.UnixNano())
		}
	}
}

func TestParseRFC3339(t *testing.T) {
	at := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		in   string
		want time.Time
		bad  bool
	}{
		"as Donna prints it":         {in: "2026-06-01T10:00:00.123456Z", want: at.Add(123456 * time.Microsecond)},
		"microsecond 0":              {in: "2026-06-01T10:00:00Z", want: at},
		"lower case":                 {in: "2026-06-01t10:00:00z", want: at},
		"offset":                     {in: "2026-06-01T06:00:00-04:00", want: at},
		"unknown local offset":       {in: "2026-06-01T10:00:00-00:00", want: at},
		"nanoseconds":                {in: "2026-06-01T10:00:00.000000001+00:00", want: at.Add(1)},
		"more than nanoseconds":      {in: "2026-06-01T10:00:00.0000000019Z", want: at.Add(1)},
		"year 9999":                  {in: "9999-12-31T23:59:59Z", want: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		"year 0":                     {in: "0000-01-01T00:00:00Z", want: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)},
		"leap second":                {in: "1990-12-31T23:59:60Z", want: time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC)},
		"leap second west":           {in: "1990-12-31T15:59:60-08:00", want: time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC)},
		"leap second at noon":        {in: "1990-12-31T12:59:60Z", bad: true},
		"leap second in mid-month":   {in: "1990-12-30T23:59:60Z", bad: true},
		"leap second of local night": {in: "1990-12-31T23:59:60-08:00", bad: true},
		"second 61":                  {in: "1990-12-31T23:59:61Z", bad: true},
		"no offset":                  {in: "2026-06-01T10:00:00", bad: true},
		"no offset after fraction":   {in: "2026-06-01T10:00:00.5", bad: true},
		"blank":                      {in: "2026-06-01 10:00:00Z", bad: true},
		"comma":                      {in: "2026-06-01T10:00:00,5Z", bad: true},
		"no seconds":                 {in: "2026-06-01T10:00Z", bad: true},
		"short offset":               {in: "2026-06-01T10:00:00+02", bad: true},
		"offset without colon":       {in: "2026-06-01T10:00:00+0200", bad: true},
		"offset with seconds":        {in: "2026-06-01T10:00:00+02:00:00", bad: true},
		"offset hour 24":             {in: "2026-06-01T10:00:00+24:00", bad: true},
		"empty fraction":             {in: "2026-06-01T10:00:00.Z", bad: true},
		"one-digit hour":             {in: "2026-06-01T1:00:00Z", bad: true},
		"hour 24":                    {in: "2026-06-01T24:00:00Z", bad: true},
		"29 February":                {in: "2026-02-29T10:00:00Z", bad: true},
		"date":                       {in: "2026-06-01", bad: true},
		"epoch number":               {in: "1780000000", bad: true},
		"blank at the end":           {in: "2026-06-01T10:00:00Z ", bad: true},
		"empty":                      {in: "", bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := timestamp.TimeRFC3339(c.in)
			if !got.Equal(c.want) || ok == c.bad {
				t.Errorf("%q = %v, %v; want %v, %v", c.in, got, ok, c.want, !c.bad)
			}
			n, ok := timestamp.ParseRFC3339([]byte(c.in))
			inRange := !c.bad && c.want.Year() > 1678 && c.want.Year() < 2262
			if ok != inRange || ok && n != c.want.UnixNano() {
				t.Errorf("%q = %d, %v; want %d, %v", c.in, n, ok, c.want.UnixNano(), inRange)
			}
		})
	}
}

func TestNoAllocations(t *testing.T) {
	s, b := "2026-06-01T10:00:00.123456+00:00", []byte("2026-06-01T10:00:00.123456Z")
	var p timestamp.Parser[[]byte]
	if n := testing.AllocsPerRun(100, func() {
		timestamp.ParseDB(s)
		timestamp.ParseDB(b)
		p.Parse(b)
		timestamp.ParseRFC3339(b)
		timestamp.TimeRFC3339(s)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
