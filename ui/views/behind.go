package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// behindState says how far the rows have been read.
type behindState int

const (
	behindNew     behindState = iota // nothing has been asked for yet
	behindReading                    // a command is at work
	behindRead                       // all that were asked for are there
	behindFailed
)

// Behind is the rows that stand behind a figure, as they were when it was opened.
// If there is one only, it is shown in full.
type Behind struct {
	ctx      *Context
	keys     BehindKeys
	title    string
	figure   string // with its unit
	behind   data.Behind
	want     int64 // rows there should be; -1 if the figure doesn't say
	snapshot *data.Snapshot

	w, h int

	cancel     context.CancelFunc // of what is being read; nil if nothing was
	state      behindState
	generation int
	done       float64 // of what is being read
	err        error
	part       string           // why rows are missing
	next       *invocationPlace // where more begin; nil if all have been read
	older      bool             // there are more, which are not read
	first      int64            // place of the first row among all

	pile   pile
	order  int
	shown  []int // places in the pile: those that pass the filter, in order
	at     list
	marked int // place in the pile of the row to compare with; -1 for none
	only   *Detail

	bar    FilterBar
	passed []bool // of the rows looked at so far: whether they pass the filter
}

// NewBehind is the rows behind an item of a panel, by the snapshot its figures
// are of.
func NewBehind(c *Context, panel string, it *panels.Item, s *data.Snapshot) *Behind {
	v := &Behind{
		ctx: c, keys: NewBehindKeys(), title: strings.TrimSpace(panel + ": " + safe.Truncate(it.Label(), 48)), figure: it.Text,
		behind: it.Behind, want: -1, snapshot: s, marked: -1,
		bar: NewFilterBar(c, "filter: "),
	}
	c.Rebind(v.keys.All())
	if n, ok := it.Value.(int64); ok && it.Behind.Measure == data.CountsRows {
		v.want = n
	}
	if it.Behind.Measure == data.RanksRows && it.Behind.N > 0 {
		v.want = it.Behind.N
	}
	return v
}

// ID implements [View].
func (v *Behind) ID() ID { return IDBehind }

// Title implements [View].
func (v *Behind) Title() string { return safe.Text(v.title) }

// Uses implements [View].
func (v *Behind) Uses() Uses { return Uses{Money: true} }

// Capturing implements [View].
func (v *Behind) Capturing() bool { return v.bar.Active() }

// Resize implements [View].
func (v *Behind) Resize(w, h int) {
	v.w, v.h = w, h
	if v.only != nil {
		v.only.Resize(w, h)
	}
	v.moveTo(v.at.cursor)
}

// SetData implements [View]: the rows stay those of the figure that was opened.
func (v *Behind) SetData(*Data) tea.Cmd {
	if v.state == behindNew {
		return v.read()
	}
	return nil
}

// read begins to read the rows.
func (v *Behind) read() tea.Cmd {
	v.generation++
	v.pile, v.next, v.older, v.err, v.part, v.done, v.first, v.passed = nil, nil, false, nil, "", 0, 0, nil
	switch v.behind.Kind {
	case data.TableRows:
		v.pile = &recordPile{v.behind.Rows(v.snapshot)}
		v.finished()
		v.goToRank()
		return nil
	case data.LineRows:
		return v.readLines()
	case data.StoredRows:
		return v.readStored()
	}
	v.order = v.ownOrder()
	v.pile = &invocationPile{}
	if v.ctx.Archive == nil {
		v.pile = &invocationPile{rows: recentRows(v.snapshot, v.behind.Invocations)}
		v.part = "only the newest rows are in memory: " + errNoArchive.Error()
		v.finished()
		return nil
	}
	from := invocationPlace{}
	if at := v.behind.FromTop(v.behind.N); at > behindAbove && len(v.behind.Invocations) == 1 {
		v.first = at - behindAbove
		from.skip = int(v.first)
	}
	return v.readOn(from, v.queries())
}

// ownOrder is the order the figure's own queries ask for.
func (v *Behind) ownOrder() int {
	if len(v.behind.Invocations) == 0 {
		return 0
	}
	want := v.behind.Invocations[0].Order
	for i, o := range invocationOrders {
		if o.order == want {
			return i
		}
	}
	return 0
}

