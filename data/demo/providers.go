package demo

import "time"

// A provider is Anthropic's API or the local Ollama, with its troubles.
type provider struct {
	name       string
	module     string // that its client's exceptions come from
	down       outage
	overloaded outage  // answers come late, and many calls need a retry
	slowness   float64 // of answers while overloaded
	errorType  string  // of failures now
	fellBack   bool    // Donna routes around it
}

func newProvider(name, module string) *provider {
	return &provider{name: name, module: module, slowness: 2.4, errorType: "APITimeoutError"}
}

// failing draws whether the next attempt fails.
func (p *provider) failing(now time.Time, r *rng) bool {
	switch {
	case p.down.on(now):
		return true
	case p.overloaded.on(now):
		return r.chance(0.55)
	}
	return r.chance(0.004)
}

func (p *provider) slow(now time.Time) float64 {
	if p.overloaded.on(now) {
		return p.slowness
	}
	return 1
}

// A router is one of Donna's model routers with its circuit breakers, one per provider. Their lines do not say which.
type router map[string]*breaker

func newRouter(l *life) router {
	return router{l.anthropic.name: {life: l}, l.ollama.name: {life: l}}
}

// The breaker opens at five failures within ten minutes and lets a test through after five more.
const (
	breakerWindow    = 10 * time.Minute
	breakerThreshold = 5
	breakerRest      = 5 * time.Minute
)

type breaker struct {
	*life
	state    string // "" is closed
	failures []time.Time
	opened   time.Time
}

const (
	stateOpen     = "open"
	stateHalfOpen = "half_open"
)

// allows reports whether a call may go out now, turning an open breaker that has rested into a half-open one.
func (b *breaker) allows() bool {
	if b.state != stateOpen {
		return true
	}
	elapsed := b.now.Sub(b.opened)
	if elapsed < breakerRest {
		return false
	}
	b.state = stateHalfOpen
	b.info("circuit_breaker_half_open", "elapsed_s", float64(elapsed.Milliseconds())/1000)
	return true
}

func (b *breaker) fail() {
	recent := b.failures[:0]
	for _, t := range b.failures {
		if b.now.Sub(t) < breakerWindow {
			recent = append(recent, t)
		}
	}
	b.failures = append(recent, b.now)
	if b.state == stateHalfOpen || len(b.failures) >= breakerThreshold {
		b.state, b.opened = stateOpen, b.now
		b.critical("circuit_breaker_opened", "failure_count", len(b.failures), "window_s", breakerWindow.Seconds())
	}
}

func (b *breaker) succeed() {
	if b.state != "" {
		b.info("circuit_breaker_closed", "previous_state", b.state)
	}
	b.state, b.failures = "", b.failures[:0]
}

// reset is what a restart does: the state is gone without a line.
func (r router) reset() {
	for _, b := range r {
		b.state, b.failures = "", nil
	}
}
