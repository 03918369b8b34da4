package data

import "time"

// SourceDocker is the name of the source of containers.
const SourceDocker = "docker"

// ContainerView is what a Docker engine said of Donna's containers. It is
// immutable: whoever has one may keep and share it.
type ContainerView struct {
	At         time.Time         // when the engine last answered
	Containers []ContainerStatus // by name; extras that don't exist included
}

// ContainerStatus is one container. Texts are as the engine gave them: those of
// names, labels, errors and probes come from others and are hostile.
type ContainerStatus struct {
	Name    string
	ID      string // empty if there is no such container
	Service string // its Compose service; empty if it wasn't started by Compose
	Image   string // as it was named when the container was created
	// State is Docker's: created, running, paused, restarting, removing, exited
	// or dead; empty if there is no such container.
	State string
	// Health is starting, healthy or unhealthy; empty without a health check. Of a
	// container that doesn't run it is what the last probe said.
	Health        string
	FailingStreak int           // failed probes in a row
	HealthLog     []HealthProbe // the last five probes, oldest first

	Restarts   *int64    // by its restart policy since it was created; nil if unknown
	StartedAt  time.Time // last start; zero if never
	FinishedAt time.Time // last end; zero if never
	ExitCode   int       // of the last end
	OOMKilled  bool      // the last end was for want of memory
	Error      string    // why the engine couldn't start it

	CPUPct        *float64 // percent of one CPU, as in `docker stats`; nil if unknown
	MemBytes      *int64   // without the page cache, as in `docker stats`
	MemLimitBytes *int64   // the container's limit, or the memory of the machine
	// Usage is the recent past of the two, oldest first, for sparklines.
	Usage []UsageSample

	Problem string // why some of this is unknown or old; empty if nothing is
}

// UsageSample is what a container used at one moment.
type UsageSample struct {
	At       time.Time
	CPUPct   *float64 // mean since the sample before; nil for the first after a start
	MemBytes *int64
}

// HealthProbe is one run of a container's health check.
type HealthProbe struct {
	Start, End time.Time
	ExitCode   int    // 0 healthy, 1 unhealthy, others: the probe itself failed
	Output     string // what it printed, cut short; hostile
}

// Verdicts of Donna's healthwatch (donna-data.md §4.4).
const (
	VerdictOK        = "OK"
	VerdictUnhealthy = "UNHEALTHY"
	VerdictDown      = "DOWN"
	VerdictMissing   = "MISSING"
)

// Verdict judges the container as Donna's healthwatch does: whatever runs is OK
// unless its health check has failed, so that a container that is starting or
// has no health check is OK and a paused one is DOWN.
func (c *ContainerStatus) Verdict() string {
	switch {
	case c.ID == "":
		return VerdictMissing
	case c.State != "running":
		return VerdictDown
	case c.Health == "unhealthy":
		return VerdictUnhealthy
	}
	return VerdictOK
}

// containerFigures are the contract's `health.containers`; nil before the
// engine has answered.
func containerFigures(v *ContainerView) []Container {
	if v == nil {
		return nil
	}
	out := make([]Container, len(v.Containers))
	for i := range v.Containers {
		c := &v.Containers[i]
		out[i] = Container{
			Name: c.Name, Verdict: c.Verdict(),
			Service: known(c.Service), State: known(c.State), Health: known(c.Health),
			CPUPct: c.CPUPct, MemBytes: c.MemBytes, MemLimitBytes: c.MemLimitBytes,
			Restarts: c.Restarts, StartedAt: instant(c.StartedAt),
		}
	}
	return out
}

// known is nil for an empty text, which says that there is none.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// instant is t in UTC, nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return ptr(t.UTC())
}
