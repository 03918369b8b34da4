package data

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

func eventAt(at time.Time, name string) *logline.Entry {
	return &logline.Entry{Time: at, Event: name, JSON: true}
}

func TestEventCountsAgreeWithALoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	now := epoch.Add(17*time.Minute + 123456*time.Microsecond)
	c := newEventCounts()
	var started []time.Time
	for range 20_000 {
		at := now.Add(-time.Duration(rng.Int64N(int64(Horizon)))).Truncate(time.Microsecond)
		started = append(started, at)
		c.add(eventAt(at, "model_router_dispatch"), now)
		c.add(eventAt(at, "task_created"), now) // counted by no figure
	}
	for _, edge := range []time.Duration{0, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		started = append(started, now.Add(-edge), now.Add(-edge-time.Microsecond), now.Add(-edge+time.Microsecond))
		for _, at := range started[len(started)-3:] {
			c.add(eventAt(at, "model_router_dispatch"), now)
		}
	}
	v := c.view()
	for _, w := range windowsNewestFirst(WindowNames, now) {
		var want int64
		for _, at := range started {
			if !at.Before(w.From) && !at.After(w.To) {
				want++
			}
		}
		got, exact := v.between(w.From, w.To)
		if got.total(events.LLMStarted) != want || !exact {
			t.Errorf("%s: %d (exact %v), want %d", w.Name, got.total(events.LLMStarted), exact, want)
		}
	}
}

func TestEventCountsForgetMomentsButNotSums(t *testing.T) {
	now := epoch
	c := newEventCounts()
	c.maxMoments = 100
	for h := range 10 {
		for i := range 50 {
			at := now.Add(-time.Duration(h)*time.Hour - time.Duration(i)*time.Minute)
			c.add(eventAt(at, "api_call_retrying"), now)
		}
	}
	if c.moments > 100 {
		t.Errorf("%d moments kept, want at most 100", c.moments)
	}
	got, exact := c.view().between(now.Add(-24*time.Hour), now)
	if got.total(events.LLMRetried) != 500 || !exact {
		t.Errorf("a window that holds all: %d (exact %v), want 500", got.total(events.LLMRetried), exact)
	}
	if _, exact := c.view().between(now.Add(-4*time.Hour-30*time.Minute), now); exact {
		t.Error("a window that begins in an hour without moments claims to be exact")
	}
	steps, exact := c.view().perStep(events.LLMRetried, now.Add(-9*time.Hour), 5*time.Minute, 9*12, now)
	total := int64(0)
	for _, n := range steps {
		total += n
	}
	if exact || total != 9*50 { // without the line of now, where the next step begins, with the one where the first does
		t.Errorf("%d lines in steps (exact %v), want %d spread over hours without moments", total, exact, 9*50)
	}
}

func TestEventCountsDropWhatNoWindowReaches(t *testing.T) {
	c := newEventCounts()
	c.add(eventAt(epoch, "api_call_retrying"), epoch)
	c.add(eventAt(epoch.Add(-40*24*time.Hour), "api_call_retrying"), epoch)
	c.add(eventAt(epoch.Add(2*time.Hour), "api_call_retrying"), epoch)
	c.add(eventAt(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "api_call_retrying"), epoch)
	if len(c.hours) != 1 || c.ahead != 2 {
		t.Errorf("%d hours and %d lines ahead, want 1: the others are beyond the horizon, or more than an hour ahead", len(c.hours), c.ahead)
	}
	c.trim(epoch.Add(40 * 24 * time.Hour))
	if len(c.hours) != 0 || c.moments != 0 || len(c.series) != 0 || c.perMetric[events.LLMRetried] != 0 {
		t.Errorf("%d hours, %d moments and %d series left after forty days", len(c.hours), c.moments, len(c.series))
	}
}

func TestEventCountViewsDoNotChange(t *testing.T) {
	c := newEventCounts()
	c.add(eventAt(epoch, "api_call_retrying"), epoch)
	v := c.view()
	c.add(eventAt(epoch.Add(time.Second), "api_call_retrying"), epoch)
	c.add(eventAt(epoch.Add(time.Second), "prep_agent_complete"), epoch)
	if got, _ := v.between(epoch.Add(-time.Hour), epoch.Add(time.Hour)); got.total(events.LLMRetried) != 1 || len(got) != 1 {
		t.Errorf("a view shows %v after more lines arrived, want one", got)
	}
	if got, _ := c.view().between(epoch.Add(-time.Hour), epoch.Add(time.Hour)); got.total(events.LLMRetried) != 2 || len(got) != 2 {
		t.Errorf("the next view shows %v, want all", got)
	}
}

