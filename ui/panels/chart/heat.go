package chart

import (
	"math"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// shades are the levels of a heat map: nothing, then a quarter of the most each.
var (
	shades      = [themes.HeatLen + 1]string{"·", "░", "▒", "▓", "█"}
	shadesASCII = [themes.HeatLen + 1]string{".", ":", "+", "*", "#"}
)

// HeatMap is a table of shades, with the numbers in it where there is room.
type HeatMap struct {
	Rows, Columns []string    // captions
	Values        [][]float64 // by row and column; NaN is a gap
	// Format is a number in at most w cells.
	Format func(v float64, w int) string
	Cursor *Spot // what the reader has chosen, its Part a row; nil for nothing
}

// grid says where the cells are: how wide the captions and each column.
func (m *HeatMap) grid(w int) (caption, cw int) {
	for _, r := range m.Rows {
		caption = max(caption, len(r)+1)
	}
	columns := len(m.Columns)
	if w-caption < columns {
		caption = min(caption-1, max(w-columns, 0)) // no blank between caption and map, then no caption
	}
	return caption, min(max((w-caption)/columns, 1), 9)
}

// Spots are the cells of the map drawn in h lines of w cells, row by row. A gap
// is none.
func (m *HeatMap) Spots(w, h int) []Placed {
	if len(m.Columns) == 0 || w < 1 {
		return nil
	}
	caption, cw := m.grid(w)
	top := boolInt(h > len(m.Rows))
	var out []Placed
	for i := range min(len(m.Values), len(m.Rows), max(h-top, 0)) {
		for j := range min(len(m.Values[i]), len(m.Columns)) {
			if x := caption + j*cw; level(m.Values[i][j], 1) >= 0 && x+cw <= w {
				out = append(out, Placed{Spot{j, i}, x, top + i, cw, 1})
			}
		}
	}
	return out
}

// Draw is the map in h lines of w cells: a line of captions, the rows and, if
// there is room, what the shades mean.
func (m *HeatMap) Draw(look Look, w, h int) []string {
	most := 0.0
	for _, row := range m.Values {
		for _, v := range row {
			most = max(most, height(v))
		}
	}
	columns := len(m.Columns)
	if columns == 0 || w < 1 {
		return line.Fit(nil, w, h)
	}
	caption, cw := m.grid(w)
	numbers := cw >= 4 && len(m.Format(most, 9)) <= cw-3

	var out []string
	if h > len(m.Rows) {
		out = append(out, m.head(look, w, caption, cw))
	}
	for i := range m.Rows {
		b := line.New(w, look.set())
		b.Left(look.Styles.Faint, m.Rows[i], caption)
		for j := range columns {
			v := math.NaN()
			if i < len(m.Values) && j < len(m.Values[i]) {
				v = m.Values[i][j]
			}
			if chosen(m.Cursor, j, i) {
				m.chosen(&b, look, v, most, cw, numbers)
				continue
			}
			m.cell(&b, look, v, most, cw, numbers)
		}
		out = append(out, b.String())
	}
	if h >= len(out)+2 && most > 0 {
		out = append(out, line.Blank(w), m.key(look, w, caption, most))
	}
	return line.Fit(out, w, h)
}

func (m *HeatMap) head(look Look, w, caption, cw int) string {
	b := line.New(w, look.set())
	b.Space(caption)
	every := 1
	for every*cw < 3 {
		every++
	}
	if every > 1 { // thirds of a day look better than fifths
		every = 3
	}
	for j := 0; j < len(m.Columns); j += every {
		b.Left(look.Styles.Column, m.Columns[j], min(every, len(m.Columns)-j)*cw)
	}
	return b.String()
}

// level is the shade of v: 0 for nothing, -1 for a gap.
func level(v, most float64) int {
	v, ok := number(v)
	if !ok {
		return -1
	}
	if v <= 0 || most <= 0 {
		return 0
	}
	return min(max(int(math.Ceil(v/most*themes.HeatLen-1e-9)), 1), themes.HeatLen)
}

func (m *HeatMap) cell(b *line.Builder, look Look, v, most float64, cw int, numbers bool) {
	l := level(v, most)
	switch {
	case l < 0:
		b.Text(look.Styles.Faint, "–").Space(cw - 1)
	case numbers: // shade, number, blank
		m.shade(b, look, l, 1)
		b.Right(look.Styles.Text, m.Format(v, cw-2), cw-2)
		b.Space(1)
	case cw >= 3 && l == 0: // dots of empty hours stand apart
		m.shade(b, look, l, 1)
		b.Space(cw - 1)
	default:
		m.shade(b, look, l, cw)
	}
}

// chosen is the cell under the cursor: between brackets where they have room.
func (m *HeatMap) chosen(b *line.Builder, look Look, v, most float64, cw int, numbers bool) {
	glyphs := shades
	if look.ASCII {
		glyphs = shadesASCII
	}
	p, shade := look.Styles.Selected, glyphs[max(level(v, most), 0)]
	switch {
	case numbers:
		b.Glyphs(p, shade).Text(p, line.Blank(max(cw-2-len(m.Format(v, cw-2)), 0))).Text(p, m.Format(v, cw-2)).Space(1)
	case cw >= 3:
		b.Glyphs(p, "[").Repeat(p, shade, cw-2).Glyphs(p, "]")
	case cw == 2:
		b.Glyphs(p, shade+"]")
	default:
		b.Glyphs(p, "◆")
	}
}

func (m *HeatMap) shade(b *line.Builder, look Look, l, n int) {
	glyphs := shades
	if look.ASCII {
		glyphs = shadesASCII
	}
	p := look.Styles.Faint
	if l > 0 {
		p = look.Styles.Heat[l-1]
	}
	b.Repeat(p, glyphs[l], n)
}

// key says what the shades mean.
func (m *HeatMap) key(look Look, w, caption int, most float64) string {
	b := line.New(w, look.set())
	b.Space(caption)
	for l := range shades {
		switch l {
		case 0:
			m.shade(&b, look, l, 1)
			b.Text(look.Styles.Faint, " none")
		default:
			b.Space(2)
			m.shade(&b, look, l, 1)
			b.Text(look.Styles.Faint, " to "+m.Format(most*float64(l)/themes.HeatLen, 9))
		}
	}
	return b.String()
}
