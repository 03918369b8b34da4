package docker

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/jonboulle/clockwork"
	apitypes "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/donna-project/donnatop/data"
)

// atOnce is how many requests of one kind are under way at the same time.
const atOnce = 4

// A session is one connection's worth of watching.
type session struct {
	*Source
	api        *client.Client
	sampling   clockwork.Timer
	sampled    time.Time // when the newest round of samples began
	nextSample time.Time // when sampling fires; zero while a round is under way
}

// session connects and watches until something fails or ctx ends. Containers
// live in the goroutine that calls it; only the requests of a round of samples,
// which may take seconds, run beside it.
func (s *Source) session(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	api, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer api.Close()
	w := &session{Source: s, api: api, nextSample: s.opts.Clock.Now()}

	// The stream first, then the list: what happens in between is in the stream.
	stream, err := w.follow(ctx)
	if err != nil {
		return err
	}
	resync := s.opts.Clock.NewTicker(resyncEvery)
	defer resync.Stop()
	w.sampling = s.opts.Clock.NewTimer(0)
	defer w.sampling.Stop()
	if err := w.resync(ctx); err != nil {
		return err
	}

	var round sync.WaitGroup
	defer round.Wait()
	defer cancel() // before the wait: it ends the requests
	samples := make(chan []sample, 1)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-stream.Err:
			return fmt.Errorf("read events: %w", err)
		case m := <-stream.Messages:
			w.refresh(ctx, w.touched(m, stream.Messages))
		case <-resync.Chan():
			if err := w.resync(ctx); err != nil {
				return err
			}
		case <-w.sampling.Chan():
			w.sampled, w.nextSample = w.opts.Clock.Now(), time.Time{}
			ids := w.runningIDs()
			round.Go(func() { samples <- w.takeSamples(ctx, ids) })
		case all := <-samples:
			for _, n := range all {
				w.add(n)
			}
			w.sampleIn(w.untilNext())
			if len(all) > 0 {
				w.publish()
			}
		}
	}
}

// follow opens the event stream, filtered by the engine: a health check alone
// makes three further events every time it runs.
func (w *session) follow(ctx context.Context) (client.EventsResult, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := w.opts.Clock.AfterFunc(requestTimeout, func() { cancel(context.DeadlineExceeded) })
	stream := w.api.Events(ctx, client.EventsListOptions{Filters: client.Filters{}.
		Add("type", string(events.ContainerEventType)).
		Add("event", "create", "start", "restart", "stop", "kill", "die", "oom", "pause", "unpause", "rename", "update", "destroy", "health_status"),
	}) // returns as soon as the engine has answered
	if !timer.Stop() {
		return stream, context.Cause(ctx)
	}
	return stream, nil
}

// touched gathers the containers of m and of whatever else waits in the stream,
// without those that are not watched.
func (w *session) touched(m events.Message, stream <-chan events.Message) []string {
	var ids []string
	for {
		if w.containers[m.Actor.ID] != nil || w.watches(m.Actor.Attributes["name"]) {
			ids = append(ids, m.Actor.ID)
		}
		select {
		case m = <-stream:
		default:
			slices.Sort(ids)
			return slices.Compact(ids)
		}
	}
}

// resync reads everything anew.
func (w *session) resync(ctx context.Context) error {
	list, err := w.list(ctx)
	if err != nil {
		return fmt.Errorf("list containers: %w", err)
	}
	list = slices.DeleteFunc(list, func(c apitypes.Summary) bool { return !w.watches(ownName(c.Names)) })
	there := make(map[string]bool, len(list))
	answers := w.inspect(ctx, ids(list))
	for i := range list {
		there[list[i].ID] = true
		switch err := answers[i].err; {
		case err == nil:
			w.take(answers[i].status)
		case errdefs.IsNotFound(err):
			there[list[i].ID] = false
		default:
			var before data.ContainerStatus
			if c := w.containers[list[i].ID]; c != nil {
				before = c.status
			}
			w.take(listed(before, &list[i], err))
		}
	}
	maps.DeleteFunc(w.containers, func(id string, _ *container) bool { return !there[id] })
	w.asOf = w.opts.Clock.Now()
	w.publish()
	return nil
}

func ids(list []apitypes.Summary) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].ID
	}
	return out
}

