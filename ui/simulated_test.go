package ui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/sqlite"
)

// fixedHub shows one snapshot for ever.
type fixedHub struct{ snapshot *data.Snapshot }

func (h fixedHub) Snapshot() *data.Snapshot { return h.snapshot }

func (h fixedHub) Subscribe() (<-chan struct{}, func()) { return make(chan struct{}), func() {} }

// simulatedHistory is how much of a simulated life is read: all that the windows
// need, and a little more.
const simulatedHistory = 31 * 24 * time.Hour

// simulation is a Hub that has read a simulated Donna's database, log and
// configuration at a fixed moment, once for all tests.
var simulation = sync.OnceValues(func() (life *simulatedLife, err error) {
	dir, err := os.MkdirTemp("", "donnatop-ui-test-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if removed := os.RemoveAll(dir); err == nil {
			err = removed
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	clock := clockwork.NewFakeClockAt(testNow)
	sim, err := demo.New(ctx, demo.Options{Dir: dir, Seed: 3, Start: testNow, History: simulatedHistory, CallsPerDay: 900, Clock: clock})
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := sim.Close(); err == nil {
			err = closed
		}
	}()
	logs, err := logfile.New(logfile.Options{Paths: []string{sim.LogPath()}, Clock: clock, Follow: true})
	if err != nil {
		return nil, err
	}
	hub := data.NewHub(data.HubOptions{Clock: clock, Absent: map[string]string{data.SourceLoki: "no Loki: give --loki URL"}})
	sink := noticing{hub, make(chan struct{}, 1)}
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	sources := []data.Source{
		sqlite.NewSource(sqlite.Options{Path: sim.DBPath(), Clock: clock}),
		logs,
		donnaconfig.NewSource(donnaconfig.Options{Dir: sim.ConfigDir(), Clock: clock}),
		sim.Containers(),
	}
	ended := make(chan error, len(sources))
	for _, s := range sources {
		hub.SetState(s.Name(), data.SourceState{State: data.StateConnecting})
		running.Go(func() {
			ended <- fmt.Errorf("source %s ended: %w", s.Name(), cmp.Or(s.Run(ctx, sink), ctx.Err(), io.EOF))
		})
	}
	hub.SetHost(sampleHost())
	hub.SetState(data.SourceHost, data.SourceState{State: data.StateLive, Loaded: true, AsOf: testNow})
	patience := clockwork.NewRealClock().After(time.Minute)
	for !hub.Publish().Settled() {
		select {
		case <-sink.news:
		case err := <-ended:
			return nil, err
		case <-patience:
			return nil, fmt.Errorf("the sources have not settled: %v", hub.Snapshot().Sources)
		}
	}
	if err := judge(hub); err != nil {
		return nil, err
	}
	archive, err := rememberRows(ctx, sqlite.NewLookup(sim.DBPath()))
	return &simulatedLife{hub, archive}, err
})

// simulatedLife is what is left of a simulation once its files are gone.
type simulatedLife struct {
	hub     *data.Hub
	archive *rowArchive
}

// judge lets the default rules judge what the hub knows.
func judge(hub *data.Hub) error {
	engine, err := alert.New(alert.Options{Clock: clockwork.NewFakeClockAt(testNow)})
	if err != nil {
		return err
	}
	alerts, _, err := engine.Evaluate(hub.Snapshot())
	hub.SetAlerts(alerts)
	hub.Publish()
	return err
}

// noticing is a sink that tells when the state of a source has changed.
type noticing struct {
	*data.Hub
	news chan struct{}
}

func (n noticing) SetState(source string, s data.SourceState) {
	n.Hub.SetState(source, s)
	select {
	case n.news <- struct{}{}:
	default:
	}
}

// simulatedHub is the simulation's Hub.
func simulatedHub(t testing.TB) *data.Hub {
	t.Helper()
	life, err := simulation()
	if err != nil {
		t.Fatal(err)
	}
	return life.hub
}

// simulated opens a session on the simulation as it was read. Nothing more comes in.
func simulated(t testing.TB) func(clock *clockwork.FakeClock) Options {
	hub := fixedHub{simulatedHub(t).Snapshot()}
	hub.snapshot.Figures() // once for all sessions
	life, err := simulation()
	if err != nil {
		t.Fatal(err)
	}
	return func(*clockwork.FakeClock) Options {
		return Options{Hub: hub, Title: "demo seed 3", Version: "1.2.3", Archive: life.archive}
	}
}
