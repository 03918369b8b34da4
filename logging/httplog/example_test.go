package httplog_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/httplog"
)

func ExampleMiddleware() {
	noon := func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }
	logger := logging.Setup(logging.Options{JSON: true, Writer: os.Stdout, Clock: noon})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tasks", func(w http.ResponseWriter, r *http.Request) {
		logging.Event(r.Context(), logging.TaskCreated, "task_created", slog.String("title", "Call Jürgen"))
		w.WriteHeader(http.StatusCreated)
	})
	handler := httplog.Middleware(httplog.Options{Logger: logger, Clock: noon})(mux)

	r := httptest.NewRequest("POST", "/tasks", nil)
	r.Header.Set(httplog.Header, "c-1")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// {"event_type": "task.created", "title": "Call J\u00fcrgen", "event": "task_created", "correlation_id": "c-1", "user_id": "system", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}
	// {"event_type": "api.request", "component": "api", "method": "POST", "path": "/tasks", "status_code": 201, "duration_ms": 0.0, "event": "api.request", "correlation_id": "c-1", "user_id": "system", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}
}

func ExampleTransport() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Get(httplog.Header))
	}))
	defer server.Close()

	handler := httplog.Middleware(httplog.Options{Logger: slog.New(slog.DiscardHandler)})(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		client := &http.Client{Transport: &httplog.Transport{}}
		out, _ := http.NewRequestWithContext(r.Context(), "GET", server.URL, nil)
		if response, err := client.Do(out); err == nil {
			_ = response.Body.Close()
		}
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set(httplog.Header, "c-1")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	// Output: c-1
}
