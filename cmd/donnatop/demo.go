package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/host"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/sqlite"
)

type demoOptions struct {
	seed  uint64
	speed float64
	dir   string
}

func newDemo(e *env, o *options) *cobra.Command {
	var d demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Open the dashboard on a simulated Donna",
		Long: `demo simulates a Donna in a temporary directory, writing the same database and
the same log lines as the real one, and opens the dashboard on them. Nothing has
to be installed or configured, and the directory is removed at the end (unless
--dir names one to keep).`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			return runDemo(cmd.Context(), e, o, d)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Uint64Var(&d.seed, "seed", 1, "the same `number` gives the same Donna")
	f.Float64Var(&d.speed, "speed", 20, "simulated seconds per second")
	f.StringVar(&d.dir, "dir", "", "write to this new or empty `directory` and leave it there, to read it with other commands")
	return cmd
}

const maxDemoSpeed = 3600

func runDemo(ctx context.Context, e *env, o *options, d demoOptions) (err error) {
	if !(d.speed > 0 && d.speed <= maxDemoSpeed) {
		return usagef("--speed %v: it must be over 0 and at most %d", d.speed, maxDemoSpeed)
	}
	dir := d.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "donnatop-demo-"); err != nil {
			return fmt.Errorf("make a directory for the simulated Donna: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	fmt.Fprintln(e.stderr, "donnatop: simulating a month of Donna's life ...")
	sim, err := demo.New(ctx, demo.Options{Dir: dir, Seed: d.seed, Start: e.clock.Now(), Clock: e.clock, Speed: d.speed})
	if err != nil {
		return fmt.Errorf("simulate Donna: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	lived := make(chan error, 1)
	go func() { lived <- sim.Run(ctx) }()
	defer func() {
		cancel()
		if runErr := <-lived; runErr != nil && !errors.Is(runErr, context.Canceled) {
			err = errors.Join(err, fmt.Errorf("simulate Donna: %w", runErr))
		}
		err = errors.Join(err, sim.Close())
	}()

	clock := sim.Clock()
	logs, err := logfile.New(logfile.Options{Paths: []string{sim.LogPath()}, Clock: clock, Follow: true})
	if err != nil {
		return fmt.Errorf("open the simulated log: %w", err)
	}
	sources := []data.Source{
		sqlite.NewSource(sqlite.Options{Path: sim.DBPath(), Clock: clock, Poll: min(o.refresh, 500*time.Millisecond)}),
		logs,
		donnaconfig.NewSource(donnaconfig.Options{Dir: sim.ConfigDir(), Clock: clock}),
		host.NewSource(host.Options{DataPath: sim.DataDir(), Paths: host.Paths{DB: sim.DataDir(), Payloads: filepath.Join(sim.DataDir(), "payloads")}, Clock: clock}),
		sim.Containers(),
	}
	return show(ctx, e, o, shown{
		sources: sources, clock: clock, simulated: true,
		title:    fmt.Sprintf("demo ×%g seed %d", d.speed, d.seed),
		onDemand: onDemand{db: sim.DBPath(), files: []string{sim.LogPath()}},
	})
}
