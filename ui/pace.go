package ui

import (
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"
)

// How often the renderer of a driven program looks whether there is another frame:
// at first, when somebody waits for the program to start, so often that no frame
// waits for it; then as often as there may be one; and at rest so seldom that it
// costs next to nothing, but that what is new is still there within a moment.
const (
	startFor       = time.Second
	startLookEvery = 5 * time.Millisecond
	restLookEvery  = 250 * time.Millisecond
)

// pace is how often the renderer looks for frames.
type pace struct {
	program *tea.Program // nil if it keeps the pace it began with
	begun   time.Time
	every   time.Duration // as it was set last
}

// Drive lets the model set the pace of the renderer of the program that shows it.
// It must be called before the program runs.
func (m *Model) Drive(p *tea.Program) {
	m.pace = pace{program: p, begun: m.options.Clock.Now(), every: frameEvery}
}

// setPace sets the pace that the moment asks for. It must only be called from
// Update: Bubble Tea makes the ticker before it calls that, in the same goroutine.
func (m *Model) setPace() {
	if m.pace.program == nil {
		return
	}
	now, every := m.options.Clock.Now(), frameEvery
	switch {
	case now.Sub(m.pace.begun) < startFor:
		every = startLookEvery
	case m.resting(now):
		every = restLookEvery
	}
	if every == m.pace.every {
		return
	}
	m.pace.every = every
	if t := renderTicker(m.pace.program); t != nil {
		t.Reset(every)
	}
}

// renderTicker is what wakes the program's renderer. Bubble Tea only lets its rate
// be chosen once, and there is no other way to be told of frames: thirty times a
// second all day long are three quarters of what an idle screen costs. nil if this
// version of Bubble Tea keeps the ticker elsewhere: then it goes at its own rate.
func renderTicker(p *tea.Program) *time.Ticker {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(field.UnsafePointer())
}
