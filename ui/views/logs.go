package views

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/panels"
)

// logsMode says who gets the keys.
type logsMode int

const (
	logsReading   logsMode = iota
	logsFiltering          // the filter bar
	logsFinding            // the bar of what to find
	logsColumns            // the choice of columns
	logsGoing              // a moment is being typed
)

// Logs is the live stream of the log lines of the range, the newest at the bottom.
//
// While it follows, the newest line is the selected one. Any move upwards stops
// that: from then on the selected line is known by its time and number and stays
// on its row of the screen, whatever arrives around it.
//
// A range that has ended has nothing to follow: what of it is not in memory is read
// from the archive at once.
type Logs struct {
	ctx   *Context
	id    ID
	title string
	about string // what is shown above the lines; "" for nothing
	keys  LogsKeys
	mode  logsMode

	w, h    int
	data    *Data
	gaps    []data.Gap // in order of time
	wrap    bool
	columns columnChooser
	going   momentPrompt

	following bool
	cursor    anchor // the selected line while not following
	row       int    // the row of the screen on which it begins
	newest    anchor // the newest line when following stopped

	base   *filter.Filter // what the view is about; the reader's filter comes on top
	bar    FilterBar
	around int // lines shown around each one that passes
	chosen matcher
	finder FilterBar
	found  matcher // lines that have what the reader looks for
	seek   bool    // go to the match nearby once there are any

	older     older
	bookmarks bookmarks

	drawn   drawnLines
	subject lineSubject
}

// lineSubject is the subject of a line, kept because it is asked for often.
type lineSubject struct {
	seq uint64
	Subject
}

// anchor finds a line again in any later view of the log.
type anchor struct {
	time time.Time
	seq  uint64
}

func anchorOf(l *data.LogLine) anchor { return anchor{l.Time, l.Seq} }

// NewLogs is the Logs view.
func NewLogs(ctx *Context) *Logs {
	v := &Logs{
		ctx: ctx, id: IDLogs, title: "Logs", keys: NewLogsKeys(), data: &Data{}, following: true,
		bar: NewFilterBar(ctx, "filter: "), finder: NewFilterBar(ctx, "find: "), columns: newColumnChooser(ctx), going: momentPrompt{ctx: ctx},
	}
	ctx.Rebind(v.keys.All())
	return v
}

// NewLines is a view of the lines that a filter chooses, opened from something
// else: what that is stands above the lines.
func NewLines(ctx *Context, title, about string, f *filter.Filter) *Logs {
	v := NewLogs(ctx)
	v.id, v.title, v.about, v.base = IDLines, title, about, f
	v.chosen.choice = v.choice()
	return v
}

// ID implements [View].
func (v *Logs) ID() ID { return v.id }

// Title implements [View].
func (v *Logs) Title() string { return v.title }

// Uses implements [View]. Lines opened from a figure are as many as that counts,
// whatever range is live.
func (v *Logs) Uses() Uses { return Uses{Window: v.base == nil, Moment: true} }

// Capturing implements [View].
func (v *Logs) Capturing() bool {
	return v.mode == logsFiltering || v.mode == logsFinding || v.mode == logsGoing
}

// Resize implements [View].
func (v *Logs) Resize(w, h int) { v.w, v.h = w, h }

// page is the number of rows for lines.
func (v *Logs) page() int { return max(v.h-2-v.headHeight()-v.footHeight(), 0) }

// headHeight is 1 if there is room to say what the lines are about.
func (v *Logs) headHeight() int {
	if v.about == "" || v.h < 8 {
		return 0
	}
	return 1
}

// SetData implements [View].
func (v *Logs) SetData(d *Data) tea.Cmd {
	was := v.data
	before := v.recent()
	v.data = d
	if !v.lookAt(was) {
		if v.chosen.idle() {
			v.older.adopt(v.choice(), before, v.recent())
		}
		if d.Moment == nil { // no line that comes is of a range that has ended
			v.older.skipped(was.Snapshot, d.Snapshot)
		}
	}
	w := v.limit()
	v.older.forget(w.From)
	v.gaps = v.knownGaps()
	return tea.Batch(v.chosen.setSnapshot(d.Snapshot), v.found.setSnapshot(d.Snapshot), v.findOlder(), v.fill())
}

