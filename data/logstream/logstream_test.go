package logstream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/logstream"
	"github.com/donna-project/donnatop/data/loki"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// at is a line of Donna's that many seconds after noon.
func at(second int, event string) string {
	return fmt.Sprintf(`{"event":%q,"timestamp":%q}`, event, noon.Add(time.Duration(second)*time.Second).Format(time.RFC3339))
}

// fakeLoki gives pages of given lines, and follows what a test does.
type fakeLoki struct {
	pages  [][]loki.Line // oldest first
	err    error         // after the pages
	follow func(ctx context.Context, o loki.FollowOptions) error

	query    string
	from, to time.Time
	given    int // pages
}

func (f *fakeLoki) Lines(_ context.Context, query string, from, to time.Time, d loki.Direction, yield func([]loki.Line) error) error {
	f.query, f.from, f.to = query, from, to
	pages := slices.Clone(f.pages)
	if d == loki.Backward {
		slices.Reverse(pages)
	}
	for _, p := range pages {
		f.given++
		if err := yield(p); err != nil {
			return err
		}
	}
	return f.err
}

func (f *fakeLoki) Follow(ctx context.Context, o loki.FollowOptions) error { return f.follow(ctx, o) }

func page(seconds ...int) (lines []loki.Line) {
	for _, s := range seconds {
		lines = append(lines, line(s, fmt.Sprintf("loki%d", s)))
	}
	return lines
}

func line(second int, event string) loki.Line {
	return loki.Line{Time: noon.Add(time.Duration(second) * time.Second).UnixNano(), Text: at(second, event), Labels: map[string]string{"container_name": "donna-api"}}
}

// A stream is one Read and what it gave.
type stream struct {
	mu     sync.Mutex
	events []string
	said   []string
}

func (s *stream) options() logstream.Options {
	return logstream.Options{
		Clock: clockwork.NewRealClock(),
		Emit: func(batch []logline.Entry) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, e := range batch {
				if e.JSON {
					s.events = append(s.events, e.Event)
				} else {
					s.events = append(s.events, e.Raw)
				}
			}
			return nil
		},
		Say: func(text string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.said = append(s.said, text)
		},
	}
}

func (s *stream) want(t *testing.T, events ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if diff := cmp.Diff(events, s.events); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func (s *stream) heard(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.said, func(m string) bool { return strings.Contains(m, text) })
}

