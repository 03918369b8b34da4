package loki

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/donna-project/donnatop/data"
	"github.com/jonboulle/clockwork"
)

// The pace of a follow; where these come from is said with each.
const (
	// future is how far ahead Loki accepts lines.
	future = 10 * time.Minute
	// minOverlap and maxOverlap bound what is read again for the sake of lines that come late; overlapLines is the cost
	// that decides between them.
	minOverlap   = 2 * time.Second
	maxOverlap   = 30 * time.Second
	overlapLines = 15000
	// minGap is the least time between passes: what the tail says is gathered for as long.
	minGap = 250 * time.Millisecond
	// fullEvery is the time between passes over the whole overlap; idleEvery and sleepyEvery if no line has come for
	// idleAfter and sleepyAfter. With a tail up, that costs no delay.
	fullEvery   = time.Second
	idleAfter   = 30 * time.Second
	idleEvery   = 2 * time.Second
	sleepyAfter = 5 * time.Minute
	sleepyEvery = 5 * time.Second
	// A tail carries some 2,000 lines/s at most and loses the rest.
	tailOffRate = 1500.0
	tailOnRate  = 1000.0
	// recovery is how long after an outage lines from it are expected: promtail's own retries wait up to 5 min. Until
	// then everything since the outage began is read again, for a tenth of the time.
	recovery  = 6 * time.Minute
	wideShare = 10
	// maxGaps is how many gaps are remembered.
	maxGaps = 100
)

// FollowOptions says what to follow. Selector, OnLines and OnStatus are required.
type FollowOptions struct {
	Selector string    // a log query; a bare stream selector is by far the cheapest
	From     time.Time // lines at or after it are handed out
	// Recent > 0 reads what is there already newest first and at most so many lines of it, moving From to where that
	// ends. 0 reads all of it, oldest first.
	Recent int
	Tail   bool // use a tail to hear of lines sooner; without one a line appears within a second

	// OnLines takes new lines, oldest first, and owns the slice. Both are called from one goroutine.
	OnLines  func([]Line)
	OnStatus func(Status)
}

// Status is how a follow stands.
type Status struct {
	Err     error     // why the last attempt failed; nil if it didn't
	NextTry time.Time // after an error
	From    time.Time // lines at or after it are handed out
	AsOf    time.Time // every line Loki had by then was handed out; zero until the first complete pass
	Tailing bool      // a tail is up
	Lost    int64     // lines known to exist that can't be handed out
	Gaps    []data.Gap
}

// follower is the state of one follow. Only its own goroutine touches it.
type follower struct {
	FollowOptions
	client *Client
	clock  clockwork.Clock
	pager  *pager
	seen   *seen

	from  int64 // lines at or after it are ours
	done  int64 // all before it was read, when that was the present
	shown int64 // the newest line handed out, those from the future left out

	tail    *tail
	pending []Line // heard from the tail, handed out with the next pass

	looked                         time.Time // at the clock
	lastPass, lastLine             time.Time
	nextQuick, nextFull, nextAudit time.Time

	retry    *backoff.ExponentialBackOff
	failed   error
	retryAt  time.Time
	outage   int64 // how far back lines of the last outage are looked for, 0 if there was none
	lookWide time.Time
	lookTill time.Time

	audited   map[int64]int // minutes read again, and for which count of Loki's
	shortfall map[int64]int // minutes of which Loki counts more lines than it gives
	lost      int64
	gaps      []data.Gap
	complete  bool // there was a complete pass
}

