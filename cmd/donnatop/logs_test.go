package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// logsRun is a `donnatop logs` whose output a test reads.
type logsRun struct {
	out    *bufio.Scanner
	read   *os.File
	cancel context.CancelFunc
	code   chan int
	stderr bytes.Buffer
}

func startLogs(t *testing.T, args ...string) *logsRun {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := &logsRun{out: bufio.NewScanner(r), read: r, cancel: cancel, code: make(chan int, 1)}
	go func() {
		l.code <- run(ctx, append([]string{"logs"}, args...), env{
			stdin: strings.NewReader(""), stdout: w, stderr: &l.stderr,
			getenv: func(string) (string, bool) { return "", false },
		})
		w.Close()
	}()
	t.Cleanup(func() { cancel(); r.Close() })
	return l
}

// next is the raw text of the next line printed as JSON.
func (l *logsRun) next(t *testing.T) string {
	t.Helper()
	if !l.out.Scan() {
		t.Fatalf("the output ended: %v; stderr: %s", l.out.Err(), &l.stderr)
	}
	var record struct{ Raw string }
	if err := json.Unmarshal(l.out.Bytes(), &record); err != nil {
		t.Fatalf("%v in %s", err, l.out.Text())
	}
	return record.Raw
}

func appendLine(t *testing.T, path, line string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(line + "\n"); err != nil {
		t.Fatal(err)
	}
}

// TestLogsFollow reads each line as soon as it is written, across a rotation, and
// ends with 0 when interrupted.
func TestLogsFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "donna.log")
	appendLine(t, path, `{"event":"first"}`)
	l := startLogs(t, "--follow", "--json", "--since", "1h", "--logs", path)
	if got := l.next(t); got != `{"event":"first"}` {
		t.Errorf("got %s", got)
	}
	appendLine(t, path, `{"event":"second"}`)
	if got := l.next(t); got != `{"event":"second"}` {
		t.Errorf("got %s", got)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	appendLine(t, path, `{"event":"third"}`)
	if got := l.next(t); got != `{"event":"third"}` {
		t.Errorf("got %s", got)
	}
	l.cancel()
	if code := <-l.code; code != exitOK {
		t.Errorf("exit code %d, stderr %s", code, &l.stderr)
	}
}

// TestLogsReaderGone ends quietly when nobody reads any more.
func TestLogsReaderGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "donna.log")
	appendLine(t, path, `{"event":"first"}`)
	l := startLogs(t, "--follow", "--json", "--since", "1h", "--logs", path)
	l.next(t)
	l.read.Close()
	appendLine(t, path, `{"event":"second"}`)
	if code := <-l.code; code != exitOK || l.stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %s", code, &l.stderr)
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 7, 8, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"0s": "2026-07-08T12:00:00Z", "90m": "2026-07-08T10:30:00Z", "7d": "2026-07-01T12:00:00Z", "1w1d12h": "2026-06-30T00:00:00Z",
		"1.5d": "2026-07-07T00:00:00Z", "2026-07-01T12:00:00+02:00": "2026-07-01T10:00:00Z",
		"": "", "yesterday": "", "-1h": "", "d": "", "5": "", "1d2": "", "99999999999999d": "",
	} {
		got, err := moment(text, now)
		if (err == nil) != (want != "") || err == nil && got.Format(time.RFC3339) != want {
			t.Errorf("moment(%q) = %v, %v; want %q", text, got, err, want)
		}
	}
}

// TestLogJSONShowsNothingHidden looks at JSON that a terminal may get to see: the
// text is the same once read.
func TestLogJSONShowsNothingHidden(t *testing.T) {
	const evil = "a\x1b[2J\x07\u009b31m\u202egnp\u200b\u2028\U000e0041é世🙂<&>\x7f\xffz"
	var out bytes.Buffer
	p, err := newLogPrinter(&env{stdout: &out}, &options{}, &logsOptions{json: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.print([]logline.Entry{{Raw: evil, Level: evil, Service: evil, Labels: map[string]string{evil: evil}}}); err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(out.String(), "\n")
	for _, r := range text {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b || r == 0xe0041 {
			t.Errorf("%U in %s", r, text)
		}
	}
	if !strings.Contains(text, "é世🙂<&>") {
		t.Errorf("harmless text is escaped: %s", text)
	}
	var record logRecord
	if err := json.Unmarshal(out.Bytes(), &record); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(evil, "\ufffd"); record.Raw != want || *record.Service != want || record.Labels[want] != want {
		t.Errorf("got %q", record.Raw)
	}
}
