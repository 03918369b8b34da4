// Package httplog ties log lines to HTTP requests: Middleware on the way in,
// Transport on the way out.
//
// Middleware takes the X-Correlation-ID of a request, or makes one, and puts
// it into the request's context, so that every line logged with that context
// carries it; the response has it too. After the request it logs the line that
// Donna's API logs: event and event_type api.request (admin.request under
// /admin), component, method, path, status_code and duration_ms. Health checks
// are served without a line. A panic becomes an error line with its stack and,
// if nothing has been sent yet, a response with status 500.
//
// Transport sends the correlation id of a request's context along, so that a
// request can be followed from service to service.
package httplog

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/internal/uuid7"
)

// Header is the header that carries the correlation id.
const Header = "X-Correlation-ID"

// maxIDLen bounds an id that comes from outside; a UUID has 36 characters.
const maxIDLen = 128

// Options configure Middleware. The zero value logs through slog.Default.
type Options struct {
	// Logger is what the request's context carries to logging.FromContext; nil
	// leaves what is there.
	Logger *slog.Logger
	// Clock times requests and new ids; nil is time.Now.
	Clock func() time.Time
	// Skip says which requests are served without a line; nil skips the health
	// checks, /health and /admin/health.
	Skip func(*http.Request) bool
}

// Middleware returns a wrapper of handlers that does what the package
// describes.
func Middleware(opts Options) func(http.Handler) http.Handler {
	m := &middleware{Options: opts}
	if m.Clock == nil {
		m.Clock = time.Now
	}
	if m.Skip == nil {
		m.Skip = healthCheck
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.serve(next, w, r) })
	}
}

func healthCheck(r *http.Request) bool {
	return r.URL.Path == "/health" || r.URL.Path == "/admin/health"
}

type middleware struct {
	Options
	ids uuid7.Generator
}

func (m *middleware) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	start := m.Clock()
	id := r.Header.Get(Header)
	if !validID(id) {
		id = m.ids.New(start)
	}
	ctx := logging.WithCorrelationID(r.Context(), id)
	if m.Logger != nil {
		ctx = logging.WithLogger(ctx, m.Logger)
	}
	r = r.WithContext(ctx)
	w.Header().Set(Header, id)
	recorder := &responseRecorder{ResponseWriter: w}
	// The path is taken now: routers rewrite the request's URL.
	l := requestLine{method: r.Method, path: r.URL.Path, skip: m.Skip(r)}
	defer func() {
		abort := l.recover(r, recorder, recover())
		l.log(r, recorder.code(), m.Clock().Sub(start))
		if abort {
			panic(http.ErrAbortHandler)
		}
	}()
	next.ServeHTTP(recorder, r)
}

// requestLine is what the lines about a request say of it.
type requestLine struct {
	method, path string
	skip         bool
}

// recover logs the panic of a handler and answers for it. It returns true if
// the connection has to be aborted, because the handler asked for that or has
// sent a part of its response.
func (l *requestLine) recover(r *http.Request, w *responseRecorder, value any) (abort bool) {
	if value == nil {
		return false
	}
	if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return true
	}
	logging.FromContext(r.Context()).LogAttrs(r.Context(), slog.LevelError, "request_panicked",
		slog.String(logging.KeyComponent, l.component()),
		slog.String(logging.KeyMethod, l.method),
		slog.String(logging.KeyPath, l.path),
		slog.Any(logging.KeyError, logging.Recovered(value)))
	if w.sent() {
		return true
	}
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	return false
}

func (l *requestLine) component() string {
	if strings.HasPrefix(l.path, "/admin") {
		return "admin"
	}
	return "api"
}

func (l *requestLine) log(r *http.Request, status int, took time.Duration) {
	if l.skip {
		return
	}
	event := logging.APIRequest
	if l.component() == "admin" {
		event = logging.AdminRequest
	}
	logging.Event(r.Context(), event, string(event),
		slog.String(logging.KeyComponent, l.component()),
		slog.String(logging.KeyMethod, l.method),
		slog.String(logging.KeyPath, l.path),
		slog.Int(logging.KeyStatusCode, status),
		slog.Float64(logging.KeyDurationMS, tenths(took)))
}

// tenths returns d in milliseconds, rounded to one decimal.
func tenths(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*10) / 10
}

// validID reports whether an id is fit for headers and log lines: visible
// ASCII and not too long.
func validID(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return id != "" && len(id) <= maxIDLen
}
