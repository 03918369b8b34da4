//go:build unix

package state_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/donna-project/donnatop/ui/state"
)

var left = state.State{
	View: "logs", Window: "7d", Theme: "nord", HideMoney: true, Mouse: true, Recent: []string{"view llm", "trace 1a2b"},
	Views: map[string]map[string]string{"logs": {"filter": "!health /ü\x1b/"}},
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "donnatop", "state.json")
	for _, s := range []state.State{left, {}, {View: "llm"}} {
		if err := state.Save(path, s); err != nil {
			t.Fatal(err)
		}
		got, err := state.Load(path)
		if diff := cmp.Diff(s, got); diff != "" || err != nil {
			t.Errorf("error %v (-saved +loaded)\n%s", err, diff)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its directory has mode %v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

// Whatever lies in the place of the state, donnatop starts.
func TestLoadWhatIsNoState(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "none", "state.json"), ""},
		{"empty", file("empty", ""), "unexpected end"},
		{"cut", file("cut", `{"version": 1, "view": "lo`), "unexpected end"},
		{"of another type", file("type", `{"version": 1, "view": 3}`), "cannot unmarshal"},
		{"no object", file("list", `[]`), "cannot unmarshal"},
		{"of the future", file("future", `{"version": 2, "view": "logs"}`), "version 2, this donnatop knows 1"},
		{"without a version", file("past", `{"view": "logs"}`), "version 0"},
		{"huge", file("huge", `{"version": 1, "view": "`+strings.Repeat("x", 300<<10)+`"}`), "the most is"},
		{"a directory", dir, "it is no file"},
		{"a pipe", pipe, "it is no file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := state.Load(c.path)
			if diff := cmp.Diff(state.State{}, s); diff != "" {
				t.Errorf("it gives %s", diff)
			}
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestSaveFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := state.Save(filepath.Join(dir, "file", "state.json"), left); err == nil || !strings.Contains(err.Error(), "write state") {
		t.Errorf("error %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "state.json", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := state.Save(filepath.Join(dir, "state.json"), left); err == nil {
		t.Error("a directory is written over")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("what failed leaves a file behind: %v", entries)
	}
}

// Whoever reads while others write sees one of the states, whole.
func TestWritersAtTheSameTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 25 {
				if err := state.Save(path, state.State{View: fmt.Sprint(i), Window: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
				if s, err := state.Load(path); err != nil || s.View != s.Window {
					t.Errorf("%+v, %v", s, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestPath(t *testing.T) {
	for _, c := range []struct {
		xdg, home, want string
	}{
		{"/x/state", "/home/me", "/x/state/donnatop/state.json"},
		{"", "/home/me", "/home/me/.local/state/donnatop/state.json"},
		{"relative", "/home/me", "/home/me/.local/state/donnatop/state.json"},
		{"", "", ""},
		{"relative", "me", ""},
	} {
		getenv := func(key string) (string, bool) {
			v := map[string]string{"XDG_STATE_HOME": c.xdg, "HOME": c.home}[key]
			return v, v != ""
		}
		if got := state.Path(getenv); got != c.want {
			t.Errorf("with %q and %q: %q, want %q", c.xdg, c.home, got, c.want)
		}
	}
}

// FuzzLoad: whatever lies in the place of the state, it is passed over with a reason,
// or is a state that is the same when it is saved and read again.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		`{"version":1,"view":"logs","window":"7d","theme":"nord","hide_money":true,"recent":["a"],"views":{"logs":{"filter":"/x/"}}}`,
		`{"version":1,"views":{"a":null}}`, `{"version":1,"view":3}`, `{"version":2}`, `[]`, ``, "null", "{\"version\":1,\"view\":\"\xff\"}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := state.Load(path)
		if err != nil {
			if diff := cmp.Diff(state.State{}, s); diff != "" {
				t.Errorf("refused with %v, and still gives %s", err, diff)
			}
			return
		}
		if err := state.Save(path, s); err != nil {
			t.Fatal(err)
		}
		again, err := state.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("saved and read again (-saved +read)\n%s", diff)
		}
	})
}
