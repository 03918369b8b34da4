package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// recorder takes in the place of a Hub what sources read, and keeps the lines that
// alerts are judged by.
type recorder struct {
	until time.Time // what is later is not kept

	mu     sync.Mutex
	lines  []logline.Entry // in order of time once record has returned
	config *data.Config
	states map[string]data.SourceState
}

var _ data.Sink = (*recorder)(nil)

func newRecorder(until time.Time) *recorder {
	return &recorder{until: until, states: make(map[string]data.SourceState)}
}

// SetState implements [data.Sink].
func (r *recorder) SetState(source string, s data.SourceState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.states[source] = s
}

// AppendLines implements [data.Sink].
func (r *recorder) AppendLines(batch []logline.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range batch {
		e := &batch[i]
		if e.Time.After(r.until) || !judgedBy(e) {
			continue
		}
		var own logline.Entry // with no part of the batch's text
		logline.Parse(&own, strings.Clone(e.Raw), e.Transport, e.Time)
		own.Labels, own.Service, own.Time = e.Labels, strings.Clone(e.Service), e.Time
		r.lines = append(r.lines, own)
	}
}

// AppendHistory implements [data.Sink].
func (r *recorder) AppendHistory(batch []logline.Entry) { r.AppendLines(batch) }

// SetDB implements [data.Sink]; the database is read otherwise.
func (r *recorder) SetDB(*data.DB) {}

// SetConfig implements [data.Sink].
func (r *recorder) SetConfig(c data.Config) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.config = &c
}

// judgedBy tells whether a rule asks for such lines.
func judgedBy(e *logline.Entry) bool {
	if e.Level == "error" || e.Level == "critical" {
		return true
	}
	fact, op := events.Tell(e)
	switch fact {
	case events.BreakerOpened, events.BreakerHalfOpen, events.BreakerClosed, events.ProcessStarted, events.HealthChecked, events.SupabaseFailed:
		return true
	}
	return op == events.OpSupabasePush
}

// record runs the sources until each has read all it has, or failed.
func (r *recorder) record(ctx context.Context, clock clockwork.Clock, sources []data.Source, wait time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	failed := make([]error, len(sources))
	for i, s := range sources {
		running.Go(func() { failed[i] = s.Run(ctx, r) })
	}
	defer running.Wait()
	defer cancel()
	poll := clock.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	deadline := clock.After(wait)
	for !r.complete(sources) {
		select {
		case <-ctx.Done():
			return errors.New("interrupted")
		case <-deadline:
			return fmt.Errorf("not everything could be read within --wait %v: %s", wait, r.account(sources))
		case <-poll.Chan():
		}
	}
	cancel()
	running.Wait()
	if text := r.account(sources); text != "" {
		return fmt.Errorf("read the past: %s", text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortStableFunc(r.lines, byTime)
	return errors.Join(failed...)
}

// complete tells whether nothing more is to come.
func (r *recorder) complete(sources []data.Source) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sources {
		st := r.states[s.Name()]
		if !st.Loaded && (st.State != data.StateFailed || st.Transient) {
			return false
		}
	}
	return true
}

// account says of the sources that are not live how they are.
func (r *recorder) account(sources []data.Source) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, s := range sources {
		if st := r.states[s.Name()]; st.State != data.StateLive || !st.Loaded {
			out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s: %s", s.Name(), st.State, st.Detail), ": "))
		}
	}
	return strings.Join(out, "; ")
}
