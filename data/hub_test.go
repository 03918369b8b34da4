package data

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

func testHub(now time.Time) (*Hub, *clockwork.FakeClock) {
	clock := clockwork.NewFakeClockAt(now)
	return NewHub(HubOptions{Clock: clock, Absent: map[string]string{SourceLoki: "give --loki URL"}}), clock
}

func TestHubBatchesChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, clock := testHub(epoch)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go h.Run(ctx)
		news, stop := h.Subscribe()
		defer stop()
		first := h.Snapshot().Version

		for i := range 10 {
			h.AppendLines([]logline.Entry{entryAt(time.Duration(i), "x")})
		}
		synctest.Wait()
		if v := h.Snapshot().Version; v != first {
			t.Fatalf("version %d before the batch is over, want %d", v, first)
		}
		clock.Advance(100 * time.Millisecond)
		synctest.Wait()
		if v := h.Snapshot(); v.Version != first+1 || v.Logs.Len() != 10 {
			t.Errorf("version %d with %d lines, want %d with 10", v.Version, v.Logs.Len(), first+1)
		}
		select {
		case <-news:
		default:
			t.Error("the subscriber was not told")
		}
	})
}

// Whoever has just started the program waits for the first rows; later ones are
// gathered like everything else.
func TestHubPublishesTheFirstRowsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, clock := testHub(epoch)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go h.Run(ctx)
		news, stop := h.Subscribe()
		defer stop()
		h.SetState(SourceDB, SourceState{State: StateConnecting})
		synctest.Wait() // a batch is under way

		first, second := &DB{Path: "first"}, &DB{Path: "second"}
		h.SetDB(first)
		if s := h.Snapshot(); s.DB != first {
			t.Fatal("the first rows wait for the batch")
		}
		select {
		case <-news:
		default:
			t.Error("the subscriber was not told of the first rows")
		}
		h.SetDB(second)
		synctest.Wait()
		if s := h.Snapshot(); s.DB != first {
			t.Error("later rows do not wait for the batch")
		}
		clock.Advance(100 * time.Millisecond)
		synctest.Wait()
		if s := h.Snapshot(); s.DB != second {
			t.Error("later rows are not published with the batch")
		}
	})
}

func TestHubRefreshesWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, clock := testHub(epoch)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go h.Run(ctx)
		synctest.Wait()
		first := h.Snapshot()
		clock.Advance(5 * time.Second)
		synctest.Wait()
		if s := h.Snapshot(); s.Version == first.Version || !s.At.Equal(epoch.Add(5*time.Second)) {
			t.Errorf("snapshot %d at %v: nothing moved on with the clock", s.Version, s.At)
		}
	})
}

// A source that is as it was, only good as of later, makes no snapshot of its own, and
// the next refresh is counted from whatever was published last.
func TestHubPublishesOncePerRefreshWhenOnlyTimePasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, clock := testHub(epoch)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go h.Run(ctx)
		second := func() uint64 {
			synctest.Wait()
			h.SetState(SourceDB, SourceState{State: StateLive, Loaded: true, AsOf: clock.Now()})
			synctest.Wait()
			for range 5 {
				clock.Advance(200 * time.Millisecond)
				synctest.Wait()
			}
			return h.Snapshot().Version
		}
		first := h.Snapshot().Version
		for s, want := range []uint64{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3} { // it became live, then refreshes
			if got := second() - first; got != want {
				t.Errorf("%d snapshots after %d s, want %d", got, s+1, want)
			}
		}
		if s := h.Snapshot(); s.At.Sub(s.Sources[SourceDB].AsOf) > time.Second {
			t.Errorf("the snapshot of %v has a source good as of %v", s.At, s.Sources[SourceDB].AsOf)
		}
		h.SetState(SourceDB, SourceState{State: StateStale, Loaded: true, AsOf: clock.Now()})
		synctest.Wait()
		clock.Advance(100 * time.Millisecond)
		synctest.Wait()
		if st := h.Snapshot().Sources[SourceDB].State; st != StateStale {
			t.Errorf("a source that became stale is shown as %s", st)
		}
	})
}

func TestSlowSubscriberGetsOneSignalAndTheNewestSnapshot(t *testing.T) {
	h, _ := testHub(epoch)
	news, stop := h.Subscribe()
	for range 5 {
		h.Publish()
	}
	<-news
	select {
	case <-news:
		t.Error("a second signal for what has been seen")
	default:
	}
	stop()
	h.Publish()
	select {
	case <-news:
		t.Error("told after the subscription ended")
	default:
	}
}

