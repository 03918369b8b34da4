// Package state keeps how somebody left the dashboard until the next time.
//
// The file is a convenience and nothing more: one that is missing, damaged or of
// another version is passed over, one that can't be written costs a message.
// It holds names and switches, nothing of Donna's data but the filters and ids
// that were typed, and only its owner can read it.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// version of the file's form. A change that makes old files mean something else
// raises it.
const version = 1

// maxSize bounds what is read: a state has some hundred bytes.
const maxSize = 256 << 10

// State is how a session was left. Zero values are as at first.
type State struct {
	View      string   `json:"view,omitempty"`
	Window    string   `json:"window,omitempty"`
	Theme     string   `json:"theme,omitempty"`
	HideMoney bool     `json:"hide_money,omitempty"`
	Mouse     bool     `json:"mouse,omitempty"`
	Recent    []string `json:"recent,omitempty"` // commands, the last one first
	Ranges    []string `json:"ranges,omitempty"` // of time that were chosen, the last one first
	// Views is what each view wants to know again.
	Views map[string]map[string]string `json:"views,omitempty"`
}

// stored is a state as it is written.
type stored struct {
	Version int `json:"version"`
	State
}

// Path is the file of the state, in $XDG_STATE_HOME or ~/.local/state; "" if there
// is no home. A relative $XDG_STATE_HOME doesn't count, as the XDG specification
// demands.
func Path(getenv func(string) (string, bool)) string {
	if dir, ok := getenv("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "donnatop", "state.json")
	}
	home, ok := getenv("HOME")
	if !ok || !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, ".local", "state", "donnatop", "state.json")
}

// Load reads the state. A file that isn't there is the zero State; so is one that
// can't be used, with an error that says why.
func Load(path string) (State, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return State{}, nil
	case err != nil:
		return State{}, fmt.Errorf("read state: %w", err)
	case !info.Mode().IsRegular(): // a pipe would never end
		return State{}, fmt.Errorf("read state %s: it is no file", path)
	case info.Size() > maxSize:
		return State{}, fmt.Errorf("read state %s: it has %d bytes, the most is %d", path, info.Size(), maxSize)
	}
	f, err := os.Open(path)
	if err != nil {
		return State{}, fmt.Errorf("read state: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize))
	if err != nil {
		return State{}, fmt.Errorf("read state %s: %w", path, err)
	}
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return State{}, fmt.Errorf("read state %s: %w", path, err)
	}
	if s.Version != version {
		return State{}, fmt.Errorf("read state %s: it is of version %d, this donnatop knows %d", path, s.Version, version)
	}
	return s.State, nil
}

// Save writes the state in place of the one before: whoever reads it meanwhile
// sees one or the other, whole.
func Save(path string, s State) error {
	text, err := json.MarshalIndent(stored{version, s}, "", "  ")
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	f, err := os.CreateTemp(dir, ".state-*") // which makes it 0600
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync() // a crash must not leave an empty file under the name
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write state: %w", err), os.Remove(f.Name()))
	}
	return nil
}
