package loki

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
)

// fakeLoki imitates the wire forms and faults of Loki 2.9.0 and 3.x. It is reached through pipes in memory, so that a
// test in a synctest bubble has no network and its time passes at once.
type fakeLoki struct {
	t     *testing.T
	v3    bool
	clock clockwork.Clock // Loki's own, for its Date header
	ours  clockwork.Clock // its clients'; nil: the real one

	mu        sync.Mutex
	lines     []fakeLine
	stored    map[fakeLine]bool
	down      bool // connections are refused
	maxLimit  int
	maxBytes  int                                               // an answer larger than this never comes
	intercept func(w http.ResponseWriter, r *http.Request) bool // a fault instead of an answer
	phantoms  map[int64]int                                     // lines that count in the minute that ends there, and don't exist
	reads     map[int64]int                                     // query_range for lines by start
	queries   int                                               // query_range for lines
	dials     int                                               // tails that were tried
	tails     map[*fakeTail]bool
	tailFate  func(n int) (status int, closing string) // of the nth tail: refused with, closed with, or fine
	deliver   func(l fakeLine) int                     // how often the tail delivers a line; nil: once
	silent    bool                                     // tails don't ping

	conns   chan net.Conn
	between func(ctx context.Context, network, addr string) (net.Conn, error) // what clients dial; nil: dialPipe
}

type fakeLine struct {
	time   int64
	labels string // "k=v k=v"
	meta   string
	text   string
}

func newFakeLoki(t *testing.T, v3 bool) *fakeLoki {
	f := &fakeLoki{
		t: t, v3: v3, clock: clockwork.NewRealClock(), maxLimit: 5000, maxBytes: 4 << 20,
		stored: make(map[fakeLine]bool), reads: make(map[int64]int), tails: make(map[*fakeTail]bool), conns: make(chan net.Conn),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /loki/api/v1/query_range", f.queryRange)
	mux.HandleFunc("GET /loki/api/v1/tail", f.tail)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down := f.down
		f.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler) // cuts the connection
		}
		w.Header().Set("Date", f.clock.Now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(f)
	}()
	t.Cleanup(func() {
		f.setDown(true)
		server.Close()
		<-served
	})
	return f
}

