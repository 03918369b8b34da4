package loki

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// fakeSink notes what a source delivers.
type fakeSink struct {
	mu   sync.Mutex
	live []logline.Entry
	past []logline.Entry
	all  []data.SourceState
}

func (s *fakeSink) SetState(name string, st data.SourceState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name != data.SourceLoki {
		panic("state of " + name)
	}
	s.all = append(s.all, st)
}

func (s *fakeSink) AppendLines(batch []logline.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = append(s.live, batch...)
}

func (s *fakeSink) AppendHistory(batch []logline.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past = append(s.past, batch...)
}

func (s *fakeSink) SetDB(*data.DB)        { panic("Loki has no database") }
func (s *fakeSink) SetConfig(data.Config) { panic("Loki has no configuration") }

func (s *fakeSink) lines() []logline.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.live)
}

func (s *fakeSink) history() []logline.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.past)
}

func (s *fakeSink) states() []data.SourceState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// state is the last one.
func (s *fakeSink) state() data.SourceState {
	states := s.states()
	return states[len(states)-1]
}

// running is a source that runs against a fakeLoki in a bubble.
type running struct {
	*testing.T
	loki  *fakeLoki
	clock clockwork.Clock
	sink  fakeSink
	err   error
	ended chan struct{}
	n     int
}

func newRunning(t *testing.T, f *fakeLoki) *running {
	return &running{T: t, loki: f, clock: clockwork.NewRealClock(), ended: make(chan struct{})}
}

func (x *running) run(o SourceOptions) {
	ctx, cancel := context.WithCancel(x.Context())
	if o.Selector == "" {
		o.Selector = testSelector
	}
	source := NewSource(x.loki.client(), o)
	go func() {
		defer close(x.ended)
		x.err = source.Run(ctx, &x.sink)
	}()
	x.Cleanup(func() {
		cancel()
		<-x.ended
	})
	synctest.Wait()
}

func (x *running) after(d time.Duration) {
	x.clock.Sleep(d)
	synctest.Wait()
}

// line is a structlog line from `ago`; every fourth is about a task.
func (x *running) line(ago time.Duration) fakeLine {
	x.n++
	event := "health_check"
	if x.n%4 == 0 {
		event = "task_created"
	}
	at := x.clock.Now().Add(-ago).UTC()
	own := at.Add(-3 * time.Millisecond).Format("2006-01-02T15:04:05.000000Z")
	return fakeLine{
		time:   at.UnixNano(),
		labels: fmt.Sprintf("container_name=donna-api service=api n=%d", x.n%5),
		text:   fmt.Sprintf(`{"event": %q, "n": %d, "level": "info", "timestamp": %q}`, event, x.n, own),
	}
}

// wantOnce checks that lines dated at or after `from` came once each, those of the history only if they match.
func (x *running) wantOnce(from time.Time) {
	x.Helper()
	live, past := make(map[string]int), make(map[string]int)
	for _, e := range x.sink.lines() {
		live[e.Raw]++
	}
	for _, e := range x.sink.history() {
		past[e.Raw]++
	}
	lost, doubled, unasked := 0, 0, 0
	for _, l := range x.loki.lines {
		n := live[l.text] + past[l.text]
		wanted := l.time >= from.UnixNano() && strings.Contains(l.text, "task_created")
		switch {
		case n > 1:
			doubled++
		case n == 0 && wanted:
			lost++
		case past[l.text] > 0 && !wanted:
			unasked++
		}
	}
	if lost+doubled+unasked > 0 {
		x.Errorf("%d lost, %d doubled, %d that weren't asked for; %d recent, %d of the history", lost, doubled, unasked, len(x.sink.lines()), len(x.sink.history()))
	}
}

