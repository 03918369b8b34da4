package logfile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data"
)

// TestChaos does to a log what goes wrong with logs beside rotation: it is emptied in
// its place, deleted and made anew, replaced by a longer copy as rsync does, hidden by
// a directory or a link that leads nowhere, and written in pieces of any size all the
// while. Of what was there at a poll each line comes once and unbroken; what hides the
// file is said; and another log beside it goes on.
func TestChaos(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			d := newDir(t)
			d.write("app.log", "")
			d.write("other.log", "")
			follow(t, []string{d.join("app.log"), d.join("other.log")}, func(f *following) {
				var want []string
				pending := "" // of a line that is written in pieces
				other := 0
				line := func() string {
					l := stamped(len(want)%60, fmt.Sprintf("n%d %s", len(want), strings.Repeat("x", rng.IntN(200))))
					want = append(want, l)
					return l + "\n"
				}
				whole := func() { // all that was begun is written and read
					d.add("app.log", pending)
					pending = ""
					f.wait(4 * time.Second)
				}
				for range 120 {
					for range rng.IntN(4) {
						pending += line()
					}
					n := rng.IntN(len(pending) + 1)
					d.add("app.log", pending[:n])
					pending = pending[n:]
					l := stamped(other%60, fmt.Sprintf("other %d", other))
					other++
					d.add("other.log", l+"\n")
					want = append(want, l)
					switch rng.IntN(12) {
					case 0: // emptied, and perhaps longer than before at the next look
						whole()
						d.truncate("app.log")
						for range rng.IntN(200) {
							d.add("app.log", line())
						}
					case 1: // deleted, and made anew at once or later
						whole()
						d.remove("app.log")
						if rng.IntN(2) == 0 {
							f.wait(3 * time.Second)
							f.wantSaid("app.log")
						}
						d.add("app.log", line())
					case 2: // the same lines again in another file, and more
						whole()
						text, err := os.ReadFile(d.join("app.log"))
						d.must(err)
						if len(text) < 4096 {
							break // two short files may be alike by chance
						}
						d.write(".app.log.new", string(text)+line())
						d.rename(".app.log.new", "app.log")
					case 3: // hidden for a while
						whole()
						d.rename("app.log", "aside")
						if rng.IntN(2) == 0 {
							d.must(os.Mkdir(d.join("app.log"), 0o755))
						} else {
							d.must(os.Symlink(d.join("app.log"), d.join("app.log")))
						}
						f.wait(3 * time.Second)
						f.wantSaid("app.log")
						d.remove("app.log")
						d.rename("aside", "app.log")
					}
					if rng.IntN(2) == 0 {
						f.poll()
					}
				}
				whole()
				f.wait(10 * time.Second)
				if diff := cmp.Diff(sorted(want), sorted(raws(f.sink.take()))); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
				if st := f.sink.state(); st.State != data.StateLive || st.Detail != "" || st.Lost != 0 {
					t.Errorf("state = %+v", st)
				}
			})
		})
	}
}

// wantSaid checks that the state names the file, while the other one keeps it live.
func (f *following) wantSaid(name string) {
	f.t.Helper()
	if st := f.sink.state(); st.State != data.StateLive || !strings.Contains(st.Detail, name) {
		f.t.Errorf("state %s, detail %q, which doesn't name %s", st.State, st.Detail, name)
	}
}
