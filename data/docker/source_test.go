package docker_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/moby/moby/api/types/container"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/docker"
)

// runs makes a running container that has used so much CPU time, in seconds, of
// so much on the whole machine.
func runs(name string, used, all float64) func(*fakeContainer) {
	return func(c *fakeContainer) {
		c.inspect.Name = "/" + name
		c.inspect.State.Status, c.inspect.State.Running = container.StateRunning, true
		c.inspect.State.StartedAt = "2026-07-01T09:00:00.5Z"
		c.inspect.State.FinishedAt = "0001-01-01T00:00:00Z"
		uses(used, all)(c)
	}
}

func uses(used, all float64) func(*fakeContainer) {
	return func(c *fakeContainer) {
		c.stats.CPUStats.CPUUsage.TotalUsage = uint64(used * 1e9)
		c.stats.CPUStats.SystemUsage = uint64(all * 1e9)
		c.stats.CPUStats.OnlineCPUs = 4
		c.stats.MemoryStats.Usage = 100 << 20
		c.stats.MemoryStats.Limit = 1 << 30
		c.stats.MemoryStats.Stats = map[string]uint64{"inactive_file": 30 << 20}
	}
}

func ends(c *fakeContainer) {
	c.inspect.State.Status, c.inspect.State.Running = container.StateExited, false
	c.inspect.State.ExitCode = 137
	c.inspect.State.OOMKilled = true
	c.inspect.State.FinishedAt = "2026-07-01T09:59:00Z"
}

func TestLoadsInTwoRounds(t *testing.T) {
	e, socket := newFakeSocket(t)
	e.set("a1", runs("donna-orchestrator", 100, 1000))
	e.set("a1", func(c *fakeContainer) {
		c.inspect.Config.Image, c.inspect.Config.Labels = "donna:1", map[string]string{"com.docker.compose.service": "orchestrator"}
		c.inspect.RestartCount = 2
	})
	e.set("a2", runs("other", 0, 0))
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: socket, Clock: clock})

	c := w.untilContainer("donna-orchestrator", func(c *data.ContainerStatus) bool { return c.MemBytes != nil })
	if c.CPUPct != nil || *c.MemBytes != 70<<20 || *c.MemLimitBytes != 1<<30 {
		t.Errorf("the first sample gives %+v", c)
	}
	if c.Service != "orchestrator" || c.Image != "donna:1" || *c.Restarts != 2 || !c.FinishedAt.IsZero() ||
		!c.StartedAt.Equal(time.Date(2026, 7, 1, 9, 0, 0, 5e8, time.UTC)) || c.Health != "" {
		t.Errorf("inspecting gives %+v", c)
	}
	if w.container("other") != nil {
		t.Error("a container that is not Donna's is watched")
	}
	if caddy := w.container("caddy"); caddy == nil || caddy.Verdict() != data.VerdictMissing {
		t.Errorf("caddy is %+v", caddy)
	}
	w.untilState(data.StateLive)
	if w.state.Loaded {
		t.Error("loaded before there is a CPU figure")
	}

	e.set("a1", uses(101, 1008))
	clock.Advance(time.Second)
	c = w.untilContainer("donna-orchestrator", func(c *data.ContainerStatus) bool { return c.CPUPct != nil })
	if want := 1.0 / 8 * 4 * 100; *c.CPUPct != want {
		t.Errorf("CPU is %v %%, want %v", *c.CPUPct, want)
	}
	w.until("loaded", func() bool { return w.state.Loaded })
	if !w.state.AsOf.Equal(start.Add(time.Second)) {
		t.Errorf("as of %v", w.state.AsOf)
	}

	e.set("a1", uses(102, 1048))
	clock.Advance(5 * time.Second)
	c = w.untilContainer("donna-orchestrator", func(c *data.ContainerStatus) bool { return *c.CPUPct == 10 })
	if len(c.Usage) != 3 || c.Usage[0].CPUPct != nil || *c.Usage[1].CPUPct != 50 || *c.Usage[2].CPUPct != 10 ||
		!c.Usage[2].At.Equal(start.Add(6*time.Second)) || *c.Usage[2].MemBytes != 70<<20 {
		t.Errorf("usage is %+v", c.Usage)
	}
}

