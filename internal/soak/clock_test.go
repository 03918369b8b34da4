package soak

import (
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// clock is one that somebody sets: ahead, back, or so that it stands still. Its timers
// are the real clock's, as those of a machine go on when its clock is set.
type clock struct {
	clockwork.Clock
	ahead   atomic.Int64
	stopped atomic.Pointer[time.Time]
}

func newClock() *clock { return &clock{Clock: clockwork.NewRealClock()} }

func (c *clock) set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

func (c *clock) stop() time.Time {
	now := c.Now().UTC().Round(0)
	c.stopped.Store(&now)
	return now
}

func (c *clock) Now() time.Time {
	if t := c.stopped.Load(); t != nil {
		return *t
	}
	return c.Clock.Now().Add(time.Duration(c.ahead.Load()))
}

func (c *clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }
func (c *clock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }
