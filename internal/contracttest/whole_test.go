package contracttest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

// unchecked are the keys of a snapshot that no reference computes in [TestWhole],
// with what holds them instead. A * stands for one key.
var unchecked = map[string]string{
	"notes/#":              "sentences for people; what they must say is with the figures they excuse",
	"sources/*/detail":     "a sentence for people; checkSources wants one where a source failed",
	"sources/*/as_of":      "when the source answered, by the machine's clock; checkSources reads it",
	"health/disks/#/*":     "of this machine: TestDisks asks its kernel",
	"health/data_dirs/#/*": "of this machine: TestDisks makes the files",
	"alerts/#/routes/#":    "as alerts",
	"alerts/#/*":           "TestAlerts and TestRehearsal compute them on a history of their own",
}

// given stands in a reference for what is not computed there; the walk of
// [TestWhole] lists the keys below it.
type given struct{}

// TestWhole compares a whole snapshot, with every kind of source, and makes sure
// that there is nothing in it that no reference computes, but for what is excused.
func TestWhole(t *testing.T) {
	t.Parallel()
	for seed, when := range []string{"2026-11-18T16:17:23.456789Z", "2028-02-29T00:00:00Z", "2026-03-31T05:00:00.000001Z"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			now := at(t, when)
			g := newTableTraps(uint64(seed), now, false)
			dbPath, db := g.writeTables(t, seed%2 == 0)
			log := g.trapLog(uint64(seed))
			config, timeouts := agentsConfig(t)
			found := marks{now.Add(-40 * time.Second).Truncate(time.Second), now.Add(-3 * time.Hour).Truncate(time.Second), now.Add(-30 * time.Hour).Truncate(time.Second)}
			a := &auditor{now: now, db: readStore(t, db), haveLogs: true, timeouts: timeouts, service: "donna", marks: &found}
			a.lines, _ = readEntries(log)
			_, plain := readEntries(log)
			llm := reference(readDatabase(t, db), plain, true, budgets{17.5, 1234.5}, now)
			a.llm = llm
			got := snapshot(t, now, 0, "--db", dbPath, "--logs", writeFile(t, "donna.log", log), "--donna-config", config,
				"--docker", startEngine(t), "--data-path", writeMarks(t, found))
			checkSources(t, got, map[string]string{"db": "live", "logs": "live", "docker": "live", "host": "live", "config": "live"})

			want := a.branches()
			want["llm"], want["logs"], want["alerts"] = llm, a.logs(got["logs"]), given{}
			want["schema"], want["now"], want["notes"] = int64(1), now, given{}
			want["window"] = object{"name": "24h", "from": now.Add(-day), "to": now}
			health := want["health"].(object)
			health["containers"], health["disks"], health["data_dirs"] = watchedContainers(), given{}, given{}
			sources := object{}
			for _, name := range []string{"db", "logs", "docker", "host", "config"} {
				sources[name] = object{"state": "live", "detail": given{}, "as_of": given{}}
			}
			want["sources"] = sources
			report(t, differences("", want, got))

			used := map[string]bool{}
			for _, key := range notComputed("", want, got) {
				excuse := ""
				for pattern := range unchecked {
					if ok, err := path.Match(pattern, key); err != nil {
						t.Fatal(err)
					} else if ok {
						excuse = pattern
					}
				}
				if used[excuse] = true; excuse == "" {
					t.Errorf("%s: no reference computes it", key)
				}
			}
			for pattern := range unchecked {
				if !used[pattern] {
					t.Errorf("%s: there is nothing to excuse", pattern)
				}
			}
		})
	}
}

// notComputed lists the leaves of what was printed at which the reference holds no
// figure, by path; an element of a list is #.
func notComputed(at string, want, got any) (keys []string) {
	below := func(key string, w, g any) { keys = append(keys, notComputed(path.Join(at, key), w, g)...) }
	switch w := want.(type) {
	case nil, anything, given:
		switch g := got.(type) {
		case map[string]any:
			for key, v := range g {
				below(key, want, v)
			}
		case []any:
			for _, v := range g {
				below("#", want, v)
			}
		default:
			if want != nil { // null was wanted: that is a figure
				keys = append(keys, at)
			}
		}
	case object:
		walkKeys(w, got, below)
	case groups:
		walkKeys(object(w), got, below)
	case atLeast:
		walkKeys(w.must, got, below)
		walkKeys(w.may, got, below)
	case oneOf:
		for _, reading := range w {
			below("", reading, got)
		}
	case bag:
		list, _ := got.([]any)
		for i, v := range list[:min(len(list), len(w))] {
			below("#", w[i], v)
		}
	case []any:
		list, _ := got.([]any)
		for i, v := range list[:min(len(list), len(w))] {
			below("#", w[i], v)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func walkKeys(want object, got any, do func(key string, w, g any)) {
	o, _ := got.(map[string]any)
	for key, w := range want {
		if g, ok := o[key]; ok {
			do(key, w, g)
		}
	}
}

// TestNotComputed makes sure that the walk finds what it is for.
func TestNotComputed(t *testing.T) {
	t.Parallel()
	want := object{"a": int64(1), "b": given{}, "c": []any{object{"d": anything{}, "e": "x"}}, "h": nil, "i": oneOf{anything{}, int64(1)}}
	got := map[string]any{
		"a": 1, "b": []any{map[string]any{"k": 1}}, "c": []any{map[string]any{"d": 2, "e": "x"}}, "h": nil, "i": 1,
	}
	if keys := fmt.Sprint(notComputed("", want, got)); keys != "[b/#/k c/#/d i]" {
		t.Error(strings.ReplaceAll(keys, " ", "\n"))
	}
}
