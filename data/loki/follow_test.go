package loki

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
)

const testSelector = `{container_name=~"donna-.*"}`

// following is a follow of a fakeLoki in a bubble, and what it had handed out when time last passed.
type following struct {
	*testing.T
	loki   *fakeLoki
	clock  clockwork.Clock
	lines  []Line
	status Status

	mu  sync.Mutex
	got struct { // by now
		lines  []Line
		status Status
	}

	err    error // what Follow returned
	cancel context.CancelFunc
	ended  chan struct{}
	n      int
}

// inBubble runs test against both forms of Loki, with time that passes when everything waits.
func inBubble(t *testing.T, test func(t *testing.T, f *fakeLoki)) {
	for name, v3 := range map[string]bool{"2.9.0": false, "3.x": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, newFakeLoki(t, v3)) })
		})
	}
}

// follow starts to follow from a minute ago.
func follow(t *testing.T, f *fakeLoki, o FollowOptions) *following {
	t.Helper()
	x := &following{T: t, loki: f, clock: clockwork.NewRealClock(), ended: make(chan struct{})}
	o.OnLines = func(lines []Line) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.got.lines = append(x.got.lines, lines...)
	}
	o.OnStatus = func(s Status) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.got.status = s
	}
	if o.Selector == "" {
		o.Selector = testSelector
	}
	if o.From.IsZero() {
		o.From = x.clock.Now().Add(-time.Minute)
	}
	ctx, cancel := context.WithCancel(t.Context())
	x.cancel = cancel
	c := f.client()
	go func() {
		defer close(x.ended)
		x.err = c.Follow(ctx, o)
	}()
	t.Cleanup(func() {
		cancel()
		<-x.ended
	})
	synctest.Wait()
	return x
}

// after lets time pass.
func (x *following) after(d time.Duration) {
	x.clock.Sleep(d)
	synctest.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lines, x.status = slices.Clone(x.got.lines), x.got.status
}

// line is a line of its own, dated `ago`.
func (x *following) line(ago time.Duration) fakeLine {
	x.n++
	return fakeLine{
		time:   x.clock.Now().Add(-ago).UnixNano(),
		labels: fmt.Sprintf("container_name=donna-api n=%d", x.n%20),
		text:   fmt.Sprintf(`{"event":"x","n":%d}`, x.n),
	}
}

// wantAll checks that every stored line was handed out exactly once.
func (x *following) wantAll() {
	x.Helper()
	count := make(map[string]int)
	for _, l := range x.lines {
		count[l.Text]++
	}
	lost, doubled := 0, 0
	for _, l := range x.loki.lines {
		switch n := count[l.text]; {
		case n == 0:
			lost++
		case n > 1:
			doubled++
		}
	}
	if lost > 0 || doubled > 0 || len(x.lines) != len(x.loki.lines) {
		x.Errorf("of %d lines %d lost, %d doubled; %d handed out", len(x.loki.lines), lost, doubled, len(x.lines))
	}
	if x.status.Lost != 0 || len(x.status.Gaps) != 0 {
		x.Errorf("lost %d, gaps %v", x.status.Lost, x.status.Gaps)
	}
}

// TestTailLosesLines: the tail passes on every third line, one of them twice.
func TestTailLosesLines(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		n := 0
		f.deliver = func(fakeLine) int { n++; return []int{0, 1, 0, 0, 2, 0}[n%6] }
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(time.Second)
		if !x.status.Tailing {
			t.Fatal("no tail")
		}
		for range 100 {
			for range 20 {
				f.push(x.line(0))
			}
			x.after(500 * time.Millisecond)
		}
		x.wantAll()
		if slices.ContainsFunc(x.lines, func(l Line) bool { return l.Late }) {
			t.Error("lines marked late that came in time")
		}
		if f.dialed() != 1 {
			t.Errorf("%d tails, want one", f.dialed())
		}
	})
}

// TestTailIsFaster: with a tail up, an idle follow asks rarely, and a line appears at once.
func TestTailIsFaster(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(10 * time.Minute)
		before := f.asked()
		x.after(time.Minute)
		if asked := f.asked() - before; asked > 15 {
			t.Errorf("%d queries in an idle minute", asked)
		}
		f.push(x.line(0))
		x.after(minGap)
		x.wantAll()
		if len(x.lines) != 1 {
			t.Fatal("the line took longer")
		}
	})
}

