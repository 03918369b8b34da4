package views

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
)

// lookAt goes on to another range and tells whether its lines are others: the end
// of one that has ended is what is seen at first. When that is given up the stream
// is followed again. A live one moves on with the clock; it is another if it begins
// earlier than before.
func (v *Logs) lookAt(was *Data) bool {
	before, now := was.Moment, v.data.Moment
	switch {
	case now == nil && before == nil:
		if o := &v.older; !o.before.IsZero() && v.limit().From.Before(o.reach) {
			o.more = true // further back there may be lines that were none of the range
		}
		return false
	case now != nil && before != nil && now.From.Equal(before.From) && now.To.Equal(before.To):
		return false
	}
	v.resetOlder()
	if at, ok := v.cursor.time, v.cursor != v.newest && !v.following; !ok || now == nil || at.Before(now.From) || at.After(now.To) {
		v.follow()
	}
	return true
}

// follow selects the newest line, now and from now on; of a range that has ended
// the last one. What was read of older ones is forgotten while lines come.
func (v *Logs) follow() {
	v.following = v.data.Moment == nil
	if v.following {
		v.resetOlder()
		return
	}
	v.newest = anchor{time: v.data.Moment.To.Add(1)}
	v.cursor, v.row = v.newest, v.page()
}

// fill reads what a range that has ended has beside the lines in memory: its newest
// lines first, because somebody waits for them, then as many as are kept.
func (v *Logs) fill() tea.Cmd {
	if o := &v.older; v.data.Moment == nil || o.stopped || o.err != nil || !v.canLoad() {
		return nil
	}
	return v.loadOlder()
}

// reach is how far back older lines are read.
func (v *Logs) reach() time.Time {
	if from := v.limit().From; !from.IsZero() {
		return from
	}
	return v.data.Snapshot.At.Add(-data.Horizon)
}

// share is how much of the range has been read when a reading is done so far.
func (v *Logs) share(done float64) float64 {
	o, w := &v.older, v.data.Moment
	if w == nil || o.before.IsZero() || !w.To.After(w.From) {
		return done
	}
	covered := min(max(float64(w.To.Sub(o.before))/float64(w.To.Sub(w.From)), 0), 1)
	return covered + (1-covered)*done
}