// queries ask for the rows in the reader's order. Of several queries each has its
// own stretch of time, and all of them are read before they are sorted.
func (v *Behind) queries() []data.InvocationQuery {
	queries := slices.Clone(v.behind.Invocations)
	for i := range queries {
		queries[i].Order = data.NewestFirst
		if len(queries) == 1 {
			queries[i].Order = invocationOrders[v.order].order
		}
	}
	return queries
}

// readOn reads the next page of rows of invocation_log.
func (v *Behind) readOn(from invocationPlace, queries []data.InvocationQuery) tea.Cmd {
	v.state = behindReading
	ctx, a, generation := v.context(), v.ctx.Archive, v.generation
	most := behindPage
	if v.behind.Measure == data.RanksRows && v.behind.N == 0 || v.order != 0 && len(queries) > 1 {
		most = behindMost // a rank is found, and rows are sorted, among all
	}
	return func() tea.Msg {
		rows, next, err := readInvocations(ctx, a, queries, from, most)
		return behindMsg{to: v, generation: generation, rows: rows, next: next, err: err}
	}
}

// readLines looks for log lines.
func (v *Behind) readLines() tea.Cmd {
	v.state = behindReading
	ctx, a, s, b, generation := v.context(), v.ctx.Archive, v.snapshot, v.behind, v.generation
	steps := make(chan float64, 1)
	work := func() tea.Msg {
		defer close(steps)
		p, older, part, err := readLines(ctx, a, s, &b, func(done float64) {
			select {
			case <-steps: // the newest is enough
			default:
			}
			steps <- done
		})
		return behindMsg{to: v, generation: generation, pile: p, older: older, part: part, err: err}
	}
	var step tea.Cmd
	step = func() tea.Msg {
		done, ok := <-steps
		if !ok {
			return nil
		}
		return behindProgressMsg{to: v, generation: generation, done: done, next: step}
	}
	return tea.Batch(work, step)
}

// readStored reads rows of a table.
func (v *Behind) readStored() tea.Cmd {
	v.state = behindReading
	ctx, a, b, generation := v.context(), v.ctx.Archive, v.behind, v.generation
	return func() tea.Msg {
		if a == nil {
			return behindMsg{to: v, generation: generation, err: errNoArchive}
		}
		p, older, err := readStored(ctx, a, &b)
		return behindMsg{to: v, generation: generation, pile: p, older: older, err: err}
	}
}

// context is that of what is read next: it ends with the session, when the view
// is closed, and when something else is read.
func (v *Behind) context() context.Context {
	if v.cancel != nil {
		v.cancel()
	}
	session := v.ctx.Done
	if session == nil {
		session = context.Background()
	}
	ctx, cancel := context.WithCancel(session)
	v.cancel = cancel
	return ctx
}

// Close implements [Closer]: what was being read is read anew if somebody comes
// back.
func (v *Behind) Close() {
	if v.cancel != nil {
		v.cancel()
	}
	if v.state == behindReading {
		v.state = behindNew
		v.generation++
	}
}

// got takes in what was read.
func (v *Behind) got(msg behindMsg) tea.Cmd {
	if msg.err != nil {
		v.state, v.err = behindFailed, msg.err
		return nil
	}
	first := v.pile == nil || v.pile.len() == 0
	if msg.pile != nil {
		v.pile, v.older, v.part = msg.pile, msg.older, msg.part
	} else if p, ok := v.pile.(*invocationPile); ok {
		p.rows = append(p.rows, msg.rows...)
		v.next = msg.next
		if len(p.rows) >= behindMost && v.next != nil {
			v.next, v.older = nil, true
		}
	}
	v.finished()
	if first {
		v.goToRank()
	}
	return v.more()
}

// finished puts what has been read in order.
func (v *Behind) finished() {
	v.state = behindRead
	v.arrange()
	if v.pile.len() == 1 && v.next == nil && !v.older && v.part == "" && v.want <= 1 {
		if d, ok := v.pile.open(v.ctx, 0).(*Detail); ok {
			v.only = d
			v.only.Resize(v.w, v.h)
		}
	}
}

// arrange makes shown anew: what passes the filter, in order.
func (v *Behind) arrange() {
	selected := v.selected()
	v.shown = v.shown[:0]
	for i := range v.pile.len() {
		if v.passes(i) {
			v.shown = append(v.shown, i)
		}
	}
	if v.sorts() {
		slices.SortStableFunc(v.shown, func(a, b int) int { return v.pile.compare(v.order, a, b) })
	}
	if at := slices.Index(v.shown, selected); at >= 0 {
		v.moveTo(at)
	} else {
		v.moveTo(v.at.cursor)
	}
}

