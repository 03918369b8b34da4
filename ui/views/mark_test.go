package views

import (
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
)

// Marks change the paint of what was found and nothing else: the text stays, and
// after a mark the paint goes on that was there.
func TestMarkFound(t *testing.T) {
	s := testContext(t, slog.New(slog.DiscardHandler)).Env.Styles
	row := s.Faint.String("12:00 ") + s.Bad.String("call failed") + " because " + s.Accent.String("x-17")
	for _, c := range []struct{ filter, want string }{
		{"", row},
		{"nowhere", row},
		{"level>=error", row},
		{"l", s.Faint.String("12:00 ") + s.Bad.On() + "ca" + themes.Off + s.Match.On() + "ll" + themes.Off + s.Bad.On() + " fai" +
			themes.Off + s.Match.On() + "l" + themes.Off + s.Bad.On() + "ed" + themes.Off + " because " + s.Accent.String("x-17")},
		{`"d because x"`, s.Faint.String("12:00 ") + s.Bad.On() + "call faile" + themes.Off + s.Match.On() + "d because x" + themes.Off + s.Accent.On() + "-17" + themes.Off},
		{"/17$/", s.Faint.String("12:00 ") + s.Bad.String("call failed") + " because " + s.Accent.On() + "x-" + themes.Off + s.Match.On() + "17" + themes.Off},
	} {
		if got := markFound(s.Match, row, mustParse(c.filter)); got != c.want {
			t.Errorf("%q:\n%q, want\n%q", c.filter, got, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "ab", "漢", " ", "é"}
	for range 500 {
		var b strings.Builder
		for range rng.IntN(12) {
			text := pieces[rng.IntN(len(pieces))]
			if rng.IntN(2) == 0 {
				text = s.Bad.String(text)
			}
			b.WriteString(text)
		}
		row := b.String()
		got := markFound(s.Match, row, mustParse("a"), mustParse("b | 漢"), nil)
		if ansi.Strip(got) != ansi.Strip(row) {
			t.Fatalf("%q became %q", row, got)
		}
		for _, piece := range strings.Split(got, s.Match.On())[1:] {
			marked, _, ok := strings.Cut(piece, themes.Off)
			if !ok || marked == "" || strings.Trim(marked, "ab漢") != "" {
				t.Fatalf("%q is marked in %q", marked, got)
			}
		}
	}
}

func TestParseMoment(t *testing.T) {
	berlin := time.FixedZone("CEST", 2*60*60)
	now := time.Date(2026, 7, 15, 13, 37, 42, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"15:30":                time.Date(2026, 7, 15, 13, 30, 0, 0, time.UTC),
		"15:37:42":             now,
		"23:00":                time.Date(2026, 7, 14, 21, 0, 0, 0, time.UTC), // the last one there was
		" -15m ":               now.Add(-15 * time.Minute),
		"-1h30m":               now.Add(-90 * time.Minute),
		"2026-07-01":           time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC),
		"2026-07-01 08:00":     time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC),
		"2026-07-01T08:00:00":  time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC),
		"2026-07-01T08:00:00Z": time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC),
	} {
		if got, err := parseMoment(text, now, berlin); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "25:00", "-", "--5m", "yesterday", "15", "-5"} {
		if got, err := parseMoment(text, now, berlin); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// The least level can be cycled through without touching the rest of a filter.
func TestNextFloor(t *testing.T) {
	for _, c := range [][]string{
		{"", "level>=warning", "level>=error", ""},
		{"a | b", "level>=warning (a | b)", "level>=error (a | b)", "a | b"},
		{"level>=info x", "level>=warning level>=info x"},
		{"level>=warning a | b", "level>=warning (level>=warning a | b)"},
	} {
		f := mustParse(c[0])
		for _, want := range c[1:] {
			if f = nextFloor(f); f.String() != want {
				t.Errorf("%q, want %q", f, want)
			}
		}
	}
}
