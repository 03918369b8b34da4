package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/pflag"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
)

// FuzzConfig: whatever stands in a configuration file, it is refused with an error
// that names the file, or all that reads it goes on, and what is shown of it keeps
// the secrets.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{
		"", "window: 7d\nlogs: [a, b]\nrefresh: 2s\n", "tz: Mars\n", "password: hunter2secret\n", "loki:\n", "loki: {a: 1}\n", "logs: [[a]]\n",
		"keys:\n  app.quit: [Q, ctrl+q]\n  view.overview: 1\n", "keys: [1]\n", "keys: &a {app.quit: *a}\n", "? [a]\n: b\n", "<<: *x\n", "- 1\n", "---\n---\n",
		"alerts:\n  repeat: 4h\n  rules:\n    disk: {limit: 90, for: 300000d}\n  quiet_hours: {from: '22:00', to: '07:00', routes: [sms]}\n",
		"alerts: {routes: {mine: {kind: shoutrrr, url: 'discord://x@y'}}}\nfilters: {a: 'level>='}\nserve: 1\n",
	} {
		f.Add(text)
	}
	none := func(string) (string, bool) { return "", false }
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := &options{}
		flags := pflag.NewFlagSet("donnatop", pflag.ContinueOnError)
		o.addSourceFlags(flags)
		o.addScreenFlags(flags)
		if err := flags.Set("config", file); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(flags, &env{getenv: none}); err != nil {
			if err.Error() == "" {
				t.Error("refused without a reason")
			}
			return
		}
		if o.location == nil || o.refresh <= 0 {
			t.Errorf("zone %v, refresh %v", o.location, o.refresh)
		}
		for _, err := range []error{second(o.keys()), second(o.alerts())} {
			if err != nil && !strings.Contains(err.Error(), file) {
				t.Errorf("the error doesn't name the file: %v", err)
			}
		}
		var shown strings.Builder
		if sections, err := o.shownSections(); err == nil {
			if err := o.writeSettings(&shown, sections); err != nil {
				t.Error(err)
			}
			if err := o.writeSettingsJSON(io.Discard, sections); err != nil {
				t.Error(err)
			}
		}
		if len(o.password) > 8 && !strings.Contains(strings.ReplaceAll(text, o.password, ""), o.password) &&
			strings.Count(text, o.password) == 1 && strings.Contains(shown.String(), o.password) {
			t.Error("the password is shown")
		}
	})
}

func second[T any](_ T, err error) error { return err }

// FuzzParseSpan: a span is what was written, or refused. Days are of 24 hours.
func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"90s", "7d", "1.5d", "-1d", "300000d", "106751d", "106752d", "1h7d", "d", "0", "1e3d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseSpan(s)
		if err != nil {
			return
		}
		if got < 0 {
			t.Fatalf("%q is %v", s, got)
		}
		days, err := strconv.ParseFloat(strings.TrimSuffix(s, "d"), 64)
		if !strings.HasSuffix(s, "d") || err != nil {
			return
		}
		if want := days * float64(24*time.Hour); float64(got) < want*0.999-24 || float64(got) > want*1.001+24 {
			t.Errorf("%q is %v", s, got)
		}
	})
}

// FuzzAlerts: whatever stands under alerts, it is refused with file and line, or the
// rules can be judged and no time or threshold is below 0.
func FuzzAlerts(f *testing.F) {
	for _, text := range []string{
		"rules:\n  disk: {threshold: 90, for: 10m, repeat: 1h, routes: [discord]}\n  service_down: {unhealthy: true, enabled: false}\n",
		"repeat: 4h\nrules: {error_rate: {threshold: .inf}}\n", "rules: {disk: {threshold: -1}}\n", "rules: {disk: {for: 300000d, resolve_after: -1s}}\n",
		"routes:\n  mine: {type: shoutrrr, url_env: X, max_per_day: 3}\n  sms: {type: twilio, to: \"+1\", auth_token_file: /x}\n",
		"routes: {mine: {type: shoutrrr, url: 'discord://x@y'}}\n", "routes: {a: {type: shoutrrr}, a: {type: twilio}}\n",
		"quiet_hours: {from: '22:00', to: '07:00', tz: Europe/Berlin, routes: [sms], critical_passes: false}\n", "quiet_hours: {from: 22:00, to: 1}\n",
		"rules: &a {disk: *a}\n", "rules: {? [a]: b}\n", "rules: !!set {disk}\n", "repeat: {}\n", "[]\n", "rules: {disk: {severity: critical, severity: warning}}\n",
	} {
		f.Add(text)
	}
	none := func(string) (string, bool) { return "", false }
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "config.yaml")
		text = "alerts:\n  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := &options{}
		flags := pflag.NewFlagSet("donnatop", pflag.ContinueOnError)
		o.addSourceFlags(flags)
		if err := flags.Set("config", file); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(flags, &env{getenv: none}); err != nil {
			return // FuzzConfig
		}
		s, err := o.alerts()
		if err != nil {
			if !strings.Contains(err.Error(), file+" line ") {
				t.Errorf("the error names no line: %v", err)
			}
			return
		}
		for _, r := range s.rules {
			if r.For < 0 || r.Clear < 0 || r.Repeat < 0 || r.Threshold < 0 || math.IsNaN(r.Threshold) || math.IsInf(r.Threshold, 0) {
				t.Errorf("%+v", r)
			}
		}
		engine, err := o.apart(clockwork.NewFakeClock())
		if err != nil {
			t.Fatal(err)
		}
		judged, _, err := engine.Evaluate(data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClock()}).Snapshot())
		if err != nil || len(judged) != len(alert.RuleNames()) {
			t.Errorf("%d rules are judged, %v", len(judged), err)
		}
	})
}