func TestPublishedViewsDoNotChange(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: e.host(), Clock: clock})
	var views []*data.ContainerView
	var texts []string
	text := func(v *data.ContainerView) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const rounds = 200 // more than the samples kept
	for i := range rounds {
		w.untilContainer("donna-api", func(c *data.ContainerStatus) bool {
			return len(c.Usage) > 0 && c.Usage[len(c.Usage)-1].At.Equal(clock.Now())
		})
		views, texts = append(views, w.view), append(texts, text(w.view))
		e.set("a1", uses(1+float64(i)*float64(i%7), 20+float64(i)*100))
		if i == 0 {
			clock.Advance(time.Second)
		} else {
			clock.Advance(5 * time.Second)
		}
	}
	for i, v := range views {
		if text(v) != texts[i] {
			t.Fatalf("view %d has changed since it was published", i)
		}
	}
	if n := len(w.container("donna-api").Usage); n != 120 {
		t.Errorf("%d samples are kept, want 120", n)
	}
}

func TestEvents(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: e.host(), Clock: clock, Extra: []string{}})
	running := func(c *data.ContainerStatus) bool { return c.State == "running" }
	w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.MemBytes != nil })

	e.set("a1", ends)
	e.tell("die", "a1", "donna-api")
	c := w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.State == "exited" })
	if c.Verdict() != data.VerdictDown || c.ExitCode != 137 || !c.OOMKilled || c.CPUPct != nil || c.MemBytes != nil || len(c.Usage) != 1 {
		t.Errorf("after its end: %+v", c)
	}

	e.set("a1", runs("donna-api", 50, 20)) // it used more than the machine can have in between
	e.set("a1", func(c *fakeContainer) { c.inspect.State.StartedAt = "2026-07-01T09:59:30Z" })
	e.tell("start", "a1", "donna-api")
	w.untilContainer("donna-api", running)
	clock.Advance(time.Second)
	c = w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.MemBytes != nil })
	if c.CPUPct != nil {
		t.Errorf("the CPU figure %v spans two runs", *c.CPUPct)
	}

	e.set("b1", runs("unrelated", 1, 1))
	e.tell("start", "b1", "unrelated")
	e.set("b2", runs("donna-ui", 1, 10))
	e.tell("create", "b2", "donna-ui")
	w.untilContainer("donna-ui", running)
	if n := e.askedFor("/containers/b1/json"); n != 0 {
		t.Errorf("an unrelated container was inspected %d times", n)
	}

	e.set("b2", func(c *fakeContainer) { c.inspect.Name = "/elsewhere" })
	e.tell("rename", "b2", "elsewhere")
	w.until("renamed away", func() bool { return w.container("donna-ui") == nil })
	e.remove("a1")
	e.tell("destroy", "a1", "donna-api")
	w.until("removed", func() bool { return w.container("donna-api") == nil })
	if len(w.view.Containers) != 0 {
		t.Errorf("left are %+v", w.view.Containers)
	}
	if f := e.filters; !strings.Contains(f, `"health_status":true`) || strings.Contains(f, "exec") {
		t.Errorf("the events asked for are %s", f)
	}
}

func TestResyncMendsWhatEventsMissed(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	e.set("a2", runs("donna-ui", 1, 10))
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: e.host(), Clock: clock})
	w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.MemBytes != nil })
	e.set("a1", ends)
	e.remove("a2")
	clock.Advance(30 * time.Second)
	w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.State == "exited" })
	if w.container("donna-ui") != nil {
		t.Error("a removed container is still there")
	}
}

func TestHealthLogIsBounded(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	e.set("a1", func(c *fakeContainer) {
		h := &container.Health{Status: container.Unhealthy, FailingStreak: 7, Log: []*container.HealthcheckResult{nil}}
		for i := range 7 {
			h.Log = append(h.Log, &container.HealthcheckResult{
				Start: start.Add(time.Duration(i) * time.Minute), ExitCode: i, Output: strings.Repeat("\x1b]0;€", 1000),
			})
		}
		c.inspect.State.Health = h
	})
	w := watch(t, docker.Options{Host: e.host()})
	c := w.untilContainer("donna-api", func(*data.ContainerStatus) bool { return true })
	if c.Verdict() != data.VerdictUnhealthy || c.FailingStreak != 7 || len(c.HealthLog) != 5 {
		t.Fatalf("got %+v", c)
	}
	if first, last := c.HealthLog[0], c.HealthLog[4]; first.ExitCode != 2 || last.ExitCode != 6 {
		t.Errorf("the log runs from %d to %d", first.ExitCode, last.ExitCode)
	}
	if out := c.HealthLog[0].Output; len(out) > 1024 || len(out) < 1000 || !strings.HasSuffix(out, "…") || !strings.HasPrefix(out, "\x1b]0;€") {
		t.Errorf("the output has %d bytes and ends %q", len(out), out[len(out)-8:])
	}
}