// passes tells whether a row passes the filter, which is asked about each once.
func (v *Behind) passes(i int) bool {
	f := v.bar.filter
	if f.Empty() {
		return true
	}
	for at := len(v.passed); at <= i; at++ {
		v.passed = append(v.passed, f.Match(v.pile.entry(at)))
	}
	return v.passed[i]
}

// refilter shows the rows that pass what the bar holds now.
func (v *Behind) refilter() tea.Cmd {
	v.passed, v.at = nil, list{}
	v.arrange()
	return v.more()
}

// sorts tells whether the rows do not come in the order the reader wants.
func (v *Behind) sorts() bool {
	return v.behind.Kind != data.InvocationRows && v.order != 0 || len(v.behind.Invocations) > 1 || v.ctx.Archive == nil
}

// selected is the place in the pile of the row under the cursor; -1 if there is none.
func (v *Behind) selected() int {
	if v.at.cursor < len(v.shown) {
		return v.shown[v.at.cursor]
	}
	return -1
}

// ranked is the place in the pile of the row that the figure is the value of; -1
// if it is of none, or of one that has not been read.
func (v *Behind) ranked() int {
	if v.pile == nil || v.behind.Measure != data.RanksRows {
		return -1
	}
	n := v.behind.N
	if n == 0 {
		if v.next != nil || v.older {
			return -1
		}
		n = int64(v.pile.len())
	}
	if v.behind.Kind == data.InvocationRows && invocationOrders[v.order].order != data.SlowestFirst {
		return -1
	}
	if at := v.behind.FromTop(n) - v.first; at >= 0 && at < int64(v.pile.len()) {
		return int(at)
	}
	return -1
}

// goToRank puts the cursor on the row that the figure is the value of.
func (v *Behind) goToRank() {
	if at := slices.Index(v.shown, v.ranked()); at >= 0 {
		v.moveTo(at)
	}
}

// page is the number of rows that can be seen.
func (v *Behind) page() int { return max(v.h-3-v.barHeight(), 1) }

func (v *Behind) moveTo(i int) { v.at.moveTo(i, len(v.shown), v.page()) }

// more reads on if the reader comes near the end of what is there, or if what
// is wanted is only part of it.
func (v *Behind) more() tea.Cmd {
	if v.state != behindRead || v.next == nil || v.at.cursor+2*v.page() < len(v.shown) {
		return nil
	}
	return v.readOn(*v.next, v.queries())
}

// Bindings implements [View].
func (v *Behind) Bindings() []Binding {
	if v.only != nil {
		return v.only.Bindings()
	}
	k, n := &v.keys, len(v.shown)
	if v.bar.Active() {
		return v.bar.Bindings()
	}
	many := v.pile != nil && v.pile.len() > 1
	k.Again.SetEnabled(v.state == behindFailed)
	k.Open.SetEnabled(n > 0)
	_, invocations := v.pile.(*invocationPile)
	k.Mark.SetEnabled(n > 0 && invocations)
	k.Diff.SetEnabled(invocations && v.marked >= 0 && v.selected() >= 0 && v.selected() != v.marked)
	setEnabled(many, &k.Sort, &k.Filter)
	k.Saved.SetEnabled(many && v.bar.CanPick())
	k.Clear.SetEnabled(!v.bar.filter.Empty())
	setEnabled(v.at.cursor > 0, &k.Up, &k.PageUp, &k.First)
	setEnabled(v.at.cursor < n-1, &k.Down, &k.PageDown, &k.Last)
	return Enabled(k.All())
}

// Update implements [View].
func (v *Behind) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case behindMsg:
		if msg.to == v && msg.generation == v.generation {
			return nil, v.got(msg)
		}
		return nil, nil
	case behindProgressMsg:
		if msg.to == v && msg.generation == v.generation {
			v.done = msg.done
			return nil, msg.next
		}
		return nil, nil
	}
	if v.only != nil {
		return v.only.Update(msg)
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return v.moused(msg)
	case tea.KeyPressMsg:
		v.Bindings() // enables what can be done now
		if !v.bar.Active() {
			return v.pressed(msg)
		}
		if v.bar.Update(msg) {
			return nil, v.refilter()
		}
		v.moveTo(v.at.cursor) // the bar may have made room
		return nil, nil
	}
	v.bar.Update(msg)
	return nil, nil
}