// knownGaps are the gaps of what is shown, in order of time: those that sources
// know of, and what the archive lacked beside them.
func (v *Logs) knownGaps() []data.Gap {
	w := v.limit()
	within := func(g data.Gap) bool {
		return !g.To.Before(w.From) && (w.To.IsZero() || !g.From.After(w.To))
	}
	var gaps []data.Gap
	for _, g := range v.data.Snapshot.LogState().Gaps {
		if within(g) {
			gaps = append(gaps, g)
		}
	}
	live := gaps
	for _, g := range v.older.gaps {
		known := func(k data.Gap) bool { return k.Reason == g.Reason && !k.From.After(g.From) && !k.To.Before(g.To) }
		if within(g) && !slices.ContainsFunc(live, known) {
			gaps = append(gaps, g)
		}
	}
	slices.SortFunc(gaps, func(a, b data.Gap) int { return a.From.Compare(b.From) })
	return gaps
}

// limit is the stretch of time whose lines are shown; a zero border is open.
func (v *Logs) limit() data.Window {
	switch {
	case v.data.Moment != nil:
		return *v.data.Moment
	case v.base == nil:
		return v.data.Range
	}
	return data.Window{}
}

// all is what of the range is in memory.
func (v *Logs) all() lineSet { return newBetween(newUntilNow(v.data.Snapshot), v.limit()) }

// recent is what there is to see of what is in memory: what was there before
// until a new filter has its first answer.
func (v *Logs) recent() lineSet {
	switch {
	case v.chosen.found != nil:
		return newBetween(v.chosen.found, v.limit())
	case v.data.Snapshot == nil, v.base != nil:
		return someLines(nil)
	}
	return v.all()
}

// lines is all there is to see.
func (v *Logs) lines() lineSet {
	if len(v.older.lines) == 0 {
		return v.recent()
	}
	return joined{v.older.lines, v.recent()}
}

// choice is what the reader wants to see.
func (v *Logs) choice() *choice {
	c := &choice{filter: filter.And(v.base, v.bar.filter)}
	if !c.all() {
		c.around = v.around
	}
	return c
}

// refilter shows what the reader wants to see now.
func (v *Logs) refilter() tea.Cmd {
	v.resetOlder()
	return tea.Batch(v.chosen.choose(*v.choice()), v.refind(), v.fill())
}

// refind looks for what the reader wants to find.
func (v *Logs) refind() tea.Cmd {
	c := choice{}
	if !v.finder.filter.Empty() {
		c.filter = filter.And(filter.And(v.base, v.bar.filter), v.finder.filter)
	}
	return tea.Batch(v.found.choose(c), v.findOlder())
}

// Bindings implements [View].
func (v *Logs) Bindings() []Binding {
	switch v.mode {
	case logsFiltering:
		return v.bar.Bindings()
	case logsFinding:
		return v.finder.Bindings()
	}
	k := &v.keys
	reading, going, choosing := v.mode == logsReading, v.mode == logsGoing, v.mode == logsColumns
	lines := v.lines()
	n, i := lines.Len(), v.selected()
	load := v.canLoad()
	setEnabled(going, &k.Go, &k.Cancel)
	setEnabled(choosing, &k.Toggle, &k.Done)
	k.Left.SetEnabled(choosing && v.columns.cursor > 0)
	k.Right.SetEnabled(choosing && v.columns.cursor < len(columnNames)-1)
	setEnabled(reading, &k.Filter, &k.Find, &k.Level, &k.Wrap, &k.Columns)
	k.Saved.SetEnabled(reading && v.bar.CanPick())
	setEnabled(reading && n > 0, &k.Open, &k.Bookmark, &k.GoTo)
	k.NextBookmark.SetEnabled(reading && v.bookmarks.next(lines, i) >= 0)
	setEnabled(reading && (i > 0 || load), &k.Up, &k.PageUp, &k.First)
	live := v.data.Moment == nil
	k.Follow.SetEnabled(reading && live && !v.following)
	k.Last.SetEnabled(reading && !live && i < n-1)
	setEnabled(reading && (live && !v.following || i < n-1), &k.Down, &k.PageDown)
	k.Around.SetEnabled(reading && !v.choice().all())
	k.Next.SetEnabled(reading && v.target(1) >= 0)
	k.Previous.SetEnabled(reading && v.target(-1) >= 0)
	loading, finding := v.older.loading, !v.finder.filter.Empty()
	k.Stop.SetEnabled(reading && loading)
	k.Unfind.SetEnabled(reading && !loading && finding)
	k.Clear.SetEnabled(reading && !loading && !finding && !v.bar.filter.Empty())
	return Enabled(k.All())
}

