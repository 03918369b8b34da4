package soak

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/serve"
	"github.com/donna-project/donnatop/ui/serve/authkeys"
)

const selector = `{container_name=~"donna-.+"}`

// inputs are what a donnatop reads.
type inputs struct {
	clock    *clock
	db       string
	config   string
	loki     string // address
	cacheDir string
	log      *slog.Logger
}

// system is a donnatop at work: a Hub, its sources and the alert rules.
type system struct {
	hub     *data.Hub
	ledger  *ledger
	client  *loki.Client
	stop    context.CancelFunc
	running sync.WaitGroup
}

func start(t *testing.T, in inputs, lines *stream) *system {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &system{hub: data.NewHub(data.HubOptions{Clock: in.clock}), stop: stop}
	s.ledger = &ledger{Sink: s.hub, lines: lines}
	var err error
	if s.client, err = loki.NewClient(loki.Config{Addr: "http://" + in.loki, Clock: in.clock}); err != nil {
		t.Fatal(err)
	}
	engine, err := alert.New(alert.Options{Clock: in.clock, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	s.running.Go(func() { s.hub.Run(ctx) })
	s.running.Go(func() {
		for pause(ctx, 2*time.Second) {
			judged, _, _ := engine.Evaluate(s.hub.Snapshot())
			s.hub.SetAlerts(judged)
		}
	})
	sources := []data.Source{
		sqlite.NewSource(sqlite.Options{Path: in.db, Clock: in.clock, CacheDir: in.cacheDir, Log: in.log}),
		loki.NewSource(s.client, loki.SourceOptions{
			Selector: selector, Recent: time.Hour, History: data.Horizon, HistoryFilter: events.HistoryFilter(), Tail: true,
		}),
		donnaconfig.NewSource(donnaconfig.Options{Dir: in.config, Clock: in.clock, Poll: time.Second}),
	}
	for _, source := range sources {
		s.hub.SetState(source.Name(), data.SourceState{State: data.StateConnecting})
	}
	s.hub.Publish() // whoever waits for them must see that there are some
	for _, source := range sources {
		s.running.Go(func() {
			if err := source.Run(ctx, s.ledger); err != nil {
				t.Errorf("source %s gave up: %v", source.Name(), err)
			}
		})
	}
	return s
}

// end stops everything and waits for it.
func (s *system) end() {
	s.stop()
	s.running.Wait()
	s.client.Close()
}

// ledger notes which lines pass to the Hub, and how often.
type ledger struct {
	data.Sink
	lines *stream

	mu      sync.Mutex
	seen    []uint64 // a bit for each line
	n       int64
	doubled int64
	foreign int64 // lines that nobody printed
}

func (l *ledger) AppendLines(batch []logline.Entry) {
	l.note(batch)
	l.Sink.AppendLines(batch)
}

func (l *ledger) AppendHistory(batch []logline.Entry) {
	l.note(batch)
	l.Sink.AppendHistory(batch)
}

func (l *ledger) note(batch []logline.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range batch {
		n, ok := l.lines.indexOf(batch[i].Transport)
		if !ok {
			l.foreign++
			continue
		}
		for int(n/64) >= len(l.seen) {
			l.seen = append(l.seen, 0)
		}
		if l.seen[n/64]&(1<<(n%64)) != 0 {
			l.doubled++
			continue
		}
		l.seen[n/64] |= 1 << (n % 64)
		l.n++
	}
}

// missing are some of the first n lines that have not come, and how many in all.
func (l *ledger) missing(n int64) (some []int64, all int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range n {
		if int(i/64) < len(l.seen) && l.seen[i/64]&(1<<(i%64)) != 0 {
			continue
		}
		if all++; len(some) < 5 {
			some = append(some, i)
		}
	}
	return some, all
}

// counts are how many lines came, how many of them twice, and how many that nobody printed.
func (l *ledger) counts() (n, doubled, foreign int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n, l.doubled, l.foreign
}

// door is the SSH server of a system.
type door struct {
	*serve.Server
	address string
	close   func() error
}

func open(t *testing.T, s *system, in inputs, visitor gossh.PublicKey) *door {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "authorized_keys")
	write(t, file, string(gossh.MarshalAuthorizedKey(visitor)))
	hostKey, _, err := serve.HostKey(filepath.Join(dir, "state", "host_key"))
	if err != nil {
		t.Fatal(err)
	}
	lookup, search := sqlite.NewLookup(in.db), loki.NewSearch(s.client, selector)
	server, err := serve.New(serve.Options{
		Screen: ui.Options{
			Hub: s.hub, Clock: in.clock,
			Tracer:  trace.New(trace.Options{Clock: in.clock, Snapshot: s.hub.Snapshot, DB: lookup, Logs: []trace.Logs{search}}),
			Archive: archive.New(archive.Options{Clock: in.clock, Snapshot: s.hub.Snapshot, DB: lookup, Logs: []archive.Source{search}}),
		},
		Keys: authkeys.NewFile(file, time.UTC), HostKey: hostKey, Limits: serve.DefaultLimits, Clock: in.clock, Log: in.log,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	return &door{Server: server, address: listener.Addr().String(), close: func() error {
		cancel()
		if err := <-done; err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	}}
}