// refresh reads the containers of some events anew. What can't be read stays as
// it was until the next full look.
func (w *session) refresh(ctx context.Context, ids []string) {
	if len(ids) == 0 {
		return
	}
	for i, a := range w.inspect(ctx, ids) {
		c := w.containers[ids[i]]
		switch {
		case errdefs.IsNotFound(a.err):
			delete(w.containers, ids[i])
		case a.err == nil:
			w.take(a.status)
		case c != nil:
			c.status.Problem = inspectFailed(a.err)
			continue
		default:
			continue
		}
		w.asOf = w.opts.Clock.Now()
	}
	w.publish()
}

// take takes over a container's status if it is one to watch. Of one that has
// just started a sample is due soon.
func (w *session) take(status data.ContainerStatus) {
	if !w.watches(status.Name) {
		delete(w.containers, status.ID) // renamed
		return
	}
	w.update(status)
	if w.containers[status.ID].unsampled() && w.nextSample.After(w.opts.Clock.Now().Add(sampleSecond)) {
		w.sampleIn(sampleSecond)
	}
}

// list lists all containers: names are filtered here, as engines differ in how
// they take a pattern.
func (w *session) list(ctx context.Context) ([]apitypes.Summary, error) {
	ctx, cancel := w.timeLimit(ctx)
	defer cancel()
	r, err := w.api.ContainerList(ctx, client.ContainerListOptions{All: true})
	return r.Items, err
}

// answer is one container's inspection.
type answer struct {
	status data.ContainerStatus
	err    error
}

// inspect inspects containers, some at a time, and answers in their order.
func (w *session) inspect(ctx context.Context, ids []string) []answer {
	return each(ids, func(id string) answer {
		ctx, cancel := w.timeLimit(ctx)
		defer cancel()
		r, err := w.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil {
			return answer{err: err}
		}
		return answer{status: inspected(&r.Container)}
	})
}

// takeSamples samples containers likewise.
func (w *session) takeSamples(ctx context.Context, ids []string) []sample {
	return each(ids, func(id string) sample {
		ctx, cancel := w.timeLimit(ctx)
		defer cancel()
		return takeSample(ctx, w.api, id)
	})
}

// each asks for every id, atOnce at the same time, and answers in their order.
func each[T any](ids []string, ask func(id string) T) []T {
	out := make([]T, len(ids))
	slots := make(chan struct{}, atOnce)
	var asking sync.WaitGroup
	for i, id := range ids {
		slots <- struct{}{}
		asking.Go(func() {
			out[i] = ask(id)
			<-slots
		})
	}
	asking.Wait()
	return out
}

func (w *session) runningIDs() []string {
	var ids []string
	for id, c := range w.containers {
		if running(&c.status) {
			ids = append(ids, id)
		}
	}
	return ids
}

// incomplete tells whether a container has no CPU figure for want of a sample.
func (w *session) incomplete() bool {
	for _, c := range w.containers {
		if c.unsampled() || c.last != nil && c.status.CPUPct == nil {
			return true
		}
	}
	return false
}

// untilNext is the time to the next round of samples. It counts from the begin of
// the newest, as older engines take up to a second for one.
func (w *session) untilNext() time.Duration {
	every := sampleEvery
	if w.incomplete() {
		every = sampleSecond
	}
	return max(0, w.sampled.Add(every).Sub(w.opts.Clock.Now()))
}

func (w *session) sampleIn(d time.Duration) {
	w.nextSample = w.opts.Clock.Now().Add(d)
	w.sampling.Reset(d)
}

// publish reports all containers as they are now.
func (w *session) publish() {
	all := make([]data.ContainerStatus, 0, len(w.containers)+len(w.opts.Extra))
	there := make(map[string]bool)
	for _, c := range w.containers {
		st := c.status
		st.Problem = cmp.Or(st.Problem, c.sampleProblem)
		all = append(all, st)
		there[st.Name] = true
	}
	for _, name := range w.opts.Extra {
		if !there[name] {
			there[name] = true // it may be named twice
			all = append(all, data.ContainerStatus{Name: name})
		}
	}
	slices.SortFunc(all, func(a, b data.ContainerStatus) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	w.loaded = w.loaded || !w.incomplete()
	w.sink.SetContainers(&data.ContainerView{At: w.asOf, Containers: all})
	w.sink.SetState(data.SourceDocker, data.SourceState{State: data.StateLive, AsOf: w.asOf, Loaded: w.loaded})
}
