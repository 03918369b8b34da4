package panels

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// divided draws counts as one bar divided among them, and a table that says what
// the divisions are.
func (v *view) divided(head string, counts map[string]int64, empty lack) {
	keys, rest := topKeys([]map[string]int64{counts})
	if len(keys) == 0 {
		v.say(empty)
		return
	}
	series := make(map[string]int, len(keys))
	for i, k := range keys {
		series[k] = i
	}
	d := &breakdown{head: head, rows: mostFirst(counts), signs: true, cursor: -1}
	values := make([]float64, len(keys), len(keys)+1)
	remainder, sum := 0.0, 0.0
	for i := range d.rows {
		r := &d.rows[i]
		s, ok := series[r.name]
		if ok {
			values[s] = float64(r.n)
		} else {
			s = themes.SeriesLen - 1
			remainder += max(float64(r.n), 0)
		}
		sum += max(float64(r.n), 0)
		r.sign, r.paint = string(v.look().Swatch(s)), v.Styles.Series[s]
	}
	if rest {
		values = append(values, remainder)
	}
	if v.h >= 3 {
		b := v.row()
		chart.Parts(&b, v.look(), values, sum, v.w)
		v.add(&b)
		v.gap(len(d.rows) + 1)
	}
	v.out = append(v.out, v.breakdown(d, v.w, v.left())...)
}
