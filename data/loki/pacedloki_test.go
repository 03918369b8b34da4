package loki

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// pacedEnv makes the test binary a pacedLoki of so many lines per second. As a process of its own it leaves the CPU
// time of the benchmark's process to what is measured.
const pacedEnv = "DONNATOP_TEST_PACED_LOKI"

func TestMain(m *testing.M) {
	if text := os.Getenv(pacedEnv); text != "" {
		rate, err := strconv.Atoi(text)
		if err == nil {
			err = servePaced(rate)
		}
		fmt.Fprintln(os.Stderr, "serve lines:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// pacedLoki answers as a Loki that has been getting lines at a steady rate for some time and goes on doing so. It
// stores none: line i is due at start + i·period and made of a template whenever somebody asks for it.
type pacedLoki struct {
	start, period int64        // nanoseconds
	stop          atomic.Int64 // lines from this number on don't come any more; 0 for never
	templates     [pacedTemplates]pacedTemplate
}

const (
	// pacedBefore is how long the lines have been coming when the server starts.
	pacedBefore = 30 * time.Second
	// pacedTemplates is a multiple of pacedStreams, so that each makes lines of one stream.
	pacedTemplates = 64
	pacedStreams   = 8

	pacedNumber = "000000000000"                // where the number of the line goes
	pacedStamp  = "2006-01-02T15:04:05.000000Z" // where its time goes
	pacedMeta   = `,{"structuredMetadata":{"detected_level":"info"}}`
)

// pacedTemplate is a line as it stands in an answer, cut where what differs goes.
type pacedTemplate struct {
	parts  [][]byte
	stamps []bool // what follows each part but the last is the time, else the number
}

// pacedLines are lines as Donna's services print them, by how many of 64 there are: calls, changes of tasks, requests,
// searches, and a few warnings and errors with their stack.
var pacedLines = []struct {
	of64 int
	text string
}{
	{20, `{"task_type": "classify_priority", "model": "anthropic/claude-sonnet-4", "latency_ms": 912, "tokens_in": 1834, "tokens_out": 212, "cost_usd": 0.008682, ` +
		`"invocation_id": "01985e7a-55b1-7c1c-9f43-000000000000", "task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", ` +
		`"is_shadow": false, "user_id": "system", "component": "model_router", "event": "llm_invocation_logged", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{10, `{"task_type": "classify_priority", "model_alias": "reasoner", "provider": "anthropic", "estimated_tokens": 1830, "queue_wait_ms": 14, ` +
		`"task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", ` +
		`"component": "model_router", "event": "model_router_dispatch", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{12, `{"method": "GET", "path": "/api/tasks?state=scheduled&limit=50", "status_code": 200, "duration_ms": 18.4, "client": "172.18.0.1", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)", ` +
		`"correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", "event": "http_request", "service": "donna-api", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{8, `{"from_state": "backlog", "to_state": "scheduled", "task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", "reason": "slot found \"Tuesday <10:00>\"", ` +
		`"correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", "component": "scheduler", "event": "task_state_transitioned", "event_type": "task.state_changed", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{6, `{"query_len": 64, "hits": 7, "latency_ms": 41.7, "source_types": ["vault", "chat", "task"], "user_id": "system", "task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", ` +
		`"component": "memory", "event": "memory_retrieval", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{3, `{"verdict": "different", "similarity": 0.4131, "candidates": 5, "task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", "component": "dedup", ` +
		`"event": "dedup_check_result", "event_type": "task.dedup_checked", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{2, `{"notification_type": "digest", "channel": "tasks", "length": 1211, "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", "component": "notifications", ` +
		`"event": "notification_sent", "level": "info", "timestamp": "` + pacedStamp + `"}`},
	{2, `{"attempt": 2, "provider": "anthropic", "wait_s": 4.0, "error": "429 rate_limit_error", "task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", ` +
		`"component": "model_router", "event": "api_call_retrying", "level": "warning", "timestamp": "` + pacedStamp + `"}`},
	{1, `{"task_id": "01985e7a-4f0e-7b3a-8d0f-000000000000", "correlation_id": "c2a5b1f0-9d3e-4c67-8a21-000000000000", "component": "notifications", "event": "notification_send_failed", ` +
		`"notification_type": "digest", "level": "error", "timestamp": "` + pacedStamp + `", "exception": "Traceback (most recent call last):\n  File \"/app/src/donna/notifications/service.py\", line 211, in dispatch\n` +
		`    await self._bot.send_message(channel, text)\n  File \"/app/src/donna/integrations/discord_bot.py\", line 388, in send_message\n    raise ChannelUnavailable(name)\n` +
		`donna.integrations.discord_bot.ChannelUnavailable: tasks"}`},
}

// pacedLabels are the labels of stream n.
func pacedLabels(n int) string {
	return fmt.Sprintf(`{"container_name":"donna-worker-%d","level":"info","service":"donna-orchestrator","service_name":"donna-orchestrator"}`, n)
}

func newPacedLoki(rate int, now time.Time) *pacedLoki {
	p := &pacedLoki{start: now.Add(-pacedBefore).UnixNano(), period: int64(time.Second) / int64(rate)}
	var texts []string
	for _, l := range pacedLines {
		for range l.of64 {
			texts = append(texts, l.text)
		}
	}
	const stride = 27 // has no divisor in common with 64: mixes the kinds
	for i := range p.templates {
		p.templates[i] = newPacedTemplate(texts[i*stride%pacedTemplates])
	}
	return p
}

func newPacedTemplate(text string) pacedTemplate {
	escaped := strconv.Quote(text)                                                              // of the escapes these lines need, Go's are JSON's
	escaped = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(escaped) // as Loki writes them
	var t pacedTemplate
	for {
		number, stamp := strings.Index(escaped, pacedNumber), strings.Index(escaped, pacedStamp)
		at, n, isStamp := number, len(pacedNumber), false
		if number < 0 || stamp >= 0 && stamp < number {
			at, n, isStamp = stamp, len(pacedStamp), true
		}
		if at < 0 {
			t.parts = append(t.parts, []byte(escaped))
			return t
		}
		t.parts, t.stamps = append(t.parts, []byte(escaped[:at])), append(t.stamps, isStamp)
		escaped = escaped[at+n:]
	}
}

// due is how many lines there are at a moment, numbered from 0.
func (p *pacedLoki) due(at int64) int64 {
	n := max((at-p.start)/p.period+1, 0)
	if stop := p.stop.Load(); stop > 0 {
		n = min(n, stop)
	}
	return n
}

// between are the numbers of the lines with from <= time < to that have come.
func (p *pacedLoki) between(from, to int64) (first, end int64) {
	first = max((from-p.start+p.period-1)/p.period, 0)
	end = min(max((to-p.start+p.period-1)/p.period, 0), p.due(time.Now().UnixNano()))
	return first, max(first, end)
}

// appendValue appends ["time","text",{...}] of line i.
func (p *pacedLoki) appendValue(b []byte, i int64) []byte {
	at := p.start + i*p.period
	b = append(b, `["`...)
	b = strconv.AppendInt(b, at, 10)
	b = append(b, `",`...)
	t := &p.templates[i%pacedTemplates]
	for k, part := range t.parts {
		b = append(b, part...)
		switch {
		case k == len(t.stamps):
		case t.stamps[k]:
			b = time.Unix(0, at).UTC().AppendFormat(b, pacedStamp)
		default:
			b = append(b, pacedNumber...)
			for n, d := i, len(b)-1; n > 0; n, d = n/10, d-1 {
				b[d] = byte('0' + n%10)
			}
		}
	}
	return append(append(b, pacedMeta...), ']')
}

// queryRange answers for lines, grouped by stream, and for counts of minutes.
func (p *pacedLoki) queryRange(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, _ := strconv.ParseInt(q.Get("start"), 10, 64)
	to, _ := strconv.ParseInt(q.Get("end"), 10, 64)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if strings.HasPrefix(q.Get("query"), "sum(count_over_time(") {
		p.count(w, from, to)
		return
	}
	limit, _ := strconv.ParseInt(q.Get("limit"), 10, 64)
	first, end := p.between(from, to)
	backward := q.Get("direction") == string(Backward)
	if backward {
		first = max(first, end-limit)
	} else {
		end = min(end, first+limit)
	}
	b := append(make([]byte, 0, 1<<20), `{"status":"success","data":{"resultType":"streams","result":[`...)
	for stream := range int64(pacedStreams) {
		begin := first + (stream-first%pacedStreams+pacedStreams)%pacedStreams
		if begin >= end {
			continue
		}
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = append(b, `{"stream":`...)
		b = append(b, pacedLabels(int(stream))...)
		b = append(b, `,"values":[`...)
		last := begin + (end-1-begin)/pacedStreams*pacedStreams
		for i := begin; i <= last; i += pacedStreams {
			n := i
			if backward {
				n = begin + last - i
			}
			b = append(p.appendValue(b, n), ',')
		}
		b = append(b[:len(b)-1], `]}`...)
	}
	b = append(b, `],"stats":{}},"encodingFlags":["categorize-labels"]}`...)
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write(b)
		return
	}
	w.Header().Set("Content-Encoding", "gzip") // as Loki does who is asked for it
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(w)
	_, _ = z.Write(b)
	z.Close()
}

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func (p *pacedLoki) count(w io.Writer, from, to int64) {
	step := int64(time.Minute)
	var points []string
	for t := from / step * step; t < to+step; t += step {
		if first, end := p.between(t-step+1, t+1); end > first {
			points = append(points, fmt.Sprintf(`[%d,"%d"]`, t/1e9, end-first))
		}
	}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[%s]}],"stats":{}}}`, strings.Join(points, ","))
}

const (
	// Loki's tail carries ten frames of a hundred lines every half second and loses the rest.
	tailCycle      = 500 * time.Millisecond
	tailCycleLines = 10 * linesPerFrame
)

// tail sends new lines every cycle, at most so many of them. As "every=20ms&limit=1000000" it loses none: what a plain
// reader of a websocket would have to do to see them all.
func (p *pacedLoki) tail(w http.ResponseWriter, r *http.Request) {
	cycle, limit := tailCycle, int64(tailCycleLines)
	if d, err := time.ParseDuration(r.URL.Query().Get("every")); err == nil {
		cycle, limit = d, 1<<62
	}
	up := websocket.Upgrader{WriteBufferSize: 64 << 10}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if _, _, err := conn.NextReader(); err != nil {
				return
			}
		}
	}()
	tick, ping := time.NewTicker(cycle), time.NewTicker(time.Second)
	defer tick.Stop()
	defer ping.Stop()
	next := p.due(time.Now().UnixNano())
	var b []byte
	for {
		select {
		case <-ended:
			return
		case <-ping.C:
			err = conn.WriteControl(websocket.PingMessage, nil, time.Time{})
		case <-tick.C:
			due := p.due(time.Now().UnixNano())
			for end := min(due, next+limit); next < end && err == nil; next += linesPerFrame {
				b = p.appendFrame(b[:0], next, min(next+linesPerFrame, end))
				err = conn.WriteMessage(websocket.TextMessage, b)
			}
			next = due
		}
		if err != nil {
			return
		}
	}
}

// appendFrame appends the tail's frame of the lines [first, end): an element of "streams" for each.
func (p *pacedLoki) appendFrame(b []byte, first, end int64) []byte {
	b = append(b, `{"streams":[`...)
	for i := first; i < end; i++ {
		if i > first {
			b = append(b, ',')
		}
		b = append(b, `{"stream":`...)
		b = append(b, pacedLabels(int(i%pacedStreams))...)
		b = append(p.appendValue(append(b, `,"values":[`...), i), `]}`...)
	}
	return append(b, `],"encodingFlags":["categorize-labels"]}`...)
}

// servePaced says its address on standard output and serves until standard input ends.
func servePaced(rate int) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	p := newPacedLoki(rate, time.Now())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /loki/api/v1/query_range", p.queryRange)
	mux.HandleFunc("GET /loki/api/v1/tail", p.tail)
	mux.HandleFunc("GET /paced", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, p.start, p.period) })
	mux.HandleFunc("POST /stop", func(w http.ResponseWriter, _ *http.Request) {
		n := p.due(time.Now().UnixNano())
		p.stop.Store(n)
		fmt.Fprint(w, n)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, mux)
}

// pacedProcess is a pacedLoki in its own process.
type pacedProcess struct {
	addr          string
	start, period int64
}

func startPaced(tb testing.TB, rate int) *pacedProcess {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), pacedEnv+"="+strconv.Itoa(rate))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	s := &pacedProcess{}
	if _, err := fmt.Fscanln(stdout, &s.addr); err != nil {
		tb.Fatal("no address from the server:", err)
	}
	if _, err := fmt.Sscan(s.ask(tb, http.MethodGet, "/paced"), &s.start, &s.period); err != nil {
		tb.Fatal(err)
	}
	return s
}

// end keeps further lines from coming and says how many there are.
func (s *pacedProcess) end(tb testing.TB) (n int64) {
	tb.Helper()
	if _, err := fmt.Sscan(s.ask(tb, http.MethodPost, "/stop"), &n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func (s *pacedProcess) ask(tb testing.TB, method, path string) string {
	tb.Helper()
	req, err := http.NewRequest(method, s.addr+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestPacedLoki holds the imitation to Loki's form: what it answers is read without encoding/json's help, each line once.
func TestPacedLoki(t *testing.T) {
	server := startPaced(t, 1000)
	n := server.end(t)
	c, err := NewClient(Config{Addr: server.addr})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, direction := range []Direction{Forward, Backward} {
		seen := make(map[int64]bool)
		from := time.Unix(0, server.start)
		err := c.Lines(t.Context(), "{}", from, from.Add(time.Hour), direction, func(lines []Line) error {
			for _, e := range Entries(lines) {
				i := (e.Transport.UnixNano() - server.start) / server.period
				if seen[i] || !e.JSON || e.Time.Sub(e.Transport).Abs() > time.Microsecond || !strings.HasSuffix(e.Raw, "}") {
					t.Fatalf("line %d: %+v", i, e)
				}
				seen[i] = true
			}
			return nil
		})
		if err != nil || int64(len(seen)) != n {
			t.Errorf("%s: %d lines of %d, %v", direction, len(seen), n, err)
		}
	}
	p := newPacedLoki(1000, time.Now())
	d := decoder{lines: nil}
	d.reset()
	body := p.appendFrame(nil, 3, 103)
	d.text = make([]byte, 0, len(body))
	if s := (scanner{b: body, d: &d}); !s.answer() || len(d.lines) != linesPerFrame {
		t.Errorf("a frame isn't read by the scanner: %d lines of\n%.300s", len(d.lines), body)
	}
}
