package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/host"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/data/sqlite"
)

// How to configure each source, shown where it is missing.
var absent = map[string]string{
	data.SourceDB:     "no database: give --db PATH (or DONNA_DB_PATH)",
	data.SourceLoki:   "no Loki: give --loki URL (or LOKI_ADDR)",
	data.SourceFiles:  "no log files: give --logs FILE",
	data.SourceDocker: "no Docker engine: give --docker HOST (or DOCKER_HOST)",
	data.SourceHost:   "no host data: give --data-path DIR (or DONNA_DATA_PATH)",
	data.SourceConfig: "Donna's defaults hold: give --donna-config DIR (or DONNA_CONFIG_DIR)",
}

// dockerOff in place of an engine's address means to ask none, not even a local one.
const dockerOff = "off"

// recentLogs is how much of the past the live log begins with.
const recentLogs = time.Hour

// sourceMode is what differs between a live reading and a single one.
type sourceMode struct {
	clock clockwork.Clock
	once  bool      // read what is there and stop following
	until time.Time // of a single reading; zero otherwise
}

// sources makes the sources the options name. Having none is a usage error.
func (o *options) sources(e *env, m sourceMode) ([]data.Source, error) {
	var all []data.Source
	if o.db != "" {
		path, err := databasePath(o.db)
		if err != nil {
			return nil, err
		}
		all = append(all, sqlite.NewSource(sqlite.Options{Path: path, Clock: m.clock, Poll: o.refresh, CacheDir: o.cacheDir(m)}))
	}
	if o.loki != "" {
		s, err := o.lokiSource(m)
		if err != nil {
			return nil, usageError{err}
		}
		all = append(all, s)
	}
	if len(o.logs) > 0 {
		s, err := logfile.New(logfile.Options{Paths: o.logs, Stdin: e.stdin, Clock: m.clock, Follow: !m.once})
		if err != nil {
			return nil, usageError{err}
		}
		all = append(all, s)
	}
	if o.dataPath != "" {
		all = append(all, host.NewSource(host.Options{DataPath: o.dataPath, Clock: m.clock}))
	}
	if o.docker != "" && o.docker != dockerOff {
		all = append(all, docker.NewSource(docker.Options{Host: o.docker, CertPath: o.dockerCerts, Clock: m.clock}))
	}
	if len(all) == 0 {
		return nil, usagef("nothing to show: give --db PATH, --loki URL or --logs FILE, or see a simulated Donna with 'donnatop demo'")
	}
	// The engine's usual socket counts as given if it is there, but is not alone
	// what anybody means by a dashboard.
	if _, err := os.Stat(docker.DefaultSocket); o.docker == "" && err == nil {
		all = append(all, docker.NewSource(docker.Options{CertPath: o.dockerCerts, Clock: m.clock}))
	}
	if o.donnaConfig != "" {
		all = append(all, donnaconfig.NewSource(donnaconfig.Options{Dir: o.donnaConfig, Clock: m.clock}))
	}
	return all, nil
}

// cacheDir is where the rollup of the database is kept between runs; "" if
// nowhere: not with a clock set by hand, whose hours may be any.
func (o *options) cacheDir(m sourceMode) string {
	dir, err := os.UserCacheDir()
	if _, byHand := m.clock.(fixedClock); byHand || err != nil || o.noCache {
		return ""
	}
	return filepath.Join(dir, "donnatop")
}

// databasePath takes the path out of a file: DSN. Its parameters are refused
// rather than ignored: how the file is opened is what keeps Donna's writer safe.
func databasePath(db string) (string, error) {
	path, isDSN := strings.CutPrefix(db, "file:")
	if !isDSN {
		return db, nil
	}
	path, params, _ := strings.Cut(path, "?")
	if params != "" && params != "mode=ro" {
		return "", usagef("--db %q: no parameters but mode=ro are taken: donnatop decides itself how to open the file so that Donna is never disturbed", db)
	}
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		path = rest // file:///path has an empty host
	}
	return path, nil
}

func (o *options) lokiSource(m sourceMode) (data.Source, error) {
	client, err := o.lokiClient(m.clock)
	if err != nil {
		return nil, err
	}
	return loki.NewSource(client, loki.SourceOptions{
		Selector: o.selector, Recent: recentLogs, History: data.Horizon, HistoryFilter: events.HistoryFilter(),
		Until: m.until, Tail: !m.once,
	}), nil
}

