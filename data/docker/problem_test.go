package docker_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
)

func TestUnusableHosts(t *testing.T) {
	tests := []struct{ name, host, want string }{
		{"no URL", "docker.example:2375", "the Docker address is neither a path nor a URL"},
		{"empty URL", "unix://", "the Docker address is neither a path nor a URL"},
		{"ssh", "ssh://root@server", "forward the socket with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST`"},
		{"other scheme", "https://server:2376", "must begin with unix:// or tcp://"},
		{"password", "tcp://user:hunter2@server:2376", "holds a user or password"},
		{"no port", "tcp://127.0.0.1:99999", "talking to Docker at tcp://127.0.0.1:99999 failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := watch(t, docker.Options{Host: tt.host}).untilState(data.StateFailed)
			if !strings.Contains(st.Detail, tt.want) || st.Transient || !st.NextTry.After(start) {
				t.Errorf("state is %+v", st)
			}
			if strings.Contains(st.Detail, "hunter2") {
				t.Errorf("the detail tells the password: %s", st.Detail)
			}
		})
	}
}

func TestSocketProblems(t *testing.T) {
	t.Run("missing", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "docker.sock")
		st := watch(t, docker.Options{Host: "unix://" + path}).untilState(data.StateFailed)
		if want := "there is no Docker socket " + path + ": start Docker with"; !strings.HasPrefix(st.Detail, want) || st.Transient {
			t.Errorf("state is %+v", st)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "docker.sock")
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		if err != nil {
			t.Fatal(err)
		}
		l.SetUnlinkOnClose(false)
		l.Close()
		st := watch(t, docker.Options{Host: path}).untilState(data.StateFailed)
		if want := "no Docker engine answers at " + path; !strings.HasPrefix(st.Detail, want) || !st.Transient {
			t.Errorf("state is %+v", st)
		}
	})
	t.Run("no permission", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may use every socket; see TestExplain")
		}
		_, path := newFakeSocket(t)
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		st := watch(t, docker.Options{Host: path}).untilState(data.StateFailed)
		if !strings.HasPrefix(st.Detail, "permission denied on "+path) || st.Transient {
			t.Errorf("state is %+v", st)
		}
	})
	t.Run("refused over TCP", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		st := watch(t, docker.Options{Host: "tcp://" + l.Addr().String()}).untilState(data.StateFailed)
		if !strings.HasPrefix(st.Detail, "no Docker engine answers at tcp://") || !st.Transient {
			t.Errorf("state is %+v", st)
		}
	})
	t.Run("not HTTP", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				fmt.Fprint(c, "SSH-2.0-x\r\n")
				c.Close()
			}
		}()
		st := watch(t, docker.Options{Host: "tcp://" + l.Addr().String()}).untilState(data.StateFailed)
		if st.Detail == "" || strings.ContainsAny(st.Detail, "\r\n") {
			t.Errorf("state is %+v", st)
		}
	})
}

