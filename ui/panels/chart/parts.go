package chart

import (
	"math"
	"slices"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// Ink is how a part is filled, and the sign that stands for it in a legend.
type Ink struct {
	Fill, Swatch string // of one cell
	Paint        themes.Paint
}

// Inks are those of n series. A series that has a role is painted as such, others
// (the zero Paint) in those of the theme's series colours that can't be taken for
// one of the roles; of those of one role the second and later ones differ by
// their glyphs.
func (l Look) Inks(n int, roles []themes.Paint) []Ink {
	inks, of := make([]Ink, n), map[string]int{}
	free := l.freeSeries(roles)
	for i := range inks {
		series := min(i, themes.SeriesLen-1)
		ink := Ink{Fill: "█", Swatch: string(l.Swatch(series)), Paint: l.Styles.Series[series]}
		if l.patterned() {
			ink.Fill = ink.Swatch
		}
		if i < len(roles) && roles[i].On() != "" && !l.Styles.Patterns {
			ink.Paint = roles[i]
			if before := of[ink.Paint.On()]; before > 0 && !l.patterned() {
				ink.Fill = string(patterns[min(before, len(patterns)-1)])
				ink.Swatch = ink.Fill
			}
			of[ink.Paint.On()]++
		} else if len(free) > 0 {
			ink.Paint, free = l.Styles.Series[free[0]], free[1:]
		}
		inks[i] = ink
	}
	return inks
}

// freeSeries are the theme's series in their order, those that look like one of
// the roles last.
func (l Look) freeSeries(roles []themes.Paint) []int {
	free, alike := make([]int, 0, themes.SeriesLen), []int(nil)
	for i := range l.Styles.Series {
		if slices.ContainsFunc(roles, func(role themes.Paint) bool { return role.On() != "" && resembles(l.Styles.Series[i], role) }) {
			alike = append(alike, i)
		} else {
			free = append(free, i)
		}
	}
	return append(free, alike...)
}

// resembles tells whether a small bar of one paint may be taken for the other:
// whether their colours are less than a quarter of a channel's range apart.
func resembles(a, b themes.Paint) bool {
	r, g, bl, _ := a.Style().GetForeground().RGBA()
	r2, g2, bl2, _ := b.Style().GetForeground().RGBA()
	apart := func(a, b uint32) float64 { return float64(a) - float64(b) }
	return math.Hypot(math.Hypot(apart(r, r2), apart(g, g2)), apart(bl, bl2)) < 0x4000
}

// Parts writes a bar of w cells for what the parts sum up to, as a share of
// most, divided among them: one after another, each in its ink, those without
// one as the theme's series. What isn't nothing has at least one cell, as long
// as the bar has as many cells as there are parts.
func Parts(b *line.Builder, look Look, inks []Ink, parts []float64, most float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	sum := 0.0
	for _, v := range parts {
		sum += height(v)
	}
	if len(inks) < len(parts) {
		inks = look.Inks(min(len(parts), themes.SeriesLen), nil)
	}
	end := b.Used() + w
	for i, n := range divide(parts, sum, Cells(sum, most, w)) {
		ink := &inks[min(i, len(inks)-1)]
		b.Repeat(ink.Paint, ink.Fill, n)
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
