package sqlite

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data"
)

// TestDamagedCopies puts damaged copies in the place of the database, one after the
// other: there is a reason and the last good view, or a view that can be calculated
// with, and a good copy is read again.
func TestDamagedCopies(t *testing.T) {
	dir := t.TempDir()
	d := newDonna(t, dir)
	d.calls(3000, testNow)
	d.exec("PRAGMA wal_checkpoint(TRUNCATE)")
	d.close()
	good, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	put := func(b []byte) {
		next := filepath.Join(dir, "next")
		if err := os.WriteFile(next, b, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, suffix := range []string{"-wal", "-shm"} {
			_ = os.Remove(d.path + suffix)
		}
		if err := os.Rename(next, d.path); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			put(good)
			w := watch(t, d.path)
			w.live(3000)
			bad := append([]byte(nil), good...)
			pages := len(bad) / page
			what := ""
			switch rng.IntN(5) {
			case 0:
				what = "single bytes"
				for range 1 + rng.IntN(200) {
					bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
				}
			case 1:
				what = "pages of garbage"
				for range 1 + rng.IntN(5) {
					at := rng.IntN(pages) * page
					for i := range page {
						bad[at+i] = byte(rng.IntN(256))
					}
				}
			case 2:
				what = "pages of zeros" // as after a power cut
				for range 1 + rng.IntN(5) {
					clear(bad[rng.IntN(pages)*page:][:page])
				}
			case 3:
				what = "pages that stand twice"
				for range 1 + rng.IntN(5) {
					copy(bad[rng.IntN(pages)*page:][:page], bad[rng.IntN(pages)*page:][:page])
				}
			case 4:
				what = "cut"
				bad = bad[:rng.IntN(len(bad))]
			}
			put(bad)
			for range 3 {
				st := w.next()
				view := w.dbs[len(w.dbs)-1].Invocations
				switch st.State {
				case data.StateStale:
					if st.Detail == "" || strings.Contains(st.Detail, "\n") || !st.NextTry.After(w.clock.Now()) {
						t.Errorf("%s: state %+v", what, st)
					}
				case data.StateLive: // the damage is where nothing is read, or within a value
					if view.Rows < 0 || view.Rows > 10_000 {
						t.Errorf("%s: live with %d rows", what, view.Rows)
					}
				default:
					t.Errorf("%s: state %+v", what, st)
				}
				wantSound(t, w)
			}
			put(good)
			w.skip = 0
			w.live(3000)
		})
	}
}

// wantSound has all figures of the newest view calculated.
func wantSound(t *testing.T, w *watcher) {
	t.Helper()
	hub := data.NewHub(data.HubOptions{Clock: w.clock})
	hub.SetDB(w.dbs[len(w.dbs)-1])
	hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	for window, spent := range hub.Publish().Figures().LLM.SpendUSD {
		if spent != nil && math.IsNaN(*spent) {
			t.Errorf("spent in %s: not a number", window)
		}
	}
}

// TestReplacedWhileLoading: another file, or none, takes the place of the one that is
// being read. What was read of the one never mixes with the other.
func TestReplacedWhileLoading(t *testing.T) {
	for _, tt := range []struct {
		name    string
		replace func(t *testing.T, path, other string)
		rows    int64 // 0: there is nothing to read
	}{
		{"by rename", func(t *testing.T, path, other string) { must(t, os.Rename(other, path)) }, 700},
		{"by removal and copy", func(t *testing.T, path, other string) { must(t, os.Remove(path)); copyFile(t, other, path) }, 700},
		{"by nothing", func(t *testing.T, path, _ string) { must(t, os.Remove(path)) }, 0},
		{"by an empty file", func(t *testing.T, path, _ string) { must(t, os.Remove(path)); must(t, os.WriteFile(path, nil, 0o644)) }, 0},
		{"by a text", func(t *testing.T, path, other string) {
			must(t, os.WriteFile(other, []byte(strings.Repeat("no database\n", 999)), 0o644))
			must(t, os.Rename(other, path))
		}, 0},
	} {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/running=%v", tt.name, running), func(t *testing.T) {
				d, other := newDonna(t, t.TempDir()), newDonna(t, t.TempDir())
				d.calls(500, testNow)
				other.calls(700, testNow)
				other.exec("PRAGMA wal_checkpoint(TRUNCATE)")
				other.close()
				d.exec("PRAGMA wal_checkpoint(TRUNCATE)")
				if !running {
					d.close()
				}
				spare := filepath.Join(t.TempDir(), "spare")
				copyFile(t, other.path, spare)
				w := watch(t, d.path)
				w.onDB = func() { // the first is the view of the last day
					w.onDB = nil
					for _, suffix := range []string{"-wal", "-shm"} {
						_ = os.Remove(d.path + suffix)
					}
					tt.replace(t, d.path, other.path)
				}
				w.clock.Advance(DefaultPoll)
				w.poll(context.Background())
				if tt.rows == 0 {
					w.skip = 0
					if st := w.next(); st.State != data.StateStale && st.State != data.StateFailed || st.Detail == "" {
						t.Fatalf("state %+v", st)
					}
					d.close()
					_ = os.Remove(d.path)
					copyFile(t, spare, d.path)
				}
				w.skip = 0
				w.live(700)
			})
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