// Follow hands out every line that Selector matches from From on, exactly once, until ctx ends; see the package
// documentation for what that covers. It returns nil when ctx ended, and an error if Loki rejects the selector or the
// settings are unusable; any other failure it reports, and tries again.
func (c *Client) Follow(ctx context.Context, o FollowOptions) error {
	err := newFollower(c, o).run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func newFollower(c *Client, o FollowOptions) *follower {
	from := o.From.UnixNano()
	return &follower{
		FollowOptions: o,
		client:        c,
		clock:         c.clock,
		pager:         newPager(c),
		seen:          newSeen(from),
		from:          from,
		done:          from,
		retry:         newBackoff(500*time.Millisecond, 15*time.Second),
		audited:       make(map[int64]int),
		shortfall:     make(map[int64]int),
	}
}

func (f *follower) run(ctx context.Context) error {
	if err := f.start(ctx, math.MaxInt64); err != nil {
		return err
	}
	defer f.stopTail()
	f.status()
	for ctx.Err() == nil {
		f.heedClock()
		f.chooseTail(ctx)
		f.wait(ctx)
		if ctx.Err() != nil {
			break
		}
		f.work(ctx)
	}
	return ctx.Err()
}

// start validates the selector and reads the recent lines before `until`, trying until it can.
func (f *follower) start(ctx context.Context, until int64) error {
	if err := f.insist(ctx, func() error { return f.client.Validate(ctx, f.Selector) }); err != nil {
		return err
	}
	begin := f.client.lokiNow().UnixNano()
	if f.Recent > 0 {
		var lines []Line
		w := walk{query: f.Selector, direction: Backward, from: f.from, to: min(begin+int64(future), until)}
		err := f.insist(ctx, func() (err error) {
			lines, err = f.readRecent(ctx, &w, lines)
			return err
		})
		if err != nil {
			return err
		}
		f.addCrowded(&w)
		f.done, f.complete = max(f.from, begin), true
		f.handOut(lines)
	}
	now := f.clock.Now()
	f.lastLine, f.nextAudit = now, now.Add(auditEvery)
	return nil
}

// insist calls try until it succeeds or fails for good.
func (f *follower) insist(ctx context.Context, try func() error) error {
	for {
		err := try()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			if f.failed != nil {
				f.failed = nil
				f.retry.Reset()
				f.status()
			}
			return nil
		}
		if e := (*Error)(nil); errors.As(err, &e) && e.Permanent() {
			return err
		}
		f.fail(err)
		sleep(ctx, f.clock, f.retryAt.Sub(f.clock.Now()))
	}
}

// readRecent reads on backwards until there are Recent lines, and returns them all, oldest first.
func (f *follower) readRecent(ctx context.Context, w *walk, lines []Line) ([]Line, error) {
	for {
		raw, done, err := f.pager.next(ctx, w)
		if err != nil {
			return lines, err
		}
		page := f.accept(raw, nil)
		lines = append(page, lines...)
		if done {
			return lines, nil
		}
		if len(lines) < f.Recent {
			continue
		}
		// The oldest nanosecond may be incomplete: it isn't ours.
		f.from = w.to
		if n := len(lines) - f.Recent; n > 0 {
			f.from = max(f.from, lines[n-1].Time+1)
		}
		f.seen.floor = f.from
		cut, _ := slices.BinarySearchFunc(lines, f.from, func(l Line, t int64) int { return cmp.Compare(l.Time, t) })
		return lines[cut:], nil
	}
}

// heedClock plans anew if the clock was set back: what was due by it would be waited for until it is as late again.
func (f *follower) heedClock() {
	now := f.clock.Now()
	if now.Before(f.looked) {
		f.lastPass, f.lastLine, f.retryAt = now, now, now
		f.nextQuick, f.nextFull, f.nextAudit = time.Time{}, now, now.Add(auditEvery)
		if f.outage != 0 {
			f.lookWide, f.lookTill = now, now.Add(recovery)
		}
	}
	f.looked = now
}

// wait returns when something is due.
func (f *follower) wait(ctx context.Context) {
	timer := f.clock.NewTimer(f.due().Sub(f.clock.Now()))
	defer timer.Stop()
	var events chan tailEvent
	if f.tail != nil {
		events = f.tail.events
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.Chan():
			return
		case e := <-events:
			f.heedClock()
			f.hear(e)
			timer.Reset(f.due().Sub(f.clock.Now()))
		}
	}
}

// due is when the next pass or audit is.
func (f *follower) due() time.Time {
	if f.failed != nil {
		return f.retryAt
	}
	due := f.nextFull
	for _, t := range []time.Time{f.nextQuick, f.nextAudit, f.lookWide} {
		if !t.IsZero() && t.Before(due) {
			due = t
		}
	}
	return due
}

