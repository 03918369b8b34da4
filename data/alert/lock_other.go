//go:build !unix

package alert

import "errors"

// ErrLocked says that another process watches with the same state.
var ErrLocked = errors.New("another donnatop watch is at work with this state")

// Lock does nothing where files can't be locked as on Unix: it is then up to the
// user to run one watch only.
func (f *FileStore) Lock() (unlock func(), err error) { return func() {}, nil }
