package demo

import (
	"context"
	"iter"
	"time"
)

// kind says what becomes of a process when Donna's orchestrator dies.
type kind int

const (
	// durable work is remembered in the database (a task's life, a schedule): it goes on after the restart.
	durable kind = iota
	// volatile work lives in the orchestrator's memory (a skill run, a shadow call): it dies half done.
	volatile
	// outside work belongs to the API process, the user or the world, and goes on whatever happens.
	outside
)

// A proc is one strand of Donna's life in the process-interaction style of discrete-event simulation:
// straight-line code that sleeps in simulated time. Only one runs at a time, so they share the life without locks.
//
// Its coroutine outlives it and serves the next one: a month has a hundred thousand strands, but only some hundreds at once.
type proc struct {
	*life
	kind   kind
	body   func(*proc)
	killed bool
	yield  func(time.Time) bool
	next   func() (time.Time, bool)
	stop   func()
}

// stopped unwinds a process that was killed or outlived its simulation.
type stopped struct{}

// engine is the agenda of future wake-ups over simulated time.
type engine struct {
	now    time.Time // of the happening being processed
	seq    uint64    // breaks ties, so that the order never depends on the heap's shape
	agenda []wakeup  // binary min-heap by (at, seq)
	procs  []*proc   // all there ever were
	idle   []*proc   // those that have ended
}

type wakeup struct {
	at  time.Time
	seq uint64
	p   *proc
}

func (w wakeup) before(v wakeup) bool {
	if w.at.Equal(v.at) {
		return w.seq < v.seq
	}
	return w.at.Before(v.at)
}

// spawn starts body as a process of its own at the given instant.
func (l *life) spawn(at time.Time, k kind, body func(p *proc)) {
	var p *proc
	if n := len(l.idle); n > 0 {
		p, l.idle = l.idle[n-1], l.idle[:n-1]
	} else {
		p = &proc{life: l}
		p.next, p.stop = iter.Pull(p.serve)
		l.procs = append(l.procs, p)
	}
	p.kind, p.body, p.killed = k, body, false
	l.push(at, p)
}

// serve performs one body after the other; in between it yields the zero time.
func (p *proc) serve(yield func(time.Time) bool) {
	p.yield = yield
	for {
		p.perform()
		if !yield(time.Time{}) {
			return
		}
	}
}

func (p *proc) perform() {
	defer func() {
		if r := recover(); r != nil && r != any(stopped{}) {
			panic(r)
		}
	}()
	if !p.killed {
		p.body(p)
	}
}

// sleep lets simulated time pass.
func (p *proc) sleep(d time.Duration) { p.until(p.now.Add(d)) }

// until sleeps to the given instant, or returns at once when it is past. Durable work also waits for a dead orchestrator to come back.
func (p *proc) until(at time.Time) {
	p.wait(at)
	for p.kind == durable && p.now.Before(p.downUntil) {
		p.wait(p.downUntil.Add(p.rng.between(time.Second, 20*time.Second)))
	}
}

func (p *proc) wait(at time.Time) {
	if at.Before(p.now) {
		return
	}
	if !p.yield(at.Truncate(time.Microsecond)) || p.killed {
		panic(stopped{})
	}
}

// run processes everything due up to and including t.
func (l *life) run(ctx context.Context, t time.Time) error {
	for n := 0; len(l.agenda) > 0 && !l.agenda[0].at.After(t); n++ {
		if n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		w := l.pop()
		l.now = w.at
		if at, _ := w.p.next(); at.IsZero() {
			w.p.body = nil
			l.idle = append(l.idle, w.p)
		} else {
			l.push(at, w.p)
		}
		if err := l.err(); err != nil {
			return err
		}
	}
	l.now = t
	return l.err()
}

// killVolatile ends all work that lives only in the orchestrator's memory, leaving its rows as they are. A killed process
// unwinds when its next wake-up comes.
func (l *life) killVolatile() {
	for _, p := range l.procs {
		p.killed = p.killed || p.kind == volatile
	}
}

// stopAll unwinds every process.
func (l *life) stopAll() {
	for _, p := range l.procs {
		p.stop()
	}
	l.procs, l.idle, l.agenda = nil, nil, nil
}

func (l *life) push(at time.Time, p *proc) {
	l.seq++
	l.agenda = append(l.agenda, wakeup{at, l.seq, p})
	h := l.agenda
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h[i].before(h[parent]) {
			break
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

func (l *life) pop() wakeup {
	h := l.agenda
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h[last] = wakeup{}
	h = h[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if h[c].before(h[least]) {
				least = c
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	l.agenda = h
	return top
}
