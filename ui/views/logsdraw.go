package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
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
}

// line draws a log line into one or more rows.
func (v *Logs) line(l *data.LogLine) []string {
	// A long line leaves room for its neighbours.
	from := drawnFrom{version: v.ctx.Version, w: max(v.w-2, 0), most: max(v.page()*2/3, 1), wrap: v.wrap}
	d := &v.drawn
	if d.from != from || len(d.lines) > 8*v.page()+256 {
		*d = drawnLines{from: from, lines: make(map[uint64][]string)}
	}
	rows, ok := d.lines[l.Seq]
	if !ok {
		env := &v.ctx.Env
		rows = Guard(v.ctx.Log, "log line",
			func() []string { return panels.LogLine(env, l, from.w, from.wrap, from.most) },
			func(err error) []string { return Failure(env, err, from.w, 1) })
		d.lines[l.Seq] = rows
	}
	return rows
}

// above gives the rows between line i and the one before it: a new day, stretches
// known to lack lines, and on top of all how many lines are no longer kept.
func (v *Logs) above(lines lineSet, i int) []string {
	var rows []string
	before, first := time.Time{}, i == 0
	at := lines.At(i).Time
	if !first {
		before = lines.At(i - 1).Time
	} else if n := v.data.Snapshot.Logs.Evicted; n > 0 {
		rows = append(rows, v.rule(plural(int(n), "older line")+" made room", v.ctx.Env.Styles.Faint))
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
		rows = append(rows, v.rule(at.In(loc).Format(format.LayoutDay), v.ctx.Env.Styles.Faint))
	}
	return rows
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
	loc := v.ctx.location()
	return v.rule(fmt.Sprintf("lines missing %s–%s (%s): %s", g.From.In(loc).Format(format.LayoutClock),
		g.To.In(loc).Format(format.LayoutClock), format.Duration(g.To.Sub(g.From)), g.Reason), v.ctx.Env.Styles.Warning)
}

// rule is a row that is no line of the log.
func (v *Logs) rule(text string, paint themes.Paint) string {
	return paint.String(pad("╌╌╌ "+text, v.w-2, charset(&v.ctx.Env)))
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

// moveUp selects the line at least so many rows further up.
func (v *Logs) moveUp(rows int) {
	v.stopFollowing()
	lines, i, passed := v.lines(), v.selected(), 0
	row := v.begin(lines, i)
	for i > 0 && passed < rows {
		passed += len(v.above(lines, i)) + len(v.line(lines.At(i-1)))
		i--
	}
	v.cursor, v.row = anchorOf(lines.At(i)), max(row-passed, 0)
}

// moveDown selects the line at least so many rows further down. Below the newest
// there is only following.
func (v *Logs) moveDown(rows int) {
	lines, i, passed := v.lines(), v.selected(), 0
	if i >= lines.Len()-1 {
		v.following = true
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
	put := func(y int, rows []string, selected bool) {
		for j, r := range rows {
			if y+j < 0 || y+j >= page {
				continue
			}
			if selected {
				r = highlight(v.ctx.Env.Styles.Selected, r)
			}
			screen[y+j] = r
		}
	}
	y := at
	for j := i; j < lines.Len() && y < page; j++ {
		rows := v.line(lines.At(j))
		put(y, rows, j == i)
		y += len(rows)
		between := v.below
		if j+1 < lines.Len() {
			between = func(lineSet) []string { return v.above(lines, j+1) }
		}
		marks := between(lines)
		put(y, marks, false)
		y += len(marks)
	}
	end := y
	y = at
	for j := i; j >= 0 && y > 0; j-- {
		marks := v.above(lines, j)
		y -= len(marks)
		put(y, marks, false)
		if j > 0 {
			rows := v.line(lines.At(j - 1))
			y -= len(rows)
			put(y, rows, false)
		}
	}
	for y := end; y < page; y++ {
		screen[y] = blanks(w)
	}
	return screen
}

// highlight paints a row that has paints of its own: whatever one of them
// switches off, the highlight is switched on again after it.
func highlight(p themes.Paint, row string) string {
	if p.On() == "" {
		return row
	}
	return p.On() + strings.ReplaceAll(row, themes.Off, themes.Off+p.On()) + themes.Off
}

// emptiness says why there is no line.
func (v *Logs) emptiness() string {
	if v.data.Snapshot == nil {
		return "Waiting for the first answer."
	}
	st := v.data.Snapshot.LogState()
	switch {
	case v.matches != nil:
		return fmt.Sprintf("None of %s passes the filter. Esc clears it.", plural(v.data.Snapshot.LinesUntilNow(), "line"))
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
	rows := v.rows()
	if v.mode == logsTyping && v.h > 2 {
		rows = append(rows, v.promptRow())
	}
	return panels.Box(&v.ctx.Env, v.Title(), v.status(), true, v.w, v.h, rows)
}

// promptRow is the line in which a filter is typed, with what is wrong with it.
func (v *Logs) promptRow() string {
	env, w := &v.ctx.Env, max(v.w-2, 0)
	const label = "filter: "
	room := w - len(label)
	if room <= 0 {
		return blanks(w)
	}
	said := ""
	if v.problem != "" {
		width := min(room*2/3, len(v.problem)+1)
		said = env.Styles.Bad.String(pad(" "+v.problem, width, charset(env)))
		room -= width
	}
	return env.Styles.Key.String(label) + v.prompt.line(room, charset(env), env.Styles.Selected.String) + said
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
	total := plural(s.LinesUntilNow(), "line")
	switch {
	case v.filter.all():
		add("%s", total)
	case v.matches == nil || v.matches.filter != v.filter:
		add("filtering %s", total)
	default:
		add("%s: %s of %s", v.filter, format.Int(int64(v.matches.Len())), total)
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