func TestEventCountsBoundTheirKeys(t *testing.T) {
	c := newEventCounts()
	const lines = 3 * maxSeries
	for i := range lines {
		c.add(lineAt(epoch, fmt.Sprintf(`{"event": "notification_sent", "notification_type": "t%d", "channel": "c%d"}`, i, i)), epoch)
	}
	c.add(lineAt(epoch, `{"event": "sms_sent"}`), epoch)
	c.add(lineAt(epoch, `{"event": "vault_watch_event", "change": "`+strings.Repeat("x", maxKeyBytes+1)+`"}`), epoch)
	c.add(lineAt(epoch, `{"event": "vault_watch_event", "change": "deleted"}`), epoch)
	if n := len(c.series); n > maxSeries+10 {
		t.Errorf("%d series kept, want about %d", n, maxSeries)
	}
	got, _ := c.view().between(epoch, epoch)
	kinds := got.byKey(events.NotificationSent)
	if got.total(events.NotificationSent) != lines+1 || kinds[Other] != lines-maxSeries || kinds[None] != 1 {
		t.Errorf("%d sent, %d of them as %s and %d as %s; want %d, %d and 1",
			got.total(events.NotificationSent), kinds[Other], Other, kinds[None], None, lines+1, lines-maxSeries)
	}
	if changes := got.byKey(events.VaultChanged); changes[Other] != 1 || changes["deleted"] != 1 {
		t.Errorf("changes %v, want one of its own and one too long for a key", changes)
	}
}

func TestEventCountsKeepNoLines(t *testing.T) {
	c := newEventCounts()
	raw := `{"event": "sms_sent", "channel": "here", "notification_type": "there"}`
	line := []byte(raw)
	var e logline.Entry
	logline.Parse(&e, string(line), time.Time{}, epoch)
	c.add(&e, epoch)
	for s := range c.series {
		for _, text := range []string{s.Key, s.Channel} {
			if sharesMemory(text, e.Raw) {
				t.Errorf("%q keeps the whole line in memory", text)
			}
		}
	}
}

// BenchmarkCounts adds 100,000 lines to the counts. The baseline takes in the
// same lines but counts only calls, by metric and hour, as the counts did before
// they had keys.
func BenchmarkCounts(b *testing.B) {
	kinds := []string{
		`{"event": "api.request", "event_type": "api.request", "path": "/x", "status_code": 200, "level": "info"}`,
		`{"event": "model_router_dispatch", "task_type": "parse_task", "level": "info"}`,
		`{"event": "llm_invocation_logged", "task_type": "parse_task", "latency_ms": 812, "level": "info"}`,
		`{"event": "task_created", "task_id": "0190", "level": "info"}`,
		`{"notification_type": "digest", "channel": "tasks", "priority": 3, "content_hash": "abc", "event": "notification_sent", "level": "info"}`,
		`{"event": "api_call_retrying", "attempt": 1, "level": "warning"}`,
		`{"task_id": "0190", "from_state": "backlog", "to_state": "scheduled", "event": "task_state_transitioned", "level": "info"}`,
		`{"event": "anthropic_completion", "model": "claude", "level": "info"}`,
	}
	lines := make([]logline.Entry, 100_000)
	for i := range lines {
		lines[i] = *lineAt(epoch.Add(-time.Duration(i)*20*time.Second), kinds[i%len(kinds)])
	}
	b.Run("baseline", func(b *testing.B) {
		byEvent := map[string]int{"model_router_dispatch": 0, "llm_invocation_logged": 1, "api_call_retrying": 2, "circuit_breaker_opened": 3}
		byType := map[string]int{"api.call.started": 0, "api.call.completed": 1, "api.call.retried": 2, "api.circuit_breaker.opened": 3}
		for b.Loop() {
			hours := make(map[int64]map[int][]uint32)
			for i := range lines {
				e := &lines[i]
				m, ok := byEvent[e.Event]
				if !ok {
					if m, ok = byType[e.EventType]; !ok {
						continue
					}
				}
				ns := e.Time.UnixNano()
				hour := floorDiv(ns, int64(time.Hour))
				if hours[hour] == nil {
					hours[hour] = make(map[int][]uint32)
				}
				hours[hour][m] = append(hours[hour][m], uint32((ns-hour*int64(time.Hour))/1000))
			}
		}
	})
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			c := newEventCounts()
			for i := range lines {
				c.add(&lines[i], epoch)
			}
		}
	})
	b.Run("counts and facts", func(b *testing.B) {
		for b.Loop() {
			c, f := newEventCounts(), newFactStore()
			for i := range lines {
				c.add(&lines[i], epoch)
				f.add(&lines[i], epoch)
			}
		}
	})
}

// BenchmarkCountWindows tallies the contract's windows: of a month of 60 series, and of an hour of a million lines that
// isn't over.
func BenchmarkCountWindows(b *testing.B) {
	for _, bc := range []struct {
		name  string
		lines int
		step  time.Duration
	}{{"month", 30 * 24 * 60, time.Minute}, {"busy-hour", 1_000_000, time.Millisecond}} {
		b.Run(bc.name, func(b *testing.B) {
			now := epoch.Truncate(time.Hour).Add(20 * time.Minute)
			c := newEventCounts()
			for i := range 60 {
				e := lineAt(now, fmt.Sprintf(`{"event": "notification_sent", "notification_type": "t%d", "channel": "c"}`, i))
				for n := i; n < bc.lines; n += 60 {
					e.Time = now.Add(-time.Duration(n) * bc.step)
					c.add(e, now)
				}
			}
			v := c.view()
			for b.Loop() {
				for _, w := range windowsNewestFirst(WindowNames, now) {
					v.between(w.From, w.To)
				}
			}
		})
	}
}
