// Package bench compares logging with log/slog's JSONHandler, zerolog and zap
// doing the same job. It is a module of its own, so that logging depends on
// nothing. README.md has the goals, the numbers and what they mean.
//
//	GOMAXPROCS=1 go test -run '^$' -bench Ratios .          # every contender in turn, ratios
//	GOMAXPROCS=1 go test -run '^$' -bench Lines -benchmem . # one at a time, allocations, profiles
package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkLines runs one contender at a time.
func BenchmarkLines(b *testing.B) {
	for _, j := range jobs {
		for _, c := range j.contenders {
			b.Run(j.name+"/"+c.name, func(b *testing.B) {
				log := c.setup(io.Discard)
				b.ReportAllocs()
				for b.Loop() {
					log()
				}
			})
		}
	}
}

// BenchmarkRatios lets the contenders of a job take turns, a few hundred calls
// each, and reports the median of their turns in CPU time of the process: what
// else the machine does hits all of them alike and does not count.
func BenchmarkRatios(b *testing.B) {
	const turn = 500
	for _, j := range jobs {
		b.Run(j.name, func(b *testing.B) {
			var logs []func()
			for _, c := range j.contenders {
				logs = append(logs, c.setup(io.Discard))
			}
			turns := make([][]float64, len(logs))
			for b.Loop() {
				for i, log := range logs {
					before := cpuTime(b)
					for range turn {
						log()
					}
					turns[i] = append(turns[i], float64(cpuTime(b)-before)/turn)
				}
			}
			ours := median(turns[0])
			for i, c := range j.contenders {
				ns := median(turns[i])
				b.ReportMetric(ns, c.name+"-ns")
				if i > 0 {
					b.ReportMetric(ours/ns, "x/"+c.name)
				}
			}
			b.ReportMetric(0, "ns/op") // of all together: says nothing
		})
	}
}

func cpuTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// TestSameRecord holds the comparison to its word: what the contenders of a
// job print differs in nothing but the names of the library's own keys and
// how level and time are spelled.
func TestSameRecord(t *testing.T) {
	for _, j := range jobs {
		for _, c := range j.contenders {
			if c.name == "floor" {
				continue
			}
			t.Run(j.name+"/"+c.name, func(t *testing.T) {
				var out bytes.Buffer
				c.setup(&out)()
				if j.want == nil {
					if out.Len() > 0 {
						t.Fatalf("printed %s", &out)
					}
					return
				}
				got := map[string]any{}
				if err := json.Unmarshal(out.Bytes(), &got); err != nil {
					t.Fatal(err)
				}
				rename(got, "time", "timestamp")
				rename(got, "ts", "timestamp")
				rename(got, "msg", "event")
				rename(got, "message", "event")
				text, _ := got["timestamp"].(string)
				at, err := time.Parse(time.RFC3339Nano, text)
				if since := time.Since(at); err != nil || !strings.HasSuffix(text, "Z") || since < 0 || since > time.Minute {
					t.Errorf("timestamp %q: %v", text, err)
				}
				delete(got, "timestamp")
				if level, _ := got["level"].(string); strings.ToLower(level) != "info" {
					t.Errorf("level %q", level)
				}
				delete(got, "level")
				if !maps.Equal(got, j.want) {
					t.Errorf("got  %v\nwant %v", got, j.want)
				}
			})
		}
	}
}

func rename(m map[string]any, from, to string) {
	if v, ok := m[from]; ok {
		delete(m, from)
		m[to] = v
	}
}