// pressed handles a key while rows are being read.
func (v *Behind) pressed(press tea.KeyPressMsg) (Intent, tea.Cmd) {
	switch k := &v.keys; {
	case key.Matches(press, k.Up.Binding):
		v.moveTo(v.at.cursor - 1)
	case key.Matches(press, k.Down.Binding):
		v.moveTo(v.at.cursor + 1)
	case key.Matches(press, k.PageUp.Binding):
		v.moveTo(v.at.cursor - max(v.page()-1, 1))
	case key.Matches(press, k.PageDown.Binding):
		v.moveTo(v.at.cursor + max(v.page()-1, 1))
	case key.Matches(press, k.First.Binding):
		v.moveTo(0)
	case key.Matches(press, k.Last.Binding):
		v.moveTo(len(v.shown) - 1)
	case key.Matches(press, k.Open.Binding):
		return Open{v.pile.open(v.ctx, v.selected())}, nil
	case key.Matches(press, k.Sort.Binding):
		return nil, v.sort()
	case key.Matches(press, k.Filter.Binding):
		return nil, v.bar.Type(v.completing())
	case key.Matches(press, k.Saved.Binding):
		v.bar.Pick()
	case key.Matches(press, k.Clear.Binding):
		v.bar.Set(nil)
		return nil, v.refilter()
	case key.Matches(press, k.Again.Binding):
		return nil, v.read()
	case key.Matches(press, k.Mark.Binding):
		if v.marked = v.selected(); v.at.cursor < len(v.shown)-1 {
			v.moveTo(v.at.cursor + 1)
		}
	case key.Matches(press, k.Diff.Binding):
		return v.diff(), nil
	}
	return nil, v.more()
}

// completing is what a filter can be completed from: for log lines, others.
func (v *Behind) completing() *data.Snapshot {
	if v.behind.Kind == data.LineRows {
		return v.snapshot
	}
	return nil
}

// sort goes on to the next order. Of rows that have not all been read, others may
// come first: they are read anew.
func (v *Behind) sort() tea.Cmd {
	v.order = (v.order + 1) % len(v.pile.orders())
	v.at = list{}
	if v.behind.Kind == data.InvocationRows && v.ctx.Archive != nil && (v.next != nil || v.older || v.first > 0) {
		v.generation++
		v.pile, v.next, v.older, v.first, v.marked, v.passed = &invocationPile{}, nil, false, 0, -1, nil
		v.shown = v.shown[:0]
		return v.readOn(invocationPlace{}, v.queries())
	}
	if p, ok := v.pile.(*invocationPile); ok { // all are there
		slices.SortStableFunc(p.rows, func(a, b data.InvocationRow) int { return invocationOrders[v.order].order.Compare(&a, &b) })
		v.marked, v.passed = -1, nil
	}
	v.arrange()
	v.goToRank()
	return nil
}

// diff compares the marked row with the selected one.
func (v *Behind) diff() Intent {
	p, ok := v.pile.(*invocationPile)
	if !ok {
		return nil
	}
	return Open{NewDiff(v.ctx, p.rows[v.marked], p.rows[v.selected()])}
}

// moused handles the mouse: a click selects a row, and opens the selected one.
func (v *Behind) moused(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		top := 2 + v.barHeight() // border and headings
		if i := v.at.offset + msg.Y - top; msg.Button == tea.MouseLeft && msg.Y >= top && msg.Y < top+v.page() && i < len(v.shown) {
			if i == v.at.cursor {
				return Open{v.pile.open(v.ctx, v.selected())}, nil
			}
			v.moveTo(i)
		}
	case tea.MouseWheelMsg:
		v.moveTo(v.at.cursor + Wheel(msg))
	}
	return nil, v.more()
}

// Subject implements [Selecting].
func (v *Behind) Subject() Subject {
	if v.only != nil {
		return v.only.Subject()
	}
	i := v.selected()
	if v.pile == nil || i < 0 {
		return Subject{}
	}
	return Subject{ID: v.pile.id(i), Text: v.pile.text(&v.ctx.Env, i)}
}

