package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/ui/safe"
)

type watchOptions struct {
	once, dryRun bool
	rehearse     string
	interval     time.Duration
	state        string
	wait         time.Duration
	now          string

	printed printout // of --dry-run
}

// Defaults of watch.
const (
	watchInterval = 30 * time.Second
	// onceWait is how long a single look waits for its sources, and again for its
	// messages.
	onceWait = 30 * time.Second
	// lastSend is how long a send that is under way may take when the watch ends.
	lastSend = 5 * time.Second
)

func newWatch(e *env, o *options) *cobra.Command {
	var w watchOptions
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Judge the alert rules without a screen, and tell Discord and a phone",
		Long: `watch judges the alert rules every --interval and sends what follows: when a
rule fires, while it still does, and when it is over. It remembers all that on
disk, so that a restart neither repeats nor forgets anything.

Without configuration the rules of Donna's specification hold: Discord is told
through the webhook in $DONNATOP_DISCORD_WEBHOOK, and a phone by Twilio with
$TWILIO_ACCOUNT_SID, $TWILIO_AUTH_TOKEN, $TWILIO_PHONE_NUMBER (the sender) and
$DONNATOP_SMS_TO. Thresholds, durations, routes and quiet hours stand in the
section "alerts" of the configuration file: see docs/alerts.md.

Its own log goes to stderr, or to --log-file, in the format of Donna's services.
With --once the exit code is 0 if every source answered and every message that
was due went out, and 1 if not, whatever the rules say.`,
		Example: `  donnatop watch --db /donna/db --loki http://localhost:3100 --data-path /donna
  donnatop watch --once --dry-run --db /donna/db --logs '/var/log/donna/*.log'
  donnatop watch --rehearse 7d --db /donna/db --loki http://localhost:3100`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			if w.rehearse != "" {
				return runRehearse(cmd.Context(), e, o, &w)
			}
			return runWatch(cmd.Context(), e, o, &w)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&w.once, "once", false, "look once and end, for cron")
	f.BoolVar(&w.dryRun, "dry-run", false, "print what would be sent; send and remember nothing")
	f.StringVar(&w.rehearse, "rehearse", "", "print what would have fired in the past `time`, such as 7d, and because of what")
	f.DurationVar(&w.interval, "interval", watchInterval, "how often to look, and the steps of --rehearse")
	f.StringVar(&w.state, "state", "", "`file` to remember in; by default in $XDG_STATE_HOME/donnatop, or ~/.local/state/donnatop")
	f.DurationVar(&w.wait, "wait", onceWait, "with --once and --rehearse: how long to wait for sources")
	f.StringVar(&w.now, "now", "", "with --rehearse: take this `time` (RFC 3339) for now")
	return cmd
}

// check finds flags that don't go together.
func (w *watchOptions) check() error {
	switch {
	case w.interval < time.Second:
		return usagef("--interval %v is too short: the least is 1s", w.interval)
	case w.wait < 0:
		return usagef("--wait %v is negative", w.wait)
	case w.rehearse != "" && (w.once || w.dryRun || w.state != ""):
		return usagef("--rehearse sends and remembers nothing: --once, --dry-run and --state don't go with it")
	case w.rehearse == "" && w.now != "":
		return usagef("--now goes with --rehearse only: alerts are about the present")
	}
	return nil
}

// watcher is a watch at work.
type watcher struct {
	env    *env
	opts   *watchOptions
	log    *slog.Logger
	engine *alert.Engine
	sys    *system
	said   map[string]string // what was last logged of each source and of the engine
}

func runWatch(ctx context.Context, e *env, o *options, w *watchOptions) error {
	if err := w.check(); err != nil {
		return err
	}
	settings, err := o.alerts()
	if err != nil {
		return err
	}
	log, closeLog, err := o.openWatchLog(e)
	if err != nil {
		return err
	}
	defer closeLog()
	opts := alert.Options{Rules: settings.rules, Quiet: settings.quiet, Clock: e.clock, Location: o.location, Log: log, ReadOnly: w.dryRun}
	if err := w.route(e, settings, &opts, log); err != nil {
		return err
	}
	unlock, err := w.remember(e, &opts, log)
	if err != nil {
		return err
	}
	defer unlock()
	mode := sourceMode{clock: e.clock}
	if w.once {
		mode.once, mode.until = true, e.clock.Now()
	}
	sources, err := o.sources(e, mode)
	if err != nil {
		return err
	}
	engine, err := alert.New(opts)
	if err != nil {
		return err
	}
	sys := start(ctx, e.clock, log, sources)
	defer sys.stop(e.clock, patience)
	at := &watcher{env: e, opts: w, log: log, engine: engine, sys: sys, said: make(map[string]string)}
	if w.once {
		return at.once(ctx)
	}
	return at.run(ctx)
}

