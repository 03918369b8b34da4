package ui

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/past"
	"github.com/donna-project/donnatop/data/timerange"
	"github.com/donna-project/donnatop/ui/views"
)

// maxRanges is how many ranges are remembered to be chosen again.
const maxRanges = 20

// span is the range of time shown, and what was read for it.
type span struct {
	shown   timerange.Range
	live    timerange.Range   // the last one that was live, to go back to
	history []timerange.Range // without those that have a name, the last one first

	past    *data.Past
	reading *reading // nil if nothing is being read
	ended   bool     // reading for this range was stopped or failed: not again by itself
	number  int      // of the range, so that answers to an earlier one are dropped
}

// reading is what is being read of a range.
type reading struct {
	progress past.Progress
	news     chan past.Progress
	stop     context.CancelFunc
}

// pastMsg brings what has been read of a range so far; the last one is done.
type pastMsg struct {
	number   int
	progress past.Progress
	done     bool
	err      error
}

// setWindow shows one of the windows of the contract.
func (m *Model) setWindow(name string) tea.Cmd {
	r, err := timerange.Named(name)
	if err != nil {
		return m.say(views.Say{Text: err.Error(), Wrong: true})
	}
	return m.setRange(r)
}

// setRange shows a range from now on.
func (m *Model) setRange(r timerange.Range) tea.Cmd {
	s := &m.span
	if r == s.shown {
		return nil
	}
	if s.reading != nil {
		s.reading.stop()
	}
	s.shown, s.reading, s.ended = r, nil, false
	s.number++
	if r.Live() {
		s.live = r
	}
	if r.Key() == data.WindowRange {
		s.history = slices.DeleteFunc(s.history, func(o timerange.Range) bool { return o == r })
		s.history = slices.Insert(s.history, 0, r)
		s.history = s.history[:min(len(s.history), maxRanges)]
	} else {
		s.past = nil // what was read is of no more use
	}
	m.touch(true)
	m.feed.earliest = time.Time{} // somebody waits for it
	return tea.Batch(m.needFigures(), m.show())
}

// clockOfData is the clock of what is shown.
func (m *Model) clockOfData() time.Time { return m.feed.shown().At }

func (m *Model) openRangePicker() tea.Cmd {
	p := views.NewRangePicker(m.ctx, m.span.shown, m.span.history, m.clockOfData)
	return m.lay(overlay{View: p, covers: within(views.RangePickerW, views.RangePickerH)})
}

func (m *Model) pickRange(r timerange.Range) tea.Cmd {
	m.lift()
	return tea.Batch(m.setRange(r), m.show())
}

func (m *Model) zoomIn() tea.Cmd {
	return m.moveRange(m.zoomed(timerange.Range.In, timerange.Range.InAround))
}

func (m *Model) zoomOut() tea.Cmd {
	return m.moveRange(m.zoomed(timerange.Range.Out, timerange.Range.OutAround))
}

// zoomed is the range zoomed around the instant under the cursor, or else towards
// its end.
func (m *Model) zoomed(
	towardsEnd func(r timerange.Range, now time.Time) (timerange.Range, bool),
	around func(r timerange.Range, now, at time.Time) (timerange.Range, bool),
) (timerange.Range, bool) {
	r, now := m.span.shown, m.clockOfData()
	if v, ok := m.router.top().(views.Timed); ok {
		if at, ok := v.Instant(); ok {
			return around(r, now, at)
		}
	}
	return towardsEnd(r, now)
}

func (m *Model) shiftBack() tea.Cmd { return m.moveRange(m.span.shown.Shifted(m.clockOfData(), true)) }

func (m *Model) shiftForward() tea.Cmd {
	return m.moveRange(m.span.shown.Shifted(m.clockOfData(), false))
}

func (m *Model) moveRange(r timerange.Range, ok bool) tea.Cmd {
	if !ok {
		return nil
	}
	return m.setRange(r)
}

func (m *Model) goLive() tea.Cmd { return m.setRange(m.span.live) }

// enableRangeKeys switches the keys on that choose or move the range.
func (m *Model) enableRangeKeys(uses views.Uses) {
	k, r, now := &m.keys, m.span.shown, m.clockOfData()
	moves := uses.Window || uses.Moment
	_, in := m.zoomed(timerange.Range.In, timerange.Range.InAround)
	_, out := m.zoomed(timerange.Range.Out, timerange.Range.OutAround)
	_, earlier := r.Shifted(now, true)
	_, later := r.Shifted(now, false)
	k.Range.SetEnabled(moves)
	bounds := uses.Window || uses.Moment && r.Past(now) // the view begins where the range does
	k.ZoomIn.SetEnabled(bounds && in)
	k.ZoomOut.SetEnabled(bounds && out)
	k.ShiftBack.SetEnabled(moves && earlier)
	k.ShiftOn.SetEnabled(moves && later)
	k.Live.SetEnabled(moves && !r.Live())
	k.StopReading.SetEnabled(m.span.reading != nil)
}

