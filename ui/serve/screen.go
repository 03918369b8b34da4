package serve

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"github.com/donna-project/donnatop/ui"
)

// dashboard shows it on the client's terminal until its user quits or the
// session is ended.
func (v *visit) dashboard() (int, error) {
	pty, _, _ := v.Pty()
	vars := append(v.Environ(), "TERM="+pty.Term)
	model, err := v.newScreen(vars)
	if err != nil {
		v.log.Error("ssh_screen_failed", "error", err)
		return exitFailed, err
	}
	defer model.Close()
	p := tea.NewProgram(&guard{screen: model, log: v.log, end: v.end},
		tea.WithInput(strings.NewReader("")), // it comes by another way: see feed
		tea.WithOutput(v.Session),
		tea.WithEnvironment(vars),
		tea.WithColorProfile(colorprofile.Env(vars)),
		tea.WithWindowSize(pty.Window.Width, pty.Window.Height),
		tea.WithoutSignalHandler(),
		tea.WithFPS(ui.FPS),
	)
	model.Drive(p)
	stopped := make(chan struct{})
	go v.feed(p, pty.Term)
	go v.quit(p, stopped)
	_, err = p.Run()
	close(stopped)
	cause := context.Cause(v.ctx)
	v.end(nil)
	switch {
	case cause != nil && errors.Is(cause, context.Canceled):
		return exitFailed, errGone
	case cause != nil:
		return exitFailed, cause
	case err != nil && !errors.Is(err, tea.ErrInterrupted):
		v.log.Error("ssh_screen_failed", "error", err)
		return exitFailed, errPanic
	}
	return 0, nil
}

// newScreen makes the model for a terminal that describes itself with vars.
func (v *visit) newScreen(vars []string) (screen, error) {
	o := v.server.options.Screen
	get := func(name string) string {
		for _, kv := range slices.Backward(vars) {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				return value
			}
		}
		return ""
	}
	o.Log, o.Clock = v.log, v.server.clock
	o.ExportDir, o.State, o.Tmux = "", nil, false
	o.NoColor = o.NoColor || get("NO_COLOR") != ""
	o.ASCII = o.ASCII || !speaksUnicode(get)
	theme := get("DONNATOP_THEME")
	if theme == "" {
		return v.server.newScreen(o)
	}
	own := o
	own.Theme = theme
	if m, err := v.server.newScreen(own); err == nil {
		return m, nil
	}
	v.log.Info("ssh_theme_unknown", "theme", theme) // its own wish, so it costs nothing
	return v.server.newScreen(o)
}

// speaksUnicode tells what the client's locale says; one that is not sent is
// taken for a modern one.
func speaksUnicode(get func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := get(name); value != "" {
			return strings.Contains(strings.ReplaceAll(strings.ToUpper(value), "-", ""), "UTF8")
		}
	}
	return true
}

// feed gives the program what comes from the client: keys and sizes. Bubble Tea's
// own reader isn't used, because it would be left behind, waiting to hand over a
// key, whenever one follows that which ends the program; and because it gathers
// what is pasted without a limit.
func (v *visit) feed(p *tea.Program, term string) {
	m := &meter{r: v.Session, over: func() { v.end(errInput) }}
	events := make(chan uv.Event)
	go func() {
		defer close(events)
		_ = uv.NewTerminalReader(m, term).StreamEvents(v.ctx, events) // it ends when the channel is closed
	}()
	defer func() {
		go func() {
			for range events { // until the reader has ended
			}
		}()
	}()
	limit := v.server.options.Limits.Idle
	if limit > 0 {
		idle := v.server.clock.AfterFunc(limit, func() { v.end(errIdle) })
		defer idle.Stop()
		m.seen = func() { idle.Reset(limit) }
	}
	for {
		select {
		case <-v.ctx.Done():
			return
		case to := <-v.gate.sizes:
			p.Send(tea.WindowSizeMsg{Width: to.width, Height: to.height})
		case e, more := <-events:
			if !more {
				v.end(errNoInput)
				return
			}
			m.begin()
			p.Send(e)
		}
	}
}

// quit ends the program when the session is to end, and the connection if that
// doesn't help: a client that doesn't read holds up whoever writes to it.
func (v *visit) quit(p *tea.Program, stopped <-chan struct{}) {
	select {
	case <-stopped:
		return
	case <-v.ctx.Done():
	}
	go p.Quit()
	select {
	case <-stopped:
	case <-v.server.clock.After(patience):
		_ = v.Context().Value(linkKey{}).(*link).Close() // it is given up anyway
	}
}

// meter counts what is read for one event: a key, or a text that is pasted.
type meter struct {
	r    io.Reader
	n    atomic.Int64
	over func()
	seen func() // called at each event; nil for nothing
}

// begin says that an event is over.
func (m *meter) begin() {
	m.n.Store(0)
	if m.seen != nil {
		m.seen()
	}
}

// Read implements [io.Reader].
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.n.Add(int64(n)) > maxMessage {
		m.over()
		return 0, errInput
	}
	return n, err
}

var (
	_ screen      = (*ui.Model)(nil)
	_ ssh.Session = (*visit)(nil)
)
