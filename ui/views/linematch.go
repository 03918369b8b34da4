package views

import (
	"slices"
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
)

// lineSet is a sequence of log lines in order of time: a whole view of the log,
// or the lines of it that pass a filter.
type lineSet interface {
	Len() int
	At(i int) *data.LogLine
	// Find is the index of the line, or where it would stand and false.
	Find(t time.Time, seq uint64) (int, bool)
}

// untilNow is the lines of a log that are not dated after the snapshot.
type untilNow struct {
	*data.LogView
	n int
}

func newUntilNow(s *data.Snapshot) untilNow { return untilNow{s.Logs, s.LinesUntilNow()} }

func (l untilNow) Len() int { return l.n }

func (l untilNow) Find(t time.Time, seq uint64) (int, bool) {
	i, ok := l.LogView.Find(t, seq)
	return min(i, l.n), ok && i < l.n
}

// between are the lines of a stretch of time, borders included; a zero border is
// open. Lines of unknown time, which stand first, are of every stretch: no range
// would show them otherwise.
type between struct {
	lineSet
	undated, from, to int
}

func newBetween(l lineSet, w data.Window) between {
	b := between{lineSet: l, to: l.Len()}
	if !w.From.IsZero() {
		b.undated, _ = l.Find(time.Time{}.Add(1), 0)
		b.from, _ = l.Find(w.From, 0)
	}
	if !w.To.IsZero() {
		b.to, _ = l.Find(w.To.Add(1), 0)
	}
	b.from = max(b.from, b.undated)
	b.to = max(b.to, b.from)
	return b
}

func (b between) Len() int { return b.undated + b.to - b.from }

func (b between) At(i int) *data.LogLine {
	if i < b.undated {
		return b.lineSet.At(i)
	}
	return b.lineSet.At(b.from + i - b.undated)
}

func (b between) Find(t time.Time, seq uint64) (int, bool) {
	i, ok := b.lineSet.Find(t, seq)
	if i < b.undated {
		return i, ok
	}
	return min(max(i, b.from), b.to) - b.from + b.undated, ok && i >= b.from && i < b.to
}

// someLines is a lineSet of its own.
type someLines []*data.LogLine

func (s someLines) Len() int               { return len(s) }
func (s someLines) At(i int) *data.LogLine { return s[i] }

func (s someLines) Find(t time.Time, seq uint64) (int, bool) {
	i := sort.Search(len(s), func(i int) bool { return !s[i].Time.Before(t) })
	for j := i; j < len(s) && !s[j].Time.After(t); j++ {
		if s[j].Seq == seq {
			return j, true
		}
	}
	return i, false
}

// choice says which lines are to be seen. A result belongs to the choice, not
// to an equal one.
type choice struct {
	filter *filter.Filter
	only   func(*logline.Entry) bool // what passes besides; nil for all
	// around is how many lines before and after each one that passes are shown
	// as well, whatever they are.
	around int
	// For what is made of the lines.
	order lineOrder
	past  *data.Window // they are of a range that has ended; nil otherwise
}

// all tells that every line passes.
func (c *choice) all() bool { return c.only == nil && c.filter.Empty() }

func (c *choice) pass(l *data.LogLine) bool {
	return (c.only == nil || c.only(&l.Entry)) && c.filter.Match(&l.Entry)
}

// matches is the lines of one view of the log that pass one choice. It is never
// changed: the next view's matches are made from it, so that a line is judged
// once however often the log is looked at.
type matches struct {
	someLines // what is to be seen: hits, and lines around them, none dated after the snapshot
	choice    *choice
	hits      someLines // those that pass, later ones too
	until     int       // hits not dated after the snapshot; they come first

	received uint64 // lines numbered up to here have been judged
	evicted  int64
	total    int // lines there were
}

// match finds the lines of a snapshot that pass. prev is an earlier result, or nil.
func match(c *choice, s *data.Snapshot, prev *matches) *matches {
	v := s.Logs
	m := &matches{choice: c, received: v.Received, evicted: v.Evicted, total: v.Len()}
	if prev != nil && prev.choice != c {
		prev = nil
	}
	switch fresh, ok := prev.appended(v); {
	case prev == nil:
		for _, l := range v.From(0) {
			if c.pass(l) {
				m.hits = append(m.hits, l)
			}
		}
	case ok:
		// What is appended lies beyond what earlier results show, and only the
		// newest result is ever continued.
		m.hits = prev.kept(v)
		for _, l := range v.From(fresh) {
			if c.pass(l) {
				m.hits = append(m.hits, l)
			}
		}
	default:
		m.hits = prev.merged(c, v)
	}
	m.until = sort.Search(len(m.hits), func(i int) bool { return m.hits[i].Time.After(s.At) })
	m.someLines = m.hits[:m.until]
	if c.around > 0 {
		m.surround(c.around, newUntilNow(s))
	}
	return m
}

