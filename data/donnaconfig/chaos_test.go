package donnaconfig

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// TestChaos changes Donna's files under the source in every way an editor, a
// deployment or a full disk does: what holds is what can be read, or the last that
// could, with a reason, and a good file is taken up again.
func TestChaos(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			dir := t.TempDir()
			file := filepath.Join(dir, modelsFile)
			clock := clockwork.NewFakeClock()
			s := NewSource(Options{Dir: dir, Clock: clock})
			var r recorder
			loaded := false
			var good data.Config
			at := time.Unix(1_700_000_000, 0)
			stamp := func() { // writes fall into one tick of the file system's clock
				at = at.Add(time.Second)
				_ = os.Chtimes(file, at, at)
			}
			put := func(text string) {
				if err := os.RemoveAll(file); err != nil {
					t.Fatal(err)
				}
				write(t, dir, modelsFile, text)
				stamp()
			}
			for range 100 {
				usd := 1 + rng.IntN(1000)
				text := fmt.Sprintf("cost:\n  monthly_budget_usd: %d\n  daily_pause_threshold_usd: %d\n", usd, usd)
				kind := rng.IntN(9)
				switch kind {
				case 0, 1:
					put(text)
				case 2: // half written: good or bad, as it happens
					put(text[:rng.IntN(len(text))])
				case 3: // bytes that nobody wrote
					b := []byte(text)
					for range 1 + rng.IntN(4) {
						b[rng.IntN(len(b))] = byte(rng.IntN(256))
					}
					put(string(b))
				case 4: // written twice
					put(text + text)
				case 5:
					if err := os.RemoveAll(file); err != nil {
						t.Fatal(err)
					}
				case 6:
					if err := os.RemoveAll(file); err != nil {
						t.Fatal(err)
					}
					if err := os.Mkdir(file, 0o755); err != nil {
						t.Fatal(err)
					}
				case 7: // a link that leads to itself
					if err := os.RemoveAll(file); err != nil {
						t.Fatal(err)
					}
					if err := os.Symlink(file, file); err != nil {
						t.Fatal(err)
					}
				case 8: // replaced at once
					write(t, dir, "new", text)
					_ = os.RemoveAll(file)
					if err := os.Rename(filepath.Join(dir, "new"), file); err != nil {
						t.Fatal(err)
					}
					stamp()
				}
				clock.Advance(s.o.Poll)
				loaded = s.poll(&r, loaded)
				want, err := Load(dir)
				switch {
				case err == nil:
					good = want
					if r.state.State != data.StateLive || cmp.Diff(want, r.config) != "" {
						t.Fatalf("kind %d: state %+v, config %+v, want %+v", kind, r.state, r.config, want)
					}
				case loaded && r.state.State != data.StateStale, !loaded && r.state.State != data.StateFailed,
					!strings.Contains(r.state.Detail, dir), strings.Contains(r.state.Detail, "\n"):
					t.Fatalf("kind %d, %v: state %+v", kind, err, r.state)
				case loaded && cmp.Diff(good, r.config) != "":
					t.Fatalf("kind %d: config %+v, and what was read last is %+v", kind, r.config, good)
				}
				if (kind < 2 || kind == 8) && r.config.MonthlyUSD != float64(usd) {
					t.Fatalf("kind %d: %v USD, want %d", kind, r.config.MonthlyUSD, usd)
				}
			}
		})
	}
}