// hear takes what the tail says. While queries fail, its lines are left for the pass that will find them: otherwise
// everything of the outage would come after them, as late.
func (f *follower) hear(e tailEvent) {
	soon := f.lastPass.Add(minGap)
	if now := f.clock.Now(); soon.Before(now) {
		soon = now
	}
	if f.failed != nil {
		if e.missed && f.tail.up.Load() && soon.Before(f.retryAt) {
			f.retryAt = soon // Loki is back
		}
		return
	}
	for _, l := range e.lines {
		switch {
		case l.Time < f.from:
		case l.Time < f.seen.floor:
			f.lost++ // new or known: it can't be told any more
		case f.seen.add(l.Time, l.key):
			f.pending = append(f.pending, l.Line)
		}
	}
	if len(e.lines) > 0 && (f.nextQuick.IsZero() || soon.Before(f.nextQuick)) {
		f.nextQuick = soon
	}
	if e.missed && soon.Before(f.nextFull) {
		f.nextFull = soon
	}
}

// work does what is due.
func (f *follower) work(ctx context.Context) {
	now := f.clock.Now()
	if f.failed == nil && !now.Before(f.nextAudit) {
		f.audit(ctx)
		f.nextAudit = f.clock.Now().Add(auditEvery)
		return
	}
	full := f.failed != nil || !now.Before(f.nextFull)
	wide := f.outage != 0 && !now.Before(f.lookWide)
	from := f.done - int64(minOverlap)
	if full {
		from = f.done - int64(f.overlap())
	}
	if wide {
		from = min(from, f.outage)
	}
	err := f.pass(ctx, max(from, f.from, f.seen.floor))
	if ctx.Err() != nil {
		return
	}
	f.lastPass = f.clock.Now()
	if err != nil {
		f.fail(err)
		return
	}
	f.schedule(full, wide, f.lastPass.Sub(now))
	f.status()
}

// schedule plans the next passes after one that took so long.
func (f *follower) schedule(full, wide bool, took time.Duration) {
	now := f.lastPass
	if f.failed != nil {
		f.failed = nil
		f.retry.Reset()
		f.lookWide, f.lookTill = now.Add(fullEvery), now.Add(recovery)
	}
	if wide {
		f.lookWide = now.Add(max(wideShare*took, fullEvery))
	}
	if f.outage != 0 && now.After(f.lookTill) {
		f.outage, f.lookWide = 0, time.Time{}
	}
	idle := now.Sub(f.lastLine)
	tailing := f.tail != nil && f.tail.up.Load()
	if full || wide {
		every := fullEvery
		switch {
		case tailing && idle > sleepyAfter:
			every = sleepyEvery
		case tailing && idle > idleAfter:
			every = idleEvery
		}
		f.nextFull = now.Add(every)
	}
	f.nextQuick = time.Time{}
	if f.Tail && !tailing && idle < idleAfter {
		f.nextQuick = now.Add(minGap)
		if f.rate() > tailOffRate {
			f.nextQuick = now.Add(2 * minGap)
		}
	}
}

// fail notes a failure and plans the next attempt.
func (f *follower) fail(err error) {
	if f.done > 0 && f.outage == 0 {
		f.outage = f.done - int64(f.overlap())
	}
	f.failed = err
	f.retryAt = f.clock.Now().Add(retryDelay(f.retry, err))
	f.flushPending()
	f.status()
}

// pass reads everything from `from` on and hands out what is new.
func (f *follower) pass(ctx context.Context, from int64) error {
	begin := f.client.lokiNow().UnixNano()
	w := walk{query: f.Selector, direction: Forward, from: from, to: max(begin, f.done) + int64(future)}
	defer f.addCrowded(&w)
	for {
		raw, done, err := f.pager.next(ctx, &w)
		if now := f.client.lokiNow().UnixNano(); now < begin {
			// By the answer it was not that late when the pass began: our clock was set ahead since the one before.
			begin = now - int64(minOverlap)
		}
		if err != nil {
			// What was read stays read: the next attempt goes on there.
			f.done = max(f.done, min(w.from, begin))
			return err
		}
		lines := f.accept(raw, nil)
		f.seen.prune(begin-int64(maxReach), min(w.from, begin))
		if done {
			f.done, f.complete = max(f.done, begin), true
			f.pending = append(f.pending, lines...)
			f.flushPending()
			return nil
		}
		f.handOut(lines)
	}
}

