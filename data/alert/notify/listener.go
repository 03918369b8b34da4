package notify

import (
	"net/http"
	"sync"
	"time"
)

// answer is what a service answered last.
type answer struct {
	mu     sync.Mutex
	status int
	header http.Header
	at     time.Time
}

func (a *answer) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.header = 0, nil
}

// get is the status, 0 if there was no answer, and how long to wait.
func (a *answer) get() (status int, after time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.status, retryAfter(a.header, a.at)
}

// listener hears what a service answers, of which shoutrrr tells only a part.
type listener struct {
	next http.RoundTripper
	said *answer
}

// RoundTrip implements [http.RoundTripper].
func (l *listener) RoundTrip(req *http.Request) (*http.Response, error) {
	next := l.next
	if next == nil {
		next = http.DefaultTransport
	}
	res, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	l.said.mu.Lock()
	defer l.said.mu.Unlock()
	l.said.status, l.said.header = res.StatusCode, res.Header
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		l.said.at = at // a date in Retry-After is by the server's clock
	}
	return res, nil
}
