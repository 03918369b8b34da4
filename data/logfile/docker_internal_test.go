package logfile

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzParseDocker holds what is taken for a line of the driver against encoding/json,
// and joins it again however it was split.
func FuzzParseDocker(f *testing.F) {
	for _, s := range []string{
		`{"log":"a\n","stream":"stdout","time":"2026-06-01T10:00:00.123456789Z"}`,
		`{"log":"\ud83d\ude00\u001b[1m\ud83d","stream":"stderr","time":"2026-06-01T10:00:00+02:00"}`,
		`{"log":"a","stream":"stdout","attrs":{"tag":"x"},"time":"2026-06-01T10:00:00Z"}`,
		`{"log":"a","log":"b","stream":"stdout","stream":"stderr","attrs":{},"time":"2026-06-01T10:00:00Z"}`,
		`{"log":"a","stream":"stdout","time":"2026-06-01T10:00:00Z","time":"noon"}`,
		`{"log":"a","stream":"stdout","time":"2026-06-01T1`, `{"log":"`, `{"log":"\`,
	} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, line string, at int) {
		d, ok := parseDocker(line)
		if !ok {
			return
		}
		if d.time.IsZero() || d.stream < 0 || d.stream >= len(dockerStreams) || len(d.text) > len(line) {
			t.Fatalf("%q is %+v", line, d)
		}
		checkDockerJSON(t, line, d)

		text := strings.ReplaceAll(d.text, "\n", "")
		cut := min(max(at, 0), len(text))
		var j dockerJoiner
		if cut > 0 {
			if got, _, done := j.add(dockerLine{text[:cut], d.stream, d.time}); done {
				t.Fatalf("a part without a newline is the line %q", got)
			}
		}
		got, when, done := j.add(dockerLine{text[cut:] + "\n", d.stream, d.time.Add(time.Second)})
		wantTime := d.time
		if cut == 0 {
			wantTime = d.time.Add(time.Second)
		}
		if !done || got != strings.TrimSuffix(text, "\r") || !when.Equal(wantTime) {
			t.Errorf("%q cut at %d: %q at %v, whole %v", text, cut, got, when, done)
		}
		if _, _, left := j.take(d.stream); left {
			t.Errorf("%q cut at %d: something is left", text, cut)
		}
	})
}

// checkDockerJSON leaves out what encoding/json reads in another way: bytes that are
// not UTF-8, bare NaN, and keys whose case differs or that come twice.
func checkDockerJSON(t *testing.T, line string, d dockerLine) {
	t.Helper()
	if !utf8.ValidString(line) || !json.Valid([]byte(line)) || strings.Count(line, `":`) > 3 {
		return
	}
	var want map[string]string
	if err := json.Unmarshal([]byte(line), &want); err != nil {
		t.Fatalf("%q was taken for a line of the driver: %v", line, err)
	}
	at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(want["time"]))
	if d.text != want["log"] || dockerStreams[d.stream] != want["stream"] || err == nil && !d.time.Equal(at) {
		t.Errorf("%q is %+v, want %v (%v)", line, d, want, err)
	}
}