func file(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "donna.log")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func appendTo(t *testing.T, path string, lines ...string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, strings.Join(lines, "\n")+"\n"); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, text string) *filter.Filter {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPastIsMergedByTime(t *testing.T) {
	var s stream
	o := s.options()
	l := &fakeLoki{pages: [][]loki.Line{page(1, 3), page(5, 6, 9)}}
	o.Loki, o.Query = l, "{x=`y`}"
	o.Files = []string{file(t, at(0, "f0"), at(2, "f2"), at(2, "g2"), at(7, "f7"), at(8, "f8"))}
	o.From, o.To = noon, noon.Add(time.Hour)
	if err := logstream.Read(t.Context(), o); err != nil {
		t.Fatal(err, s.said)
	}
	s.want(t, "f0", "loki1", "f2", "g2", "loki3", "loki5", "loki6", "f7", "f8", "loki9")
	if l.query != "{x=`y`}" || !l.from.Equal(noon) || !l.to.After(noon.Add(time.Hour)) {
		t.Errorf("asked %s from %v to %v", l.query, l.from, l.to)
	}
	if len(s.said) > 0 {
		t.Errorf("said %q", s.said)
	}
}

func TestBounds(t *testing.T) {
	var s stream
	o := s.options()
	// Loki's stamps are later than the lines' own times, which decide at the end;
	// a line that was shipped late belongs by its stamp.
	early, late, shipped := line(59, "in"), line(61, "out"), line(30, "shipped")
	early.Time += 2e9
	shipped.Text = at(-500, "shipped")
	o.Loki = &fakeLoki{pages: [][]loki.Line{{shipped, early, late}}}
	o.Files = []string{file(t, "no time yet", at(-1, "before"), at(0, "first"), at(60, "last"), at(61, "after"), "of the line before")}
	o.From, o.To = noon, noon.Add(time.Minute)
	if err := logstream.Read(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	slices.Sort(s.events)
	s.want(t, "first", "in", "last", "no time yet", "shipped")
}

// TestLinesOfBoth has the files of the containers whose lines Loki has too.
func TestLinesOfBoth(t *testing.T) {
	docker := func(second int, text string) string {
		return fmt.Sprintf(`{"log":%q,"stream":"stdout","time":%q}`, text+"\n", noon.Add(time.Duration(second)*time.Second+7).Format(time.RFC3339Nano))
	}
	inLoki := func(second int, text string) loki.Line {
		return loki.Line{Time: noon.Add(time.Duration(second)*time.Second + 7).UnixNano(), Text: text, Labels: map[string]string{"container_name": "donna-api"}}
	}
	pages := [][]loki.Line{{inLoki(1, at(1, "a")), inLoki(2, "Traceback"), inLoki(2, at(2, "b"))}, {inLoki(4, at(3, "late")), inLoki(5, at(5, "of Loki"))}}
	path := file(t, docker(0, at(0, "of the file")), docker(1, at(1, "a")), docker(2, "Traceback"), docker(2, at(2, "b")), docker(4, at(3, "late")), docker(4, at(3, "late")))
	for limit, want := range map[int][]string{
		0: {"of the file", "a", "Traceback", "b", "late", "late", "of Loki"},
		3: {"late", "late", "of Loki"},
	} {
		var s stream
		o := s.options()
		o.Loki, o.Files, o.From, o.To, o.Limit = &fakeLoki{pages: pages}, []string{path}, noon, noon.Add(time.Hour), limit
		if err := logstream.Read(t.Context(), o); err != nil {
			t.Fatal(err, s.said)
		}
		s.want(t, want...)
	}
}

func TestFilterAndLimit(t *testing.T) {
	for limit, want := range map[int][]string{
		0:  {"loki0", "f0", "loki10", "f10", "loki20", "f20"},
		1:  {"f20"},
		3:  {"f10", "loki20", "f20"},
		99: {"loki0", "f0", "loki10", "f10", "loki20", "f20"},
	} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			var s stream
			o := s.options()
			l := &fakeLoki{pages: [][]loki.Line{page(0, 1), page(2, 3), page(10, 11), page(20, 21)}}
			o.Loki, o.Filter, o.Limit = l, parse(t, "event:/0$/"), limit
			o.Files = []string{file(t, at(0, "f0"), at(5, "f5"), at(10, "f10"), at(20, "f20"))}
			if err := logstream.Read(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			s.want(t, want...)
			if limit == 1 && l.given > 1 {
				t.Errorf("%d pages were read for one line", l.given)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	refused := &loki.Error{Kind: loki.KindRefused, Op: "query Loki", Addr: "http://loki:3100"}
	rejected := &loki.Error{Kind: loki.KindQuery, Op: "query Loki", Text: "parse error"}
	for _, tc := range []struct {
		name  string
		loki  error
		files []string
		want  error
		said  string
	}{
		{name: "Loki is down", loki: refused, want: logstream.ErrIncomplete, said: "connection refused"},
		{name: "Loki rejects the query", loki: rejected, want: rejected},
		{name: "a file is missing", files: []string{"missing.log"}, want: logstream.ErrIncomplete, said: "missing.log: no such file"},
		{name: "a glob is none", files: []string{"[a"}, want: logstream.ErrIncomplete, said: "glob"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s stream
			o := s.options()
			o.Loki = &fakeLoki{pages: [][]loki.Line{page(1)}, err: tc.loki}
			o.Files = append(tc.files, file(t, at(2, "f2")))
			if err := logstream.Read(t.Context(), o); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			want := []string{"loki1", "f2"}
			if tc.name == "a glob is none" {
				want = want[:1]
			}
			s.want(t, want...)
			if tc.said != "" && !s.heard(tc.said) {
				t.Errorf("said %q, want %q", s.said, tc.said)
			}
		})
	}
}

func TestClosedOutput(t *testing.T) {
	var s stream
	o := s.options()
	closed := errors.New("broken pipe")
	o.Emit = func([]logline.Entry) error { return closed }
	o.Loki = &fakeLoki{pages: [][]loki.Line{page(1), page(2), page(3)}}
	o.Files = []string{file(t, at(2, "f2"))}
	if err := logstream.Read(t.Context(), o); !errors.Is(err, closed) {
		t.Errorf("error %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var s stream
	o := s.options()
	o.Loki = &fakeLoki{pages: [][]loki.Line{page(1)}}
	if err := logstream.Read(ctx, o); err != nil {
		t.Error(err)
	}
	s.want(t)
}

// TestFollow runs through what a follow goes through: the past in order, fresh
// lines as they come whatever the limit, an outage, and the end.
func TestFollow(t *testing.T) {
	for _, limit := range []int{0, 2} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s stream
				o := s.options()
				path := file(t, at(-99, "too old"), at(1, "f1"), at(3, "f3"))
				next := make(chan func(loki.FollowOptions))
				o.Loki = &fakeLoki{follow: func(ctx context.Context, lo loki.FollowOptions) error {
					if lo.Recent != limit || !lo.Tail || !lo.From.Equal(noon) {
						t.Errorf("options %+v", lo)
					}
					for {
						select {
						case do := <-next:
							do(lo)
						case <-ctx.Done():
							return nil
						}
					}
				}}
				o.Files, o.From, o.Follow, o.Limit = []string{path}, noon, true, limit
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- logstream.Read(ctx, o) }()

				next <- func(lo loki.FollowOptions) { lo.OnLines(page(0, 2)) }
				time.Sleep(time.Second) // of the bubble
				synctest.Wait()
				s.mu.Lock()
				if n := len(s.events); n > 3 {
					t.Errorf("%d lines though Loki has not given its past", n)
				}
				s.mu.Unlock()
				next <- func(lo loki.FollowOptions) { lo.OnLines(page(4)) }
				next <- func(lo loki.FollowOptions) { lo.OnStatus(loki.Status{AsOf: noon}) }
				synctest.Wait()
				past := []string{"loki0", "f1", "loki2", "f3", "loki4"}
				if limit > 0 {
					past = past[3:]
				}
				s.want(t, past...)

				appendTo(t, path, at(5, "f5"), at(-50, "written late"))
				time.Sleep(time.Second)
				next <- func(lo loki.FollowOptions) { lo.OnLines(append([]loki.Line{line(5, "f5")}, page(6, 7, 8)...)) }
				synctest.Wait()
				s.want(t, append(past, "f5", "written late", "loki6", "loki7", "loki8")...)

				down := &loki.Error{Kind: loki.KindRefused, Op: "query Loki"}
				next <- func(lo loki.FollowOptions) {
					lo.OnStatus(loki.Status{AsOf: noon, Err: down})
					lo.OnStatus(loki.Status{AsOf: noon, Err: down})
					lo.OnLines(page(9))
					lo.OnStatus(loki.Status{AsOf: noon, Lost: 3})
				}
				synctest.Wait()
				if len(s.said) != 3 || !s.heard("connection refused") || !s.heard("answers again") || !s.heard("3 lines are known to be lost") {
					t.Errorf("said %q", s.said)
				}
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				s.want(t, append(past, "f5", "written late", "loki6", "loki7", "loki8", "loki9")...)
			})
		})
	}
}

