package ptytest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/donna-project/donnatop/internal/sources"
)

// patience is how long a condition may take to come true: far more than it takes, for
// machines on which much else runs.
const patience = 30 * time.Second

var program string

var noteSources = sync.OnceValue(func() error { return sources.Note("../..") })

func TestMain(m *testing.M) {
	if in := os.Getenv(panicIn); in != "" {
		os.Exit(panicking(in))
	}
	os.Exit(buildAndRun(m))
}

// buildAndRun builds the program once, if there is a terminal to run it in.
func buildAndRun(m *testing.M) int {
	if _, err := exec.LookPath("tmux"); err != nil {
		return m.Run() // every test skips itself
	}
	dir, err := os.MkdirTemp("", "ptytest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "donnatop")
	build := exec.Command("go", "build", "-o", program, "../../cmd/donnatop")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build donnatop: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// A terminal is a tmux server of its own with one pane.
type terminal struct {
	t   *testing.T
	dir string // socket, home directory and what the script writes
}

// script runs the program in the foreground of the pane, as a job, and tells of its
// end. The modes of the line discipline are written down before and after, and the
// shell that remains keeps the pane open. If the job stops it goes on after Enter.
const script = `cd "$DIR"
stty -g >before
echo the shell before
sh -c 'echo $$ >pid.new; mv pid.new pid; exec "$@"' sh "$@"
code=$?
while [ "$(kill -l $code 2>/dev/null)" = TSTP ]; do
	stty -g >stty.new
	mv stty.new stopped
	echo the shell between
	read -r line
	fg
	code=$?
done
echo "exit $code" >code
stty -g >after
mv code ended
exec sleep 600
`

// open starts the program in a terminal of a size, and ends both with the test.
func open(t *testing.T, w, h int, args ...string) *terminal {
	t.Helper()
	return openCommand(t, w, h, "-m", append([]string{program}, args...)...)
}

// openCommand starts a command in a terminal, as [open] does the program, under a
// shell with job control (-m) or without (+m).
func openCommand(t *testing.T, w, h int, jobs string, command ...string) *terminal {
	t.Helper()
	if program == "" {
		t.Skip("there is no tmux to be the terminal: install it to run this test")
	}
	if err := noteSources(); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "pty") // short: the path of a socket is limited
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t, dir}
	t.Cleanup(func() {
		_ = term.command("kill-server").Run() // it is gone if the pane has ended
		os.RemoveAll(dir)
	})
	term.file("run.sh", script)
	term.file("tmux.conf", "set -g set-clipboard on\nset -g allow-rename on\nset -g status off\nset -g remain-on-exit on\n")
	pane := append([]string{"new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "sh", filepath.Join(dir, "start.sh")}, command...)
	// What the program writes is recorded from the first byte on: it starts when
	// the recorder stands.
	term.file("start.sh", "until [ -e \"$DIR/recorded\" ]; do sleep 0.02; done\nexec sh "+jobs+" \"$DIR/run.sh\" \"$@\"\n")
	term.tmux(pane...)
	term.tmux("pipe-pane", "-O", "exec cat >>'"+filepath.Join(dir, "raw")+"'")
	term.file("recorded", "")
	return term
}

func (term *terminal) file(name, text string) string {
	term.t.Helper()
	path := filepath.Join(term.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		term.t.Fatal(err)
	}
	return path
}

// read is the text of a file of the terminal, "" if there is none yet.
func (term *terminal) read(name string) string {
	text, err := os.ReadFile(filepath.Join(term.dir, name))
	if err != nil && !os.IsNotExist(err) {
		term.t.Fatal(err)
	}
	return string(text)
}

func (term *terminal) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	cmd := exec.CommandContext(ctx, "tmux", append([]string{"-u", "-S", filepath.Join(term.dir, "s"), "-f", filepath.Join(term.dir, "tmux.conf")}, args...)...)
	term.t.Cleanup(cancel)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + term.dir, "TMPDIR=" + term.dir, "DIR=" + term.dir,
		"LC_ALL=C.UTF-8", "TERM=xterm-256color", "DOCKER_HOST=off", "SHELL=/bin/sh",
	}
	return cmd
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := term.command(args...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys presses keys, by their names in tmux.
func (term *terminal) keys(names ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys", "--"}, names...)...)
}

func (term *terminal) resize(w, h int) {
	term.t.Helper()
	term.tmux("resize-window", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h))
}

// screen is the text on the screen. A line that was too long for it, and goes on in
// the next one, is one line here.
func (term *terminal) screen() []string {
	term.t.Helper()
	return strings.Split(strings.TrimSuffix(term.tmux("capture-pane", "-p", "-J"), "\n"), "\n")
}

// until looks at the screen until what is wrong with it is nothing.
func (term *terminal) until(what string, wrong func(screen []string) string) {
	term.t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		screen := term.screen()
		fault := wrong(screen)
		if fault == "" {
			return
		}
		select {
		case <-deadline:
			term.t.Fatalf("%s: %s\n%s", what, fault, strings.Join(screen, "\n"))
		case <-look.C:
		}
	}
}

// shows is a fault if the screen lacks a text.
func shows(text string) func([]string) string {
	return func(screen []string) string {
		if !strings.Contains(strings.Join(screen, "\n"), text) {
			return fmt.Sprintf("%q is not on the screen", text)
		}
		return ""
	}
}

// untilEnded waits for the program's end and returns its exit code.
func (term *terminal) untilEnded() string {
	term.t.Helper()
	term.until("the end", func([]string) string {
		if term.read("ended") == "" {
			return "the program runs"
		}
		return ""
	})
	return strings.TrimSpace(strings.TrimPrefix(term.read("ended"), "exit "))
}