// Update implements [View].
func (v *Logs) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case matchedMsg:
		return nil, v.matched(msg)
	case knownMsg:
		v.bar.Update(msg)
		v.finder.Update(msg)
	case olderMsg, olderProgressMsg, olderFoundMsg:
		return nil, v.gotOlder(msg)
	case tea.MouseWheelMsg:
		return nil, v.moused(msg)
	case tea.PasteMsg:
		v.pasted(msg)
	case tea.KeyPressMsg:
		v.Bindings() // enables what can be done now
		switch v.mode {
		case logsFiltering, logsFinding:
			return nil, v.typed(msg)
		case logsGoing:
			return v.moment(msg), nil
		case logsColumns:
			v.choose(msg)
			return nil, nil
		}
		return v.pressed(msg)
	}
	return nil, nil
}

func (v *Logs) matched(msg matchedMsg) tea.Cmd {
	before, same := v.recent(), v.chosen.current()
	if ok, next := v.chosen.got(msg); ok || next != nil {
		if same { // else what was there passed another filter
			v.older.adopt(v.choice(), before, v.recent())
		}
		v.older.yield(v.recent())
		return tea.Batch(next, v.findOlder())
	}
	ok, next := v.found.got(msg)
	if ok && v.seek {
		v.seek = false
		v.goToMatch()
	}
	return next
}

// typed handles a key while one of the bars is open.
func (v *Logs) typed(press tea.KeyPressMsg) tea.Cmd {
	bar, refresh := &v.bar, v.refilter
	if v.mode == logsFinding {
		bar, refresh = &v.finder, v.refind
	}
	applied := bar.Update(press)
	if !bar.Active() {
		v.mode = logsReading
	}
	if !applied {
		return nil
	}
	v.seek = bar == &v.finder && !bar.filter.Empty()
	return refresh()
}

func (v *Logs) pasted(msg tea.PasteMsg) {
	switch v.mode {
	case logsFiltering:
		v.bar.Update(msg)
	case logsFinding:
		v.finder.Update(msg)
	case logsGoing:
		v.going.update(msg)
	}
}

// pressed handles a key while lines are being read.
func (v *Logs) pressed(press tea.KeyPressMsg) (Intent, tea.Cmd) {
	switch k := &v.keys; {
	case key.Matches(press, k.Up.Binding):
		return nil, v.moveUp(1)
	case key.Matches(press, k.PageUp.Binding):
		return nil, v.moveUp(max(v.page()-1, 1))
	case key.Matches(press, k.First.Binding):
		return nil, v.goToFirst()
	case key.Matches(press, k.Down.Binding):
		v.moveDown(1)
	case key.Matches(press, k.PageDown.Binding):
		v.moveDown(max(v.page()-1, 1))
	case key.Matches(press, k.Follow.Binding), key.Matches(press, k.Last.Binding):
		v.follow()
	case key.Matches(press, k.Next.Binding):
		v.goTo(v.target(1))
	case key.Matches(press, k.Previous.Binding):
		v.goTo(v.target(-1))
	case key.Matches(press, k.NextBookmark.Binding):
		v.goTo(v.bookmarks.next(v.lines(), v.selected()))
	case key.Matches(press, k.Bookmark.Binding):
		v.bookmarks.toggle(anchorOf(v.lines().At(v.selected())))
	case key.Matches(press, k.Wrap.Binding):
		v.wrap = !v.wrap
	case key.Matches(press, k.Columns.Binding):
		v.mode = logsColumns
	case key.Matches(press, k.GoTo.Binding):
		v.mode = logsGoing
		v.going.open()
	case key.Matches(press, k.Filter.Binding):
		v.mode = logsFiltering
		return nil, v.bar.Type(v.data.Snapshot)
	case key.Matches(press, k.Find.Binding):
		v.mode = logsFinding
		return nil, v.finder.Type(v.data.Snapshot)
	case key.Matches(press, k.Saved.Binding):
		v.mode = logsFiltering
		v.bar.Pick()
	case key.Matches(press, k.Open.Binding):
		return Open{NewLine(v.ctx, v.lines().At(v.selected()))}, nil
	default:
		return nil, v.narrowed(press)
	}
	return nil, nil
}

// narrowed handles a key that changes which lines are to be seen.
func (v *Logs) narrowed(press tea.KeyPressMsg) tea.Cmd {
	switch k := &v.keys; {
	case key.Matches(press, k.Level.Binding):
		v.bar.Set(nextFloor(v.bar.filter))
		return v.refilter()
	case key.Matches(press, k.Around.Binding):
		v.around = nextAround(v.around)
		return v.refilter()
	case key.Matches(press, k.Clear.Binding):
		v.bar.Set(nil)
		return v.refilter()
	case key.Matches(press, k.Unfind.Binding):
		v.finder.Set(nil)
		return v.refind()
	case key.Matches(press, k.Stop.Binding):
		v.older.stop()
		v.older.stopped = true
	}
	return nil
}

