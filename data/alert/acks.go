package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"sync"
	"time"
)

// ackLife is how long an acknowledgement is kept: nothing that fires is older.
const ackLife = 30 * 24 * time.Hour

// Acks is the file in which dashboards write down what was acknowledged, so that
// the watch, a process of its own, stops reminding. It is apart from the watch's
// state because each file has one kind of writer; of two dashboards that write at
// the same moment one may be lost, which costs a reminder.
type Acks struct {
	Path string

	mu   sync.Mutex
	seen os.FileInfo // the file when it was read last
	acks map[string]time.Time
}

// Read gives when each rule was acknowledged last. No file is no acknowledgement.
func (a *Acks) Read() (map[string]time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.read()
}

func (a *Acks) read() (map[string]time.Time, error) {
	info, err := os.Stat(a.Path)
	if errors.Is(err, fs.ErrNotExist) {
		a.seen, a.acks = nil, nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if a.seen != nil && os.SameFile(a.seen, info) && a.seen.ModTime().Equal(info.ModTime()) {
		return a.acks, nil
	}
	text, err := os.ReadFile(a.Path)
	if err != nil {
		return nil, err
	}
	acks := make(map[string]time.Time)
	if err := json.Unmarshal(text, &acks); err != nil {
		return nil, fmt.Errorf("parse %s: %w", a.Path, err)
	}
	a.seen, a.acks = info, acks
	return acks, nil
}

// Add writes down that a rule was acknowledged.
func (a *Acks) Add(rule string, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	old, err := a.read()
	if err != nil && !errors.As(err, new(*json.SyntaxError)) {
		return fmt.Errorf("read acknowledgements: %w", err)
	}
	acks := maps.Clone(old)
	if acks == nil {
		acks = make(map[string]time.Time)
	}
	maps.DeleteFunc(acks, func(_ string, t time.Time) bool { return at.Sub(t) > ackLife })
	acks[rule] = at.UTC()
	text, err := json.Marshal(acks)
	if err == nil {
		err = writeFile(a.Path, text)
	}
	if err != nil {
		return fmt.Errorf("write acknowledgements: %w", err)
	}
	a.seen = nil // to be read again
	return nil
}