func TestPollingWithoutTail(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{})
		for range 30 {
			f.push(x.line(0), x.line(0))
			x.after(fullEvery)
		}
		x.wantAll()
		if f.dialed() != 0 {
			t.Errorf("%d tails", f.dialed())
		}
	})
}

// TestOutage: lines that come to be while Loki is away are handed out when it is back, whatever is late among them.
func TestOutage(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(5 * time.Second)
		known := x.status.AsOf
		f.setDown(true)
		for range 600 {
			f.push(x.line(0))
			x.after(time.Second)
		}
		if len(x.lines) != 0 || !isKind(x.status.Err, KindRefused) {
			t.Fatalf("%d lines, error %v", len(x.lines), x.status.Err)
		}
		if next := x.status.NextTry.Sub(x.clock.Now()); next <= 0 || next > 20*time.Second {
			t.Errorf("next try in %s", next)
		}
		if g := x.status.Gaps; len(g) != 1 || g[0].From.Sub(known) > 2*time.Second || x.clock.Since(g[0].To) > 20*time.Second {
			t.Errorf("gaps %v, want one since %s", g, known)
		}
		f.setDown(false)
		x.after(7 * time.Second) // the tail is back within 6.5 s, and says so
		x.wantAll()
		// promtail comes with what it couldn't push, and the tail doesn't tell.
		f.deliver = func(fakeLine) int { return 0 }
		for i := range 60 {
			f.push(x.line(time.Duration(i) * 10 * time.Second))
		}
		x.after(5 * time.Second)
		x.wantAll()
	})
}

// TestInterruptedRefill: a page fails in the middle of a long refill; it goes on there.
func TestInterruptedRefill(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := &following{T: t, loki: f, clock: clockwork.NewRealClock()}
		for i := range 20000 {
			l := x.line(time.Hour - time.Duration(i)*100*time.Millisecond)
			f.lines = append(f.lines, l)
		}
		failures := 0
		var reached, back int64 // how far the range has moved, and how far back it went
		f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if from, err := strconv.ParseInt(r.URL.Query().Get("start"), 10, 64); err == nil && r.URL.Query().Get("limit") != "1" && failures < 4 {
				reached = max(reached, from)
				back = max(back, reached-from)
			}
			if f.asked() > 3 && f.asked()%3 == 0 && failures < 4 {
				failures++
				http.Error(w, "too many outstanding requests", http.StatusTooManyRequests)
				return true
			}
			return false
		}
		y := follow(t, f, FollowOptions{From: x.clock.Now().Add(-2 * time.Hour)})
		y.after(time.Minute)
		y.wantAll()
		if failures != 4 {
			t.Errorf("%d failures", failures)
		}
		if time.Duration(back) > maxOverlap {
			t.Errorf("after a failure it went back by %s", time.Duration(back))
		}
	})
}

func TestLateLines(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{})
		x.after(20 * time.Minute)
		f.push(x.line(0))
		x.after(2 * time.Second)
		for _, c := range []struct{ late, within time.Duration }{
			{20 * time.Second, 2 * fullEvery},
			{5 * time.Minute, 2 * auditEvery},
			{12 * time.Minute, 2 * auditEvery},
		} {
			f.push(x.line(c.late))
			x.after(c.within)
			x.wantAll()
			if last := x.lines[len(x.lines)-1]; !last.Late {
				t.Errorf("a line %s late isn't marked", c.late)
			}
		}
		f.push(x.line(0))
		x.after(2 * time.Second)
		if x.lines[len(x.lines)-1].Late {
			t.Error("a line in time is marked late")
		}
	})
}

