package logfile_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
)

// discard is a sink that counts.
type discard struct {
	data.Sink
	lines int
}

func (d *discard) SetState(string, data.SourceState) {}
func (d *discard) AppendLines(batch []logline.Entry) { d.lines += len(batch) }

const benchLines = 100_000

func benchLine(i int) string {
	at := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(i) * 1234567 * time.Microsecond)
	return fmt.Sprintf(`{"invocation_id": "0190f3a2-7b1c-7d4e-9f00-%012d", "task_type": "parse_task", "model_alias": "local_parser", "latency_ms": 1834, "cost_usd": 0.000214, `+
		`"component": "model_router", "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-0f1e2d3c4b5a", "task_id": "0190f3a2-6aaa-7000-8000-00000000beef", `+
		`"event": "llm_invocation_logged", "user_id": "system", "level": "info", "timestamp": "%s"}`, i, at.Format("2006-01-02T15:04:05.000000Z07:00"))
}

// BenchmarkRead reads 100,000 of Donna's lines (41 MB) from the page cache.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	var all, docker, even, odd strings.Builder
	for i := range benchLines {
		line := benchLine(i)
		all.WriteString(line + "\n")
		docker.WriteString(wrap(line+"\n", "stdout", 1) + "\n")
		half := &even
		if i%2 == 1 {
			half = &odd
		}
		half.WriteString(line + "\n")
	}
	for name, text := range map[string]string{"all": all.String(), "docker": docker.String(), "half.even": even.String(), "half.odd": odd.String()} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for name, path := range map[string]string{"one file": "all", "docker": "docker", "two files merged": "half.*"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(all.Len())) // of lines, whatever they are wrapped in
			b.ReportAllocs()
			for b.Loop() {
				s, err := logfile.New(logfile.Options{Paths: []string{dir + "/" + path}, Clock: clockwork.NewRealClock()})
				if err != nil {
					b.Fatal(err)
				}
				var d discard
				if err := s.Run(b.Context(), &d); err != nil || d.lines != benchLines {
					b.Fatalf("%d lines, %v", d.lines, err)
				}
			}
		})
	}
	b.Run("bufio and encoding_json", func(b *testing.B) {
		b.SetBytes(int64(all.Len()))
		b.ReportAllocs()
		for b.Loop() {
			if n := scanAndUnmarshal(b, dir+"/all"); n != benchLines {
				b.Fatalf("%d lines", n)
			}
		}
	})
	b.Run("bufio alone", func(b *testing.B) {
		b.SetBytes(int64(all.Len()))
		for b.Loop() {
			f, err := os.Open(dir + "/all")
			if err != nil {
				b.Fatal(err)
			}
			for scanner := bufio.NewScanner(f); scanner.Scan(); {
				_ = scanner.Text()
			}
			f.Close()
		}
	})
}

func scanAndUnmarshal(b *testing.B, path string) (n int) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for scanner := bufio.NewScanner(f); scanner.Scan(); n++ {
		var line struct {
			Event, Level, Component, Service, Timestamp string
			EventType                                   string `json:"event_type"`
			TaskType                                    string `json:"task_type"`
			TaskID                                      string `json:"task_id"`
			CorrelationID                               string `json:"correlation_id"`
			InvocationID                                string `json:"invocation_id"`
		}
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			b.Fatal(err)
		}
		if _, err := time.Parse(time.RFC3339Nano, line.Timestamp); err != nil {
			b.Fatal(err)
		}
	}
	return n
}
