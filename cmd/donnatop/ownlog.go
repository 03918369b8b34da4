package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/donna-project/donnatop/logging"
)

// openLog is donnatop's own log, in the format of Donna's services: to the file
// the options name, or nowhere, never to the terminal it draws on.
func (o *options) openLog(e *env) (*slog.Logger, func(), error) {
	w, closeLog := io.Writer(io.Discard), func() {}
	if o.logFile != "" {
		f, err := os.OpenFile(o.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, fmt.Errorf("open --log-file: %w", err)
		}
		w, closeLog = f, func() { _ = f.Close() } // nothing can be done about it at the end
	}
	return logging.Setup(logging.Options{JSON: true, Writer: w, Clock: e.clock.Now, Service: "donnatop"}), closeLog, nil
}
