package data

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

func eventAt(at time.Time, name string) *logline.Entry {
	return &logline.Entry{Time: at, Event: name, JSON: true}
}

func TestEventCountsAgreeWithALoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	now := epoch.Add(17*time.Minute + 123456*time.Microsecond)
	c := newEventCounts()
	var started []time.Time
	for range 20_000 {
		at := now.Add(-time.Duration(rng.Int64N(int64(Horizon)))).Truncate(time.Microsecond)
		started = append(started, at)
		c.add(eventAt(at, "model_router_dispatch"), now)
		c.add(eventAt(at, "task_created"), now) // counted by no figure yet
	}
	for _, edge := range []time.Duration{0, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		started = append(started, now.Add(-edge), now.Add(-edge-time.Microsecond), now.Add(-edge+time.Microsecond))
		for _, at := range started[len(started)-3:] {
			c.add(eventAt(at, "model_router_dispatch"), now)
		}
	}
	v := c.view()
	for _, w := range windowsNewestFirst(WindowNames, now) {
		var want int64
		for _, at := range started {
			if !at.Before(w.From) && !at.After(w.To) {
				want++
			}
		}
		got, exact := v.Between(w.From, w.To)
		if got[events.LLMStarted] != want || !exact {
			t.Errorf("%s: %d (exact %v), want %d", w.Name, got[events.LLMStarted], exact, want)
		}
	}
}

func TestEventCountsForgetMomentsButNotSums(t *testing.T) {
	now := epoch
	c := newEventCounts()
	c.maxMoments = 100
	for h := range 10 {
		for i := range 50 {
			at := now.Add(-time.Duration(h)*time.Hour - time.Duration(i)*time.Minute)
			c.add(eventAt(at, "api_call_retrying"), now)
		}
	}
	if c.moments > 100 {
		t.Errorf("%d moments kept, want at most 100", c.moments)
	}
	got, exact := c.view().Between(now.Add(-24*time.Hour), now)
	if got[events.LLMRetried] != 500 || !exact {
		t.Errorf("a window that holds all: %d (exact %v), want 500", got[events.LLMRetried], exact)
	}
	if _, exact := c.view().Between(now.Add(-4*time.Hour-30*time.Minute), now); exact {
		t.Error("a window that begins in an hour without moments claims to be exact")
	}
}

func TestEventCountsDropWhatNoWindowReaches(t *testing.T) {
	c := newEventCounts()
	c.add(eventAt(epoch, "api_call_retrying"), epoch)
	c.add(eventAt(epoch.Add(-40*24*time.Hour), "api_call_retrying"), epoch)
	if len(c.hours) != 1 {
		t.Errorf("%d hours, want 1: the other is beyond the horizon", len(c.hours))
	}
	c.trim(epoch.Add(40 * 24 * time.Hour))
	if len(c.hours) != 0 || c.moments != 0 {
		t.Errorf("%d hours and %d moments left after forty days", len(c.hours), c.moments)
	}
}

func TestEventCountViewsDoNotChange(t *testing.T) {
	c := newEventCounts()
	c.add(eventAt(epoch, "api_call_retrying"), epoch)
	v := c.view()
	c.add(eventAt(epoch.Add(time.Second), "api_call_retrying"), epoch)
	if got, _ := v.Between(epoch.Add(-time.Hour), epoch.Add(time.Hour)); got[events.LLMRetried] != 1 {
		t.Errorf("a view shows %d lines after one more arrived, want 1", got[events.LLMRetried])
	}
	if got, _ := c.view().Between(epoch.Add(-time.Hour), epoch.Add(time.Hour)); got[events.LLMRetried] != 2 {
		t.Errorf("the next view shows %d lines, want 2", got[events.LLMRetried])
	}
}
