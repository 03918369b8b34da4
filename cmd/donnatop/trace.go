package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/safe"
)

type traceOptions struct {
	json, text bool
	now        string
	wait       time.Duration
}

func newTrace(e *env, o *options) *cobra.Command {
	var t traceOptions
	cmd := &cobra.Command{
		Use:   "trace ID",
		Short: "Print the life of one request, as JSON or text",
		Long: `trace finds everything in Donna's database and logs that belongs to an id: of a
task, an invocation, an escalation (its number or correlation id), a correlation,
a chat session or turn, a skill or automation run, or a tool request
(toolreq:NUMBER). Ids that come up are followed in turn; docs/trace.md says which
and how far. Exit code 0 if every source answered and the id was found, 1 if not
(what is known is printed all the same), 2 for a wrong command line.`,
		Example: `  donnatop trace --text --db /donna/db --loki http://localhost:3100 0190f3a2-7b1c-7d4e-9f00-1c2d3e4f5a6b
  donnatop trace --json --db /donna/db --logs '/var/log/donna/*.log' 42 | jq .totals`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("trace needs one id, not %d: donnatop trace ID", len(args))
			}
			if err := trace.CheckID(args[0]); err != nil {
				return usageError{err}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			return runTrace(cmd.Context(), e, o, &t, args[0])
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&t.json, "json", false, "print JSON (the default)")
	f.BoolVar(&t.text, "text", false, "print text for people")
	f.StringVar(&t.now, "now", "", "take this `time` (RFC 3339) for now: what is dated later doesn't count")
	f.DurationVar(&t.wait, "wait", snapshotWait, "how long to wait for sources")
	return cmd
}

func runTrace(ctx context.Context, e *env, o *options, t *traceOptions, id string) error {
	switch {
	case t.json && t.text:
		return usagef("--json and --text exclude each other")
	case t.wait < 0:
		return usagef("--wait %v is negative", t.wait)
	}
	mode := onDemandMode{clock: e.clock}
	if t.now != "" {
		now, err := time.Parse(time.RFC3339, t.now)
		if err != nil {
			return usagef("--now %q is not an RFC 3339 time such as 2026-07-01T10:00:00Z", t.now)
		}
		mode.until = now.UTC()
		mode.clock = fixedClock{Clock: e.clock, now: now.UTC()}
	}
	if slices.Contains(o.logs, logfile.Stdin) {
		mode.stdin = e.stdin
	}
	if len(o.logs) > 0 { // what is wrong with a glob is said before anything is read
		if _, err := logfile.New(logfile.Options{Paths: o.logs, Stdin: e.stdin, Clock: mode.clock}); err != nil {
			return usageError{err}
		}
	}
	demand, err := o.onDemand(mode.clock)
	if err != nil {
		return err
	}
	if demand.db == "" && demand.loki == nil && len(demand.files) == 0 {
		return usagef("nothing to search: give --db PATH, --loki URL or --logs FILE")
	}
	finder, _ := demand.open(mode)
	if o.served != nil && t.now == "" {
		finder = o.served.finder
	}
	found, err := traceWithin(ctx, e, finder, id, t.wait)
	if err != nil {
		return err
	}
	return printTrace(e, o, t, found)
}

// waitError ends a trace when the time is up.
type waitError struct{ wait time.Duration }

func (e waitError) Error() string {
	return fmt.Sprintf("not done within --wait %v: give it longer", e.wait)
}

// traceWithin gives what has been found when wait is over, whatever the sources do.
func traceWithin(ctx context.Context, e *env, finder *trace.Finder, id string, wait time.Duration) (*trace.Trace, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type answer struct {
		found *trace.Trace
		err   error
	}
	var latest atomic.Pointer[trace.Trace]
	done := make(chan answer, 1)
	go func() {
		found, err := finder.Trace(ctx, id, latest.Store)
		done <- answer{found, err}
	}()
	var a answer
	select {
	case a = <-done:
	case <-e.clock.After(wait):
		cancel(waitError{wait})
		select {
		case a = <-done:
		case <-e.clock.After(patience):
			return abandoned(latest.Load(), id, e, waitError{wait}), nil
		}
	}
	if _, timedOut := errors.AsType[waitError](a.err); a.err != nil && !timedOut {
		return nil, errors.New("interrupted")
	}
	return a.found, nil
}

// abandoned is the last that was seen of a trace whose sources don't let go.
func abandoned(last *trace.Trace, id string, e *env, why error) *trace.Trace {
	if last == nil {
		last = &trace.Trace{
			Schema: data.Schema, ID: id, Kind: trace.KindCorrelation, Now: e.clock.Now().UTC(),
			IDs: map[string][]string{}, Items: []trace.Item{}, Gaps: []trace.Gap{},
		}
		last.Totals.Services = []string{}
	}
	given := *last
	given.Sources = maps.Clone(last.Sources)
	if given.Sources == nil {
		given.Sources = map[string]data.SourceReport{"db": {State: data.StateConnecting}, "logs": {State: data.StateConnecting}}
	}
	for name, s := range given.Sources {
		if s.State == data.StateConnecting {
			s.State, s.Detail = data.StateFailed, why.Error()
			given.Sources[name] = s
		}
	}
	return &given
}

func printTrace(e *env, o *options, t *traceOptions, found *trace.Trace) error {
	var err error
	if t.text {
		err = writeTrace(e.stdout, o, found)
	} else {
		err = found.WriteJSON(e.stdout)
	}
	if err != nil {
		return fmt.Errorf("print trace: %w", err)
	}
	failed := false
	for _, name := range slices.Sorted(maps.Keys(found.Sources)) {
		s := found.Sources[name]
		if s.State == data.StateAbsent || s.State == data.StateLive {
			continue
		}
		failed = true
		fmt.Fprintf(e.stderr, "donnatop: %s: %s: %s\n", name, s.State, safe.Text(s.Detail))
	}
	if len(found.Items) == 0 {
		failed = true
		fmt.Fprintf(e.stderr, "donnatop: nothing holds the id %s: check it, and that --db and --loki or --logs are those of the Donna it comes from\n", safe.Text(found.ID))
	}
	if failed {
		return errSourceFailed
	}
	return nil
}
