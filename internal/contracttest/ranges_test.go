package contracttest

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// byWindow are the maps of the llm branch whose keys are windows.
var byWindow = []string{
	"calls", "calls_by_class", "calls_by_task_type", "calls_by_model", "tokens", "spend_usd", "spend_by_task_type", "spend_by_model",
	"latency_ms", "latency_all_ms", "failures", "shadow", "events",
}

// TestRanges: what is asked of a stretch of the past is what would have been asked
// of now when it ended. The reference knows nothing but its own now.
func TestRanges(t *testing.T) {
	t.Parallel()
	for i, when := range instants {
		for j, window := range allWindows {
			if (i+j)%3 != 0 {
				continue // every length at some instant, every instant with two or three
			}
			t.Run(when.name+", "+window, func(t *testing.T) {
				t.Parallel()
				end := at(t, when.now)
				seed := uint64(i*10 + j)
				g := invocationTraps(seed, end, false)
				path, db := writeDatabase(t, shape{}, g.rows, g.extensions)
				lines := strings.Join(logTraps(seed, end), "\n") + "\n"
				then := reference(readDatabase(t, db), readLog(lines), true, defaults, end)
				db.Close()
				// as seen minutes, hours or days later; beyond the horizon in the end
				now := end.Add([]time.Duration{17 * time.Minute, 5*time.Hour + time.Second, 3 * 24 * time.Hour, 40 * 24 * time.Hour}[(i+j)%4])
				asked := windowStart(window, end).Format(time.RFC3339Nano) + ".." + end.Format(time.RFC3339Nano)
				if windowStart(window, end).Equal(end) {
					t.Skip("a range without length can't be asked for")
				}
				log := writeFile(t, "donna.log", lines)
				if err := os.Chtimes(log, now, now); err != nil { // what was last written before a range isn't looked at
					t.Fatal(err)
				}
				got := snapshot(t, now, 0, "--db", path, "--logs", log, "--window", asked, "--wait", "30s")
				llm := llmBranch(t, got)
				for _, key := range byWindow {
					want, ok := then[key].(object)[window]
					if !ok {
						continue // latencies aren't given for the month, nor shadows for a day
					}
					report(t, differences(key+".range", want, llm[key].(map[string]any)["range"]))
				}
				if hours := llm["per_hour"].([]any); len(hours) == hoursInSeries {
					report(t, differences("per_hour", then["per_hour"], llm["per_hour"]))
				} else if now.Sub(end) < 24*time.Hour {
					t.Errorf("per_hour has %d hours", len(hours))
				}
				w := got["window"].(map[string]any)
				if w["name"] != "range" || w["to"] != end.Format(time.RFC3339Nano) {
					t.Errorf("window: %v", w)
				}
				if notes := fmt.Sprint(got["notes"]); strings.Contains(notes, "right to the hour") {
					t.Errorf("notes: %s", notes)
				}
			})
		}
	}
}

const hoursInSeries = 24

// The figures that have a window in their name are those of now, range or not.
func TestRangeLeavesTheNamedWindows(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := invocationTraps(3, now, false)
	path, db := writeDatabase(t, shape{}, g.rows, g.extensions)
	db.Close()
	plain := llmBranch(t, snapshot(t, now, 0, "--db", path))
	ranged := llmBranch(t, snapshot(t, now, 0, "--db", path, "--window", "2026-11-10 10:10..2026-11-12 11:11"))
	same := func(key string, want, got any) {
		t.Helper()
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: %v, without a range it is %v", key, got, want)
		}
	}
	for _, key := range byWindow {
		m, ok := ranged[key].(map[string]any)
		if !ok {
			continue // no logs
		}
		delete(m, "range")
		same(key, plain[key], m)
	}
	for _, key := range []string{"budget", "burn_rate", "projected_month_usd", "heat"} {
		same(key, plain[key], ranged[key])
	}
	if slices.Contains(allWindows, "range") {
		t.Error("the reference has a window range of its own")
	}
}
