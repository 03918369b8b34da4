package contracttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/donna-project/donnatop/internal/sources"
)

var program string

var noteSources = sync.OnceValue(func() error { return sources.Note("../..") })

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

// buildAndRun builds the program once: what is checked is what users run.
func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "contracttest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "donnatop")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-o", program, "../../cmd/donnatop")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build donnatop: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// result is how a run ended.
type result struct {
	code           int
	stdout, stderr string
}

// runProgram runs donnatop in an empty environment.
func runProgram(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	if err := noteSources(); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(program, args...)
	home := t.TempDir()
	cmd.Env = []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "TMPDIR=" + home, "DOCKER_HOST=off"}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// snapshot runs `snapshot --json` at an instant and decodes what it prints.
func snapshot(t testing.TB, now time.Time, code int, args ...string) map[string]any {
	t.Helper()
	return decodeSnapshot(t, runProgram(t, "", snapshotArgs(now, args...)...), code)
}

func snapshotArgs(now time.Time, args ...string) []string {
	return append([]string{"snapshot", "--json", "--now", now.Format(time.RFC3339Nano)}, args...)
}

func decodeSnapshot(t testing.TB, r result, code int) map[string]any {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout: %.500s\nstderr: %.2000s", r.code, code, r.stdout, r.stderr)
	}
	if !json.Valid([]byte(r.stdout)) {
		t.Fatalf("no valid JSON: %.500s", r.stdout)
	}
	if err := checkKeys(r.stdout); err != nil {
		t.Error(err)
	}
	d := json.NewDecoder(strings.NewReader(r.stdout))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// mapLevels says of the keys that hold maps how many levels of maps there are;
// below them are structs, whose keys have an order of their own.
var mapLevels = map[string]int{
	"by_task_type": 1, "by_model": 1, "calls": 1, "spend_usd": 1,
	"calls_by_task_type": 2, "calls_by_model": 2, "spend_by_task_type": 2, "spend_by_model": 2, "latency_ms": 2,
}

// checkKeys refuses doubled keys anywhere, and maps that are not sorted by key.
func checkKeys(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value func(path string, sortedLevels int) error
	value = func(path string, sortedLevels int) error {
		tok, err := d.Token()
		if err != nil {
			return err
		}
		switch tok {
		case json.Delim('['):
			for i := 0; d.More(); i++ {
				if err := value(fmt.Sprintf("%s[%d]", path, i), 0); err != nil {
					return err
				}
			}
			_, err = d.Token()
		case json.Delim('{'):
			seen, last := map[string]bool{}, ""
			for d.More() {
				key, err := d.Token()
				if err != nil {
					return err
				}
				name := key.(string)
				if seen[name] {
					return fmt.Errorf("%s: key %q twice", path, name)
				}
				if sortedLevels > 0 && name < last {
					return fmt.Errorf("%s: key %q after %q: maps are sorted", path, name, last)
				}
				seen[name], last = true, name
				levels := sortedLevels - 1
				if levels < 0 {
					levels = mapLevels[name]
				}
				if err := value(path+"."+name, levels); err != nil {
					return err
				}
			}
			_, err = d.Token()
		}
		return err
	}
	return value("", 0)
}

func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// donnaConfig writes a configuration directory with these caps.
func donnaConfig(t testing.TB, caps budgets) string {
	t.Helper()
	text := fmt.Sprintf("cost:\n  monthly_budget_usd: %v\n  daily_pause_threshold_usd: %v\n", caps.monthly, caps.daily)
	return filepath.Dir(writeFile(t, "donna_models.yaml", text))
}

func writeIn(t testing.TB, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
