package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/ui/safe"
)

// A rehearsal lives the past once more: a Hub of its own gets the log lines and
// rows in order of their time, its clock goes on by the interval, and at each step
// the rules are judged as watch would have. What was read is the same whatever
// the time of day, so two rehearsals of the same past say the same.

const (
	// maxRehearsal is as far as figures look back, less the week that the runway needs.
	maxRehearsal = 24 * 24 * time.Hour
	// maxSteps bounds a rehearsal in small steps of a long time.
	maxSteps = 200_000
)

// runRehearse prints what would have fired.
func runRehearse(ctx context.Context, e *env, o *options, w *watchOptions) error {
	if err := w.check(); err != nil {
		return err
	}
	back, err := parseSpan(w.rehearse)
	if err != nil {
		return usagef("--rehearse: %w", err)
	}
	if back == 0 || back > maxRehearsal {
		return usagef("--rehearse %s: it must be over 0 and at most %dd", w.rehearse, maxRehearsal/(24*time.Hour))
	}
	if back/w.interval > maxSteps {
		return usagef("--rehearse %s in steps of %v takes too long: give a longer --interval", w.rehearse, w.interval)
	}
	now := e.clock.Now().UTC()
	if w.now != "" {
		if now, err = time.Parse(time.RFC3339, w.now); err != nil {
			return usagef("--now %q is not an RFC 3339 time such as 2026-07-01T10:00:00Z", w.now)
		}
		now = now.UTC()
	}
	settings, err := o.alerts()
	if err != nil {
		return err
	}
	r := &rehearsal{from: now.Add(-back), to: now, step: w.interval, clock: &steppedClock{Clock: e.clock}, location: o.location}
	r.clock.now = r.from
	if err := r.read(ctx, e, o, w); err != nil {
		return err
	}
	out := bufio.NewWriter(e.stdout)
	if err := r.play(ctx, settings, out); err != nil {
		return err
	}
	return out.Flush()
}

// steppedClock says the time of the rehearsal; its timers are the wall clock's.
type steppedClock struct {
	clockwork.Clock
	now time.Time
}

func (c *steppedClock) Now() time.Time                  { return c.now }
func (c *steppedClock) Since(t time.Time) time.Duration { return c.now.Sub(t) }
func (c *steppedClock) Until(t time.Time) time.Duration { return t.Sub(c.now) }

// rehearsal is the past and how far it has been lived again.
type rehearsal struct {
	from, to time.Time
	step     time.Duration
	clock    *steppedClock
	location *time.Location

	past    *recorder // the log
	store   *data.InvocationStore
	history *sqlite.History // nil without a database
	line    int             // of past.lines, the next to come
	row     int             // of history.Rows
	hub     *data.Hub
	counts  map[string]int // of firings, by rule
}

// read reads all there is of the past.
func (r *rehearsal) read(ctx context.Context, e *env, o *options, w *watchOptions) error {
	r.past = newRecorder(r.to)
	fixed := fixedClock{Clock: e.clock, now: r.to}
	var sources []data.Source
	if o.loki != "" {
		s, err := o.lokiSource(sourceMode{clock: fixed, once: true, until: r.to})
		if err != nil {
			return usageError{err}
		}
		sources = append(sources, s)
	}
	if len(o.logs) > 0 {
		s, err := logfile.New(logfile.Options{Paths: o.logs, Stdin: e.stdin, Clock: fixed})
		if err != nil {
			return usageError{err}
		}
		sources = append(sources, s)
	}
	if o.donnaConfig != "" {
		sources = append(sources, donnaconfig.NewSource(donnaconfig.Options{Dir: o.donnaConfig, Clock: fixed}))
	}
	if o.db == "" && o.loki == "" && len(o.logs) == 0 {
		return usagef("there is no past to rehearse: give --db PATH, --loki URL or --logs FILE")
	}
	if o.db != "" {
		path, err := databasePath(o.db)
		if err != nil {
			return err
		}
		r.store = data.NewInvocationStore(r.from)
		if r.history, err = sqlite.ReadHistory(ctx, path, r.firstRow(), r.store, fixed); err != nil {
			return err
		}
	}
	return r.past.record(ctx, e.clock, sources, w.wait)
}

// firstRow is from when on rows count: those of the month and of the week in which
// the rehearsal begins.
func (r *rehearsal) firstRow() time.Time {
	month := time.Date(r.from.Year(), r.from.Month(), 1, 0, 0, 0, 0, time.UTC)
	week := r.from.Add(-7 * 24 * time.Hour).Truncate(time.Hour)
	if week.Before(month) {
		return week
	}
	return month
}

