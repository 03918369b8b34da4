package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
	"github.com/donna-project/donnatop/data/doctor"
	"github.com/donna-project/donnatop/data/host"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

type doctorOptions struct {
	json, sendTest bool
	wait           time.Duration
}

func newDoctor(e *env, o *options) *cobra.Command {
	var d doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check every source and setting, and say how to mend what is wrong",
		Long: `doctor looks at everything donnatop depends on: the database, Loki, log files,
Docker, disks, both configurations, alerts, the terminal. Each line says ok,
warning or failed, what was found, and what to do about it. The exit code is 1 if
anything failed; what is not configured, old or odd is a warning. Nothing is
changed or sent, but for a test message with --send-test, and no secret is printed.`,
		Example: `  donnatop doctor --db /donna/db --loki http://localhost:3100
  donnatop doctor --json | jq '.checks[] | select(.state == "failed")'
  donnatop doctor --send-test`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings := o.resolve(cmd.Flags(), e)
			if settings != nil { // what is wrong with the file is for the doctor to say
				o.noFile = true
				if o.resolve(cmd.Flags(), e) != nil {
					return settings
				}
			}
			return runDoctor(cmd.Context(), e, o, d, settings)
		},
	}
	cmd.Flags().BoolVar(&d.json, "json", false, "print JSON")
	cmd.Flags().DurationVar(&d.wait, "wait", snapshotWait, "how long a check may take")
	if o.served == nil { // whoever comes by SSH only looks
		cmd.Flags().BoolVar(&d.sendTest, "send-test", false, "send a test message to everybody who is told of alerts")
	}
	return cmd
}

// runDoctor checks and prints. settings is what is wrong with the configuration
// file, if anything is.
func runDoctor(ctx context.Context, e *env, o *options, d doctorOptions, settings error) error {
	if d.wait <= 0 {
		return usagef("--wait %v: a check needs some time", d.wait)
	}
	checks := o.checks(e, settings)
	if d.sendTest {
		checks = append(checks, o.sendTests(e)...)
	}
	terminal := inspectTerminal(e)
	findings := doctor.Run(ctx, e.clock, d.wait, append(checks, terminal.check(o)))
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	report := doctor.Report{Schema: data.Schema, Checks: findings}
	var err error
	if d.json {
		enc := json.NewEncoder(e.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(&report)
	} else {
		err = writeDoctor(e, o, &report)
	}
	if err != nil {
		return fmt.Errorf("print what was found: %w", err)
	}
	if report.Count(doctor.Failed) > 0 {
		return errSourceFailed
	}
	return nil
}

// checks are all but that of the terminal.
func (o *options) checks(e *env, settings error) []doctor.Check {
	now := e.clock.Now()
	var client *loki.Client
	var lokiErr error
	if o.loki != "" {
		client, lokiErr = o.lokiClient(e.clock)
	}
	var containers data.Source
	if o.docker != dockerOff && (o.docker != "" || exists(docker.DefaultSocket)) {
		containers = docker.NewSource(docker.Options{Host: o.docker, CertPath: o.dockerCerts, Clock: e.clock})
	}
	var machine data.Source
	if o.dataPath != "" {
		machine = host.NewSource(host.Options{DataPath: o.dataPath, Clock: e.clock})
	}
	return []doctor.Check{
		doctor.CheckDatabase(now, o.examineDatabase()),
		doctor.CheckLoki(now, client, lokiErr, o.selector),
		doctor.CheckLogFiles(now, o.logs, o.loki != ""),
		doctor.CheckDocker(e.clock, containers, o.docker == dockerOff),
		doctor.CheckHost(e.clock, machine, o.dataPath),
		doctor.CheckDonnaConfig(o.donnaConfig),
		{Name: "config_file", Run: func(_ context.Context, report func(doctor.Finding)) { o.checkConfigFile(settings, report) }},
		{Name: "keys", Run: func(_ context.Context, report func(doctor.Finding)) { o.checkKeys(report) }},
		{Name: "filters", Run: func(_ context.Context, report func(doctor.Finding)) { o.checkFilters(report) }},
		{Name: "themes", Run: func(_ context.Context, report func(doctor.Finding)) { o.checkThemes(report) }},
		{Name: "alerts", Run: func(_ context.Context, report func(doctor.Finding)) { o.checkAlerts(e, report) }},
		doctor.CheckWritable("cache_dir", ownDir(os.UserCacheDir()), "XDG_CACHE_HOME", exists, tryToWrite),
		doctor.CheckWritable("state_dir", ownDir(userStateDir(e)), "XDG_STATE_HOME", exists, tryToWrite),
	}
}

// examineDatabase is nil if no database is configured.
func (o *options) examineDatabase() func() (doctor.Database, error) {
	if o.db == "" {
		return nil
	}
	return func() (doctor.Database, error) {
		path, err := databasePath(o.db)
		if err != nil {
			return doctor.Database{}, err
		}
		c, err := sqlite.Examine(path)
		return doctor.Database(c), err
	}
}

// checkConfigFile looks at donnatop's own configuration and at who can read what
// is secret.
func (o *options) checkConfigFile(settings error, report func(doctor.Finding)) {
	const name = "config_file"
	switch {
	case settings != nil:
		report(doctor.Fail(name, settings.Error(), "mend the file; what each key means: donnatop config explain"))
	case o.configRead == "":
		report(doctor.Good(name, "there is none; defaults, environment and flags hold"))
	default:
		report(doctor.Good(name, o.configRead+" is valid"))
	}
	for _, secret := range []string{o.bearerFile, o.clientKey} {
		if info, err := os.Stat(secret); secret != "" && err == nil && info.Mode().Perm()&0o077 != 0 {
			report(doctor.Warn(name, secret+" is secret, but others can read it", "chmod 600 "+secret))
		}
	}
}

// checkThemes looks at every theme. One of the user's own that
// can't be used keeps nobody from working, unless it is the one to be used.
func (o *options) checkThemes(report func(doctor.Finding)) {
	const name, fix = "themes", "mend the file; see what there is: donnatop themes"
	set, err := readOwnThemes()
	if err != nil {
		report(doctor.Warn(name, err.Error()+": going on with the themes built in", "let your user read it"))
	}
	chosen := o.theme
	if chosen == "" {
		chosen = themes.Default
	}
	if _, err := set.New(chosen, true); err != nil {
		report(doctor.Fail(name, err.Error(), fix))
	}
	wrong := 0
	for _, t := range set.List() {
		if t.Err != nil && t.Name != chosen {
			report(doctor.Warn(name, t.Err.Error(), fix))
		}
		if t.Err != nil {
			wrong++
		}
	}
	report(doctor.Good(name, fmt.Sprintf("%d can be used: %s", len(set.Names())-wrong, strings.Join(set.Names(), ", "))))
}

// ownDir is donnatop's directory in one of the user's; "" if there is none.
func ownDir(dir string, err error) string {
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "donnatop")
}

