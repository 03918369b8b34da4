package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
)

// spendRow is what a name cost.
type spendRow struct {
	name string
	usd  float64
}

// dearestFirst are the amounts of a map, the largest first.
func dearestFirst(amounts map[string]float64) []spendRow {
	rows := make([]spendRow, 0, len(amounts))
	for name, usd := range amounts {
		rows = append(rows, spendRow{name, usd})
	}
	slices.SortFunc(rows, func(a, b spendRow) int { return cmp.Or(cmp.Compare(b.usd, a.usd), cmp.Compare(a.name, b.name)) })
	return rows
}

// spendList lists amounts by name.
func (v *view) spendList(head string, amounts map[string]float64, p themes.Paint, empty lack, behind func(name string) data.Behind) {
	rows := dearestFirst(amounts)
	most := 0.0
	for _, r := range rows {
		most = max(most, r.usd)
	}
	t := &table{
		columns: []column{
			{head: head, w: 12, most: 34, flex: true},
			{head: "cost", w: 9},
			{w: 6, most: 60, bar: true, drop: 1},
		},
		rows: len(rows), list: true, empty: empty,
		item: func(row int) Item { return v.moneyItem(rows[row].name, "cost", &rows[row].usd, behind(rows[row].name)) },
	}
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		switch col {
		case 0:
			return cell{text: r.name, paint: v.Styles.Text}
		case 1:
			return cell{text: v.money(&r.usd, w), paint: v.moneyPaint(&r.usd)}
		}
		return v.share(p, r.usd, most)
	}
	v.out = v.table(t, v.w, v.h)
}
