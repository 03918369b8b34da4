package chart

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// Parts writes a bar of w cells for what the parts sum up to, as a share of
// most, divided among them: one series after another. What isn't nothing has
// at least one cell, as long as the bar has as many cells as there are parts.
func Parts(b *line.Builder, look Look, parts []float64, most float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	sum := 0.0
	for _, v := range parts {
		sum += height(v)
	}
	end := b.Used() + w
	for i, n := range divide(parts, sum, Cells(sum, most, w)) {
		i = min(i, themes.SeriesLen-1)
		glyph := "█"
		if look.patterned() {
			glyph = string(look.Swatch(i))
		}
		b.Repeat(look.Styles.Series[i], glyph, n)
	}
	b.To(end)
}

// divide shares n cells out among parts.
func divide(parts []float64, sum float64, n int) []int {
	out := make([]int, len(parts))
	if _, ok := number(sum); !ok || sum <= 0 {
		return out
	}
	left := n
	for i, v := range parts {
		if height(v) > 0 && left > 0 {
			out[i] = 1
			left--
		}
	}
	// The cells that are left go, one by one, to the part that lacks most of its share.
	for ; left > 0; left-- {
		worst, lacks := -1, 0.0
		for i, v := range parts {
			if l := height(v)/sum*float64(n) - float64(out[i]); out[i] > 0 && (worst < 0 || l > lacks) {
				worst, lacks = i, l
			}
		}
		out[worst]++
	}
	return out
}
