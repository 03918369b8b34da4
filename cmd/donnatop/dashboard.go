package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/safe"
)

// shown is what the dashboard opens on.
type shown struct {
	sources []data.Source
	clock   clockwork.Clock // whose now the figures are of
	title   string
	onDemand
	// simulated data has alerts of its own, that no watch knows of.
	simulated bool
}

// showEngine judges the alerts that are shown.
func (o *options) showEngine(e *env, w shown, log *slog.Logger) (*alert.Engine, error) {
	if w.simulated {
		return o.apart(w.clock)
	}
	return o.looker(e, w.clock, log)
}

func runDashboard(ctx context.Context, e *env, o *options) error {
	w, err := o.present(e)
	if err != nil {
		return err
	}
	return show(ctx, e, o, w)
}

// present is Donna's, from the sources the options name.
func (o *options) present(e *env) (shown, error) {
	w := shown{clock: e.clock}
	var err error
	if w.sources, err = o.sources(e, sourceMode{clock: e.clock}); err != nil {
		return w, err
	}
	w.onDemand, err = o.onDemand(e.clock)
	return w, err
}

// show opens the dashboard, or prints the figures once where there is no
// terminal to draw on.
func show(ctx context.Context, e *env, o *options, w shown) error {
	keys, err := o.keys()
	if err != nil {
		return err
	}
	if info, err := os.Stat(o.exportDir); o.exportDir != "" && (err != nil || !info.IsDir()) {
		return usagef("--export-dir %s is no directory: make it, or give another one", o.exportDir)
	}
	filters, err := o.savedFilters()
	if err != nil {
		return err
	}
	own := ownThemes(e)
	log, closeLog, err := o.openLog(e)
	if err != nil {
		return err
	}
	defer closeLog()
	engine, err := o.showEngine(e, w, log)
	if err != nil {
		return err
	}
	sys := start(ctx, w.clock, log, w.sources)
	defer sys.stop(e.clock, patience)
	if !e.isTerminal() {
		fmt.Fprintln(e.stderr, "donnatop: standard output is not a terminal: printing the figures once (see 'donnatop snapshot --help')")
		snap, err := sys.settle(ctx, e.clock, snapshotWait)
		if err != nil {
			return err
		}
		if snap, err = judged(sys, snap, engine); err != nil {
			return err
		}
		_, archive := w.open(onDemandMode{clock: w.clock})
		return printSnapshot(ctx, e, o, &snapshotOptions{text: true}, snap, archive, snapshotWait)
	}
	defer sys.judge(ctx, engine, w.clock, log)()
	screen := w.screen(e, o, sys, log, engine)
	screen.Keys, screen.Themes, screen.Filters = keys, own, filters
	screen.Suspend = canSuspend()
	kept := o.recall(e, &screen)
	model, err := ui.New(screen)
	if err != nil {
		return usageError{err}
	}
	err = ui.Run(ctx, model, tea.WithInput(e.stdin), tea.WithOutput(e.stdout))
	kept.keep(e, model.State())
	if err != nil {
		return fmt.Errorf("run the dashboard: %w", err)
	}
	return nil
}

// screen is what somebody sees who looks at the system.
func (w shown) screen(e *env, o *options, sys *system, log *slog.Logger, engine *alert.Engine) ui.Options {
	finder, archive := w.open(onDemandMode{clock: w.clock, snapshot: sys.hub.Snapshot})
	return ui.Options{
		Hub: sys.hub, Clock: e.clock, Location: o.location, Theme: o.theme, ASCII: o.ascii, NoColor: o.noColor,
		Window: o.window, Title: w.title, Version: versionText(), Log: log,
		Tracer: finder, Archive: archive, Target: w.target(o.loki), Alerts: engine, Bell: o.bell,
		ExportDir: o.exportDir, Tmux: e.isSet("TMUX"),
	}
}

// ownThemes are the themes there are, the user's own included. A directory that
// can't be read is told and keeps nobody from working.
func ownThemes(e *env) *themes.Set {
	set, err := readOwnThemes()
	if err != nil {
		fmt.Fprintf(e.stderr, "donnatop: %s: going on with the themes built in\n", safe.Text(err.Error()))
	}
	return set
}

func readOwnThemes() (*themes.Set, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, nil //nolint:nilerr // no home directory, no themes in it
	}
	return themes.ReadDir(filepath.Join(dir, "donnatop", "themes"))
}
