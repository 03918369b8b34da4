package docker

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	apitypes "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/donna-project/donnatop/data"
)

// usageKept is how many samples a view keeps of each container: ten minutes.
const usageKept = 120

// A sample is one reading of a container's statistics.
type sample struct {
	id  string
	err error
	cpu apitypes.CPUStats
	mem apitypes.MemoryStats
}

// takeSample asks the engine once.
func takeSample(ctx context.Context, api *client.Client, id string) sample {
	var r apitypes.StatsResponse
	answer, err := api.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err == nil {
		err = json.NewDecoder(answer.Body).Decode(&r)
		answer.Body.Close()
	}
	return sample{id: id, err: err, cpu: r.CPUStats, mem: r.MemoryStats}
}

// add folds a sample in.
func (s *Source) add(n sample) {
	c := s.containers[n.id]
	if c == nil || !running(&c.status) {
		return // it is gone or has ended meanwhile
	}
	st := &c.status
	st.CPUPct, st.MemBytes, st.MemLimitBytes = nil, nil, nil
	if n.err == nil && n.cpu.SystemUsage == 0 {
		n.err = errNoStats
	}
	if n.err != nil {
		c.last, c.sampleProblem = nil, "its statistics can't be read: "+brief(n.err.Error())
		return
	}
	s.asOf = s.opts.Clock.Now()
	if c.last != nil {
		st.CPUPct = cpuPct(&c.last.cpu, &n.cpu)
	}
	c.last, c.sampleProblem = &n, ""
	if n.mem.Usage > 0 { // 0: the kernel doesn't account memory
		st.MemBytes = new(memUsed(&n.mem))
	}
	if n.mem.Limit > 0 {
		st.MemLimitBytes = new(bytes(n.mem.Limit))
	}
	kept := st.Usage[max(0, len(st.Usage)-usageKept+1):]
	st.Usage = append(kept[:len(kept):len(kept)], data.UsageSample{ // its own array: views share the old one
		At: s.asOf, CPUPct: st.CPUPct, MemBytes: st.MemBytes,
	})
}

// errNoStats is for the empty statistics of a container that ended a moment ago.
var errNoStats = errors.New("the engine has none")

// cpuPct is the share of one CPU used between two samples, as the column CPU % of
// `docker stats` has it (calculateCPUPercentUnix in docker/cli): the container's
// part of the time of all CPUs, times their number. It is nil if no time has
// passed or the counter began anew.
func cpuPct(before, now *apitypes.CPUStats) *float64 {
	used := float64(now.CPUUsage.TotalUsage) - float64(before.CPUUsage.TotalUsage)
	all := float64(now.SystemUsage) - float64(before.SystemUsage)
	if all <= 0 || used < 0 {
		return nil
	}
	cpus := float64(now.OnlineCPUs)
	if cpus == 0 {
		cpus = float64(len(now.CPUUsage.PercpuUsage))
	}
	return new(used / all * cpus * 100)
}

// memUsed is the memory in use, as the column MEM USAGE of `docker stats` has it
// (calculateMemUsageUnixNoCache in docker/cli): without the page cache that the
// kernel could drop at once. Only cgroup v1 knows total_inactive_file.
func memUsed(m *apitypes.MemoryStats) int64 {
	cache, v1 := m.Stats["total_inactive_file"]
	if !v1 || cache >= m.Usage {
		cache = m.Stats["inactive_file"]
	}
	if cache < m.Usage {
		return bytes(m.Usage - cache)
	}
	return bytes(m.Usage)
}

// bytes is a number of bytes of the engine's. Some kernels write "no limit" as the
// largest number there is.
func bytes(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
