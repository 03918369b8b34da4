package alert_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/logline"
)

// noon is in the middle of a month, so that budgets have some of it left.
var noon = time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)

// world is a Donna of whom a test decides everything, and an engine that watches her.
type world struct {
	t      *testing.T
	clock  *clockwork.FakeClock
	hub    *data.Hub
	store  *data.InvocationStore
	path   string
	opts   alert.Options
	engine *alert.Engine
	last   map[string]data.Alert
	rowID  int64
}

func newWorld(t *testing.T, change ...func(*alert.Options)) *world {
	t.Helper()
	clock := clockwork.NewFakeClockAt(noon)
	w := &world{
		t: t, clock: clock, hub: data.NewHub(data.HubOptions{Clock: clock}), store: data.NewInvocationStore(noon),
		path: filepath.Join(t.TempDir(), "state", "alerts.json"),
	}
	w.opts = alert.Options{Clock: clock, Store: &alert.FileStore{Path: w.path, Now: clock.Now}}
	for _, f := range change {
		f(&w.opts)
	}
	w.live(data.SourceDB, data.SourceLoki, data.SourceDocker, data.SourceHost)
	w.containers()
	w.disks()
	w.beat()
	w.spend(0)
	w.restart()
	return w
}

// restart is a new process with the same state.
func (w *world) restart() {
	w.t.Helper()
	e, err := alert.New(w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = e
}

func (w *world) live(sources ...string) {
	for _, s := range sources {
		w.hub.SetState(s, data.SourceState{State: data.StateLive, Loaded: true})
	}
}

// gone is a source that was lost.
func (w *world) gone(source string, state data.State) {
	w.hub.SetState(source, data.SourceState{State: state, Detail: "connection refused"})
}

// containers are those that are down, by name=state, besides one that runs.
func (w *world) containers(down ...string) {
	v := &data.ContainerView{At: w.clock.Now(), Containers: []data.ContainerStatus{{Name: "donna-api", ID: "1", State: "running"}}}
	for _, d := range down {
		name, state, _ := strings.Cut(d, "=")
		c := data.ContainerStatus{Name: name, ID: "2", State: state}
		switch state {
		case "missing":
			c.ID, c.State = "", ""
		case "unhealthy":
			c.State, c.Health = "running", "unhealthy"
		}
		v.Containers = append(v.Containers, c)
	}
	w.hub.SetContainers(v)
}

// disks have the fullness given, by mount=percent.
func (w *world) disks(full ...string) {
	v := &data.HostView{At: w.clock.Now()}
	for _, f := range full {
		mount, pct, _ := strings.Cut(f, "=")
		var n int64
		if _, err := fmt.Sscan(pct, &n); err != nil {
			w.t.Fatal(err)
		}
		v.Mounts = append(v.Mounts, data.MountUsage{Mount: mount, UsedBytes: n, AvailBytes: 1000 - n, TotalBytes: 1000})
	}
	w.hub.SetHost(v)
}

// line is printed now by donna-orchestrator; it has no time of its own.
func (w *world) line(format string, args ...any) {
	e := logline.Entry{Labels: map[string]string{"container_name": "donna-orchestrator"}}
	logline.Parse(&e, fmt.Sprintf(format, args...), w.clock.Now(), w.clock.Now())
	w.hub.AppendLines([]logline.Entry{e})
}

func (w *world) event(name string) { w.line(`{"event": %q}`, name) }

// beat is the orchestrator's health check.
func (w *world) beat() {
	w.line(`{"event": "health_check", "event_type": "system.health_check", "status": "healthy"}`)
}

// spend writes a row of that cost.
func (w *world) spend(usd float64) {
	w.rowID++
	w.store.SetNow(w.clock.Now())
	w.store.Add(&data.Invocation{RowID: w.rowID, Time: w.clock.Now().UnixNano(), Task: w.store.Task([]byte("parse_task")), Model: w.store.Model([]byte("m")), CostUSD: usd})
	w.hub.SetDB(&data.DB{Invocations: w.store.View(), Extensions: []data.Extension{}})
}

// look lets the engine judge what is now, and gives what happened, in the form
// "fired service_down a b".
func (w *world) look() []string {
	w.t.Helper()
	alerts, notices, err := w.engine.Evaluate(w.hub.Publish())
	if err != nil {
		w.t.Fatal(err)
	}
	w.last = make(map[string]data.Alert)
	for _, a := range alerts {
		w.last[a.Rule] = a
	}
	var out []string
	for _, n := range notices {
		s := string(n.Kind) + " " + n.Rule
		for _, subject := range n.Subjects {
			s += " " + subject.Subject
		}
		out = append(out, s)
	}
	return out
}

// after lets time pass, with heartbeats as Donna has them, and looks.
func (w *world) after(d time.Duration) []string {
	w.t.Helper()
	w.clock.Advance(d)
	w.beat()
	return w.look()
}

// wants checks what happened and how the rule is now.
func (w *world) wants(got []string, happened, rule string, state data.AlertState) {
	w.t.Helper()
	if s := strings.Join(got, ", "); s != happened {
		w.t.Fatalf("at %s: happened %q, want %q", w.clock.Now().Format(time.TimeOnly), s, happened)
	}
	if a := w.last[rule]; a.State != state {
		w.t.Fatalf("at %s: %s is %s (%s), want %s", w.clock.Now().Format(time.TimeOnly), rule, a.State, a.Detail, state)
	}
}

// mailbox is a notifier that keeps what it gets, or fails.
type mailbox struct {
	mu   sync.Mutex
	got  []string
	fail error
	take int
	wait time.Duration
}

func (m *mailbox) Send(_ context.Context, messages []*alert.Message) (alert.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(messages)
	if m.take > 0 {
		n = min(n, m.take)
	}
	if m.fail != nil {
		return alert.Receipt{Taken: n}, m.fail
	}
	for _, x := range messages[:n] {
		m.got = append(m.got, x.Text())
	}
	return alert.Receipt{Taken: n, Pause: m.wait}, nil
}

// heads are the first lines of what came since the last call.
func (m *mailbox) heads() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, s := range m.got {
		head, _, _ := strings.Cut(s, "\n")
		out = append(out, head)
	}
	m.got = nil
	return strings.Join(out, ", ")
}

var errBroken = errors.New("broken")
