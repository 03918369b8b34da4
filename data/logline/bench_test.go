package logline_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// usual is a line of the kind that makes up most of Donna's log, of 413 bytes.
const usual = `{"invocation_id": "0190f3a2-7b1c-7d4e-9f00-1234567890ab", "task_type": "parse_task", "model_alias": "local_parser", "latency_ms": 1834, "cost_usd": 0.000214, ` +
	`"component": "model_router", "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-0f1e2d3c4b5a", "task_id": "0190f3a2-6aaa-7000-8000-00000000beef", ` +
	`"event": "llm_invocation_logged", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}`

func TestUsualLineLength(t *testing.T) {
	if len(usual) < 403 || len(usual) > 423 {
		t.Errorf("the benchmarks' line has %d bytes: their figures are for about 413", len(usual))
	}
}

type picked struct {
	Timestamp     string `json:"timestamp"`
	Level         string `json:"level"`
	Service       string `json:"service"`
	Component     string `json:"component"`
	Event         string `json:"event"`
	EventType     string `json:"event_type"`
	TaskType      string `json:"task_type"`
	TaskID        string `json:"task_id"`
	CorrelationID string `json:"correlation_id"`
	InvocationID  string `json:"invocation_id"`
}

func BenchmarkParse(b *testing.B) {
	b.Run("Parse", func(b *testing.B) {
		b.SetBytes(int64(len(usual)))
		b.ReportAllocs()
		var e logline.Entry
		for b.Loop() {
			logline.Parse(&e, usual, time.Time{}, time.Time{})
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.SetBytes(int64(len(usual)))
		b.ReportAllocs()
		line := []byte(usual)
		for b.Loop() {
			var p picked
			if err := json.Unmarshal(line, &p); err != nil {
				b.Fatal(err)
			}
			if _, err := time.Parse(time.RFC3339Nano, p.Timestamp); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Field", func(b *testing.B) {
		b.SetBytes(int64(len(usual)))
		b.ReportAllocs()
		e := logline.Entry{Raw: usual}
		for b.Loop() {
			e.Field("latency_ms")
		}
	})
	b.Run("Fields", func(b *testing.B) {
		b.SetBytes(int64(len(usual)))
		b.ReportAllocs()
		e := logline.Entry{Raw: usual}
		for b.Loop() {
			e.Fields()
		}
	})
}
