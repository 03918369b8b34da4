package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/alert/notify"
)

// stateDir is where donnatop keeps what it has to remember; "" if the environment
// doesn't tell.
func stateDir(e *env) string {
	dir, err := userStateDir(e)
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "donnatop")
}

// Names of the files in stateDir.
const (
	alertsFile = "alerts.json"
	acksFile   = "alert-acks.json"
)

// looker is an engine for those who only look: it begins with what a watch wrote
// down, so that both know the same of since when, and sends nothing. A state that
// can't be read is none.
func (o *options) looker(e *env, clock clockwork.Clock, log *slog.Logger) (*alert.Engine, error) {
	s, err := o.alerts()
	if err != nil {
		return nil, err
	}
	opts := alert.Options{Rules: s.rules, Clock: clock, ReadOnly: true}
	if dir := stateDir(e); dir != "" {
		opts.Acks = &alert.Acks{Path: filepath.Join(dir, acksFile)}
		opts.Store = &alert.FileStore{Path: filepath.Join(dir, alertsFile), Now: clock.Now, Keep: true}
	}
	engine, err := alert.New(opts)
	if err != nil {
		log.Warn("alert_state_unreadable", "error", err)
		opts.Store = nil
		engine, err = alert.New(opts)
	}
	return engine, err
}

// apart is an engine that knows nothing of a watch, for data that is not Donna's
// present: a simulation, or a moment of the past.
func (o *options) apart(clock clockwork.Clock) (*alert.Engine, error) {
	s, err := o.alerts()
	if err != nil {
		return nil, err
	}
	return alert.New(alert.Options{Rules: s.rules, Clock: clock})
}

// judgeEvery is how often the rules are judged for those who look.
const judgeEvery = 2 * time.Second

// judge keeps the hub's alerts up to date until the function it gives is called.
func (s *system) judge(ctx context.Context, engine *alert.Engine, clock clockwork.Clock, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { judgeUntil(ctx, s.hub, engine, clock, log) })
	return func() {
		cancel()
		running.Wait()
	}
}

func judgeUntil(ctx context.Context, hub *data.Hub, engine *alert.Engine, clock clockwork.Clock, log *slog.Logger) {
	tick := clock.NewTicker(judgeEvery)
	defer tick.Stop()
	var last []data.Alert
	for {
		alerts, _, err := engine.Evaluate(hub.Snapshot())
		if err != nil {
			log.Error("alerts_not_judged", "error", err)
		}
		if !reflect.DeepEqual(alerts, last) {
			last = alerts
			hub.SetAlerts(alerts)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.Chan():
		}
	}
}

// judged is the last word with the alerts as of then.
func judged(sys *system, snap *data.Snapshot, engine *alert.Engine) (*data.Snapshot, error) {
	alerts, _, err := engine.Evaluate(snap)
	if err != nil {
		return nil, err
	}
	sys.hub.SetAlerts(alerts)
	return sys.hub.Publish(), nil
}

// notifiers makes the routes that rules use. One that nobody configured is left
// out and said in missing; one that somebody did and that can't be used is an
// error.
func (s *alertSettings) notifiers(e *env, clock clockwork.Clock) (routes map[string]alert.Route, missing map[string]error, err error) {
	client := notify.NewClient(e.transport)
	if e.transport == nil {
		client = notify.NewClient(http.DefaultTransport)
	}
	routes, missing = make(map[string]alert.Route), make(map[string]error)
	for _, name := range s.used() {
		r := s.routes[name]
		n, err := r.notifier(e, client, clock)
		switch {
		case errors.Is(err, notify.ErrNotSet) && r.place == "":
			missing[name] = err
		case err != nil:
			place := r.place
			if place == "" {
				place = "the environment"
			}
			return nil, nil, usagef("%s: route %s: %w", place, name, err)
		default:
			routes[name] = alert.Route{Notifier: n, PerDay: r.perDay}
		}
	}
	return routes, missing, nil
}

// used lists the routes that rules name.
func (s *alertSettings) used() []string {
	seen := make(map[string]bool)
	var out []string
	for _, r := range s.rules {
		for _, name := range r.Routes {
			if !r.Off && !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

func (r *routeSettings) notifier(e *env, client *http.Client, clock clockwork.Clock) (alert.Notifier, error) {
	if r.kind == kindShoutrrr {
		url, err := r.url.Read(e.getenv)
		if err != nil {
			return nil, fmt.Errorf("its URL: %w", err)
		}
		return notify.NewURL(url, client, clock)
	}
	o := notify.TwilioOptions{Client: client, Clock: clock}
	for _, part := range []struct {
		name string
		from givenSecret
		to   *string
		must bool
	}{
		{"account SID", r.accountSID, &o.AccountSID, true},
		{"API key's SID", r.keySID, &o.KeySID, false},
		{"auth token", r.token, &o.Secret, true},
		{"sender", r.from, &o.From, true},
		{"number to send to", r.to, &o.To, true},
	} {
		v, err := part.from.read(e.getenv)
		if err != nil && (part.must || !errors.Is(err, notify.ErrNotSet)) {
			return nil, fmt.Errorf("its %s: %w", part.name, err)
		}
		*part.to = v
	}
	return notify.NewTwilio(o)
}
