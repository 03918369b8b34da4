package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// slowLogs answer late, or never: not even to the end of their context.
type slowLogs struct {
	deaf  bool
	after time.Duration
}

func (l slowLogs) Source() string { return logline.SourceLoki }

func (l slowLogs) Find(ctx context.Context, _ trace.LogQuery, yield func([]trace.Found) error) ([]data.Gap, error) {
	var e logline.Entry
	logline.Parse(&e, `{"task_id": "task", "event": "seen"}`, time.Time{}, time.Now())
	if err := yield([]trace.Found{{Entry: e}}); err != nil {
		return nil, err
	}
	done := ctx.Done()
	if l.deaf {
		done = nil
	}
	select {
	case <-time.After(l.after):
		return nil, nil
	case <-done:
		return nil, ctx.Err()
	}
}

// TestTraceEndsInTime: --wait and a second are all it takes, whatever a source does.
func TestTraceEndsInTime(t *testing.T) {
	for name, c := range map[string]struct {
		logs  slowLogs
		state data.State
		took  time.Duration
	}{
		"in time":         {slowLogs{after: time.Second}, data.StateLive, time.Second},
		"too slow":        {slowLogs{after: time.Hour}, data.StateFailed, 5 * time.Second},
		"deaf to its end": {slowLogs{after: 24 * time.Hour, deaf: true}, data.StateFailed, 5*time.Second + patience},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				e := &env{stdout: &stdout, stderr: &stderr, clock: clockwork.NewRealClock()}
				finder := trace.New(trace.Options{Clock: e.clock, Logs: []trace.Logs{c.logs}})
				began := time.Now()
				found, err := traceWithin(t.Context(), e, finder, "task", 5*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != c.took || found.Sources["loki"].State != c.state {
					t.Errorf("took %v, %+v", took, found.Sources["loki"])
				}
				err = printTrace(e, &options{location: time.UTC}, &traceOptions{text: true}, found)
				if failed := errors.Is(err, errSourceFailed); failed != (c.state == data.StateFailed) {
					t.Errorf("error %v", err)
				}
				if c.state == data.StateFailed && !strings.Contains(stderr.String(), "--wait 5s: give it longer") {
					t.Errorf("stderr %q", stderr.String())
				}
				time.Sleep(c.logs.after) // of the bubble: it lasts until the deaf source ends
				if !c.logs.deaf && !strings.Contains(stdout.String(), "seen") {
					t.Errorf("what was found is not shown:\n%s", stdout.String())
				}
			})
		})
	}
}
