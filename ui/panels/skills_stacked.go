package panels

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// stacked is a timeline of buckets by name: the largest names as series, all
// others as one. There are as many labels as buckets. keys are the names with a
// series of their own.
func stacked[N int64 | float64](labels []string, buckets []map[string]N, format func(v float64, w int) string) (t *chart.Timeline, keys []string) {
	sums := map[string]float64{}
	for _, b := range buckets {
		for name, n := range b {
			sums[name] += amount(n)
		}
	}
	maps.DeleteFunc(sums, func(_ string, sum float64) bool { return sum == 0 })
	names := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
	place := make(map[string]int, len(names))
	for i, name := range names {
		place[name] = min(i, themes.SeriesLen-1)
	}
	t = &chart.Timeline{Series: names, Format: format, Bars: make([]chart.Bar, len(buckets))}
	if len(names) > themes.SeriesLen {
		names = names[: themes.SeriesLen-1 : themes.SeriesLen-1]
		t.Series = append(names, others)
	}
	for i, b := range buckets {
		bar := chart.Bar{Label: labels[i], Values: make([]float64, len(t.Series)), Line: math.NaN()}
		for name, n := range b {
			if at, ok := place[name]; ok {
				bar.Values[at] += amount(n)
				bar.Total += amount(n)
			}
		}
		t.Bars[i] = bar
	}
	return t, names
}

// stackedFigure is the figure of a spot of such a timeline: the whole bar, named
// "", or a series; key is that of the figures, nil for all of them together.
func stackedFigure(t *chart.Timeline, keys []string, s chart.Spot) (figure float64, name string, key *string) {
	switch {
	case s.Part < 0:
		return t.Bars[s.Bar].Total, "", nil
	case s.Part < len(keys):
		return t.Bars[s.Bar].Values[s.Part], t.Series[s.Part], &keys[s.Part]
	}
	return t.Bars[s.Bar].Values[s.Part], t.Series[s.Part], nil
}

// amount is n as a height: what can't be drawn is none.
func amount[N int64 | float64](n N) float64 {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return max(v, 0)
}
