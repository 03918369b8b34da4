package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/data/trace"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func clock() clockwork.Clock { return clockwork.NewFakeClockAt(now) }

// line is a line of so many seconds ago.
func line(seconds int, event string) string {
	return fmt.Sprintf(`{"event": %q, "level": "info", "timestamp": %q}`, event, now.Add(-time.Duration(seconds)*time.Second).Format(time.RFC3339))
}

func write(t testing.TB, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakeSource is a log that hands out its lines newest first, some at a time.
type fakeSource struct {
	trace.Logs
	lines []string
	err   error
	asked int // pages
}

func (f *fakeSource) Newest(_ context.Context, _ data.LineQuery, take func([]trace.Found, time.Time) bool, progress func(float64)) error {
	if f.err != nil {
		return f.err
	}
	for i := len(f.lines); i > 0; i -= 3 {
		f.asked++
		var page []trace.Found
		for n := max(i-3, 0); n < i; n++ {
			found := trace.Found{Entry: logline.Entry{Source: logline.SourceLoki}, Place: int64(n)}
			logline.Parse(&found.Entry, f.lines[n], now, now)
			page = append(page, found)
		}
		progress(float64(len(f.lines)-i) / float64(len(f.lines)))
		if !take(page, page[0].Time) {
			return nil
		}
	}
	progress(1)
	return nil
}

func eventsOf(page data.LinePage) (out []string) {
	for _, e := range page.Lines {
		out = append(out, e.Event)
	}
	return out
}

func TestLinesOfTwoSources(t *testing.T) {
	both := []string{line(50, "a"), line(40, "b"), line(40, "b"), line(30, "c")}
	loki := &fakeSource{lines: append(slices.Clone(both), line(5, "loki"))}
	files := archive.NewFiles([]string{write(t, "app.log", append(slices.Clone(both), line(40, "b"), line(10, "file"), "no JSON")...)}, nil)
	a := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{loki, files}})
	var progress []float64
	page, err := a.Lines(t.Context(), data.LineQuery{Limit: 100}, func(p float64) { progress = append(progress, p) })
	if err != nil {
		t.Fatal(err)
	}
	if got, want := eventsOf(page), []string{"a", "b", "b", "b", "c", "file", "", "loki"}; !slices.Equal(got, want) || page.More {
		t.Errorf("got %q, more %v, want %q", got, page.More, want)
	}
	if !slices.IsSorted(progress) || progress[len(progress)-1] != 1 {
		t.Errorf("progress %v", progress)
	}
	query, err := filter.Parse("event:/[bc]/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    data.LineQuery
		want []string
		more bool
	}{
		{data.LineQuery{Limit: 2}, []string{"", "loki"}, true},
		{data.LineQuery{Limit: 8}, []string{"a", "b", "b", "b", "c", "file", "", "loki"}, false},
		{data.LineQuery{Limit: 9, From: now.Add(-40 * time.Second), To: now.Add(-10 * time.Second)}, []string{"b", "b", "b", "c", "file", ""}, false},
		{data.LineQuery{Limit: 9, Filter: query}, []string{"b", "b", "b", "c"}, false},
		{data.LineQuery{Limit: 2, Filter: query}, []string{"b", "c"}, true},
		{data.LineQuery{Limit: 9, To: now.Add(-time.Hour)}, nil, false},
	} {
		page, err := a.Lines(t.Context(), c.q, nil)
		if err != nil || !slices.Equal(eventsOf(page), c.want) || page.More != c.more {
			t.Errorf("%+v: %q, more %v, %v; want %q, %v", c.q, eventsOf(page), page.More, err, c.want, c.more)
		}
	}
}

// TestLinesStopsReading: a source that reads backwards is not read to its end.
func TestLinesStopsReading(t *testing.T) {
	loki := &fakeSource{}
	for i := range 3000 {
		loki.lines = append(loki.lines, line(3000-i, fmt.Sprint(i)))
	}
	page, err := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{loki}}).Lines(t.Context(), data.LineQuery{Limit: 10}, nil)
	if err != nil || len(page.Lines) != 10 || page.Lines[9].Event != "2999" || page.Lines[0].Event != "2990" || !page.More {
		t.Errorf("%q, more %v, %v", eventsOf(page), page.More, err)
	}
	if loki.asked > 6 {
		t.Errorf("%d pages were read for 10 lines", loki.asked)
	}
}

