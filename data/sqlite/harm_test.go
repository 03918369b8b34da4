package sqlite

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
)

// watchEnv makes the test binary a reader that watches the database named by the
// variable until its standard input ends.
const watchEnv = "DONNATOP_TEST_WATCH"

// watchEvery is a hundred times as often as donnatop looks by itself.
const watchEvery = 10 * time.Millisecond

// liveSink says on standard output when the first load is done.
type liveSink struct {
	nullSink
	said *bool
}

func (s liveSink) SetState(_ string, st data.SourceState) {
	if st.State == data.StateLive && !*s.said {
		*s.said = true
		os.Stdout.WriteString("live\n")
	}
}

// watchOn is the reader of [watchEnv].
func watchOn(path string) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	NewSource(Options{Path: path, Poll: watchEvery}).Run(ctx, liveSink{said: new(bool)})
}

// attach has another process watch the database until the function is called.
func attach(t testing.TB, path string) (detach func()) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), watchEnv+"="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("live\n"))
	if _, err := io.ReadFull(out, line); err != nil || string(line) != "live\n" {
		t.Fatalf("reader said %q: %v", line, err)
	}
	return func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func sizeOf(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// The WAL, which SQLite never makes shorter while it is in use, is no longer
// beside a reader who looks after every few commits than without one: no read
// transaction outlasts a poll. [TestHarmless] has the rest: whose files lie there.
func TestWALDoesNotGrowBesideAReader(t *testing.T) {
	const commits, every = 4000, 7
	grow := func(watched bool) (size int64) {
		d := newDonna(t, t.TempDir())
		d.call(testNow)
		var s *Source
		if watched {
			s = NewSource(Options{Path: d.path, Clock: fixedClock{now: testNow}})
			s.begin(nullSink{})
			defer s.disconnect()
		}
		for i := range commits {
			d.call(testNow)
			if watched && i%every == 0 {
				s.poll(context.Background())
			}
		}
		if watched && (s.db == nil || s.db.how != locked || s.view.store.View().Rows < commits-every) {
			t.Fatalf("the reader wasn't there: %+v", s.state)
		}
		files, err := os.ReadDir(filepath.Dir(d.path))
		if err != nil || len(files) != 3 {
			t.Errorf("files %v, %v: want the database, -wal and -shm", files, err)
		}
		return sizeOf(t, d.path+"-wal")
	}
	alone, beside := grow(false), grow(true)
	if beside > 2*alone {
		t.Errorf("WAL of %d bytes beside a reader, %d without", beside, alone)
	}
}

// BenchmarkWriter is what Donna's commits cost her, alone and beside a donnatop in
// another process that looks a hundred times as often as it does by itself: rounds
// in turn, on one database each. The ratios are what counts.
func BenchmarkWriter(b *testing.B) {
	const commits = 400
	var times [2][]time.Duration // alone, beside
	var writers [2]*donna
	for i := range writers {
		writers[i] = newDonna(b, b.TempDir())
		writers[i].exec("PRAGMA synchronous = normal")
		writers[i].call(testNow)
	}
	round := func(which int) {
		d := writers[which]
		if which == 1 {
			defer attach(b, d.path)()
		}
		for range commits {
			before := b.Elapsed()
			d.call(time.Now())
			times[which] = append(times[which], b.Elapsed()-before)
		}
	}
	for b.Loop() {
		round(0)
		round(1)
	}
	at := func(which int, q float64) float64 {
		slices.Sort(times[which])
		return float64(times[which][int(q*float64(len(times[which])-1))])
	}
	b.ReportMetric(at(0, 0.5), "p50-ns-alone")
	b.ReportMetric(at(1, 0.5)/at(0, 0.5), "p50-ratio")
	b.ReportMetric(at(1, 0.99)/at(0, 0.99), "p99-ratio")
	b.ReportMetric(float64(sizeOf(b, writers[1].path+"-wal"))/float64(sizeOf(b, writers[0].path+"-wal")), "wal-ratio")
}
