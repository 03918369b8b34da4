package ui

import (
	"fmt"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timerange"
)

// Hub is where data comes from; *data.Hub is one.
type Hub interface {
	// Snapshot is the newest there is, never nil.
	Snapshot() *data.Snapshot
	// Subscribe gives a channel that receives when there is a newer one, and a
	// function that ends the subscription.
	Subscribe() (<-chan struct{}, func())
}

// figuresEvery is how often figures are computed at most: often enough to look
// live, seldom enough to cost little.
const figuresEvery = 250 * time.Millisecond

// feed is what is known of the data: the newest snapshot, the one that is held
// while the screen is paused, and the figures of one of them.
type feed struct {
	latest *data.Snapshot
	held   *data.Snapshot // nil unless paused

	figures  *data.Figures
	figured  *data.Snapshot // that figures were computed from
	of       figuring       // what they are
	failed   error          // why the last figures could not be computed
	working  bool           // a command computes figures
	waiting  bool           // a timer runs until the next may begin
	earliest time.Time      // when the next may begin
}

// shown is the snapshot that is to be seen.
func (f *feed) shown() *data.Snapshot {
	if f.held != nil {
		return f.held
	}
	return f.latest
}

// take is told of a newer snapshot. The figures of the database's first rows need
// not keep their distance from those before, which were of nothing.
func (f *feed) take(s *data.Snapshot) {
	if f.latest.DB == nil && s.DB != nil {
		f.earliest = time.Time{}
	}
	f.latest = s
}

// figuring is what figures are computed of.
type figuring struct {
	snapshot *data.Snapshot
	number   int        // of the range
	past     *data.Past // what was read of it
}

// snapshotMsg says that there is a newer snapshot.
type snapshotMsg struct{ snapshot *data.Snapshot }

// figuresMsg brings the figures of a snapshot, or why there are none.
type figuresMsg struct {
	of      figuring
	figures *data.Figures
	want    data.Want // what has to be read for them to be whole
	err     error
}

// figuresDueMsg says that figures may be computed again.
type figuresDueMsg struct{}

// awaitSnapshot waits for the next snapshot.
func (m *Model) awaitSnapshot() tea.Cmd {
	hub, news, done := m.options.Hub, m.news, m.done
	return func() tea.Msg {
		select {
		case <-done:
			return nil
		case _, ok := <-news:
			if !ok {
				return nil
			}
			return snapshotMsg{hub.Snapshot()}
		}
	}
}

// after sends msg when d has passed.
func (m *Model) after(d time.Duration, msg tea.Msg) tea.Cmd {
	timer, done := m.options.Clock.NewTimer(d), m.done
	return func() tea.Msg {
		select {
		case <-done:
			timer.Stop()
			return nil
		case <-timer.Chan():
			return msg
		}
	}
}

// needFigures starts what leads to figures of the snapshot that is to be seen.
func (m *Model) needFigures() tea.Cmd {
	f := &m.feed
	of := figuring{f.shown(), m.span.number, m.span.past}
	if f.working || f.of == of {
		return nil
	}
	if f.waiting && !f.earliest.IsZero() {
		return nil
	}
	if wait := f.earliest.Sub(m.options.Clock.Now()); wait > 0 {
		f.waiting = true
		return m.after(wait, figuresDueMsg{})
	}
	f.working = true
	f.earliest = m.options.Clock.Now().Add(figuresEvery)
	log, shown := m.options.Log, m.span.shown
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				log.Error("computing figures panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
				msg = figuresMsg{of: of, err: fmt.Errorf("compute figures: %v", r)}
			}
		}()
		return compute(of, shown)
	}
}

// compute gives the figures of a snapshot, with those of the range if that is none
// of the contract's windows.
func compute(of figuring, shown timerange.Range) figuresMsg {
	if shown.Key() != data.WindowRange {
		return figuresMsg{of: of, figures: of.snapshot.Figures()}
	}
	w := shown.Window(of.snapshot.At)
	return figuresMsg{of: of, figures: of.snapshot.FiguresIn(w, of.past), want: of.snapshot.Lacks(w, of.past)}
}

// gotFigures takes them unless the screen was paused at another moment meanwhile,
// or another range was chosen; number is that of the range. Figures that failed
// leave those before in place.
func (f *feed) gotFigures(msg figuresMsg, number int) (taken bool) {
	f.working = false
	if f.held != nil && msg.of.snapshot != f.held || msg.of.number != number {
		return false
	}
	f.of, f.figured, f.failed = msg.of, msg.of.snapshot, msg.err
	if msg.err == nil {
		f.figures = msg.figures
	}
	return msg.err == nil
}

// backlog says how much came in since the screen was paused.
func (f *feed) backlog() (lines uint64, rows int64) {
	if f.held == nil {
		return 0, 0
	}
	lines = f.latest.Logs.Received - f.held.Logs.Received
	if a, b := f.held.DB, f.latest.DB; b != nil && b.Invocations != nil {
		rows = b.Invocations.Rows
		if a != nil && a.Invocations != nil {
			rows -= a.Invocations.Rows
		}
	}
	return lines, max(rows, 0)
}
