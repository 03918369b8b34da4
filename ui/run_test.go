//go:build unix

package ui

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"syscall"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"
)

// terminal takes what a program writes and tells when it has begun to.
type terminal struct {
	mu    sync.Mutex
	out   bytes.Buffer
	begun chan struct{}
	once  sync.Once
}

func (o *terminal) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.once.Do(func() { close(o.begun) })
	return o.out.Write(p)
}

// However it ends, the program says nothing is wrong and leaves the screen.
func TestRunEndsCleanly(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, cancel context.CancelFunc, keys io.Writer)
	}{
		{"the terminal goes away", func(t *testing.T, _ context.CancelFunc, _ io.Writer) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Error(err)
			}
		}},
		{"the context ends", func(_ *testing.T, cancel context.CancelFunc, _ io.Writer) { cancel() }},
		{"a key", func(t *testing.T, _ context.CancelFunc, keys io.Writer) {
			if _, err := io.WriteString(keys, "q"); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := New(Options{Hub: sampleHub(clockwork.NewFakeClockAt(testNow))})
			if err != nil {
				t.Fatal(err)
			}
			in, keys := io.Pipe()
			defer keys.Close()
			out := &terminal{begun: make(chan struct{})}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				ended <- Run(ctx, m, tea.WithInput(in), tea.WithOutput(out), tea.WithWindowSize(80, 24), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
			}()
			<-out.begun
			c.end(t, cancel, keys)
			if err := <-ended; err != nil {
				t.Errorf("error %v", err)
			}
			const leaveAltScreen, showCursor = "\x1b[?1049l", "\x1b[?25h"
			if s := out.out.String(); !bytes.Contains([]byte(s), []byte(leaveAltScreen)) || !bytes.Contains([]byte(s), []byte(showCursor)) {
				t.Errorf("the terminal is left as %q", s[max(len(s)-80, 0):])
			}
		})
	}
}
