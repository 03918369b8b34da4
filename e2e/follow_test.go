package e2e

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/loki"
)

// ledger counts how often each line came.
type ledger struct {
	mu     sync.Mutex
	count  map[string]int
	late   int
	status loki.Status
	tailed bool // the tail was up at some time
}

func newLedger() *ledger { return &ledger{count: make(map[string]int)} }

func (l *ledger) add(lines []loki.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range lines {
		l.count[line.Text]++
		if line.Late {
			l.late++
		}
	}
}

func (l *ledger) setStatus(s loki.Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = s
	l.tailed = l.tailed || s.Tailing
}

// compare counts accepted lines that didn't come, and lines that came more than once.
func (l *ledger) compare(p *pusher) (lost, doubled int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for text := range p.accepted {
		if l.count[text] == 0 {
			lost++
		}
	}
	for _, n := range l.count {
		if n > 1 {
			doubled++
		}
	}
	return lost, doubled
}

func (l *ledger) asOf() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status.AsOf
}

// TestFollowAcrossRestarts follows while Loki is killed once and stopped once, and closes the tail every 5 s.
func TestFollowAcrossRestarts(t *testing.T) {
	for _, rate := range []int{20, 500, 2000, 5000} {
		t.Run(fmt.Sprintf("%d lines per second", rate), func(t *testing.T) {
			server := newServer(t)
			p := newPusher(server.addr, t.Name())
			l := newLedger()
			ctx, cancel := context.WithCancel(t.Context())
			followed := make(chan error, 1)
			go func() {
				followed <- server.client().Follow(ctx, loki.FollowOptions{
					Selector: selector(p.job), From: time.Now().Add(-time.Second), Tail: true,
					OnLines: l.add, OnStatus: l.setStatus,
				})
			}()
			total := rate * 12
			signals := map[int]os.Signal{total / 3: syscall.SIGKILL, 2 * total / 3: syscall.SIGTERM}
			p.run(t, 0, rate, total, func(pushed int) {
				for at, sig := range signals {
					if pushed >= at {
						server.restart(sig)
						delete(signals, at)
					}
				}
			})
			waitFor(t, 30*time.Second, "all lines", func() bool {
				lost, _ := l.compare(p)
				return lost == 0
			})
			// Whatever comes a second time comes with the passes that read the outages again.
			settled := time.Now().Add(3 * time.Second)
			waitFor(t, 30*time.Second, "passes after the last line", func() bool { return l.asOf().After(settled) })
			lost, doubled := l.compare(p)
			t.Logf("%d lines accepted, %d lost, %d doubled, %d late", len(p.accepted), lost, doubled, l.late)
			if lost != 0 || doubled != 0 {
				t.Errorf("%d lines lost, %d doubled, want none", lost, doubled)
			}
			if rate < 1500 && !l.tailed {
				t.Error("the tail was never up")
			}
			if n := l.status.Lost; n != 0 {
				t.Errorf("the status says that %d lines are lost", n)
			}
			cancel()
			if err := <-followed; err != nil {
				t.Errorf("Follow returned %v", err)
			}
		})
	}
}

// TestPushOfManyStreams is the case in which the tail alone silently loses two thirds of the lines.
func TestPushOfManyStreams(t *testing.T) {
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	l := newLedger()
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() {
		followed <- server.client().Follow(ctx, loki.FollowOptions{
			Selector: selector(p.job), From: time.Now().Add(-time.Second), Tail: true,
			OnLines: l.add, OnStatus: l.setStatus,
		})
	}()
	waitFor(t, 20*time.Second, "the tail", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.status.Tailing
	})
	for i := range 10 {
		request, texts := p.lines(i*100, 100, time.Now())
		p.insist(t, request, texts)
		waitFor(t, 5*time.Second, "the lines of the push", func() bool {
			lost, _ := l.compare(p)
			return lost == 0
		})
	}
	if _, doubled := l.compare(p); doubled != 0 {
		t.Errorf("%d lines doubled", doubled)
	}
	cancel()
	if err := <-followed; err != nil {
		t.Errorf("Follow returned %v", err)
	}
}
