package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/donna-project/donnatop/data"
)

// Containers is a source of the containers the simulated Donna would run in: the
// dashboard of a demo has no engine to ask. What it says depends on the seed and
// the simulated time alone.
func (s *Sim) Containers() data.Source { return containers{s} }

type containers struct{ sim *Sim }

// containerSink is what the source reports to.
type containerSink interface {
	data.Sink
	SetContainers(v *data.ContainerView)
}

const (
	containersEvery = 5 * time.Second
	usageSamples    = 60
	mebibyte        = 1 << 20
)

// part is one of the containers of donna-data.md §4.2 with what it uses at rest.
type part struct {
	name, image string
	checked     bool // has a health check
	cpu         float64
	mem, limit  int64 // MiB
}

var parts = []part{
	{"caddy", "caddy:2", false, 0.3, 48, 512},
	{"donna-api", "donna/api", true, 2.5, 310, 1024},
	{"donna-browser", "donna/browser", true, 1.2, 620, 2048},
	{"donna-grafana", "grafana/grafana:10.2.0", false, 0.8, 140, 1024},
	{"donna-healthwatch", "donna/healthwatch", false, 0.2, 42, 256},
	{"donna-loki", "grafana/loki:2.9.0", false, 1.9, 260, 2048},
	{"donna-ollama", "ollama/ollama", true, 35, 21_400, 32_768},
	{"donna-orchestrator", "donna/orchestrator", true, 6.5, 540, 2048},
	{"donna-promtail", "grafana/promtail:2.9.0", false, 0.6, 70, 512},
	{"donna-ui", "donna/ui", false, 0.1, 36, 512},
	{"donna-vault", "donna/vault", false, 0.1, 28, 256},
}

// The browser's health check fails for a while every few hours, and every few days
// the vault is down for longer than an update takes.
const (
	sickEvery = 7 * time.Hour
	sickFor   = 25 * time.Minute
	downEvery = 53 * time.Hour
	downFor   = 9 * time.Minute
)

// Name implements [data.Source].
func (containers) Name() string { return data.SourceDocker }

// Run implements [data.Source].
func (c containers) Run(ctx context.Context, sink data.Sink) error {
	to, ok := sink.(containerSink)
	if !ok {
		return fmt.Errorf("simulate containers: %T takes none", sink)
	}
	tick := c.sim.Clock().NewTicker(containersEvery)
	defer tick.Stop()
	for {
		now := c.sim.Now()
		to.SetContainers(c.view(now))
		to.SetState(data.SourceDocker, data.SourceState{State: data.StateLive, Detail: "simulated", AsOf: now, Loaded: true})
		select {
		case <-ctx.Done():
			return nil
		case <-tick.Chan():
		}
	}
}

// ContainersAt is what an engine would have said at a simulated instant.
func (s *Sim) ContainersAt(t time.Time) *data.ContainerView { return containers{s}.view(t) }

// view is what an engine would say at the simulated instant.
func (c containers) view(now time.Time) *data.ContainerView {
	now = now.Truncate(containersEvery)
	v := &data.ContainerView{At: now}
	for i, p := range parts {
		started := c.sim.opt.Start.Add(-time.Duration(c.noise(i, 0)*20*24*float64(time.Hour)) - 9*24*time.Hour).Truncate(24 * time.Hour)
		s := data.ContainerStatus{
			Name: p.name, ID: fmt.Sprintf("%064x", c.sim.opt.Seed*1000+uint64(i)), Service: p.name, Image: p.image,
			State: "running", Restarts: new(int64), StartedAt: started, MemLimitBytes: pointer(p.limit * mebibyte),
		}
		if p.name == "donna-vault" && now.Sub(now.Truncate(downEvery)) < downFor {
			s.State, s.ExitCode, s.FinishedAt = "exited", 137, now.Truncate(downEvery)
		}
		if p.checked {
			s.Health = "healthy"
			if p.name == "donna-orchestrator" && c.sim.opt.hang().on(now) {
				s.Health, s.FailingStreak = "unhealthy", 3
			}
			if p.name == "donna-browser" && now.Sub(now.Truncate(sickEvery)) < sickFor {
				s.Health, s.FailingStreak, *s.Restarts = "unhealthy", 4, 2
			}
		}
		for k := range usageSamples {
			s.Usage = append(s.Usage, c.usage(i, p, now.Add(time.Duration(k+1-usageSamples)*containersEvery)))
		}
		last := s.Usage[usageSamples-1]
		s.CPUPct, s.MemBytes = last.CPUPct, last.MemBytes
		v.Containers = append(v.Containers, s)
	}
	return v
}

// usage is what a container uses at an instant: its rest, a slow wave and some noise.
func (c containers) usage(i int, p part, at time.Time) data.UsageSample {
	wave := math.Sin(float64(at.Unix())/900 + float64(i))
	noise := c.noise(i, at.Unix())
	cpu := p.cpu * (0.8 + 0.3*wave + 0.9*noise*noise)
	mem := int64(float64(p.mem) * mebibyte * (0.95 + 0.04*wave + 0.02*noise))
	return data.UsageSample{At: at, CPUPct: &cpu, MemBytes: &mem}
}

// noise is a number from 0 to 1 that belongs to a container and an instant.
func (c containers) noise(i int, at int64) float64 {
	return rand.New(rand.NewPCG(c.sim.opt.Seed+uint64(i), uint64(at))).Float64()
}

func pointer[T any](v T) *T { return &v }
