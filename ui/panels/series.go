package panels

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

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

// callBuckets are buckets of calls with how they are shown.
type callBuckets struct {
	buckets []*data.HourBucket
	length  time.Duration // of each
	label   func(b *data.HourBucket) string
	name    func(b *data.HourBucket) string // of the bucket by itself
	keys    []string                        // the series, as in the figures
	whole   bool                            // there is no column to split by
}

// timeline is the chart of buckets: calls stacked by the split chosen, cost as a line.
func (v *view) timeline(c *callBuckets) *chart.Timeline {
	buckets := c.buckets
	parts := make([]map[string]int64, len(buckets))
	totals := make([]int64, len(buckets))
	for i, b := range buckets {
		parts[i], totals[i] = b.ByTaskType, b.Calls
		if v.in.Split == ByModel {
			parts[i] = b.ByModel
		}
		if parts[i] == nil { // no column to split by
			parts[i] = map[string]int64{"calls": b.Calls}
			c.whole = true
		}
	}
	keys, rest := topKeys(parts)
	c.keys = keys
	t := &chart.Timeline{Series: keys, Format: formatCount, LineName: "cost"}
	if rest {
		t.Series = append(slices.Clone(keys), others)
	}
	values := stacks(parts, totals, keys, rest)
	for i, b := range buckets {
		bar := chart.Bar{Label: c.label(b), Values: values[i], Total: float64(b.Calls), Line: math.NaN()}
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

// item is a figure of the chart.
func (c *callBuckets) item(v *view, t *chart.Timeline, s chart.Spot) Item {
	b := c.buckets[s.Bar]
	w := data.Stretch(b.Start, c.length, v.seriesEnd())
	it := Item{}
	switch {
	case s.Part == chart.WholeBar:
		it = countItem(c.name(b), "calls", b.Calls, data.BehindCalls(w, data.InvocationKeys{}))
		if b.CostUSD != nil {
			it.Text += " · " + v.money(b.CostUSD, moneyTextW)
		}
	case s.Part == chart.LinePoint:
		it = v.moneyItem(c.name(b), "cost", b.CostUSD, data.BehindSpend(w, data.InvocationKeys{}))
	case s.Part == chart.MarkSign:
		it = countItem(c.name(b), "interrupted", t.Bars[s.Bar].Marks, data.BehindFailed(w, true))
	default:
		n := int64(t.Bars[s.Bar].Values[s.Part])
		it = countItem(c.name(b), t.Series[s.Part], n, data.BehindCalls(w, c.part(v.in.Split, s.Part)))
	}
	it.At = b.Start
	return it
}

// part narrows the calls of a bucket down to one of the series.
func (c *callBuckets) part(split Split, series int) data.InvocationKeys {
	switch {
	case c.whole:
		return data.InvocationKeys{}
	case series < len(c.keys):
		return split.keys(c.keys[series])
	case split == ByModel:
		return data.InvocationKeys{NotModels: c.keys}
	}
	return data.InvocationKeys{NotTaskTypes: c.keys}
}

// drawCalls draws the chart of buckets into the lines that are left.
func (v *view) drawCalls(c *callBuckets, t *chart.Timeline) {
	v.timelineSpots(t, v.w, v.h, func(s chart.Spot) Item { return c.item(v, t, s) })
	v.out = t.Draw(v.look(), v.w, v.h)
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
