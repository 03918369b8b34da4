package loki

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// linesPerFrame is what Loki puts into a full tail frame.
const linesPerFrame = 100

// benchFrame is a full frame of lines as Donna's structlog prints them, some 410 bytes each.
func benchFrame() []byte {
	type element struct {
		Stream map[string]string `json:"stream"`
		Values [][2]string       `json:"values"`
	}
	var frame struct {
		Streams []element `json:"streams"`
	}
	for i := range linesPerFrame {
		text := fmt.Sprintf(`{"task_type": "classify_priority", "model": "claude-sonnet-4", "latency_ms": %d, "tokens_in": 1834, "tokens_out": 212, `+
			`"cost_usd": 0.008682, "invocation_id": "01985e7a-55b1-7c1c-9f43-0c7f5a6e%04d", "task_id": "01985e7a-4f0e-7b3a-8d0f-6a0b1c2d%04d", `+
			`"correlation_id": "esc-%06d", "is_shadow": false, "user_id": "system", "event": "llm_invocation_logged", "level": "info", `+
			`"timestamp": "2026-06-01T10:00:00.%06dZ"}`, 900+i, i, i, i, i)
		frame.Streams = append(frame.Streams, element{
			Stream: map[string]string{"container_name": "donna-orchestrator", "service": "donna-orchestrator", "level": "info", "task_type": "classify_priority"},
			Values: [][2]string{{strconv.Itoa(1795439474088807743 + i), text}},
		})
	}
	b, err := json.Marshal(frame)
	if err != nil {
		panic(err)
	}
	return b
}

// jsonFrame and jsonLine are how one would read a frame without further thought.
type jsonFrame struct {
	Streams []struct {
		Stream map[string]string   `json:"stream"`
		Values [][]json.RawMessage `json:"values"`
	} `json:"streams"`
}

type jsonLine struct {
	Timestamp     time.Time `json:"timestamp"`
	Level         string    `json:"level"`
	Service       string    `json:"service"`
	Component     string    `json:"component"`
	Event         string    `json:"event"`
	EventType     string    `json:"event_type"`
	TaskType      string    `json:"task_type"`
	TaskID        string    `json:"task_id"`
	CorrelationID string    `json:"correlation_id"`
	InvocationID  string    `json:"invocation_id"`
}

// entriesByJSON is the baseline: a frame to entries with encoding/json.
func entriesByJSON(body []byte) ([]logline.Entry, error) {
	var frame jsonFrame
	if err := json.Unmarshal(body, &frame); err != nil {
		return nil, err
	}
	var batch []logline.Entry
	for _, s := range frame.Streams {
		for _, v := range s.Values {
			var stamp, text string
			if err := json.Unmarshal(v[0], &stamp); err != nil {
				return nil, err
			}
			if err := json.Unmarshal(v[1], &text); err != nil {
				return nil, err
			}
			ns, err := strconv.ParseInt(stamp, 10, 64)
			if err != nil {
				return nil, err
			}
			e := logline.Entry{Transport: time.Unix(0, ns), Labels: s.Stream, Raw: text}
			var l jsonLine
			if err := json.Unmarshal([]byte(text), &l); err == nil {
				e.Time, e.Level, e.Service, e.Component, e.Event, e.EventType = l.Timestamp, l.Level, l.Service, l.Component, l.Event, l.EventType
				e.TaskType, e.TaskID, e.CorrelationID, e.InvocationID, e.JSON = l.TaskType, l.TaskID, l.CorrelationID, l.InvocationID, true
			}
			batch = append(batch, e)
		}
	}
	return batch, nil
}

// entriesOf is what a follow does with a frame: keys, copies, entries.
func entriesOf(d *decoder) []logline.Entry {
	keyed := copyTailLines(d.lines)
	lines := make([]Line, len(keyed))
	for i, l := range keyed {
		lines[i] = l.Line
	}
	return Entries(lines)
}

func reportLines(b *testing.B) {
	b.ReportMetric(float64(b.N*linesPerFrame)/b.Elapsed().Seconds()/1000, "klines/s")
}

// reportCPU reports the CPU time of a line since cpu was read, and how many lines a core has time for.
func reportCPU(b *testing.B, cpu time.Duration) {
	perLine := float64(cpuTime(b)-cpu) / float64(b.N*linesPerFrame)
	b.ReportMetric(perLine, "cpu-ns/line")
	b.ReportMetric(1e6/perLine, "klines/core-s")
}

// BenchmarkFrame decodes frames, without their way over the network. The first has to do without any allocation.
func BenchmarkFrame(b *testing.B) {
	body := benchFrame()
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var d decoder
		for b.Loop() {
			if err := d.decode(body); err != nil {
				b.Fatal(err)
			}
		}
		reportLines(b)
	})
	b.Run("decode to entries", func(b *testing.B) {
		b.ReportAllocs()
		var d decoder
		for b.Loop() {
			if err := d.decode(body); err != nil {
				b.Fatal(err)
			}
			entriesOf(&d)
		}
		reportLines(b)
	})
	b.Run("baseline encoding-json to entries", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := entriesByJSON(body); err != nil {
				b.Fatal(err)
			}
		}
		reportLines(b)
	})
}

// BenchmarkTail reads frames from a websocket to entries, and on into the ring of a Hub. CPU time is the whole process's:
// the sender is part of it, in the baseline as well.
func BenchmarkTail(b *testing.B) {
	frame, err := websocket.NewPreparedMessage(websocket.TextMessage, benchFrame())
	if err != nil {
		b.Fatal(err)
	}
	// The sender holds back when the reader is slow, and costs next to nothing.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{WriteBufferSize: 64 << 10}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for conn.WritePreparedMessage(frame) == nil {
		}
	}))
	defer server.Close()
	dial := func(b *testing.B) *websocket.Conn {
		d := websocket.Dialer{ReadBufferSize: 4 << 10}
		conn, _, err := d.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		return conn
	}
	b.Run("to entries", func(b *testing.B) {
		f := frames{conn: dial(b)}
		b.ReportAllocs()
		for b.Loop() {
			if err := f.next(); err != nil {
				b.Fatal(err)
			}
			entriesOf(&f.decoder)
		}
		reportLines(b)
	})
	b.Run("to the ring", func(b *testing.B) {
		f := frames{conn: dial(b)}
		at := time.Now().Add(-time.Hour)
		hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(at), Absent: map[string]string{data.SourceFiles: "no log files"}})
		b.ReportAllocs()
		cpu := cpuTime(b)
		for b.Loop() {
			if err := f.next(); err != nil {
				b.Fatal(err)
			}
			lines := entriesOf(&f.decoder)
			for i := range lines { // the same frame again and again, but of lines as they come: one after the other
				at = at.Add(time.Millisecond)
				lines[i].Time = at
			}
			hub.AppendLines(lines)
		}
		reportLines(b)
		reportCPU(b, cpu)
		if received := int(hub.Publish().Logs.Received); received != b.N*linesPerFrame {
			b.Fatalf("%d lines of %d are in the ring's count", received, b.N*linesPerFrame)
		}
	})
	b.Run("baseline encoding-json", func(b *testing.B) {
		conn := dial(b)
		b.ReportAllocs()
		cpu := cpuTime(b)
		for b.Loop() {
			_, body, err := conn.ReadMessage()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := entriesByJSON(body); err != nil {
				b.Fatal(err)
			}
		}
		reportLines(b)
		reportCPU(b, cpu)
	})
}