// moment is the range if it has ended, else nil.
func (m *Model) moment() *data.Window {
	now := m.clockOfData()
	if !m.span.shown.Past(now) {
		return nil
	}
	w := m.span.shown.Window(now)
	return &w
}

// loading is how far reading has come; "" if nothing is read.
func (m *Model) loading() string {
	if m.span.reading == nil {
		return ""
	}
	return fmt.Sprintf("reading %.0f%%", 100*m.span.reading.progress.Share)
}

// readingBar shows how far reading has come; "" if nothing is read.
func (m *Model) readingBar() string {
	r := m.span.reading
	if r == nil {
		return ""
	}
	return views.ProgressBar(r.progress.Share) + " "
}

// rangeForms gives the forms of the range in the header, the longest first.
func (m *Model) rangeForms() []string {
	r, now := m.span.shown, m.clockOfData()
	label := r.Label(now, m.options.Location)
	if name := r.Key(); name != data.WindowRange {
		return []string{"window " + name, name}
	}
	kind := "live"
	if r.Past(now) {
		kind = "past"
	}
	state := m.loading()
	if f := m.feed.figures; state == "" && m.span.ended && f != nil && f.Range != nil {
		state = "not all read"
	}
	if state != "" {
		return []string{"range " + label + " · " + kind + " · " + m.readingBar() + state, label + " · " + kind + " · " + state, label + " · " + state, label}
	}
	return []string{"range " + label + " · " + kind, label + " · " + kind, label}
}

// needPast starts to read what figures lack of their range. What has been read of
// the same range is not read again, nor what somebody stopped.
func (m *Model) needPast(want data.Want) tea.Cmd {
	s := &m.span
	if m.options.Archive == nil || s.reading != nil || s.ended || want.Nothing() {
		return nil
	}
	ctx, stop := context.WithCancel(m.ctx.Done)
	r := &reading{news: make(chan past.Progress, 1), stop: stop}
	s.reading = r
	number, archive, base, have, log := s.number, m.options.Archive, m.feed.figured, s.past, m.options.Log
	read := func() (msg tea.Msg) {
		done := pastMsg{number: number, done: true}
		defer func() {
			if p := recover(); p != nil {
				log.Error("reading a range panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				done.err, msg = fmt.Errorf("read the range: %v", p), done
			}
			close(r.news)
		}()
		done.progress.Past, done.err = past.Load(ctx, archive, base, want, have, past.Limits{}, r.tell)
		return done
	}
	return tea.Batch(read, m.awaitPast(r))
}

// tell keeps the newest report for whoever waits.
func (r *reading) tell(p past.Progress) {
	select {
	case <-r.news:
	default:
	}
	r.news <- p
}

// awaitPast waits for the next report.
func (m *Model) awaitPast(r *reading) tea.Cmd {
	number := m.span.number
	return func() tea.Msg {
		p, ok := <-r.news
		if !ok {
			return nil
		}
		return pastMsg{number: number, progress: p}
	}
}

func (m *Model) gotPast(msg pastMsg) tea.Cmd {
	s := &m.span
	if msg.number != s.number || s.reading == nil {
		return nil // of a range that is no longer shown
	}
	m.touch(false)
	if msg.progress.Past != nil {
		s.past = msg.progress.Past
	}
	if !msg.done {
		s.reading.progress = msg.progress
		return tea.Batch(m.awaitPast(s.reading), m.needFigures(), m.show())
	}
	s.reading.stop()
	s.reading, s.ended = nil, msg.err != nil
	cmds := []tea.Cmd{m.needFigures(), m.show()}
	if msg.err != nil && !errors.Is(msg.err, context.Canceled) {
		cmds = append(cmds, m.say(views.Say{Text: msg.err.Error(), Wrong: true}))
	}
	return tea.Batch(cmds...)
}

// stopReading ends reading; what has been read stays.
func (m *Model) stopReading() tea.Cmd {
	m.span.reading.stop()
	return m.say(views.Say{Text: "stopped reading: what is known of the range is shown"})
}