func TestPausedIsSampled(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	e.set("a1", func(c *fakeContainer) { c.inspect.State.Status, c.inspect.State.Paused = container.StatePaused, true })
	w := watch(t, docker.Options{Host: e.host()})
	if c := w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.MemBytes != nil }); c.Verdict() != data.VerdictDown {
		t.Errorf("verdict is %s", c.Verdict())
	}
}

func TestNothingRunning(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("caddy", 1, 10))
	e.set("a1", ends)
	w := watch(t, docker.Options{Host: e.host()})
	w.until("loaded", func() bool { return w.state.Loaded && w.view != nil })
	if len(w.view.Containers) != 1 || w.view.Containers[0].Verdict() != data.VerdictDown {
		t.Errorf("got %+v", w.view.Containers)
	}
}

func TestProblemsOfOneContainer(t *testing.T) {
	const broken = "disk \x1b[2J\nfailure"
	tests := []struct {
		name, path string
		answer     http.HandlerFunc
		problem    string
		health     string
	}{
		{"inspect fails", "/containers/a1/json", refuse(500, broken), "inspecting it failed: Error response from daemon: disk \x1b[2J failure", "unhealthy"},
		{"statistics fail", "/containers/a1/stats", refuse(500, broken), "its statistics can't be read: Error response from daemon: disk \x1b[2J failure", "healthy"},
		{"statistics are empty", "/containers/a1/stats", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }, "its statistics can't be read: the engine has none", "healthy"},
		{"statistics are cut", "/containers/a1/stats", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"cpu_stats`) }, "its statistics can't be read: unexpected EOF", "healthy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newFake(t)
			e.set("a1", runs("donna-api", 1, 10))
			e.set("a1", func(c *fakeContainer) {
				c.status = "Up 2 hours (unhealthy)"
				c.inspect.State.Health = &container.Health{Status: container.Healthy}
			})
			e.set("a2", runs("donna-ui", 1, 10))
			e.answer(tt.path, tt.answer)
			clock := clockwork.NewFakeClockAt(start)
			w := watch(t, docker.Options{Host: e.host(), Clock: clock})
			c := w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.Problem != "" })
			if c.Problem != tt.problem || c.State != "running" || c.Health != tt.health {
				t.Errorf("got %+v", c)
			}
			w.untilContainer("donna-ui", func(c *data.ContainerStatus) bool { return c.MemBytes != nil && c.Problem == "" })
			e.set("a1", uses(2, 20))
			e.set("a2", uses(2, 20))
			clock.Advance(time.Second)
			w.until("loaded", func() bool { return w.state.Loaded })

			e.answer(tt.path, nil)
			clock.Advance(30 * time.Second)
			w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.Problem == "" && c.Restarts != nil })
		})
	}
}

func TestReconnects(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: e.host(), Clock: clock})
	w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.MemBytes != nil })

	e.answer("/_ping", refuse(503, "starting"))
	e.endStreams()
	st := w.untilState(data.StateStale)
	if !strings.Contains(st.Detail, "closed the connection") || !st.Transient || !st.AsOf.Equal(start) || st.Loaded {
		t.Errorf("state is %+v", st)
	}
	var waits []time.Duration
	for range 4 {
		waits = append(waits, st.NextTry.Sub(clock.Now()))
		clock.Advance(waits[len(waits)-1])
		st = w.untilState(data.StateStale)
		w.until("a later try", func() bool { return w.state.NextTry.After(clock.Now()) })
		st = w.state
	}
	for i, d := range waits {
		nominal := time.Second << i
		if d < nominal*7/10 || d > nominal*13/10 {
			t.Errorf("wait %d is %v, not %v ± 30 %%", i, d, nominal)
		}
	}
	if !strings.Contains(st.Detail, "starting") {
		t.Errorf("detail is %q", st.Detail)
	}

	e.set("a1", uses(2, 14))
	e.answer("/_ping", nil)
	clock.Advance(st.NextTry.Sub(clock.Now()))
	w.untilState(data.StateLive)
	c := w.untilContainer("donna-api", func(c *data.ContainerStatus) bool { return c.CPUPct != nil })
	if *c.CPUPct != 100 {
		t.Errorf("CPU across the gap is %v", *c.CPUPct)
	}
}