func TestLinesOfFailingSources(t *testing.T) {
	bad := &fakeSource{err: errors.New("connection refused")}
	good := archive.NewFiles([]string{write(t, "app.log", line(5, "a"))}, nil)
	hub := data.NewHub(data.HubOptions{Clock: clock()})
	hub.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Gaps: []data.Gap{{From: now.Add(-9 * time.Second), To: now.Add(-8 * time.Second), Reason: "truncated"}, {From: now.Add(time.Hour), To: now.Add(2 * time.Hour)}}})
	hub.Publish()
	page, err := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{bad, good}, Snapshot: hub.Snapshot}).Lines(t.Context(), data.LineQuery{Limit: 5, From: now.Add(-time.Minute)}, nil)
	if err != nil || len(page.Lines) != 1 {
		t.Fatalf("%q, %v", eventsOf(page), err)
	}
	if len(page.Gaps) != 2 || page.Gaps[0].Reason != "connection refused" || !page.Gaps[0].From.Equal(now.Add(-time.Minute)) || page.Gaps[1].Reason != "truncated" {
		t.Errorf("gaps %+v", page.Gaps)
	}
	some := archive.NewFiles([]string{write(t, "app.log", line(5, "a")), filepath.Join(t.TempDir(), "missing.log")}, nil)
	if page, err := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{some}}).Lines(t.Context(), data.LineQuery{Limit: 5}, nil); err != nil || len(page.Lines) != 1 || len(page.Gaps) != 1 {
		t.Errorf("one of two files: %+v, %v", page, err)
	}
	missing := archive.NewFiles([]string{filepath.Join(t.TempDir(), "missing.log")}, nil)
	if _, err := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{missing}}).Lines(t.Context(), data.LineQuery{Limit: 5}, nil); err == nil || !strings.Contains(err.Error(), "missing.log") {
		t.Errorf("error %v", err)
	}
	for name, a := range map[string]*archive.Archive{"no source": archive.New(archive.Options{Clock: clock()}), "no limit": archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{good}})} {
		if _, err := a.Lines(t.Context(), data.LineQuery{Limit: map[string]int{"no source": 1}[name]}, nil); err == nil || !strings.Contains(err.Error(), "no l") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := archive.New(archive.Options{Clock: clock()}).Invocations(t.Context(), data.InvocationQuery{Limit: 1}); err == nil || !strings.Contains(err.Error(), "--db") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{good}}).Lines(ctx, data.LineQuery{Limit: 5}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestStandardInput is read once and can be searched again and again.
func TestStandardInput(t *testing.T) {
	files := archive.NewFiles([]string{"-"}, strings.NewReader(line(9, "a")+"\n"+line(8, "b")))
	for range 2 {
		var found []trace.Found
		gaps, err := files.Find(t.Context(), trace.LogQuery{Texts: []string{`"b"`}}, func(f []trace.Found) error { found = append(found, f...); return nil })
		if err != nil || gaps != nil || len(found) != 1 || found[0].Event != "b" || found[0].Service != "stdin" {
			t.Errorf("%+v, %v, %v", found, gaps, err)
		}
	}
	if archive.NewFiles([]string{"-"}, nil) != nil || archive.NewFiles(nil, nil) != nil {
		t.Error("a source without anything to read")
	}
}

// simulated is a month of Donna's life, made once for the benchmarks.
func simulated(b *testing.B) (db, log string) {
	b.Helper()
	dir := filepath.Join(os.TempDir(), "donnatop-simulated-v1-31d")
	db, log = filepath.Join(dir, "donna_tasks.db"), filepath.Join(dir, "donna.log")
	if _, err := os.Stat(db); err == nil {
		return db, log
	}
	sim, err := demo.New(b.Context(), demo.Options{Dir: dir + fmt.Sprint(os.Getpid()), Seed: 1, Start: now})
	if err == nil {
		err = errors.Join(sim.Close(), os.Rename(dir+fmt.Sprint(os.Getpid()), dir))
	}
	if err != nil {
		b.Fatal(err)
	}
	return db, log
}

// BenchmarkTrace traces a task in a month of Donna's life (63,000 calls, 411,000
// lines), and an id of twice as many lines as a trace holds.
func BenchmarkTrace(b *testing.B) {
	db, log := simulated(b)
	lookup := sqlite.NewLookup(db)
	var task string
	err := lookup.Read(b.Context(), func(find func(data.RowQuery) (data.RowPage, error)) error {
		page, err := find(data.RowQuery{Table: "nudge_events", Time: "created_at", From: now.Add(-20 * 24 * time.Hour), To: now, Limit: 1000})
		if err == nil {
			task = strings.Trim(string(page.Rows[0].Fields["task_id"]), `"`)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("task", func(b *testing.B) { traceOf(b, lookup, log, task) })
	var long bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&long, `{"task_id": "019e9da7-c2c8-7e82-9743-3131844013eb", "n": %d, "event": "chat.tool_loop_turn", "level": "info", "user_id": "system", "timestamp": %q}`+"\n", i, now.Add(time.Duration(i-20_000)*time.Second).Format(time.RFC3339))
	}
	path := filepath.Join(b.TempDir(), "long.log")
	if err := os.WriteFile(path, long.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("10,000 items", func(b *testing.B) { traceOf(b, lookup, path, "019e9da7-c2c8-7e82-9743-3131844013eb") })
}

func traceOf(b *testing.B, lookup *sqlite.Lookup, log, id string) {
	files := archive.NewFiles([]string{log}, nil)
	items := 0
	for b.Loop() {
		tr, err := trace.New(trace.Options{Clock: clock(), DB: lookup, Logs: []trace.Logs{files}}).Trace(b.Context(), id, func(*trace.Trace) {})
		if err != nil {
			b.Fatal(err)
		}
		items = len(tr.Items)
	}
	b.ReportMetric(float64(items), "items")
}

// BenchmarkLines reads the newest 1,000 lines of a level out of the month's 411,000.
func BenchmarkLines(b *testing.B) {
	_, log := simulated(b)
	query, err := filter.Parse("level>=warning")
	if err != nil {
		b.Fatal(err)
	}
	a := archive.New(archive.Options{Clock: clock(), Logs: []archive.Source{archive.NewFiles([]string{log}, nil)}})
	for b.Loop() {
		if page, err := a.Lines(b.Context(), data.LineQuery{Limit: 1000, Filter: query}, nil); err != nil || len(page.Lines) != 1000 {
			b.Fatalf("%d lines, %v", len(page.Lines), err)
		}
	}
}

// fakeDatabase remembers what it was asked.
type fakeDatabase struct {
	archive.Database
	asked data.InvocationQuery
}

func (f *fakeDatabase) Invocations(_ context.Context, q data.InvocationQuery) (page data.InvocationPage, err error) {
	f.asked = q
	return page, nil
}

// TestInvocationsOfALiveDatabase: what the rollup knows is told as long as it is that of the database as it is.
func TestInvocationsOfALiveDatabase(t *testing.T) {
	hub := data.NewHub(data.HubOptions{Clock: clock()})
	hub.SetDB(&data.DB{Invocations: data.NewInvocationStore(now).View()})
	db := &fakeDatabase{}
	a := archive.New(archive.Options{Clock: clock(), DB: db, Snapshot: hub.Snapshot})
	for state, want := range map[data.State]bool{data.StateConnecting: false, data.StateLive: true, data.StateStale: false} {
		hub.SetState(data.SourceDB, data.SourceState{State: state, Loaded: true})
		hub.Publish()
		if _, err := a.Invocations(t.Context(), data.InvocationQuery{Overflow: true}); err != nil || (db.asked.Known != nil) != want {
			t.Errorf("%s: known hours %v, %v", state, db.asked.Known, err)
		}
		if _, err := a.Invocations(t.Context(), data.InvocationQuery{}); err != nil || db.asked.Known != nil {
			t.Errorf("%s: known hours of all rows", state)
		}
	}
}
