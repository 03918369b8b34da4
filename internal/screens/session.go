package main

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui"
)

// screen is what a terminal shows on which the dashboard was opened on the household
// and left alone, but for what was typed: lines of text with SGR sequences.
func screen(home *household, p picture) (string, error) {
	waits := make(chan struct{})
	clock := stillClock{clockwork.NewFakeClockAt(home.snap.At), waits}
	m, err := ui.New(ui.Options{Hub: still{home.snap}, Clock: clock, View: p.view, Title: "demo", Tracer: known{home.life}})
	if err != nil {
		return "", fmt.Errorf("open screen: %w", err)
	}
	defer m.Close()
	s := &session{m: m, waits: waits, answers: make(chan tea.Msg), done: make(chan struct{})}
	defer close(s.done)
	size := tea.WindowSizeMsg{Width: p.w, Height: p.h}
	s.run(m.Init())
	s.deliver(size)
	s.settle()
	if p.typed != nil {
		for _, r := range p.typed(home) {
			s.deliver(keyOf(r))
			s.settle()
		}
	}
	// The model spaces out its frames by the clock, which stands still, but draws at
	// once for a new size.
	s.deliver(size)
	s.settle()
	return m.View().Content, nil
}

// keyOf is the press of the key of a character; a line break is Enter.
func keyOf(r rune) tea.KeyPressMsg {
	if r == '\n' {
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	}
	return tea.KeyPressMsg{Code: r, Text: string(r)}
}

// known is a Tracer of one life.
type known struct{ life *trace.Trace }

func (k known) Trace(context.Context, string, func(*trace.Trace)) (*trace.Trace, error) {
	return k.life, nil
}

// A session runs a model without a terminal, as Bubble Tea would.
type session struct {
	m       *ui.Model
	answers chan tea.Msg
	waits   chan struct{} // a command waits for a timer, that is for ever
	done    chan struct{}
	working int // commands that neither answered nor wait
}

// run starts a command.
func (s *session) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	s.working++
	go func() {
		select {
		case s.answers <- cmd():
		case <-s.done:
		}
	}()
}

// settle handles answers until no command works.
func (s *session) settle() {
	for s.working > 0 {
		select {
		case msg := <-s.answers:
			s.working--
			s.deliver(msg)
		case <-s.waits:
			s.working--
		}
	}
}

func (s *session) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			s.run(cmd)
		}
	default:
		_, cmd := s.m.Update(msg)
		s.run(cmd)
	}
}

// still is a Hub to which nothing happens any more.
type still struct{ snap *data.Snapshot }

func (s still) Snapshot() *data.Snapshot { return s.snap }

func (s still) Subscribe() (<-chan struct{}, func()) {
	news := make(chan struct{})
	close(news)
	return news, func() {}
}

// stillClock never moves, and tells who waits for it to.
type stillClock struct {
	clockwork.Clock
	waits chan<- struct{}
}

func (c stillClock) NewTimer(time.Duration) clockwork.Timer { return stillTimer{c.waits} }

// stillTimer never fires. It is asked for its channel by whoever is about to wait.
type stillTimer struct{ waits chan<- struct{} }

func (t stillTimer) Chan() <-chan time.Time {
	t.waits <- struct{}{}
	return nil
}

func (stillTimer) Reset(time.Duration) bool { return true }
func (stillTimer) Stop() bool               { return true }
