package views

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// boardMode is how the panels are shown.
type boardMode int

const (
	gridMode boardMode = iota
	fullScreenMode
)

// boardSpec is what one board has of its own.
type boardSpec struct {
	id     ID
	title  string
	uses   Uses
	panels []panels.Panel
	// layouts says how the panels stand, and which give way where there is no room for all.
	layouts *layouts
	// split and measured name the panels that a split and a measure change.
	split, measured []string
	// opens shows item i of a panel that has a view of its own for its rows; nil
	// falls back to the rows behind the item.
	opens map[string]func(c *Context, in *panels.Input, i int) View
	// alerts is the panel whose rows are the alert rules; "" if there is none.
	alerts string
	// leads names the view that tells at length what a panel sums up.
	leads map[string]ID
}

// Board is a view of panels side by side as far as there is room, or of one of
// them in full screen. Those without room are reached from there.
type Board struct {
	spec   boardSpec
	ctx    *Context
	keys   BoardKeys
	panels []panels.Panel // in the order in which the focus walks through them
	mode   boardMode
	focus  int    // index into panels
	lists  []list // the item the reader stands on in each panel, and the first visible row
	// selected is the key of the item in each panel where that is not the one the
	// panel starts with.
	selected map[string]string
	asked    map[string]asked // the items of the panels that were asked for them

	split   panels.Split
	measure panels.Measure

	w, h   int
	layout []placed
	data   *Data
	boxes  map[string]box
	// extend gives panels what a board shows beside the data; nil for nothing.
	extend func(in *panels.Input)
}

// box is a drawn panel and everything it was drawn from.
type box struct {
	from  boxKey
	lines []string
}

type boxKey struct {
	figures  *data.Figures
	snapshot *data.Snapshot
	version  int
	w, h     int
	focused  bool
	window   string
	loading  string
	split    panels.Split
	measure  panels.Measure
	rows     list
	lines    *panels.LineRows
	chosen   panels.Chosen
}

func newBoard(ctx *Context, spec boardSpec) *Board {
	v := &Board{
		spec: spec, ctx: ctx, keys: NewBoardKeys(), panels: slices.Clone(spec.panels), data: &Data{Window: data.Window24h},
		boxes: make(map[string]box), selected: make(map[string]string), asked: make(map[string]asked),
	}
	slices.SortStableFunc(v.panels, func(a, b panels.Panel) int {
		return slices.Index(spec.layouts.keep, a.ID) - slices.Index(spec.layouts.keep, b.ID)
	})
	v.lists = make([]list, len(v.panels))
	ctx.Rebind(v.keys.All())
	return v
}

// ID implements [View].
func (v *Board) ID() ID { return v.spec.id }

// Title implements [View].
func (v *Board) Title() string { return v.spec.title }

// Uses implements [View].
func (v *Board) Uses() Uses { return v.spec.uses }

// Capturing implements [View].
func (v *Board) Capturing() bool { return false }

// Resize implements [View].
func (v *Board) Resize(w, h int) {
	if v.w == w && v.h == h {
		return
	}
	v.w, v.h = w, h
	v.layOut()
}

// layOut places the panels; the focus goes to one that can be seen.
func (v *Board) layOut() {
	if v.mode == fullScreenMode {
		v.layout = []placed{{id: v.panels[v.focus].ID, Rect: Rect{W: v.w, H: v.h}}}
	} else {
		v.layout = place(v.spec.layouts.at(v.w), v.spec.layouts.keep, v.sizes(), v.w, v.h)
		if len(v.layout) > 0 && v.placeOf(v.focus) < 0 {
			v.focus = v.panelOf(v.layout[0].id)
		}
	}
	v.settleLists()
}

// sizes are the least sizes of the panels, borders included.
func (v *Board) sizes() map[string]minSize {
	sizes := make(map[string]minSize, len(v.panels))
	for _, p := range v.panels {
		sizes[p.ID] = minSize{w: p.MinW + 2, h: p.MinH + 2}
	}
	return sizes
}

// settleLists puts the cursor back on its item, or close to where it was if that
// is gone. Panels without the focus show no cursor: theirs are settled when the
// focus comes back, but for lists that are scrolled, whose rows stay in place.
func (v *Board) settleLists() {
	for i := range v.lists {
		if v.placeOf(i) >= 0 && (i == v.focus || v.lists[i].offset > 0 && v.selected[v.panels[i].ID] != "") {
			v.settle(i)
		}
	}
}

// settle finds the item of a panel that the reader has chosen. As long as that is
// the one the panel starts with, the cursor stays with whatever is there.
func (v *Board) settle(panel int) {
	items, l := v.items(panel), &v.lists[panel]
	key := v.selected[v.panels[panel].ID]
	at := items.Start
	if key != "" {
		at = slices.IndexFunc(items.List, func(it panels.Item) bool { return it.Key() == key })
		if at < 0 {
			at = max(min(l.cursor, len(items.List)-1), 0)
		}
	}
	if at != l.cursor && l.offset > 0 && at < len(items.List) && l.cursor < len(items.List) {
		l.offset = max(l.offset+items.List[at].Lane-items.List[l.cursor].Lane, 0) // the row stays where it is on the screen
	}
	l.cursor = at
}

