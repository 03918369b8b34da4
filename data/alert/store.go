package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// FileStore keeps a state in a file that only its owner can read: it names
// services and holds the messages that wait. A write replaces the file at once or
// not at all.
type FileStore struct {
	Path string
	// Now names what is kept aside; required.
	Now func() time.Time
	// Aside is told of a file that can't be used: why, and where it was put. It
	// may be nil.
	Aside func(reason error, path string)
	// Keep leaves such a file where it is: for those who only read.
	Keep bool
}

var _ Store = (*FileStore)(nil)

// Load implements [Store]. A file that is no state is put aside, because a watch
// that refuses to start is worse than one that begins anew; the error is that the
// file can't be read.
func (f *FileStore) Load() (*State, error) {
	text, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read alert state: %w", err)
	}
	s, err := decodeState(text)
	if err == nil {
		return s, nil
	}
	if f.Keep {
		return nil, nil
	}
	aside := fmt.Sprintf("%s.corrupt-%s", f.Path, f.Now().UTC().Format("20060102T150405Z"))
	if mvErr := os.Rename(f.Path, aside); mvErr != nil {
		return nil, fmt.Errorf("the alert state can't be used (%w) nor put aside: %w", err, mvErr)
	}
	if f.Aside != nil {
		f.Aside(err, aside)
	}
	return nil, nil
}

func decodeState(text []byte) (*State, error) {
	s := newState()
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("parse alert state: %w", err)
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("alert state of version %d: this donnatop knows %d", s.Version, stateVersion)
	}
	for rule, subjects := range s.Rules {
		for subject, i := range subjects {
			if i == nil || i.State == "" {
				return nil, fmt.Errorf("alert state: %s of %s says nothing", subject, rule)
			}
		}
	}
	return s, nil
}

// Save implements [Store].
func (f *FileStore) Save(s *State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode alert state: %w", err)
	}
	if err := writeFile(f.Path, text); err != nil {
		return fmt.Errorf("write alert state: %w", err)
	}
	return nil
}

// writeFile replaces a file, and makes its directory if need be. Whatever happens
// meanwhile, the file holds the old text or the new one, and only its owner can
// read it.
func writeFile(path string, text []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(text)
	if err == nil {
		err = tmp.Sync() // a power failure right after the rename must not leave an empty file
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
