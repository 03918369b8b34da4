package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jonboulle/clockwork"
)

// Notifier takes messages to one place. Its errors hold no secrets.
type Notifier interface {
	// Send sends as many of the messages, the oldest first, as fit into one
	// request, at least one of them, and says how many went out. An error is a
	// *SendError where the service said more than that it failed.
	Send(ctx context.Context, messages []*Message) (Receipt, error)
}

// Receipt is what a service that took messages said.
type Receipt struct {
	Taken int           // messages that went out
	Pause time.Duration // before the next request
}

// SendError is a failure of which more is known.
type SendError struct {
	Err error
	// Refused says that the service will never take these messages (Taken of the
	// receipt says how many): they are dropped, and others may go out.
	Refused bool
	After   time.Duration // before the next request; 0 if the service didn't say
}

func (e *SendError) Error() string { return e.Err.Error() }

// Unwrap gives the failure itself.
func (e *SendError) Unwrap() error { return e.Err }

// Route is a place messages can go to.
type Route struct {
	Notifier Notifier
	PerDay   int // messages a day at most: the others wait; 0 is no limit
}

const (
	// sendTimeout is how long a service has to answer.
	sendTimeout = 20 * time.Second
	// firstRetry and lastRetry are the shortest and longest waits after a failure.
	firstRetry = 5 * time.Second
	lastRetry  = 15 * time.Minute
	// maxAfter is the longest that a service can make us wait.
	maxAfter = time.Hour
	// messageLife is how long a message is worth sending.
	messageLife = 48 * time.Hour
	// maxOutbox bounds the messages that wait.
	maxOutbox = 500
	// maxBatch is how many messages a request may take at most.
	maxBatch = 10
	day      = 24 * time.Hour
)

// sending keeps sends apart: one at a time for each route.
type sending struct{ mu sync.Mutex }

// tell puts the message of a notice into the outbox, for each of its routes.
func (e *Engine) tell(n *Notice) {
	names := make([]string, len(n.Subjects))
	for i, s := range n.Subjects {
		names[i] = clean(s.Subject)
	}
	e.opts.Log.Info("alert_"+string(n.Kind), "rule", n.Rule, "subjects", names, "severity", string(n.Severity), "at", n.At.UTC().Format(time.RFC3339))
	i := e.rule(n.Rule)
	m := compose(n, e.opts.Location)
	for _, route := range e.rules[i].Routes {
		if _, ok := e.opts.Routes[route]; !ok {
			continue // said once at the start, by whoever configures routes
		}
		if n.Kind == Reminded && !e.opts.Quiet.until(n.At, route, n.Severity).IsZero() {
			continue // a reminder that waits is of no use: the next comes after the quiet hours
		}
		e.state.NextID++
		e.state.Outbox = append(e.state.Outbox, Entry{ID: e.state.NextID, Route: route, Message: m})
		e.dirty = true
	}
	if over := len(e.state.Outbox) - maxOutbox; over > 0 {
		e.opts.Log.Error("alert_messages_dropped", "count", over, "reason", "too many wait to be sent")
		e.state.Outbox = slices.Delete(e.state.Outbox, 0, over)
	}
}

// batch is what is to be sent to a route now.
type batch struct {
	route   string
	to      Route
	entries []Entry
}

// Deliver sends what is due, to all routes side by side, and returns when all
// have answered: when something is due next, zero if nothing waits, and what went
// wrong. Failures are tried again by later calls.
func (e *Engine) Deliver(ctx context.Context) (next time.Time, err error) {
	e.send.mu.Lock()
	defer e.send.mu.Unlock()
	var mu sync.Mutex
	var failures []error
	var running sync.WaitGroup
	for _, b := range e.due() {
		running.Go(func() {
			if err := e.sendTo(ctx, b); err != nil {
				mu.Lock()
				failures = append(failures, err)
				mu.Unlock()
			}
		})
	}
	running.Wait()
	slices.SortFunc(failures, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return e.nextDue(), errors.Join(failures...)
}

// Waiting is how many messages are in the outbox.
func (e *Engine) Waiting() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.state.Outbox)
}

// due drops what is too old or has nowhere to go, and gives what can go out now.
func (e *Engine) due() []batch {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.opts.Clock.Now()
	e.state.Outbox = slices.DeleteFunc(e.state.Outbox, func(m Entry) bool {
		_, known := e.opts.Routes[m.Route]
		old := now.Sub(m.Message.At) > messageLife
		if old || !known {
			e.opts.Log.Error("alert_message_dropped", "route", m.Route, "rule", m.Message.Rule, "kind", string(m.Message.Kind),
				"reason", map[bool]string{true: "too old", false: "no such route any more"}[old])
			e.dirty = true
		}
		return old || !known
	})
	var out []batch
	for name, to := range e.opts.Routes {
		var entries []Entry
		room := maxBatch
		if r := e.state.Routes[name]; r != nil && r.Single {
			room = 1
		}
		if to.PerDay > 0 {
			room = min(room, to.PerDay-e.sentSince(name, now.Add(-day)))
		}
		for _, m := range e.state.Outbox {
			if len(entries) >= room {
				break
			}
			if m.Route == name && !e.dueAt(&m, now).After(now) {
				entries = append(entries, m)
			}
		}
		if len(entries) > 0 {
			out = append(out, batch{name, to, entries})
		}
	}
	return out
}