// Export implements [Exporting]: the rows that have been read and pass the filter.
func (v *Behind) Export() (Table, bool) {
	if v.pile == nil || len(v.shown) == 0 {
		return Table{}, false
	}
	t := Table{Name: "rows"}
	for _, f := range v.pile.fields(v.shown[0]) {
		t.Columns = append(t.Columns, f.Name)
	}
	for _, i := range v.shown {
		row := make([]any, 0, len(t.Columns))
		for _, f := range v.pile.fields(i) {
			row = append(row, utc(f.Value))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, true
}

// barHeight is the lines that the filter being typed or chosen takes.
func (v *Behind) barHeight() int { return v.bar.Height(v.h - 4) }

// Lines implements [View].
func (v *Behind) Lines() []string {
	if v.only != nil {
		return v.only.Lines()
	}
	env := &v.ctx.Env
	w, h := max(v.w-2, 0), max(v.h-2-v.barHeight(), 0)
	title := v.title
	if v.figure != "" {
		title += "  " + v.figure
	}
	box := panels.BoxWithNote(env, title, v.status(), v.note(), true, v.w, v.h-v.barHeight(), v.inside(w, h))
	return append(v.bar.Lines(v.w, v.h-4), box...)
}

func (v *Behind) inside(w, h int) []string {
	env := &v.ctx.Env
	switch {
	case v.state == behindFailed:
		return message(env, "The rows can't be read: "+v.err.Error()+". Press "+v.keys.Again.Help().Key+" to try again.", w, h)
	case len(v.shown) == 0 && v.state != behindRead:
		return message(env, "reading rows"+progressText(v.done)+" …", w, h)
	case len(v.shown) == 0 && !v.bar.filter.Empty():
		return message(env, fmt.Sprintf("none of %s passes the filter %s", plural(v.pile.len(), "row"), v.bar.text), w, h)
	case len(v.shown) == 0:
		return message(env, cmp.Or(v.part, "no rows stand behind this figure"), w, h)
	}
	to := min(v.at.offset+max(h-1, 0), len(v.shown))
	seen := v.shown[min(v.at.offset, to):to]
	l := panels.List{Now: v.now(), Cursor: v.at.cursor - v.at.offset, Signs: make([]string, len(seen))}
	ranked := v.ranked()
	for i, at := range seen {
		switch at {
		case v.marked:
			l.Signs[i] = "■"
		case ranked:
			l.Signs[i] = "●"
		}
	}
	return Guard(v.ctx.Log, "rows behind a figure",
		func() []string { return v.pile.draw(env, seen, l, w, h) },
		func(err error) []string { return Failure(env, err, w, h) })
}

func progressText(done float64) string {
	if done <= 0 {
		return ""
	}
	return ", " + format.Percent(100*min(done, 1))
}

// now is the moment the rows are of.
func (v *Behind) now() time.Time {
	if v.snapshot == nil {
		return time.Time{}
	}
	return v.snapshot.At
}

// status says how many rows there are, of how many, and in which order.
func (v *Behind) status() string {
	if v.pile == nil || v.state == behindFailed {
		return ""
	}
	n := int64(v.pile.len())
	have := plural(int(n), "row")
	all := v.next == nil && !v.older && v.first == 0
	switch {
	case v.state == behindReading:
		have += " so far" + progressText(v.done)
	case v.part != "":
		have += ", others are out of reach"
	case v.want >= 0 && all && v.want != n:
		have += ", the figure says " + format.Int(v.want)
	case !all && v.want > n:
		have = format.Int(n) + " of " + plural(int(v.want), "row")
	case v.older:
		have += ", there are more"
	}
	parts := []string{have, v.pile.orders()[v.order]}
	if !v.bar.filter.Empty() {
		parts = append([]string{plural(len(v.shown), "row") + " with " + v.bar.text}, parts...)
	}
	return strings.Join(parts, " · ")
}

// note says what is special about the row under the cursor, and why rows are
// missing.
func (v *Behind) note() string {
	switch at := v.ranked(); {
	case at >= 0 && at == v.selected():
		return "● this row is the " + quantileName(v.behind.Quantile)
	case v.marked >= 0:
		return "■ marked: D compares it with the row under the cursor"
	case at >= 0:
		return "● the " + quantileName(v.behind.Quantile)
	case v.part != "" && len(v.shown) > 0:
		return v.part
	}
	return ""
}

func quantileName(q float64) string {
	switch q {
	case 1:
		return "largest"
	case 0.5:
		return "median"
	}
	return fmt.Sprintf("p%g", 100*q)
}
