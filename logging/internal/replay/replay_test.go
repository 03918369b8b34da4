package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const vectorsFile = "../../testdata/structlog-vectors.jsonl"

// TestVectors replays every recorded call. The text of a stack is Go's own, so
// it is compared by meaning; everything else, byte for byte.
func TestVectors(t *testing.T) {
	vectors, err := load(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.id, func(t *testing.T) {
			got := strings.TrimSuffix(v.replay(), "\n")
			want := v.line
			if v.stack {
				got, want = withoutStack(t, got), withoutStack(t, want)
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

var stackPair = regexp.MustCompile(`"stack": "Stack \(most recent call last\):\\n  File (?:[^"\\]|\\.)+"`)

// withoutStack checks that line has a stack and cuts its text out.
func withoutStack(t *testing.T, line string) string {
	t.Helper()
	if !stackPair.MatchString(line) {
		t.Fatalf("no stack in %s", line)
	}
	return stackPair.ReplaceAllString(line, `"stack": ""`)
}

func TestRun(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "vectors.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const call = `{"id": "a", "config": {"log_level": "warning"}, "now": "2026-07-01T10:11:12", "call": {"level": "info", "event": "x"}}`
	tests := []struct {
		name   string
		args   []string
		status int
		stdout string
		stderr string
	}{
		{name: "no argument", status: 2, stderr: "usage"},
		{name: "missing file", args: []string{"/does/not/exist"}, status: 2, stderr: "no such file"},
		{name: "empty file", args: []string{write("\n")}, status: 2, stderr: "has none"},
		{name: "malformed JSON", args: []string{write(call + "\n{")}, status: 2, stderr: "line 2"},
		{name: "no call", args: []string{write(`{"id": "a"}`)}, status: 2, stderr: "no call"},
		{name: "unknown level", args: []string{write(strings.Replace(call, `"info"`, `"loud"`, 1))}, status: 2, stderr: "loud"},
		{name: "bad clock", args: []string{write(strings.Replace(call, "2026-", "soon-", 1))}, status: 2, stderr: "decode now"},
		{name: "unknown tag value", args: []string{write(strings.Replace(call, `"x"`, `"x", "kwargs": {"a": {"$float": "big"}}`, 1))}, status: 2, stderr: "$float"},
		{name: "filtered", args: []string{write(call)}, stdout: "\n"},
		{
			name:   "printed",
			args:   []string{write(strings.Replace(call, "warning", "NoTsEt", 1))},
			stdout: `{"event": "x", "user_id": "system", "level": "info", "timestamp": "2026-07-01T10:11:12Z"}` + "\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if status := run(tt.args, &stdout, &stderr); status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			if stdout.String() != tt.stdout {
				t.Errorf("stdout %q, want %q", stdout.String(), tt.stdout)
			}
			if !strings.Contains(stderr.String(), tt.stderr) || (tt.stderr == "") != (stderr.Len() == 0) {
				t.Errorf("stderr %q, want %q in it", stderr.String(), tt.stderr)
			}
		})
	}
}
