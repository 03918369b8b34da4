package views

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/donnaconfig"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/ui/panels"
)

// simulate reads a simulated Donna. ring is how many lines stay in memory.
func simulate(t *testing.T, seed uint64, now time.Time, history time.Duration, calls, ring int) (*Data, *Context) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	clock := clockwork.NewFakeClockAt(now)
	sim, err := demo.New(ctx, demo.Options{Dir: t.TempDir(), Seed: seed, Start: now, History: history, CallsPerDay: calls, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	logs, err := logfile.New(logfile.Options{Paths: []string{sim.LogPath()}, Clock: clock, Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	hub := data.NewHub(data.HubOptions{Clock: clock, RingLines: ring, RingBytes: 1 << 40})
	news := make(chan struct{}, 1)
	sink := settling{hub, news}
	var running sync.WaitGroup
	for _, s := range []data.Source{
		sqlite.NewSource(sqlite.Options{Path: sim.DBPath(), Clock: clock}), logs,
		donnaconfig.NewSource(donnaconfig.Options{Dir: sim.ConfigDir(), Clock: clock}), sim.Containers(),
	} {
		hub.SetState(s.Name(), data.SourceState{State: data.StateConnecting})
		running.Go(func() { _ = s.Run(ctx, sink) }) // it ends with ctx
	}
	patience := clockwork.NewRealClock().After(2 * time.Minute)
	for !hub.Publish().Settled() {
		select {
		case <-news:
		case <-patience:
			t.Fatalf("the sources have not settled: %v", hub.Snapshot().Sources)
		}
	}
	cancel()
	running.Wait()
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	s := hub.Publish()
	c := testContext(t, slog.New(slog.DiscardHandler))
	c.Done = t.Context()
	c.Archive = archive.New(archive.Options{Clock: clock, DB: sqlite.NewLookup(sim.DBPath()), Logs: []archive.Source{archive.NewFiles([]string{sim.LogPath()}, nil)}})
	return &Data{Snapshot: s, Figured: s, Figures: s.Figures(), Window: data.Window24h}, c
}

// remembered answers most questions for rows of invocation_log from memory, which
// is some thousand times faster, and every so many from the file itself.
type remembered struct {
	Archive
	rows  []data.InvocationRow // newest first
	asked *int
}

const askEvery = 25

func (a remembered) Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error) {
	if *a.asked++; *a.asked%askEvery == 0 {
		return a.Archive.Invocations(ctx, q)
	}
	var page data.InvocationPage
	for i := range a.rows {
		if r := &a.rows[i]; q.Match(r) && (q.After == nil || q.Order.Compare(q.After, r) < 0) {
			page.Rows = append(page.Rows, *r)
		}
	}
	slices.SortStableFunc(page.Rows, func(a, b data.InvocationRow) int { return q.Order.Compare(&a, &b) })
	if q.After == nil {
		page.Rows = page.Rows[min(q.Skip, len(page.Rows)):]
	}
	if len(page.Rows) > q.Limit {
		page.Rows, page.More = page.Rows[:q.Limit], true
	}
	return page, nil
}

func remember(t *testing.T, a Archive) remembered {
	t.Helper()
	all, err := a.Invocations(t.Context(), data.InvocationQuery{Limit: 1 << 20})
	if err != nil || all.More || len(all.Rows) == 0 {
		t.Fatalf("%d rows, more %v, %v", len(all.Rows), all.More, err)
	}
	return remembered{a, all.Rows, new(int)}
}

// settling tells when the state of a source has changed.
type settling struct {
	*data.Hub
	news chan struct{}
}

func (s settling) SetState(source string, st data.SourceState) {
	s.Hub.SetState(source, st)
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// run does all that a view's commands lead to.
func run(v View, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			run(v, c)
		}
	default:
		_, next := v.Update(msg)
		run(v, next)
	}
}

// opened is the rows behind an item, all of them read.
func opened(t *testing.T, c *Context, panel string, it *panels.Item, s *data.Snapshot) *Behind {
	t.Helper()
	v := NewBehind(c, panel, it, s)
	v.Resize(120, 40)
	run(v, v.SetData(nil))
	if v.err != nil {
		t.Fatalf("%s, %s: %v", panel, it.Label(), v.err)
	}
	for v.next != nil {
		run(v, v.readOn(*v.next, v.queries()))
	}
	return v
}

var proofs = []struct {
	seed    uint64
	now     string
	history time.Duration
	calls   int
}{
	{1, "2026-06-17T10:34:56.789012Z", 9 * 24 * time.Hour, 200},
	{4, "2028-02-29T23:41:59.999999Z", 3 * 24 * time.Hour, 600},
	{3, "2026-01-01T03:07:13.000001Z", 31 * 24 * time.Hour, 60},
}

// As many rows stand behind every item of every panel as its figure counts, what
// it sums up sums up to it, and a quantile's row has its value.
func TestFiguresHaveTheirRows(t *testing.T) {
	for _, p := range proofs {
		t.Run(fmt.Sprint("seed ", p.seed), func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339Nano, p.now)
			if err != nil {
				t.Fatal(err)
			}
			d, c := simulate(t, p.seed, now, p.history, p.calls, 10_000_000)
			c.Archive = remember(t, c.Archive)
			checked := map[data.Measure]int{}
			eachBoard(t, func(t *testing.T, b *Board) {
				for _, window := range []string{data.Window24h, data.Window30d, data.WindowToday} {
					if window != data.Window24h && !b.Uses().Window {
						continue
					}
					in := panels.Input{Snapshot: d.Snapshot, Figures: d.Figures, Window: window, Cursor: -1, Split: panels.ByTaskType}
					if window == data.Window30d {
						in.Split, in.Measure = panels.ByModel, panels.Cost
					}
					for i := range b.panels {
						panel := &b.panels[i]
						items := panel.Items(&c.Env, &in, 300, 120)
						for j := range items.List {
							checkItem(t, c, panel.ID, &items.List[j], d.Snapshot)
							checked[items.List[j].Behind.Measure]++
						}
					}
				}
			})
			for _, m := range []data.Measure{data.CountsRows, data.SumsCost, data.SumsTokensIn, data.SumsTokensOut, data.RanksRows, data.Derived} {
				if checked[m] == 0 {
					t.Errorf("nothing was checked of measure %v: %v", m, checked)
				}
			}
			t.Log(checked)
		})
	}
}

