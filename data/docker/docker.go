// Package docker watches Donna's containers through the Engine API.
//
// What changes by itself (start, stop, health) comes from the engine's event
// stream; a full look every 30 seconds mends what the stream may have missed and
// renews the health logs, of which the engine tells nothing. CPU and memory have
// no events: every running container is sampled every 5 seconds with the
// engine's one-shot statistics, which is less work for the engine than a stream,
// for which it samples every second. The figures are those of `docker stats`, over
// 5 seconds instead of one. The first CPU figure takes two samples: one to two
// seconds, depending on the engine.
//
// The package only reads: it sends no request that changes anything.
package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// Options say which engine and which of its containers to watch.
type Options struct {
	// Host is the engine's address, such as unix:///run/docker.sock, a path of a
	// socket, or tcp://host:2376. Empty means [DefaultSocket], if it exists.
	Host string
	// CertPath is a directory with ca.pem, cert.pem and key.pem: a tcp engine is
	// then spoken to over TLS, always verified against ca.pem.
	CertPath string
	// Prefix is what the names of watched containers begin with; "donna-" if empty.
	Prefix string
	// Extra are further names to watch, which are missing if they don't exist. Nil
	// means caddy, as in Donna's healthwatch; an empty slice means none.
	Extra []string
	// Clock paces the work; the real one if nil.
	Clock clockwork.Clock
}

// Defaults of [Options].
const (
	DefaultSocket = "/var/run/docker.sock"
	DefaultPrefix = "donna-"
	DefaultExtra  = "caddy"
)

// Pace of the work.
const (
	sampleEvery  = 5 * time.Second
	sampleSecond = time.Second      // from a container's first sample to the second: without two there is no CPU figure
	resyncEvery  = 30 * time.Second // Docker's own default between two probes of a health check
	socketEvery  = 30 * time.Second // between two looks for a default socket that wasn't there
	// requestTimeout is for one request. A healthy engine answers within
	// milliseconds; those before API 1.41 take two seconds for statistics.
	requestTimeout = 10 * time.Second
	firstRetry     = time.Second
	lastRetry      = 30 * time.Second
)

// Sink is what the source reports to.
type Sink interface {
	data.Sink
	// SetContainers replaces the view of the containers.
	SetContainers(v *data.ContainerView)
}

// Source is Donna's containers as a [data.Source].
type Source struct {
	opts   Options
	socket string // DefaultSocket, but for tests

	sink       Sink
	containers map[string]*container // by id; kept across connections for their history
	loaded     bool
	asOf       time.Time // when the engine last answered; zero if never
}

// NewSource prepares to watch; nothing is sent before [Source.Run].
func NewSource(opts Options) *Source {
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	if opts.Prefix == "" {
		opts.Prefix = DefaultPrefix
	}
	if opts.Extra == nil {
		opts.Extra = []string{DefaultExtra}
	}
	return &Source{opts: opts, socket: DefaultSocket, containers: make(map[string]*container)}
}

// Name implements [data.Source].
func (s *Source) Name() string { return data.SourceDocker }

// Run implements [data.Source]. It returns an error only for a sink that takes no
// containers; whatever is wrong with the engine is reported as a state and tried
// again.
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	to, ok := sink.(Sink)
	if !ok {
		return fmt.Errorf("watch containers: %T takes none", sink)
	}
	s.sink = to
	if s.opts.Host == "" {
		if !s.awaitSocket(ctx) {
			return nil
		}
		s.opts.Host = s.socket
	}
	s.sink.SetState(data.SourceDocker, data.SourceState{State: data.StateConnecting})
	retry := &backoff.ExponentialBackOff{
		InitialInterval: firstRetry, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: lastRetry,
	}
	retry.Reset()
	for {
		began, before := s.opts.Clock.Now(), s.asOf
		err := s.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if s.asOf.After(before) {
			retry.Reset()
			if closed(err) && s.opts.Clock.Since(began) >= sampleEvery {
				continue // a proxy ends idle streams now and then; if it is the engine that ended, the next try says so
			}
		}
		if !s.fail(ctx, err, retry.NextBackOff()) {
			return nil
		}
	}
}

// closed tells whether the other side ended the connection.
func closed(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// awaitSocket waits until the default socket exists, saying meanwhile that no
// engine is configured; false if ctx ended first.
func (s *Source) awaitSocket(ctx context.Context) bool {
	for {
		if _, err := os.Stat(s.socket); err == nil {
			return true
		}
		timer := s.opts.Clock.NewTimer(socketEvery)
		s.sink.SetState(data.SourceDocker, data.SourceState{
			State:  data.StateAbsent,
			Detail: "no Docker engine: there is no " + s.socket + "; give --docker HOST (or DOCKER_HOST)",
		})
		if !wait(ctx, timer) {
			return false
		}
	}
}

// fail reports what went wrong and waits for the next try; false if ctx ended
// first.
func (s *Source) fail(ctx context.Context, err error, delay time.Duration) bool {
	p := explain(s.opts.Host, err)
	st := data.SourceState{
		State: data.StateFailed, Detail: p.detail, Transient: p.transient,
		AsOf: s.asOf, NextTry: s.opts.Clock.Now().Add(delay), Loaded: s.loaded,
	}
	if !s.asOf.IsZero() {
		st.State = data.StateStale
	}
	timer := s.opts.Clock.NewTimer(delay)
	s.sink.SetState(data.SourceDocker, st)
	return wait(ctx, timer)
}

// wait waits for the timer; false if ctx ended first.
func wait(ctx context.Context, timer clockwork.Timer) bool {
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.Chan():
		return true
	}
}
