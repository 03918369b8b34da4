package logfile_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
)

// search runs a search and gives its lines.
func search(t *testing.T, o logfile.SearchOptions) (hits []logfile.Hit, done logfile.Searched) {
	t.Helper()
	done, err := logfile.Search(t.Context(), o, func(batch []logfile.Hit) error {
		hits = append(hits, batch...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hits, done
}

func hitRaws(hits []logfile.Hit) (out []string) {
	for _, h := range hits {
		out = append(out, h.Raw)
	}
	return out
}

func holding(text string) func(string) bool {
	return func(line string) bool { return strings.Contains(line, text) }
}

// TestSearchRotatedFiles: all files of the globs, oldest first, each once.
func TestSearchRotatedFiles(t *testing.T) {
	d := newDir(t)
	old, newer := d.write("app.log.1", lines(stamped(1, "want-a"), stamped(2, "b"))), d.write("app.log", stamped(3, "want-c")+"\nwant-d without newline")
	d.must(os.Chtimes(old, time.Unix(1000, 0), time.Unix(1000, 0)))
	d.must(os.Symlink(newer, d.join("app.log.link")))
	var progress []float64
	hits, done := search(t, logfile.SearchOptions{Paths: []string{d.join("app.log*"), newer, "-"}, Keep: holding("want"), Progress: func(p float64) { progress = append(progress, p) }})
	if got, want := hitRaws(hits), []string{stamped(1, "want-a"), stamped(3, "want-c"), "want-d without newline"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if done.Files != 2 || done.Detail() != "" || hits[0].Service != "app" || hits[0].Source != logline.SourceLogs {
		t.Errorf("%+v, service %q", done, hits[0].Service)
	}
	if !slices.IsSortedFunc(hits, func(a, b logfile.Hit) int { return int(a.Place - b.Place) }) || hits[1].Place == hits[2].Place {
		t.Errorf("places %d %d %d", hits[0].Place, hits[1].Place, hits[2].Place)
	}
	if !slices.IsSorted(progress) || progress[len(progress)-1] != 1 {
		t.Errorf("progress %v", progress)
	}
	if hits, _ := search(t, logfile.SearchOptions{Paths: []string{d.join("app.log*")}, Since: time.Unix(2000, 0)}); len(hits) != 2 {
		t.Errorf("an old file was searched: %q", hitRaws(hits))
	}
}

// TestSearchGivesWhatReadingGives: whatever is kept is the entry that the source
// makes of the line, its time above all.
func TestSearchGivesWhatReadingGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	d := newDir(t)
	var content strings.Builder
	for i := range 3000 {
		text := []string{
			stamped(i%60, "timed"), `{"event": "untimed want"}`, "Traceback (most recent call last): want", `{"timestamp": 5, "event": "no time"}`,
			`{"event": "cut off`, "",
		}[min(rng.IntN(14), 5)]
		if text == "" {
			text = stamped(i%60, "want")
		}
		content.WriteString(text + "\r\n")
	}
	path := d.write("app.log", content.String())
	docker := d.write("docker.log", func() string {
		var b strings.Builder
		for l := range strings.Lines(content.String()) {
			b.WriteString(wrap(l, []string{"stdout", "stderr"}[rng.IntN(2)], rng.IntN(60)) + "\n")
		}
		return b.String()
	}())
	for _, p := range []string{path, docker} {
		var want []logline.Entry
		for _, e := range readOnce(t, p).take() {
			if strings.Contains(e.Raw, "want") {
				want = append(want, e)
			}
		}
		hits, _ := search(t, logfile.SearchOptions{Paths: []string{p}, Keep: holding("want")})
		if len(hits) != len(want) || len(want) < 500 {
			t.Fatalf("%d lines, want %d", len(hits), len(want))
		}
		for i := range want {
			got := hits[i].Entry
			if got.Raw != want[i].Raw || !got.Time.Equal(want[i].Time) || got.Service != want[i].Service || !got.Transport.Equal(want[i].Transport) {
				t.Fatalf("line %d:\ngot  %+v\nwant %+v", i, got, want[i])
			}
		}
	}
}

func TestSearchJoinsDockersParts(t *testing.T) {
	d := newDir(t)
	long := stamped(1, strings.Repeat("x", 20)+"want"+strings.Repeat("y", 20))
	middle := strings.Index(long, "want") + 2 // the id itself is split
	path := d.write("c-json.log", lines(wrap(long[:middle], "stdout", 1), wrap("between\n", "stderr", 2), wrap(long[middle:]+"\n", "stdout", 3)))
	if hits, _ := search(t, logfile.SearchOptions{Paths: []string{path}, Keep: holding("want")}); len(hits) != 1 || hits[0].Raw != long {
		t.Errorf("%q", hitRaws(hits))
	}
}

func TestSearchFaults(t *testing.T) {
	d := newDir(t)
	good := d.write("good.log", lines("want"))
	binary := d.write("packed.log.gz", "\x1f\x8b\x08\x00rest want\n")
	hits, done := search(t, logfile.SearchOptions{Paths: []string{good, binary, d.join("missing.log"), d.path}})
	if len(hits) != 1 || done.Files != 1 || len(done.Faults) != 3 {
		t.Errorf("%q, %+v", hitRaws(hits), done)
	}
	if _, done := search(t, logfile.SearchOptions{Paths: []string{d.join("*.log*")}}); done.Incomplete || len(done.Faults) != 1 {
		t.Errorf("a compressed file beside the log: %+v", done)
	}
	if !done.Incomplete {
		t.Error("a missing file counts for nothing")
	}
	for _, want := range []string{"packed.log.gz", "missing.log", "is a directory"} {
		if !strings.Contains(done.Detail(), want) {
			t.Errorf("%q says nothing of %s", done.Detail(), want)
		}
	}
	stop := errors.New("enough")
	if _, err := logfile.Search(t.Context(), logfile.SearchOptions{Paths: []string{good}}, func([]logfile.Hit) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := logfile.Search(ctx, logfile.SearchOptions{Paths: []string{good}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	cut := d.write("long.log", strings.Repeat("x", 5<<20)+"want\nwant\n")
	if hits, done := search(t, logfile.SearchOptions{Paths: []string{cut}, Keep: holding("want")}); len(hits) != 1 || done.Cut != 1 {
		t.Errorf("%d lines, %+v", len(hits), done)
	}
}

func TestSearchReader(t *testing.T) {
	var hits []logfile.Hit
	done, err := logfile.SearchReader(t.Context(), strings.NewReader("a want\nb\nwant"), "stdin", logfile.SearchOptions{Keep: holding("want")}, func(batch []logfile.Hit) error {
		hits = append(hits, batch...)
		return nil
	})
	if err != nil || done.Files != 1 || len(hits) != 2 || hits[1].Service != "stdin" {
		t.Errorf("%v, %+v, %q", err, done, hitRaws(hits))
	}
}

// BenchmarkSearch passes over 100,000 lines (41 MB) of which none is wanted.
func BenchmarkSearch(b *testing.B) {
	path := b.TempDir() + "/all"
	var all strings.Builder
	for i := range benchLines {
		all.WriteString(benchLine(i) + "\n")
	}
	if err := os.WriteFile(path, []byte(all.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	texts := make([]string, 200)
	for i := range texts {
		texts[i] = `"0190f3a2-7b1c-7d4e-9f00-99` + strings.Repeat(string(rune('a'+i%26)), 10) + `"`
	}
	b.SetBytes(int64(all.Len()))
	for b.Loop() {
		if _, err := logfile.Search(b.Context(), logfile.SearchOptions{Paths: []string{path}, Keep: logline.NewNeedles(texts).In}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
