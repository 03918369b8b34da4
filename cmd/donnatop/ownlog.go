package main

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"

	"github.com/donna-project/donnatop/logging"
)

// openLog is donnatop's own log, in the format of Donna's services: to the file
// the options name, or nowhere, never to the terminal it draws on. What libraries
// say through package log goes there too until it is closed: net/http tells of
// answers that nobody asked for, on standard error, across the screen.
func (o *options) openLog(e *env) (*slog.Logger, func(), error) {
	w, closeLog := io.Writer(io.Discard), func() {}
	if o.logFile != "" {
		f, err := os.OpenFile(o.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, fmt.Errorf("open --log-file: %w", err)
		}
		w, closeLog = f, func() { _ = f.Close() } // nothing can be done about it at the end
	}
	own := logging.Setup(logging.Options{JSON: true, Writer: w, Clock: e.clock.Now, Service: "donnatop"})
	before, flags := log.Writer(), log.Flags()
	log.SetFlags(0) // own has its time
	log.SetOutput(slog.NewLogLogger(own.Handler(), slog.LevelWarn).Writer())
	return own, func() {
		log.SetFlags(flags)
		log.SetOutput(before)
		closeLog()
	}, nil
}