// TestFollowDoesNotWaitForWhoIsDown gives the lines of files while Loki fails,
// and Loki's when it is there.
func TestFollowDoesNotWaitForWhoIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s stream
		o := s.options()
		back := make(chan bool)
		o.Loki = &fakeLoki{follow: func(ctx context.Context, lo loki.FollowOptions) error {
			lo.OnStatus(loki.Status{Err: errors.New("down")})
			<-back
			lo.OnLines(page(1, 2))
			lo.OnStatus(loki.Status{AsOf: noon})
			<-ctx.Done()
			return nil
		}}
		o.Files, o.Follow, o.Limit = []string{file(t, at(3, "f3")), "waiting.log"}, true, 1
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- logstream.Read(ctx, o) }()
		synctest.Wait()
		s.want(t, "f3")
		if !s.heard("waiting.log: no such file; waiting") {
			t.Errorf("said %q", s.said)
		}
		back <- true
		synctest.Wait()
		s.want(t, "f3", "loki1", "loki2")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestFollowEndsWithItsInputs(t *testing.T) {
	rejected := &loki.Error{Kind: loki.KindQuery, Text: "parse error"}
	for name, files := range map[string][]string{"alone": nil, "beside a file": {"x.log"}} {
		t.Run(name, func(t *testing.T) {
			var s stream
			o := s.options()
			o.Loki = &fakeLoki{follow: func(context.Context, loki.FollowOptions) error { return rejected }}
			o.Files, o.Follow = files, true
			if err := logstream.Read(t.Context(), o); !errors.Is(err, rejected) {
				t.Errorf("error %v", err)
			}
		})
	}
	t.Run("standard input", func(t *testing.T) {
		var s stream
		o := s.options()
		o.Files, o.Stdin, o.Follow = []string{"-"}, strings.NewReader(at(1, "a")+"\n"+at(2, "b")), true
		if err := logstream.Read(t.Context(), o); err != nil {
			t.Error(err)
		}
		s.want(t, "a", "b")
	})
}