func TestSourceHistory(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := newRunning(t, f)
		for i := range 12000 {
			f.lines = append(f.lines, x.line(time.Duration(i)*5*time.Minute)) // 41 days
		}
		start := x.clock.Now()
		history, failures := 0, 0
		f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Query().Get("query"), "|~") {
				return false
			}
			if history++; history%2 == 0 && failures < 3 {
				failures++
				http.Error(w, "too many outstanding requests", 500)
				return true
			}
			return false
		}
		x.run(SourceOptions{History: 31 * 24 * time.Hour, HistoryFilter: `"event": ?"(task_created|x\.y)"`, Recent: 24 * time.Hour, Tail: true})
		for range 60 {
			f.push(x.line(0))
			x.after(time.Second)
		}
		x.wantOnce(start.Add(-31 * 24 * time.Hour))
		if len(x.sink.lines()) != 24*12+1+60 {
			t.Errorf("%d recent and live lines", len(x.sink.lines()))
		}
		st := x.sink.state()
		if st.State != data.StateLive || !st.Loaded || st.Progress != 1 || st.Detail != "" || !st.CoveredFrom.Equal(start.Add(-31*24*time.Hour)) {
			t.Errorf("state %+v", st)
		}
		if failures != 3 {
			t.Errorf("%d failures", failures)
		}
		x.wantSteadyProgress()
	})
}

// wantSteadyProgress checks the states on the way: forward only, and the failures shown.
func (x *running) wantSteadyProgress() {
	x.Helper()
	if first := x.sink.states()[0]; first.State != data.StateConnecting {
		x.Errorf("the first state is %s", first.State)
	}
	before := x.sink.states()[0]
	failing := false
	for _, st := range x.sink.states() {
		if st.Progress < before.Progress || st.CoveredFrom.After(before.CoveredFrom) || before.Loaded && !st.Loaded {
			x.Errorf("from %+v back to %+v", before, st)
		}
		if strings.Contains(st.Detail, "outstanding") {
			failing = true
			if st.State != data.StateLive || !st.Transient || !st.NextTry.After(x.sink.states()[0].Since) {
				x.Errorf("while the history fails: %+v", st)
			}
		}
		before = st
	}
	if !failing {
		x.Error("the failures of the history don't show")
	}
}

func TestSourceRecentLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := newRunning(t, f)
		for i := range 6000 {
			f.lines = append(f.lines, x.line(time.Duration(i/3)*time.Second))
		}
		start := x.clock.Now()
		x.run(SourceOptions{History: 24 * time.Hour, HistoryFilter: "task_created", Recent: time.Hour, RecentLimit: 100})
		x.after(2 * time.Second)
		x.wantOnce(start.Add(-24 * time.Hour))
		if n := len(x.sink.lines()); n < 97 || n > 100 {
			t.Errorf("%d recent lines", n)
		}
	})
}

func TestSourceUntil(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := newRunning(t, f)
		for i := range 3000 {
			f.lines = append(f.lines, x.line(time.Duration(i)*time.Minute))
		}
		until := x.clock.Now().Add(-24*time.Hour - 3*time.Millisecond)
		atUntil := f.lines[24*60].text // its own time is until, Loki's 3 ms later
		x.run(SourceOptions{History: 24 * time.Hour, Recent: time.Hour, Until: until, Tail: true})
		<-x.ended
		if x.err != nil {
			t.Fatal(x.err)
		}
		seen := make(map[string]bool)
		for _, e := range slices.Concat(x.sink.lines(), x.sink.history()) {
			if e.Time.After(until) || seen[e.Raw] {
				t.Errorf("%s at %s, known %t", e.Raw, e.Time, seen[e.Raw])
			}
			seen[e.Raw] = true
		}
		if !seen[atUntil] || len(seen) != 24*60 && len(seen) != 24*60+1 {
			t.Errorf("%d lines; the one at the end: %t", len(seen), seen[atUntil])
		}
		st := x.sink.state()
		if st.State != data.StateLive || !st.Loaded || !st.AsOf.Equal(until) || f.dialed() != 0 {
			t.Errorf("state %+v, %d tails", st, f.dialed())
		}
	})
}

