package ptytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSuspend stops the program as shells are used to, resizes the terminal while it
// is away, and goes on: the shell has its terminal in between, and the frame is whole
// after.
func TestSuspend(t *testing.T) {
	t.Parallel()
	logs := filepath.Join(t.TempDir(), "donna.log")
	if err := os.WriteFile(logs, []byte(`{"event":"a"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, 80, 24, "--logs", logs, "--docker", "off", "--no-state", "--no-cache")
	term.until("the first frame", func(screen []string) string { return frameFault(screen, 80, 24, "[1 Overview]") })
	term.keys("m") // the mouse is the shell's own while it is away
	term.until("the mouse", func([]string) string { return term.mouseFault("1") })
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		w, h := size[0], size[1]
		term.keys("C-z")
		term.until("the shell in between", func(screen []string) string {
			if text := strings.Join(screen, "\n"); !strings.Contains(text, "the shell between") || strings.Contains(text, "[1 Overview]") {
				return "the screen is not that of the shell"
			}
			return term.mouseFault("0")
		})
		if before, got := term.read("before"), term.read("stopped"); before == "" || got != before {
			t.Errorf("stty was %q and is %q while the program is stopped", before, got)
		}
		if got := term.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{keypad_flag} #{keypad_cursor_flag}"); got != "0 1 0 0\n" {
			t.Errorf("alternate screen, cursor, keypad while the program is stopped: %s", got)
		}
		term.resize(w, h)
		term.keys("Enter") // and the shell has it in the foreground again
		term.until("the frame after", func(screen []string) string { return frameFault(screen, w, h, "[1 Overview]") })
		term.until("the mouse after", func([]string) string { return term.mouseFault("1") })
		term.keys("8")
		term.until("keys after", func(screen []string) string { return frameFault(screen, w, h, "[8 Errors]") })
		term.keys("1")
		term.until("and the first view", func(screen []string) string { return frameFault(screen, w, h, "[1 Overview]") })
	}
	term.keys("q")
	term.wantRestored("0")
}

// mouseFault is a fault unless the terminal reports the mouse as want says.
func (term *terminal) mouseFault(want string) string {
	if got := strings.TrimSpace(term.tmux("display-message", "-p", "#{mouse_any_flag}")); got != want {
		return "the terminal's report of the mouse is " + got
	}
	return ""
}

// TestNoShellToSuspendTo runs the program below a shell without job control, as ssh -t
// does: nothing would bring it back, so the key is neither bound nor shown.
func TestNoShellToSuspendTo(t *testing.T) {
	t.Parallel()
	term := openCommand(t, 120, 60, "+m", program, "demo", "--no-state")
	term.until("the first frame", shows("[1 Overview]"))
	term.keys("C-z", "?")
	term.until("help", shows("quit at once"))
	for _, l := range term.screen() {
		if strings.Contains(l, "ctrl+z") {
			t.Errorf("help has %q", l)
		}
	}
	term.keys("C-c")
	term.wantRestored("0")
}
