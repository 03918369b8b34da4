package httplog

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// responseRecorder notes the status of a response. It passes on what handlers
// look for in a ResponseWriter by type assertion; http.ResponseController
// finds the rest through Unwrap.
type responseRecorder struct {
	http.ResponseWriter
	status   int // 0 before the header is sent
	hijacked bool
}

// code returns the status the client sees.
func (w *responseRecorder) code() int {
	switch {
	case w.status != 0:
		return w.status
	case w.hijacked:
		return http.StatusSwitchingProtocols
	}
	return http.StatusOK // net/http sends it when a handler sends nothing
}

func (w *responseRecorder) sent() bool { return w.status != 0 || w.hijacked }

func (w *responseRecorder) WriteHeader(status int) {
	// Informational responses other than 101 precede the real one.
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseRecorder) implicitOK() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
}

func (w *responseRecorder) Write(p []byte) (int, error) {
	w.implicitOK()
	return w.ResponseWriter.Write(p)
}

// ReadFrom keeps net/http's sendfile for io.Copy.
func (w *responseRecorder) ReadFrom(r io.Reader) (int64, error) {
	w.implicitOK()
	return io.Copy(w.ResponseWriter, r)
}

// Flush implements http.Flusher.
func (w *responseRecorder) Flush() {
	w.implicitOK()
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush sends at the end
}

// Hijack implements http.Hijacker.
func (w *responseRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, rw, err
}

func (w *responseRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
