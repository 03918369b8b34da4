package serve

import (
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"github.com/jonboulle/clockwork"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/ui"
)

const leaveAltScreen = "\x1b[?1049l"

func TestDashboard(t *testing.T) {
	h := open(t, nil)
	term := h.terminal(100, 30)
	term.shows(t, "Overview")
	if err := pty.Setsize(term.File, &pty.Winsize{Cols: 30, Rows: 8}); err != nil {
		t.Fatal(err)
	}
	term.shows(t, "40x12") // what it says of a screen that is too small
	term.press(t, "qq")    // the second one comes when nobody reads any more
	if code := term.exits(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(term.seen.String(), leaveAltScreen) {
		t.Error("the terminal was not restored")
	}
	end := h.ended(1)
	if end["reason"] != "ended" || end["user"] != "someone" || end["key"] != gossh.FingerprintSHA256(h.id.signer.PublicKey()) {
		t.Errorf("%v", end)
	}
	eventually(t, "the seat is free", func() bool { return h.Sessions() == 0 })
}

func TestCommand(t *testing.T) {
	h := open(t, nil)
	stdout, stderr, code := h.run(nil, `snapshot --view 'a b' "c\"d" $HOME;ls`)
	if want := `["snapshot" "--view" "a b" "c\"d" "$HOME;ls"]` + "\n"; stdout != want || stderr != "to stderr\n" || code != 7 {
		t.Errorf("%q, %q, %d", stdout, stderr, code)
	}
	if _, stderr, code = h.run(nil, `snapshot 'a`); code != exitUsage || !strings.Contains(stderr, "quote") {
		t.Errorf("%q, %d", stderr, code)
	}
	if _, stderr, code = h.run(nil); code != exitUsage || !strings.Contains(stderr, "ssh -t") {
		t.Errorf("without a terminal: %q, %d", stderr, code)
	}
	if _, stderr, code = h.run(nil, "panic"); code != exitFailed || !strings.Contains(stderr, errPanic.Error()) {
		t.Errorf("%q, %d", stderr, code)
	}
	if _, _, code = h.run(nil, "snapshot", strings.Repeat("x", maxCommand)); code != 255 {
		t.Errorf("a command of many bytes: %d", code)
	}
}

// TestRefused does what is not served with a real client.
func TestRefused(t *testing.T) {
	h := open(t, nil)
	other := newIdentity(t)
	tests := []struct {
		name  string
		flags []string
		words []string
		says  string
	}{
		{"another key", []string{"-o", "IdentityFile=" + other.file, "-o", "IdentitiesOnly=yes"}, []string{"x"}, "denied"},
		{"a password", []string{"-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive"}, []string{"x"}, "Permission denied (publickey)"},
		{"forwarding to a port", []string{"-W", "127.0.0.1:1"}, nil, "forwarding failed"},
		{"forwarding from a port", []string{"-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"}, nil, "remote port forwarding failed"},
		{"a subsystem", []string{"-s"}, []string{"sftp"}, "subsystem request failed"},
		{"a tunnel", []string{"-N", "-o", "ExitOnForwardFailure=yes", "-w", "any"}, nil, ""},
		{"old ciphers", []string{"-c", "aes128-cbc"}, []string{"x"}, ""},
		{"old key exchange", []string{"-o", "KexAlgorithms=diffie-hellman-group14-sha1"}, []string{"x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := *h
			if tt.name == "another key" {
				in.id = other
			}
			_, stderr, code := in.run(tt.flags, tt.words...)
			if code != 255 || !strings.Contains(stderr, tt.says) {
				t.Errorf("exit code %d, %q", code, stderr)
			}
		})
	}
	refused := h.entries("ssh_login_refused")
	if len(refused) == 0 || refused[0]["key"] != gossh.FingerprintSHA256(other.signer.PublicKey()) || refused[0]["reason"] == "" {
		t.Errorf("the log says %v", refused)
	}
	if got := h.entries("ssh_session_started"); len(got) > 0 {
		t.Errorf("sessions: %v", got)
	}
	if got := strings.Count(h.log.String(), "no common algorithm"); got != 2 {
		t.Errorf("old cryptography was refused %d times", got)
	}
}

// TestRequestsRefused asks for what a library would accept by itself.
func TestRequestsRefused(t *testing.T) {
	h := open(t, nil)
	c := h.mustDial()
	s := h.session(c)
	defer s.Close()
	for _, name := range []string{"auth-agent-req@openssh.com", "x11-req", "subsystem", "break", "signal", "made-up", "window-change", "pty-req", "env"} {
		if ok, err := s.SendRequest(name, true, []byte("\x00\x00\x00\x04sftp\x00\x00\x00\x00")); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	for name, want := range map[string]bool{"COLORTERM": true, "DONNATOP_THEME": true, "LD_PRELOAD": false, "TERM": false, "HOME": false} {
		if got := s.Setenv(name, "x") == nil; got != want {
			t.Errorf("%s: taken %v", name, got)
		}
	}
	if s.Setenv("LANG", strings.Repeat("x", maxEnvValue+1)) == nil {
		t.Error("a long variable is taken")
	}
	for range maxEnv {
		_ = s.Setenv("LANG", "C")
	}
	if s.Setenv("LANG", "C") == nil {
		t.Error("any number of variables is taken")
	}
	if s.RequestPty("../../etc/passwd", 24, 80, nil) == nil {
		t.Error("a path is taken for the name of a terminal")
	}
	for _, name := range []string{"direct-tcpip", "x11", "auth-agent@openssh.com", "tun@openssh.com"} {
		if ch, _, err := c.OpenChannel(name, nil); err == nil {
			t.Errorf("a channel %s", name)
			_ = ch.Close()
		}
	}
	for _, name := range []string{"tcpip-forward", "streamlocal-forward@openssh.com", "no-more-sessions@openssh.com"} {
		if ok, _, err := c.SendRequest(name, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	var more []*gossh.Session
	for len(more) < maxChannels {
		s, err := c.NewSession()
		if err != nil {
			break
		}
		more = append(more, s)
	}
	if len(more) != maxChannels-1 {
		t.Errorf("%d more sessions of one connection", len(more))
	}
}

// TestHostileScreens sends sizes no screen has, and more of them than anybody
// draws.
func TestHostileScreens(t *testing.T) {
	h := open(t, nil)
	s := h.session(h.mustDial())
	out := &record{}
	s.Stdout, s.Stderr = out, out
	in, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", math.MaxUint32, math.MaxUint32, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the dashboard", func() bool { return strings.Contains(out.String(), "Overview") })
	for i := range 5000 {
		if err := s.WindowChange(i%70*1_000_000, i%90); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.WindowChange(8, 30); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the last size", func() bool { return strings.Contains(out.String(), "40x12") })
	if _, err := io.WriteString(in, "q"); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	if w := h.entries("ssh_session_started")[0]["width"]; w != float64(maxWidth) {
		t.Errorf("drawn for %v columns", w)
	}
}

// TestEndlessPaste sends a text that is pasted and never ends.
func TestEndlessPaste(t *testing.T) {
	for name, begin := range map[string]string{"paste": "\x1b[200~", "operating system command": "\x1b]52;"} {
		t.Run(name, func(t *testing.T) {
			h := open(t, nil)
			s := h.session(h.mustDial())
			in, err := s.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
				t.Fatal(err)
			}
			if err := s.Shell(); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(in, begin+strings.Repeat("x", 8*maxMessage)) // it may be cut off
			if err := s.Wait(); err == nil {
				t.Error("it went well")
			}
			if end := h.ended(1); end["reason"] != errInput.Error() {
				t.Errorf("%v", end)
			}
		})
	}
}

func TestKeysAreReadAgain(t *testing.T) {
	h := open(t, nil)
	if _, _, code := h.run(nil, "x"); code != 7 {
		t.Fatalf("exit code %d", code)
	}
	steps := []struct {
		name, line string
		code       int
		reason     string
	}{
		{"removed", newIdentity(t).line, 255, "not in the file"},
		{"restricted", "restrict " + h.id.line, 7, ""},
		{"command", `command="ls" ` + h.id.line, 255, "command"},
		{"unknown option", `no-nonsense ` + h.id.line, 255, "no-nonsense"},
		{"expired", `expiry-time="20200101Z" ` + h.id.line, 255, "expired"},
		{"elsewhere", `from="192.0.2.0/24" ` + h.id.line, 255, "from="},
		{"from here", `from="127.0.0.*,!127.0.0.9" ` + h.id.line, 7, ""},
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			h.authorize(s.line)
			before := len(h.entries("ssh_login_refused"))
			if _, _, code := h.run(nil, "x"); code != s.code {
				t.Fatalf("exit code %d", code)
			}
			refused := h.entries("ssh_login_refused")[before:]
			if s.reason == "" {
				if len(refused) > 0 {
					t.Errorf("%v", refused)
				}
			} else if len(refused) == 0 || !strings.Contains(fmt.Sprint(refused[0]["reason"]), s.reason) {
				t.Errorf("%v", refused)
			}
		})
	}
	if err := os.Chmod(h.keys, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, code := h.run(nil, "x"); code != 255 {
		t.Error("keys that anybody can write still hold")
	}
}

func TestKeyWithoutTerminal(t *testing.T) {
	h := open(t, nil)
	h.authorize("restrict " + h.id.line)
	term := h.terminal(80, 24)
	if code := term.exits(t); code != 255 || !strings.Contains(term.seen.String(), "PTY allocation request failed") {
		t.Errorf("exit code %d, %q", code, term.seen)
	}
	if _, stderr, code := h.run(nil); code != exitUsage || !strings.Contains(stderr, "no terminal") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	h.authorize("restrict,pty " + h.id.line)
	term = h.terminal(80, 24)
	term.shows(t, "Overview")
}

func TestLimits(t *testing.T) {
	for name, limits := range map[string]Limits{"sessions": {Sessions: 1, SessionsPerKey: 9}, "per key": {Sessions: 9, SessionsPerKey: 1}} {
		t.Run(name, func(t *testing.T) {
			h := open(t, func(s *Server) { s.seats = newSeats(limits.Sessions, limits.SessionsPerKey) })
			first := h.terminal(80, 24)
			first.shows(t, "Overview")
			if _, stderr, code := h.run(nil, "x"); code != exitFailed || !strings.Contains(stderr, "no more are allowed") {
				t.Errorf("exit code %d, %q", code, stderr)
			}
			first.press(t, "q")
			first.exits(t)
			eventually(t, "the seat is free", func() bool { return h.Sessions() == 0 })
			if _, _, code := h.run(nil, "x"); code != 7 {
				t.Errorf("afterwards: exit code %d", code)
			}
		})
	}
}

// TestManySessions has fifty people look at one Hub, and all their machines die.
func TestManySessions(t *testing.T) {
	const n = 50
	h := open(t, func(s *Server) { s.seats = newSeats(n, n) })
	before := heap()
	terms := make([]*terminal, n)
	for i := range terms {
		terms[i] = h.terminal(120, 40)
	}
	for _, term := range terms {
		term.shows(t, "Overview")
	}
	if refused := h.entries("ssh_connection_refused"); len(refused) > 0 {
		t.Errorf("%v", refused)
	}
	if got := h.Sessions(); got != n {
		t.Fatalf("%d sessions", got)
	}
	t.Logf("%d bytes a session of 120x40, the terminals of this test included", (heap()-before)/n)
	for _, term := range terms {
		if err := term.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all seats are free", func() bool { return h.Sessions() == 0 })
	if got := len(h.entries("ssh_session_ended")); got != n {
		t.Errorf("%d ends are logged", got)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// faulty panics at keys of its own.
type faulty struct {
	screen
	view bool
}

func (f *faulty) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "ctrl+u":
			panic("in Update")
		case "ctrl+v":
			f.view = true
		case "ctrl+x":
			return f, tea.Batch(nil, func() tea.Msg { return nil }, func() tea.Msg { panic("in a command") })
		}
	}
	_, cmd := f.screen.Update(msg)
	return f, cmd
}

func (f *faulty) View() tea.View {
	if f.view {
		panic("in View")
	}
	return f.screen.View()
}

func TestPanicEndsOneSession(t *testing.T) {
	h := open(t, func(s *Server) {
		s.newScreen = func(o ui.Options) (screen, error) {
			m, err := ui.New(o)
			return &faulty{screen: m}, err
		}
	})
	stays := h.terminal(100, 30)
	stays.shows(t, "Overview")
	for key, where := range map[string]string{"\x15": "in Update", "\x16": "in View", "\x18": "in a command"} {
		term := h.terminal(100, 30)
		term.shows(t, "Overview")
		term.press(t, key)
		if code := term.exits(t); code != exitFailed {
			t.Errorf("%s: exit code %d", where, code)
		}
		if got := term.seen.String(); !strings.Contains(got, errPanic.Error()) || !strings.Contains(got, leaveAltScreen) {
			t.Errorf("%s: the terminal ends with %q", where, got[max(0, len(got)-200):])
		}
		panics := h.entries("ssh_session_panicked")
		if last := panics[len(panics)-1]; last["panic"] != where || !strings.Contains(fmt.Sprint(last["stack"]), "serve_test.go") {
			t.Errorf("%v", last)
		}
	}
	stays.press(t, "?")
	stays.shows(t, "panel below")
	if h.Sessions() != 1 {
		t.Errorf("%d sessions", h.Sessions())
	}
}

func TestStopTellsTheSessions(t *testing.T) {
	h := open(t, nil)
	term := h.terminal(80, 24)
	term.shows(t, "Overview")
	waits := h.openssh(nil, "wait")
	said := &record{}
	waits.Stderr = said
	if err := waits.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the command runs", func() bool { return h.Sessions() == 2 })
	h.leave()
	if err := <-h.left; err != nil {
		t.Error(err)
	}
	if code := term.exits(t); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	_ = waits.Wait() // it fails, as it should
	for name, got := range map[string]string{"screen": term.seen.String(), "command": said.String()} {
		if !strings.Contains(got, errStopping.Error()) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !strings.Contains(term.seen.String(), leaveAltScreen) {
		t.Error("the terminal was not restored")
	}
	if _, err := net.Dial("tcp", h.address); err == nil {
		t.Error("somebody still listens")
	}
}

// TestGoneClientEndsItsCommand kills a client that follows something.
func TestGoneClientEndsItsCommand(t *testing.T) {
	h := open(t, nil)
	cmd := h.openssh(nil, "wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the command runs", func() bool { return h.Sessions() == 1 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "the seat is free", func() bool { return h.Sessions() == 0 })

	term := h.openssh([]string{"-tt"}, "wait") // where Ctrl-C is a key
	f, err := pty.Start(term)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	eventually(t, "the command runs", func() bool { return h.Sessions() == 1 })
	if _, err := f.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the seat is free", func() bool { return h.Sessions() == 0 })
	_ = term.Process.Kill()
	_ = term.Wait()
}

func fake(limits func(*Limits)) (*clockwork.FakeClock, func(*Server)) {
	clock := clockwork.NewFakeClock()
	return clock, func(s *Server) {
		s.clock, s.options.Clock = clock, clock
		if limits != nil {
			limits(&s.options.Limits)
		}
	}
}

func TestIdle(t *testing.T) {
	clock, change := fake(func(l *Limits) { l.Idle, l.KeepAlive = time.Minute, time.Hour })
	h := open(t, change)
	term := h.terminal(80, 24)
	term.shows(t, "Overview")
	clock.Advance(50 * time.Second)
	term.press(t, "?")
	term.shows(t, "panel below")
	clock.Advance(50 * time.Second)
	if h.Sessions() != 1 {
		t.Fatal("a key counts for nothing")
	}
	clock.Advance(10 * time.Second)
	if code := term.exits(t); code != exitFailed || !strings.Contains(term.seen.String(), errIdle.Error()) {
		t.Errorf("exit code %d, %q", code, term.seen)
	}
}

func TestLoginGrace(t *testing.T) {
	clock, change := fake(nil)
	h := open(t, change)
	conn, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(DefaultLimits.LoginGrace)
	if _, err := io.Copy(io.Discard, conn); err != nil { // up to its end
		t.Error(err)
	}
	eventually(t, "the place is free", func() bool { return len(h.startups) == 0 })

	c := h.mustDial() // has logged in, but wants nothing
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(DefaultLimits.LoginGrace)
	_ = c.Wait() // for its end
}

func TestStartups(t *testing.T) {
	h := open(t, nil)
	most := DefaultLimits.Sessions + spare
	for range most {
		conn, err := net.Dial("tcp", h.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	eventually(t, "all places are taken", func() bool { return len(h.startups) == most })
	if _, err := h.dial(h.id); err == nil {
		t.Error("there is no limit to connections without a session")
	}
}

// TestSilentClient has a client that answers nothing, as a machine that sleeps.
func TestSilentClient(t *testing.T) {
	clock, change := fake(nil)
	h := open(t, change)
	tcp, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	conn, chans, reqs, err := gossh.NewClientConn(tcp, h.address, &gossh.ClientConfig{
		User: "someone", Auth: []gossh.AuthMethod{gossh.PublicKeys(h.id.signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	client := gossh.NewClient(conn, chans, make(chan *gossh.Request)) // nobody reads reqs
	s := h.session(client)
	if err := s.Start("wait"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the command runs", func() bool { return h.Sessions() == 1 })
	for range 2 { // until it is asked, and until it should have answered
		if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		clock.Advance(DefaultLimits.KeepAlive)
	}
	eventually(t, "the seat is free", func() bool { return h.Sessions() == 0 })
	_ = reqs
	if len(h.entries("ssh_client_silent")) != 1 {
		t.Error("the log doesn't say why")
	}
}

func TestHostKeyIsPrivate(t *testing.T) {
	path := t.TempDir() + "/state/host_key"
	first, made, err := HostKey(path)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, made, err := HostKey(path)
	if err != nil || made || gossh.FingerprintSHA256(again.PublicKey()) != gossh.FingerprintSHA256(first.PublicKey()) {
		t.Errorf("another key: %v, %v", made, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := HostKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key others can read: %v", err)
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(path, 0o600)
	if _, _, err := HostKey(path); err == nil {
		t.Error("nonsense is a key")
	}
}

func TestWhatTheTerminalSays(t *testing.T) {
	tests := []struct {
		locale map[string]string
		want   bool
	}{
		{nil, true},
		{map[string]string{"LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LC_CTYPE": "de_DE.utf8", "LANG": "C"}, true},
		{map[string]string{"LANG": "POSIX"}, false},
	}
	for _, tt := range tests {
		if got := speaksUnicode(func(name string) string { return tt.locale[name] }); got != tt.want {
			t.Errorf("%v: %v", tt.locale, got)
		}
	}
}

func TestClamped(t *testing.T) {
	for in, want := range map[[2]uint32]size{
		{0, 0}: {80, 24}, {0, 9}: {80, 24}, {1, 1}: {1, 1}, {120, 40}: {120, 40}, {math.MaxUint32, math.MaxUint32}: {maxWidth, maxHeight},
	} {
		if got := clamped(in[0], in[1]); got != want {
			t.Errorf("%v: %v", in, got)
		}
	}
}
