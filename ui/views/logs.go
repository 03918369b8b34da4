package views

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
)

// logsMode says who gets the keys.
type logsMode int

const (
	logsReading logsMode = iota
	logsTyping           // a filter, in the prompt
)

// Logs is the live stream of all log lines, the newest at the bottom.
//
// While it follows, the newest line is the selected one. Any move upwards stops
// that: from then on the selected line is known by its time and number and stays
// on its row of the screen, whatever arrives around it.
type Logs struct {
	ctx  *Context
	keys LogsKeys
	mode logsMode

	w, h int
	data *Data
	gaps []data.Gap // in order of time
	wrap bool

	following bool
	cursor    anchor // the selected line while not following
	row       int    // the row of the screen on which it begins
	newest    anchor // the newest line when following stopped

	filter     *lineFilter
	matches    *matches // nil without a filter, or until its first result
	matching   bool     // a command is at work
	generation int      // of the filter
	prompt     prompt
	problem    string // what is wrong with what was typed

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
	v := &Logs{ctx: ctx, keys: NewLogsKeys(), data: &Data{}, following: true}
	ctx.Rebind(v.keys.All())
	return v
}

// ID implements [View].
func (v *Logs) ID() ID { return IDLogs }

// Title implements [View].
func (v *Logs) Title() string { return "Logs" }

// Uses implements [View].
func (v *Logs) Uses() Uses { return Uses{Moment: true} }

// Capturing implements [View].
func (v *Logs) Capturing() bool { return v.mode == logsTyping }

// Resize implements [View].
func (v *Logs) Resize(w, h int) { v.w, v.h = w, h }

// page is the number of rows for lines.
func (v *Logs) page() int {
	rows := v.h - 2
	if v.mode == logsTyping {
		rows--
	}
	return max(rows, 0)
}

// SetData implements [View].
func (v *Logs) SetData(d *Data) tea.Cmd {
	was := v.data.Moment
	v.data = d
	v.goTo(was, d.Moment)
	v.gaps = slices.Clone(d.Snapshot.LogState().Gaps)
	slices.SortFunc(v.gaps, func(a, b data.Gap) int { return a.From.Compare(b.From) })
	return v.rematch()
}

// lines is what there is to see: what was there before until a new filter has
// its first answer.
func (v *Logs) lines() lineSet {
	switch {
	case v.matches != nil:
		return v.matches
	case v.data.Snapshot == nil:
		return &matches{}
	}
	return newUntilNow(v.data.Snapshot)
}

// matchedMsg brings the lines that pass the filter.
type matchedMsg struct {
	Answer
	generation int
	version    uint64 // of the snapshot
	matches    *matches
}

// rematch lets a command look for the lines that pass the filter, one at a time.
func (v *Logs) rematch() tea.Cmd {
	if v.filter.all() || v.matching || v.data.Snapshot == nil {
		return nil
	}
	v.matching = true
	s, f, prev, generation := v.data.Snapshot, v.filter, v.matches, v.generation
	return func() tea.Msg {
		return matchedMsg{generation: generation, version: s.Version, matches: match(f, newUntilNow(s), prev)}
	}
}

func (v *Logs) matched(msg matchedMsg) tea.Cmd {
	v.matching = false
	if msg.generation != v.generation {
		return v.rematch() // an answer to an earlier filter
	}
	v.matches = msg.matches
	if v.data.Snapshot.Version != msg.version {
		return v.rematch()
	}
	return nil
}

// setFilter shows the lines that pass f only.
func (v *Logs) setFilter(f *lineFilter) tea.Cmd {
	v.filter, v.problem = f, ""
	v.generation++
	if f.all() {
		v.matches = nil
	}
	return v.rematch()
}

// Bindings implements [View].
func (v *Logs) Bindings() []Binding {
	k := &v.keys
	typing := v.mode == logsTyping
	n := v.lines().Len()
	i := v.selected()
	setEnabled(typing, &k.Apply, &k.Cancel)
	setEnabled(!typing, &k.Filter, &k.Level, &k.Wrap)
	setEnabled(!typing && n > 0, &k.Open)
	setEnabled(!typing && i > 0, &k.Up, &k.PageUp, &k.First)
	setEnabled(!typing && !v.following, &k.Follow, &k.Down, &k.PageDown)
	k.Clear.SetEnabled(!typing && !v.filter.all())
	return Enabled(k.All())
}

// Update implements [View].
func (v *Logs) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case matchedMsg:
		return nil, v.matched(msg)
	case tea.MouseWheelMsg:
		v.moused(msg)
	case tea.PasteMsg:
		if v.mode == logsTyping {
			v.prompt.update(msg)
		}
	case tea.KeyPressMsg:
		v.Bindings() // enables what can be done now
		if v.mode == logsTyping {
			return nil, v.typed(msg)
		}
		return v.pressed(msg)
	}
	return nil, nil
}

// typed handles a key while a filter is being typed.
func (v *Logs) typed(press tea.KeyPressMsg) tea.Cmd {
	switch k := &v.keys; {
	case key.Matches(press, k.Cancel.Binding):
		v.mode, v.problem = logsReading, ""
	case key.Matches(press, k.Apply.Binding):
		f, err := parseFilter(v.prompt.value(), v.level())
		if err != nil {
			v.problem = err.Error()
			return nil
		}
		v.mode = logsReading
		return v.setFilter(f)
	default:
		if v.prompt.update(press) {
			v.problem = ""
		}
	}
	return nil
}

func (v *Logs) level() levelFloor {
	if v.filter == nil {
		return levelAny
	}
	return v.filter.level
}

// pressed handles a key while lines are being read.
func (v *Logs) pressed(press tea.KeyPressMsg) (Intent, tea.Cmd) {
	switch k := &v.keys; {
	case key.Matches(press, k.Up.Binding):
		v.moveUp(1)
	case key.Matches(press, k.Down.Binding):
		v.moveDown(1)
	case key.Matches(press, k.PageUp.Binding):
		v.moveUp(max(v.page()-1, 1))
	case key.Matches(press, k.PageDown.Binding):
		v.moveDown(max(v.page()-1, 1))
	case key.Matches(press, k.First.Binding):
		v.stopFollowing()
		v.cursor, v.row = anchorOf(v.lines().At(0)), 0
	case key.Matches(press, k.Follow.Binding):
		v.following = true
	case key.Matches(press, k.Wrap.Binding):
		v.wrap = !v.wrap
	case key.Matches(press, k.Filter.Binding):
		v.mode, v.prompt = logsTyping, newPrompt("")
		if v.filter != nil {
			v.prompt = newPrompt(v.filter.pattern)
		}
	case key.Matches(press, k.Level.Binding):
		next := &lineFilter{}
		if v.filter != nil {
			*next = *v.filter
		}
		next.level = (next.level + 1) % levelFloors
		return nil, v.setFilter(next)
	case key.Matches(press, k.Clear.Binding):
		return nil, v.setFilter(nil)
	case key.Matches(press, k.Open.Binding):
		lines := v.lines()
		return Open{NewLine(v.ctx, lines.At(v.selected()))}, nil
	}
	return nil, nil
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
	if v.following {
		return 0
	}
	lines := v.lines()
	i, ok := lines.Find(v.newest.time, v.newest.seq)
	if ok {
		i++
	}
	return lines.Len() - i
}
