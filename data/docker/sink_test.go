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

// watcher runs a source and waits for what it reports.
type watcher struct {
	data.Sink
	t       *testing.T
	ctx     context.Context
	reports chan func() // each changes state or view, in order
	state   data.SourceState
	view    *data.ContainerView
	stop    func() error
}

func (w *watcher) SetState(source string, st data.SourceState) {
	if source == data.SourceDocker {
		w.reports <- func() { w.state = st }
	}
}

func (w *watcher) SetContainers(v *data.ContainerView) { w.reports <- func() { w.view = v } }

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
	w := &watcher{t: t, ctx: ctx, reports: make(chan func(), 1000)}
	done := make(chan error, 1)
	go func() { done <- source.Run(ctx, w) }()
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
		case report := <-w.reports:
			report()
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
