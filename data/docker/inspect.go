package docker

import (
	"slices"
	"strings"
	"time"

	apitypes "github.com/moby/moby/api/types/container"

	"github.com/donna-project/donnatop/data"
)

// composeService is the label in which Compose keeps the name of the service.
const composeService = "com.docker.compose.service"

// Bounds of what is kept of a health check.
const (
	probesKept  = 5
	outputBytes = 1024 // the engine itself keeps 4096
)

// A container is what is known of one. Slices and pointers in the status are
// shared with published views and never changed.
type container struct {
	status data.ContainerStatus
	// Of its present run:
	last          *sample // from which the next CPU figure counts; nil before the first
	sampleProblem string  // why the newest sample failed; empty if it didn't
}

// unsampled tells whether a first sample is due.
func (c *container) unsampled() bool {
	return running(&c.status) && c.last == nil && c.sampleProblem == ""
}

// watches tells whether a container of that name is one to watch.
func (s *Source) watches(name string) bool {
	return strings.HasPrefix(name, s.opts.Prefix) || slices.Contains(s.opts.Extra, name)
}

// ownName is the name among those of a list: others are links of the form
// /other/alias.
func ownName(names []string) string {
	for _, name := range names {
		if name = strings.TrimPrefix(name, "/"); !strings.Contains(name, "/") {
			return name
		}
	}
	return ""
}

// update takes over what was newly read of a container, and keeps its samples as
// long as it is the same run.
func (s *Source) update(status data.ContainerStatus) {
	c := s.containers[status.ID]
	if c == nil {
		c = &container{}
		s.containers[status.ID] = c
	}
	status.Usage = c.status.Usage
	if status.StartedAt.Equal(c.status.StartedAt) && running(&status) {
		status.CPUPct, status.MemBytes, status.MemLimitBytes = c.status.CPUPct, c.status.MemBytes, c.status.MemLimitBytes
	} else {
		c.last, c.sampleProblem = nil, ""
	}
	c.status = status
}

// running tells whether the container has processes to sample: a paused one has.
func running(c *data.ContainerStatus) bool {
	return c.State == string(apitypes.StateRunning) || c.State == string(apitypes.StatePaused)
}

// inspected is the status that an answer to inspect tells.
func inspected(r *apitypes.InspectResponse) data.ContainerStatus {
	c := data.ContainerStatus{
		Name: strings.TrimPrefix(r.Name, "/"), ID: r.ID, Image: r.Image,
		Restarts: new(int64(r.RestartCount)),
	}
	if r.Config != nil {
		c.Image, c.Service = r.Config.Image, r.Config.Labels[composeService]
	}
	st := r.State
	if st == nil {
		return c
	}
	c.State, c.ExitCode, c.OOMKilled, c.Error = string(st.Status), st.ExitCode, st.OOMKilled, st.Error
	c.StartedAt, c.FinishedAt = instant(st.StartedAt), instant(st.FinishedAt)
	if h := st.Health; h != nil && h.Status != apitypes.NoHealthcheck {
		c.Health, c.FailingStreak = string(h.Status), h.FailingStreak
		for _, p := range h.Log[max(0, len(h.Log)-probesKept):] {
			if p != nil {
				c.HealthLog = append(c.HealthLog, data.HealthProbe{
					Start: p.Start, End: p.End, ExitCode: p.ExitCode, Output: cut(p.Output, outputBytes),
				})
			}
		}
	}
	return c
}

// listed is the status of a container that can't be inspected: what was known of
// it before and what the list tells.
func listed(before data.ContainerStatus, r *apitypes.Summary, why error) data.ContainerStatus {
	c := before
	c.Name, c.ID, c.Image, c.Service = ownName(r.Names), r.ID, r.Image, r.Labels[composeService]
	c.State, c.Health, c.Problem = string(r.State), "", inspectFailed(why)
	// Older engines tell the health only within a text such as "Up 2 hours
	// (unhealthy)", which Donna's healthwatch reads too.
	for text, health := range map[string]apitypes.HealthStatus{
		"(healthy)": apitypes.Healthy, "(unhealthy)": apitypes.Unhealthy, "(health: starting)": apitypes.Starting,
	} {
		if strings.HasSuffix(r.Status, text) {
			c.Health = string(health)
		}
	}
	return c
}

func inspectFailed(err error) string { return "inspecting it failed: " + brief(err.Error()) }

// instant reads a time of the engine's, which writes that of the year 1 for never.
func instant(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text) // zero for what is no time
	return t
}
