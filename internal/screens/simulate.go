package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/data/trace"
)

// household is a simulated Donna as the dashboard knows her at the simulated
// present, which stands still.
type household struct {
	snap *data.Snapshot
	life *trace.Trace // of a task
}

// simulate writes a Donna and reads her as the dashboard does.
func simulate(ctx context.Context, o demo.Options) (home *household, err error) {
	sim, err := demo.New(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("simulate Donna: %w", err)
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	clock := sim.Clock()
	logs, err := logfile.New(logfile.Options{Paths: []string{sim.LogPath()}, Clock: clock})
	if err != nil {
		return nil, fmt.Errorf("open simulated log: %w", err)
	}
	hub := data.NewHub(data.HubOptions{Clock: clock, Absent: map[string]string{
		data.SourceLoki: "no Loki: give --loki URL (or LOKI_ADDR)",
	}})
	snap, err := read(ctx, hub, []data.Source{
		sqlite.NewSource(sqlite.Options{Path: sim.DBPath(), Clock: clock}),
		logs,
		donnaconfig.NewSource(donnaconfig.Options{Dir: sim.ConfigDir(), Clock: clock}),
		sim.Containers(),
	})
	if err != nil {
		return nil, err
	}
	now := func() *data.Snapshot { return snap }
	finder := trace.New(trace.Options{
		Clock: clock, DB: sqlite.NewLookup(sim.DBPath()), Logs: []trace.Logs{archive.NewFiles([]string{sim.LogPath()}, nil)}, Snapshot: now,
	})
	life, err := finder.Trace(ctx, eventful(snap.Logs), nil)
	if err != nil {
		return nil, fmt.Errorf("trace a simulated task: %w", err)
	}
	return &household{snap, life}, nil
}

// eventful is the id of a task to which much happened: one that somebody had to be
// reminded of and answered, else any.
func eventful(logs *data.LogView) string {
	id := ""
	for i := logs.Len() - 1; i >= 0; i-- {
		l := logs.At(i)
		if l.TaskID != "" && l.Event == "overdue_reply_handled" {
			return l.TaskID
		}
		if id == "" {
			id = l.TaskID
		}
	}
	return id
}

// read runs the sources until all they have is in the Hub.
func read(ctx context.Context, hub *data.Hub, sources []data.Source) (*data.Snapshot, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(nil)

	news, unsubscribe := hub.Subscribe()
	defer unsubscribe()
	for _, s := range sources {
		hub.SetState(s.Name(), data.SourceState{State: data.StateConnecting})
	}
	hub.Publish() // from here on it is not settled
	running.Go(func() { hub.Run(ctx) })
	for _, s := range sources {
		running.Go(func() {
			if err := s.Run(ctx, hub); err != nil {
				cancel(fmt.Errorf("read %s: %w", s.Name(), err))
			}
		})
	}
	for !hub.Snapshot().Settled() {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-news:
		}
	}
	snap := hub.Publish()
	if !snap.Answered() {
		return nil, fmt.Errorf("read simulated Donna: not every source answered: %+v", snap.Sources)
	}
	engine, err := alert.New(alert.Options{Clock: clockwork.NewFakeClockAt(snap.At)})
	if err != nil {
		return nil, fmt.Errorf("judge simulated Donna: %w", err)
	}
	alerts, _, err := engine.Evaluate(snap)
	if err != nil {
		return nil, fmt.Errorf("judge simulated Donna: %w", err)
	}
	hub.SetAlerts(alerts)
	return hub.Publish(), nil
}
