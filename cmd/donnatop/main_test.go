package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/donna-project/donnatop/data/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"donnatop":  main,
		"makedonna": makeDonna,
	})
}

// makeDonna writes a small simulated Donna: makedonna DIR NOW.
func makeDonna() {
	if err := func() error {
		now, err := time.Parse(time.RFC3339, os.Args[2])
		if err != nil {
			return err
		}
		sim, err := demo.New(context.Background(), demo.Options{Dir: os.Args[1], Seed: 1, Start: now, History: 6 * time.Hour})
		if err != nil {
			return err
		}
		return sim.Close()
	}(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// nothing of the machine's own settings may reach a script
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "xdg"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			for _, names := range envNames {
				for _, n := range names {
					e.Setenv(n, "")
				}
			}
			e.Setenv("DOCKER_HOST", dockerOff)
			return nil
		},
	})
}

func TestDatabasePath(t *testing.T) {
	for _, tc := range []struct{ in, want, wantErr string }{
		{in: "/donna/db", want: "/donna/db"},
		{in: "donna_tasks.db", want: "donna_tasks.db"},
		{in: "file:/donna/db/donna_tasks.db", want: "/donna/db/donna_tasks.db"},
		{in: "file:///donna/db/donna_tasks.db?mode=ro", want: "/donna/db/donna_tasks.db"},
		{in: "file:donna_tasks.db?mode=rwc", wantErr: "no parameters but mode=ro"},
		{in: "file:donna_tasks.db?immutable=1", wantErr: "no parameters but mode=ro"},
	} {
		got, err := databasePath(tc.in)
		if got != tc.want || (err == nil) != (tc.wantErr == "") || err != nil && !strings.Contains(err.Error(), tc.wantErr) {
			t.Errorf("databasePath(%q) = %q, %v; want %q, error with %q", tc.in, got, err, tc.want, tc.wantErr)
		}
	}
}
