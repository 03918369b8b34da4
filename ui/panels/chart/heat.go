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
	caption := 0
	for _, r := range m.Rows {
		caption = max(caption, len(r)+1)
	}
	columns := len(m.Columns)
	if columns == 0 || w < 1 {
		return line.Fit(nil, w, h)
	}
	if w-caption < columns {
		caption = min(caption-1, max(w-columns, 0)) // no blank between caption and map, then no caption
	}
	cw := min(max((w-caption)/columns, 1), 9)
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
