package panels

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// Item is what the cursor can stand on: a figure of a panel, or a row of a list.
type Item struct {
	// Row and Column name it as in a table of all the panel's figures; the row of
	// a list has no Column.
	Row, Column string
	At          time.Time // where a bar begins in time; zero for others
	Near        time.Time // the latest moment of what comes again, such as an hour of the week; zero for others
	Value       any       // int64, float64 or nil; money in USD
	Text        string    // the value as people read it
	Behind      data.Behind
	// Fields are all there is to a row of a list, for who wants it as a table.
	Fields []Field
	// Invocation is the row of invocation_log that the item is.
	Invocation *data.InvocationRow
	Place
}

// Field is a value of a row: string, int64, float64, bool, time.Time or nil.
type Field struct {
	Name  string
	Value any
}

// Place is where an item stands in its panel: the cells it takes, counted from the
// top left of the inside, and its lane. H is 0 if it can't be seen.
//
// Items of a lane stand side by side; lanes are numbered from the top. Along the
// lanes of a chart runs its axis: there paging goes across.
type Place struct {
	X, Y, W, H, Lane int
	Across           bool
}

// Items are all items of a panel in the order in which they were drawn.
type Items struct {
	List  []Item
	Start int // where the cursor stands as long as nobody has moved it
	Rows  int // of the list that the panel is; 0 if it is none, or has none
}

// Label names the item.
func (i *Item) Label() string {
	switch {
	case i.Row == "" || i.Column == "":
		return i.Row + i.Column
	}
	return i.Row + " " + i.Column
}

// Key tells the item apart from the others of its panel, also in later figures.
func (i *Item) Key() string {
	row := i.Row
	if !i.At.IsZero() { // of a bar, whose name changes when its day is over
		row = i.At.UTC().Format(time.RFC3339)
	}
	return row + "\x00" + i.Column
}

// Items are the panel's items when drawn into h lines of w cells.
func (p *Panel) Items(env *Env, in *Input, w, h int) Items {
	asked := *in
	asked.Items = &Items{}
	p.Draw(env, &asked, w, h)
	return *asked.Items
}

// register counts the items while a panel draws them.
type register struct {
	next   int // index of the next one
	cursor int // index of the one under the cursor; -1 if there is none
	lane   int // of the next line
	w, h   int // of the panel's inside
	into   *Items
}

func newRegister(in *Input, w, h int) *register {
	if in.Cursor < 0 && in.Items == nil {
		return nil
	}
	return &register{cursor: in.Cursor, into: in.Items, w: w, h: h}
}

// expect makes room for n more items, which are large.
func (r *register) expect(n int) {
	if r.into != nil {
		r.into.List = slices.Grow(r.into.List, n)
	}
}

// item tells that an item is drawn there, and gets to know whether the cursor is
// on it. All that is drawn must be told in the same order each time.
func (v *view) item(at Place, of func() Item) bool {
	r := v.reg
	if r == nil {
		return false
	}
	if r.into != nil {
		it := of()
		if at.X >= r.w || at.Y+at.H > r.h {
			at.H = 0 // there was no room for it
		}
		it.Place = at
		r.into.List = append(r.into.List, it)
	}
	r.next++
	return r.next-1 == r.cursor
}

// here is the place of w cells from column x on in the line to be added next.
func (v *view) here(x, w int) Place {
	p := Place{X: v.x + x, Y: v.y + len(v.out), W: w, H: 1}
	if v.reg != nil {
		p.Lane = v.reg.lane
	}
	return p
}

// spots tells the figures of a chart that is drawn next, n lanes of them, and
// gives the one under the cursor. If the chart comes first in its panel, the
// cursor starts on the last bar of part now.
func (v *view) spots(placed []chart.Placed, n, now int, lane func(part int) int, of func(s chart.Spot) Item) *chart.Spot {
	r := v.reg
	if r == nil {
		return nil
	}
	var cursor *chart.Spot
	first := r.next == 0
	r.expect(len(placed))
	for i := range placed {
		s := &placed[i]
		at := Place{X: v.x + s.X, Y: v.y + len(v.out) + s.Y, W: s.W, H: s.H, Lane: r.lane + lane(s.Part), Across: true}
		if first && r.into != nil && s.Part == now {
			r.into.Start = r.next
		}
		if v.item(at, func() Item { return of(s.Spot) }) {
			cursor = &s.Spot
		}
	}
	r.lane += n
	return cursor
}

// timelineSpots tells the figures of a timeline, which is drawn next: the whole
// bars above their series, from the top down, and the line and the marks below.
func (v *view) timelineSpots(t *chart.Timeline, w, h int, of func(s chart.Spot) Item) {
	if v.reg == nil {
		return
	}
	series := len(t.Series)
	t.Cursor = v.spots(t.Spots(w, h), series+3, chart.WholeBar, func(part int) int {
		switch part {
		case chart.WholeBar:
			return 0
		case chart.LinePoint:
			return series + 1
		case chart.MarkSign:
			return series + 2
		}
		return series - part
	}, of)
}

// stripSpots tells the figures of strips, which are drawn next.
func (v *view) stripSpots(s *chart.Strips, w, h int, of func(s chart.Spot) Item) {
	if v.reg != nil {
		s.Cursor = v.spots(s.Spots(w, h), len(s.Strips), 0, func(part int) int { return part }, of)
	}
}

// raw is what p points to; nil if that is nothing.
func raw[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// countItem is a count.
func countItem(row, column string, n int64, behind data.Behind) Item {
	return Item{Row: row, Column: column, Value: n, Text: format.Int(n), Behind: behind}
}

// optItem is a figure that may be missing.
func optItem[T any](row, column string, f *T, text func(T) string, behind data.Behind) Item {
	it := Item{Row: row, Column: column, Value: raw(f), Text: format.Opt(f, text), Behind: behind}
	if f == nil {
		it.Behind = data.Behind{}
	}
	return it
}

// moneyItem is an amount.
func (v *view) moneyItem(row, column string, usd *float64, behind data.Behind) Item {
	it := Item{Row: row, Column: column, Value: raw(usd), Text: v.money(usd, moneyTextW), Behind: behind}
	if usd == nil {
		it.Behind = data.Behind{}
	}
	return it
}

// picked is the paint of what the cursor may be on.
func (v *view) picked(selected bool, p themes.Paint) themes.Paint {
	if selected {
		return v.Styles.Selected
	}
	return p
}

// moneyTextW is room for any amount.
const moneyTextW = 24

// window is the window of that name as of the figures, or the range shown; the
// zero Window if there is none.
func (v *view) window(name string) data.Window {
	if r := v.in.Figures.Range; name == data.WindowRange && r != nil {
		w := r.Window
		if w.To.After(v.now()) {
			w.To = v.now()
		}
		return w
	}
	w, err := data.WindowAt(name, v.now())
	if err != nil {
		return data.Window{}
	}
	return w
}

// seriesEnd is when the series end that show the course of time: now, or where a
// range ends that is past.
func (v *view) seriesEnd() time.Time {
	if r := v.in.past(); r != nil {
		return r.To
	}
	return v.now()
}

// errorWindow is the stretch that groups and facets of errors are about.
func (v *view) errorWindow() data.Window {
	w := data.ErrorDay(v.now())
	if v.in.past() != nil {
		w = v.window(data.WindowRange)
	}
	if from := v.in.Chosen.From; from.After(w.From) {
		w.From = from
	}
	return w
}

// chosen are those of the lines behind a figure that the reader has chosen.
func (v *view) chosen(b data.Behind) data.Behind { return b.Passing(v.in.Chosen.Filter) }
