package chart_test

import (
	"math"
	"testing"

	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

func TestSpark(t *testing.T) {
	for _, tc := range []struct {
		name           string
		values         []float64
		most           float64
		w              int
		unicode, ascii string
	}{
		{"from nothing to the whole", []float64{0, 0.001, 4, 8, 16}, 8, 5, "·▁▄██", "._-##"},
		{"a gap", []float64{8, math.NaN(), 8, math.Inf(1)}, 8, 4, "█ █ ", "# # "},
		{"few stand at the right", []float64{8}, 8, 3, "  █", "  #"},
		{"the newest stay", []float64{8, 8, 0, 1}, 8, 2, "·▁", "._"},
		{"no scale", []float64{3, -1}, 0, 2, "··", ".."},
		{"a scale that is none", []float64{3, 4}, math.NaN(), 2, "··", ".."},
		{"none", nil, 8, 2, "  ", "  "},
		{"no room", []float64{1}, 8, 0, "", ""},
		{"less than none", []float64{1}, 8, -3, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for l, want := range map[chart.Look]string{look(t, "donna", false): tc.unicode, look(t, "donna", true): tc.ascii} {
				if got := meter(l, max(tc.w, 0), func(b *line.Builder) { chart.Spark(b, l, l.Styles.Gauge, tc.values, tc.most, tc.w) }); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
}
