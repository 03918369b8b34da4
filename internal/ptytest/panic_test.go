package ptytest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui"
)

// panicIn names the variable that makes this test binary a dashboard that panics: the
// real model in the real loop, over a clock or a hub that can't be trusted. The
// program itself has no switch for that.
const panicIn = "PTYTEST_PANIC_IN"

// brokenClock panics when it is asked for the time once it is broken.
type brokenClock struct {
	clockwork.Clock
	broken <-chan struct{}
}

func (c brokenClock) Now() time.Time {
	select {
	case <-c.broken:
		panic("the clock is broken")
	default:
		return c.Clock.Now()
	}
}

// brokenHub panics when it is asked for its snapshot once it is broken.
type brokenHub struct {
	*data.Hub
	broken <-chan struct{}
	news   chan struct{}
}

func (h brokenHub) Subscribe() (<-chan struct{}, func()) { return h.news, func() {} }

func (h brokenHub) Snapshot() *data.Snapshot {
	select {
	case <-h.broken:
		panic("the hub is broken")
	default:
		return h.Hub.Snapshot()
	}
}

// breaker does harm when it is asked for a trace.
type breaker func()

func (b breaker) Trace(context.Context, string, func(*trace.Trace)) (*trace.Trace, error) {
	b()
	return &trace.Trace{}, nil
}

// panicking shows a dashboard that panics in a command, or in Update, once a trace is
// asked for. It returns the exit code.
func panicking(in string) int {
	clock := clockwork.NewRealClock()
	broken, news := make(chan struct{}), make(chan struct{}, 1)
	hub := data.NewHub(data.HubOptions{Clock: clock})
	o := ui.Options{Hub: hub, Clock: clock}
	switch in {
	case "command":
		o.Hub = brokenHub{hub, broken, news}
		o.Tracer = breaker(func() { close(broken); news <- struct{}{} })
	case "update":
		o.Clock = brokenClock{clock, broken}
		o.Tracer = breaker(func() { close(broken) })
	}
	m, err := ui.New(o)
	if err == nil {
		err = ui.Run(context.Background(), m)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ended:", err)
		return 1
	}
	return 0
}

// TestPanic finds the terminal as it was after a panic, with an error on it.
func TestPanic(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for in, said := range map[string]string{"command": "the hub is broken", "update": "the clock is broken"} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			term := openCommand(t, 120, 200, "-m", "env", panicIn+"="+in, self) // high enough for the stack
			term.until("the first frame", shows("[1 Overview]"))
			term.keys("m")
			term.until("the mouse", func([]string) string { return term.mouseFault("1") })
			term.keys(":")
			term.until("the palette", shows("esc"))
			term.keys("t", "r", "a", "c", "e", "Space", "x", "Enter")
			term.wantRestored("1")
			term.until("the error", shows("ended:"))
			// Bubble Tea tells of a command's panic before it leaves the screen.
			if !strings.Contains(term.read("raw"), said) {
				t.Errorf("nothing tells that %s", said)
			}
		})
	}
}