// TestShortfall: Loki counts lines that it doesn't give out.
func TestShortfall(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{From: clockwork.NewRealClock().Now().Add(-time.Hour)})
		f.push(x.line(5 * time.Minute))
		minute := f.lines[0].time/6e10*6e10 + 6e10
		f.locked(func() { f.phantoms = map[int64]int{minute: 2} })
		x.after(3 * auditEvery)
		if g := x.status.Gaps; len(g) != 1 || g[0].To.UnixNano() != minute || !strings.Contains(g[0].Reason, "2 more lines") || x.status.Lost != 2 {
			t.Errorf("lost %d, gaps %v", x.status.Lost, g)
		}
		if n := f.readsFrom(minute - 6e10 + 1); n != 1 {
			t.Errorf("the minute was read again %d times, want once", n)
		}
		f.locked(func() { f.phantoms = nil })
		f.push(x.line(3 * time.Minute))
		x.after(3 * auditEvery)
		if len(x.lines) != 2 || x.status.Lost != 0 || len(x.status.Gaps) != 0 {
			t.Errorf("%d lines, lost %d, gaps %v", len(x.lines), x.status.Lost, x.status.Gaps)
		}
	})
}

// TestTooLateToTell: the tail shows a line from a time of which nothing is known any more.
func TestTooLateToTell(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(time.Second)
		for range 70 {
			f.push(x.line(0))
			x.after(time.Minute)
		}
		f.push(x.line(68 * time.Minute))
		x.after(2 * time.Second)
		if x.status.Lost != 1 || len(x.lines) != 70 {
			t.Errorf("lost %d, want 1; %d lines, want 70", x.status.Lost, len(x.lines))
		}
	})
}

func TestFutureLines(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{})
		x.after(time.Second)
		f.push(x.line(-9*time.Minute), x.line(0))
		for range 12 {
			x.after(time.Minute)
			f.push(x.line(0))
		}
		x.after(2 * time.Second)
		x.wantAll()
		for _, l := range x.lines {
			if l.Late {
				t.Error("a line is late only against one from the future")
			}
		}
	})
}

func TestCrowdedNanosecond(t *testing.T) {
	for _, c := range []struct {
		lines int
		gap   bool
	}{{700, false}, {999, false}, {1200, true}} {
		t.Run(fmt.Sprint(c.lines), func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fakeLoki) {
				f.maxLimit = 500
				x := follow(t, f, FollowOptions{})
				stamp := x.clock.Now().UnixNano()
				f.push(x.line(10 * time.Second))
				for range c.lines {
					l := x.line(0)
					l.time = stamp
					f.push(l)
				}
				x.after(30 * time.Second)
				f.push(x.line(0))
				x.after(5 * time.Second)
				if !c.gap {
					x.wantAll()
					return
				}
				if len(x.lines) != 2+2*f.maxLimit {
					t.Errorf("%d lines, want both ends of the nanosecond", len(x.lines))
				}
				g := x.status.Gaps
				if len(g) != 1 || g[0].From.UnixNano() != stamp || g[0].To.UnixNano() != stamp+1 || !strings.Contains(g[0].Reason, "nanosecond") {
					t.Errorf("gaps %v", g)
				}
			})
		})
	}
}

// TestHugeLines: 4 MiB are over before a page is full, and such an answer never comes.
func TestHugeLines(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{})
		for i := range 200 {
			l := x.line(time.Duration(i) * time.Millisecond)
			l.text += strings.Repeat("\x1b", 20<<10) // six times that when escaped
			f.push(l)
		}
		x.after(2 * time.Minute)
		x.wantAll()
	})
}

// TestSmallerLimits: this Loki allows less than the default.
func TestSmallerLimits(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.maxLimit = 300
		x := follow(t, f, FollowOptions{})
		for i := range 2000 {
			f.push(x.line(time.Duration(i) * time.Millisecond))
		}
		x.after(5 * time.Second)
		x.wantAll()
	})
}

// TestManyLines: over 1,500 lines/s the tail isn't used.
func TestManyLines(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(time.Second)
		second := func(rate int) {
			for i := range rate {
				f.push(x.line(time.Duration(i) * time.Microsecond))
			}
			x.after(time.Second)
		}
		for range 10 {
			second(2000)
		}
		if len(f.openTails()) != 0 || x.status.Tailing {
			t.Error("the tail is still open")
		}
		for range 30 {
			second(20)
		}
		if len(f.openTails()) != 1 {
			t.Error("the tail isn't open again")
		}
		x.wantAll()
	})
}

