package docker_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
)

// TestRealEngine starts real containers of every verdict and looks at the view.
func TestRealEngine(t *testing.T) {
	l := newLab(t)
	l.run("healthy", "work", "healthy", container.RestartPolicyDisabled)
	l.run("unhealthy", "wait", "unhealthy", container.RestartPolicyDisabled)
	l.run("plain", "wait", "", container.RestartPolicyDisabled)
	l.run("stopped", "end", "", container.RestartPolicyDisabled)
	l.run("looping", "end", "", container.RestartPolicyAlways)

	missing := "caddy-" + l.id
	w := watch(t, docker.Options{Host: l.api.DaemonHost(), Prefix: l.prefix, Extra: []string{missing}, Clock: clockwork.NewRealClock()})

	t.Run("healthy", func(t *testing.T) {
		c := w.untilContainer(l.prefix+"healthy", func(c *data.ContainerStatus) bool {
			return c.Health == "healthy" && c.CPUPct != nil && len(c.HealthLog) > 0
		})
		if c.Verdict() != data.VerdictOK || c.State != "running" || c.Service != "service-healthy" || c.Image != l.image {
			t.Errorf("got %+v", c)
		}
		if got := c.HealthLog[0]; got.ExitCode != 0 || strings.TrimSpace(got.Output) != "all is well" || got.End.Before(got.Start) {
			t.Errorf("health log has %+v", got)
		}
		if c.Restarts == nil || *c.Restarts != 0 || time.Since(c.StartedAt).Abs() > time.Hour {
			t.Errorf("restarts %v, started at %v", c.Restarts, c.StartedAt)
		}
		// the program holds 48 MiB and is always busy; its neighbours may take most
		// of the machine
		if *c.MemBytes < 48<<20 || *c.MemBytes > 96<<20 || *c.MemLimitBytes != memoryLimit {
			t.Errorf("memory is %d of %d", *c.MemBytes, *c.MemLimitBytes)
		}
		if *c.CPUPct < 1 || *c.CPUPct > 150 {
			t.Errorf("CPU is %v %%", *c.CPUPct)
		}
		if n := len(c.Usage); n < 2 || c.Usage[0].CPUPct != nil || *c.Usage[n-1].CPUPct != *c.CPUPct {
			t.Errorf("usage is %+v", c.Usage)
		}
	})
	t.Run("as docker stats", func(t *testing.T) { compareStats(t, l, w, l.prefix+"healthy") })
	t.Run("unhealthy", func(t *testing.T) {
		c := w.untilContainer(l.prefix+"unhealthy", func(c *data.ContainerStatus) bool {
			return c.Health == "unhealthy" && len(c.HealthLog) > 0
		})
		if got := c.HealthLog[0]; c.Verdict() != data.VerdictUnhealthy || c.FailingStreak < 1 || got.ExitCode != 1 || !strings.Contains(got.Output, "\x1b[31mwell") {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("without health check", func(t *testing.T) {
		c := w.untilContainer(l.prefix+"plain", func(c *data.ContainerStatus) bool { return c.State == "running" })
		if c.Verdict() != data.VerdictOK || c.Health != "" || c.HealthLog != nil {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		c := w.untilContainer(l.prefix+"stopped", func(c *data.ContainerStatus) bool { return c.State == "exited" })
		// the engine takes the two times in threads of its own: of a program that ends at once, the end may come first
		if c.Verdict() != data.VerdictDown || c.ExitCode != 3 || c.CPUPct != nil || c.MemBytes != nil || c.FinishedAt.Before(c.StartedAt.Add(-time.Second)) {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("restarting", func(t *testing.T) {
		c := w.untilContainer(l.prefix+"looping", func(c *data.ContainerStatus) bool {
			return c.State == "restarting" && c.Restarts != nil && *c.Restarts > 1
		})
		if c.Verdict() != data.VerdictDown || c.ExitCode != 3 {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("missing", func(t *testing.T) {
		if c := w.untilContainer(missing, func(*data.ContainerStatus) bool { return true }); c.Verdict() != data.VerdictMissing {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("loaded", func(t *testing.T) {
		w.until("loaded", func() bool { return w.state.Loaded })
		if w.state.State != data.StateLive || time.Since(w.state.AsOf) > time.Minute {
			t.Errorf("state is %+v", w.state)
		}
	})
	t.Run("events are followed", func(t *testing.T) {
		began := time.Now()
		name := l.prefix + "plain"
		if _, err := l.api.ContainerPause(l.ctx, name, client.ContainerPauseOptions{}); err != nil {
			t.Fatal(err)
		}
		if c := w.untilContainer(name, func(c *data.ContainerStatus) bool { return c.State == "paused" }); c.Verdict() != data.VerdictDown {
			t.Errorf("paused is %s", c.Verdict())
		}
		if _, err := l.api.ContainerUnpause(l.ctx, name, client.ContainerUnpauseOptions{}); err != nil {
			t.Fatal(err)
		}
		w.untilContainer(name, func(c *data.ContainerStatus) bool { return c.State == "running" })
		if _, err := l.api.ContainerRename(l.ctx, name, client.ContainerRenameOptions{NewName: l.prefix + "renamed"}); err != nil {
			t.Fatal(err)
		}
		w.untilContainer(l.prefix+"renamed", func(*data.ContainerStatus) bool { return true })
		if _, err := l.api.ContainerRemove(l.ctx, l.prefix+"renamed", client.ContainerRemoveOptions{Force: true}); err != nil {
			t.Fatal(err)
		}
		w.until("removed", func() bool { return w.container(l.prefix+"renamed") == nil })
		if w.container(name) != nil {
			t.Error("the old name is still there")
		}
		t.Logf("four changes seen after %v", time.Since(began))
	})
}

// compareStats holds the figures of a busy container to what the docker command says
// of it. The memory is steady but for what the runtime frees. A share of the CPU is
// measured over a second there and over five here, on a machine that may be busy with
// other things: the mean of a few of theirs may lie outside the range of ours by a third
// of itself, or 15 points.
func compareStats(t *testing.T, l *lab, w *watcher, name string) {
	t.Helper()
	command, err := exec.LookPath("docker")
	if err != nil {
		t.Skip("no docker command")
	}
	before := len(w.untilContainer(name, func(c *data.ContainerStatus) bool { return c.CPUPct != nil }).Usage)
	var theirs []float64
	var memory float64
	for range 4 {
		out, err := exec.CommandContext(l.ctx, command, "--host", l.api.DaemonHost(), "stats", "--no-stream", "--format", "json", name).Output()
		if err != nil {
			t.Fatalf("docker stats: %v", err)
		}
		var row struct{ CPUPerc, MemUsage string }
		if err := json.Unmarshal(out, &row); err != nil {
			t.Fatalf("docker stats: %v: %s", err, out)
		}
		var cpu float64
		var limit string
		if _, err := fmt.Sscanf(row.CPUPerc+" "+row.MemUsage, "%f%% %fMiB / %s", &cpu, &memory, &limit); err != nil || limit != "256MiB" {
			t.Fatalf("docker stats: %v: %s", err, out)
		}
		theirs = append(theirs, cpu)
	}
	c := w.untilContainer(name, func(c *data.ContainerStatus) bool { return len(c.Usage) >= before+2 })
	low, high := math.Inf(1), math.Inf(-1)
	for _, u := range c.Usage[before:] {
		low, high = min(low, *u.CPUPct), max(high, *u.CPUPct)
	}
	mean := 0.0
	for _, cpu := range theirs {
		mean += cpu / float64(len(theirs))
	}
	slack := max(15, mean/3)
	t.Logf("docker stats: CPU %v %%, memory %.2f MiB; here: %.2f to %.2f %%, %.2f MiB", theirs, memory, low, high, float64(*c.MemBytes)/(1<<20))
	if mean < low-slack || mean > high+slack {
		t.Errorf("CPU is %.2f to %.2f %%, docker stats says %v", low, high, theirs)
	}
	if ours := float64(*c.MemBytes) / (1 << 20); math.Abs(ours-memory) > 0.1*memory {
		t.Errorf("memory is %.2f MiB, docker stats says %.2f", ours, memory)
	}
}

// memoryLimit is that of each container of a lab.
const memoryLimit = 256 << 20

// A lab is an engine with an image of our own program. Everything in it is named
// after the run, and removed when the test ends.
type lab struct {
	t                 *testing.T
	ctx               context.Context
	api               *client.Client
	id, prefix, image string
}

// newLab skips the test where no engine answers.
func newLab(t *testing.T) *lab {
	t.Helper()
	api, err := client.New(client.FromEnv)
	if err != nil {
		t.Skipf("no Docker engine: %v", err)
	}
	t.Cleanup(func() { api.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	p, err := api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true})
	if err != nil {
		t.Skipf("no Docker engine: %v", err)
	}
	if p.OSType != "linux" {
		t.Skipf("the Docker engine runs %s containers", p.OSType)
	}
	id := strings.ReplaceAll(uuid.NewString(), "-", "")[:12]
	l := &lab{t: t, ctx: ctx, api: api, id: id, prefix: "donna-test-" + id + "-", image: "donnatop-test:" + id}
	l.build()
	return l
}

// build makes an image from scratch that holds nothing but the static probe.
func (l *lab) build() {
	l.t.Helper()
	probe := filepath.Join(l.t.TempDir(), "probe")
	build := exec.CommandContext(l.ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", probe, "./testdata/probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		l.t.Fatalf("build probe: %v\n%s", err, out)
	}
	program, err := os.ReadFile(probe)
	if err != nil {
		l.t.Fatal(err)
	}
	var files bytes.Buffer
	archive := tar.NewWriter(&files)
	for _, f := range []struct {
		name string
		mode int64
		data []byte
	}{
		{"Dockerfile", 0o644, []byte("FROM scratch\nCOPY probe /probe\nENTRYPOINT [\"/probe\"]\n")},
		{"probe", 0o755, program},
	} {
		if err := archive.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data))}); err != nil {
			l.t.Fatal(err)
		}
		if _, err := archive.Write(f.data); err != nil {
			l.t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		if _, err := l.api.ImageRemove(context.Background(), l.image, client.ImageRemoveOptions{Force: true, PruneChildren: true}); err != nil {
			l.t.Errorf("remove image: %v", err)
		}
	})
	answer, err := l.api.ImageBuild(l.ctx, &files, client.ImageBuildOptions{Tags: []string{l.image}, Remove: true, ForceRemove: true})
	if err != nil {
		l.t.Fatalf("build image: %v", err)
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil || bytes.Contains(out, []byte(`"error"`)) {
		l.t.Fatalf("build image: %v\n%s", err, out)
	}
}

// run starts a container that does what the argument says and is judged by what
// the probe says; "" means no health check.
func (l *lab) run(name, does, health string, restart container.RestartPolicyMode) {
	l.t.Helper()
	config := &container.Config{Image: l.image, Cmd: []string{does}, Labels: map[string]string{"com.docker.compose.service": "service-" + name}}
	if health != "" {
		config.Healthcheck = &container.HealthConfig{
			Test: []string{"CMD", "/probe", health}, Interval: time.Second, Timeout: 20 * time.Second, Retries: 1,
		}
	}
	made, err := l.api.ContainerCreate(l.ctx, client.ContainerCreateOptions{
		Name: l.prefix + name, Config: config,
		HostConfig: &container.HostConfig{
			NetworkMode:   "none",
			RestartPolicy: container.RestartPolicy{Name: restart},
			Resources:     container.Resources{Memory: memoryLimit},
		},
	})
	if err != nil {
		l.t.Fatalf("create container %s: %v", name, err)
	}
	l.t.Cleanup(func() {
		_, err := l.api.ContainerRemove(context.Background(), made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		if err != nil && !strings.Contains(err.Error(), "No such container") {
			l.t.Errorf("remove container %s: %v", name, err)
		}
	})
	if _, err := l.api.ContainerStart(l.ctx, made.ID, client.ContainerStartOptions{}); err != nil {
		l.t.Fatalf("start container %s: %v", name, err)
	}
}
