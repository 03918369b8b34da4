package main

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
)

// TestOwnLogTakesWhatLibrariesSay: nothing reaches the terminal by package log while
// the dashboard draws on it.
func TestOwnLogTakesWhatLibrariesSay(t *testing.T) {
	var terminal bytes.Buffer
	log.SetOutput(&terminal)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	file := filepath.Join(t.TempDir(), "own.log")
	o := &options{logFile: file}
	_, closeLog, err := o.openLog(&env{clock: clockwork.NewFakeClock()})
	if err != nil {
		t.Fatal(err)
	}
	log.Print("Unsolicited response\x1b[2J")
	closeLog()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"event": "Unsolicited response`) || strings.Contains(string(text), "\x1b") || terminal.Len() > 0 {
		t.Errorf("the file has %q, the terminal %q", text, &terminal)
	}
	log.Print("afterwards")
	if !strings.Contains(terminal.String(), "afterwards") {
		t.Error("the log is not given back")
	}
}