func TestSourceStates(t *testing.T) {
	live := SourceState{State: StateLive, Loaded: true}
	for _, tc := range []struct {
		name              string
		states            map[string]SourceState
		settled, answered bool
		logs              State
	}{
		{"nothing configured", map[string]SourceState{}, true, true, StateAbsent},
		{"all live", map[string]SourceState{SourceDB: live, SourceFiles: live}, true, true, StateLive},
		{"still loading", map[string]SourceState{SourceDB: {State: StateConnecting}}, false, false, StateAbsent},
		{"failed for good", map[string]SourceState{SourceDB: {State: StateFailed}, SourceFiles: live}, true, false, StateLive},
		{"may still come", map[string]SourceState{SourceDB: {State: StateFailed, Transient: true}}, false, false, StateAbsent},
		{"stale", map[string]SourceState{SourceFiles: {State: StateStale, Loaded: true}}, true, false, StateStale},
		{"one log source of two failed", map[string]SourceState{SourceLoki: {State: StateFailed}, SourceFiles: live}, true, false, StateFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, _ := testHub(epoch)
			for name, st := range tc.states {
				h.SetState(name, st)
			}
			s := h.Publish()
			if s.Settled() != tc.settled || s.Answered() != tc.answered || s.LogState().State != tc.logs {
				t.Errorf("settled %v answered %v logs %s, want %v %v %s",
					s.Settled(), s.Answered(), s.LogState().State, tc.settled, tc.answered, tc.logs)
			}
		})
	}
}

func TestStateKeepsItsBeginning(t *testing.T) {
	h, clock := testHub(epoch)
	h.SetState(SourceDB, SourceState{State: StateFailed, Detail: "first"})
	clock.Advance(time.Minute)
	h.SetState(SourceDB, SourceState{State: StateFailed, Detail: "again"})
	if st := h.Publish().Sources[SourceDB]; !st.Since.Equal(epoch) || st.Detail != "again" {
		t.Errorf("state %+v: want it to have begun at %v", st, epoch)
	}
	h.SetState(SourceDB, SourceState{State: StateLive})
	if st := h.Publish().Sources[SourceDB]; !st.Since.Equal(epoch.Add(time.Minute)) {
		t.Errorf("a new state began at %v", st.Since)
	}
}

func TestLogCoverage(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state SourceState
		from  time.Duration
		want  bool
	}{
		{"whole input read", SourceState{State: StateLive, Loaded: true}, -30 * 24 * time.Hour, true},
		{"whole input being read", SourceState{State: StateConnecting}, -time.Hour, false},
		{"history read as far as asked", SourceState{State: StateLive, CoveredFrom: epoch.Add(-2 * time.Hour)}, -time.Hour, true},
		{"history not read so far", SourceState{State: StateLive, CoveredFrom: epoch.Add(-2 * time.Hour)}, -3 * time.Hour, false},
		{"stale, but read before", SourceState{State: StateStale, Loaded: true}, -time.Hour, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, _ := testHub(epoch)
			h.SetState(SourceFiles, tc.state)
			if got := h.Publish().logsCover(epoch.Add(tc.from)); got != tc.want {
				t.Errorf("logsCover = %v, want %v", got, tc.want)
			}
		})
	}
}

// TestHubTakesALineOfTwoSourcesOnce: what Loki and a file both have is one line, in the figures and in the log; what one of
// them has twice is two.
func TestHubTakesALineOfTwoSourcesOnce(t *testing.T) {
	of := func(source, text string, ages ...time.Duration) (batch []logline.Entry) {
		for _, age := range ages {
			e := entryAt(-age, text)
			e.Source, e.JSON, e.Event = source, true, "model_router_dispatch"
			batch = append(batch, e)
		}
		return batch
	}
	for name, c := range map[string]struct {
		absent         map[string]string
		shown, counted int
	}{
		"both":  {map[string]string{SourceDB: "give --db PATH"}, 6, 7},
		"files": {map[string]string{SourceLoki: "give --loki URL"}, 9, 11},
	} {
		t.Run(name, func(t *testing.T) {
			h := NewHub(HubOptions{Clock: clockwork.NewFakeClockAt(epoch), Absent: c.absent})
			const file, loki = logline.SourceLogs, logline.SourceLoki
			h.AppendLines(of(file, "a", 3, 3, 2)) // the same line twice
			h.AppendLines(of(loki, "a", 3, 2, 1)) // one is new
			h.AppendLines(of(file, "b", 1))       // another text
			// of an hour ago Loki tells only to be counted: the file's line is still to be seen
			h.AppendHistory(of(loki, "a", time.Hour, 2*time.Hour))
			h.AppendLines(of(file, "a", time.Hour, 1))
			s := h.Publish()
			if s.Logs.Len() != c.shown {
				t.Errorf("%d lines in the log, want %d", s.Logs.Len(), c.shown)
			}
			counts, _ := s.Counts.between(epoch.Add(-24*time.Hour), epoch)
			if n := int(counts.total(events.LLMStarted)); n != c.counted {
				t.Errorf("%d lines counted, want %d", n, c.counted)
			}
		})
	}
}
