package timerange

import (
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
)

var now = time.Date(2026, time.November, 20, 16, 17, 23, 456789000, time.UTC)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// window is a parsed text's, as "from..to" in UTC.
func window(w data.Window) string {
	return w.From.Format(time.RFC3339Nano) + ".." + w.To.Format(time.RFC3339Nano)
}

func TestParse(t *testing.T) {
	const nowText = "2026-11-20T16:17:23.456789Z"
	for _, c := range []struct {
		text, zone, want string
		live             bool
		key              string
	}{
		{"24h", "UTC", "2026-11-19T16:17:23.456789Z.." + nowText, true, "24h"},
		{"  Today ", "Europe/Berlin", "2026-11-20T00:00:00Z.." + nowText, true, "today"},
		{"month", "UTC", "2026-11-01T00:00:00Z.." + nowText, true, "month"},
		{"1d", "UTC", "2026-11-19T16:17:23.456789Z.." + nowText, true, "24h"},
		{"60m", "UTC", "2026-11-20T15:17:23.456789Z.." + nowText, true, "1h"},
		{"90m", "UTC", "2026-11-20T14:47:23.456789Z.." + nowText, true, "range"},
		{"1h30m", "UTC", "2026-11-20T14:47:23.456789Z.." + nowText, true, "range"},
		{"2w", "UTC", "2026-11-06T16:17:23.456789Z.." + nowText, true, "range"},
		{"-3h", "UTC", "2026-11-20T13:17:23.456789Z.." + nowText, true, "range"},
		{"-3h..", "UTC", "2026-11-20T13:17:23.456789Z.." + nowText, true, "range"},
		{"-3h..now", "UTC", "2026-11-20T13:17:23.456789Z.." + nowText, true, "range"},
		{"-3h..-1h", "UTC", "2026-11-20T13:17:23.456789Z..2026-11-20T15:17:23.456789Z", false, "range"},
		{"yesterday", "Europe/Berlin", "2026-11-19T00:00:00Z..2026-11-19T23:59:59.999999999Z", false, "range"},
		{"yesterday..today", "UTC", "2026-11-19T00:00:00Z..2026-11-20T23:59:59.999999999Z", false, "range"},
		{"2026-11-18", "UTC", "2026-11-18T00:00:00Z..2026-11-18T23:59:59.999999999Z", false, "range"},
		{"2026-11-18", "Europe/Berlin", "2026-11-17T23:00:00Z..2026-11-18T22:59:59.999999999Z", false, "range"},
		{"2026-11", "UTC", "2026-11-01T00:00:00Z..2026-11-30T23:59:59.999999999Z", false, "range"},
		{"2026-11-18..2026-11-19", "UTC", "2026-11-18T00:00:00Z..2026-11-19T23:59:59.999999999Z", false, "range"},
		{"2026-11-18 to 2026-11-19", "UTC", "2026-11-18T00:00:00Z..2026-11-19T23:59:59.999999999Z", false, "range"},
		{"2026-11-18..", "UTC", "2026-11-18T00:00:00Z.." + nowText, true, "range"},
		{"2026-11-20 14:00..16:30", "Europe/Berlin", "2026-11-20T13:00:00Z..2026-11-20T15:30:00Z", false, "range"},
		{"2026-11-20 14:00:30 .. 2026-11-20 14:00:31.5", "UTC", "2026-11-20T14:00:30Z..2026-11-20T14:00:31.5Z", false, "range"},
		{"2026-11-19T22:00..02:00", "UTC", "2026-11-19T22:00:00Z..2026-11-20T02:00:00Z", false, "range"},
		{"2026-11-19 22:00..24:00", "UTC", "2026-11-19T22:00:00Z..2026-11-20T00:00:00Z", false, "range"},
		{"14:00..15:00", "Europe/Berlin", "2026-11-20T13:00:00Z..2026-11-20T14:00:00Z", false, "range"},
		{"2026-11-20T14:00:00+01:00..2026-11-20T14:00:00Z", "America/New_York", "2026-11-20T13:00:00Z..2026-11-20T14:00:00Z", false, "range"},
		{"2026-11-20T14:00:00.25Z..now", "UTC", "2026-11-20T14:00:00.25Z.." + nowText, true, "range"},
		// a range may end ahead of the clock
		{"2026-11-20", "UTC", "2026-11-20T00:00:00Z..2026-11-20T23:59:59.999999999Z", false, "range"},
		{"16:00..18:00", "UTC", "2026-11-20T16:00:00Z..2026-11-20T18:00:00Z", false, "range"},
		// days on which clocks are set
		{"2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z..2026-03-29T21:59:59.999999999Z", false, "range"},
		{"2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z..2026-10-25T22:59:59.999999999Z", false, "range"},
		{"2026-10-25 02:30..02:30", "Europe/Berlin", "2026-10-25T00:30:00Z..2026-10-25T01:30:00Z", false, "range"},
		{"2026-03-29 01:30..03:30", "Europe/Berlin", "2026-03-29T00:30:00Z..2026-03-29T01:30:00Z", false, "range"},
		{"2026-03-29 02:30..04:00", "Europe/Berlin", "2026-03-29T01:30:00Z..2026-03-29T02:00:00Z", false, "range"},
	} {
		t.Run(c.text+" in "+c.zone, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Parse(c.text, now, loc)
			if err != nil {
				t.Fatal(err)
			}
			if got := window(r.Window(now)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if r.Live() != c.live || r.Key() != c.key || r.Window(now).Name != c.key {
				t.Errorf("live %v, key %q, window %q; want %v, %q", r.Live(), r.Key(), r.Window(now).Name, c.live, c.key)
			}
			again, err := Parse(r.String(), now, time.UTC)
			if err != nil || window(again.Window(now)) != c.want || again.Live() != c.live {
				t.Errorf("%q is read again as %v (%v)", r.String(), window(again.Window(now)), err)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "empty"},
		{"..", "no beginning"},
		{"..14:00", "no beginning"},
		{"tomorrow", "can't read the range"},
		{"2026-11-31", "can't read the range"},
		{"2026-11-20 14:00", "16:30"},
		{"14:00..banana", `can't read "banana" as the end`},
		{"banana..14:00", `can't read "banana" as the beginning`},
		{"2026-11-20..2026-11-18", "ends before it begins"},
		{"-1h..-3h", "ends before it begins"},
		{"2026-11-20 14:00..2026-11-20 14:00", "no length"},
		{"2026-11-19 14:00..14:00", "no length"},
		{"2026-11-21", "in the future"},
		{"18:00..19:00", "in the future"},
		{"now..now", "in the future"},
		{"0h", "can't read"}, {"h", "can't read"}, {"3", "can't read"}, {"3x", "can't read"}, {"3m2h", "can't read"}, {"1h1h", "can't read"},
		{"999999999w", "can't read"}, {"99999999999999999999d", "can't read"}, {"-", "can't read"}, {"--3h", "can't read"},
		{"30s", "shorter than a minute"},
		{"400d", "longer than 366 days"},
		{"2020-01-01..", "longer than 366 days"},
		{"1969-12-31..", "before 2000"}, {"0001-01-01..0001-01-02", "before 2000"},
		{strings.Repeat("9", 300), "longer than 200"},
		{"\x00\x1b[31m", "can't read"},
	} {
		r, err := Parse(c.text, now, time.UTC)
		if err == nil {
			t.Errorf("%q is read as %s", c.text, window(r.Window(now)))
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want something about %q", c.text, err, c.want)
		}
	}
}

func parsed(t testing.TB, text string) Range {
	t.Helper()
	r, err := Parse(text, now, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestZoom(t *testing.T) {
	for _, c := range []struct{ text, in, out string }{
		{"24h", "12h", "2d"},
		{"12h", "6h", "24h"},
		{"7d", "3d12h", "14d"},
		{"30m", "15m", "1h"},
		{"2h", "1h", "4h"},
		{"today", "8h9m", "1d8h35m"}, // of 16:17:23
		{"2026-11-18", "2026-11-18T12:00:00Z..2026-11-18T23:59:59.999999999Z", "2026-11-17T00:00:00Z..2026-11-18T23:59:59.999999999Z"},
		{"2026-11-20 14:00..16:00", "2026-11-20T15:00:00Z..2026-11-20T16:00:00Z", "2026-11-20T12:00:00Z..2026-11-20T16:00:00Z"},
		{"1m", "", "2m"},
		{"300d", "150d", ""},
		{"2026-11-20 14:00:00..14:00:30", "", "2026-11-20T13:59:30Z..2026-11-20T14:00:30Z"},
	} {
		r := parsed(t, c.text)
		for _, way := range []struct {
			name, want string
			zoom       func(time.Time) (Range, bool)
		}{{"in", c.in, r.In}, {"out", c.out, r.Out}} {
			got, ok := way.zoom(now)
			if ok != (way.want != "") || ok && got.String() != way.want {
				t.Errorf("%s zoomed %s is %v (%v), want %q", c.text, way.name, got, ok, way.want)
			}
		}
	}
}

func TestZoomingOutAndInIsTheSame(t *testing.T) {
	for _, text := range []string{"1h", "90m", "24h", "3d", "2026-11-18", "2026-11-20 14:00..16:31", "-3h..-1h"} {
		r := parsed(t, text)
		out, _ := r.Out(now)
		if in, ok := out.In(now); !ok || in != r {
			t.Errorf("%s out and in is %v", text, in)
		}
	}
}

func TestShift(t *testing.T) {
	day := parsed(t, "24h")
	back, ok := day.Shifted(now, true)
	if want := "2026-11-19T04:17:23Z..2026-11-20T04:17:23Z"; !ok || back.String() != want {
		t.Fatalf("24h shifted back is %v, want %s", back, want)
	}
	if !back.Past(now) || back.Live() {
		t.Error("a range shifted back is not past")
	}
	if again, ok := back.Shifted(now, false); !ok || again != day {
		t.Errorf("shifted forward again it is %v, want 24h", again)
	}
	if _, ok := day.Shifted(now, false); ok {
		t.Error("a live range can be shifted forward")
	}
	far := parsed(t, "2026-11-18")
	if next, ok := far.Shifted(now, false); !ok || next.String() != "2026-11-18T12:00:00Z..2026-11-19T11:59:59.999999999Z" {
		t.Errorf("2026-11-18 shifted forward is %v", next)
	}
	ahead := parsed(t, "2026-11-20") // it ends ahead of the clock
	if ahead.Past(now) {
		t.Error("a range that hasn't ended is past")
	}
	if live, ok := ahead.Shifted(now, false); !ok || live != day {
		t.Errorf("the day shifted forward is %v, want the last 24h", live)
	}
	old := parsed(t, "2026-11-18")
	for range 100_000 {
		if old, ok = old.Shifted(now, true); !ok {
			break
		}
	}
	if ok || old.from.Year() < firstYear {
		t.Errorf("shifting back never ends: %v", old)
	}
}

func TestLabel(t *testing.T) {
	for _, c := range []struct{ text, utc, berlin string }{
		{"today", "today", "today"},
		{"90m", "1h30m", "1h30m"},
		{"2026-11-20T14:00:00Z..2026-11-20T16:30:00Z", "20 Nov 14:00–16:30", "20 Nov 15:00–17:30"},
		{"2026-11-19T22:00:00Z..2026-11-20T02:00:30Z", "19 Nov 22:00–20 Nov 02:00:30", "19 Nov 23:00–20 Nov 03:00:30"},
		{"2026-11-18", "18 Nov", "18 Nov 01:00–19 Nov 01:00"},
		{"2026-11-17..2026-11-18", "17 Nov–18 Nov", "17 Nov 01:00–19 Nov 01:00"},
		{"2026-11-18 12:00..2026-11-18", "18 Nov 12:00–24:00", "18 Nov 13:00–19 Nov 01:00"},
		{"2025-12-31..2025-12-31", "31 Dec 2025", "31 Dec 2025 01:00–1 Jan 01:00"},
		{"2026-11-18..", "18 Nov 00:00–now", "18 Nov 01:00–now"},
	} {
		r := parsed(t, c.text)
		if got := r.Label(now, time.UTC); got != c.utc {
			t.Errorf("%s in UTC: %q, want %q", c.text, got, c.utc)
		}
		if got := r.Label(now, berlin(t)); got != c.berlin {
			t.Errorf("%s in Berlin: %q, want %q", c.text, got, c.berlin)
		}
	}
}

func TestNamed(t *testing.T) {
	if r, err := Named("7d"); err != nil || r != parsed(t, "7d") {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := Named("2h"); err == nil || !strings.Contains(err.Error(), "24h") {
		t.Errorf("error %v doesn't list the windows", err)
	}
}

// Whatever is typed is refused or gives a range that can be read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"90m", "2026-11-20 14:00..16:30", "-3h..-1h", "2026-10-25 02:30..02:30", "yesterday..", "24:00..24:00", "0000-01-01"} {
		f.Add(s)
	}
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text, now, loc)
		if err != nil {
			return
		}
		w := r.Window(now)
		if !w.From.Before(now) || w.To.Before(w.From) || w.To.Sub(w.From) > Longest {
			t.Fatalf("%q gives %s", text, window(w))
		}
		again, err := Parse(r.String(), now, time.UTC)
		if err != nil || window(again.Window(now)) != window(w) {
			t.Fatalf("%q gives %s, read again %s (%v)", text, window(w), window(again.Window(now)), err)
		}
		_, _ = r.Label(now, loc), r.Past(now)
		r.In(now)
		r.Out(now)
		r.Shifted(now, true)
	})
}

