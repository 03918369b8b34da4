package chart

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// Spark writes the newest values, one a cell, in w cells; most is the height of
// a whole cell. Fewer values stand at the right, where now is. Nothing is a dot,
// and a value that isn't known a blank.
func Spark(b *line.Builder, look Look, p themes.Paint, values []float64, most float64, w int) {
	w = min(w, b.Room())
	if w <= 0 {
		return
	}
	most = height(most)
	values = values[max(len(values)-w, 0):]
	b.Space(w - len(values))
	for _, v := range values {
		e := eighths(v, most, 1)
		_, known := number(v)
		switch {
		case !known:
			b.Space(1)
		case e == 0:
			b.Glyphs(look.Styles.Faint, "·")
		default:
			b.Glyphs(p, string(fromBottom[e]))
		}
	}
}
