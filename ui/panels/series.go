package panels

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

const others = "all others"

// topKeys gives the keys of the largest sums over all buckets, at most as many
// as there are series, and whether the last series has to hold the rest.
func topKeys(buckets []map[string]int64) (keys []string, rest bool) {
	sums := map[string]int64{}
	for _, b := range buckets {
		for k, n := range b {
			sums[k] += n
		}
	}
	maps.DeleteFunc(sums, func(_ string, n int64) bool { return n == 0 })
	keys = slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
	if len(keys) > themes.SeriesLen {
		return keys[:themes.SeriesLen-1], true
	}
	return keys, false
}

// stacks are the values of the keys in each bucket, and of what is left of the
// total in one more series.
func stacks(buckets []map[string]int64, totals []int64, keys []string, rest bool) [][]float64 {
	out := make([][]float64, len(buckets))
	for i, b := range buckets {
		values := make([]float64, 0, len(keys)+1)
		shown := int64(0)
		for _, k := range keys {
			values = append(values, float64(b[k]))
			shown += b[k]
		}
		if rest {
			values = append(values, float64(max(totals[i]-shown, 0)))
		}
		out[i] = values
	}
	return out
}

// timeline is the chart of buckets: calls stacked by the split chosen, cost as a line.
func (v *view) timeline(buckets []*data.HourBucket, label func(b *data.HourBucket) string) *chart.Timeline {
	parts := make([]map[string]int64, len(buckets))
	totals := make([]int64, len(buckets))
	for i, b := range buckets {
		parts[i], totals[i] = b.ByTaskType, b.Calls
		if v.in.Split == ByModel {
			parts[i] = b.ByModel
		}
		if parts[i] == nil { // no column to split by
			parts[i] = map[string]int64{"calls": b.Calls}
		}
	}
	keys, rest := topKeys(parts)
	t := &chart.Timeline{Series: keys, Format: formatCount, LineName: "cost"}
	if rest {
		t.Series = append(slices.Clone(keys), others)
	}
	values := stacks(parts, totals, keys, rest)
	for i, b := range buckets {
		bar := chart.Bar{Label: label(b), Values: values[i], Total: float64(b.Calls), Line: math.NaN()}
		if b.CostUSD != nil {
			bar.Line = *b.CostUSD
			if !v.HideMoney {
				t.FormatLine = formatMoney
			}
		}
		t.Bars = append(t.Bars, bar)
	}
	return t
}

func formatCount(n float64, w int) string { return format.CountIn(int64(n), w) }

func formatMoney(usd float64, w int) string { return format.MoneyIn(usd, w) }

func splitName(s Split) string {
	if s == ByModel {
		return "by model"
	}
	return "by task type"
}

// nothing tells whether no bucket has any calls or cost.
func nothing(buckets []*data.HourBucket) bool {
	return !slices.ContainsFunc(buckets, func(b *data.HourBucket) bool {
		return b.Calls > 0 || b.CostUSD != nil && *b.CostUSD != 0
	})
}
