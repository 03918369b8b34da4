package soak

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// visitors come to the dashboard by SSH, press keys and leave in every way one can.
type visitors struct {
	address string
	key     gossh.Signer
	rng     *rand.Rand

	running  sync.WaitGroup
	sessions atomic.Int64
	shown    atomic.Int64 // bytes
	blank    atomic.Int64 // sessions that showed nothing
}

// keys are what visitors press. Most of it goes somewhere: views, panels, prompts,
// the palette, help, time, filters, traces, themes.
var keys = []string{
	"1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "M", "L", "\t", "\x1b[Z", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~",
	"\r", "\r", "\x1b", "\x1b", "\x1b", " ", ".", "z", "Z", "[", "]", "i", "y", "Y", "c", "v", "D", "s", "T", "?", "m", "$", "G", "g", "n", "N",
	":llm\r", ":range 1h\r", "t2h\r", "/level>=error\r", "/-event:health_check\r", "/nothing matches\r", "\x1b[I", "\x1b[O", "\x1b[200~pasted\x1b[201~",
}

func newVisitors(address string, seed uint64) (*visitors, error) {
	rng := rand.New(rand.NewPCG(seed, 4))
	secret := make([]byte, ed25519.SeedSize)
	for i := range secret {
		secret[i] = byte(rng.Uint32())
	}
	key, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(secret))
	return &visitors{address: address, key: key, rng: rng}, err
}

// come lets so many visitors in a row, at the same time as others, until ctx ends.
func (v *visitors) come(ctx context.Context, together int, fail func(error)) {
	for range together {
		rng := rand.New(rand.NewPCG(v.rng.Uint64(), v.rng.Uint64()))
		v.running.Go(func() {
			for ctx.Err() == nil {
				if err := v.visit(ctx, rng); err != nil && ctx.Err() == nil {
					fail(fmt.Errorf("visitor: %w", err))
					return
				}
			}
		})
	}
}

// visit is one session.
func (v *visitors) visit(ctx context.Context, rng *rand.Rand) error {
	conn, err := net.Dial("tcp", v.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	c, chans, reqs, err := gossh.NewClientConn(conn, v.address, &gossh.ClientConfig{
		User: "soak", Auth: []gossh.AuthMethod{gossh.PublicKeys(v.key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return err
	}
	client := gossh.NewClient(c, chans, reqs)
	defer client.Close()
	s, err := client.NewSession()
	if err != nil {
		return err
	}
	defer s.Close()
	size := func() (h, w int) { return 8 + rng.IntN(60), 20 + rng.IntN(220) }
	h, w := size()
	if err := s.RequestPty([]string{"xterm-256color", "xterm", "screen"}[rng.IntN(3)], h, w, nil); err != nil {
		return err
	}
	in, err := s.StdinPipe()
	if err != nil {
		return err
	}
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.Shell(); err != nil {
		return err
	}
	v.sessions.Add(1)
	seen := make(chan int64, 1)
	go func() { n, _ := io.Copy(io.Discard, out); seen <- n }()
	defer func() {
		client.Close()
		n := <-seen
		v.shown.Add(n)
		if n == 0 {
			v.blank.Add(1)
		}
	}()
	for range 5 + rng.IntN(60) {
		if !pause(ctx, time.Duration(20+rng.IntN(150))*time.Millisecond) {
			break
		}
		if rng.IntN(10) == 0 {
			h, w := size()
			err = s.WindowChange(h, w)
		} else {
			_, err = io.WriteString(in, keys[rng.IntN(len(keys))])
		}
		if err != nil {
			return nil // a key that quits
		}
	}
	switch rng.IntN(3) {
	case 0: // politely, and not as part of the key before
		if !pause(ctx, 200*time.Millisecond) {
			return nil
		}
		_, _ = io.WriteString(in, "\x03")
		ended := make(chan struct{})
		go func() { _ = s.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			return fmt.Errorf("a session goes on after ctrl+c")
		}
	case 1: // by the channel
		_ = s.Close()
	case 2: // by pulling the plug
		_ = conn.Close()
	}
	return nil
}

// pause waits; it returns false if ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