func (o *options) lokiClient(clock clockwork.Clock) (*loki.Client, error) {
	return loki.NewClient(loki.Config{
		Addr: o.loki, OrgID: o.orgID, Username: o.username, Password: o.password,
		BearerToken: o.bearerToken, BearerTokenFile: o.bearerFile,
		TLS:   loki.TLS{CAFile: o.caCert, CertFile: o.clientCert, KeyFile: o.clientKey, SkipVerify: o.skipVerify},
		Clock: clock,
	})
}

// system is a Hub with its sources at work.
type system struct {
	hub    *data.Hub
	cancel context.CancelFunc
	done   chan struct{} // closed when everything has ended
}

// start sets the sources to work. A source that panics or gives up is a failed
// source: the others go on.
func start(ctx context.Context, clock clockwork.Clock, log *slog.Logger, sources []data.Source) *system {
	missing := make(map[string]string, len(absent))
	for name, how := range absent {
		missing[name] = how
	}
	for _, s := range sources {
		delete(missing, s.Name())
	}
	ctx, cancel := context.WithCancel(ctx)
	sys := &system{
		hub:    data.NewHub(data.HubOptions{Clock: clock, Absent: missing}),
		cancel: cancel, done: make(chan struct{}),
	}
	for _, s := range sources {
		sys.hub.SetState(s.Name(), data.SourceState{State: data.StateConnecting})
	}
	sys.hub.Publish() // whoever waits for the sources must see from the start that there are some
	var running sync.WaitGroup
	running.Go(func() { sys.hub.Run(ctx) })
	for _, s := range sources {
		running.Go(func() {
			if err := runSource(ctx, s, sys.hub, log); err != nil && ctx.Err() == nil {
				log.Error("source_failed", "source", s.Name(), "error", err)
				sys.hub.SetState(s.Name(), data.SourceState{State: data.StateFailed, Detail: err.Error()})
			}
		})
	}
	go func() {
		running.Wait()
		close(sys.done)
	}()
	return sys
}

func runSource(ctx context.Context, s data.Source, sink data.Sink, log *slog.Logger) (err error) {
	defer func() {
		if r := recover(); r != nil {
			log.Error("source_panicked", "source", s.Name(), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error in the %s source: %v; please report it (details in --log-file)", s.Name(), r)
		}
	}()
	return s.Run(ctx, sink)
}

// stop ends everything and waits for it, but no longer than patience: a source
// that hangs must not keep the program.
func (s *system) stop(clock clockwork.Clock, patience time.Duration) {
	s.cancel()
	select {
	case <-s.done:
	case <-clock.After(patience):
	}
}

// settle waits until every source has read what there is, or wait is over, and
// gives the last word.
func (s *system) settle(ctx context.Context, clock clockwork.Clock, wait time.Duration) (*data.Snapshot, error) {
	settled, err := s.await(ctx, clock, wait)
	if err != nil {
		return nil, err
	}
	if !settled {
		s.giveUp(wait)
	}
	return s.hub.Publish(), nil
}

// await waits until every source has read what there is, or wait is over: then
// settled is false.
func (s *system) await(ctx context.Context, clock clockwork.Clock, wait time.Duration) (settled bool, err error) {
	news, unsubscribe := s.hub.Subscribe()
	defer unsubscribe()
	deadline := clock.After(wait)
	for !s.hub.Snapshot().Settled() {
		select {
		case <-ctx.Done():
			return false, errors.New("interrupted")
		case <-deadline:
			return false, nil
		case <-news:
		}
	}
	return true, nil
}

// giveUp makes the sources that have not read everything say so.
func (s *system) giveUp(wait time.Duration) {
	for name, st := range s.hub.Snapshot().Sources {
		if st.State == data.StateAbsent || st.State == data.StateFailed || st.Loaded {
			continue
		}
		what := "no answer"
		if st.Progress > 0 || st.State == data.StateLive {
			what = "not read to the end"
		}
		st.Detail = strings.TrimPrefix(fmt.Sprintf("%s; %s within --wait %v: give it longer", st.Detail, what, wait), "; ")
		s.hub.SetState(name, st)
	}
}

// fixedClock says the same time for ever; its timers are the wall clock's.
type fixedClock struct {
	clockwork.Clock
	now time.Time
}

func (c fixedClock) Now() time.Time                  { return c.now }
func (c fixedClock) Since(t time.Time) time.Duration { return c.now.Sub(t) }
func (c fixedClock) Until(t time.Time) time.Duration { return t.Sub(c.now) }
