package docker_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
)

// fakeEngine answers the paths of the Engine API that the source asks for.
type fakeEngine struct {
	server *httptest.Server

	mu      sync.Mutex
	version string
	all     map[string]*fakeContainer // by id
	answers map[string]http.HandlerFunc
	asked   map[string]int
	streams map[chan events.Message]struct{}
	filters string        // of the last event stream
	down    chan struct{} // closed to end all streams
}

type fakeContainer struct {
	inspect container.InspectResponse
	status  string // of the list
	stats   container.StatsResponse
}

// newFake starts an engine on a TCP port.
func newFake(t *testing.T) *fakeEngine {
	e := prepareFake()
	e.server = httptest.NewServer(e)
	t.Cleanup(e.close)
	return e
}

// newFakeSocket starts an engine on a unix socket.
func newFakeSocket(t *testing.T) (*fakeEngine, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "docker.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	e := prepareFake()
	e.server = httptest.NewUnstartedServer(e)
	e.server.Listener.Close()
	e.server.Listener = listener
	e.server.Start()
	t.Cleanup(e.close)
	return e, path
}

func prepareFake() *fakeEngine {
	return &fakeEngine{
		version: "1.41", all: make(map[string]*fakeContainer), answers: make(map[string]http.HandlerFunc),
		asked: make(map[string]int), streams: make(map[chan events.Message]struct{}), down: make(chan struct{}),
	}
}

func (e *fakeEngine) close() {
	e.endStreams()
	e.server.Close()
}

func (e *fakeEngine) host() string { return "tcp://" + e.server.Listener.Addr().String() }

// endStreams ends all event streams, as a proxy or a stopping engine does.
func (e *fakeEngine) endStreams() {
	e.mu.Lock()
	defer e.mu.Unlock()
	close(e.down)
	e.down = make(chan struct{})
}

// answer replaces what is answered to a path without its version; nil: as usual.
func (e *fakeEngine) answer(path string, h http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h == nil {
		delete(e.answers, path)
		return
	}
	e.answers[path] = h
}

// set makes or changes a container, without telling.
func (e *fakeEngine) set(id string, change func(*fakeContainer)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.all[id]
	if c == nil {
		c = &fakeContainer{}
		c.inspect.ID = id
		c.inspect.State = &container.State{}
		c.inspect.Config = &container.Config{}
		e.all[id] = c
	}
	change(c)
}

func (e *fakeEngine) remove(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.all, id)
}

// tell sends an event to all streams.
func (e *fakeEngine) tell(action events.Action, id, name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.streams {
		s <- events.Message{Type: events.ContainerEventType, Action: action, Actor: events.Actor{ID: id, Attributes: map[string]string{"name": name}}}
	}
}

func (e *fakeEngine) askedFor(path string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked[path]
}

func (e *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	w.Header().Set("Api-Version", e.version)
	path := r.URL.Path
	if prefix := "/v" + e.version; len(path) > len(prefix) && path[:len(prefix)] == prefix {
		path = path[len(prefix):]
	}
	e.asked[path]++
	override := e.answers[path]
	e.mu.Unlock()
	if override != nil {
		override(w, r)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/_ping", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /events", e.events)
	mux.HandleFunc("GET /containers/json", e.list)
	mux.HandleFunc("GET /containers/{id}/json", e.one(func(c *fakeContainer) any { return c.inspect }))
	mux.HandleFunc("GET /containers/{id}/stats", e.one(func(c *fakeContainer) any { return c.stats }))
	r.URL.Path = path
	mux.ServeHTTP(w, r)
}

func (e *fakeEngine) events(w http.ResponseWriter, r *http.Request) {
	stream := make(chan events.Message, 100)
	e.mu.Lock()
	e.streams[stream] = struct{}{}
	e.filters = r.FormValue("filters")
	down := e.down
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.streams, stream)
		e.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "application/json")
	w.(http.Flusher).Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-down:
			return
		case m := <-stream:
			json.NewEncoder(w).Encode(m)
			w.(http.Flusher).Flush()
		}
	}
}

func (e *fakeEngine) list(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := []container.Summary{}
	for id, c := range e.all {
		if r.FormValue("all") != "1" && !c.inspect.State.Running {
			continue
		}
		all = append(all, container.Summary{
			ID: id, Names: []string{"/other/alias", c.inspect.Name}, Image: c.inspect.Config.Image,
			Labels: c.inspect.Config.Labels, State: c.inspect.State.Status, Status: c.status,
		})
	}
	json.NewEncoder(w).Encode(all)
}

func (e *fakeEngine) one(of func(*fakeContainer) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		c := e.all[r.PathValue("id")]
		if c == nil {
			refuse(http.StatusNotFound, "No such container: "+r.PathValue("id"))(w, r)
			return
		}
		json.NewEncoder(w).Encode(of(c))
	}
}

// refuse answers with an error of the engine's.
func refuse(code int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
}
