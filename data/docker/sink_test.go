package docker_test

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// sink hands on what the source reports.
type sink struct {
	data.Sink
	states chan data.SourceState
	views  chan *data.ContainerView
}

func (s *sink) SetState(source string, st data.SourceState) {
	if source == data.SourceDocker {
		s.states <- st
	}
}

func (s *sink) SetContainers(v *data.ContainerView) { s.views <- v }

// watcher runs a source and waits for what it reports.
type watcher struct {
	t     *testing.T
	ctx   context.Context
	sink  *sink
	state data.SourceState
	view  *data.ContainerView
	stop  func() error
}

// watch runs a source until the test ends.
func watch(t *testing.T, opts docker.Options) *watcher {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = clockwork.NewFakeClockAt(start)
	}
	return watchSource(t, docker.NewSource(opts))
}

func watchSource(t *testing.T, source *docker.Source) *watcher {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	w := &watcher{t: t, ctx: ctx, sink: &sink{states: make(chan data.SourceState, 1000), views: make(chan *data.ContainerView, 1000)}}
	done := make(chan error, 1)
	go func() { done <- source.Run(ctx, w.sink) }()
	stopped := false
	w.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return w
}

var start = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)

// until waits until what was reported fulfils a condition.
func (w *watcher) until(what string, ok func() bool) {
	w.t.Helper()
	for !ok() {
		select {
		case w.state = <-w.sink.states:
		case w.view = <-w.sink.views:
		case <-w.ctx.Done():
			w.t.Fatalf("%s: not within %v; the state is %+v and the view %+v", what, patience, w.state, w.view)
		}
	}
}

// untilState waits for a state.
func (w *watcher) untilState(s data.State) data.SourceState {
	w.t.Helper()
	w.until("state "+string(s), func() bool { return w.state.State == s })
	return w.state
}

// untilContainer waits until a container fulfils a condition.
func (w *watcher) untilContainer(name string, ok func(*data.ContainerStatus) bool) data.ContainerStatus {
	w.t.Helper()
	w.until("container "+name, func() bool { c := w.container(name); return c != nil && ok(c) })
	return *w.container(name)
}

// container is one of the newest view, nil if there is none of that name.
func (w *watcher) container(name string) *data.ContainerStatus {
	if w.view == nil {
		return nil
	}
	for i := range w.view.Containers {
		if w.view.Containers[i].Name == name {
			return &w.view.Containers[i]
		}
	}
	return nil
}
