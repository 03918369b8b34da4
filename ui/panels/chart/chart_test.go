package chart_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

func look(tb testing.TB, theme string, ascii bool) chart.Look {
	tb.Helper()
	s, err := themes.New(theme, true)
	if err != nil {
		tb.Fatal(err)
	}
	return chart.Look{Styles: s, ASCII: ascii}
}

func count(v float64, w int) string { return format.CountIn(int64(v), w) }

var odd = []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -7, 1e308, 5e-324, 0.3, 12}

func timelines() map[string]*chart.Timeline {
	some := &chart.Timeline{Series: []string{"a", "b"}, Format: count, FormatLine: format.MoneyIn, LineName: "cost", MarkName: "broken"}
	for i := range 24 {
		some.Bars = append(some.Bars, chart.Bar{Label: fmt.Sprintf("%02d", i), Values: []float64{float64(i), float64(24 - i)}, Total: 24, Line: float64(i % 5), Marks: int64(i / 20)})
	}
	wild := &chart.Timeline{Series: make([]string, 30), Format: count, FormatLine: format.MoneyIn, LineName: "\x1b[2J", MarkName: "日本"}
	for i := range 10_000 {
		values := make([]float64, 30)
		for j := range values {
			values[j] = odd[(i+j)%len(odd)]
		}
		wild.Bars = append(wild.Bars, chart.Bar{Label: "label", Values: values, Total: math.Inf(1), Line: odd[i%len(odd)], Marks: math.MaxInt64})
	}
	gaps := &chart.Timeline{Format: count, FormatLine: format.MoneyIn}
	for range 9 {
		gaps.Bars = append(gaps.Bars, chart.Bar{Values: nil, Line: math.NaN()})
	}
	return map[string]*chart.Timeline{
		"some": some, "wild": wild, "gaps": gaps, "none": {Format: count},
		"one": {Format: count, Bars: []chart.Bar{{Label: "now", Values: []float64{3}, Total: 3}}},
	}
}

func TestEverySize(t *testing.T) {
	for _, l := range []chart.Look{look(t, "donna", false), look(t, "mono", false), look(t, "donna", true)} {
		for name, tl := range timelines() {
			for w := -1; w < 90; w += 1 + w/9 {
				for h := -1; h < 30; h += 1 + h/9 {
					check(t, l, fmt.Sprintf("%s %dx%d", name, w, h), tl.Draw(l, w, h), w, h)
				}
			}
		}
		for name, m := range maps() {
			for w := -1; w < 230; w += 1 + w/9 {
				for _, h := range []int{-1, 0, 1, 2, 7, 8, 9, 12, 40} {
					check(t, l, fmt.Sprintf("heat %s %dx%d", name, w, h), m.Draw(l, w, h), w, h)
				}
			}
		}
	}
}

func maps() map[string]*chart.HeatMap {
	rows, columns := []string{"Mo", "Tu", "We"}, make([]string, 24)
	for i := range columns {
		columns[i] = fmt.Sprintf("%02d", i)
	}
	values := make([][]float64, 3)
	for i := range values {
		for j := range 24 {
			values[i] = append(values[i], odd[(i+j)%len(odd)])
		}
	}
	return map[string]*chart.HeatMap{
		"odd": {Rows: rows, Columns: columns, Values: values, Format: count}, "short": {Rows: rows, Columns: columns, Values: values[:1], Format: count},
		"no columns": {Rows: rows, Format: count}, "nothing": {Format: count}, "zero": {Rows: rows, Columns: columns, Values: [][]float64{make([]float64, 24)}, Format: count},
	}
}

func check(t *testing.T, l chart.Look, name string, lines []string, w, h int) {
	t.Helper()
	if len(lines) != max(h, 0) {
		t.Fatalf("%s: %d lines", name, len(lines))
	}
	for _, s := range lines {
		if got := ansi.StringWidth(s); got != max(w, 0) {
			t.Fatalf("%s: %d cells: %q", name, got, s)
		}
		text := ansi.Strip(s)
		for _, r := range text {
			if r < ' ' || l.ASCII && r > '~' {
				t.Fatalf("%s: %U got through: %q", name, r, text)
			}
		}
	}
}

func meter(l chart.Look, w int, draw func(b *line.Builder)) string {
	b := line.New(w, safe.Charset(l.ASCII))
	draw(&b)
	return ansi.Strip(b.String())
}

