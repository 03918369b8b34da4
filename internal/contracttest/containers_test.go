package contracttest

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// engineContainer is a container as the reference describes it to the program, in
// the Engine API's JSON, with what the program has to make of it.
type engineContainer struct {
	name, state, health, service string // health and service: "" for none
	restarts                     int64
	started                      string
	usage                        int64
	memory                       values  // memory_stats.stats
	used                         any     // wanted of mem_bytes
	perSecond, cpus              float64 // share of one CPU used, CPUs
	verdict                      string
}

// engineContainers have every state and both generations of cgroups.
var engineContainers = []engineContainer{
	{name: "donna-orchestrator", state: "running", health: "healthy", service: "orchestrator", restarts: 2, started: "2026-11-18T10:00:00.123456789Z",
		usage: 300 << 20, memory: values{"inactive_file": 100 << 20}, used: int64(200 << 20), perSecond: 1.5, cpus: 4, verdict: "OK"},
	{name: "donna-api", state: "running", health: "unhealthy", service: "api", started: "2026-11-18T10:00:00Z",
		usage: 100 << 20, memory: values{"total_inactive_file": 1 << 20, "inactive_file": 50 << 20}, used: int64(99 << 20), cpus: 1, verdict: "UNHEALTHY"},
	{name: "donna-browser", state: "running", health: "starting", started: "2026-11-18T10:00:00Z", usage: 5000, memory: values{"inactive_file": 6000}, used: int64(5000), perSecond: 0.25, cpus: 2, verdict: "OK"},
	{name: "donna-ui", state: "running", started: "2026-11-18T10:00:00Z", memory: values{}, used: nil, perSecond: 2, cpus: 2, verdict: "OK"},
	{name: "donna-ollama", state: "exited", health: "unhealthy", restarts: 5, started: "2026-11-18T09:00:00Z", verdict: "DOWN"},
	{name: "donna-vault", state: "paused", started: "2026-11-18T09:00:00Z", usage: 1000, memory: values{}, used: int64(1000), cpus: 1, verdict: "DOWN"},
	{name: "donna-loki", state: "restarting", restarts: 70, started: "2026-11-18T09:00:00Z", verdict: "DOWN"},
	{name: "donna-promtail", state: "created", started: "0001-01-01T00:00:00Z", verdict: "DOWN"},
	{name: "donna-grafana", state: "dead", started: "2026-11-18T09:00:00Z", verdict: "DOWN"},
	{name: "somebody-elses-donna-x", state: "running", started: "2026-11-18T09:00:00Z", verdict: ""}, // not watched
}

// engine answers the Engine API with these containers.
type engine struct {
	mu      sync.Mutex
	samples map[string]int64 // statistics asked for, by container
}

func (e *engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", "1.41")
	w.Header().Set("Content-Type", "application/json")
	path := strings.TrimPrefix(r.URL.Path, "/v1.41")
	switch {
	case path == "/_ping":
		return
	case path == "/events":
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return
	case path == "/containers/json":
		list := []values{}
		for _, c := range engineContainers {
			list = append(list, values{"Id": c.name + "-id", "Names": []string{"/" + c.name}, "State": c.state, "Labels": c.labels()})
		}
		_ = json.NewEncoder(w).Encode(list) // a client that has gone away is no fault of this test's
		return
	}
	for _, c := range engineContainers {
		switch path {
		case "/containers/" + c.name + "-id/json":
			_ = json.NewEncoder(w).Encode(c.inspect())
			return
		case "/containers/" + c.name + "-id/stats":
			e.mu.Lock()
			e.samples[c.name]++
			n := e.samples[c.name]
			e.mu.Unlock()
			_ = json.NewEncoder(w).Encode(c.stats(n))
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(values{"message": "no such path: " + path})
}

func (c *engineContainer) labels() values {
	if c.service == "" {
		return values{}
	}
	return values{"com.docker.compose.service": c.service}
}

func (c *engineContainer) inspect() values {
	state := values{"Status": c.state, "Running": c.state == "running" || c.state == "paused" || c.state == "restarting", "Paused": c.state == "paused", "StartedAt": c.started, "FinishedAt": "0001-01-01T00:00:00Z"}
	if c.health != "" {
		state["Health"] = values{"Status": c.health, "Log": []any{}}
	}
	return values{"Id": c.name + "-id", "Name": "/" + c.name, "State": state, "RestartCount": c.restarts, "Config": values{"Labels": c.labels()}}
}

// stats is the n-th reading: between two of them the machine's CPUs have run for a
// second each and the container has used its share.
func (c *engineContainer) stats(n int64) values {
	const second = 1e9
	cpu := func(n int64) values {
		return values{
			"cpu_usage":        values{"total_usage": int64(float64(n) * c.perSecond * second)},
			"system_cpu_usage": int64(float64(n+5) * c.cpus * second), "online_cpus": int64(c.cpus),
		}
	}
	return values{
		"cpu_stats": cpu(n), "precpu_stats": cpu(n - 1),
		"memory_stats": values{"usage": c.usage, "limit": int64(8 << 30), "stats": c.memory},
	}
}

// want is the figure; what isn't running has no usage that could be told.
func (c *engineContainer) want() object {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	out := object{
		"name": c.name, "service": orNull(c.service), "state": c.state, "health": orNull(c.health), "verdict": c.verdict,
		"cpu_pct": nil, "mem_bytes": nil, "mem_limit_bytes": nil, "restarts": c.restarts, "started_at": nil,
	}
	if t, ok := rfc3339(c.started); ok && t.Year() > 1 {
		out["started_at"] = t
	}
	if c.state == "running" || c.state == "paused" { // which holds its memory
		// A single look may come before the second reading: then the share isn't known.
		out["cpu_pct"], out["mem_bytes"], out["mem_limit_bytes"] = oneOf{nil, exact(c.perSecond * 100)}, c.used, int64(8<<30)
	}
	return out
}

// startEngine has the engine answer at an address until the test ends.
func startEngine(t *testing.T) (address string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "engine") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "docker.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(&engine{samples: map[string]int64{}})
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return "unix://" + socket
}

// watchedContainers are the figures of those that Donna's healthwatch would watch.
func watchedContainers() bag {
	want := bag{{
		"name": "caddy", "service": nil, "state": nil, "health": nil, "verdict": "MISSING",
		"cpu_pct": nil, "mem_bytes": nil, "mem_limit_bytes": nil, "restarts": nil, "started_at": nil,
	}}
	for _, c := range engineContainers {
		if c.verdict != "" {
			want = append(want, c.want())
		}
	}
	return want
}

// TestContainers compares health.containers with an engine's answers.
func TestContainers(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	got := snapshot(t, now, 0, "--docker", startEngine(t), "--view", "health")
	health, _ := got["health"].(map[string]any)
	report(t, differences("health.containers", watchedContainers(), health["containers"]))
	cpus := 0
	containers, _ := health["containers"].([]any)
	for _, c := range containers {
		if c.(map[string]any)["cpu_pct"] != nil {
			cpus++
		}
	}
	t.Logf("CPU of %d containers", cpus)
}