// appended is the index from which on lines came after prev, and whether all
// that came stands there: then the others need not be looked at.
func (m *matches) appended(v *data.LogView) (fresh int, ok bool) {
	if m == nil {
		return 0, false
	}
	fresh = v.Len()
	for fresh > 0 && v.At(fresh-1).Seq > m.received {
		fresh--
	}
	// Late lines would make this more, lines that found no room less.
	return fresh, int64(fresh) == int64(m.total)-(v.Evicted-m.evicted)
}

// kept are the hits that have not had to make room.
func (m *matches) kept(v *data.LogView) someLines {
	gone := sort.Search(len(m.hits), func(i int) bool {
		_, ok := v.Find(m.hits[i].Time, m.hits[i].Seq)
		return ok
	})
	return m.hits[gone:]
}

// merged judges the lines that are new, wherever they stand. Lines keep their
// order from view to view, so the hits are found by walking both side by side.
func (m *matches) merged(c *choice, v *data.LogView) someLines {
	known := m.kept(v)
	hits := make(someLines, 0, len(known)+16)
	for _, l := range v.From(0) {
		switch {
		case l.Seq > m.received:
			if c.pass(l) {
				hits = append(hits, l)
			}
		case len(known) > 0 && known[0].Seq == l.Seq:
			hits, known = append(hits, l), known[1:]
		}
	}
	return hits
}

// surround shows n lines before and after each hit as well.
func (m *matches) surround(n int, all untilNow) {
	m.someLines = nil
	next := 0 // the first line not yet shown
	for _, hit := range m.hits[:m.until] {
		i, ok := all.Find(hit.Time, hit.Seq)
		if !ok {
			continue
		}
		for from, l := range all.From(max(next, i-n)) {
			if from > min(i+n, all.Len()-1) {
				break
			}
			next = from + 1
			m.someLines = append(m.someLines, l)
		}
	}
}

// isFaint tells that a line of those to be seen is only around one that passes.
func (m *matches) isFaint(l *data.LogLine) bool { return m.choice.around > 0 && !m.choice.pass(l) }

// matcher keeps the lines that pass a choice up to date, by one command at a
// time: a full log takes longer than Update may.
type matcher struct {
	choice   *choice
	found    *matches // of this choice or, until its first result, of the one before; nil if that was all lines
	working  bool
	snapshot *data.Snapshot
	// derive makes something more of each result, in the command; nil for nothing.
	derive  func(s *data.Snapshot, m *matches) any
	derived any
}

// matchedMsg brings the lines that pass.
type matchedMsg struct {
	Answer
	to       *matcher
	snapshot *data.Snapshot
	matches  *matches
	derived  any
}

// choose shows other lines from now on.
func (m *matcher) choose(c choice) tea.Cmd {
	m.choice = &c
	if c.all() {
		m.found, m.derived = nil, nil
	}
	return m.start()
}

// setSnapshot looks at another view of the log.
func (m *matcher) setSnapshot(s *data.Snapshot) tea.Cmd {
	m.snapshot = s
	return m.start()
}

// idle tells that there is nothing to find.
func (m *matcher) idle() bool { return m.choice == nil || m.choice.all() || m.snapshot == nil }

// current tells that the lines found are those of the choice.
func (m *matcher) current() bool { return m.found != nil && m.found.choice == m.choice }

func (m *matcher) start() tea.Cmd {
	if m.idle() || m.working {
		return nil
	}
	m.working = true
	s, c, prev, derive := m.snapshot, m.choice, m.found, m.derive
	return func() tea.Msg {
		msg := matchedMsg{to: m, snapshot: s, matches: match(c, s, prev)}
		if derive != nil {
			msg.derived = derive(s, msg.matches)
		}
		return msg
	}
}

// got takes the result of a command and tells whether it was for this matcher
// and its choice. The next command begins if there is something new to look at.
func (m *matcher) got(msg matchedMsg) (ok bool, next tea.Cmd) {
	if msg.to != m {
		return false, nil
	}
	m.working = false
	if msg.matches.choice != m.choice {
		return false, m.start() // an answer to an earlier question
	}
	m.found, m.derived = msg.matches, msg.derived
	if m.snapshot != msg.snapshot {
		next = m.start()
	}
	return true, next
}

// newestFirst are up to n of the lines, the last one first.
func newestFirst(lines someLines, n int) []*data.LogLine {
	out := slices.Clone(lines[max(len(lines)-n, 0):])
	slices.Reverse(out)
	return out
}
