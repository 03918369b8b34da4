package views

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// TraceItemKeys are the keys of an item of a trace.
type TraceItemKeys struct {
	Up, Down, PageUp, PageDown, First, Last Binding
	Unfold, Fold, Toggle, FoldAll           Binding
	Libraries, Raw                          Binding // of a line with a stack
}

// NewTraceItemKeys is the default key map of an item of a trace.
func NewTraceItemKeys() TraceItemKeys {
	return TraceItemKeys{
		Up:       NewBinding("move.up", GroupMove, "↑/k", "a line up", "up", "k"),
		Down:     NewBinding("move.down", GroupMove, "↓/j", "a line down", "down", "j"),
		PageUp:   NewBinding("move.page_up", GroupMove, "pgup", "a page up", "pgup", "ctrl+b"),
		PageDown: NewBinding("move.page_down", GroupMove, "pgdn", "a page down", "pgdown", "ctrl+f"),
		First:    NewBinding("move.first", GroupMove, "g", "beginning", "g", "home"),
		Last:     NewBinding("move.last", GroupMove, "G", "end", "G", "end"),
		Toggle:   NewBinding("tree.toggle", GroupLines, "enter", "fold/unfold", "enter"),
		Unfold:   NewBinding("move.right", GroupMove, "→/l", "unfold", "right", "l"),
		Fold:     NewBinding("move.left", GroupMove, "←/h", "fold, or what holds it", "left", "h"),
		FoldAll:  NewBinding("tree.fold_all", GroupLines, "z", "fold/unfold all", "z"),

		Libraries: librariesBinding(),
		Raw:       rawBinding(),
	}
}

// All lists the bindings, the most useful first.
func (k *TraceItemKeys) All() []*Binding {
	return []*Binding{&k.Toggle, &k.Libraries, &k.Raw, &k.FoldAll, &k.Unfold, &k.Fold, &k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.First, &k.Last}
}

// TraceItem is all there is about one item of a trace, with values that can be folded.
type TraceItem struct {
	ctx     *Context
	keys    TraceItemKeys
	title   string
	rows    *panels.TraceRows
	row     int
	subject Subject

	stacks []panels.LineStack
	mode   panels.StackMode

	tree  *panels.Tree
	folds panels.Folds
	lines []panels.TreeLine
	drawn struct{ version, w int } // what lines were made for
	list  list
	w, h  int
}

// NewTraceItem is the detail of a row that is an item.
func NewTraceItem(ctx *Context, rows *panels.TraceRows, row int) *TraceItem {
	i := rows.Item(row)
	at := i.Time.In(ctx.location()).Format(format.LayoutMillis)
	v := &TraceItem{
		ctx: ctx, keys: NewTraceItemKeys(), rows: rows, row: row, subject: itemSubject(i, rows.Trace.ID),
		title: at + " " + safe.Truncate(panels.TraceName(i), 32), stacks: panels.ItemStacks(i),
	}
	ctx.Rebind(v.keys.All())
	v.grow()
	v.folds = v.tree.Folds()
	return v
}

// grow makes the tree of what is to be seen of the item.
func (v *TraceItem) grow() {
	v.tree = panels.ItemTree(&v.ctx.Env, v.rows, v.row, v.stacks, v.mode)
}

// ID implements [View].
func (v *TraceItem) ID() ID { return IDTraceItem }

// Title implements [View].
func (v *TraceItem) Title() string { return v.title }

// Uses implements [View].
func (v *TraceItem) Uses() Uses { return Uses{Money: true} }

// Capturing implements [View].
func (v *TraceItem) Capturing() bool { return false }

// Subject implements [Selecting].
func (v *TraceItem) Subject() Subject { return v.subject }

// SetData implements [View]: an item stays as it was.
func (v *TraceItem) SetData(*Data) tea.Cmd { return nil }

// Resize implements [View].
func (v *TraceItem) Resize(w, h int) { v.w, v.h = w, h }

func (v *TraceItem) page() int { return max(v.h-2, 0) }

// layOut draws the lines if something they show has changed. The cursor stays on
// its value.
func (v *TraceItem) layOut() {
	want := struct{ version, w int }{v.ctx.Version, v.w}
	if v.drawn == want && v.lines != nil {
		return
	}
	if v.drawn.version != want.version {
		v.grow() // amounts in it may be hidden now
		if folds := v.tree.Folds(); len(folds) != len(v.folds) {
			v.folds = folds
		}
	}
	node := v.node()
	v.lines = v.tree.Draw(&v.ctx.Env, v.folds, max(v.w-2, 0))
	v.drawn = want
	v.goToNode(node)
}

// node is the one under the cursor; -1 if there is none.
func (v *TraceItem) node() int {
	if v.list.cursor >= len(v.lines) {
		return -1
	}
	return v.lines[v.list.cursor].Node
}

func (v *TraceItem) goTo(line int) { v.list.moveTo(line, len(v.lines), v.page()) }

