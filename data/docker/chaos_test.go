package docker_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
)

// faulty stands between the source and the engine's socket and spoils what the engine
// says, if it is told to.
type faulty struct {
	engine string // its socket
	listen net.Listener

	mu    sync.Mutex
	rng   *rand.Rand
	fault string // "" for none
	conns map[net.Conn]bool
	done  int // faults so far
}

func newFaulty(t *testing.T, engine string, seed uint64) (*faulty, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "proxy.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	p := &faulty{engine: engine, listen: listener, rng: rand.New(rand.NewPCG(seed, 1)), conns: make(map[net.Conn]bool)}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.cut()
		serving.Wait()
	})
	return p, path
}

func (p *faulty) set(fault string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

// cut ends all connections.
func (p *faulty) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

func (p *faulty) faults() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

func (p *faulty) serve(client net.Conn) {
	engine, err := net.Dial("unix", p.engine)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[engine] = true, true
	p.mu.Unlock()
	go func() {
		_, _ = io.Copy(engine, client)
		engine.Close()
	}()
	buf := make([]byte, 512) // so that an answer comes in several pieces
	for {
		n, err := engine.Read(buf)
		if err != nil || !p.pass(client, buf[:n]) {
			break
		}
	}
	client.Close()
	engine.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, client)
	delete(p.conns, engine)
}

// pass hands on a piece, or what the fault makes of it; false ends the connection.
func (p *faulty) pass(to net.Conn, b []byte) bool {
	p.mu.Lock()
	fault, at := p.fault, p.rng.IntN(len(b))
	if fault != "" {
		p.done++
	}
	p.mu.Unlock()
	switch fault {
	case "cut":
		_, _ = to.Write(b[:at])
		return false
	case "corrupt":
		b[at] = 0
	case "double":
		b = append(append([]byte(nil), b...), b[at:]...)
	case "delay": // until the client gives up
		_, _ = io.Copy(io.Discard, to)
		return false
	}
	_, err := to.Write(b)
	return err == nil
}

// TestChaos: whatever becomes of the engine's answers and events on the way, it shows
// with a reason, what was known stays, and all is right again once they come whole.
func TestChaos(t *testing.T) {
	for _, fault := range []string{"cut", "corrupt", "double", "delay"} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(fault, " ", seed), func(t *testing.T) {
				e, socket := newFakeSocket(t)
				p, path := newFaulty(t, socket, seed)
				for i := range 5 {
					e.set(fmt.Sprint("a", i), runs(fmt.Sprint("donna-", i), 1, 10))
				}
				clock := clockwork.NewFakeClockAt(start)
				w := watch(t, docker.Options{Host: path, Clock: clock})
				whole := func() {
					t.Helper()
					w.until("all containers with their figures", func() bool {
						if w.state.State == data.StateLive && w.state.Detail == "" {
							if c := w.container("donna-4"); c != nil && c.Problem == "" && c.MemBytes != nil && *c.MemBytes == 70<<20 {
								return true
							}
						}
						if !w.state.NextTry.IsZero() && w.state.NextTry.After(clock.Now()) {
							clock.Advance(w.state.NextTry.Sub(clock.Now()))
						}
						return false
					})
					for i := range 5 {
						c := w.container(fmt.Sprint("donna-", i))
						if c == nil || c.Service != "" || c.Verdict() != data.VerdictOK || len(w.view.Containers) != 6 { // and caddy, which is missing
							t.Fatalf("view %+v", w.view)
						}
					}
				}
				whole()

				before := p.faults()
				p.set(fault)
				for p.faults() == before || w.state.State == data.StateLive && w.state.Detail == "" && !w.problem() {
					clock.Advance(5 * time.Second) // to the next samples, the next full look, and the end of what hangs
					w.drain()
					if w.ctx.Err() != nil {
						t.Fatalf("no trouble shows: %+v", w.state)
					}
				}
				if w.view == nil || len(w.view.Containers) < 6 {
					t.Errorf("what was known is gone: %+v", w.view)
				}
				if st := w.state; st.State != data.StateLive && (st.Detail == "" || st.State != data.StateStale) {
					t.Errorf("state %+v", st)
				}

				p.set("")
				p.cut() // of what is spoiled half the way
				whole()
			})
		}
	}
}

// drain takes what has been reported, without waiting.
func (w *watcher) drain() {
	for {
		select {
		case report := <-w.reports:
			report()
		case <-time.After(time.Millisecond):
			return
		}
	}
}

// problem tells whether something is said to be wrong with a container.
func (w *watcher) problem() bool {
	if w.view == nil {
		return false
	}
	for _, c := range w.view.Containers {
		if c.Problem != "" {
			return true
		}
	}
	return false
}
