package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
)

// cachedSource reads the database once, with a cache in dir.
func cachedSource(t testing.TB, path, dir string, now time.Time) (*Source, *hubSink) {
	t.Helper()
	sink := &hubSink{}
	s := NewSource(Options{Path: path, Clock: fixedClock{now: now}, CacheDir: dir})
	s.begin(sink)
	s.poll(context.Background())
	if s.state.State != data.StateLive || !s.state.Loaded {
		t.Fatal(s.state)
	}
	t.Cleanup(s.disconnect)
	return s, sink
}

// hubSink keeps the last view of the database.
type hubSink struct {
	nullSink
	db *data.DB
}

func (s *hubSink) SetDB(db *data.DB) { s.db = db }

// figures are all figures of a database's view, as text.
func figures(t testing.TB, db *data.DB, now time.Time) string {
	t.Helper()
	hub := data.NewHub(data.HubOptions{Clock: fixedClock{now: now}})
	hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	hub.SetDB(db)
	text, err := json.Marshal(hub.Publish().Figures().LLM)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// someCalls writes n rows of all kinds over the days before now. What they cost
// are whole 1024ths, so that sums don't depend on their order.
func someCalls(d *donna, rng *rand.Rand, n int, from, to time.Time) {
	d.batch(func() {
		for range n {
			d.n++
			at := from.Add(time.Duration(rng.Int64N(int64(to.Sub(from)))))
			form := []string{naiveForm, awareForm, blankForm}[rng.IntN(3)]
			task := []string{"parse_task", "embed_task", "escalation_lifecycle", "chat::__shadow__", "external_llm_call"}[rng.IntN(5)]
			d.exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in,
				tokens_out, cost_usd, is_shadow, spot_check_queued, user_id) VALUES (?, ?, ?, 'p', ?, '', ?, ?, 5, ?, ?, 0, 'nick')`,
				d.nextID(), at.UTC().Format(form), task, fmt.Sprint("m", rng.IntN(3)), rng.IntN(5000), rng.IntN(900), float64(rng.IntN(4096))/1024, rng.IntN(2))
		}
	})
}

func TestRestartFromTheCacheEqualsAColdLoad(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, later := range []time.Duration{0, 3 * time.Minute, 2 * time.Hour, 50 * time.Hour, 8 * 24 * time.Hour, 40 * 24 * time.Hour} {
		t.Run(later.String(), func(t *testing.T) {
			d, dir := newDonna(t, t.TempDir()), t.TempDir()
			someCalls(d, rng, 3000, testNow.Add(-33*24*time.Hour), testNow)
			first, _ := cachedSource(t, d.path, dir, testNow)
			first.cache(true)
			first.disconnect()

			now := testNow.Add(later)
			someCalls(d, rng, 200, testNow.Add(-time.Hour), now.Add(time.Minute))
			d.row("no time at all", "parse_task")
			warm, restored := cachedSource(t, d.path, dir, now)
			_, cold := cachedSource(t, d.path, "", now)
			if want := cold.db.Invocations.Rows; restored.db.Invocations.Rows != want {
				t.Errorf("%d rows, want %d", restored.db.Invocations.Rows, want)
			}
			if !warm.restored {
				t.Error("the cache was not used")
			}
			if restored.db.Invocations.Undated != cold.db.Invocations.Undated {
				t.Errorf("%d undated rows, want %d", restored.db.Invocations.Undated, cold.db.Invocations.Undated)
			}
			if got, want := figures(t, restored.db, now), figures(t, cold.db, now); got != want {
				t.Errorf("figures\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Whatever is doubtful about the file, the table is read anew and the figures
// are those of a cold load.
func TestDoubtfulCachesAreNotUsed(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	overwrite := func(change func(b []byte) []byte) func(t *testing.T, d *donna, file string) {
		return func(t *testing.T, _ *donna, file string) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, change(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(t *testing.T, d *donna, file string){
		"empty":      overwrite(func([]byte) []byte { return nil }),
		"cut":        overwrite(func(b []byte) []byte { return b[:len(b)/2] }),
		"flipped":    overwrite(func(b []byte) []byte { b[len(b)/3] ^= 4; return b }),
		"more":       overwrite(func(b []byte) []byte { return append(b, 0) }),
		"other kind": overwrite(func(b []byte) []byte { return bytes.Repeat([]byte("x"), len(b)) }),
		"directory": func(t *testing.T, _ *donna, file string) {
			if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
				t.Fatal(err)
			}
		},
		"newest row deleted": func(_ *testing.T, d *donna, _ string) {
			d.exec("DELETE FROM invocation_log WHERE rowid = (SELECT max(rowid) FROM invocation_log)")
		},
		"oldest rows pruned": func(_ *testing.T, d *donna, _ string) {
			d.exec("DELETE FROM invocation_log WHERE timestamp < '2026-06-01'")
		},
		"a day deleted in the midst": func(_ *testing.T, d *donna, _ string) {
			d.exec("DELETE FROM invocation_log WHERE timestamp BETWEEN '2026-06-05' AND '2026-06-08'")
		},
		"numbered anew": func(_ *testing.T, d *donna, _ string) {
			d.exec("CREATE TABLE c AS SELECT * FROM invocation_log ORDER BY id DESC")
			d.exec("DELETE FROM invocation_log")
			d.exec("INSERT INTO invocation_log SELECT * FROM c")
		},
		"migrated": func(_ *testing.T, d *donna, _ string) { d.exec("ALTER TABLE invocation_log ADD COLUMN extra TEXT") },
		"restored copy": func(t *testing.T, d *donna, _ string) {
			d.close()
			b, err := os.ReadFile(d.path)
			if err == nil {
				err = errors.Join(os.WriteFile(d.path+".copy", b, 0o600), os.Rename(d.path+".copy", d.path))
			}
			if err != nil {
				t.Fatal(err)
			}
			d.open()
			d.exec("UPDATE invocation_log SET cost_usd = cost_usd + 1")
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			d, dir := newDonna(t, t.TempDir()), t.TempDir()
			someCalls(d, rng, 1500, testNow.Add(-20*24*time.Hour), testNow)
			first, _ := cachedSource(t, d.path, dir, testNow)
			first.cache(true)
			first.disconnect()
			file := cachePath(dir, first.path)
			if _, err := os.Stat(file); err != nil {
				t.Fatal(err)
			}
			spoil(t, d, file)
			s, got := cachedSource(t, d.path, dir, testNow)
			if s.restored {
				t.Error("the cache was used")
			}
			_, want := cachedSource(t, d.path, "", testNow)
			if figures(t, got.db, testNow) != figures(t, want.db, testNow) {
				t.Error("figures differ from a cold load")
			}
		})
	}
}

func TestCacheOfALaterHourIsNotUsed(t *testing.T) {
	d, dir := newDonna(t, t.TempDir()), t.TempDir()
	d.call(testNow.Add(-time.Hour))
	later, _ := cachedSource(t, d.path, dir, testNow.Add(2*time.Hour))
	later.cache(true)
	_, err := readCache(cachePath(dir, later.path), later.db, fixedClock{now: testNow}, later.pause)
	if !errors.Is(err, errNoCache) {
		t.Errorf("error %v", err)
	}
}

// The cache is for its owner alone, replaces what was there, and never lies in
// Donna's directory.
func TestWhereTheCacheLies(t *testing.T) {
	d, dir := newDonna(t, t.TempDir()), filepath.Join(t.TempDir(), "made", "when needed")
	d.call(testNow)
	s, _ := cachedSource(t, d.path, dir, testNow)
	s.cache(true)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Dir(d.path), link); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", filepath.Dir(d.path), filepath.Join(filepath.Dir(d.path), "deep", "er"), link, filepath.Join(link, "new")} {
		if path := cachePath(bad, s.path); path != "" {
			t.Errorf("%q: cache at %q", bad, path)
		}
	}
}

// BenchmarkRestart is the time until all figures can be computed after a start,
// with the cache and without.
func BenchmarkRestart(b *testing.B) {
	path := bulk(b, benchRows, benchDays)
	dir, err := os.MkdirTemp("/var/tmp", "donnatop-cache-") // not below the database, where a cache is refused
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	start := func(dir string) *Source {
		s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}, CacheDir: dir})
		s.begin(nullSink{})
		s.poll(context.Background())
		if s.view == nil || s.view.store.View().Rows != int64(benchRows) {
			b.Fatal(s.state)
		}
		return s
	}
	s := start("")
	db, err := openDatabase(s.given, s.path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.close()
	if err := s.view.saveCache(cachePath(dir, s.path), db); err != nil {
		b.Fatal(err)
	}
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			start(dir).disconnect()
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			start("").disconnect()
		}
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := s.view.saveCache(cachePath(dir, s.path), db); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkMemory reports what the heap holds for a database that has been read.
func BenchmarkMemory(b *testing.B) {
	path := bulk(b, benchRows, benchDays)
	for b.Loop() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
		s.begin(nullSink{})
		s.poll(context.Background())
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		b.ReportMetric(0, "ns/op")
		s.disconnect()
	}
}

// BenchmarkFigures is what a refresh of every panel costs from memory.
func BenchmarkFigures(b *testing.B) {
	s := NewSource(Options{Path: bulk(b, benchRows, benchDays), Clock: fixedClock{now: testNow}})
	sink := &hubSink{}
	s.begin(sink)
	s.poll(context.Background())
	defer s.disconnect()
	hub := data.NewHub(data.HubOptions{Clock: fixedClock{now: testNow}})
	hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	hub.SetDB(sink.db)
	b.ResetTimer()
	before := cpuTime(b)
	for b.Loop() {
		if n := hub.Publish().Figures().LLM.Calls[data.Window30d]; n == nil || *n == 0 {
			b.Fatal("no calls")
		}
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
}

// cpuTime is what this process has used of the processors: what is measured by it
// is the same on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
