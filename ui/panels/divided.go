package panels

import (
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// statusRole is the paint of a status whose name says that all is well, that
// something is wrong, or that somebody should look; the zero Paint for others.
func (v *view) statusRole(status string) themes.Paint {
	switch status {
	case "succeeded", "done", "complete", "completed", "validated", "trusted":
		return v.Styles.Good
	case "failed", "unhealthy", "degraded":
		return v.Styles.Bad
	case "escalated", "blocked", "waiting_input", "flagged_for_review":
		return v.Styles.Warning
	}
	return themes.Paint{}
}

// inks are those of statuses, one series each.
func (v *view) inks(statuses []string) []chart.Ink {
	roles := make([]themes.Paint, len(statuses))
	for i, status := range statuses {
		roles[i] = v.statusRole(status)
	}
	return v.look().Inks(len(statuses), roles)
}

// dividedH is the height from which on the bar is worth a row.
const dividedH = 8

// divided draws counts of statuses as one bar divided among them, and a table
// that says what the divisions are.
func (v *view) divided(head string, counts map[string]int64, empty lack, behind func(key string) data.Behind) {
	keys, rest := topKeys([]map[string]int64{counts})
	if len(keys) == 0 {
		v.say(empty)
		return
	}
	series := make(map[string]int, len(keys))
	for i, k := range keys {
		series[k] = i
	}
	d := &breakdown{head: head, rows: mostFirst(counts), signs: true, behind: behind}
	inks := v.inks(keys)
	if rest {
		inks = v.inks(append(slices.Clone(keys), others))
	}
	values := make([]float64, len(keys), len(keys)+1)
	remainder, sum := 0.0, 0.0
	for i := range d.rows {
		r := &d.rows[i]
		s, ok := series[r.name]
		if ok {
			values[s] = float64(r.n)
		} else {
			s = len(inks) - 1
			remainder += max(float64(r.n), 0)
		}
		sum += max(float64(r.n), 0)
		r.sign, r.paint = inks[s].Swatch, inks[s].Paint
	}
	if rest {
		values = append(values, remainder)
	}
	if v.h >= min(len(d.rows)+2, dividedH) { // the bar takes no row its line
		b := v.row()
		chart.Parts(&b, v.look(), inks, values, sum, v.w)
		v.add(&b)
		v.gap(len(d.rows) + 1)
	}
	v.out = append(v.out, v.breakdown(d, v.w, v.left())...)
}