func TestExplain(t *testing.T) {
	denied := &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}
	if got, want := docker.Explain("unix:///run/docker.sock", denied), "permission denied on /run/docker.sock: add your user to its group with `sudo usermod -aG docker $USER` and log in again"; got != want {
		t.Errorf("got %q", got)
	}
	unknown := &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}
	if got, want := docker.Explain("tcp://nowhere.invalid:2376", fmt.Errorf("dial: %w", unknown)), "the host of tcp://nowhere.invalid:2376 can't be found: check --docker HOST"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestAnswersThatAreErrors(t *testing.T) {
	long := strings.Repeat("x\n\t", 1000)
	tests := []struct {
		name, path string
		answer     http.HandlerFunc
		want       string
		transient  bool
	}{
		{"proxy forbids the list", "/containers/json", refuse(403, "Forbidden"), "refuses to answer (list containers: Error response from daemon: Forbidden): a proxy before it must allow GET of ping, events and containers", false},
		{"proxy forbids events", "/events", refuse(403, "Forbidden"), "refuses to answer (read events: ", false},
		{"proxy wants a login", "/_ping", refuse(401, "who are you"), "refuses to answer (Error response from daemon: who are you)", false},
		{"engine fails", "/containers/json", refuse(500, "disk full"), "fails: list containers: Error response from daemon: disk full", true},
		{"engine starts", "/containers/json", refuse(503, "not yet"), "not yet", true},
		{"engine is newer", "/containers/json", refuse(400, "client version 1.41 is too old. Minimum supported API version is 1.99, please upgrade your client to a newer version"), "is too new for this donnatop", false},
		{"list is no JSON", "/containers/json", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, "talking to Docker at", false},
		{"list is cut", "/containers/json", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `[{"Id`) }, "closed the connection", true},
		{"event is no JSON", "/events", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, "read events: ", false},
		{"endless text", "/containers/json", refuse(500, long), "…", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newFake(t)
			e.answer(tt.path, tt.answer)
			w := watch(t, docker.Options{Host: e.host()})
			w.until("trouble", func() bool { return w.state.State == data.StateFailed || w.state.State == data.StateStale })
			st := w.state
			if !strings.Contains(st.Detail, tt.want) || st.Transient != tt.transient {
				t.Errorf("state is %+v", st)
			}
			if len(st.Detail) > 400 || strings.ContainsAny(st.Detail, "\n\t") {
				t.Errorf("the detail is not one short line: %q", st.Detail)
			}
		})
	}
	t.Run("engine is older", func(t *testing.T) {
		e := newFake(t)
		e.version = "1.39"
		st := watch(t, docker.Options{Host: e.host()}).untilState(data.StateFailed)
		if !strings.Contains(st.Detail, "is too old (API version 1.39 is not supported") || !strings.HasSuffix(st.Detail, "Docker 19.03 or newer is needed") || st.Transient {
			t.Errorf("state is %+v", st)
		}
	})
}

func TestTLS(t *testing.T) {
	e := prepareFake()
	e.server = httptest.NewUnstartedServer(e)
	e.server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the failing handshakes
	e.server.StartTLS()
	t.Cleanup(e.close)
	plain := newFake(t)
	demanding := prepareFake()
	demanding.server = httptest.NewUnstartedServer(demanding)
	demanding.server.Config.ErrorLog = e.server.Config.ErrorLog
	demanding.server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert}
	demanding.server.StartTLS()
	t.Cleanup(demanding.close)

	// the test server's own certificate serves as authority and as client
	good := certificates(t, e.server.TLS.Certificates[0], e.server.TLS.Certificates[0].Certificate[0])
	empty := t.TempDir()
	tests := []struct {
		name, host, certs string
		state             data.State
		want              string
	}{
		{"verified", e.host(), good, data.StateLive, ""},
		{"TLS wanted", e.host(), "", data.StateFailed, "wants TLS: set DOCKER_CERT_PATH to a directory"},
		{"TLS not spoken", plain.host(), good, data.StateFailed, "doesn't speak TLS"},
		{"wrong name", strings.Replace(e.host(), "127.0.0.1", "localhost", 1), good, data.StateFailed, "certificate at tcp://localhost"},
		{"no certificates", e.host(), empty, data.StateFailed, "can't be used"},
		{"client refused", demanding.host(), good, data.StateFailed, "refuses the client certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := watch(t, docker.Options{Host: tt.host, CertPath: tt.certs}).untilState(tt.state)
			if !strings.Contains(st.Detail, tt.want) || st.Transient {
				t.Errorf("state is %+v", st)
			}
		})
	}
}

// certificates makes a directory as DOCKER_CERT_PATH names one.
func certificates(t *testing.T, client tls.Certificate, authority []byte) string {
	t.Helper()
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"ca.pem":   {Type: "CERTIFICATE", Bytes: authority},
		"cert.pem": {Type: "CERTIFICATE", Bytes: client.Certificate[0]},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