// dueAt is when the entry may be sent: now or later.
func (e *Engine) dueAt(m *Entry, now time.Time) time.Time {
	at := now
	if r := e.state.Routes[m.Route]; r != nil && r.NextTry.After(at) {
		at = r.NextTry
	}
	if end := e.opts.Quiet.until(at, m.Route, m.Message.Severity); end.After(at) {
		at = end
	}
	return at
}

// sentSince counts what went out to a route, and forgets what is older.
func (e *Engine) sentSince(route string, since time.Time) int {
	r := e.state.Routes[route]
	if r == nil {
		return 0
	}
	r.Sent = slices.DeleteFunc(r.Sent, func(t time.Time) bool { return !t.After(since) })
	return len(r.Sent)
}

// nextDue is when the first of what waits may be sent; zero if nothing waits.
func (e *Engine) nextDue() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.opts.Clock.Now()
	var next time.Time
	for i := range e.state.Outbox {
		m := &e.state.Outbox[i]
		at := e.dueAt(m, now)
		if r, to := e.state.Routes[m.Route], e.opts.Routes[m.Route]; r != nil && to.PerDay > 0 && len(r.Sent) >= to.PerDay {
			if free := r.Sent[0].Add(day); free.After(at) {
				at = free
			}
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// sendTo sends a batch and writes down what became of it.
func (e *Engine) sendTo(ctx context.Context, b batch) error {
	messages := make([]*Message, len(b.entries))
	for i := range b.entries {
		messages[i] = &b.entries[i].Message
	}
	ctx, cancel := clockwork.WithTimeout(ctx, e.opts.Clock, sendTimeout)
	receipt, err := b.to.Notifier.Send(ctx, messages)
	cancel()

	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.opts.Clock.Now()
	r := e.state.Routes[b.route]
	if r == nil {
		r = &RouteState{}
		e.state.Routes[b.route] = r
	}
	e.dirty = true
	var said *SendError
	errors.As(err, &said)
	gone := min(max(receipt.Taken, 1), len(b.entries))
	switch {
	case err == nil:
		r.Tries, r.Problem, r.NextTry = 0, "", now.Add(min(receipt.Pause, maxAfter))
		for range gone {
			r.Sent = append(r.Sent, now)
		}
		if b.to.PerDay == 0 {
			r.Sent = nil
		}
		e.remove(b.entries[:gone])
		r.Single = r.Single && slices.ContainsFunc(e.state.Outbox, func(m Entry) bool { return m.Route == b.route })
		e.opts.Log.Info("alert_sent", "route", b.route, "messages", gone)
	case said != nil && said.Refused && gone > 1:
		// Which of them it won't take is found by sending them one by one.
		r.Single, r.NextTry = true, now.Add(min(said.After, maxAfter))
	case said != nil && said.Refused:
		r.Single = false
		r.Tries, r.Problem, r.NextTry = 0, err.Error(), now.Add(min(said.After, maxAfter))
		e.remove(b.entries[:gone])
		e.opts.Log.Error("alert_message_refused", "route", b.route, "messages", gone, "error", err)
	default:
		r.Tries++
		wait := retryAfter(r.Tries)
		if said != nil {
			wait = max(wait, min(said.After, maxAfter))
		}
		r.Problem, r.NextTry = err.Error(), now.Add(wait)
		e.opts.Log.Warn("alert_send_failed", "route", b.route, "tries", r.Tries, "retry_in_s", wait.Seconds(), "error", err)
	}
	if err != nil {
		err = fmt.Errorf("send to %s: %w", b.route, err)
	}
	return errors.Join(err, e.save())
}

// remove takes entries out of the outbox.
func (e *Engine) remove(entries []Entry) {
	e.state.Outbox = slices.DeleteFunc(e.state.Outbox, func(m Entry) bool {
		return slices.ContainsFunc(entries, func(o Entry) bool { return o.ID == m.ID })
	})
}

// retryAfter is how long to wait after so many failures in a row: doubling, and
// up to 30 % shorter or longer, so that what failed together does not come back
// together.
func retryAfter(tries int) time.Duration {
	b := backoff.ExponentialBackOff{InitialInterval: firstRetry, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: lastRetry}
	var d time.Duration
	for range min(tries, 16) {
		d = b.NextBackOff()
	}
	return d
}