// Hint tells of panels that can't be seen and how to see them; "" if all can.
func (v *Board) Hint() string {
	if v.mode == fullScreenMode {
		return fmt.Sprintf("panel %d of %d: %s, %s", v.focus+1, len(v.panels), v.keys.Next.Help().Key, v.keys.Previous.Help().Key)
	}
	if hidden := len(v.panels) - len(v.layout); hidden > 0 {
		return fmt.Sprintf("%s: %s, then %s", plural(hidden, "more panel"), v.keys.FullScreen.Help().Key, v.keys.Next.Help().Key)
	}
	return ""
}

// SetData implements [View].
func (v *Board) SetData(d *Data) tea.Cmd {
	same := v.data.Figures == d.Figures && v.data.Window == d.Window
	v.data = d
	if same {
		return nil
	}
	v.followRows()
	return nil
}

// followRows puts every cursor back on its item after others came in above or the
// order changed.
func (v *Board) followRows() { v.settleLists() }

// selectRow moves the cursor of the panel that has the focus to item i.
func (v *Board) selectRow(i int) {
	items, l := v.items(v.focus), &v.lists[v.focus]
	l.cursor = max(min(i, len(items.List)-1), 0)
	id := v.panels[v.focus].ID
	delete(v.selected, id)
	if l.cursor < len(items.List) && l.cursor != items.Start {
		v.selected[id] = items.List[l.cursor].Key()
	}
}

func (v *Board) input() panels.Input {
	in := panels.Input{
		Snapshot: v.data.Figured, Figures: v.data.Figures, Window: v.data.Window, Loading: v.data.Loading,
		Split: v.split, Measure: v.measure, Cursor: -1,
	}
	if in.Snapshot == nil {
		in.Snapshot = v.data.Snapshot
	}
	if v.extend != nil {
		v.extend(&in)
	}
	return in
}

func (v *Board) panelOf(id string) int {
	return slices.IndexFunc(v.panels, func(p panels.Panel) bool { return p.ID == id })
}

// placeOf is the index in the layout of a panel; -1 if there is no room for it.
func (v *Board) placeOf(panel int) int {
	return slices.IndexFunc(v.layout, func(p placed) bool { return p.id == v.panels[panel].ID })
}

// Bindings implements [View].
func (v *Board) Bindings() []Binding {
	k := &v.keys
	grid := v.mode == gridMode
	items := v.items(v.focus)
	walk := itemWalk{items.List, v.lists[v.focus].cursor}
	many := len(v.layout) > 1 || !grid
	k.Up.SetEnabled(v.target(up) != v.here())
	k.Down.SetEnabled(v.target(down) != v.here())
	setEnabled(many, &k.Left, &k.Right, &k.Next, &k.Previous)
	k.FullScreen.SetEnabled(grid && len(v.layout) > 0)
	k.Shrink.SetEnabled(!grid)
	id := v.panels[v.focus].ID
	k.Open.SetEnabled(walk.item() != nil)
	k.Follow.SetEnabled(v.spec.leads[id] != "")
	k.Acknowledge.SetEnabled(v.unacknowledged() != nil)
	k.Split.SetEnabled(v.shows(v.spec.split))
	k.Sort.SetEnabled(v.shows(v.spec.measured))
	setEnabled(walk.first() != walk.at, &k.PageUp, &k.First)
	setEnabled(walk.last() != walk.at, &k.PageDown, &k.Last)
	return Enabled(k.All())
}

// shows tells whether one of the panels can be seen.
func (v *Board) shows(ids []string) bool {
	return slices.ContainsFunc(v.layout, func(p placed) bool { return slices.Contains(ids, p.id) })
}

// position is where the focus is: a panel, and an item of it.
type position struct{ panel, row int }

func (v *Board) here() position { return v.at(v.focus) }

// at is the position in a panel, on the item selected there.
func (v *Board) at(panel int) position { return position{panel: panel, row: v.lists[panel].cursor} }

// target is where an arrow key leads: to the next item of the panel that way while
// there is one, else to the next panel that way; with none there, left and right
// go on to the previous and next in order, so that they always lead somewhere.
func (v *Board) target(d direction) position {
	p := v.here()
	if next := (itemWalk{v.items(p.panel).List, p.row}).next(d); next >= 0 {
		return position{p.panel, next}
	}
	if v.mode == gridMode {
		if at := v.placeOf(p.panel); at >= 0 {
			if n := neighbour(v.layout, at, d); n >= 0 {
				return v.at(v.panelOf(v.layout[n].id))
			}
		}
	}
	switch d {
	case left:
		return v.step(-1)
	case right:
		return v.step(1)
	}
	return p
}