// Accept, Close and Addr make f a listener.
func (f *fakeLoki) Accept() (net.Conn, error) {
	conn, ok := <-f.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (f *fakeLoki) Close() error   { close(f.conns); return nil }
func (f *fakeLoki) Addr() net.Addr { return &net.TCPAddr{} }

// client is a client of f, for the time of the test.
func (f *fakeLoki) client() *Client {
	f.t.Helper()
	dial := f.between
	if dial == nil {
		dial = f.dialPipe
	}
	c, err := NewClient(Config{Addr: "http://loki:3100", Clock: f.ours, dial: dial})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(c.Close)
	return c
}

// dialPipe connects to f without a network.
func (f *fakeLoki) dialPipe(ctx context.Context, network, addr string) (net.Conn, error) {
	f.mu.Lock()
	down := f.down
	f.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	ours, theirs := net.Pipe()
	select {
	case f.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// push stores lines, once each, and sends them to the tails.
func (f *fakeLoki) push(lines ...fakeLine) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range lines {
		if !f.stored[l] { // a repetition is stored once, and tailed again
			f.stored[l] = true
			f.lines = append(f.lines, l)
		}
		times := 1
		if f.deliver != nil {
			times = f.deliver(l)
		}
		for t := range f.tails {
			for range times {
				t.send(f.frame([]fakeLine{l}, true))
			}
		}
	}
}

func (f *fakeLoki) setDown(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
	if down {
		for t := range f.tails {
			t.end("")
		}
	}
}

// locked runs change while nothing is served.
func (f *fakeLoki) locked(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeLoki) queryRange(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	intercept := f.intercept
	f.mu.Unlock()
	if intercept != nil && intercept(w, r) {
		return
	}
	q := r.URL.Query()
	from, _ := strconv.ParseInt(q.Get("start"), 10, 64)
	to, _ := strconv.ParseInt(q.Get("end"), 10, 64)
	if strings.HasPrefix(q.Get("query"), "sum(count_over_time(") {
		f.count(w, from, to)
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	f.mu.Lock()
	f.queries++
	f.reads[from]++
	switch {
	case limit > f.maxLimit:
		f.mu.Unlock()
		http.Error(w, fmt.Sprintf("max entries limit per query exceeded, limit > max_entries_limit_per_query (%d > %d)", limit, f.maxLimit), 400)
		return
	case to-from > int64(721*time.Hour):
		f.mu.Unlock()
		http.Error(w, "the query time range exceeds the limit (query length: "+time.Duration(to-from).String()+", limit: 30d1h)", 400)
		return
	}
	body := f.answer(q.Get("query"), from, to, limit, q.Get("direction") == "backward")
	f.mu.Unlock()
	if len(body) > f.maxBytes {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, _ = w.Write(body)
}

var lineFilter = regexp.MustCompile("\\|([=~]) (\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")

// answer selects by time, line filters and limit. The selector itself selects everything.
func (f *fakeLoki) answer(query string, from, to int64, limit int, backward bool) []byte {
	var filters []*regexp.Regexp
	for _, m := range lineFilter.FindAllStringSubmatch(query, -1) {
		text, err := strconv.Unquote(m[2])
		if err != nil {
			f.t.Error(err)
		}
		if m[1] == "=" {
			text = regexp.QuoteMeta(text)
		}
		filters = append(filters, regexp.MustCompile(text))
	}
	match := func(text string) bool {
		return !slices.ContainsFunc(filters, func(re *regexp.Regexp) bool { return !re.MatchString(text) })
	}
	var found []fakeLine
	for _, l := range f.lines {
		if l.time >= from && l.time < to && match(l.text) {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(a, b fakeLine) int { return cmp.Compare(a.time, b.time) })
	if backward {
		slices.Reverse(found)
	}
	return f.frame(found[:min(limit, len(found))], false)
}

// count answers sum(count_over_time(...[1m])) with step 60.
func (f *fakeLoki) count(w http.ResponseWriter, from, to int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	step := int64(time.Minute)
	var points []string
	for t := from / step * step; t < to+step; t += step {
		n := f.phantoms[t]
		for _, l := range f.lines {
			if l.time > t-step && l.time <= t {
				n++
			}
		}
		if n > 0 {
			points = append(points, fmt.Sprintf(`[%d,"%d"]`, t/1e9, n))
		}
	}
	result := "[]"
	if len(points) > 0 {
		result = `[{"metric":{},"values":[` + strings.Join(points, ",") + `]}]`
	}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":%s,"stats":{}}}`, result)
}

// frame writes lines as a tail does (each an element of its own), or as a query (grouped by stream).
func (f *fakeLoki) frame(lines []fakeLine, tail bool) []byte {
	type element struct {
		Stream map[string]string `json:"stream"`
		Values [][]any           `json:"values"`
	}
	elements := []*element{}
	byLabels := make(map[string]*element)
	for _, l := range lines {
		e := byLabels[l.labels]
		if e == nil || tail {
			e = &element{Stream: pairs(l.labels)}
			byLabels[l.labels] = e
			elements = append(elements, e)
		}
		value := []any{strconv.FormatInt(l.time, 10), l.text}
		if f.v3 {
			meta := pairs(l.meta)
			meta["detected_level"] = "info"
			value = append(value, map[string]any{"structuredMetadata": meta})
		}
		e.Values = append(e.Values, value)
	}
	answer := map[string]any{"streams": elements}
	if !tail {
		answer = map[string]any{"status": "success", "data": map[string]any{"resultType": "streams", "result": elements, "stats": map[string]any{}}}
	} else if f.v3 {
		answer["encodingFlags"] = []string{"categorize-labels"}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		f.t.Error(err)
	}
	if !tail {
		return resultTypeFirst(body)
	}
	return body
}

// resultTypeFirst puts resultType where Loki has it; encoding/json sorts it behind the result.
func resultTypeFirst(body []byte) []byte {
	text := strings.Replace(string(body), `"resultType":"streams",`, "", 1)
	return []byte(strings.Replace(text, `"data":{`, `"data":{"resultType":"streams",`, 1))
}

func pairs(text string) map[string]string {
	m := make(map[string]string)
	for pair := range strings.FieldsSeq(text) {
		k, v, _ := strings.Cut(pair, "=")
		m[k] = v
	}
	return m
}

// fakeTail is one tail connection.
type fakeTail struct {
	frames  chan []byte
	closing chan string // with 1011 and the text, or not at all if it is ""
	ended   chan struct{}
}

func (t *fakeTail) send(frame []byte) {
	select {
	case t.frames <- frame:
	case <-t.ended:
	}
}

func (t *fakeTail) end(text string) {
	select {
	case t.closing <- text:
	default:
	}
}

func (f *fakeLoki) tail(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.dials++
	status, closing := 0, ""
	if f.tailFate != nil {
		status, closing = f.tailFate(f.dials)
	}
	silent := f.silent
	f.mu.Unlock()
	if status != 0 {
		http.Error(w, closing, status)
		return
	}
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		f.t.Error(err)
		return
	}
	defer conn.Close()
	t := &fakeTail{frames: make(chan []byte, 10000), closing: make(chan string, 1), ended: make(chan struct{})}
	if closing != "" {
		t.closing <- closing
	}
	f.locked(func() { f.tails[t] = true })
	defer f.locked(func() { delete(f.tails, t) })
	go func() {
		defer close(t.ended)
		for {
			if _, _, err := conn.NextReader(); err != nil {
				return
			}
		}
	}()
	defer func() {
		conn.Close()
		<-t.ended
	}()
	ping := f.clock.NewTicker(time.Second)
	defer ping.Stop()
	for {
		select {
		case <-t.ended:
			return
		case <-ping.Chan():
			if silent {
				continue
			}
			if conn.WriteControl(websocket.PingMessage, nil, time.Time{}) != nil {
				return
			}
		case frame := <-t.frames:
			if conn.WriteMessage(websocket.TextMessage, frame) != nil {
				return
			}
		case text := <-t.closing:
			if text != "" && text != "cut" {
				_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1011, text), time.Time{})
			}
			return
		}
	}
}

// dialed is how many tails were tried.
func (f *fakeLoki) dialed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dials
}

// asked is how many queries for lines there were.
func (f *fakeLoki) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.queries
}

// readsFrom is how many queries for lines began at a time.
func (f *fakeLoki) readsFrom(t int64) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads[t]
}

// openTails are the tails right now.
func (f *fakeLoki) openTails() []*fakeTail {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.tails))
}
