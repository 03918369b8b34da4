package ui

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"
)

// A driver runs a model without a terminal: it hands it messages, runs the
// commands that come back, hands it their answers, and so on until every command
// left waits for something to happen. It needs no sleeps: the commands are
// goroutines in a synctest bubble, which knows when all of them wait, and timers
// run on a fake clock that moves when the test says so.
type driver struct {
	t     *testing.T
	m     *Model
	clock *clockwork.FakeClock
	quit  bool              // the model has asked to end the program
	heard func(msg tea.Msg) // gets every message the model gets; nil for nothing

	clipboard []string // what the model has set it to, and other sequences it has sent past the screen
	mu        sync.Mutex
	answers   []tea.Msg
}

// drive runs a test against a model made by open within a bubble, on a terminal
// of w×h cells.
func drive(t *testing.T, w, h int, open func(clock *clockwork.FakeClock) Options, test func(d *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clock := clockwork.NewFakeClockAt(testNow)
		options := open(clock)
		options.Clock = clock
		m, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		d := &driver{t: t, m: m, clock: clock}
		defer m.Close()
		d.run(m.Init())
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		test(d)
	})
}

// run starts a command.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		d.mu.Lock()
		defer d.mu.Unlock()
		if msg != nil {
			d.answers = append(d.answers, msg)
		}
	}()
}

// settle handles answers until there are no more.
func (d *driver) settle() {
	for {
		synctest.Wait()
		d.mu.Lock()
		answers := d.answers
		d.answers = nil
		d.mu.Unlock()
		if len(answers) == 0 {
			return
		}
		for _, msg := range answers {
			d.deliver(msg)
		}
	}
}

// deliver does what Bubble Tea does with a message.
func (d *driver) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
	case tea.QuitMsg:
		d.quit = true
	case tea.RawMsg:
		d.clipboard = append(d.clipboard, fmt.Sprint(msg.Msg))
	default:
		if fmt.Sprintf("%T", msg) == "tea.setClipboardMsg" { // Bubble Tea's own
			d.clipboard = append(d.clipboard, fmt.Sprint(msg))
			return
		}
		if d.heard != nil {
			d.heard(msg)
		}
		_, cmd := d.m.Update(msg)
		d.m.View()
		d.run(cmd)
	}
}

// send hands the model messages and waits until it has done all they lead to.
func (d *driver) send(msgs ...tea.Msg) {
	for _, msg := range msgs {
		d.deliver(msg)
		d.settle()
	}
}

// press presses keys, named as in key bindings.
func (d *driver) press(keys ...string) {
	for _, k := range keys {
		d.send(keyPress(k))
	}
}

// typeText types text, key by key.
func (d *driver) typeText(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Text: string(r), Code: r})
	}
}

// advance lets time pass.
func (d *driver) advance(by time.Duration) {
	d.settle()
	d.clock.Advance(by)
	d.settle()
}

// lines is the frame as it is on the screen once everything due is drawn.
func (d *driver) lines() []string {
	d.settle()
	if d.m.frame.dirty {
		d.advance(frameEvery)
	}
	return strings.Split(d.m.View().Content, "\n")
}

// screen is the frame as text without styles.
func (d *driver) screen() string { return stripped(strings.Join(d.lines(), "\n")) }

// must fails the test unless the screen has all of the texts.
func (d *driver) must(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Fatalf("the screen has no %q:\n%s", text, screen)
		}
	}
}

// mustNot fails the test if the screen has one of the texts.
func (d *driver) mustNot(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			d.t.Fatalf("the screen has %q:\n%s", text, screen)
		}
	}
}

var namedKeys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "space": {Code: tea.KeySpace, Text: " "},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"backspace": {Code: tea.KeyBackspace}, "alt+left": {Code: tea.KeyLeft, Mod: tea.ModAlt}, "alt+right": {Code: tea.KeyRight, Mod: tea.ModAlt},
}

func keyPress(name string) tea.KeyPressMsg {
	if k, ok := namedKeys[name]; ok {
		return k
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Text: name, Code: []rune(name)[0]}
}