// step is the position n panels on, in reading order where they stand side by
// side, else in order of rank.
func (v *Board) step(n int) position {
	if v.mode == fullScreenMode {
		return v.at((v.focus + n + len(v.panels)) % len(v.panels))
	}
	if at := v.placeOf(v.focus); at >= 0 {
		return v.at(v.panelOf(v.layout[(at+n+len(v.layout))%len(v.layout)].id))
	}
	return v.here()
}

func (v *Board) goTo(p position) {
	if p.panel == v.focus {
		v.selectRow(p.row)
		return
	}
	v.focus = p.panel
	v.layOut()
}

// Update implements [View].
func (v *Board) Update(msg tea.Msg) (Intent, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		if answer, ok := msg.(acknowledged); ok {
			return v.told(answer), nil
		}
		return v.moused(msg), nil
	}
	v.Bindings() // enables what can be done now
	k := &v.keys
	switch {
	case key.Matches(press, k.Up.Binding):
		v.goTo(v.target(up))
	case key.Matches(press, k.Down.Binding):
		v.goTo(v.target(down))
	case key.Matches(press, k.Left.Binding):
		v.goTo(v.target(left))
	case key.Matches(press, k.Right.Binding):
		v.goTo(v.target(right))
	case key.Matches(press, k.Next.Binding):
		v.goTo(v.step(1))
	case key.Matches(press, k.Previous.Binding):
		v.goTo(v.step(-1))
	case key.Matches(press, k.PageUp.Binding):
		v.selectRow(v.walk().page(-1))
	case key.Matches(press, k.PageDown.Binding):
		v.selectRow(v.walk().page(1))
	case key.Matches(press, k.First.Binding):
		v.selectRow(v.walk().first())
	case key.Matches(press, k.Last.Binding):
		v.selectRow(v.walk().last())
	case key.Matches(press, k.FullScreen.Binding):
		v.setMode(fullScreenMode)
	case key.Matches(press, k.Shrink.Binding):
		v.setMode(gridMode)
	case key.Matches(press, k.Split.Binding):
		v.split = panels.ByTaskType + panels.ByModel - v.split
	case key.Matches(press, k.Sort.Binding):
		v.measure = panels.Calls + panels.Cost - v.measure
		v.followRows()
	case key.Matches(press, k.Open.Binding):
		return v.open(), nil
	case key.Matches(press, k.Acknowledge.Binding):
		return nil, v.acknowledge()
	case key.Matches(press, k.Follow.Binding):
		return SwitchTo{v.spec.leads[v.panels[v.focus].ID]}, nil
	}
	return nil, nil
}

func (v *Board) setMode(m boardMode) {
	v.mode = m
	v.layOut()
}

// Lines implements [View].
func (v *Board) Lines() []string {
	blocks := make([]block, len(v.layout))
	for i, p := range v.layout {
		blocks[i] = block{Rect: p.Rect, lines: v.draw(p)}
	}
	return compose(blocks, v.w, v.h)
}

// draw gives the panel in its border, from the last time if nothing it shows
// has changed.
func (v *Board) draw(at placed) []string {
	i := v.panelOf(at.id)
	p := &v.panels[i]
	in := v.input()
	in.Offset = v.lists[i].offset
	note := ""
	if i == v.focus {
		if it := v.walk().item(); it != nil {
			in.Cursor, note = v.lists[i].cursor, readout(it)
			in.Scrolled = &v.lists[i].offset
		}
	}
	from := v.key(at, &in)
	from.focused, from.rows = i == v.focus, list{in.Cursor, in.Offset}
	if b, ok := v.boxes[p.ID]; ok && b.from == from {
		return b.lines
	}
	env, w, h := &v.ctx.Env, max(at.W-2, 0), max(at.H-2, 0)
	status := "failed"
	inner := Guard(v.ctx.Log, "panel "+p.ID,
		func() []string {
			inside := p.Draw(env, &in, w, h)
			status = p.Status(&in)
			return inside
		},
		func(err error) []string { return Failure(env, err, w, h) })
	from.rows.offset = v.lists[i].offset // as it was scrolled
	lines := panels.BoxWithNote(env, p.Title, status, note, from.focused, at.W, at.H, inner)
	v.boxes[p.ID] = box{from: from, lines: lines}
	return lines
}

// key is what a panel is drawn from, but for the cursor.
func (v *Board) key(at placed, in *panels.Input) boxKey {
	k := boxKey{
		figures: in.Figures, snapshot: in.Snapshot, version: v.ctx.Version, w: at.W, h: at.H,
		window: in.Window, loading: in.Loading, split: in.Split, measure: in.Measure, chosen: in.Chosen,
	}
	if v.panels[v.panelOf(at.id)].ShowsLines {
		k.lines = in.Lines
	}
	return k
}
