package panels

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// barCells are the cells of a row's bar: glyphs of our own with their paints.
type barCells []barCell

type barCell struct {
	glyph string
	paint themes.Paint
}

// fill sets the cells from x to last, as far as they are there.
func (c barCells) fill(x, last int, glyph string, p themes.Paint) {
	for i := max(x, 0); i <= min(last, len(c)-1); i++ {
		c[i] = barCell{glyph, p}
	}
}

// write writes the cells, those that are alike together.
func (c barCells) write(b *line.Builder) {
	for i := 0; i < len(c); {
		n := i + 1
		for n < len(c) && c[n] == c[i] {
			n++
		}
		if c[i].glyph == "" {
			b.Space(n - i)
		} else {
			b.Repeat(c[i].paint, c[i].glyph, n-i)
		}
		i = n
	}
}

// bar draws when a row was: a bar for what lasted, a mark for what is a moment. Of
// what lies outside the part that is shown an arrow tells on which side. The
// selected row has a line through its cells, so that it is found without colour.
func (d *rowDrawing) bar(w int, selected bool) {
	if w <= 0 {
		return
	}
	cells := make(barCells, w)
	faint := d.paint(d.Styles.Faint)
	d.scale.folds(func(x, n int, _ time.Duration) { cells.fill(x+n/2, x+n/2, "┊", faint) })
	if selected {
		cells.fill(0, w-1, "╌", faint)
	}
	from, to := d.scale.cell(d.row.from), d.scale.cell(d.row.to)
	switch {
	case to < 0:
		cells.fill(0, 0, "←", faint)
	case from >= w:
		cells.fill(w-1, w-1, "→", faint)
	default:
		d.fillBar(cells, from, to)
	}
	cells.write(&d.b)
}

func (d *rowDrawing) fillBar(cells barCells, from, to int) {
	glyph, _, paint := d.sign()
	paint = d.paint(paint)
	switch {
	case d.item == nil:
		cells.fill(from, to, "╌", paint)
	case d.item.Kind == trace.ItemLLM:
		fill := "█"
		if d.call.Class == data.ClassShadow {
			fill = "▒"
		}
		cells.fill(from, to, fill, paint)
		if wait := d.item.QueueWait(); wait > 0 {
			begun := d.scale.cell(d.row.from.Add(wait))
			cells.fill(from, begun-1, "░", d.paint(d.Styles.Faint))
		}
	case d.item.Kind == trace.ItemRun || to > from:
		cells.fill(from, to, "━", paint)
	default:
		cells.fill(from, from, glyph, paint)
	}
}
