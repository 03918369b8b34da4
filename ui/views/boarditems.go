package views

import (
	"math"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// asked is the items of a panel and what they were made from.
type asked struct {
	from  boxKey
	items panels.Items
}

// items are those of a panel as it is placed now; none if it has no room.
func (v *Board) items(panel int) *panels.Items {
	p := &v.panels[panel]
	place := v.placeOf(panel)
	if place < 0 {
		return &panels.Items{}
	}
	in, at := v.input(), v.layout[place]
	from := v.key(at, &in)
	t, ok := v.asked[p.ID]
	if !ok || t.from != from {
		t = asked{from: from, items: v.ask(p, &in, at)}
		v.asked[p.ID] = t
	}
	return &t.items
}

// ask makes a panel tell its items; one that can't be drawn has none.
func (v *Board) ask(p *panels.Panel, in *panels.Input, at placed) (items panels.Items) {
	Guard(v.ctx.Log, "items of panel "+p.ID, func() []string {
		items = p.Items(&v.ctx.Env, in, max(at.W-2, 0), max(at.H-2, 0))
		return nil
	}, func(error) []string { return nil })
	return items
}

// readout says in a line what the cursor is on.
func readout(it *panels.Item) string {
	label := it.Label()
	if len(it.Fields) > 0 && it.Text != "" { // a row of a list: its name is but a number
		return it.Text
	}
	if it.Text == "" {
		return label
	}
	return label + ": " + it.Text
}

// walk is the items of the panel that has the focus, and the cursor.
func (v *Board) walk() itemWalk { return itemWalk{v.items(v.focus).List, v.lists[v.focus].cursor} }

// itemWalk moves a cursor over items.
type itemWalk struct {
	list []panels.Item
	at   int
}

// item is what the cursor is on; nil if there is nothing.
func (w itemWalk) item() *panels.Item {
	if w.at < 0 || w.at >= len(w.list) {
		return nil
	}
	return &w.list[w.at]
}

// next is the item in a direction: beside this one in its lane, or in the nearest
// lane above or below, straight on if possible; -1 if there is none.
func (w itemWalk) next(d direction) int {
	from := w.item()
	if from == nil {
		return -1
	}
	best, nearest := -1, math.MaxInt
	for i := range w.list {
		if far, ok := distance(from, &w.list[i], d); ok && far < nearest {
			best, nearest = i, far
		}
	}
	return best
}

// aside is what it costs to leave the column when moving up or down: more than
// any number of lanes.
const aside = 1 << 20

// distance is how far o lies in the direction; false if it doesn't.
func distance(from, o *panels.Item, d direction) (int, bool) {
	lanes, along := o.Lane-from.Lane, o.X-from.X
	switch d {
	case left:
		return -along, lanes == 0 && along < 0
	case right:
		return along, lanes == 0 && along > 0
	case up:
		lanes = -lanes
	}
	if lanes <= 0 {
		return 0, false
	}
	if overlap(from.X, from.W, o.X, o.W) > 0 {
		return lanes*1000 + min(abs(along), 999), true
	}
	return aside + lanes*1000 + min(abs(along), 999), true
}

func abs(n int) int { return max(n, -n) }

// line is the indices of the items that paging goes through: those straight
// above and below or, in a chart, those beside.
func (w itemWalk) line() (line []int) {
	from := w.item()
	if from == nil {
		return nil
	}
	for i := range w.list {
		o := &w.list[i]
		if from.Across && o.Lane == from.Lane || !from.Across && o.X == from.X {
			line = append(line, i)
		}
	}
	slices.SortStableFunc(line, func(a, b int) int { return w.list[a].Lane - w.list[b].Lane })
	return line
}

func (w itemWalk) first() int {
	if line := w.line(); len(line) > 0 {
		return line[0]
	}
	return w.at
}

func (w itemWalk) last() int {
	if line := w.line(); len(line) > 0 {
		return line[len(line)-1]
	}
	return w.at
}

// page is the item a page on: as many rows as can be seen, or a quarter of the
// bars.
func (w itemWalk) page(n int) int {
	line := w.line()
	at := slices.Index(line, w.at)
	if at < 0 {
		return w.at
	}
	step := max(len(line)/4, 1)
	if !w.item().Across {
		step = 0
		for _, i := range line {
			if w.list[i].H > 0 {
				step++
			}
		}
		step = max(step-1, 1)
	}
	return line[max(min(at+n*step, len(line)-1), 0)]
}

// open shows what is behind the item the cursor is on.
func (v *Board) open() Intent {
	in, it := v.input(), v.walk().item()
	if it == nil {
		return nil
	}
	panel := &v.panels[v.focus]
	if open := v.spec.opens[panel.ID]; open != nil {
		if opened := open(v.ctx, &in, v.lists[v.focus].cursor); opened != nil {
			return Open{opened}
		}
	}
	return openItem(v.ctx, panel.Title, it, in.Snapshot)
}

// openItem shows the rows behind an item, or the only one in full.
func openItem(c *Context, panel string, it *panels.Item, s *data.Snapshot) Intent {
	switch {
	case it.Invocation != nil:
		return Open{NewInvocation(c, it.Invocation)}
	case it.Behind.Kind == data.NoRows:
		return Say{Text: it.Label() + ": no rows stand behind this figure"}
	case it.Behind.Kind == data.TableRows:
		if set := it.Behind.Rows(s); len(set.Rows) == 1 {
			return Open{newRecord(c, &set, 0)}
		}
	}
	return Open{NewBehind(c, panel, it, s)}
}