func TestGauge(t *testing.T) {
	pct := func(v float64) *float64 { return &v }
	for _, tc := range []struct {
		name           string
		pct            *float64
		unicode, ascii string
	}{
		{"nothing", pct(0), "░░░░░░░░", "........"},
		{"next to nothing is something", pct(0.001), "█░░░░░░░", "#......."},
		{"half", pct(50), "████░░░░", "####...."},
		{"almost full", pct(99.9), "████████", "########"},
		{"full", pct(100), "████████", "########"},
		{"over", pct(100.1), "███████›", "#######>"},
		{"far over", pct(math.Inf(1)), "███████›", "#######>"},
		{"negative", pct(-3), "░░░░░░░░", "........"},
		{"no number", pct(math.NaN()), "┄┄┄┄┄┄┄┄", "--------"},
		{"unknown", nil, "┄┄┄┄┄┄┄┄", "--------"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for l, want := range map[chart.Look]string{look(t, "donna", false): tc.unicode, look(t, "donna", true): tc.ascii} {
				if got := meter(l, 8, func(b *line.Builder) { chart.Gauge(b, l, tc.pct, 80, 8) }); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
}

func TestGaugeWarns(t *testing.T) {
	l := look(t, "donna", false)
	for pct, want := range map[float64]themes.Paint{79.9: l.Styles.Gauge, 80: l.Styles.GaugeWarning, 100: l.Styles.GaugeWarning, 100.01: l.Styles.GaugeOver} {
		b := line.New(8, safe.Unicode)
		chart.Gauge(&b, l, &pct, 80, 8)
		if got := b.String(); !strings.HasPrefix(got, want.On()) {
			t.Errorf("%v%%: %q", pct, got)
		}
	}
}

func TestShare(t *testing.T) {
	l := look(t, "donna", false)
	for _, tc := range []struct {
		part, most float64
		want       string
	}{
		{0, 10, "    "}, {0.0001, 10, "▏   "}, {5, 10, "██  "}, {10, 10, "████"}, {20, 10, "████"}, {3, 10, "█▎  "},
		{math.NaN(), 10, "    "}, {1, 0, "    "}, {1, math.NaN(), "    "}, {math.Inf(1), 10, "    "},
	} {
		if got := meter(l, 4, func(b *line.Builder) { chart.Share(b, l, l.Styles.Gauge, tc.part, tc.most, 4) }); got != tc.want {
			t.Errorf("%v of %v: %q, want %q", tc.part, tc.most, got, tc.want)
		}
	}
}

func TestRange(t *testing.T) {
	l := look(t, "donna", false)
	if got := meter(l, 21, func(b *line.Builder) { chart.Range(b, l, 1, 10_000, 10, 100, 1000, 10_000, 21) }); got != "     ●━━━━━─────────┤" {
		t.Errorf("%q", got)
	}
	for _, w := range []int{-1, 0, 1, 3} {
		got := meter(l, w, func(b *line.Builder) { chart.Range(b, l, math.NaN(), math.Inf(1), -1, 5, math.NaN(), 0, w) })
		if ansi.StringWidth(got) != max(w, 0) {
			t.Errorf("%d cells: %q", w, got)
		}
	}
}

// A bar is as high as its sum, and each series as high as its part, to an eighth.
func TestStack(t *testing.T) {
	l := look(t, "donna", false)
	tl := chart.Timeline{Format: count, Bars: []chart.Bar{
		{Label: "0", Values: []float64{15, 25}}, {Label: "1", Values: []float64{0, 0}}, {Label: "2", Values: []float64{1, 0}}, {Label: "3", Values: []float64{20, math.NaN()}},
	}}
	lines := tl.Draw(l, 4, 5) // four rows of bars, a scale to 40
	var got []string
	for _, s := range lines[:4] {
		got = append(got, ansi.Strip(s))
	}
	// 15 of 40 in four rows is a row and a half: the second cell is ▄ of the
	// first series on top of the second one, which fills it.
	want := []string{"█   ", "█   ", "▄  █", "█ ▁█"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(lines[2], l.Styles.Stack[0][1].On()+"▄") {
		t.Errorf("the cell where two series meet: %q", lines[3])
	}
}

// Without colours each series has a glyph of its own, in bars and legend.
func TestPatterns(t *testing.T) {
	for _, l := range []chart.Look{look(t, "mono", false), look(t, "donna", true)} {
		tl := chart.Timeline{Format: count, Series: []string{"one", "two", "three"}}
		for range 3 {
			tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{4, 4, 4}})
		}
		drawn := ansi.Strip(strings.Join(tl.Draw(l, 60, 12), "\n"))
		for i, name := range tl.Series {
			swatch := string(l.Swatch(i))
			if !strings.Contains(drawn, swatch+" "+name) || strings.Count(drawn, swatch) < 4 {
				t.Errorf("%s is not to be told apart:\n%s", name, drawn)
			}
		}
	}
}

// The line breaks at a gap instead of bridging it.
func TestLineHasGaps(t *testing.T) {
	l := look(t, "donna", false)
	tl := chart.Timeline{Format: count, FormatLine: count}
	for i := range 20 {
		b := chart.Bar{Label: "00", Values: []float64{1}, Line: 5}
		if i >= 8 && i < 12 {
			b.Line = math.NaN()
		}
		tl.Bars = append(tl.Bars, b)
	}
	drawn := ansi.Strip(strings.Join(tl.Draw(l, 20, 12), "\n"))
	row := ""
	for _, s := range strings.Split(drawn, "\n") {
		if strings.ContainsFunc(s, func(r rune) bool { return r > 0x2800 && r < 0x2900 }) {
			row = s
		}
	}
	cells := []rune(row)
	if len(cells) != 20 || cells[7] == ' ' || cells[9] != ' ' || cells[10] != ' ' || cells[12] == ' ' {
		t.Errorf("%q", row)
	}
}

// Of more bars than columns the newest stay, the present one marked.
func TestNewestStay(t *testing.T) {
	l := look(t, "donna", false)
	tl := timelines()["some"]
	lines := tl.Draw(l, 10, 5)
	if last := ansi.Strip(lines[len(lines)-1]); !strings.HasSuffix(last, "23▲") {
		t.Errorf("%q", last)
	}
}