func TestZoomAround(t *testing.T) {
	at := func(clock string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", "2026-07-15 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	now := at("13:37")
	parse := func(text string) Range {
		r, err := Parse(text, now, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, c := range []struct {
		of, at  string
		in, out string // "" where there is none
	}{
		{"2026-07-15 10:00..12:00", "11:00", "2026-07-15 10:30..11:30", "2026-07-15 09:00..13:00"},
		{"2026-07-15 10:00..12:00", "10:00", "2026-07-15 10:00..11:00", "2026-07-15 08:00..12:00"},
		{"2026-07-15 10:00..12:00", "11:50", "2026-07-15 11:00..12:00", "4h"},
		{"2026-07-15 10:00..12:00", "08:00", "2026-07-15 07:30..08:30", "2026-07-15 06:00..10:00"},
		{"24h", "13:37", "12h", "2d"},
		{"24h", "13:00", "12h", "2d"},
		{"2h", "12:30", "2026-07-15 12:00..13:00", "4h"},
		{"2h", "11:40", "2026-07-15 11:37..12:37", "4h"},
		{"2h", "05:00", "2026-07-15 04:30..05:30", "2026-07-15 03:00..07:00"},
		{"90s", "05:00", "", "2026-07-15 04:58:30..05:01:30"},
		{"366d", "05:00", "183d", ""},
	} {
		in, ok := parse(c.of).InAround(now, at(c.at))
		if ok != (c.in != "") || ok && in != parse(c.in) {
			t.Errorf("%s in around %s: %v, %v, want %s", c.of, c.at, in, ok, c.in)
		}
		out, ok := parse(c.of).OutAround(now, at(c.at))
		if ok != (c.out != "") || ok && out != parse(c.out) {
			t.Errorf("%s out around %s: %v, %v, want %s", c.of, c.at, out, ok, c.out)
		}
	}
}
