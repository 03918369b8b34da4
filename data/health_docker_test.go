package data

import (
	"encoding/json"
	"testing"
	"time"
)

func TestVerdict(t *testing.T) {
	tests := []struct {
		name   string
		status ContainerStatus
		want   string
	}{
		{"running without a health check", ContainerStatus{ID: "x", State: "running"}, "OK"},
		{"running and healthy", ContainerStatus{ID: "x", State: "running", Health: "healthy"}, "OK"},
		{"running, health not known yet", ContainerStatus{ID: "x", State: "running", Health: "starting"}, "OK"},
		{"running and unhealthy", ContainerStatus{ID: "x", State: "running", Health: "unhealthy"}, "UNHEALTHY"},
		{"exited while unhealthy", ContainerStatus{ID: "x", State: "exited", Health: "unhealthy"}, "DOWN"},
		{"restarting", ContainerStatus{ID: "x", State: "restarting"}, "DOWN"},
		{"paused", ContainerStatus{ID: "x", State: "paused", Health: "healthy"}, "DOWN"},
		{"created", ContainerStatus{ID: "x", State: "created"}, "DOWN"},
		{"dead", ContainerStatus{ID: "x", State: "dead"}, "DOWN"},
		{"in no state", ContainerStatus{ID: "x"}, "DOWN"},
		{"not there", ContainerStatus{Name: "caddy"}, "MISSING"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.status.Verdict(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestContainerFigures(t *testing.T) {
	if containerFigures(nil) != nil {
		t.Error("figures before the engine has answered")
	}
	berlin := time.FixedZone("", 2*60*60)
	v := &ContainerView{Containers: []ContainerStatus{
		{Name: "caddy"},
		{
			Name: "donna-api", ID: "x", Service: "api", State: "running", Health: "healthy", Restarts: ptr(int64(2)),
			StartedAt: time.Date(2026, 7, 1, 12, 0, 0, 0, berlin),
			CPUPct:    ptr(12.5), MemBytes: ptr(int64(100)), MemLimitBytes: ptr(int64(200)),
		},
		{Name: "donna-ui", ID: "y", State: "created", Restarts: ptr(int64(0))},
	}}
	got, err := json.Marshal(containerFigures(v))
	if err != nil {
		t.Fatal(err)
	}
	const want = `[` +
		`{"name":"caddy","service":null,"state":null,"health":null,"verdict":"MISSING","cpu_pct":null,"mem_bytes":null,"mem_limit_bytes":null,"restarts":null,"started_at":null},` +
		`{"name":"donna-api","service":"api","state":"running","health":"healthy","verdict":"OK","cpu_pct":12.5,"mem_bytes":100,"mem_limit_bytes":200,"restarts":2,"started_at":"2026-07-01T10:00:00Z"},` +
		`{"name":"donna-ui","service":null,"state":"created","health":null,"verdict":"DOWN","cpu_pct":null,"mem_bytes":null,"mem_limit_bytes":null,"restarts":0,"started_at":null}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
