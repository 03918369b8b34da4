package loki

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// searchLines fills a Loki with a line a second, each with its number, and a
// second stream beside it.
func searchLines(f *fakeLoki, n int) (base time.Time) {
	base = time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)
	for i := range n {
		at := base.Add(time.Duration(i) * time.Second)
		text := fmt.Sprintf(`{"n": "line-%05d", "task_id": "task-%d", "level": "info", "timestamp": %q}`, i, i%100, at.Add(-50*time.Millisecond).Format(time.RFC3339Nano))
		f.push(fakeLine{time: at.UnixNano(), labels: "service=donna-api", text: text})
	}
	return base
}

func TestSearchFind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		base := searchLines(f, 3000)
		s := NewSearch(f.client(), `{service=~".+"}`)
		if s.Source() != logline.SourceLoki {
			t.Errorf("source %q", s.Source())
		}
		find := func(texts ...string) (raws []string, progress []float64) {
			var places []int64
			gaps, err := s.Find(t.Context(), trace.LogQuery{Texts: texts, From: base, To: base.Add(time.Hour), Progress: func(p float64) { progress = append(progress, p) }}, func(found []trace.Found) error {
				for _, l := range found {
					if l.Service != "donna-api" || l.Source != logline.SourceLoki || l.Place != l.Transport.UnixNano() || !l.JSON {
						t.Errorf("found %+v", l)
					}
					raws, places = append(raws, l.Raw), append(places, l.Place)
				}
				return nil
			})
			if err != nil || len(gaps) != 0 {
				t.Fatalf("%v, %v", gaps, err)
			}
			return raws, progress
		}
		if raws, _ := find(`"task-7"`); len(raws) != 30 {
			t.Errorf("%d lines of one text", len(raws))
		}
		raws, progress := find(`"task-7"`, `"line-00012"`, `nothing.*`)
		if len(raws) != 31 || !slices.IsSorted(progress) || progress[len(progress)-1] != 1 {
			t.Errorf("%d lines of several texts, progress %v", len(raws), progress)
		}
		// more texts than fit into one query
		var texts []string
		for i := range 95 {
			texts = append(texts, fmt.Sprintf(`"line-%05d"`, i))
		}
		if raws, _ := find(texts...); len(raws) != 95 {
			t.Errorf("%d lines of 95 texts", len(raws))
		}
		// no text can be more than a text
		for _, hostile := range []string{"`} |= `", `" | json | line_format "x`, ".*", "\\", `{service="x"}`} {
			if raws, _ := find(hostile); len(raws) != 0 {
				t.Errorf("%q finds %d lines", hostile, len(raws))
			}
		}
	})
}

func TestSearchFindFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		base := searchLines(f, 10)
		s := NewSearch(f.client(), `{service=~".+"}`)
		stop := errors.New("enough")
		q := trace.LogQuery{Texts: []string{"task"}, From: base, To: base.Add(time.Minute)}
		if _, err := s.Find(t.Context(), q, func([]trace.Found) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error %v", err)
		}
		f.setDown(true)
		_, err := s.Find(t.Context(), q, func([]trace.Found) error { t.Error("lines of a Loki that is down"); return nil })
		checkError(t, err, KindRefused, []string{"connection refused"})
	})
}

// TestSearchNewest reads no more of a range than it takes.
func TestSearchNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		base := searchLines(f, 20_000)
		s := NewSearch(f.client(), `{service=~".+"}`)
		query, err := filter.Parse("task_id=task-7")
		if err != nil {
			t.Fatal(err)
		}
		q := data.LineQuery{From: base, To: base.Add(6 * time.Hour), Filter: query}
		var got []trace.Found
		last := time.Time{}
		take := func(most int) func([]trace.Found, time.Time) bool {
			return func(lines []trace.Found, before time.Time) bool {
				for _, l := range lines {
					if l.Raw == "" || !strings.Contains(l.Raw, "task-7") {
						t.Errorf("Loki was not asked for less than all: %s", l.Raw)
					}
					if !last.IsZero() && l.Time.After(last) {
						t.Errorf("%v after a promise of %v", l.Time, last)
					}
				}
				last = before
				got = append(got, lines...)
				return len(got) < most
			}
		}
		if err := s.Newest(t.Context(), q, take(1<<30), func(float64) {}); err != nil {
			t.Fatal(err)
		}
		all := len(got)
		got, last = nil, time.Time{}
		before := f.asked()
		if err := s.Newest(t.Context(), q, take(10), func(float64) {}); err != nil {
			t.Fatal(err)
		}
		if all < 2000 || len(got) == 0 || len(got) >= all || f.asked()-before != 1 {
			t.Errorf("%d of %d lines in %d queries", len(got), all, f.asked()-before)
		}
	})
}
