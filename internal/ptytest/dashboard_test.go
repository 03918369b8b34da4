package ptytest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/donna-project/donnatop/ui"
)

// TestViews walks through all views of the demo by their keys, at three sizes that
// one terminal is given in turn: so every view also meets a live resize.
func TestViews(t *testing.T) {
	t.Parallel()
	term := open(t, 80, 24, "demo", "--no-state")
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		w, h := size[0], size[1]
		term.resize(w, h)
		for _, view := range ui.NewKeys().Views {
			help := view.Help()
			tab := fmt.Sprintf("[%s %s]", help.Key, help.Desc)
			if term.waitsForDemo() {
				term.until("the first frame", shows("[1 Overview]"))
			}
			term.keys(help.Key)
			term.until(fmt.Sprintf("%s at %dx%d", help.Desc, w, h), func(screen []string) string {
				return frameFault(screen, w, h, tab)
			})
		}
	}
	term.resize(80, 24)
	term.until("the last view after the resize", func(screen []string) string { return frameFault(screen, 80, 24, "[L Logs]") })
	term.keys("?")
	term.until("help", shows("lines 1 to"))
	term.keys("Escape")
	term.until("the view below help", shows("following"))
	term.keys("1") // after the answer to Escape: both at once would be alt+1
	term.until("after help", func(screen []string) string { return frameFault(screen, 80, 24, "[1 Overview]") })
	term.keys("q")
	term.wantRestored("0")
}

// waitsForDemo tells whether the program still simulates: keys pressed then would
// be lost.
func (term *terminal) waitsForDemo() bool {
	return term.tmux("display-message", "-p", "#{alternate_on}") != "1\n"
}

// payload is what hostile text would put on the clipboard.
const payload = "pwned clipboard"

// hostile are texts that would take over a terminal to which they came unfiltered.
func hostile() map[string]string {
	clip := base64.StdEncoding.EncodeToString([]byte(payload))
	return map[string]string{
		"osc52":   "\x1b]52;c;" + clip + "\x07",
		"osc52st": "\x1b]52;c;" + clip + "\x1b\\",
		"osc52c1": "\u009d52;c;" + clip + "\u009c",
		"title":   "\x1b]2;pwned title\x07\x1bkpwned name\x1b\\",
		"clear":   "\x1b[2J\x1b[H\x1b[31mpwned screen\x1bc",
		"c1":      "\u009b2J\u009bH",
		"modes":   "\x1b[?1049l\x1b[?25h\x1b[?1003h\x1b(0",
		"bidi":    "\u202e\u2066desrever\u2069\u202c\u200f",
		"control": "\a\b\b\b\r\x0e\x7f\v\f\x00",
		"big":     strings.Repeat("A\x1b[5m", 1<<18), // 1.25 MB
	}
}

// TestHostileLines shows lines that try to reach the terminal, at three sizes.
func TestHostileLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	logs := filepath.Join(dir, "donna.log")
	var text bytes.Buffer
	for name, s := range hostile() {
		fmt.Fprintf(&text, "%s %s\n", "raw-"+name, strings.ReplaceAll(s, "\n", ""))
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, `{"event":"json-%s","level":"error","%s":%s,"detail":%s}`+"\n", name, "k"+strings.Trim(string(quoted), `"`)[:5], quoted, quoted)
	}
	text.WriteString(`{"event":"the_last_one","level":"error"}` + "\n")
	if err := os.WriteFile(logs, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, 80, 24, "--logs", logs, "--docker", "off", "--no-state", "--no-cache", "--export-dir", dir)
	term.until("the first frame", shows("[1 Overview]"))
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		w, h := size[0], size[1]
		term.resize(w, h)
		term.keys("L")
		sound := func(what string) {
			t.Helper()
			term.until(fmt.Sprintf("%s at %dx%d", what, w, h), func(screen []string) string { return frameFault(screen, w, h, "[L Logs]") })
		}
		term.until("the lines", shows("the_last_one"))
		sound("the lines")
		for range 2 { // wrapped, and no longer
			term.keys("w")
			sound("the lines after w")
		}
		term.keys("8")
		term.until("the errors", func(screen []string) string { return frameFault(screen, w, h, "[8 Errors]") })
	}
	term.keys("q")
	term.wantRestored("0")

	raw := term.read("raw")
	for name, s := range hostile() {
		if name != "big" && strings.Contains(raw, s) {
			t.Errorf("%s came to the terminal", name)
		}
	}
	if m := regexp.MustCompile("\x1b\\]52|\x1bk|\x1bc|\u009b|\u009d|[\u202a-\u202e\u2066-\u2069\u200e\u200f]|\x1b\\[5m").FindString(raw); m != "" {
		t.Errorf("%q came to the terminal", m)
	}
	if strings.Contains(raw, "\x1b]2;pwned") || strings.Contains(term.tmux("display-message", "-p", "#{pane_title} #{window_name}"), "pwned") {
		t.Error("a line gave the terminal its title")
	}
	if got := term.tmux("list-buffers"); got != "" {
		t.Errorf("a line came to the clipboard: %q", got)
	}
	if len(raw) > 2<<20 {
		t.Errorf("%d bytes were written to draw a handful of screens", len(raw))
	}
}

