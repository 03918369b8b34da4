package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// configured are the options of a configuration file.
func configured(t *testing.T, text string) (*options, string) {
	t.Helper()
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
	if err := o.resolve(flags, &env{getenv: func(string) (string, bool) { return "", false }}); err != nil {
		t.Fatal(err)
	}
	return o, file
}

func TestKeysOfTheConfiguration(t *testing.T) {
	o, _ := configured(t, "window: 7d\nkeys:\n  app.quit: [Q, ctrl+q]\n  view.logs: 'l'\n  panel.next: \"-\"\n  view.last: f9\n  move.right: right\n  view.overview: 1\n")
	keys, err := o.keys()
	want := map[string][]string{
		"app.quit": {"Q", "ctrl+q"}, "view.logs": {"l"}, "panel.next": {"-"}, "view.last": {"f9"}, "move.right": {"right"},
		"view.overview": {"1"},
	}
	if diff := cmp.Diff(want, keys); diff != "" || err != nil {
		t.Errorf("error %v, keys (-want +got)\n%s", err, diff)
	}
	if o, _ := configured(t, "window: 7d\n"); o.sections["keys"].node != nil {
		t.Error("there is a section keys")
	}
	if keys, err := (&options{}).keys(); keys != nil || err != nil {
		t.Errorf("without a section: %v, %v", keys, err)
	}
}

// Whoever misspells something is told where, and what would be right.
func TestKeysOfTheConfigurationThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown action", "keys:\n  app.quit: Q\n  app.qit: x\n", []string{`FILE line 3: keys: unknown action "app.qit": did you mean app.quit?`}},
		{"unknown key", "keys:\n  app.quit: escape\n", []string{"FILE line 2: keys: app.quit: unknown key", "write esc"}},
		{"conflict with a default", "keys:\n\n  app.quit: '?'\n", []string{"FILE line 3: keys: app.quit and screen.help would both be on key ?"}},
		{"conflict of two", "keys:\n  screen.help: x\n  screen.money: f2\n  app.quit: x\n", []string{"FILE lines 2 and 4: keys: app.quit and screen.help would both be on key x (Everywhere)"}},
		{"all of them", "keys:\n  nope: x\n  app.quit: f0\n", []string{"FILE line 2: keys: unknown action", "FILE line 3: keys: app.quit: unknown key"}},
		{"no mapping", "keys: q\n", []string{"FILE line 1: keys are lines of the form"}},
		{"no key", "keys:\n  app.quit:\n", []string{"FILE line 2: keys: app.quit: write a key"}},
		{"an empty list", "keys:\n  app.quit: []\n", []string{"FILE line 2: keys: app.quit needs a key"}},
		{"nested", "keys:\n  app:\n    quit: q\n", []string{"FILE line 2: keys: app: write a key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, file := configured(t, c.text)
			_, err := o.keys()
			if _, usage := err.(usageError); !usage { //nolint:errorlint // it is the outermost
				t.Fatalf("error %v is no usage error", err)
			}
			for _, want := range c.want {
				if want = strings.ReplaceAll(want, "FILE", file); !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want %q", err, want)
				}
			}
		})
	}
}