// goToNode moves the cursor to the beginning of a value, or of the one that holds
// it if that is folded.
func (v *TraceItem) goToNode(node int) {
	at := 0
	for i, l := range v.lines {
		if l.Node > node {
			break
		}
		if l.First {
			at = i
		}
	}
	v.goTo(at)
}

// refold draws with other folds.
func (v *TraceItem) refold(folds panels.Folds) {
	v.folds = folds
	v.lines = v.tree.Draw(&v.ctx.Env, v.folds, max(v.w-2, 0))
}

// regrow shows the stacks in another way, which adds and takes no value.
func (v *TraceItem) regrow() {
	node := v.node()
	v.grow()
	v.refold(v.folds)
	v.goToNode(node)
}

func (v *TraceItem) setFold(node int, folded bool) {
	v.folds[node] = folded
	v.refold(v.folds)
	v.goToNode(node)
}

// Bindings implements [View].
func (v *TraceItem) Bindings() []Binding {
	v.layOut()
	k, at, node := &v.keys, v.list.cursor, v.node()
	setEnabled(at > 0, &k.Up, &k.PageUp, &k.First)
	setEnabled(at < len(v.lines)-1, &k.Down, &k.PageDown, &k.Last)
	foldable := v.tree.Foldable(node)
	k.Toggle.SetEnabled(foldable)
	k.Unfold.SetEnabled(foldable && v.folds[node])
	k.Fold.SetEnabled(foldable && !v.folds[node] || v.tree.Above(node) >= 0)
	k.Raw.SetEnabled(len(v.stacks) > 0)
	k.Libraries.SetEnabled(!v.mode.Raw && panels.Foldable(v.stacks))
	k.FoldAll.SetEnabled(v.folds.Any() || v.tree.All(true).Any())
	return Enabled(k.All())
}

// Update implements [View].
func (v *TraceItem) Update(msg tea.Msg) (Intent, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, nil
	}
	v.Bindings() // enables what can be done now
	at, node := v.list.cursor, v.node()
	switch k := &v.keys; {
	case key.Matches(press, k.Up.Binding):
		v.goTo(at - 1)
	case key.Matches(press, k.Down.Binding):
		v.goTo(at + 1)
	case key.Matches(press, k.PageUp.Binding):
		v.goTo(at - v.page())
	case key.Matches(press, k.PageDown.Binding):
		v.goTo(at + v.page())
	case key.Matches(press, k.First.Binding):
		v.goTo(0)
	case key.Matches(press, k.Last.Binding):
		v.goTo(len(v.lines))
	case key.Matches(press, k.Toggle.Binding):
		v.setFold(node, !v.folds[node])
	case key.Matches(press, k.Unfold.Binding):
		v.setFold(node, false)
	case key.Matches(press, k.Fold.Binding):
		v.foldOrClimb(node)
	case key.Matches(press, k.Libraries.Binding):
		v.mode.Libraries = !v.mode.Libraries
		v.regrow()
	case key.Matches(press, k.Raw.Binding):
		v.mode.Raw = !v.mode.Raw
		v.regrow()
	case key.Matches(press, k.FoldAll.Binding):
		v.refold(v.tree.All(!v.folds.Any()))
		v.goToNode(node)
	}
	return nil, nil
}

// foldOrClimb folds a value; of one that can't be folded it goes to what holds it.
func (v *TraceItem) foldOrClimb(node int) {
	if v.tree.Foldable(node) && !v.folds[node] {
		v.setFold(node, true)
		return
	}
	v.goToNode(v.tree.Above(node))
}

// Lines implements [View].
func (v *TraceItem) Lines() []string {
	env, w := &v.ctx.Env, max(v.w-2, 0)
	inner := Guard(v.ctx.Log, "item of a trace", func() []string { return v.inside(w) },
		func(err error) []string { return Failure(env, err, w, v.page()) })
	status := ""
	if n := len(v.lines); n > v.page() {
		status = fmt.Sprintf("line %d of %d", v.list.cursor+1, n)
	}
	return panels.Box(env, v.title, status, true, v.w, v.h, inner)
}

func (v *TraceItem) inside(w int) []string {
	v.layOut()
	v.goTo(v.list.cursor)
	inner := make([]string, v.page())
	cursor := string(safe.AppendGlyphs(nil, "›", charset(&v.ctx.Env)))
	for y := range inner {
		i := v.list.offset + y
		switch {
		case i >= len(v.lines) || w == 0:
			inner[y] = blanks(w)
		case i == v.list.cursor:
			text := v.lines[i].Text
			if strings.HasPrefix(text, " ") { // but for the narrowest, which have no room for it
				text = cursor + text[1:]
			}
			inner[y] = highlight(v.ctx.Env.Styles.Selected, text)
		default:
			inner[y] = v.lines[i].Text
		}
	}
	return inner
}