// TestTerminalIsVulnerable shows that this terminal does what hostile text says, so
// that TestHostileLines could fail.
func TestTerminalIsVulnerable(t *testing.T) {
	t.Parallel()
	term := open(t, 80, 24, "version")
	term.untilEnded()
	tty := strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_tty}"))
	f, err := os.OpenFile(tty, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(hostile()["osc52"] + hostile()["title"]); err != nil {
		t.Fatal(err)
	}
	term.until("the clipboard and the title", func([]string) string {
		buffers, title := term.tmux("list-buffers"), term.tmux("display-message", "-p", "#{pane_title}")
		if !strings.Contains(buffers, payload) || !strings.Contains(title, "pwned title") {
			return fmt.Sprintf("buffers %q, title %q", buffers, title)
		}
		return ""
	})
}

// TestEnds ends the program in every way there is, and finds the terminal as it was.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(term *terminal)
		code string // "" for any
	}{
		{"q", func(term *terminal) { term.keys("q") }, "0"},
		{"ctrl+c", func(term *terminal) { term.keys("C-c") }, "0"},
		{"SIGTERM", func(term *terminal) { term.signal(syscall.SIGTERM) }, ""},
		{"SIGINT", func(term *terminal) { term.signal(syscall.SIGINT) }, ""},
		{"SIGHUP", func(term *terminal) { term.signal(syscall.SIGHUP) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			logs := filepath.Join(t.TempDir(), "donna.log")
			if err := os.WriteFile(logs, []byte(`{"event":"a"}`+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			term := open(t, 80, 24, "--logs", logs, "--docker", "off", "--no-state", "--no-cache")
			term.until("the first frame", shows("[1 Overview]"))
			c.end(term)
			term.wantRestored(c.code)
		})
	}
}

func (term *terminal) signal(s syscall.Signal) {
	term.t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(term.read("pid")))
	if err != nil {
		term.t.Fatal(err)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		term.t.Fatal(err)
	}
	if err := process.Signal(s); err != nil {
		term.t.Fatal(err)
	}
}

// mode is a terminal's private mode being set or reset.
var mode = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)

// wantRestored checks that the program has ended, with a code unless that is "", and
// left the terminal as it found it.
func (term *terminal) wantRestored(code string) {
	t := term.t
	t.Helper()
	if got := term.untilEnded(); code != "" && got != code {
		t.Errorf("exit code %s, want %s", got, code)
	}
	term.until("the screen after the end", func(screen []string) string {
		if text := strings.Join(screen, "\n"); !strings.Contains(text, "the shell before") || strings.Contains(text, "[1 Overview]") {
			return "it is not that of the shell"
		}
		return ""
	})
	if got := term.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_flag} #{keypad_cursor_flag}"); got != "0 1 0 0 0\n" {
		t.Errorf("alternate screen, cursor, mouse, keypad: %s", got)
	}
	if before, after := term.read("before"), term.read("after"); before == "" || before != after {
		t.Errorf("stty was %q and is %q", before, after)
	}
	set := map[string]string{}
	for _, m := range mode.FindAllStringSubmatch(term.read("raw"), -1) {
		set[m[1]] = m[2]
	}
	for number, state := range set {
		initial := "l"
		if number == "25" || number == "7" { // a cursor, and lines that go on in the next
			initial = "h"
		}
		if state != initial {
			t.Errorf("mode %s was left %s", number, state)
		}
	}
	if len(set) == 0 {
		t.Error("no mode was ever set: what the program wrote was not recorded")
	}
}
