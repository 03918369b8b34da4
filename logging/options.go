package logging

import (
	"io"
	"log/slog"
	"os"
	"time"
)

// Options configure a handler. The zero value writes console lines from INFO
// up to standard output.
type Options struct {
	// Level is the name of the minimum level, as ParseLevel reads it.
	Level string
	// LevelVar, if set, holds the minimum level, so that it can be changed
	// while the service runs. A Level that is not empty is stored in it first.
	LevelVar *slog.LevelVar
	// JSON selects the wire form, one JSON object per line; false is the
	// coloured form for people.
	JSON bool
	// Writer takes each line in one Write, one at a time; nil is os.Stdout. It
	// must not log through the same handler.
	Writer io.Writer
	// Clock gives the time of the records the package makes itself (Event,
	// Critical); nil is time.Now. A record's own time always stands.
	Clock func() time.Time
	// Service and Component, unless empty, are bound as the first pairs.
	Service   string
	Component string
	// OnError is told once, of the first line whose write failed or was short;
	// nil prints it on standard error. WriteFailures counts the lines.
	OnError func(error)
}

// Setup returns a logger on NewHandler(opts). It changes nothing global; call
// slog.SetDefault with the result to make it what slog.Info, Event and
// FromContext fall back on.
func Setup(opts Options) *slog.Logger { return slog.New(NewHandler(opts)) }

// NewHandler returns a handler that writes records as the Python services
// print theirs. It is safe for concurrent use; handlers derived from it share
// its writer and never interleave lines.
func NewHandler(opts Options) slog.Handler {
	c := &core{json: opts.JSON, level: opts.LevelVar, clock: opts.Clock}
	c.sink.w, c.sink.onError = opts.Writer, opts.OnError
	if c.sink.w == nil {
		c.sink.w = os.Stdout
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if c.level == nil {
		c.level = new(slog.LevelVar)
	}
	if opts.Level != "" {
		c.level.Set(ParseLevel(opts.Level))
	}
	var bound []slog.Attr
	if opts.Service != "" {
		bound = append(bound, slog.String(KeyService, opts.Service))
	}
	if opts.Component != "" {
		bound = append(bound, slog.String(KeyComponent, opts.Component))
	}
	return (&handler{core: c, groups: []group{{}}}).WithAttrs(bound)
}
