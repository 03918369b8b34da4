package ui

import (
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
)

// delay is how long it takes until something is written because of what is done, to
// the millisecond.
func (p *program) delay(do func()) time.Duration {
	p.t.Helper()
	const most = time.Second
	time.Sleep(most) // until all that is drawn is written
	p.flushed()
	do()
	for begun := time.Now(); time.Since(begun) < most; time.Sleep(time.Millisecond) {
		synctest.Wait()
		p.wire.mu.Lock()
		n := p.wire.out.Len()
		p.wire.mu.Unlock()
		if n > 0 {
			return time.Since(begun)
		}
	}
	p.t.Fatal("nothing is written")
	return most
}

// While the program starts a frame does not wait for the renderer; later no longer
// than it takes to draw the next; at rest the renderer sleeps, until a key or the
// mouse wakes it.
func TestRendererKeepsPace(t *testing.T) {
	runProgram(t, sampleOptions, func(p *program) {
		key := func() { p.p.Send(keyPress("?")) }
		click := func() { p.p.Send(tea.MouseClickMsg{Button: tea.MouseLeft, X: 20, Y: 1}) }
		pass := func(d time.Duration) func() { return func() { p.clock.Advance(d) } }
		longest := func(do func()) (longest time.Duration) {
			for range 7 { // the renderer's looks lie anywhere
				time.Sleep(7 * time.Millisecond)
				longest = max(longest, p.delay(do))
			}
			return longest
		}
		expect := func(when string, got, above, most time.Duration) {
			t.Helper()
			if got <= above || got > most {
				t.Errorf("%s: a frame waits for up to %v, want more than %v, at most %v", when, got, above, most)
			}
		}
		rest := func() {
			pass(2 * restAfter)()
			p.flushed()
		}
		expect("start", p.delay(key), -1, startLookEvery)
		pass(startFor)()
		expect("a key", longest(key), startLookEvery, frameEvery)
		rest()
		expect("rest", longest(pass(clockRestEvery)), frameEvery, restLookEvery)
		expect("the first key", p.delay(key), -1, frameEvery)
		expect("after it", longest(key), -1, frameEvery)
		rest()
		expect("the mouse", p.delay(click), -1, frameEvery)
	})
}
