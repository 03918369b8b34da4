//go:build unix

package themes_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/donna-project/donnatop/themes"
)

// themesDir is a directory with the files.
func themesDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadDir(t *testing.T) {
	dir := themesDir(t, map[string]string{
		"mine.yaml": "about: my own\nbase: nord\nall: {bad: \"#ff0000\"}\n", "nord.yaml": "base: nord\nall: {good: 12}\n",
		"broken.yaml": "all:\n  badd: 1\n", "huge.yaml": strings.Repeat("# much\n", 20000), "notes.txt": "no theme", ".yaml": "about: nameless\n",
	})
	if err := os.Mkdir(filepath.Join(dir, "sub.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := themes.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := s.Names()
	if want := []string{"donna", "broken", "huge", "mine", "nord", "pipe", "sub", "catppuccin"}; !slices.Equal(names[:len(want)], want) {
		t.Errorf("names %v, want %v first", names, want)
	}
	if i := slices.Index(names, "nord"); slices.Contains(names[i+1:], "nord") {
		t.Errorf("nord is there twice: %v", names)
	}
	mine, err := s.New("mine", true)
	if err != nil {
		t.Fatal(err)
	}
	nord, _ := themes.New("nord", true)
	if mine.Name != "mine" || mine.About != "my own" || mine.Bad.On() != "\x1b[38;2;255;0;0m" || mine.Warning.On() != nord.Warning.On() {
		t.Errorf("mine is %q %q, %q, %q", mine.Name, mine.About, mine.Bad.On(), mine.Warning.On())
	}
	if own, err := s.New("nord", true); err != nil || own.Good.On() != "\x1b[94m" || own.Bad.On() != nord.Bad.On() {
		t.Errorf("the user's nord does not take the place of the other: %v", err)
	}
	for name, want := range map[string]string{
		"broken": filepath.Join(dir, "broken.yaml") + ":2: unknown role", "huge": "the most is", "sub": "it is no file", "pipe": "it is no file",
		"nobody": "use one of donna, broken, huge, mine",
	} {
		if _, err := s.New(name, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	for _, info := range s.List() {
		switch info.Name {
		case "mine":
			if !info.Own || info.About != "my own" || info.Err != nil {
				t.Errorf("mine is listed as %+v", info)
			}
		case "broken":
			if !info.Own || info.Err == nil {
				t.Errorf("broken is listed as %+v", info)
			}
		case "gruvbox":
			if info.Own || info.About == "" || info.Err != nil {
				t.Errorf("gruvbox is listed as %+v", info)
			}
		}
	}
}

func TestNoDirectory(t *testing.T) {
	s, err := themes.ReadDir(filepath.Join(t.TempDir(), "none"))
	if err != nil || !slices.Equal(s.Names(), themes.Names()) || len(s.List()) != len(themes.Names()) {
		t.Errorf("error %v, names %v", err, s.Names())
	}
	if _, err := s.New("donna", false); err != nil {
		t.Error(err)
	}
	if _, err := themes.ReadDir(themesDir(t, map[string]string{"a": ""}) + "/a"); err == nil || !strings.Contains(err.Error(), "read themes") {
		t.Errorf("a file in place of the directory: %v", err)
	}
}
