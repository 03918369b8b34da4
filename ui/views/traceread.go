package views

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/trace"
)

// traceReading is one run of the tracer. Its address tells its answers from those
// of other readings, of this view or another.
type traceReading struct {
	ctx    context.Context
	cancel context.CancelFunc
	// partial holds the newest state that the screen has not asked for yet: states
	// in between are dropped, as each one holds all those before.
	partial chan *trace.Trace
	ended   chan struct{}
}

// tracedMsg brings what is known of a trace.
type tracedMsg struct {
	Answer
	of       *traceReading
	trace    *trace.Trace
	timeline *trace.Timeline // nil if there is none, and for a trace
	err      error
	done     bool // there will be no more
}

// read starts the tracer, and ends the one that is under way.
func (v *Trace) read() tea.Cmd {
	v.stop()
	if v.ctx.Tracer == nil {
		v.err = errors.New("no database and no log is there to look in: see S")
		return nil
	}
	parent := v.ctx.Done
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithCancel(parent)
	r := &traceReading{ctx: ctx, cancel: cancel, partial: make(chan *trace.Trace, 1), ended: make(chan struct{})}
	v.reading, v.err = r, nil
	tracer, asks, id, log := v.ctx.Tracer, v.asks, v.id, v.ctx.Log
	run := func() (msg tea.Msg) {
		defer cancel()
		defer close(r.ended)
		defer func() {
			if p := recover(); p != nil {
				log.Error("tracing panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				msg = tracedMsg{of: r, err: fmt.Errorf("put the trace together: %v: the log file has the details", p), done: true}
			}
		}()
		if asks != nil {
			t, err := asks.Timeline(ctx, id)
			return tracedMsg{of: r, timeline: t, err: err, done: true}
		}
		t, err := tracer.Trace(ctx, id, r.progress)
		if err == nil && t == nil {
			err = errors.New("the tracer gave nothing")
		}
		return tracedMsg{of: r, trace: t, err: err, done: true}
	}
	return tea.Batch(run, r.next())
}

// progress keeps t for the screen in place of what it has not asked for. It is
// called from one goroutine, so there is room after what was there has been taken.
func (r *traceReading) progress(t *trace.Trace) {
	select {
	case <-r.partial:
	default:
	}
	r.partial <- t
}

// next waits for the next state. It is asked for anew after each, so that states
// come no faster than they are drawn.
func (r *traceReading) next() tea.Cmd {
	return func() tea.Msg {
		select {
		case t := <-r.partial:
			return tracedMsg{of: r, trace: t}
		case <-r.ended:
		case <-r.ctx.Done():
		}
		return nil
	}
}

// traced takes an answer of the reading that is under way.
func (v *Trace) traced(msg tracedMsg) tea.Cmd {
	switch {
	case msg.of != v.reading:
		return nil
	case msg.done:
		v.reading, v.err = nil, msg.err
		if msg.err == nil {
			v.timeline = msg.timeline
			if msg.timeline != nil {
				msg.trace = msg.timeline.Trace()
			}
			return v.show(msg.trace)
		}
		return nil
	}
	return tea.Batch(v.show(msg.trace), msg.of.next())
}

// stop ends the reading that is under way.
func (v *Trace) stop() {
	if v.reading != nil {
		v.reading.cancel()
		v.reading = nil
	}
}

// Close implements [Closer]: a reading that had to stop begins anew when somebody
// looks again.
func (v *Trace) Close() {
	if v.reading != nil {
		v.stop()
		v.begun = false
	}
}
