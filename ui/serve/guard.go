package serve

import (
	"context"
	"log/slog"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// guard is a screen whose panics end its own session, with the stack in the log.
// Bubble Tea would catch most of them, too, but print them on the server's
// terminal.
type guard struct {
	screen
	log *slog.Logger
	end context.CancelCauseFunc

	first sync.Once // of its panics: what follows is no news
}

// Init implements [tea.Model].
func (g *guard) Init() (cmd tea.Cmd) {
	defer g.caught()
	return g.watched(g.screen.Init())
}

// Update implements [tea.Model].
func (g *guard) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	model = g
	defer g.caught()
	_, cmd = g.screen.Update(msg)
	return g, g.watched(cmd)
}

// View implements [tea.Model].
func (g *guard) View() (view tea.View) {
	defer g.caught()
	return g.screen.View()
}

// watched is a command, and all those of its batch, with their panics caught.
func (g *guard) watched(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.caught()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = g.watched(batch[i])
			}
		}
		return msg
	}
}

// caught is deferred where the screen's code is called.
func (g *guard) caught() {
	if r := recover(); r != nil {
		g.first.Do(func() { logPanic(g.log, r) })
		g.end(errPanic)
	}
}
