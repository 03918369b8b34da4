package data

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/logline"
)

// HubOptions sets up a Hub. Zero values mean the defaults named.
type HubOptions struct {
	Clock clockwork.Clock // required
	// Batch is how long changes are gathered before they are published; 100 ms.
	Batch time.Duration
	// Refresh is how often figures move on with the clock when nothing arrives; 5 s.
	Refresh time.Duration
	// RingLines and RingBytes bound the live log; 50,000 lines and 32 MiB.
	RingLines, RingBytes int
	// Absent says of each source that isn't configured how to configure it. Unless it
	// names Loki or the files, a line that both have is one.
	Absent map[string]string
}

// Hub owns everything that changes: it takes what sources report and publishes
// immutable Snapshots. One Hub serves any number of sessions.
//
// Publishing is lossy by design: a subscriber learns that there is something
// new, not what; it then takes the newest Snapshot and may never see those in
// between. The lines themselves are all in the Snapshot's log, up to its bound,
// and everything that had to make room is counted.
type Hub struct {
	clock          clockwork.Clock
	batch, refresh time.Duration

	mu      sync.Mutex
	states  map[string]SourceState
	db      *DB
	config  Config
	ring    *ring
	counts  *eventCounts
	facts   *factStore
	errors  *errorStore
	version uint64

	// Of two log sources, what lines they have given: to be counted, and to be seen.
	// Loki also gives lines only to be counted. nil with one source.
	counted, shown *logline.Repeats

	containers *ContainerView
	host       *HostView
	alerts     []Alert

	dirty bool
	wake  chan struct{} // one waiting signal: something became dirty

	current atomic.Pointer[Snapshot]

	subsMu sync.Mutex
	subs   map[chan struct{}]struct{}
}

var _ Sink = (*Hub)(nil)

const (
	ringLines = 50_000
	// countedLines is how many lines are remembered at least, where there are two log
	// sources, for the other one to have them too: an hour of 70 lines/s, in 30 MB at most.
	countedLines = 1 << 18
)

