// Package demo simulates Donna: a seeded household whose life is written, as Donna herself writes it, into a real SQLite file
// and a real JSON-lines log. The dashboard, its tests and its pictures read these like any other source.
//
// The model is a discrete-event simulation. Strands of life (a task from message to "done", a chat, an automation's run, an
// outage) are processes that sleep in simulated time; one agenda wakes them in order; one seeded generator decides. Nothing
// depends on the wall clock, so the same options give the same bytes, and living through an hour at any speed writes what
// advancing by an hour at once writes.
//
// Everything is kept as odd as the original: time stamps in five text forms, audit rows among the calls, rows left "running"
// by a crash, lines that are not JSON, event types that mean something else. Where stock Donna ships code that nothing calls
// (the deduplicator, calendar sync, notification tiers, the rule extractor), the household has it wired; what no code of hers
// ever writes (quality scores, trace ids of calls, actual_start) stays empty here too.
package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Options configure a simulation. The zero value of a field means its default.
type Options struct {
	// Dir receives donna_tasks.db, donna.log, config/, payloads/, backups/, healthwatch/heartbeat and .supabase_last_sync.
	// It is created, and must be new or empty.
	Dir string
	// Seed fixes every decision.
	Seed uint64
	// Start is the simulated present, where the written history ends and New leaves off; default: the clock's time.
	Start time.Time
	// History is how much of the past New writes; default 31 days. Outages, crashes and oddities fall at fixed shares of it.
	History time.Duration
	// CallsPerDay is about how many language model calls an ordinary weekday has; default 1800.
	CallsPerDay int
	// Clock paces Run; default: the wall clock.
	Clock clockwork.Clock
	// Speed is how many simulated seconds Run lives per second of Clock; default 1.
	Speed float64
}

const (
	defaultHistory     = 31 * 24 * time.Hour
	defaultCallsPerDay = 1800
)

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("demo needs a folder: set Options.Dir")
	}
	if o.History < 0 || o.CallsPerDay < 0 || o.Speed < 0 {
		return o, errors.New("demo history, calls per day and speed must not be negative")
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Start.IsZero() {
		o.Start = o.Clock.Now()
	}
	o.Start = o.Start.UTC().Truncate(time.Second)
	if o.History == 0 {
		o.History = defaultHistory
	}
	if o.CallsPerDay == 0 {
		o.CallsPerDay = defaultCallsPerDay
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	return o, nil
}

// Sim is a simulated Donna. Its methods are safe for concurrent use; Advance and Run exclude each other and wait.
type Sim struct {
	opt Options

	living sync.Mutex // held while simulated time is processed
	life   *life
	closed bool

	time    sync.Mutex // guards what Now reads
	at      time.Time  // simulated, up to which everything has happened
	anchor  time.Time  // of the real clock, at which at was reached
	running bool
}

// New writes the configuration, the schema and the history, and leaves the database open in WAL mode as a running Donna does.
func New(ctx context.Context, o Options) (*Sim, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(householdZone)
	if err != nil {
		return nil, fmt.Errorf("load time zone: %w", err)
	}
	dir := layoutOf(o.Dir)
	if err := dir.create(); err != nil {
		return nil, err
	}
	if err := writeConfig(dir.config); err != nil {
		return nil, err
	}
	if err := dir.writeBackups(o.Start); err != nil {
		return nil, err
	}
	out, err := openLines(dir.log)
	if err != nil {
		return nil, err
	}
	db, err := openStore(ctx, dir.db)
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	s := &Sim{opt: o, life: newLife(o, zone, dir, db, out), at: o.Start}
	s.life.begin()
	err = s.life.run(ctx, o.Start)
	if err == nil {
		err = errors.Join(out.goLive(), db.goLive(ctx))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write history: %w", err), s.Close())
	}
	s.life.touchMarkers()
	return s, nil
}

// Now returns the simulated present: the end of what has been advanced, or while Run runs the instant it is living.
func (s *Sim) Now() time.Time {
	s.time.Lock()
	defer s.time.Unlock()
	if !s.running {
		return s.at
	}
	return s.at.Add(time.Duration(float64(s.opt.Clock.Since(s.anchor)) * s.opt.Speed))
}

// Clock returns a clock that tells simulated time. Its timers and tickers are the injected clock's: they measure real waiting.
func (s *Sim) Clock() clockwork.Clock { return simClock{s.opt.Clock, s} }

type simClock struct {
	clockwork.Clock
	sim *Sim
}

func (c simClock) Now() time.Time                  { return c.sim.Now() }
func (c simClock) Since(t time.Time) time.Duration { return c.sim.Now().Sub(t) }
func (c simClock) Until(t time.Time) time.Duration { return t.Sub(c.sim.Now()) }

// ErrClosed is returned by Advance and Run after Close.
var ErrClosed = errors.New("demo is closed")

// Advance lives the next d of simulated time at once. When ctx ends it stops early, between two happenings.
func (s *Sim) Advance(ctx context.Context, d time.Duration) error {
	s.living.Lock()
	defer s.living.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case d < 0:
		return errors.New("demo cannot go back in time")
	}
	err := s.life.run(ctx, s.Now().Add(d))
	s.time.Lock()
	s.at = s.life.now
	s.time.Unlock()
	return err
}

// The shortest and longest naps of Run. The longest only bounds the time until a change of the agenda could be noticed.
const (
	shortNap = 5 * time.Millisecond
	longNap  = time.Second
)

// Run goes on living at Speed until ctx ends, and returns nil then, with everything up to that instant written.
func (s *Sim) Run(ctx context.Context) error {
	s.living.Lock()
	defer s.living.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.time.Lock()
	s.anchor, s.running = s.opt.Clock.Now(), true
	s.time.Unlock()
	defer func() {
		s.time.Lock()
		s.at, s.running = s.life.now, false
		s.time.Unlock()
	}()
	finish := context.WithoutCancel(ctx)
	for {
		if err := s.life.run(finish, s.Now()); err != nil {
			return err
		}
		timer := s.opt.Clock.NewTimer(s.nap())
		select {
		case <-ctx.Done():
			timer.Stop()
			return s.life.run(finish, s.Now())
		case <-timer.Chan():
		}
	}
}

// nap is the real time until something happens next.
func (s *Sim) nap() time.Duration {
	if len(s.life.agenda) == 0 {
		return longNap
	}
	ahead := s.life.agenda[0].at.Sub(s.Now())
	return min(max(time.Duration(float64(ahead)/s.opt.Speed), shortNap), longNap)
}

// Close ends the writer as Donna's clean shutdown does: the log is flushed, the database checkpointed, -wal and -shm are gone
// unless somebody else has the file open.
func (s *Sim) Close() error {
	s.living.Lock()
	defer s.living.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.life.stopAll()
	return errors.Join(s.life.out.close(), s.life.db.close())
}

// DBPath is Donna's database.
func (s *Sim) DBPath() string { return s.life.dir.db }

// LogPath is the JSON-lines log of both her containers.
func (s *Sim) LogPath() string { return s.life.dir.log }

// ConfigDir holds her YAML files.
func (s *Sim) ConfigDir() string { return s.life.dir.config }

// DataDir is her data root, with the database, backups, payloads and markers.
func (s *Sim) DataDir() string { return s.life.dir.root }