// openWatchLog is the log of a watch: on stderr, as that is all it shows.
func (o *options) openWatchLog(e *env) (*slog.Logger, func(), error) {
	if o.logFile != "" {
		return o.openLog(e)
	}
	return logging.Setup(logging.Options{JSON: true, Writer: e.stderr, Clock: e.clock.Now, Service: "donnatop"}), func() {}, nil
}

// route makes the routes, or with --dry-run what stands for them.
func (w *watchOptions) route(e *env, s *alertSettings, opts *alert.Options, log *slog.Logger) error {
	if w.dryRun {
		opts.Routes = make(map[string]alert.Route)
		for _, name := range s.used() {
			opts.Routes[name] = alert.Route{Notifier: printer{&w.printed, name}}
		}
		return nil
	}
	routes, missing, err := s.notifiers(e, e.clock)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(slices.Values(mapKeys(missing))) {
		log.Warn("alert_route_missing", "route", name, "reason", missing[name].Error())
	}
	if len(routes) == 0 && len(missing) > 0 {
		return usagef("there is nobody to tell: set $DONNATOP_DISCORD_WEBHOOK, or configure routes (docs/alerts.md); --dry-run needs none")
	}
	opts.Routes = routes
	return nil
}

// remember gives the engine its files, which are this process's own until unlock.
func (w *watchOptions) remember(e *env, opts *alert.Options, log *slog.Logger) (unlock func(), err error) {
	path := w.state
	if path == "" {
		dir := stateDir(e)
		if dir == "" {
			return nil, usagef("there is no home directory to remember in: give --state FILE")
		}
		path = filepath.Join(dir, alertsFile)
	}
	store := &alert.FileStore{
		Path: path, Now: e.clock.Now, Keep: w.dryRun,
		Aside: func(reason error, aside string) {
			log.Error("alert_state_corrupt", "path", path, "kept_as", aside, "error", reason)
		},
	}
	opts.Store, opts.Acks = store, &alert.Acks{Path: filepath.Join(filepath.Dir(path), acksFile)}
	if w.dryRun {
		return func() {}, nil
	}
	return store.Lock()
}

// once looks once, sends what is due, and says by its error whether all went well.
func (w *watcher) once(ctx context.Context) error {
	snap, err := w.sys.settle(ctx, w.env.clock, w.opts.wait)
	if err != nil {
		return err
	}
	ok := snap.Answered()
	alerts, _, err := w.engine.Evaluate(snap)
	if err != nil {
		w.log.Error("alert_state_not_saved", "error", err)
		ok = false
	}
	if w.opts.dryRun {
		printAlerts(w.env.stdout, alerts)
	}
	w.sayStates(snap)
	if !w.deliverOnce(ctx) {
		ok = false
	}
	if err := w.engine.Save(); err != nil {
		w.log.Error("alert_state_not_saved", "error", err)
		ok = false
	}
	if !ok {
		return errSourceFailed
	}
	return nil
}

// deliverOnce sends what is due and waits for what is due soon; false if
// something that was due did not go out.
func (w *watcher) deliverOnce(ctx context.Context) bool {
	deadline := w.env.clock.Now().Add(w.opts.wait)
	for {
		next, err := w.send(ctx)
		if err == nil && next.IsZero() {
			return true
		}
		if next.IsZero() || next.After(deadline) {
			return err == nil // the rest is for later: quiet hours, a limit a day
		}
		select {
		case <-ctx.Done():
			return false
		case <-w.env.clock.After(max(next.Sub(w.env.clock.Now()), time.Millisecond)):
		}
	}
}

