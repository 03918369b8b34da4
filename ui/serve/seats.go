package serve

import (
	"fmt"
	"sync"
)

// seats counts the sessions there are, together and by key.
type seats struct {
	most, mostPerKey int

	mu     sync.Mutex
	total  int
	of     map[string]int
	closed bool
	empty  chan struct{} // closed when it is closed and nobody sits
}

func newSeats(most, mostPerKey int) *seats {
	return &seats{most: most, mostPerKey: mostPerKey, of: make(map[string]int), empty: make(chan struct{})}
}

// take gives a seat to the holder of a key until leave is called, once. The error
// says to the client why there is none.
func (s *seats) take(key string) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, errStopping
	case s.total >= s.most:
		return nil, fmt.Errorf("there are %d sessions, and no more are allowed: try again later", s.total)
	case s.of[key] >= s.mostPerKey:
		return nil, fmt.Errorf("this key has %d sessions, and no more are allowed: end another one", s.of[key])
	}
	s.total++
	s.of[key]++
	return func() { s.leave(key) }, nil
}

func (s *seats) leave(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.of[key]--; s.of[key] == 0 {
		delete(s.of, key) // or every key ever seen would be kept
	}
	if s.closed && s.total == 0 {
		close(s.empty)
	}
}

// close gives no more seats. The channel is closed when the last one is free.
func (s *seats) close() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		if s.total == 0 {
			close(s.empty)
		}
	}
	return s.empty
}

func (s *seats) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}
