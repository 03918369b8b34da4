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
	// rows tells of the list panels whose rows can be opened.
	rows map[string]rowSpec
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
	lists  []list // where the reader stands in each panel that is a list
	// selected names the selected row of each panel that has a rowSpec.
	selected map[string]string

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
	filtered string
}

func newBoard(ctx *Context, spec boardSpec) *Board {
	v := &Board{
		spec: spec, ctx: ctx, keys: NewBoardKeys(), panels: slices.Clone(spec.panels), data: &Data{Window: data.Window24h},
		boxes: make(map[string]box), selected: make(map[string]string),
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

// settleLists keeps every cursor on a row that exists and can be seen.
func (v *Board) settleLists() {
	for i := range v.lists {
		v.lists[i].moveTo(v.lists[i].cursor, v.rowCount(i), v.page(i))
	}
}

// Hint tells of panels that can't be seen and how to see them; "" if all can.
func (v *Board) Hint() string {
	if v.mode == fullScreenMode {
		return fmt.Sprintf("panel %d of %d: %s, %s", v.focus+1, len(v.panels), v.keys.Next.Help().Key, v.keys.Previous.Help().Key)
	}
	if hidden := len(v.panels) - len(v.layout); hidden > 0 {
		return fmt.Sprintf("%d more panels: %s, then %s", hidden, v.keys.FullScreen.Help().Key, v.keys.Next.Help().Key)
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

// followRows puts every cursor back on its row after others came in above or the
// order changed.
func (v *Board) followRows() {
	in := v.input()
	for id, r := range v.spec.rows {
		l := &v.lists[v.panelOf(id)]
		if l.cursor == 0 { // on top the cursor stays with whatever is newest
			continue
		}
		if at := slices.Index(r.ids(&in), v.selected[id]); at >= 0 {
			l.offset += at - l.cursor
			l.cursor = at
		}
	}
	v.settleLists()
	v.noteRows()
}

// selectRow moves the cursor of the panel that has the focus.
func (v *Board) selectRow(i int) {
	v.lists[v.focus].moveTo(i, v.rowCount(v.focus), v.page(v.focus))
	v.noteRows()
}

// noteRows remembers which rows are selected.
func (v *Board) noteRows() {
	in := v.input()
	for id, r := range v.spec.rows {
		if i := v.lists[v.panelOf(id)].cursor; i > 0 {
			if ids := r.ids(&in); i < len(ids) {
				v.selected[id] = ids[i]
			}
		}
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

// rowCount is the number of rows of a panel; 0 if it is no list.
func (v *Board) rowCount(panel int) int {
	rows := v.panels[panel].Rows
	if rows == nil {
		return 0
	}
	in := v.input()
	return rows(&in)
}

// page is how many rows of a list panel can be seen.
func (v *Board) page(panel int) int {
	const borderAndHeadings = 3
	if at := v.placeOf(panel); at >= 0 {
		return max(v.layout[at].H-borderAndHeadings, 1)
	}
	return 1
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
	row, rows := v.lists[v.focus].cursor, v.rowCount(v.focus)
	many := len(v.layout) > 1 || !grid
	k.Up.SetEnabled(v.target(up) != v.here())
	k.Down.SetEnabled(v.target(down) != v.here())
	setEnabled(many, &k.Left, &k.Right, &k.Next, &k.Previous)
	k.FullScreen.SetEnabled(grid && len(v.layout) > 0)
	k.Shrink.SetEnabled(!grid)
	id := v.panels[v.focus].ID
	k.Open.SetEnabled(rows > 0 && v.spec.rows[id].open != nil)
	k.Follow.SetEnabled(v.spec.leads[id] != "" && !k.Open.Enabled())
	k.Acknowledge.SetEnabled(v.unacknowledged() != nil)
	k.Split.SetEnabled(v.shows(v.spec.split))
	k.Sort.SetEnabled(v.shows(v.spec.measured))
	setEnabled(row > 0, &k.PageUp, &k.First)
	setEnabled(row < rows-1, &k.PageDown, &k.Last)
	return Enabled(k.All())
}

// shows tells whether one of the panels can be seen.
func (v *Board) shows(ids []string) bool {
	return slices.ContainsFunc(v.layout, func(p placed) bool { return slices.Contains(ids, p.id) })
}

// position is where the focus is: a panel, and a row if it is a list.
type position struct{ panel, row int }

func (v *Board) here() position { return v.at(v.focus) }

// at is the position in a panel, on the row selected there.
func (v *Board) at(panel int) position { return position{panel: panel, row: v.lists[panel].cursor} }

// target is where an arrow key leads: to the next row of a list while there is
// one, else to the next panel that way; with none there, left and right go on
// to the previous and next in order, so that they always lead somewhere.
func (v *Board) target(d direction) position {
	p := v.here()
	switch {
	case d == up && p.row > 0:
		return position{p.panel, p.row - 1}
	case d == down && p.row < v.rowCount(p.panel)-1:
		return position{p.panel, p.row + 1}
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
	v.focus = p.panel
	v.layOut()
	v.selectRow(p.row)
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
		v.selectRow(v.lists[v.focus].cursor - v.page(v.focus))
	case key.Matches(press, k.PageDown.Binding):
		v.selectRow(v.lists[v.focus].cursor + v.page(v.focus))
	case key.Matches(press, k.First.Binding):
		v.selectRow(0)
	case key.Matches(press, k.Last.Binding):
		v.selectRow(v.rowCount(v.focus))
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

// open shows the selected row of the panel that has the focus.
func (v *Board) open() Intent {
	in := v.input()
	if opened := v.spec.rows[v.panels[v.focus].ID].open(v.ctx, &in, v.lists[v.focus].cursor); opened != nil {
		return Open{opened}
	}
	return nil
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
	if p.Rows != nil {
		in.Offset = v.lists[i].offset
		if i == v.focus {
			in.Cursor = v.lists[i].cursor
		}
	}
	from := boxKey{
		figures: in.Figures, snapshot: in.Snapshot, version: v.ctx.Version, w: at.W, h: at.H,
		focused: i == v.focus, window: in.Window, loading: in.Loading, split: in.Split, measure: in.Measure,
		rows: list{in.Cursor, in.Offset}, filtered: in.Filtered,
	}
	if p.ShowsLines {
		from.lines = in.Lines
	}
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
	lines := panels.Box(env, p.Title, status, from.focused, at.W, at.H, inner)
	v.boxes[p.ID] = box{from: from, lines: lines}
	return lines
}