// run looks until ctx ends, which is how a watch is asked to: what is being sent
// then may arrive, and the state is written.
func (w *watcher) run(ctx context.Context) error {
	w.log.Info("watch_started", "interval_s", w.opts.interval.Seconds(), "dry_run", w.opts.dryRun)
	sendCtx, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	news := make(chan struct{}, 1)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		w.deliver(ctx, sendCtx, news)
	}()
	tick := w.env.clock.NewTicker(w.opts.interval)
	defer tick.Stop()
	for ctx.Err() == nil {
		w.look()
		select {
		case news <- struct{}{}:
		default:
		}
		select {
		case <-ctx.Done():
		case <-tick.Chan():
		}
	}
	select {
	case <-sent:
	case <-w.env.clock.After(lastSend):
		giveUp()
		<-sent
	}
	if err := w.engine.Save(); err != nil {
		return err
	}
	w.log.Info("watch_stopped", "waiting", w.engine.Waiting())
	return nil
}

// look judges the rules by what is known now.
func (w *watcher) look() {
	snap := w.sys.hub.Publish()
	w.sayStates(snap)
	_, _, err := w.engine.Evaluate(snap)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if w.said["engine"] != text {
		w.said["engine"] = text
		if err != nil {
			w.log.Error("alert_state_not_saved", "error", err)
		}
	}
}

// sayStates logs how the sources are when that changes.
func (w *watcher) sayStates(snap *data.Snapshot) {
	for _, name := range slices.Sorted(slices.Values(mapKeys(snap.Sources))) {
		st := snap.Sources[name]
		if st.State == data.StateAbsent || w.said[name] == string(st.State) {
			continue
		}
		w.said[name] = string(st.State)
		level := slog.LevelInfo
		if st.State == data.StateFailed || st.State == data.StateStale {
			level = slog.LevelWarn
		}
		w.log.Log(context.Background(), level, "source_state", "source", name, "state", string(st.State), "detail", st.Detail)
	}
}

// send sends what is due, or prints it.
func (w *watcher) send(ctx context.Context) (next time.Time, err error) {
	next, err = w.engine.Deliver(ctx)
	return next, errors.Join(err, w.opts.printed.flush(w.env.stdout))
}

// deliver sends what is due until ctx ends. Sends have a context of their own.
func (w *watcher) deliver(ctx, sendCtx context.Context, news <-chan struct{}) {
	var due clockwork.Timer
	for {
		next, _ := w.send(sendCtx) // every failure is in the log already
		var wake <-chan time.Time
		if !next.IsZero() {
			due = w.env.clock.NewTimer(max(next.Sub(w.env.clock.Now()), time.Second))
			wake = due.Chan()
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-wake:
		}
		if due != nil {
			due.Stop()
		}
	}
}

// printout is what a dry run prints in place of sending.
type printout struct {
	mu   sync.Mutex
	said []string
}

// printer stands for a route in it.
type printer struct {
	to    *printout
	route string
}

// Send implements [alert.Notifier].
func (p printer) Send(_ context.Context, messages []*alert.Message) (alert.Receipt, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "would send to %s:\n", safe.Text(p.route))
	for i, m := range messages {
		if i > 0 {
			text.WriteByte('\n')
		}
		for line := range strings.SplitSeq(m.Text(), "\n") {
			fmt.Fprintf(&text, "  %s\n", safe.Text(line))
		}
	}
	p.to.mu.Lock()
	defer p.to.mu.Unlock()
	p.to.said = append(p.to.said, text.String())
	return alert.Receipt{Taken: len(messages)}, nil
}

// flush prints what was said since the last time, in an order that doesn't depend
// on which route was the quickest.
func (p *printout) flush(out io.Writer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.said)
	_, err := io.WriteString(out, strings.Join(p.said, ""))
	p.said = nil
	return err
}

// printAlerts says how every rule is.
func printAlerts(out io.Writer, alerts []data.Alert) {
	for _, a := range alerts {
		figure := "-"
		if a.Value != nil {
			figure = alertNumber(*a.Value, a.Unit)
		}
		if a.Threshold != nil && *a.Threshold > 0 {
			figure += map[bool]string{true: " (least ", false: " (most "}[a.Below] + alertNumber(*a.Threshold, a.Unit) + ")"
		}
		fmt.Fprintf(out, "%-15s %-8s %-24s %s\n", a.Rule, a.State, figure, safe.Text(a.Detail))
	}
}

func alertNumber(v float64, unit data.AlertUnit) string {
	switch unit {
	case data.AlertSeconds:
		return time.Duration(v * float64(time.Second)).Round(time.Second).String()
	case data.AlertPercent:
		return strconv.FormatFloat(v, 'f', 1, 64) + " %"
	case data.AlertDays:
		return strconv.FormatFloat(v, 'f', 1, 64) + " days"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