// TestOneTail: a second follow of the client polls.
func TestOneTail(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		c := f.client()
		ctx, cancel := context.WithCancel(t.Context())
		first, second := c.startTail(ctx, testSelector), c.startTail(ctx, testSelector)
		clockwork.NewRealClock().Sleep(5 * time.Second)
		synctest.Wait()
		if f.dialed() != 1 || len(f.openTails()) != 1 {
			t.Errorf("%d tails tried, %d open", f.dialed(), len(f.openTails()))
		}
		cancel()
		<-first.ended
		<-second.ended
	})
}

// TestWrongClock: Loki's clock, and that of the lines, is ahead of ours or behind.
func TestWrongClock(t *testing.T) {
	for _, ahead := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fakeLoki) {
				f.clock = aheadClock{f.clock, ahead}
				x := follow(t, f, FollowOptions{From: f.clock.Now().Add(-time.Hour)})
				for range 60 {
					f.push(x.line(-ahead))
					x.after(time.Second)
				}
				x.after(time.Second)
				x.wantAll()
			})
		})
	}
}

type aheadClock struct {
	clockwork.Clock
	by time.Duration
}

func (c aheadClock) Now() time.Time { return c.Clock.Now().Add(c.by) }

// TestClockIsSet: our clock is set while lines come, and set right again later. What
// is read must not depend on it, nor when.
func TestClockIsSet(t *testing.T) {
	for _, by := range []time.Duration{3 * time.Hour, -3 * time.Hour, 30 * 24 * time.Hour, 5 * time.Second, -5 * time.Second} {
		t.Run(by.String(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fakeLoki) {
				ours := &setClock{Clock: f.clock}
				f.ours = ours
				x := follow(t, f, FollowOptions{Tail: true})
				during := func(seconds int) {
					for range seconds {
						f.push(x.line(0))
						x.after(time.Second)
					}
					x.after(2 * time.Second)
					x.wantAll()
				}
				during(10)
				ours.ahead.Store(int64(by))
				during(10)
				f.setDown(true)
				x.after(5 * time.Second)
				ours.ahead.Store(0)
				f.push(x.line(0))
				f.setDown(false)
				x.after(20 * time.Second)
				during(10)
			})
		})
	}
}

// setClock is a clock that somebody sets. Its timers don't notice.
type setClock struct {
	clockwork.Clock
	ahead atomic.Int64
}

func (c *setClock) Now() time.Time                  { return c.Clock.Now().Add(time.Duration(c.ahead.Load())) }
func (c *setClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }
func (c *setClock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// TestRecent: the newest lines first, and from where they begin, everything.
func TestRecent(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := &following{T: t, loki: f, clock: clockwork.NewRealClock()}
		for i := range 5000 {
			f.lines = append(f.lines, x.line(time.Duration(i/2)*time.Millisecond)) // two share each time
		}
		y := follow(t, f, FollowOptions{Recent: 1500})
		y.n = x.n
		y.after(time.Second)
		if len(y.lines) < 1498 || len(y.lines) > 1500 {
			t.Fatalf("%d recent lines", len(y.lines))
		}
		if !slices.IsSortedFunc(y.lines, func(a, b Line) int { return int(a.Time - b.Time) }) {
			t.Error("not oldest first")
		}
		if from := y.status.From.UnixNano(); y.lines[0].Time < from || y.lines[0].Time-from > 1e6 {
			t.Errorf("the first line is at %d, From at %d", y.lines[0].Time, from)
		}
		owned := 0
		for _, l := range f.lines {
			if l.time >= y.status.From.UnixNano() {
				owned++
			}
		}
		if owned != len(y.lines) {
			t.Errorf("%d lines since From, %d handed out", owned, len(y.lines))
		}
	})
}

func TestRejectedSelector(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "parse error at line 1, col 28: syntax error: \x1b[31munexpected IDENTIFIER", 400)
			return true
		}
		x := follow(t, f, FollowOptions{Selector: "{", Tail: true})
		<-x.ended
		if !isKind(x.err, KindQuery) || strings.ContainsRune(x.err.Error(), 0x1b) || !strings.Contains(x.err.Error(), "col 28") {
			t.Errorf("error %q", x.err)
		}
	})
}
