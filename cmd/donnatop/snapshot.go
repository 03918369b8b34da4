package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/past"
	"github.com/donna-project/donnatop/ui/safe"
)

// snapshotWait is how long a one-shot reading waits for its sources.
const snapshotWait = 5 * time.Second

// patience is how long a one-shot command waits for sources to close cleanly.
const patience = 500 * time.Millisecond

type snapshotOptions struct {
	json, text bool
	views      []string
	now        string
	wait       time.Duration
}

func newSnapshot(e *env, o *options) *cobra.Command {
	var s snapshotOptions
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Print all figures once, as JSON or text",
		Long: `snapshot reads every source once, prints the figures and ends: exit code 0 if
every source answered, 1 if one did not (what is known is printed all the same),
2 for a wrong command line. docs/figures.md defines every figure.

With --window, figures by window are given for any other range as well, under the
key "range": '2026-11-20 14:00..16:30', 90m, yesterday.`,
		Example: `  donnatop snapshot --json --db /donna/db | jq .llm.budget
  donnatop snapshot --text --view llm --db /donna/db --logs '/var/log/donna/*.log'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			return runSnapshot(cmd.Context(), e, o, &s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&s.json, "json", false, "print JSON (the default)")
	f.BoolVar(&s.text, "text", false, "print text for people")
	f.StringArrayVar(&s.views, "view", nil, "only this `view`; may be repeated")
	f.StringVar(&s.now, "now", "", "take this `time` (RFC 3339) for now: what is dated later doesn't count")
	f.DurationVar(&s.wait, "wait", snapshotWait, "how long to wait for sources")
	return cmd
}

func runSnapshot(ctx context.Context, e *env, o *options, s *snapshotOptions) error {
	if s.json && s.text {
		return usagef("--json and --text exclude each other")
	}
	if s.wait < 0 {
		return usagef("--wait %v is negative", s.wait)
	}
	mode := sourceMode{clock: e.clock, once: true, until: e.clock.Now()}
	if s.now != "" {
		now, err := time.Parse(time.RFC3339, s.now)
		if err != nil {
			return usagef("--now %q is not an RFC 3339 time such as 2026-07-01T10:00:00Z", s.now)
		}
		mode.until = now.UTC()
		mode.clock = fixedClock{Clock: e.clock, now: now.UTC()}
	}
	// a view or range that doesn't exist is said before anything is read
	if _, err := data.NewReport(data.NewHub(data.HubOptions{Clock: mode.clock}).Snapshot(), data.Window24h, s.views); err != nil {
		return usageError{err}
	}
	if _, err := o.timeRange(mode.until); err != nil {
		return err
	}
	if o.served != nil && s.now == "" {
		return o.served.snapshot(ctx, e, o, s)
	}
	sources, err := o.sources(e, mode)
	if err != nil {
		return err
	}
	log, closeLog, err := o.openLog(e)
	if err != nil {
		return err
	}
	defer closeLog()
	engine, err := o.snapshotEngine(e, s, mode.clock, log)
	if err != nil {
		return err
	}
	demand, err := o.onDemand(mode.clock)
	if err != nil {
		return err
	}
	begin := e.clock.Now()
	sys := start(ctx, mode.clock, log, sources)
	snap, err := sys.settle(ctx, e.clock, s.wait)
	sys.stop(e.clock, patience)
	if err != nil {
		return err
	}
	if snap, err = judged(sys, snap, engine); err != nil {
		return err
	}
	_, archive := demand.open(onDemandMode{clock: mode.clock, until: mode.until})
	return printSnapshot(ctx, e, o, s, snap, archive, s.wait-e.clock.Since(begin))
}

// snapshotEngine judges the alerts: at a moment of the past by nothing but the data.
func (o *options) snapshotEngine(e *env, s *snapshotOptions, clock clockwork.Clock, log *slog.Logger) (*alert.Engine, error) {
	if s.now != "" {
		return o.apart(clock)
	}
	return o.looker(e, clock, log)
}

// printSnapshot prints the figures. What a range needs beyond them is read from
// the archive, which may take as long as is left.
func printSnapshot(ctx context.Context, e *env, o *options, s *snapshotOptions, snap *data.Snapshot, a past.Archive, left time.Duration) error {
	p, notRead := readRange(ctx, e, o, snap, a, left)
	if notRead != nil && !errors.Is(notRead, errRangeNotRead) {
		return notRead
	}
	report, err := newReport(o, snap, p, s.views)
	if err != nil {
		return err
	}
	if s.text {
		err = writeText(e.stdout, o, snap, report)
	} else {
		err = report.WriteJSON(e.stdout)
	}
	if err != nil {
		return fmt.Errorf("print snapshot: %w", err)
	}
	if notRead != nil {
		fmt.Fprintf(e.stderr, "donnatop: %s\n", safe.Text(notRead.Error()))
	}
	if snap.Answered() {
		if notRead != nil {
			return errSourceFailed
		}
		return nil
	}
	for name, st := range report.Sources {
		if st.State != data.StateAbsent && st.State != data.StateLive {
			fmt.Fprintf(e.stderr, "donnatop: %s: %s: %s\n", name, st.State, safe.Text(st.Detail))
		}
	}
	return errSourceFailed
}

var _ clockwork.Clock = fixedClock{}
