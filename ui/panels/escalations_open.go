package panels

import (
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// escalationsOpenPanel shows the requests that are open as specified, and those
// of them that still wait for someone.
func escalationsOpenPanel() Panel {
	return Panel{
		ID: "escalations_open", Title: "Open escalations", MinW: 24, MinH: 5,
		Status: dbStatusOf("now"),
		Draw:   drawingOf(escalationsOf, drawEscalationsOpen),
	}
}

func drawEscalationsOpen(v *view, f *data.Escalations) {
	if f.Open == nil || f.Waiting == nil {
		v.say(tableLack(v.in, tableEscalations))
		return
	}
	s := v.Styles
	number := func(n int64, word, sign string, some themes.Paint, behind func() data.Behind) {
		b := v.row()
		picked := v.item(v.here(0, v.w), func() Item { return countItem("escalations", strings.TrimSpace(word), n, behind()) })
		paint := s.Faint
		if n > 0 {
			paint = some
		} else {
			sign = " "
		}
		b.Glyphs(paint, sign).Right(v.picked(picked, paint), format.CountIn(n, 7), 7).Text(s.Faint, word)
		v.add(&b)
	}
	number(f.Waiting.Total, " waiting for someone", "!", s.Warning, func() data.Behind { return data.BehindWaiting(v.now(), nil) })
	number(f.Open.Total, " open, done ones included", " ", s.Text, func() data.Behind { return data.BehindOpen(v.now(), nil, nil) })
	v.gap(6)
	v.parts(30,
		v.openByMode(f),
		v.tally("resolution", f.Open.ByResolution, s.Series[2], lack{lackEmpty, "none is open", ""}, func(resolution string) data.Behind {
			return data.BehindOpen(v.now(), nil, &resolution)
		}))
}

// openByMode sets the requests that wait beside all that are open.
func (v *view) openByMode(f *data.Escalations) part {
	rows := mostFirst(f.Open.ByMode)
	most := int64(0)
	for _, r := range rows {
		most = max(most, r.n)
	}
	t := &table{
		columns: []column{
			{head: "mode", w: 9, most: 24, flex: true},
			{head: "open", w: 5},
			{head: "waiting", w: 7},
			{w: 5, most: 40, bar: true, drop: 1},
		},
		rows: len(rows), figures: []int{1, 2},
		empty: lack{lackEmpty, "none is open", ""},
	}
	t.figure = func(row, col int) Item {
		mode := &rows[row].name
		if col == 1 {
			return countItem("mode "+*mode, "open", rows[row].n, data.BehindOpen(v.now(), mode, nil))
		}
		return countItem("mode "+*mode, "waiting", f.Waiting.ByMode[*mode], data.BehindWaiting(v.now(), mode))
	}
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		waiting := f.Waiting.ByMode[r.name]
		switch col {
		case 0:
			return cell{text: r.name, paint: v.Styles.Text}
		case 1:
			return v.countCell(&r.n, w)
		case 2:
			c := v.countCell(&waiting, w)
			if waiting > 0 {
				c.paint = v.Styles.Warning
			}
			return c
		}
		return v.share(v.Styles.Series[0], float64(r.n), float64(most))
	}
	return part{rows: max(len(rows), 1) + 1, draw: func(w, h int) []string { return v.table(t, w, h) }}
}

// escalationsStatusPanel shows what has become of all requests.
func escalationsStatusPanel() Panel {
	return Panel{
		ID: "escalations_status", Title: "Escalation status", MinW: 20, MinH: 4,
		Status: dbStatusOf("all"),
		Draw: drawingOf(escalationsOf, func(v *view, f *data.Escalations) {
			if f.Status == nil {
				v.say(tableLack(v.in, tableEscalations))
				return
			}
			v.divided("status", f.Status, lack{lackEmpty, "no requests", ""}, func(status string) data.Behind {
				return data.BehindEscalationStatus(v.now(), status)
			})
		}),
	}
}
