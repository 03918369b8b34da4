package docker_test

import (
	"math"
	"testing"

	"github.com/moby/moby/api/types/container"

	"github.com/donna-project/donnatop/data/docker"
)

func TestCPUPct(t *testing.T) {
	stats := func(used, all uint64, online uint32, perCPU ...uint64) container.CPUStats {
		return container.CPUStats{CPUUsage: container.CPUUsage{TotalUsage: used, PercpuUsage: perCPU}, SystemUsage: all, OnlineCPUs: online}
	}
	pct := func(v float64) *float64 { return &v }
	tests := []struct {
		name        string
		before, now container.CPUStats
		want        *float64
	}{
		{"one of four CPUs busy", stats(0, 0, 4), stats(250, 1000, 4), pct(100)},
		{"all busy", stats(1000, 5000, 2), stats(2000, 6000, 2), pct(200)},
		{"idle", stats(7, 100, 2), stats(7, 300, 2), pct(0)},
		{"an engine that doesn't count CPUs", stats(0, 0, 0), stats(100, 1000, 0, 60, 40), pct(20)},
		{"no time has passed", stats(5, 100, 2), stats(9, 100, 2), nil},
		{"the machine's counter went back", stats(5, 100, 2), stats(9, 90, 2), nil},
		{"the container's counter went back", stats(5, 100, 2), stats(4, 200, 2), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := docker.CPUPct(&tt.before, &tt.now)
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMemUsed(t *testing.T) {
	tests := []struct {
		name  string
		usage uint64
		stats map[string]uint64
		want  int64
	}{
		{"cgroup v2", 100, map[string]uint64{"inactive_file": 30}, 70},
		{"cgroup v1 counts its children", 100, map[string]uint64{"inactive_file": 10, "total_inactive_file": 40}, 60},
		{"cgroup v1 with more cache than usage", 100, map[string]uint64{"inactive_file": 10, "total_inactive_file": 100}, 90},
		{"cgroup v2 with more cache than usage", 100, map[string]uint64{"inactive_file": 100}, 100},
		{"no details", 100, nil, 100},
		{"more than a signed number holds", math.MaxUint64, map[string]uint64{"inactive_file": 1}, math.MaxInt64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := docker.MemUsed(&container.MemoryStats{Usage: tt.usage, Stats: tt.stats}); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