// play lives the past again and prints what happens.
func (r *rehearsal) play(ctx context.Context, s *alertSettings, out *bufio.Writer) error {
	engine, err := alert.New(alert.Options{Rules: s.rules, Clock: r.clock, Location: r.location})
	if err != nil {
		return err
	}
	r.begin()
	fmt.Fprintf(out, "rehearsal from %s to %s in steps of %v\n", r.stamp(r.from), r.stamp(r.to), r.step)
	var last []data.Alert
	for at := r.from; !at.After(r.to); at = at.Add(r.step) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.clock.now = at
		r.feed(at)
		alerts, notices, err := engine.Evaluate(r.hub.Publish())
		if err != nil {
			return err
		}
		for i := range notices {
			r.print(out, &notices[i], s)
		}
		last = alerts
	}
	r.sum(out, last)
	return nil
}

// begin is a Hub that knows all that was before the rehearsal begins.
func (r *rehearsal) begin() {
	noHistory := "nobody writes down how it was in the past"
	r.hub = data.NewHub(data.HubOptions{Clock: r.clock, Absent: map[string]string{data.SourceDocker: noHistory, data.SourceHost: noHistory}})
	r.counts = make(map[string]int)
	for name, st := range r.past.states {
		r.hub.SetState(name, st)
	}
	if r.past.config != nil {
		r.hub.SetConfig(*r.past.config)
	}
	if r.history != nil {
		r.hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
		r.publishRows()
	}
}

// feed lets come what came up to an instant.
func (r *rehearsal) feed(at time.Time) {
	first := r.line
	for r.line < len(r.past.lines) && !r.past.lines[r.line].Time.After(at) {
		r.line++
	}
	r.hub.AppendHistory(slices.Clone(r.past.lines[first:r.line]))
	if r.history == nil {
		return
	}
	r.store.SetNow(at)
	before := r.row
	for r.row < len(r.history.Rows) && r.history.Rows[r.row].Time <= at.UnixNano() {
		r.store.Add(&r.history.Rows[r.row])
		r.row++
	}
	missing := r.store.MissingRows()
	for _, hour := range missing {
		r.store.FillRows(hour, r.history.Rows[:r.row])
	}
	if r.row > before || len(missing) > 0 || at.Truncate(time.Hour).Equal(at) {
		r.publishRows()
	}
}

func (r *rehearsal) publishRows() {
	r.hub.SetDB(&data.DB{Invocations: r.store.View(), Extensions: r.history.Extensions, Missing: r.history.Missing})
}

func (r *rehearsal) stamp(t time.Time) string {
	return t.In(r.location).Format("2006-01-02 15:04:05 MST")
}

// words are how a rehearsal calls what happens.
var words = map[alert.MessageKind]string{alert.Fired: "FIRED", alert.Reminded: "REMINDED", alert.Resolved: "RESOLVED"}

// print tells of a notice, and of the rows or lines that made it.
func (r *rehearsal) print(out io.Writer, n *alert.Notice, s *alertSettings) {
	if n.Kind == alert.Fired {
		r.counts[n.Rule]++
	}
	to := "shown only"
	if i := slices.IndexFunc(s.rules, func(rule alert.Rule) bool { return rule.ID == n.Rule }); len(s.rules[i].Routes) > 0 {
		to = "to " + strings.Join(s.rules[i].Routes, ", ")
	}
	fmt.Fprintf(out, "\n%s  %-8s  %s  (%s)\n", r.stamp(n.At), words[n.Kind], n.Rule, to)
	for _, subject := range n.Subjects {
		fmt.Fprintf(out, "  %s: %s, since %s\n", safe.Text(subject.Subject), safe.Text(subject.Detail), r.stamp(subject.Since))
	}
	if n.Kind != alert.Reminded {
		for _, line := range r.evidence(n) {
			fmt.Fprintf(out, "    %s\n", safe.Truncate(line, maxEvidence))
		}
	}
}

// sum says how often each rule fired, and which could not be rehearsed.
func (r *rehearsal) sum(out io.Writer, last []data.Alert) {
	fmt.Fprint(out, "\n")
	for _, a := range last {
		switch {
		case a.State == data.AlertUnknown && r.counts[a.Rule] == 0:
			fmt.Fprintf(out, "%-15s not rehearsed: %s\n", a.Rule, safe.Text(a.Detail))
		case r.counts[a.Rule] == 0:
			fmt.Fprintf(out, "%-15s did not fire; %s at the end\n", a.Rule, a.State)
		case r.counts[a.Rule] == 1:
			fmt.Fprintf(out, "%-15s fired once; %s at the end\n", a.Rule, a.State)
		default:
			fmt.Fprintf(out, "%-15s fired %d times; %s at the end\n", a.Rule, r.counts[a.Rule], a.State)
		}
	}
}

// byTime puts lines in order, those of one moment in that of their arrival.
func byTime(a, b logline.Entry) int { return cmp.Compare(a.Time.UnixNano(), b.Time.UnixNano()) }
