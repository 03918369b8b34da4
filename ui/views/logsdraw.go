package views

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// drawnLines keeps lines as they were drawn, so that what stays on the screen is
// drawn once.
type drawnLines struct {
	from  drawnFrom
	lines map[uint64][]string // by Seq
}

type drawnFrom struct {
	version, w, most int
	wrap             bool
	columns          panels.LineColumns
	filter, find     *filter.Filter
}

// bookmarkW is the width of the column of bookmarks, which is there while there are any.
const bookmarkW = 2

// lineW is the width in which lines are drawn.
func (v *Logs) lineW() int {
	w := v.w - 2
	if len(v.bookmarks) > 0 {
		w -= bookmarkW
	}
	return max(w, 0)
}

// line draws a log line into one or more rows.
func (v *Logs) line(l *data.LogLine) []string {
	// A long line leaves room for its neighbours.
	from := drawnFrom{
		version: v.ctx.Version, w: v.lineW(), most: max(v.page()*2/3, 1), wrap: v.wrap, columns: v.columns.chosen,
		filter: v.bar.filter, find: v.finder.filter,
	}
	d := &v.drawn
	if d.from != from || len(d.lines) > 8*v.page()+256 {
		*d = drawnLines{from: from, lines: make(map[uint64][]string)}
	}
	rows, ok := d.lines[l.Seq]
	if !ok {
		env := &v.ctx.Env
		rows = Guard(v.ctx.Log, "log line",
			func() []string {
				rows := panels.LogLineWith(env, l, from.w, panels.LineOptions{Columns: from.columns, Wrap: from.wrap, Most: from.most})
				for i, row := range rows {
					rows[i] = markFound(env.Styles.Match, row, from.filter, from.find)
				}
				return rows
			},
			func(err error) []string { return Failure(env, err, from.w, 1) })
		d.lines[l.Seq] = rows
	}
	return rows
}

// above gives the rows between line i and the one before it: a new day, stretches
// known to lack lines, lines left out between those around matches, and on top of
// all what there is of older lines.
func (v *Logs) above(lines lineSet, i int) []string {
	var rows []string
	s := v.ctx.Env.Styles
	before, first := time.Time{}, i == 0
	at := lines.At(i).Time
	if !first {
		before = lines.At(i - 1).Time
	} else if said := v.olderAccount(); said != "" {
		paint := s.Faint
		if v.older.err != nil {
			paint = s.Warning
		}
		rows = append(rows, v.rule(said, paint))
	}
	if n := len(v.older.lines); i == n && n > 0 && v.older.missed > 0 {
		rows = append(rows, v.rule(plural(v.older.missed, "line")+" made room here meanwhile, "+v.stretch(before, at), s.Warning))
	}
	for _, g := range v.gaps {
		if !g.From.Before(at) {
			break
		}
		if first && !g.To.Before(at) || !first && !g.From.Before(before) {
			rows = append(rows, v.gap(g))
		}
	}
	if loc := v.ctx.location(); !first && !sameDay(before.In(loc), at.In(loc)) {
		rows = append(rows, v.rule(at.In(loc).Format(format.LayoutDay), s.Faint))
	} else if !first && v.apart(lines, i) {
		rows = append(rows, v.rule("", s.Faint))
	}
	return rows
}

