package doctor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/doctor"
	"github.com/donna-project/donnatop/data/loki"
)

const secret = "hunter2hunter2"

// fakeLoki answers as Loki does; a test exchanges what it wants wrong.
type fakeLoki struct {
	date   time.Time
	answer map[string]http.HandlerFunc
}

func newFakeLoki() *fakeLoki {
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, text)
		}
	}
	return &fakeLoki{date: noon, answer: map[string]http.HandlerFunc{
		"/loki/api/v1/query_range":      say(lokiLine(noon.Add(-3 * time.Second))),
		"/loki/api/v1/status/buildinfo": say(`{"version":"2.9.0"}`),
		"/loki/api/v1/labels":           say(`{"status":"success","data":["container_name","level","service"]}`),
		"/loki/api/v1/tail": func(w http.ResponseWriter, r *http.Request) {
			var up websocket.Upgrader
			if conn, err := up.Upgrade(w, r, nil); err == nil {
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Time{})
				_, _, _ = conn.ReadMessage() // until the client has enough
				conn.Close()
			}
		},
	}}
}

func lokiLine(at time.Time) string {
	return fmt.Sprintf(`{"status":"success","data":{"resultType":"streams","result":[{"stream":{"container_name":"donna-api"},"values":[["%d","x"]]}]}}`, at.UnixNano())
}

func (f *fakeLoki) say(path, text string) { f.answer[path] = newAnswer(200, text) }

func newAnswer(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func (f *fakeLoki) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", f.date.Format(http.TimeFormat))
	if h := f.answer[r.URL.Path]; h != nil {
		h(w, r)
		return
	}
	http.NotFound(w, r)
}

// client talks to the address with a password that must never show.
func client(t *testing.T, addr string) *loki.Client {
	t.Helper()
	c, err := loki.NewClient(loki.Config{Addr: addr, Username: "donna", Password: secret, Clock: clockwork.NewFakeClockAt(noon)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const selector = `{container_name=~"donna-.*"}`

func TestLoki(t *testing.T) {
	const query, labels, build, tail = "/loki/api/v1/query_range", "/loki/api/v1/labels", "/loki/api/v1/status/buildinfo", "/loki/api/v1/tail"
	for _, tc := range []struct {
		name string
		set  func(f *fakeLoki)
		want []string
	}{
		{"well", func(*fakeLoki) {}, []string{"ok loki: ", "ok loki_version: 2.9.0", "ok loki_clock", "ok loki_labels", "ok loki_lines: the newest line is 3 s old", "ok loki_tail"}},
		{"credentials", func(f *fakeLoki) { f.answer[query] = newAnswer(401, "who is donna:"+secret+"?") },
			[]string{"failed loki: query Loki at http://127.0.0.1"}},
		{"another server", func(f *fakeLoki) { f.say(query, "<html>Welcome</html>") }, []string{"failed loki: query Loki at http://127.0.0.1"}},
		{"the selector", func(f *fakeLoki) { f.answer[query] = newAnswer(400, "parse error at line 1") }, []string{"failed loki: query Loki"}},
		{"old, without labels, lines and tail", func(f *fakeLoki) {
			f.say(build, `{"version":"v2.4.2"}`)
			f.say(labels, `{"status":"success","data":["container_name"]}`)
			f.say(query, `{"status":"success","data":{"resultType":"streams","result":[]}}`)
			f.answer[tail] = newAnswer(400, "no websocket here")
		}, []string{"ok loki", "warning loki_version: v2.4.2: donnatop is made for 2.9", "ok loki_clock",
			"warning loki_labels: no line of the last 24 h has the label service or level", "warning loki_lines: no line of the last 7 days matches " + selector,
			"warning loki_tail: tail Loki at"}},
		{"stale, and its clock is wrong", func(f *fakeLoki) {
			f.date = noon.Add(-10 * time.Minute)
			f.say(query, lokiLine(noon.Add(-3*time.Hour)))
			f.say(build, `{"version":""}`)
		}, []string{"ok loki", "warning loki_version: it doesn't say", "warning loki_clock: its clock is 9 min behind this machine's", "ok loki_labels",
			"warning loki_lines: the newest line is 3 h old", "ok loki_tail"}},
		{"a proxy that passes queries only", func(f *fakeLoki) {
			for _, path := range []string{build, labels, tail} {
				f.answer[path] = newAnswer(403, "forbidden")
			}
		}, []string{"ok loki", "warning loki_version: ask for Loki's version", "ok loki_clock", "warning loki_labels: list Loki's labels", "ok loki_lines", "warning loki_tail: tail Loki"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFakeLoki()
			tc.set(f)
			server := httptest.NewServer(f)
			defer server.Close()
			got := findings(t, doctor.CheckLoki(noon, client(t, server.URL), nil, selector))
			compare(t, got, tc.want)
			if text := strings.Join(lines(got), "\n"); strings.Contains(text, secret) {
				t.Errorf("the password shows: %s", text)
			}
			for _, f := range got {
				if f.State != doctor.OK && (f.Fix == nil && f.Name != "loki_version") {
					t.Errorf("%+v says not what to do", f)
				}
			}
		})
	}
}

func TestLokiIsDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	compare(t, findings(t, doctor.CheckLoki(noon, client(t, server.URL), nil, selector)), []string{"failed loki: query Loki at " + server.URL + ": connection refused -> is Loki running"})
	compare(t, findings(t, doctor.CheckLoki(noon, nil, nil, selector)), []string{"warning loki: not configured"})
	_, err := loki.NewClient(loki.Config{Addr: "ftp://x"})
	compare(t, findings(t, doctor.CheckLoki(noon, nil, err, selector)), []string{"failed loki: configure Loki: "})
}

// TestLokiHangs has a Loki that takes connections and never answers.
func TestLokiHangs(t *testing.T) {
	asked, over := make(chan bool, 1), make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- true
		<-over
	}))
	defer server.Close()
	defer close(over)
	clock := clockwork.NewFakeClockAt(noon)
	got := make(chan []doctor.Finding, 1)
	go func() {
		got <- doctor.Run(t.Context(), clock, 5*time.Second, []doctor.Check{doctor.CheckLoki(noon, client(t, server.URL), nil, selector)})
	}()
	<-asked
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(5 * time.Second)
	compare(t, <-got, []string{"failed loki: no answer within 5s"})
}
