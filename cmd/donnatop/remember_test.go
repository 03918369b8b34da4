package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/state"
)

// at is an environment whose state lies in dir.
func at(dir string, stderr io.Writer) *env {
	return &env{stderr: stderr, getenv: func(key string) (string, bool) {
		if key == "XDG_STATE_HOME" {
			return dir, true
		}
		return "", false
	}}
}

func TestRecallAndKeep(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	e, screen := at(dir, &stderr), ui.Options{Window: "24h", Log: slog.New(slog.DiscardHandler)}
	kept := (&options{}).recall(e, &screen)
	if screen.State == nil || screen.Window != "" || screen.Opening.Text != "" {
		t.Errorf("the first session begins with %+v", screen)
	}
	kept.keep(e, state.State{View: "logs", Window: "7d"})
	screen = ui.Options{Window: "1h", Log: slog.New(slog.DiscardHandler)}
	(&options{origins: map[string]string{"window": "flag"}}).recall(e, &screen)
	if screen.State.View != "logs" || screen.Window != "1h" {
		t.Errorf("a flag does not beat the state: %+v", screen)
	}
	if stderr.Len() > 0 {
		t.Errorf("it says %q", stderr.String())
	}
}

// A state that can't be read or written costs a message, and nothing else.
func TestRecallGoesOn(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "donnatop", "state.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	e, screen := at(dir, &stderr), ui.Options{Log: slog.New(slog.DiscardHandler)}
	kept := (&options{}).recall(e, &screen)
	if screen.State == nil || !screen.Opening.Wrong || !strings.Contains(screen.Opening.Text, "beginning anew") {
		t.Errorf("a broken state: %+v", screen.Opening)
	}
	kept.keep(e, state.State{View: "logs"})
	if s, err := state.Load(file); err != nil || s.View != "logs" {
		t.Errorf("it is not mended: %+v, %v", s, err)
	}
	memory(filepath.Join(file, "state.json")).keep(e, state.State{})
	if !strings.Contains(stderr.String(), "donnatop: write state") {
		t.Errorf("it says %q", stderr.String())
	}
}

func TestNoState(t *testing.T) {
	dir := t.TempDir()
	e, screen := at(dir, io.Discard), ui.Options{Window: "24h", Log: slog.New(slog.DiscardHandler)}
	kept := (&options{noState: true}).recall(e, &screen)
	kept.keep(e, state.State{View: "logs"})
	if files, _ := os.ReadDir(dir); screen.State != nil || screen.Window != "24h" || len(files) > 0 {
		t.Errorf("%+v, files %v", screen, files)
	}
}