// apart tells that lines are left out between line i and the one before, where
// lines around matches are shown.
func (v *Logs) apart(lines lineSet, i int) bool {
	if v.around == 0 || v.chosen.found == nil {
		return false
	}
	a, b := lines.At(i-1), lines.At(i)
	all := v.data.Snapshot.Logs
	if j, ok := all.Find(b.Time, b.Seq); ok && j > 0 {
		return all.At(j-1).Seq != a.Seq
	}
	return !v.older.adjacent(a, b)
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// below gives the rows after the newest line.
func (v *Logs) below(lines lineSet) []string {
	var rows []string
	newest := lines.At(lines.Len() - 1).Time
	for _, g := range v.gaps {
		if !g.From.Before(newest) {
			rows = append(rows, v.gap(g))
		}
	}
	return rows
}

func (v *Logs) gap(g data.Gap) string {
	return v.rule("lines missing "+v.stretch(g.From, g.To)+": "+g.Reason, v.ctx.Env.Styles.Warning)
}

// stretch is a stretch of time and how long it is; with its days if it is of several.
func (v *Logs) stretch(from, to time.Time) string {
	from, to = from.In(v.ctx.location()), to.In(v.ctx.location())
	layout := format.LayoutClock
	if !sameDay(from, to) {
		layout = format.LayoutDay + " " + layout
	}
	return fmt.Sprintf("%s–%s (%s)", from.Format(layout), to.Format(layout), format.Duration(to.Sub(from)))
}

// rule is a row that is no line of the log.
func (v *Logs) rule(text string, paint themes.Paint) string {
	return paint.String(pad("╌╌╌ "+text, v.lineW(), charset(&v.ctx.Env)))
}

// begin is the row on which the selected line i begins: where it was, unless
// rows at the top or bottom would stay empty although there are lines for them.
func (v *Logs) begin(lines lineSet, i int) int {
	page, row := v.page(), v.row
	under := len(v.line(lines.At(i)))
	for j := i + 1; j < lines.Len() && under < page; j++ {
		under += len(v.above(lines, j)) + len(v.line(lines.At(j)))
	}
	if under < page {
		under += len(v.below(lines))
	}
	if v.following {
		row = 0
	}
	row = max(row, page-under)
	over := len(v.above(lines, i))
	if i == 0 {
		row = max(row, over) // nothing can be scrolled to that would show what stands above
	}
	for j := i - 1; j >= 0 && over < row; j-- {
		over += len(v.line(lines.At(j))) + len(v.above(lines, j))
	}
	return max(min(row, over, page-1), 0)
}

// stopFollowing leaves the newest line selected, where it is on the screen.
func (v *Logs) stopFollowing() {
	lines := v.lines()
	if !v.following || lines.Len() == 0 {
		return
	}
	i := lines.Len() - 1
	v.row = v.begin(lines, i)
	v.following = false
	v.newest = anchorOf(lines.At(i))
	v.cursor = v.newest
}

// moveUp selects the line at least so many rows further up; above the first one
// there may be older ones to be read.
func (v *Logs) moveUp(rows int) tea.Cmd {
	v.stopFollowing()
	lines, i, passed := v.lines(), v.selected(), 0
	if i <= 0 {
		if v.canLoad() {
			return v.loadOlder()
		}
		return nil
	}
	row := v.begin(lines, i)
	for i > 0 && passed < rows {
		passed += len(v.above(lines, i)) + len(v.line(lines.At(i-1)))
		i--
	}
	v.cursor, v.row = anchorOf(lines.At(i)), max(row-passed, 0)
	return nil
}

// goToFirst selects the first line; from there on older ones are read.
func (v *Logs) goToFirst() tea.Cmd {
	v.stopFollowing()
	if i := v.selected(); i <= 0 {
		return v.moveUp(1)
	}
	v.cursor, v.row = anchorOf(v.lines().At(0)), 0
	return nil
}

// goTo selects line i: where it stands if it can be seen, else with some lines
// before it.
func (v *Logs) goTo(i int) {
	lines := v.lines()
	if i < 0 || i >= lines.Len() {
		return
	}
	v.stopFollowing()
	at, page := v.selected(), v.page()
	row := v.begin(lines, at)
	for ; at < i && row < page; at++ {
		row += len(v.line(lines.At(at))) + len(v.above(lines, at+1))
	}
	for ; at > i && row >= 0; at-- {
		row -= len(v.above(lines, at)) + len(v.line(lines.At(at-1)))
	}
	if at != i || row < 0 || row+len(v.line(lines.At(i))) > page {
		row = page / 3
	}
	v.cursor, v.row = anchorOf(lines.At(i)), row
}

// moveDown selects the line at least so many rows further down. Below the newest
// there is only following.
func (v *Logs) moveDown(rows int) {
	lines, i, passed := v.lines(), v.selected(), 0
	if i >= lines.Len()-1 {
		v.follow()
		return
	}
	row := v.begin(lines, i)
	for i < lines.Len()-1 && passed < rows {
		passed += len(v.line(lines.At(i))) + len(v.above(lines, i+1))
		i++
	}
	l := lines.At(i)
	v.cursor, v.row = anchorOf(l), max(min(row+passed, v.page()-len(v.line(l))), 0)
}

// rows draws the part of the log that can be seen.
func (v *Logs) rows() []string {
	w, page := max(v.w-2, 0), v.page()
	lines, i := v.lines(), v.selected()
	if i < 0 || page == 0 {
		return message(&v.ctx.Env, v.emptiness(), w, page)
	}
	at := v.begin(lines, i)
	if !v.following {
		v.row = at
	}
	screen := make([]string, page)
	put := func(y int, rows []string, l *data.LogLine) {
		for j, r := range rows {
			if y+j >= 0 && y+j < page {
				screen[y+j] = v.present(r, j, l, l != nil && l == lines.At(i))
			}
		}
	}
	y := at
	for j := i; j < lines.Len() && y < page; j++ {
		l := lines.At(j)
		rows := v.line(l)
		put(y, rows, l)
		y += len(rows)
		between := v.below
		if j+1 < lines.Len() {
			between = func(lineSet) []string { return v.above(lines, j+1) }
		}
		marks := between(lines)
		put(y, marks, nil)
		y += len(marks)
	}
	end := y
	y = at
	for j := i; j >= 0 && y > 0; j-- {
		marks := v.above(lines, j)
		y -= len(marks)
		put(y, marks, nil)
		if j > 0 {
			l := lines.At(j - 1)
			rows := v.line(l)
			y -= len(rows)
			put(y, rows, l)
		}
	}
	for y := end; y < page; y++ {
		screen[y] = blanks(w)
	}
	return screen
}

// present is row j of a line as it stands on the screen: with its bookmark, faint
// if it is only around a match, highlighted if it is the selected one. Rows
// between lines have none.
func (v *Logs) present(row string, j int, l *data.LogLine, selected bool) string {
	env := &v.ctx.Env
	if l != nil && v.chosen.found != nil && v.chosen.found.isFaint(l) {
		row = env.Styles.Faint.String(ansi.Strip(row))
	}
	if len(v.bookmarks) > 0 && v.w > 2+bookmarkW {
		b := line.New(bookmarkW, charset(env))
		if l != nil && j == 0 && v.bookmarks.has(anchorOf(l)) {
			b.Glyphs(env.Styles.Accent, "◆")
		}
		row = b.String() + row
	}
	if selected {
		row = highlight(env.Styles.Selected, row)
	}
	return row
}

// emptiness says why there is no line.
func (v *Logs) emptiness() string {
	if v.data.Snapshot == nil {
		return "Waiting for the first answer."
	}
	st := v.data.Snapshot.LogState()
	switch {
	case !v.chosen.idle() && !v.chosen.current():
		return "Looking for the lines."
	case v.data.Moment != nil && v.older.loading:
		return "Reading the range:" + v.readingBar() + " " + v.keys.Stop.Help().Key + " stops."
	case v.chosen.found != nil:
		said := fmt.Sprintf("None of %s passes the filter.", plural(v.all().Len(), "line"))
		if !v.bar.filter.Empty() {
			said += " " + v.keys.Clear.Help().Key + " clears it."
		}
		if older := v.olderAccount(); older != "" {
			said += " Older ones: " + older + "."
		}
		return said
	case v.data.Moment != nil:
		said := "No line of the range is in memory."
		if older := v.olderAccount(); older != "" {
			said += " Older ones: " + older + "."
		}
		return said
	case st.State == data.StateAbsent:
		return "No log is read: " + st.Detail
	case st.State == data.StateFailed:
		return "The log can't be read: " + st.Detail
	case st.State == data.StateConnecting, !st.Loaded:
		return "Reading the log. " + st.Detail
	case st.State == data.StateStale:
		return "No line so far, and the log does not answer: " + st.Detail
	}
	return "No line so far: the log is read, but nothing has been written."
}

// Lines implements [View].
func (v *Logs) Lines() []string {
	w := max(v.w-2, 0)
	var rows []string
	if v.headHeight() > 0 {
		rows = append(rows, v.ctx.Env.Styles.Faint.String(pad(v.about, w, charset(&v.ctx.Env))))
	}
	rows = append(append(rows, v.rows()...), v.foot(w)...)
	return panels.Box(&v.ctx.Env, v.Title(), v.status(), true, v.w, v.h, rows)
}

// footRoom is how many lines below the log may be taken for what is being typed
// or chosen.
func (v *Logs) footRoom() int { return max(min(v.h-3-v.headHeight(), 9), 0) }

// footHeight is how many are.
func (v *Logs) footHeight() int {
	switch v.mode {
	case logsFiltering:
		return v.bar.Height(v.footRoom())
	case logsFinding:
		return v.finder.Height(v.footRoom())
	case logsReading:
		return 0
	}
	return len(v.foot(max(v.w-2, 0)))
}

// foot draws what is being typed or chosen.
func (v *Logs) foot(w int) []string {
	var lines []string
	switch room := v.footRoom(); v.mode {
	case logsFiltering:
		return v.bar.Lines(w, room)
	case logsFinding:
		return v.finder.Lines(w, room)
	case logsColumns:
		lines = v.columns.lines(w)
	case logsGoing:
		lines = v.going.lines(w)
	}
	return lines[:min(len(lines), v.footRoom())]
}

// status is the right end of the title: what is shown of what there is.
func (v *Logs) status() string {
	s := v.data.Snapshot
	if s == nil {
		return "connecting"
	}
	st := s.LogState()
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case v.data.Moment != nil:
		add("%s", v.data.RangeLabel)
	case v.following:
		add("following")
	case v.unseen() > 0:
		add("%s new, %s follows", format.Int(int64(v.unseen())), v.keys.Follow.Help().Key)
	default:
		add("%s follows", v.keys.Follow.Help().Key)
	}
	switch {
	case st.State == data.StateLive && st.Loaded:
	case st.State == data.StateLive && st.Progress > 0:
		add("loading %s", format.Percent(st.Progress*100))
	case st.State == data.StateLive:
		add("loading")
	default:
		add("%s", st.State)
	}
	total := plural(v.all().Len(), "line")
	if v.data.Moment == nil && v.base == nil && v.data.RangeLabel != "" {
		total += " in " + v.data.RangeLabel
	}
	switch {
	case v.chosen.idle():
		add("%s", total)
	case !v.chosen.current():
		add("filtering %s", total)
	default:
		add("%s%s of %s", v.filterText(), format.Int(int64(newBetween(v.chosen.found.hits[:v.chosen.found.until], v.limit()).Len())), total)
	}
	if v.around > 0 && !v.choice().all() {
		add("±%d lines", v.around)
	}
	if f := v.finder.text; f != "" {
		add("%s", v.findStatus(f))
	}
	if v.older.loading {
		add("older: loading%s", v.readingBar())
	} else if n := len(v.older.lines); n > 0 {
		add("%s older", format.Int(int64(n)))
	}
	if st.Lost > 0 {
		add("%s lost", format.Int(st.Lost))
	}
	if n := len(v.gaps); n > 0 {
		add("%s", plural(n, "gap"))
	}
	if n := s.Logs.Len() - s.LinesUntilNow(); n > 0 {
		add("%s dated later", format.Int(int64(n)))
	}
	return strings.Join(parts, " · ")
}

// filterText is the reader's filter before the number of lines that pass it.
func (v *Logs) filterText() string {
	if v.bar.text == "" {
		return ""
	}
	return "/" + v.bar.text + ": "
}

// findStatus says what is looked for and which of the matches the reader is on.
func (v *Logs) findStatus(text string) string {
	lines, at := v.lines(), v.selected()
	if !v.found.current() || at < 0 {
		return "finding " + text
	}
	targets := v.targets()
	l := lines.At(at)
	if i, ok := targets.Find(l.Time, l.Seq); ok {
		return fmt.Sprintf("%s: match %s of %s", text, format.Int(int64(i+1)), format.Int(int64(targets.Len())))
	}
	return fmt.Sprintf("%s: %s", text, matchesOf(targets.Len()))
}

func matchesOf(n int) string {
	if n == 1 {
		return "1 match"
	}
	return format.Int(int64(n)) + " matches"
}