// accept appends to dst copies of the lines that are ours and new.
func (f *follower) accept(raw []rawLine, dst []Line) []Line {
	for _, l := range raw {
		if l.time >= f.from && l.time >= f.seen.floor && f.seen.add(l.time, l.key()) {
			dst = append(dst, l.line())
		}
	}
	return dst
}

func (f *follower) flushPending() {
	lines := f.pending
	f.pending = nil
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(a.Time, b.Time) })
	f.handOut(lines)
}

// handOut passes on lines, oldest first, and marks those older than what was handed out before.
func (f *follower) handOut(lines []Line) {
	if len(lines) == 0 {
		return
	}
	f.lastLine = f.clock.Now()
	now, newest := f.client.lokiNow().UnixNano(), f.shown
	for i := range lines {
		lines[i].Late = lines[i].Time < f.shown
		if lines[i].Time <= now {
			newest = max(newest, lines[i].Time)
		}
	}
	f.shown = newest
	f.OnLines(lines)
}

// rate is how many lines per second there were in the last 10 to 20 seconds.
func (f *follower) rate() float64 {
	now := f.client.lokiNow().UnixNano()
	begin := slotEnd(slot(now) - 2)
	return float64(f.seen.count(begin, slotEnd(slot(now)))) / time.Duration(now-begin).Seconds()
}

func (f *follower) overlap() time.Duration {
	rate := f.rate()
	if rate*maxOverlap.Seconds() <= overlapLines {
		return maxOverlap
	}
	return max(time.Duration(overlapLines/rate*float64(time.Second)), minOverlap)
}

// chooseTail starts or stops the tail by the rate of lines.
func (f *follower) chooseTail(ctx context.Context) {
	if !f.Tail || multipliesStreams(f.Selector) {
		return
	}
	switch rate := f.rate(); {
	case f.tail == nil && rate < tailOnRate:
		f.tail = f.client.startTail(ctx, f.Selector)
	case f.tail != nil && rate > tailOffRate:
		f.stopTail()
		f.nextFull = f.clock.Now()
	}
}

func (f *follower) stopTail() {
	if f.tail != nil {
		f.tail.stop()
		f.tail = nil
	}
}

// addCrowded notes what a walk couldn't read.
func (f *follower) addCrowded(w *walk) {
	for _, g := range crowdedGaps(w.crowded) {
		f.addGap(g)
	}
}

func crowdedGaps(times []int64) []data.Gap {
	gaps := make([]data.Gap, len(times))
	for i, t := range times {
		gaps[i] = data.Gap{From: time.Unix(0, t).UTC(), To: time.Unix(0, t+1).UTC(), Reason: crowdedReason(t)}
	}
	return gaps
}

// addGap remembers a gap, once.
func (f *follower) addGap(g data.Gap) {
	if slices.ContainsFunc(f.gaps, func(h data.Gap) bool { return h.From.Equal(g.From) && h.To.Equal(g.To) }) {
		return
	}
	if len(f.gaps) == maxGaps {
		f.gaps = f.gaps[1:]
	}
	f.gaps = append(f.gaps, g)
}

func (f *follower) status() {
	gaps, short := f.shortfallGaps()
	s := Status{
		Err:     f.failed,
		From:    time.Unix(0, f.from).UTC(),
		Tailing: f.tail != nil && f.tail.up.Load(),
		Lost:    f.lost + short,
		Gaps:    slices.Concat(f.gaps, gaps),
	}
	if f.complete {
		s.AsOf = time.Unix(0, f.done).UTC()
	}
	if f.failed != nil {
		s.NextTry = f.retryAt
		if !s.AsOf.IsZero() {
			s.Gaps = append(s.Gaps, data.Gap{From: s.AsOf, To: f.client.lokiNow().UTC(), Reason: "Loki does not answer; these lines are read as soon as it does"})
		}
	}
	f.OnStatus(s)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, clock clockwork.Clock, d time.Duration) {
	timer := clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
}
