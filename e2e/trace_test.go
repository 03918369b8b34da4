package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestTraceCommand traces ids through Loki and a file with the built binary: the
// lines of each id are found, the ones both hold once, and what an id is made of
// is no part of the query.
func TestTraceCommand(t *testing.T) {
	exe := buildDonnatop(t)
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	base := time.Now().Add(-30 * time.Minute).UTC()
	const plain, odd, number = "0190f3a2-7b1c-7d4e-9f00-1c2d3e4f5a6b", "a\"b\\c `x` |= {d=\"e\"} .* é", "22"
	var log strings.Builder
	var values [][2]string
	var texts []string
	push := func(i int, key string, value any) {
		v, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		at := base.Add(time.Duration(i) * time.Second)
		text := fmt.Sprintf(`{"event": "e%d", %q: %s, "job": %q, "level": "info", "timestamp": %q}`, i, key, v, p.job, at.Format(time.RFC3339Nano))
		texts = append(texts, text)
		values = append(values, [2]string{strconv.FormatInt(at.Add(time.Millisecond).UnixNano(), 10), text})
		log.WriteString(text + "\n")
	}
	for i := range 200 {
		switch i % 4 {
		case 0:
			push(i, "task_id", plain)
		case 1:
			push(i, "correlation_id", odd)
		case 2:
			push(i, "escalation_request_id", 22)
		default:
			push(i, "escalation_request_id", 220)
		}
	}
	p.insist(t, []stream{{Stream: map[string]string{"job": p.job, "service": "donna-api"}, Values: values}}, texts)
	file := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(file, []byte(log.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{plain, odd, number} {
		for name, args := range map[string][]string{"Loki": nil, "Loki and the file": {"--logs", file}} {
			cmd := server.command(exe, append([]string{"trace", "--json", "--wait", "30s", "--selector", selector(p.job), id}, args...)...)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%q, %s: %v\n%.300s", id, name, err, out)
			}
			var trace struct {
				Items []struct {
					Source, Service, Event string
				}
				Sources map[string]struct{ State string }
			}
			if err := json.Unmarshal(out, &trace); err != nil {
				t.Fatal(err)
			}
			if len(trace.Items) != 50 || trace.Sources["loki"].State != "live" {
				t.Errorf("%q, %s: %d items, %+v", id, name, len(trace.Items), trace.Sources)
			}
			for _, i := range trace.Items {
				if i.Source != "loki" || i.Service != "donna-api" {
					t.Errorf("%q, %s: %+v", id, name, i)
				}
			}
		}
	}
}