func checkItem(t *testing.T, c *Context, panel string, it *panels.Item, s *data.Snapshot) {
	t.Helper()
	if it.Invocation != nil {
		return // it is the row
	}
	if it.Behind.Kind == data.NoRows {
		if it.Value != nil {
			t.Errorf("%s, %s: nothing stands behind %v", panel, it.Label(), it.Value)
		}
		return
	}
	v := opened(t, c, panel, it, s)
	n := int64(v.pile.len())
	wrong := func(what any) {
		t.Errorf("%s, %s: the figure is %v, the %d rows give %v", panel, it.Label(), it.Value, n, what)
	}
	switch it.Behind.Measure {
	case data.CountsRows:
		if count, ok := it.Value.(int64); !ok || count != n {
			wrong(n)
		}
	case data.SumsCost:
		if sum := sumOf(v, "_usd"); math.Abs(sum-it.Value.(float64)) > 1e-9*(1+math.Abs(sum)) {
			wrong(sum)
		}
	case data.SumsTokensIn:
		if sum := sumOf(v, "tokens_in"); int64(sum) != it.Value {
			wrong(sum)
		}
	case data.SumsTokensOut:
		if sum := sumOf(v, "tokens_out"); int64(sum) != it.Value {
			wrong(sum)
		}
	case data.RanksRows:
		if it.Value == nil {
			if n != 0 {
				wrong("some")
			}
			return
		}
		at := v.ranked()
		if at < 0 || v.selected() != at {
			t.Errorf("%s, %s: of %d rows none is marked, or it is not selected", panel, it.Label(), n)
			return
		}
		want, _ := it.Value.(float64)
		if i, ok := it.Value.(int64); ok {
			want = float64(i)
		}
		if got := rankValue(v, at); math.Abs(got-want) > 0.01*math.Abs(want)+1 { // figures of latency are right to 0.8 %
			wrong(got)
		}
	}
}

// sumOf adds up the first column with that ending.
func sumOf(v *Behind, ending string) float64 {
	sum := 0.0
	for i := range v.pile.len() {
		fields := v.pile.fields(i)
		at := slices.IndexFunc(fields, func(f panels.Field) bool { return strings.HasSuffix(f.Name, ending) })
		switch value := fields[at].Value.(type) {
		case float64:
			sum += value
		case int64:
			sum += float64(value)
		}
	}
	return sum
}

// rankValue is what the row is ranked by.
func rankValue(v *Behind, i int) float64 {
	switch p := v.pile.(type) {
	case *invocationPile:
		return float64(*p.rows[i].LatencyMS)
	case *linePile:
		return v.behind.Value(&p.lines[i].Entry)
	case *recordPile:
		return p.set.Rows[i].Values[0].(float64)
	}
	return math.NaN()
}

// Lines that made room in memory are read from the log: the figure still has all
// of its lines, each once.
func TestLinesThatMadeRoom(t *testing.T) {
	now := time.Date(2026, 6, 17, 10, 34, 56, 789012000, time.UTC)
	d, c := simulate(t, 1, now, 2*24*time.Hour, 150, 600)
	if d.Snapshot.Logs.Evicted == 0 {
		t.Fatal("no line had to make room")
	}
	asked := 0
	eachBoard(t, func(t *testing.T, b *Board) {
		in := panels.Input{Snapshot: d.Snapshot, Figures: d.Figures, Window: data.Window24h, Cursor: -1}
		for i := range b.panels {
			items := b.panels[i].Items(&c.Env, &in, 300, 120)
			for j := range items.List {
				it := &items.List[j]
				if it.Behind.Kind != data.LineRows || it.Value == nil {
					continue
				}
				if asked++; asked%40 == 0 {
					checkItem(t, c, b.panels[i].ID, it, d.Snapshot)
				}
			}
		}
	})
	if asked < 400 {
		t.Errorf("only %d items", asked)
	}
	c.Archive = nil // as without --loki and --logs
	in := panels.Input{Snapshot: d.Snapshot, Figures: d.Figures, Window: data.Window24h, Cursor: -1}
	for _, p := range panels.Notifications() {
		if p.ID != "notifications_sent" {
			continue
		}
		items := p.Items(&c.Env, &in, 300, 120)
		it := &items.List[1] // sent in 24 hours
		v := opened(t, c, p.ID, it, d.Snapshot)
		if n := int64(v.pile.len()); n >= it.Value.(int64) || !strings.Contains(v.status(), "out of reach") {
			t.Errorf("%d of %v rows, status %q", n, it.Value, v.status())
		}
	}
}