func TestSourceEntries(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := newRunning(t, f)
		now := x.clock.Now()
		for i, c := range []struct{ labels, text string }{
			{"container_name=donna-api service=label", `{"service":"own","level":"ERROR"}`},
			{"container_name=donna-api service=label", `{"event":"x"}`},
			{"container_name=donna-api", "INFO  [alembic] no JSON"},
		} {
			f.lines = append(f.lines, fakeLine{time: now.Add(-time.Minute).UnixNano() + int64(i), labels: c.labels, text: c.text})
		}
		x.run(SourceOptions{Recent: time.Hour})
		x.after(time.Second)
		if len(x.sink.lines()) != 3 {
			t.Fatalf("%d lines", len(x.sink.lines()))
		}
		for i, service := range []string{"own", "label", "donna-api"} {
			e := x.sink.lines()[i]
			if e.Service != service || e.Source != logline.SourceLoki || e.Labels["container_name"] != "donna-api" || e.Transport.UnixNano() != now.Add(-time.Minute).UnixNano()+int64(i) {
				t.Errorf("line %d: %+v", i, e)
			}
		}
		if e := x.sink.lines()[0]; e.Level != "error" || !e.JSON {
			t.Errorf("not parsed: %+v", e)
		}
	})
}

// TestSourceStates: Loki is away from the start, then there, then away again.
func TestSourceStates(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := newRunning(t, f)
		f.setDown(true)
		f.push(x.line(time.Minute))
		x.run(SourceOptions{History: 24 * time.Hour, Recent: time.Hour, Tail: true})
		x.after(10 * time.Second)
		st := x.sink.state()
		if st.State != data.StateFailed || !strings.Contains(st.Detail, "is Loki running") || !st.NextTry.After(x.clock.Now()) || st.Transient || st.Loaded {
			t.Errorf("without Loki: %+v", st)
		}
		f.setDown(false)
		x.after(20 * time.Second)
		if st = x.sink.state(); st.State != data.StateLive || !st.Loaded || st.Detail != "" || !st.NextTry.IsZero() || len(st.Gaps) != 0 {
			t.Errorf("with Loki: %+v", st)
		}
		live := st.Since
		f.setDown(true)
		x.after(time.Minute)
		st = x.sink.state()
		if st.State != data.StateStale || !st.Since.After(live) || len(st.Gaps) != 1 || !st.Gaps[0].From.Equal(st.AsOf) || !st.Loaded {
			t.Errorf("without Loki again: %+v", st)
		}
		f.push(x.line(10 * time.Second))
		f.setDown(false)
		x.after(20 * time.Second)
		if st = x.sink.state(); st.State != data.StateLive || len(st.Gaps) != 0 {
			t.Errorf("with Loki again: %+v", st)
		}
		if len(x.sink.lines()) != 2 || len(x.sink.history()) != 0 {
			t.Errorf("%d lines, %d of the history", len(x.sink.lines()), len(x.sink.history()))
		}
	})
}

func TestSourceRejectedSelector(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "parse error at line 1, col 2: syntax error", 400)
			return true
		}
		x := newRunning(t, f)
		x.run(SourceOptions{Selector: "{", Recent: time.Hour})
		<-x.ended
		checkError(t, x.err, KindQuery, []string{"col 2", "--selector"})
		if st := x.sink.state(); st.State != data.StateFailed || !strings.Contains(st.Detail, "col 2") || !st.NextTry.IsZero() || st.Transient {
			t.Errorf("state %+v", st)
		}
	})
}

// TestSourceRefusedHistory: the follow goes on without the older lines, and says that they are missing.
func TestSourceRefusedHistory(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Query().Get("query"), "|~") {
				http.Error(w, "expression too complex", 400)
				return true
			}
			return false
		}
		x := newRunning(t, f)
		start := x.clock.Now()
		x.run(SourceOptions{History: 24 * time.Hour, HistoryFilter: "x", Recent: time.Hour})
		f.push(x.line(0))
		x.after(2 * time.Second)
		st := x.sink.state()
		if st.State != data.StateLive || !st.Loaded || !strings.Contains(st.Detail, "too complex") || len(x.sink.lines()) != 1 {
			t.Errorf("state %+v, %d lines", st, len(x.sink.lines()))
		}
		want := data.Gap{From: start.Add(-24 * time.Hour), To: start.Add(-time.Hour), Reason: "Loki refuses to give older lines"}
		if len(st.Gaps) != 1 || !st.Gaps[0].From.Equal(want.From) || !st.Gaps[0].To.Equal(want.To) || st.Gaps[0].Reason != want.Reason {
			t.Errorf("gaps %v, want %v", st.Gaps, want)
		}
	})
}