// NewHub is a Hub that knows nothing yet. Its first Snapshot is there at once.
func NewHub(o HubOptions) *Hub {
	h := &Hub{
		clock: o.Clock, batch: or(o.Batch, 100*time.Millisecond), refresh: or(o.Refresh, 5*time.Second),
		states: make(map[string]SourceState),
		config: DefaultConfig(),
		ring:   newRing(or(o.RingLines, ringLines), or(o.RingBytes, 32<<20)),
		counts: newEventCounts(),
		facts:  newFactStore(),
		errors: newErrorStore(),
		wake:   make(chan struct{}, 1),
		subs:   make(map[chan struct{}]struct{}),
	}
	for name, how := range o.Absent {
		h.states[name] = SourceState{State: StateAbsent, Detail: how}
	}
	_, noLoki := o.Absent[SourceLoki]
	_, noFiles := o.Absent[SourceFiles]
	if !noLoki && !noFiles {
		h.counted, h.shown = logline.NewRepeats(countedLines), logline.NewRepeats(or(o.RingLines, ringLines))
	}
	h.Publish()
	return h
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// SetState implements [Sink]. That a source is good as of a later instant is no news:
// it is seen with whatever is published next.
func (h *Hub) SetState(source string, s SourceState) {
	h.mu.Lock()
	old, known := h.states[source]
	if known && s.Since.IsZero() && old.State == s.State {
		s.Since = old.Since
	}
	if s.Since.IsZero() {
		s.Since = h.clock.Now()
	}
	h.states[source] = s
	h.mu.Unlock()
	if !known || !old.sameButAge(s) {
		h.change(func() {})
	}
}

// AppendLines implements [Sink].
func (h *Hub) AppendLines(batch []logline.Entry) {
	if len(batch) == 0 {
		return
	}
	h.change(func() {
		h.count(batch)
		if h.shown != nil {
			batch = slices.DeleteFunc(batch, func(e logline.Entry) bool { return h.shown.Seen(inputOf(&e), &e) })
		}
		h.ring.add(batch)
	})
}

// count adds the lines to the figures, but for those that the other source has given.
func (h *Hub) count(batch []logline.Entry) {
	now := h.clock.Now()
	for i := range batch {
		e := &batch[i]
		if h.counted != nil && h.counted.Seen(inputOf(e), e) {
			continue
		}
		h.counts.add(e, now)
		h.facts.add(e, now)
		h.errors.add(e, now)
	}
}

// inputOf numbers the log sources.
func inputOf(e *logline.Entry) int {
	if e.Source == logline.SourceLoki {
		return 0
	}
	return 1
}

// AppendHistory implements [Sink].
func (h *Hub) AppendHistory(batch []logline.Entry) {
	if len(batch) == 0 {
		return
	}
	h.change(func() { h.count(batch) })
}

// SetDB implements [Sink]. The first rows are published at once: somebody has just
// started the program and waits for them.
func (h *Hub) SetDB(v *DB) {
	var first bool
	h.change(func() {
		first = h.db == nil
		h.db = v
	})
	if first {
		h.Publish()
	}
}

// SetConfig implements [Sink].
func (h *Hub) SetConfig(c Config) { h.change(func() { h.config = c }) }

// SetContainers replaces what the Docker engine says.
func (h *Hub) SetContainers(v *ContainerView) { h.change(func() { h.containers = v }) }

// SetHost replaces what the machine's file systems say.
func (h *Hub) SetHost(v *HostView) { h.change(func() { h.host = v }) }

// SetAlerts replaces how the alert rules were judged. The Hub owns the slice from
// then on. Only what a rule's state is makes news: its value moves with the clock,
// and is seen with whatever is published next.
func (h *Hub) SetAlerts(v []Alert) {
	h.mu.Lock()
	news := !slices.EqualFunc(h.alerts, v, func(a, b Alert) bool {
		return a.Rule == b.Rule && a.State == b.State && a.Acknowledged == b.Acknowledged && sameInstant(a.Since, b.Since)
	})
	h.alerts = v
	h.mu.Unlock()
	if news {
		h.change(func() {})
	}
}

func sameInstant(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

func (h *Hub) change(f func()) {
	h.mu.Lock()
	f()
	h.dirty = true
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Publish makes a Snapshot of what is known now, whether or not anything
// changed, and tells the subscribers.
func (h *Hub) Publish() *Snapshot {
	h.mu.Lock()
	now := h.clock.Now().UTC()
	h.version++
	h.dirty = false
	h.counts.trim(now)
	h.facts.trim(now)
	s := newSnapshot(Snapshot{
		Version: h.version, At: now, Sources: maps.Clone(h.states),
		DB: h.db, Config: h.config, Logs: h.ring.view(), Counts: h.counts.view(), Facts: h.facts.view(), Errors: h.errors.view(now),
		Containers: h.containers, Host: h.host, Alerts: h.alerts,
	})
	h.current.Store(s)
	h.mu.Unlock()

	h.subsMu.Lock()
	defer h.subsMu.Unlock()
	for ch := range h.subs {
		select {
		case ch <- struct{}{}:
		default: // it has not looked since the last time: one signal is enough
		}
	}
	return s
}

// Snapshot is the newest published.
func (h *Hub) Snapshot() *Snapshot { return h.current.Load() }

// Subscribe gives a channel that receives whenever a new Snapshot is there, and
// a function that ends the subscription.
func (h *Hub) Subscribe() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	h.subsMu.Lock()
	h.subs[ch] = struct{}{}
	h.subsMu.Unlock()
	return ch, func() {
		h.subsMu.Lock()
		delete(h.subs, ch)
		h.subsMu.Unlock()
	}
}

// Run publishes until ctx ends: what changed within a batch at once, and the
// same data at a later clock when nothing was published for a refresh.
func (h *Hub) Run(ctx context.Context) {
	refresh := h.clock.NewTicker(h.refresh)
	defer refresh.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-refresh.Chan():
		case <-h.wake:
			batch := h.clock.NewTimer(h.batch)
			select {
			case <-ctx.Done():
				batch.Stop()
				return
			case <-batch.Chan():
			}
			h.mu.Lock()
			dirty := h.dirty
			h.mu.Unlock()
			if !dirty {
				continue // a refresh or a caller has published it meanwhile
			}
			refresh.Reset(h.refresh)
		}
		h.Publish()
	}
}
