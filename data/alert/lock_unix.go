//go:build unix

package alert

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked says that another process watches with the same state.
var ErrLocked = errors.New("another donnatop watch is at work with this state")

// Lock keeps other processes from using the state until the function it gives is
// called, or this process ends.
func (f *FileStore) Lock() (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return nil, fmt.Errorf("lock alert state: %w", err)
	}
	// A file of its own: that of the state is replaced at every write.
	file, err := os.OpenFile(f.Path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock alert state: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		closeErr := file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrLocked, f.Path)
		}
		return nil, fmt.Errorf("lock alert state: %w", errors.Join(err, closeErr))
	}
	return func() { _ = file.Close() }, nil // closing unlocks
}
