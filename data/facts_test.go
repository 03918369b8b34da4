package data

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// lineAt is the entry of a line whose time is at.
func lineAt(at time.Time, raw string) *logline.Entry {
	var e logline.Entry
	logline.Parse(&e, raw, at, time.Time{})
	return &e
}

// sharesMemory tells whether part lies in whole's memory.
func sharesMemory(part, whole string) bool {
	if part == "" {
		return false
	}
	p, w := uintptr(unsafe.Pointer(unsafe.StringData(part))), uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	return p >= w && p < w+uintptr(len(whole))
}

func TestFactLogDropsTheOldest(t *testing.T) {
	l := factLog[taskMoment]{limit: 100}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, i := range rng.Perm(1000) {
		l.add(taskMoment{at: int64(i + 1)})
	}
	v := l.view()
	if len(v.items) > 100 || int64(len(v.items))+v.dropped != 1000 {
		t.Errorf("%d kept and %d counted as dropped, want at most 100 and all together 1000", len(v.items), v.dropped)
	}
	newest := 0
	for _, m := range v.items {
		if m.at > 925 {
			newest++
		}
		if m.at <= l.oldest-1 {
			t.Errorf("%d is older than the oldest, %d", m.at, l.oldest)
		}
	}
	if newest != 75 || v.lostBefore == 0 || v.lostBefore > 925 {
		t.Errorf("%d of the newest 75 are left, with losses up to %d", newest, v.lostBefore)
	}
	l.trim(v.lostBefore + 1)
	if got := l.view(); got.dropped != 0 || got.lostBefore != 0 {
		t.Errorf("%d losses up to %d are still told of, though no window reaches them", got.dropped, got.lostBefore)
	}
}

func TestFactLogViewsDoNotChange(t *testing.T) {
	const day = int64(24 * time.Hour)
	l := factLog[taskMoment]{limit: 10}
	for i := range int64(6) {
		l.add(taskMoment{at: i * day, task: "first"})
	}
	v := l.view()
	l.trim(4 * day)
	if got := l.view().items; len(got) != 2 {
		t.Errorf("%d left of those of day 4 and 5", len(got))
	}
	for i := range int64(50) {
		l.add(taskMoment{at: i * day, task: "second"})
	}
	if len(v.items) != 6 {
		t.Fatalf("the view has %d items, want 6", len(v.items))
	}
	for i, m := range v.items {
		if m.at != int64(i)*day || m.task != "first" {
			t.Errorf("item %d of the view became %v", i, m)
		}
	}
}

func TestFactsKeepNoLines(t *testing.T) {
	f := newFactStore()
	var lines []*logline.Entry
	for _, raw := range []string{
		`{"event": "task_scheduled", "task_id": "task"}`, `{"event": "overdue_reply_received", "task_id": "task"}`,
		`{"event": "circuit_breaker_opened", "name": "local", "service": "here"}`, `{"event": "nightly_detector_done"}`,
	} {
		e := lineAt(epoch, raw)
		lines = append(lines, e)
		f.add(e, epoch)
	}
	ahead := lineAt(epoch.Add(time.Minute), `{"event": "task_scheduled", "task_id": "task", "service": "here"}`)
	f.add(ahead, epoch)
	kept := []string{
		f.scheduled.items[0].task, f.answers.items[0].task, f.breakers.items[0].name, f.breakers.items[0].container,
		f.nightly[0].event, f.nightly[0].raw, f.ahead[0].TaskID, f.ahead[0].Service,
	}
	for _, text := range kept {
		if text == "" {
			t.Error("a text is missing: the test is wrong")
		}
		for _, e := range append(lines, ahead) {
			if sharesMemory(text, e.Raw) {
				t.Errorf("%q keeps its line in memory", text)
			}
		}
	}
}

func TestFactsWaitForTheClock(t *testing.T) {
	f := newFactStore()
	f.add(lineAt(epoch.Add(-time.Minute), `{"event": "backup_completed"}`), epoch)
	f.add(lineAt(epoch.Add(time.Minute), `{"event": "backup_completed"}`), epoch)
	f.add(lineAt(epoch.Add(2*time.Hour), `{"event": "backup_completed"}`), epoch)
	for _, c := range []struct{ after, want time.Duration }{
		{0, -time.Minute}, {time.Minute - 1, -time.Minute}, {time.Minute, time.Minute}, {3 * time.Hour, time.Minute},
	} {
		f.trim(epoch.Add(c.after))
		if got := time.Unix(0, f.view().lastOK[events.OpBackup]); !got.Equal(epoch.Add(c.want)) {
			t.Errorf("%v later the newest backup is of %v, want %v", c.after, got, epoch.Add(c.want))
		}
	}
	if len(f.ahead) != 0 {
		t.Errorf("%d lines still wait", len(f.ahead))
	}
	for i := range maxAheadKept + 5 {
		f.add(lineAt(epoch.Add(4*time.Hour), fmt.Sprintf(`{"event": "task_scheduled", "task_id": "%d"}`, i)), epoch.Add(3*time.Hour))
	}
	if v := f.view(); v.lost() != 5 {
		t.Errorf("%d lines lost, want 5: there is room for %d ahead", v.lost(), maxAheadKept)
	}
}

func TestFactsOfAFloodAreBounded(t *testing.T) {
	f := newFactStore()
	const lines = 3 * maxAnswers
	for i := range lines {
		f.add(lineAt(epoch.Add(time.Duration(i)), fmt.Sprintf(`{"event": "overdue_snoozed", "task_id": "%d"}`, i)), epoch.Add(time.Hour))
		if i%1000 == 0 {
			f.view()
		}
	}
	v := f.view()
	if n := len(v.answers.items); n > maxAnswers || int64(n)+v.lost() != lines {
		t.Errorf("%d kept and %d lost of %d", n, v.lost(), lines)
	}
}

func TestFactsBeforeTheHorizon(t *testing.T) {
	f := newFactStore()
	old := epoch.Add(-Horizon - 2*time.Hour)
	for _, raw := range []string{
		`{"event": "task_scheduled", "task_id": "x"}`, `{"event": "overdue_snoozed", "task_id": "x"}`, `{"event": "memory_retrieval"}`,
		`{"event": "health_check", "status": "healthy"}`, `{"event": "nightly_tasks_completed"}`, `{"event": "circuit_breaker_opened"}`,
	} {
		f.add(lineAt(old, raw), epoch)
		f.add(lineAt(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), raw), epoch) // a clock never set
	}
	v := f.view()
	if len(v.scheduled.items)+len(v.searches.items) != 0 {
		t.Error("lines that no window reaches are kept")
	}
	if len(v.answers.items) != 1 {
		t.Errorf("%d answers, want the one of a date that can be: a nudge's first answer may be long ago", len(v.answers.items))
	}
	if v.lastOK[events.OpNightly] != old.UnixNano() || v.health.at != old.UnixNano() || len(v.nightly) != 1 || len(v.breakers.items) != 1 {
		t.Errorf("the newest of its kind is forgotten: %+v", v)
	}
}