// nextAround is how many lines are shown around those that pass, one after the other.
func nextAround(n int) int {
	switch n {
	case 0:
		return 3
	case 3:
		return 10
	}
	return 0
}

// floors are the least levels one can ask for with a key.
var floors = []string{"level>=warning", "level>=error"}

// nextFloor is the filter with the next one of floors in front instead of the
// one that stands there, or none after the last.
func nextFloor(f *filter.Filter) *filter.Filter {
	rest, next := f, 0
	for i, floor := range floors {
		if inner, ok := withoutFloor(f, floor); ok {
			rest, next = inner, i+1
		}
	}
	if next == len(floors) {
		return rest
	}
	return filter.And(mustParse(floors[next]), rest)
}

// withoutFloor is what a filter asks beside the level it begins with.
func withoutFloor(f *filter.Filter, floor string) (*filter.Filter, bool) {
	text := f.String()
	if len(text) < len(floor) || text[:len(floor)] != floor {
		return nil, false
	}
	rest, err := filter.Parse(text[len(floor):])
	if err != nil || filter.And(mustParse(floor), rest).String() != text {
		return nil, false
	}
	return rest, true
}

// mustParse reads a filter of ours.
func mustParse(text string) *filter.Filter {
	f, err := filter.Parse(text)
	if err != nil {
		panic(err)
	}
	return f
}

// selected is the index of the selected line; -1 if there is none.
func (v *Logs) selected() int {
	lines := v.lines()
	if v.following {
		return lines.Len() - 1
	}
	i, _ := lines.Find(v.cursor.time, v.cursor.seq)
	return min(i, lines.Len()-1)
}

// Subject implements [Selecting]: the selected line.
func (v *Logs) Subject() Subject {
	i := v.selected()
	if i < 0 {
		return Subject{}
	}
	l := v.lines().At(i)
	if v.subject.Text == "" || v.subject.seq != l.Seq {
		v.subject = lineSubject{l.Seq, Subject{ID: trace.IDOf(&l.Entry), Text: l.Raw}}
	}
	return v.subject.Subject
}

// unseen is how many lines stand after the one that was the newest when
// following stopped.
func (v *Logs) unseen() int {
	if v.following || v.data.Moment != nil {
		return 0
	}
	lines := v.lines()
	i, ok := lines.Find(v.newest.time, v.newest.seq)
	if ok {
		i++
	}
	return lines.Len() - i
}

// targets are the lines that n and N go to: what the reader looks for or, while
// there are lines around them, those that pass the filter.
func (v *Logs) targets() lineSet {
	switch {
	case !v.finder.filter.Empty():
		if !v.found.current() {
			return someLines(nil)
		}
		return joined{v.older.found, newBetween(v.found.found, v.limit())}
	case v.around > 0 && v.chosen.current():
		m := v.chosen.found
		return joined{v.older.hits, newBetween(m.hits[:m.until], v.limit())}
	}
	return someLines(nil)
}

// target is the index of the next target after (by 1) or before (-1) the
// selected line; -1 if there is none.
func (v *Logs) target(by int) int {
	targets, lines, at := v.targets(), v.lines(), v.selected()
	if targets.Len() == 0 || at < 0 {
		return -1
	}
	here := lines.At(at)
	i, ok := targets.Find(here.Time, here.Seq)
	switch {
	case by < 0:
		i--
	case ok:
		i++
	}
	for ; i >= 0 && i < targets.Len(); i += by {
		l := targets.At(i)
		if j, ok := lines.Find(l.Time, l.Seq); ok && (j-at)*by > 0 {
			return j
		}
	}
	return -1
}

// goToMatch goes to the match the reader is on, or else the one before, or the
// next one.
func (v *Logs) goToMatch() {
	lines, at := v.lines(), v.selected()
	if at < 0 {
		return
	}
	here := lines.At(at)
	if _, ok := v.targets().Find(here.Time, here.Seq); ok {
		v.stopFollowing()
		return
	}
	for _, by := range []int{-1, 1} {
		if i := v.target(by); i >= 0 {
			v.goTo(i)
			return
		}
	}
}

// Export implements [Exporting]: all the lines there are to see.
func (v *Logs) Export() (Table, bool) {
	lines := v.lines()
	t := Table{Name: string(v.id), Columns: panels.LineTableColumns()}
	for i := range lines.Len() {
		t.Rows = append(t.Rows, panels.LineTableRow(lines.At(i)))
	}
	return t, len(t.Rows) > 0
}
