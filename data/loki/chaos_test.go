package loki

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// faulty stands between a client and the fakeLoki as a network does on a bad day: on
// the way to the client it holds bytes up, cuts connections, writes zeros over bytes
// (which neither HTTP nor JSON can take for something else) and sends bytes twice.
type faulty struct {
	loki *fakeLoki

	mu     sync.Mutex
	rng    *rand.Rand
	bad    bool
	faults map[string]int
}

func newFaulty(f *fakeLoki, seed uint64) *faulty {
	return &faulty{loki: f, rng: rand.New(rand.NewPCG(seed, 1)), faults: make(map[string]int)}
}

func (p *faulty) set(bad bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bad = bad
}

func (p *faulty) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	theirs, err := p.loki.dialPipe(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	ours, ourEnd := net.Pipe()
	closing := func() { ourEnd.Close(); theirs.Close() }
	go func() {
		defer closing()
		p.pass(theirs, ourEnd, true)
	}()
	go func() {
		defer closing()
		p.pass(ourEnd, theirs, false)
	}()
	return ours, nil
}

// pass copies what comes until the connection ends, or the fault of the moment ends it.
func (p *faulty) pass(from, to net.Conn, faults bool) {
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		b := buf[:n]
		if faults {
			var held time.Duration
			if b, held = p.spoil(b); b == nil {
				return
			}
			time.Sleep(held) // of the bubble
		}
		if _, err := to.Write(b); err != nil {
			return
		}
	}
}

// spoil is what becomes of some bytes; nil if the connection is cut.
func (p *faulty) spoil(b []byte) ([]byte, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.bad {
		return b, 0
	}
	at := p.rng.IntN(len(b))
	switch p.rng.IntN(24) {
	case 0:
		p.faults["cut"]++
		return nil, 0
	case 1:
		p.faults["corrupted"]++
		b[at] = 0
	case 2:
		p.faults["doubled"]++
		return append(append([]byte(nil), b...), b[at:]...), 0
	case 3:
		p.faults["delayed"]++
		return b, time.Duration(p.rng.IntN(15000)) * time.Millisecond // the client waits for 10 s
	}
	return b, 0
}

// TestChaos: whatever the network does to answers and to the tail, each line comes
// once and as it is, troubles show, and it mends itself.
func TestChaos(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeLoki(t, seed%2 == 0)
				p := newFaulty(f, seed)
				f.between = p.dial
				x := follow(t, f, FollowOptions{Tail: true})
				rng := rand.New(rand.NewPCG(seed, 2))
				troubled := 0
				for range 3 {
					p.set(true)
					for range 60 {
						for range rng.IntN(8) {
							f.push(x.line(time.Duration(rng.IntN(3000)) * time.Millisecond))
						}
						x.after(time.Second)
						if x.status.Err != nil {
							troubled++
							if x.status.Err.Error() == "" || x.status.NextTry.IsZero() {
								t.Errorf("failing without a word or another try: %+v", x.status)
							}
						}
					}
					p.set(false)
					x.after(2 * time.Minute) // and the comparison of counts
					x.wantAll()
					if x.status.Err != nil {
						t.Errorf("it does not mend: %v", x.status.Err)
					}
				}
				for _, kind := range []string{"cut", "corrupted", "doubled", "delayed"} {
					if p.faults[kind] == 0 {
						t.Errorf("nothing was %s", kind)
					}
				}
				if troubled == 0 {
					t.Error("no trouble ever showed")
				}
			})
		})
	}
}
