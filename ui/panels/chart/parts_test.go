package chart_test

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

func TestParts(t *testing.T) {
	for _, tc := range []struct {
		name  string
		parts []float64
		most  float64
		w     int
		want  string // with the glyphs of a theme without colours
	}{
		{"halves", []float64{5, 5}, 10, 8, "████▓▓▓▓"},
		{"of a larger whole", []float64{5, 5}, 20, 8, "██▓▓    "},
		{"something is never nothing", []float64{1000, 1, 0, 1}, 1002, 8, "██████▓░"},
		{"more parts than cells", []float64{1, 1, 1, 1}, 4, 3, "█▓▒"},
		{"rounding adds up", []float64{1, 1, 1}, 3, 8, "███▓▓▓▒▒"},
		{"nothing at all", []float64{0, 0}, 0, 4, "    "},
		{"no parts", nil, 5, 4, "    "},
		{"gaps and negatives are nothing", []float64{math.NaN(), -3, 4, math.Inf(1)}, 4, 4, "▒▒▒▒"},
		{"more series than a theme has", []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 3}, 3, 3, "···"},
		{"no room", []float64{1}, 1, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := meter(look(t, "mono", false), tc.w, func(b *line.Builder) { chart.Parts(b, look(t, "mono", false), nil, tc.parts, tc.most, tc.w) }); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestPartsByColour(t *testing.T) {
	l := look(t, "donna", false)
	b := line.New(4, safe.Unicode)
	chart.Parts(&b, l, nil, []float64{1, 3}, 4, 4)
	want := l.Styles.Series[0].On() + "█" + themes.Off + l.Styles.Series[1].On() + "███" + themes.Off
	if got := b.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPartsAtEverySize(t *testing.T) {
	wild := make([]float64, 10_000)
	for i := range wild {
		wild[i] = odd[i%len(odd)]
	}
	for _, l := range []chart.Look{look(t, "donna", false), look(t, "donna", true)} {
		for w := -1; w < 220; w += 1 + w/7 {
			for _, most := range odd {
				got := meter(l, w, func(b *line.Builder) { chart.Parts(b, l, nil, wild, most, w) })
				if ansi.StringWidth(got) != max(w, 0) || l.ASCII && strings.ContainsFunc(got, func(r rune) bool { return r > '~' }) {
					t.Fatalf("%d cells, most %v: %q", w, most, got)
				}
			}
		}
	}
}
