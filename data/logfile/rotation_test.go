package logfile_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRandomRotation writes numbered lines in pieces of any size and rotates in any way at any moment: each line must
// come exactly once and unbroken.
func TestRandomRotation(t *testing.T) {
	for _, kind := range []string{"rename", "copy"} {
		for seed := range uint64(15) {
			t.Run(fmt.Sprintf("%s %d", kind, seed), func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				d := newDir(t)
				d.write("app.log", "")
				follow(t, []string{d.join("app.log*")}, func(f *following) {
					var want []string
					pending := "" // of a line that is written in pieces
					for range 150 {
						for range rnd.IntN(4) {
							line := stamped(len(want)%60, fmt.Sprintf("n%d", len(want)))
							want = append(want, line)
							pending += line + "\n"
						}
						if n := len(pending); rnd.IntN(3) > 0 {
							n = rnd.IntN(n + 1)
							d.add("app.log", pending[:n])
							pending = pending[n:]
						}
						if rnd.IntN(8) == 0 {
							d.add("app.log", pending) // a logger rotates between lines
							pending = ""
							rotate(f, d, kind, rnd)
						}
						if rnd.IntN(2) == 0 {
							f.poll()
						}
					}
					d.add("app.log", pending)
					f.wait(5 * time.Second)
					// Rotation by copying may bring the end of the old file after the beginning of the new one.
					if diff := cmp.Diff(sorted(want), sorted(raws(f.sink.take()))); diff != "" {
						t.Errorf("-want +got\n%s", diff)
					}
					if st := f.sink.state(); st.Lost != 0 {
						t.Errorf("state = %+v", st)
					}
				})
			})
		}
	}
}

// rotate keeps two old files, as log rotation does, polling in between or not.
func rotate(f *following, d dir, kind string, rnd *rand.Rand) {
	maybePoll := func() {
		if rnd.IntN(2) == 0 {
			f.poll()
		}
	}
	f.poll() // app.log.2 goes for good: no reader could read it later
	if _, err := os.Stat(d.join("app.log.1")); err == nil {
		d.rename("app.log.1", "app.log.2")
		maybePoll()
	}
	switch kind {
	case "rename":
		d.rename("app.log", "app.log.1")
		maybePoll()
		d.write("app.log", "")
	case "copy":
		d.copy("app.log", "app.log.1")
		maybePoll()
		d.truncate("app.log")
	}
	maybePoll()
}
