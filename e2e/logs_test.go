package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/loki"
)

// buildDonnatop builds the binary as it is shipped.
func buildDonnatop(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "donnatop")
	build := exec.Command("go", "build", "-o", exe, "./cmd/donnatop")
	build.Dir = ".." // the root module
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build donnatop: %v\n%s", err, out)
	}
	return exe
}

// command is donnatop on a Loki and nothing else of this machine.
func (s *server) command(exe string, args ...string) *exec.Cmd {
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "LOKI_ADDR="+s.addr, "DOCKER_HOST=off", "XDG_CONFIG_HOME="+s.t.TempDir())
	return cmd
}

// record is a line of `donnatop logs --json`.
type record struct {
	Time    *time.Time
	Level   *string
	Service *string
	Labels  map[string]string
	Raw     string
}

// TestLogsCommand follows through the built binary while Loki is killed once and
// stopped once: every accepted line is printed exactly once.
func TestLogsCommand(t *testing.T) {
	exe := buildDonnatop(t)
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	const rate, before, total = 200, 400, 2400
	p.run(t, 0, rate, before, func(int) {}) // to be backfilled

	cmd := server.command(exe, "logs", "--follow", "--json", "--since", "10m", "--selector", selector(p.job))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := newLedger()
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			var r record
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil || r.Time == nil || r.Labels["job"] != p.job || r.Service == nil || *r.Service != "donna-orchestrator" {
				t.Errorf("%v in %s", err, lines.Bytes())
			}
			l.add([]loki.Line{{Text: r.Raw}})
		}
	})
	signals := map[int]os.Signal{total / 3: syscall.SIGKILL, 2 * total / 3: syscall.SIGTERM}
	p.run(t, before, rate, total-before, func(pushed int) {
		for at, sig := range signals {
			if before+pushed >= at {
				server.restart(sig)
				delete(signals, at)
			}
		}
	})
	waitFor(t, 60*time.Second, "all lines", func() bool {
		lost, _ := l.compare(p)
		return lost == 0
	})
	// What comes a second time comes with the passes that read the outages again;
	// a last line, pushed after them, shows that they are over.
	for range 3 {
		n := len(p.accepted)
		request, texts := p.lines(total+n, 1, time.Now())
		p.insist(t, request, texts)
		waitFor(t, 30*time.Second, "a line after the last", func() bool {
			lost, _ := l.compare(p)
			return lost == 0
		})
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	reading.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("interrupted: %v", err)
	}
	lost, doubled := l.compare(p)
	t.Logf("%d lines accepted, %d lost, %d doubled; stderr:\n%s", len(p.accepted), lost, doubled, &stderr)
	if lost != 0 || doubled != 0 {
		t.Errorf("%d lines lost, %d doubled, want none", lost, doubled)
	}

	t.Run("the past", func(t *testing.T) {
		for _, tc := range []struct {
			name string
			args []string
			want int
		}{
			{"all", []string{"--since", "10m"}, len(p.accepted)},
			{"the newest", []string{"--since", "10m", "--limit", "7"}, 7},
			{"filtered", []string{"--since", "10m", "seq>=100", "seq<110"}, 10},
			{"filtered, the newest", []string{"--since", "10m", "--limit", "3", "seq>=100", "seq<110"}, 3},
			{"LogQL", []string{"--since", "10m", selector(p.job) + " |= `\"seq\":5,`"}, 1},
		} {
			out, err := server.command(exe, append([]string{"logs", "--raw", "--selector", selector(p.job)}, tc.args...)...).Output()
			if n := bytes.Count(out, []byte("\n")); err != nil || n != tc.want {
				t.Errorf("%s: %d lines, want %d; %v", tc.name, n, tc.want, err)
			}
		}
	})
	t.Run("a query Loki rejects", func(t *testing.T) {
		for _, args := range [][]string{{"logs"}, {"logs", "--follow"}} {
			out, err := server.command(exe, append(args, `{job="x"} | nonsense ~`)...).CombinedOutput()
			if code := exitCode(err); code != 2 || !bytes.Contains(out, []byte("Loki rejects the query")) {
				t.Errorf("%v: exit code %d: %s", args, code, out)
			}
		}
	})
}

// TestDoctorCommand has the built binary examine a real Loki.
func TestDoctorCommand(t *testing.T) {
	exe := buildDonnatop(t)
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	request, texts := p.lines(0, 20, time.Now())
	p.insist(t, request, texts)
	out, err := server.command(exe, "doctor", "--json", "--selector", selector(p.job)).Output()
	var report struct {
		Checks []struct{ Name, State, Detail string }
	}
	if err != nil || json.Unmarshal(out, &report) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := make(map[string]string)
	for _, c := range report.Checks {
		got[c.Name] = c.State + " " + c.Detail
	}
	for name, want := range map[string]string{
		"loki": "ok " + server.addr + " answers queries", "loki_clock": "ok ", "loki_lines": "ok the newest line is", "loki_tail": "ok ",
		"loki_labels": "warning no line of the last 24 h has the label service or level", // as these lines have none
	} {
		if !strings.HasPrefix(got[name], want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

// exitCode is that of a command that ended so.
func exitCode(err error) int {
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Wait doesn't wrap it
		return exit.ExitCode()
	}
	return 0
}
