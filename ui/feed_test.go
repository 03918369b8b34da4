package ui

import (
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// The first figures, of nothing, are computed when the screen opens. Those of the
// database's first rows follow at once, those after them keep their distance.
func TestFiguresOfTheFirstRowsDoNotWait(t *testing.T) {
	full := sampleHub(clockwork.NewFakeClockAt(testNow)).Snapshot()
	var hub *data.Hub
	open := func(clock *clockwork.FakeClock) Options {
		hub = data.NewHub(data.HubOptions{Clock: clock})
		return Options{Hub: hub}
	}
	drive(t, 200, 60, open, func(d *driver) {
		if d.m.feed.figured == nil || d.m.feed.figured.DB != nil {
			t.Fatal("the screen does not open on figures of nothing")
		}
		hub.SetDB(full.DB)
		d.settle()
		if d.m.feed.figured.DB != full.DB {
			t.Fatal("the figures of the first rows wait")
		}
		hub.Publish()
		d.settle()
		if first := d.m.feed.figured; first == hub.Snapshot() {
			t.Error("the figures after the first rows do not wait")
		}
		d.advance(figuresEvery)
		if d.m.feed.figured != hub.Snapshot() {
			t.Error("the figures after the first rows never come")
		}
	})
}