func TestIdleStreamEndedByProxy(t *testing.T) {
	e := newFake(t)
	clock := clockwork.NewFakeClockAt(start)
	w := watch(t, docker.Options{Host: e.host(), Clock: clock})
	w.untilState(data.StateLive)
	clock.Advance(time.Minute)
	w.until("full look", func() bool { return w.state.AsOf.Equal(start.Add(time.Minute)) })
	e.endStreams()
	e.set("a1", runs("donna-api", 1, 10))
	w.until("the next connection", func() bool {
		if w.state.State != data.StateLive {
			t.Fatalf("state is %+v", w.state)
		}
		return w.container("donna-api") != nil
	})
}

func TestHungEngine(t *testing.T) {
	for _, path := range []string{"/_ping", "/events", "/containers/json"} {
		t.Run(strings.Trim(path, "/"), func(t *testing.T) {
			e := newFake(t)
			reached, release := make(chan struct{}, 10), make(chan struct{})
			t.Cleanup(func() { close(release) })
			e.answer(path, func(_ http.ResponseWriter, r *http.Request) {
				reached <- struct{}{}
				select {
				case <-r.Context().Done():
				case <-release:
				}
			})
			clock := clockwork.NewFakeClockAt(start)
			w := watch(t, docker.Options{Host: e.host(), Clock: clock})
			select {
			case <-reached:
			case <-w.ctx.Done():
				t.Fatal("nothing was asked")
			}
			clock.Advance(10 * time.Second)
			st := w.untilState(data.StateFailed)
			if !strings.Contains(st.Detail, "doesn't answer within 10s") || !st.Transient {
				t.Errorf("state is %+v", st)
			}
		})
	}
}

func TestStopsAtOnce(t *testing.T) {
	e := newFake(t)
	e.set("a1", runs("donna-api", 1, 10))
	reached := make(chan struct{}, 1)
	e.answer("/containers/a1/stats", func(_ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		<-r.Context().Done()
	})
	w := watch(t, docker.Options{Host: e.host()})
	<-reached
	if err := w.stop(); err != nil {
		t.Error(err)
	}
}

func TestSinkWithoutContainers(t *testing.T) {
	err := docker.NewSource(docker.Options{}).Run(t.Context(), plainSink{})
	if err == nil || !strings.Contains(err.Error(), "takes none") {
		t.Errorf("got %v", err)
	}
}

type plainSink struct{ data.Sink }

func TestOrderOfContainers(t *testing.T) {
	e := newFake(t)
	for i, name := range []string{"donna-ui", "caddy", "donna-api"} {
		e.set(fmt.Sprint("id", i), runs(name, 1, 1))
	}
	w := watch(t, docker.Options{Host: e.host(), Extra: []string{"zebra", "caddy", "zebra", "ant"}})
	w.until("a view", func() bool { return w.view != nil })
	var names []string
	for _, c := range w.view.Containers {
		names = append(names, c.Name+" "+c.Verdict())
	}
	want := []string{"ant MISSING", "caddy OK", "donna-api OK", "donna-ui OK", "zebra MISSING"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestDefaultSocket(t *testing.T) {
	e, socket := newFakeSocket(t)
	away := socket + ".away"
	if err := os.Rename(socket, away); err != nil {
		t.Fatal(err)
	}
	clock := clockwork.NewFakeClockAt(start)
	w := watchSource(t, docker.NewSource(docker.Options{Clock: clock}).WithDefaultSocket(socket))
	st := w.untilState(data.StateAbsent)
	if want := "no Docker engine: there is no " + socket + "; give --docker HOST (or DOCKER_HOST)"; st.Detail != want {
		t.Errorf("detail is %q", st.Detail)
	}
	if err := os.Rename(away, socket); err != nil {
		t.Fatal(err)
	}
	clock.Advance(30 * time.Second)
	w.untilState(data.StateLive)
	if n := e.askedFor("/containers/json"); n == 0 {
		t.Error("the engine was not asked")
	}
}
