package ui

import (
	"bytes"
	"io"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// wire counts what a program writes to its terminal.
type wire struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// A program is the real one, with Bubble Tea's renderer, on a terminal of 200x60
// cells and 256 colours. It runs in a synctest bubble: the renderer's own ticker
// is on the bubble's clock, everything else on that of the test.
type program struct {
	t     *testing.T
	m     *Model
	p     *tea.Program
	clock *clockwork.FakeClock
	wire  wire
}

func runProgram(t *testing.T, open func(clock *clockwork.FakeClock) Options, test func(p *program)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clock := clockwork.NewFakeClockAt(testNow)
		options := open(clock)
		options.Clock = clock
		m, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{t: t, m: m, clock: clock}
		p.p = tea.NewProgram(m, tea.WithInput(nil), tea.WithOutput(&p.wire), tea.WithoutSignalHandler(), tea.WithWindowSize(200, 60),
			tea.WithColorProfile(colorprofile.ANSI256), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		m.Drive(p.p)
		ended := make(chan error, 1)
		go func() {
			_, err := p.p.Run()
			ended <- err
		}()
		p.flushed()
		test(p)
		m.Close()
		p.p.Quit()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// flushed gives what is written until nothing more happens at this moment.
func (p *program) flushed() string {
	const rendered = 50 * time.Millisecond // of the bubble's time, in which the renderer has looked
	time.Sleep(rendered)
	synctest.Wait()
	p.clock.Advance(frameEvery) // what has to wait for the next frame
	time.Sleep(rendered)
	synctest.Wait()
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	out, _ := io.ReadAll(&p.wire.out)
	return string(out)
}

// after gives what is written because of something.
func (p *program) after(do func()) string {
	p.flushed()
	do()
	return p.flushed()
}

// Over a slow link only what has changed is written: a figure costs no more than
// its digits and the way there.
func TestBytesOfOneFigure(t *testing.T) {
	const most = 60
	runProgram(t, sampleOptions, func(p *program) {
		s := p.m.feed.figured
		for cents := range 10 {
			f, llm := *s.Figures(), *s.Figures().LLM
			usd := *llm.SpendUSD[data.WindowToday] + 0.01*float64(cents+1)
			llm.SpendUSD = maps.Clone(llm.SpendUSD)
			llm.SpendUSD[data.WindowToday] = &usd
			f.LLM = &llm
			before := p.m.View().Content
			out := p.after(func() { p.p.Send(figuresMsg{of: figuring{snapshot: s, number: p.m.span.number}, figures: &f}) })
			if p.m.View().Content == before {
				t.Fatal("nothing has changed on the screen")
			}
			if len(out) > most {
				t.Errorf("%d bytes: %q", len(out), out)
			}
		}
	})
}

// relived is the simulation's data in a Hub whose clock the test has.
func relived(t *testing.T, clock *clockwork.FakeClock) *data.Hub {
	s := simulatedHub(t).Snapshot()
	return hubWith(clock, func(h *data.Hub) {
		h.SetDB(s.DB)
		h.SetConfig(s.Config)
		h.SetContainers(s.Containers)
		h.SetHost(s.Host)
		h.SetAlerts(s.Alerts)
		for name, state := range s.Sources {
			h.SetState(name, state)
		}
		lines := make([]logline.Entry, s.Logs.Len())
		for i := range lines {
			lines[i] = s.Logs.At(i).Entry
		}
		h.AppendLines(lines)
	})
}

// While nothing happens, a second costs the digits of the clock in the header; the
// same data some seconds later, the ages that have changed.
func TestBytesOfPassingTime(t *testing.T) {
	const second, refresh = 30, 150
	simulatedHub(t)
	for _, view := range ViewNames() {
		t.Run(view, func(t *testing.T) {
			var hub *data.Hub
			runProgram(t, func(clock *clockwork.FakeClock) Options {
				hub = relived(t, clock)
				return Options{Hub: hub, View: view}
			}, func(p *program) {
				for range 3 {
					out := p.after(func() { p.clock.Advance(time.Second) })
					if len(out) == 0 || len(out) > second {
						t.Errorf("a second: %d bytes: %q", len(out), out)
					}
				}
				for range 3 {
					p.clock.Advance(5 * time.Second)
					out := p.after(func() { hub.Publish() })
					if len(out) == 0 || len(out) > refresh {
						t.Errorf("later data: %d bytes: %q", len(out), out)
					}
				}
			})
		})
	}
}
