package docker

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	apitypes "github.com/moby/moby/api/types/container"

	"github.com/donna-project/donnatop/data"
)

// FuzzStats: whatever an engine answers about a container, what is made of it can be
// shown: no figure below 0, none that is no number, and a text cut to its bound.
func FuzzStats(f *testing.F) {
	for _, c := range [][3]string{
		{`{"Name":"/donna-api","Id":"a","State":{"Status":"running","Running":true,"StartedAt":"2026-07-01T09:00:00.5Z"}}`,
			`{"cpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":1000,"online_cpus":4},"memory_stats":{"usage":100,"limit":1000,"stats":{"inactive_file":30}}}`,
			`{"cpu_stats":{"cpu_usage":{"total_usage":200,"percpu_usage":[1,2]},"system_cpu_usage":2000},"memory_stats":{"usage":18446744073709551615,"limit":18446744073709551615}}`},
		{`{"Name":"donna","State":{"Status":"running","Health":{"Status":"unhealthy","FailingStreak":3,"Log":[null,{"Output":"x","ExitCode":1}]}}}`, `{}`, `null`},
		{`{"State":{"Status":"paused","StartedAt":"0001-01-01T00:00:00Z"},"Config":{"Labels":{"com.docker.compose.service":"api"}}}`,
			`{"cpu_stats":{"system_cpu_usage":1},"memory_stats":{"usage":9223372036854775808}}`,
			`{"cpu_stats":{"system_cpu_usage":2,"online_cpus":4294967295,"cpu_usage":{"total_usage":18446744073709551615}}}`},
	} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, inspect, before, now string) {
		var r apitypes.InspectResponse
		if json.Unmarshal([]byte(inspect), &r) != nil {
			return
		}
		s := NewSource(Options{Clock: clockwork.NewFakeClockAt(time.Unix(0, 0))})
		s.containers = make(map[string]*container)
		s.update(inspected(&r))
		c := s.containers[r.ID]
		if len(c.status.HealthLog) > probesKept {
			t.Errorf("%d health checks are kept", len(c.status.HealthLog))
		}
		for _, p := range c.status.HealthLog {
			if len(p.Output) > outputBytes {
				t.Errorf("%d bytes of a health check's output are kept", len(p.Output))
			}
		}
		for _, answer := range []string{before, now} {
			var st apitypes.StatsResponse
			err := json.Unmarshal([]byte(answer), &st)
			s.add(sample{id: r.ID, err: err, cpu: st.CPUStats, mem: st.MemoryStats})
		}
		wantFigures(t, &c.status)
		_ = c.status.Verdict()
	})
}

func wantFigures(t *testing.T, c *data.ContainerStatus) {
	t.Helper()
	if p := c.CPUPct; p != nil && (*p < 0 || math.IsNaN(*p) || math.IsInf(*p, 0)) {
		t.Errorf("CPU is %v %%", *p)
	}
	for name, b := range map[string]*int64{"memory": c.MemBytes, "limit": c.MemLimitBytes} {
		if b != nil && *b < 0 {
			t.Errorf("%s is %d bytes", name, *b)
		}
	}
}
