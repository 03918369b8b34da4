package views

import (
	"sort"
	"time"

	"github.com/donna-project/donnatop/data"
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

// matches is the lines of one view of the log that pass one filter. It is never
// changed: the next view's matches are made from it, so that a line is judged
// once however often the log is looked at.
type matches struct {
	filter   *lineFilter
	received uint64 // lines numbered up to here have been judged
	lines    []*data.LogLine
	shown    int // lines not dated after the snapshot; they come first
}

func (m *matches) Len() int               { return m.shown }
func (m *matches) At(i int) *data.LogLine { return m.lines[i] }

func (m *matches) Find(t time.Time, seq uint64) (int, bool) {
	i := sort.Search(m.shown, func(i int) bool { return !m.lines[i].Time.Before(t) })
	for j := i; j < m.shown && !m.lines[j].Time.After(t); j++ {
		if m.lines[j].Seq == seq {
			return j, true
		}
	}
	return i, false
}

// match finds the lines of a log that pass the filter. prev is an earlier result
// for the same filter, or nil. Lines keep their order from view to view, so the
// verdicts of prev are taken over by walking both side by side.
func match(f *lineFilter, all untilNow, prev *matches) *matches {
	m := &matches{filter: f, received: all.Received}
	var known []*data.LogLine
	if prev != nil && prev.filter == f {
		known = prev.lines
		for len(known) > 0 { // lines that had to make room are gone from the front
			if _, ok := all.LogView.Find(known[0].Time, known[0].Seq); ok {
				break
			}
			known = known[1:]
		}
		m.lines = make([]*data.LogLine, 0, len(known)+16)
	} else {
		prev = &matches{}
	}
	for i := range all.LogView.Len() {
		l := all.LogView.At(i)
		pass := false
		if l.Seq <= prev.received {
			pass = len(known) > 0 && known[0].Seq == l.Seq
			if pass {
				known = known[1:]
			}
		} else {
			pass = f.match(l)
		}
		if !pass {
			continue
		}
		m.lines = append(m.lines, l)
		if i < all.n {
			m.shown++
		}
	}
	return m
}
