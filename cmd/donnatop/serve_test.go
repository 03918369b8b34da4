package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/demo"
)

// heard is what a server says while a test listens.
type heard struct {
	mu sync.Mutex
	b  strings.Builder
	// address is sent when the server says where it is.
	address chan string
}

var serving = regexp.MustCompile(`donnatop: serving on (\S+),`)

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m := serving.FindSubmatch(p); m != nil {
		h.address <- string(m[1])
	}
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// makeClientKey writes a key for clients, and the file that lets it in.
func makeClientKey(t *testing.T, dir string) (private, authorized string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	private, authorized = filepath.Join(dir, "id"), filepath.Join(dir, "authorized_keys")
	for path, text := range map[string][]byte{private: pem.EncodeToMemory(block), authorized: gossh.MarshalAuthorizedKey(signer.PublicKey())} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return private, authorized
}

// TestServe asks a server on a simulated Donna with a real OpenSSH client.
func TestServe(t *testing.T) {
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		t.Skip("there is no OpenSSH client on this machine")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	sim, err := demo.New(t.Context(), demo.Options{Dir: filepath.Join(dir, "donna"), Seed: 1, Start: time.Now(), History: 6 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	private, authorized := makeClientKey(t, dir)

	said := &heard{address: make(chan string, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	variables := map[string]string{"XDG_STATE_HOME": dir, "HOME": dir, "DOCKER_HOST": dockerOff}
	go func() {
		ended <- run(ctx, []string{
			"serve", "--listen", "127.0.0.1:0", "--authorized-keys", authorized, "--host-key", filepath.Join(dir, "host_key"),
			"--db", sim.DBPath(), "--logs", sim.LogPath(), "--no-cache",
		}, env{stdin: strings.NewReader(""), stdout: said, stderr: said, getenv: func(name string) (string, bool) { v, ok := variables[name]; return v, ok }})
	}()
	var address string
	select {
	case address = <-said.address:
	case code := <-ended:
		t.Fatalf("exit code %d: %s", code, said)
	}
	_, port, _ := net.SplitHostPort(address)
	client := func(words ...string) (stdout, stderr string, code int) {
		t.Helper()
		args := []string{
			"-F", "none", "-p", port, "-i", private, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
			"-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "127.0.0.1",
		}
		cmd := exec.CommandContext(t.Context(), ssh, append(args, words...)...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run() // its exit code is looked at
		return out.String(), errs.String(), cmd.ProcessState.ExitCode()
	}

	stdout, stderr, code := client("snapshot", "--json", "--view", "llm", "--wait", "60s")
	var snapshot struct {
		Schema int
		LLM    struct{ Calls map[string]any }
	}
	if err := json.Unmarshal([]byte(stdout), &snapshot); err != nil || code != exitOK || snapshot.Schema != 1 || len(snapshot.LLM.Calls) == 0 {
		t.Errorf("snapshot: exit code %d, %v, %s", code, err, stderr)
	}
	if stdout, stderr, code = client("logs", "--json", "-n", "3"); code != exitOK || strings.Count(stdout, "\n") != 3 {
		t.Errorf("logs: exit code %d, %q, %s", code, stdout, stderr)
	}
	if stdout, stderr, code = client("trace", "--json", "no-such-id"); code != exitFailed || !strings.Contains(stdout, `"items": []`) {
		t.Errorf("trace: exit code %d, %q, %s", code, stdout, stderr)
	}
	if stdout, _, _ = client("doctor", "--json"); !strings.Contains(stdout, sim.DBPath()) {
		t.Errorf("doctor: %q", stdout)
	}

	for _, words := range []string{
		"snapshot --db /etc/passwd", "snapshot --config /etc/passwd", "trace --loki http://localhost:1 x", "logs --logs /etc/passwd",
		"doctor --log-file /tmp/x", "snapshot --theme x", "logs --logs=-", "snapshot --docker tcp://localhost:1", "doctor --no-state",
	} {
		if stdout, stderr, code = client(words); code != exitUsage || stdout != "" || !strings.Contains(stderr, "refused over SSH") {
			t.Errorf("%s: exit code %d, %q, %q", words, code, stdout, stderr)
		}
	}
	for _, words := range []string{"ls", "config show", "watch", "demo", "serve", "help", "completion bash", "__complete snapshot -", " --db x snapshot", "'snapshot ls'"} {
		if stdout, stderr, code = client(words); code != exitUsage || stdout != "" || !strings.Contains(stderr, "is not answered here") {
			t.Errorf("%s: exit code %d, %q, %q", words, code, stdout, stderr)
		}
	}
	if _, stderr, code = client("snapshot --made-up"); code != exitUsage || !strings.Contains(stderr, "snapshot --help") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	if _, stderr, code = client("doctor --send-test"); code != exitUsage || !strings.Contains(stderr, "unknown flag: --send-test") {
		t.Errorf("who only looks can send: exit code %d, %q", code, stderr)
	}
	if stdout, _, code = client("snapshot --help"); code != exitOK || !strings.Contains(stdout, "--view") || strings.Contains(stdout, "--password") {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("the server ended with %d", code)
	}
	if strings.Contains(said.String(), "WARNING") {
		t.Error("it warns of listening on this machine only")
	}
}

// reading is a source that never gets to the end of what there is.
type reading struct{ says data.SourceState }

func (reading) Name() string { return data.SourceDB }

func (r reading) Run(ctx context.Context, sink data.Sink) error {
	sink.SetState(data.SourceDB, r.says)
	<-ctx.Done()
	return nil
}

// TestHurriedClient asks for figures at once while the server still reads. What it
// is told of that is its own affair: the others' Hub doesn't change.
func TestHurriedClient(t *testing.T) {
	clock := clockwork.NewRealClock()
	says := data.SourceState{State: data.StateConnecting, Detail: "reading 31 days", Progress: 0.5}
	sys := start(t.Context(), clock, slog.New(slog.DiscardHandler), []data.Source{reading{says}})
	defer sys.stop(clock, time.Minute)
	news, unsubscribe := sys.hub.Subscribe()
	defer unsubscribe()
	for sys.hub.Snapshot().Sources[data.SourceDB].Progress == 0 {
		<-news
	}
	e := &env{stdin: strings.NewReader(""), clock: clock, getenv: func(string) (string, bool) { return "", false }}
	answer := (&options{common: newRoot(e).PersistentFlags()}).answering(e, sys, shown{clock: clock})
	before := sys.hub.Snapshot()
	for _, wait := range []string{"0s", "1ms"} {
		var stdout, stderr bytes.Buffer
		if code := answer(t.Context(), []string{"snapshot", "--json", "--wait", wait}, &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "reading 31 days") {
			t.Errorf("exit code %d, %s", code, &stderr)
		}
		var got struct{ Sources map[string]data.SourceState }
		if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || got.Sources[data.SourceDB].State != data.StateConnecting {
			t.Errorf("%v, %+v", err, got.Sources)
		}
	}
	if after := sys.hub.Publish(); !reflect.DeepEqual(after.Sources, before.Sources) {
		t.Errorf("the others see %+v, and saw %+v", after.Sources, before.Sources)
	}
}
