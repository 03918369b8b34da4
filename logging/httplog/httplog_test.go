package httplog_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/httplog"
	"github.com/donna-project/donnatop/logging/logtest"
)

// ticking returns a clock that advances by step at each look.
func ticking(step time.Duration) func() time.Time {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(step)
		return now
	}
}

func TestMiddlewareLine(t *testing.T) {
	tests := []struct {
		name    string
		path    string
		handler http.HandlerFunc
		event   string
		status  int
	}{
		{"nothing written", "/tasks", func(http.ResponseWriter, *http.Request) {}, "api.request", 200},
		{"written without a status", "/tasks", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }, "api.request", 200},
		{"a status", "/tasks/1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "api.request", 404},
		{"the first status counts", "/tasks", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) }, "api.request", 201},
		{"early hints do not count", "/tasks", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(204) }, "api.request", 204},
		{"admin", "/admin/logs", func(http.ResponseWriter, *http.Request) {}, "admin.request", 200},
		{"copied", "/x", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, strings.NewReader("x")) }, "api.request", 200},
		{"flushed", "/x", func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); w.WriteHeader(500) }, "api.request", 200},
		{"a rewritten path", "/tasks", func(_ http.ResponseWriter, r *http.Request) { r.URL.Path = "/" }, "api.request", 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, lines := logtest.New()
			h := httplog.Middleware(httplog.Options{Logger: logger, Clock: ticking(12340 * time.Microsecond)})(tt.handler)
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PUT", tt.path+"?q=1", nil))
			line := lines.Want(t, tt.event, slog.Int("status_code", tt.status), slog.String("path", tt.path))
			want := `{"event_type": "` + tt.event + `", "component": "` + strings.TrimSuffix(tt.event, ".request") +
				`", "method": "PUT", "path": "` + tt.path + `", "status_code": ` + line.JSON("status_code") +
				`, "duration_ms": 12.3, "event": "` + tt.event + `", "correlation_id": "`
			if !strings.HasPrefix(line.Raw, want) || line.Text("level") != "info" || len(lines.All()) != 1 {
				t.Errorf("got  %s\nwant %s", line.Raw, want)
			}
		})
	}
}

func TestHealthChecksAreSilent(t *testing.T) {
	logger, lines := logtest.New()
	h := httplog.Middleware(httplog.Options{Logger: logger})(http.NotFoundHandler())
	for _, path := range []string{"/health", "/admin/health", "/healthy"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	if all := lines.All(); len(all) != 1 || all[0].Text("path") != "/healthy" {
		t.Errorf("lines %v", all)
	}
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestCorrelationID(t *testing.T) {
	tests := []struct {
		name string
		sent string
		kept bool
	}{
		{"none", "", false},
		{"a UUID", "0198f3a2-7c4d-7e11-9a55-3f0c2b6d8e90", true},
		{"another form", "req:42/a", true},
		{"too long", strings.Repeat("a", 129), false},
		{"a blank", "a b", false},
		{"no ASCII", "é", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, lines := logtest.New()
			var seen string
			h := httplog.Middleware(httplog.Options{Logger: logger})(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				seen = logging.CorrelationID(r.Context())
				logging.FromContext(r.Context()).Info("inside")
			}))
			r := httptest.NewRequest("GET", "/", nil)
			if tt.sent != "" {
				r.Header.Set(httplog.Header, tt.sent)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			answered := w.Header().Get(httplog.Header)
			if (answered == tt.sent) != tt.kept || !tt.kept && !uuidForm.MatchString(answered) || seen != answered {
				t.Errorf("sent %q, in the context %q, answered %q", tt.sent, seen, answered)
			}
			lines.Want(t, "inside", slog.String("correlation_id", answered))
			lines.Want(t, "api.request", slog.String("correlation_id", answered))
		})
	}
}

func TestPanics(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		status  int
		logged  string // in the exception; empty for no error line
		aborted bool
	}{
		{"before the response", func(http.ResponseWriter, *http.Request) { explode() }, 500, "in github.com/donna-project/donnatop/logging/httplog_test.explode\npanic: boom", false},
		{"in the middle of it", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202); explode() }, 202, "panic: boom", true},
		{"with an error", func(http.ResponseWriter, *http.Request) { panic(errors.New("bad")) }, 500, "errors.errorString: bad", false},
		{"asked to abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 200, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, lines := logtest.New()
			h := httplog.Middleware(httplog.Options{Logger: logger})(tt.handler)
			w := httptest.NewRecorder()
			aborted := serve(h, w)
			if aborted != tt.aborted || w.Code != tt.status {
				t.Errorf("aborted %t, status %d; want %t, %d", aborted, w.Code, tt.aborted, tt.status)
			}
			lines.Want(t, "api.request", slog.Int("status_code", tt.status))
			if tt.logged == "" {
				lines.WantNone(t, "request_panicked")
				return
			}
			line := lines.Want(t, "request_panicked", slog.String("level", "error"), slog.String("path", "/x"))
			if !strings.Contains(line.Text("exception"), tt.logged) {
				t.Errorf("%q is not in\n%s", tt.logged, line.Text("exception"))
			}
		})
	}
}

func explode() { panic("boom") }

// serve reports whether the handler panicked for net/http to abort.
func serve(h http.Handler, w http.ResponseWriter) (aborted bool) {
	defer func() { aborted = recover() == http.ErrAbortHandler }()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	return false
}

func TestHijack(t *testing.T) {
	logger, lines := logtest.New()
	done := make(chan struct{})
	h := httplog.Middleware(httplog.Options{Logger: logger})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n")
		_ = conn.Close()
	}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	<-done
	lines.Want(t, "api.request", slog.Int("status_code", 101))
}

func TestTransport(t *testing.T) {
	tests := []struct {
		name    string
		context string
		header  string
		want    string
	}{
		{"from the context", "c-1", "", "c-1"},
		{"the request's own stays", "c-1", "own", "own"},
		{"none", "", "", ""},
		{"not fit for a header", "a\r\nX-Evil: 1", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get(httplog.Header) }))
			defer server.Close()
			r, err := http.NewRequestWithContext(logging.WithCorrelationID(t.Context(), tt.context), "GET", server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.header != "" {
				r.Header.Set(httplog.Header, tt.header)
			}
			client := &http.Client{Transport: &httplog.Transport{}}
			defer client.CloseIdleConnections()
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if got != tt.want || r.Header.Get(httplog.Header) != tt.header {
				t.Errorf("sent %q, want %q; the request has %q", got, tt.want, r.Header.Get(httplog.Header))
			}
		})
	}
}
