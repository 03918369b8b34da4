package ui

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Run shows the model in a terminal until the user quits, ctx ends or the
// terminal goes away (SIGHUP), and closes it. However it ends, the terminal is
// left as it was found. The error is nil in all three cases.
func Run(ctx context.Context, m *Model, options ...tea.ProgramOption) error {
	defer m.Close()
	// Bubble Tea handles SIGINT and SIGTERM. A dropped connection is a SIGHUP.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	options = append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(FPS)}, options...)
	if m.options.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	p := tea.NewProgram(m, options...)
	m.Drive(p)
	_, err := p.Run()
	ended := ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) && !errors.Is(err, tea.ErrProgramPanic)
	if ended || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}