// userStateDir is where programs keep what they remember between runs.
func userStateDir(e *env) (string, error) {
	if dir, ok := e.getenv("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state"), err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// tryToWrite makes a file and removes it.
func tryToWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".donnatop-doctor-*")
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			return at.Err
		}
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// stateGlyphs mark the lines, so that no meaning is by colour alone; the ASCII
// ones are as wide.
var stateGlyphs = map[doctor.State][2]string{doctor.OK: {"✓", "+"}, doctor.Warning: {"!", "!"}, doctor.Failed: {"✗", "x"}}

// writeDoctor prints the report for people.
func writeDoctor(e *env, o *options, r *doctor.Report) error {
	styles, out := &themes.Styles{}, io.Writer(e.stdout)
	if e.isTerminal() && !o.noColor {
		if s, err := terminalStyles(e, o); err == nil { // a wrong theme is among the findings
			styles = s
		}
		out = &colorprofile.Writer{Forward: e.stdout, Profile: colorprofile.Detect(e.stdout, os.Environ())}
	}
	paints := map[doctor.State]themes.Paint{doctor.OK: styles.Good, doctor.Warning: styles.Warning, doctor.Failed: styles.Bad}
	set := 0
	if o.ascii {
		set = 1
	}
	show := func(text string) string {
		line, _, _ := safe.Append(nil, text, safe.MaxBytes, safe.Charset(o.ascii))
		return string(line)
	}
	const stateWidth, nameWidth = 7, 16
	for _, f := range r.Checks {
		mark := stateGlyphs[f.State][set] + " " + fmt.Sprintf("%-*s", stateWidth, f.State)
		if _, err := fmt.Fprintf(out, "%s %-*s %s\n", paints[f.State].String(mark), nameWidth, f.Name, show(f.Detail)); err != nil {
			return err
		}
		if f.Fix == nil {
			continue
		}
		if _, err := fmt.Fprintf(out, "%*s%s\n", 2+stateWidth+1+nameWidth+1, "", styles.Accent.String(show("→ "+*f.Fix))); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d ok, %d warnings, %d failed\n", r.Count(doctor.OK), r.Count(doctor.Warning), r.Count(doctor.Failed))
	if err == nil && e.isTerminal() && !o.ascii {
		_, err = fmt.Fprintf(out, "\nThe bars should stand below each other, and nothing be a box or a question mark;\nelse choose another font, or --ascii.\n%s", sampleRows())
	}
	return err
}
