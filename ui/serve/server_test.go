package serve

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/jonboulle/clockwork"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/serve/authkeys"
)

// patient is how long a test waits for real processes before it gives up.
const patient = 30 * time.Second

// eventually waits until a condition about real processes and connections holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patient)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("never: %s", what)
		case <-again.C:
		}
	}
}

// record is what several goroutines write and a test reads.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// identity is a key of a client's.
type identity struct {
	signer gossh.Signer
	file   string // with its private half
	line   string // of authorized_keys
}

func newIdentity(t *testing.T) identity {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return identity{signer, file, strings.TrimSpace(string(gossh.MarshalAuthorizedKey(signer.PublicKey())))}
}

// house is a server at work, and what its clients need.
type house struct {
	*Server
	t       *testing.T
	id      identity
	address string
	keys    string // the file
	log     *record
	leave   context.CancelFunc // stops the server
	left    chan error
}

// open starts a server. Its clock is the real one unless change says otherwise.
func open(t *testing.T, change func(*Server)) *house {
	t.Helper()
	h := &house{t: t, id: newIdentity(t), log: &record{}, left: make(chan error, 1)}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	h.keys = filepath.Join(dir, "authorized_keys")
	h.authorize(h.id.line)
	hostKey, made, err := HostKey(filepath.Join(dir, "state", "host_key"))
	if err != nil || !made {
		t.Fatal(made, err)
	}
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewRealClock()})
	hub.Publish()
	h.Server, err = New(Options{
		Screen: ui.Options{Hub: hub}, Command: echo, Keys: authkeys.NewFile(h.keys, time.UTC), HostKey: hostKey,
		Limits: DefaultLimits, Log: slog.New(slog.NewJSONHandler(h.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(h.Server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = listener.Addr().String()
	ctx, leave := context.WithCancel(t.Context())
	h.leave = leave
	go func() { h.left <- h.Serve(ctx, listener); close(h.left) }()
	t.Cleanup(func() {
		leave()
		<-h.left
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
	return h
}

// echo is a command that says what it was given, or waits.
func echo(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fmt.Fprintf(stdout, "%q\n", args)
	fmt.Fprintln(stderr, "to stderr")
	switch args[0] {
	case "wait":
		<-ctx.Done()
	case "panic":
		panic("made by the test")
	}
	return 7
}

// authorize writes the file of keys anew, never with the same time as before.
func (h *house) authorize(lines ...string) {
	h.t.Helper()
	next := filepath.Join(h.t.TempDir(), "next")
	if err := os.WriteFile(next, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Rename(next, h.keys); err != nil { // another inode
		h.t.Fatal(err)
	}
}

// entries are the lines of the log with an event.
func (h *house) entries(event string) []map[string]any {
	var found []map[string]any
	for line := range strings.Lines(h.log.String()) {
		var e map[string]any
		if json.Unmarshal([]byte(line), &e) == nil && e["msg"] == event {
			found = append(found, e)
		}
	}
	return found
}

// ended waits for the end of a session and gives its entry in the log.
func (h *house) ended(n int) map[string]any {
	h.t.Helper()
	eventually(h.t, fmt.Sprintf("%d sessions ended", n), func() bool { return len(h.entries("ssh_session_ended")) >= n })
	return h.entries("ssh_session_ended")[n-1]
}

// openssh is a real client with the flags and the words after the host.
func (h *house) openssh(flags []string, words ...string) *exec.Cmd {
	h.t.Helper()
	path, err := exec.LookPath("ssh")
	if err != nil {
		h.t.Skip("there is no OpenSSH client on this machine")
	}
	_, port, _ := net.SplitHostPort(h.address)
	args := []string{
		"-F", "none", "-p", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "ControlPath=none", "-o", "BatchMode=yes",
	}
	args = append(append(args, flags...), "-i", h.id.file, "someone@127.0.0.1")
	cmd := exec.CommandContext(h.t.Context(), path, append(args, words...)...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	return cmd
}

// run runs a client to its end.
func (h *house) run(flags []string, words ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	cmd := h.openssh(flags, words...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		h.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// terminal is a client on a terminal of its own.
type terminal struct {
	*os.File
	cmd  *exec.Cmd
	seen *record
	done chan struct{} // closed when the client has ended
}

func (h *house) terminal(width, height uint16, flags ...string) *terminal {
	h.t.Helper()
	cmd := h.openssh(append([]string{"-tt"}, flags...))
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		h.t.Fatal(err)
	}
	term := &terminal{File: f, cmd: cmd, seen: &record{}, done: make(chan struct{})}
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(term.seen, f) }) // it ends with an error when the client does
	go func() {
		defer close(term.done)
		_ = cmd.Wait() // its state is looked at where it matters
		reading.Wait()
	}()
	h.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-term.done
		_ = f.Close()
	})
	return term
}

// shows waits until the terminal has got a text.
func (x *terminal) shows(t *testing.T, text string) {
	t.Helper()
	eventually(t, fmt.Sprintf("the terminal shows %q", text), func() bool { return strings.Contains(x.seen.String(), text) })
}

// press types.
func (x *terminal) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := x.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// exits waits for the end of the client.
func (x *terminal) exits(t *testing.T) int {
	t.Helper()
	select {
	case <-x.done:
	case <-time.After(patient):
		t.Fatal("the client never ends")
	}
	return x.cmd.ProcessState.ExitCode()
}

// dial is a client that does what no OpenSSH would.
func (h *house) dial(id identity) (*gossh.Client, error) {
	return gossh.Dial("tcp", h.address, &gossh.ClientConfig{
		User: "someone", Auth: []gossh.AuthMethod{gossh.PublicKeys(id.signer)}, HostKeyCallback: gossh.FixedHostKey(h.options.HostKey.PublicKey()),
	})
}

func (h *house) mustDial() *gossh.Client {
	h.t.Helper()
	c, err := h.dial(h.id)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = c.Close() })
	return c
}

func (h *house) session(c *gossh.Client) *gossh.Session {
	h.t.Helper()
	s, err := c.NewSession()
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}
