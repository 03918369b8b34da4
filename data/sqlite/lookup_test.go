package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/demo"
)

// ask runs one query.
func ask(t testing.TB, l *Lookup, q data.RowQuery) data.RowPage {
	t.Helper()
	var page data.RowPage
	if err := l.Read(t.Context(), func(find func(data.RowQuery) (data.RowPage, error)) (err error) {
		page, err = find(q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return page
}

func rowIDs(page data.RowPage) (ids []int64) {
	for _, r := range page.Rows {
		ids = append(ids, r.RowID)
	}
	return ids
}

// demoDB is a database with the whole of Donna's schema and rows of invocation_log.
func demoDB(t testing.TB, rows int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := demo.Bulk(t.Context(), path, rows, 30, 1, testNow); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLookupFindsWholeValues(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.exec(`CREATE TABLE plain (task_id VARCHAR(36), n INTEGER, note TEXT, at DATETIME, body JSON, blob BLOB, x FLOAT)`)
	for i, task := range []any{"a", "A", "ab", nil, "a", `a" OR 1=1 --`, "a\x00b"} {
		d.exec(`INSERT INTO plain VALUES (?, ?, ?, ?, ?, x'00ff', ?)`, task, i, fmt.Sprint("<", i, ">"), "2026-06-15T10:00:0"+fmt.Sprint(i), `{"k": [1, 2]}`, 1.5)
	}
	l := NewLookup(d.path)
	for _, c := range []struct {
		name string
		q    data.RowQuery
		want []int64
		more bool
	}{
		{"text", data.RowQuery{Column: "task_id", Values: []string{"a"}}, []int64{1, 5}, false},
		{"several", data.RowQuery{Column: "task_id", Values: []string{"a", "ab", "b"}}, []int64{1, 3, 5}, false},
		{"metacharacters", data.RowQuery{Column: "task_id", Values: []string{`a" OR 1=1 --`}}, []int64{6}, false},
		{"NUL", data.RowQuery{Column: "task_id", Values: []string{"a\x00b"}}, []int64{7}, false},
		{"empty", data.RowQuery{Column: "task_id", Values: []string{""}}, nil, false},
		{"nothing asked for", data.RowQuery{Column: "task_id"}, nil, false},
		{"number", data.RowQuery{Column: "n", Values: []string{"3"}}, []int64{4}, false},
		{"not a number", data.RowQuery{Column: "n", Values: []string{"3 "}, And: map[string]string{"task_id": "a"}}, nil, false},
		{"two columns", data.RowQuery{Column: "task_id", Values: []string{"a"}, And: map[string]string{"n": "4"}}, []int64{5}, false},
		{"no such table", data.RowQuery{Table: "nowhere", Column: "task_id", Values: []string{"a"}}, nil, false},
		{"no such column", data.RowQuery{Column: "nothing", Values: []string{"a"}}, nil, false},
		{"no such second column", data.RowQuery{Column: "n", Values: []string{"1"}, And: map[string]string{"nothing": "4"}}, nil, false},
		{"limit: the newest", data.RowQuery{Column: "task_id", Values: []string{"a"}, Limit: 1}, []int64{5}, true},
		{"time", data.RowQuery{Time: "at", From: at(2), To: at(4)}, []int64{3, 4, 5}, false},
		{"time, open", data.RowQuery{Column: "task_id", Values: []string{"a"}, Time: "at", From: at(1)}, []int64{5}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Table, c.q.Limit = cmp.Or(c.q.Table, "plain"), cmp.Or(c.q.Limit, 100)
			page := ask(t, l, c.q)
			if got := rowIDs(page); !slices.Equal(got, c.want) || page.More != c.more {
				t.Errorf("rows %v, more %v; want %v, %v", got, page.More, c.want, c.more)
			}
		})
	}
	row := ask(t, l, data.RowQuery{Table: "plain", Column: "n", Values: []string{"0"}, Limit: 1}).Rows[0]
	for column, want := range map[string]string{"task_id": `"a"`, "n": "0", "note": `"<0>"`, "body": `{"k": [1, 2]}`, "blob": "null", "x": "1.5"} {
		if got := string(row.Fields[column]); got != want {
			t.Errorf("%s = %s, want %s", column, got, want)
		}
	}
}

// at is a second after 10 o'clock on the day of the tests.
func at(second int) time.Time { return time.Date(2026, 6, 15, 10, 0, second, 0, time.UTC) }

// TestLookupScansInParts searches more rows than one transaction takes, without
// an index, with a stretch of time and without.
func TestLookupScansInParts(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.exec("CREATE TABLE steps (id INTEGER PRIMARY KEY, run VARCHAR(36), at DATETIME)")
	const rows = 3*scanChunk + 17
	d.exec(`WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)
		INSERT INTO steps SELECT i * 3, 'run' || (i % 5000), strftime('%Y-%m-%dT%H:%M:%S', '2026-06-01', (i * 60) || ' seconds') FROM k`, rows)
	l := NewLookup(d.path)
	base := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	minute := func(i int) time.Time { return base.Add(time.Duration(i) * time.Minute) }
	for _, c := range []struct {
		name     string
		from, to time.Time
		want     []int64
	}{
		{"all", time.Time{}, time.Time{}, []int64{7 * 3, 5007 * 3, 10007 * 3}},
		{"from", minute(5007), time.Time{}, []int64{5007 * 3, 10007 * 3}},
		{"between", minute(5000), minute(5007), []int64{5007 * 3}},
		{"before", time.Time{}, minute(8), []int64{7 * 3}},
		{"never", minute(rows + 1), time.Time{}, nil},
		{"long ago", time.Time{}, minute(-1), nil},
	} {
		page := ask(t, l, data.RowQuery{Table: "steps", Column: "run", Values: []string{"run7"}, Time: "at", From: c.from, To: c.to, Limit: 10})
		if got := rowIDs(page); !slices.Equal(got, c.want) || page.More {
			t.Errorf("%s: %v, more %v; want %v", c.name, got, page.More, c.want)
		}
	}
}

// TestLookupPlans asks in all the ways there are over the schema as her
// migrations make it: no statement may walk through a table.
func TestLookupPlans(t *testing.T) {
	path := demoDB(t, 3000)
	s := &lookup{path: path}
	defer s.close()
	day := testNow.Add(-24 * time.Hour)
	for _, q := range []data.RowQuery{
		{Table: "invocation_log", Column: "id", Values: []string{"x"}},
		{Table: "invocation_log", Column: "task_id", Values: []string{"x", "y"}},
		{Table: "invocation_log", Column: "escalation_request_id", Values: []string{"7"}},
		{Table: "invocation_log", Column: "trace_id", Values: []string{"x"}},
		{Table: "invocation_log", Column: "input_hash", Values: []string{"x"}, And: map[string]string{"task_type": "tool_gap_lifecycle"}},
		{Table: "invocation_log", Column: "input_hash", Values: []string{"x"}, Time: "timestamp", From: day, To: testNow},
		{Table: "invocation_log", Column: "task_type", Values: []string{"x"}, Time: "timestamp", From: day, To: testNow},
		{Table: "invocation_log", Column: "chain_id", Values: []string{"x"}},
		{Table: "escalation_request", Column: "id", Values: []string{"7"}},
		{Table: "tasks", Column: "parent_task", Values: []string{"x"}},
		{Table: "skill_step_result", Column: "skill_run_id", Values: []string{"x"}, Time: "created_at", From: day},
	} {
		q.Limit = 10
		if err := s.attempt(t.Context(), func(d *database) error { _, err := s.find(t.Context(), d, q); return err }); err != nil {
			t.Fatal(err)
		}
	}
	statements := map[string]bool{}
	for sql := range s.db.conn.stmts {
		statements[sql] = true
	}
	err := s.attempt(t.Context(), func(d *database) error {
		w := newPageWalk(t.Context(), d, data.InvocationQuery{Limit: 4000})
		defer func() {
			for sql := range d.conn.stmts {
				statements[sql] = true
			}
		}()
		if err := w.byTime(); err != nil {
			return err
		}
		return w.end()
	})
	if err != nil {
		t.Fatal(err)
	}
	c := s.db.conn
	checked := 0
	for sql := range statements {
		if strings.HasPrefix(sql, "PRAGMA") || sql == "BEGIN" || sql == "COMMIT" || strings.Contains(sql, "sqlite_schema") || strings.Contains(sql, "pragma_") {
			continue
		}
		checked++
		var plan []string
		if err := c.each("EXPLAIN QUERY PLAN "+sql, func(st *stmt) bool {
			plan = append(plan, string(st.column(3).text()))
			return true
		}); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for _, step := range plan {
			if !strings.HasPrefix(step, "SEARCH ") {
				t.Errorf("%s\n\t%s", sql, strings.Join(plan, "\n\t"))
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d statements were checked", checked)
	}
}

func TestLookupNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{filepath.Join(dir, "missing.db"): "does not exist", text: "is not an SQLite database", dir: "no donna_tasks.db"} {
		err := NewLookup(path).Read(t.Context(), func(func(data.RowQuery) (data.RowPage, error)) error { t.Error("asked"); return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if _, err := NewLookup(path).Invocations(t.Context(), data.InvocationQuery{Limit: 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: invocations: %v, want %q", path, err, want)
		}
	}
	d := newDonna(t, dir)
	d.call(testNow)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := NewLookup(d.path).Read(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := NewLookup(d.path).Invocations(ctx, data.InvocationQuery{Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := NewLookup(d.path).Invocations(t.Context(), data.InvocationQuery{}); err == nil {
		t.Error("a page without a limit was read")
	}
}

// TestLookupOfAStoppedDonna reads without her -wal, and leaves none behind.
func TestLookupOfAStoppedDonna(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	d.close()
	page, err := NewLookup(d.path).Invocations(t.Context(), data.InvocationQuery{Limit: 5})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	left, err := filepath.Glob(d.path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestInvocationPages compares the pages with a plain sort of all rows, for rows
// in every form of time and in disorder.
func TestInvocationPages(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 6))
	d := newDonna(t, t.TempDir())
	type row struct {
		id   int64
		at   time.Time
		task string
	}
	var all []row
	var known *data.DB
	const interrupted = 17 // every so many rows
	base := testNow.Add(-50 * 24 * time.Hour).Truncate(time.Hour)
	write := func(text any, at time.Time, ok bool) {
		task := []string{"parse_task", "embed_task", "escalation_lifecycle"}[rng.IntN(3)]
		d.row(text, task)
		if ok {
			all = append(all, row{int64(d.n), at, task})
		}
	}
	for i := range 400 {
		if i == 350 {
			d.exec("UPDATE invocation_log SET interrupted = 1 WHERE rowid % ? = 0", interrupted)
			known = readDB(t, d.path)
		}
		// clusters, hours apart and weeks apart
		at := base.Add(time.Duration(rng.IntN(3)) * 16 * 24 * time.Hour).Add(time.Duration(rng.IntN(40)) * 30 * time.Minute).Add(time.Duration(rng.IntN(3)) * 999999 * time.Microsecond)
		switch rng.IntN(10) {
		case 0:
			write(at.Format(blankForm), at, true)
		case 1, 2:
			write(at.Format(awareForm), at, true)
		case 3:
			zone := time.FixedZone("", (rng.IntN(47)-23)*1800)
			write(at.In(zone).Format("2006-01-02T15:04:05.000000-07:00"), at, true)
		case 4:
			at = at.Truncate(24 * time.Hour)
			write(at.Format(time.DateOnly), at, true)
		case 5:
			write([]any{"garbage", "", "2026-99-99T00:00:00", 17, "zz"}[rng.IntN(5)], at, false)
		default:
			write(at.Format(naiveForm), at, true)
		}
	}
	d.exec("UPDATE invocation_log SET interrupted = 1 WHERE rowid % ? = 0", interrupted)
	slices.SortFunc(all, func(a, b row) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) })
	l := NewLookup(d.path)
	narrowed := 0
	for i := range 80 {
		q := data.InvocationQuery{Limit: 1 + rng.IntN(50)}
		if rng.IntN(2) == 0 {
			q.From = all[rng.IntN(len(all))].at
		}
		if rng.IntN(2) == 0 {
			q.To = all[rng.IntN(len(all))].at
		}
		if rng.IntN(3) == 0 {
			q.TaskTypes = []string{"embed_task"}
		}
		if rng.IntN(3) == 0 {
			q.Classes = []data.Class{data.ClassLLM, data.ClassAudit}
		}
		q.Interrupted = rng.IntN(2) == 0
		if rng.IntN(3) > 0 {
			if q.Known = known.Holding(&q); q.Known != nil {
				narrowed++
			}
		}
		var want []int64
		for _, r := range all {
			if !q.From.IsZero() && r.at.Before(q.From) || !q.To.IsZero() && r.at.After(q.To) ||
				q.TaskTypes != nil && r.task != "embed_task" || q.Classes != nil && r.task == "embed_task" ||
				q.Interrupted && r.id%interrupted != 0 {
				continue
			}
			want = append(want, r.id)
		}
		var got []int64
		for pages := 0; ; pages++ {
			page, err := l.Invocations(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Rows) > q.Limit || page.More && len(page.Rows) < q.Limit || pages > len(all) {
				t.Fatalf("a page of %d rows at a limit of %d, more %v", len(page.Rows), q.Limit, page.More)
			}
			for _, r := range page.Rows {
				got = append(got, r.RowID)
			}
			if !page.More {
				break
			}
			q.After = &page.Rows[len(page.Rows)-1]
		}
		if !slices.Equal(got, want) {
			for k := range want {
				if k >= len(got) || got[k] != want[k] {
					t.Logf("first difference at %d: %v", k, all[slices.IndexFunc(all, func(r row) bool { return r.id == want[k] })])
					break
				}
			}
			t.Fatalf("query %d %+v:\ngot  %v\nwant %v", i, q, got, want)
		}
	}
	if narrowed < 20 {
		t.Errorf("%d queries had the rollup's help", narrowed)
	}
}

// readDB is the database as a source has it.
func readDB(t testing.TB, path string) *data.DB {
	t.Helper()
	s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
	sink := &hubSink{}
	s.begin(sink)
	s.poll(t.Context())
	defer s.disconnect()
	if sink.db == nil {
		t.Fatal(s.state.Detail)
	}
	return sink.db
}

// TestInvocationsOfKnownHours: only hours that hold rows are read, those before what
// is known, and the rows that came later.
func TestInvocationsOfKnownHours(t *testing.T) {
	d := newDonna(t, t.TempDir())
	for hour := range 40 * 24 {
		d.call(testNow.Add(-time.Duration(hour) * time.Hour))
	}
	d.exec("UPDATE invocation_log SET overflow_escalated = 1 WHERE rowid IN (5, 900)") // five hours ago and before the horizon
	q := data.InvocationQuery{Overflow: true, Limit: 10}
	q.Known = readDB(t, d.path).Holding(&q)
	if len(q.Known.Hours) != 1 {
		t.Fatalf("hours %v", q.Known.Hours)
	}
	// what the rollup doesn't know shows which rows are read
	d.exec("UPDATE invocation_log SET overflow_escalated = 1 WHERE rowid IN (3, 300, 901)")
	d.call(testNow.Add(-48 * time.Hour)) // 961
	d.call(testNow)
	d.call(testNow.Add(-39 * 24 * time.Hour)) // 963
	d.exec("UPDATE invocation_log SET overflow_escalated = 1 WHERE rowid IN (961, 963)")
	l := NewLookup(d.path)
	ids := func() (ids []int64) {
		page, err := l.Invocations(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			ids = append(ids, r.RowID)
		}
		return ids
	}
	if got, want := ids(), []int64{5, 961, 900, 901, 963}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	d.calls(lateRows, testNow)
	if got, want := ids(), []int64{3, 5, 961, 300, 900, 901, 963}; !slices.Equal(got, want) {
		t.Errorf("with too many younger rows: %v, want %v", got, want)
	}
}

func TestInvocationPagesWithoutIndex(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.exec("DROP INDEX ix_invocation_log_timestamp")
	for i := range 5 {
		d.call(testNow.Add(time.Duration(i) * time.Minute))
	}
	l := NewLookup(d.path)
	page, err := l.Invocations(t.Context(), data.InvocationQuery{Limit: 2, To: testNow.Add(3 * time.Minute)})
	if err != nil || len(page.Rows) != 2 || page.Rows[0].RowID != 4 || !page.More {
		t.Fatalf("%+v, %v", page, err)
	}
	page, err = l.Invocations(t.Context(), data.InvocationQuery{Limit: 9, After: &page.Rows[1]})
	if err != nil || len(page.Rows) != 2 || page.Rows[0].RowID != 2 || page.More {
		t.Fatalf("%+v, %v", page, err)
	}
}

// TestInvocationFlags: flags and models choose rows, NULL by its own name.
func TestInvocationFlags(t *testing.T) {
	d := newDonna(t, t.TempDir())
	for range 4 {
		d.call(testNow)
	}
	d.exec("UPDATE invocation_log SET interrupted = 1 WHERE rowid = 2")
	d.exec("UPDATE invocation_log SET overflow_escalated = 1, model_actual = 'local' WHERE rowid = 3")
	d.exec("UPDATE invocation_log SET is_shadow = 1 WHERE rowid = 4")
	l := NewLookup(d.path)
	for _, c := range []struct {
		q    data.InvocationQuery
		want []int64
	}{
		{data.InvocationQuery{Interrupted: true}, []int64{2}},
		{data.InvocationQuery{Overflow: true}, []int64{3}},
		{data.InvocationQuery{Interrupted: true, Overflow: true}, nil},
		{data.InvocationQuery{Models: []string{"local"}}, []int64{3}},
		{data.InvocationQuery{Models: []string{data.None}}, nil},
		{data.InvocationQuery{Classes: []data.Class{data.ClassShadow}}, []int64{4}},
		{data.InvocationQuery{TaskTypes: []string{"other"}}, nil},
		{data.InvocationQuery{NotTaskTypes: []string{"other"}, NotModels: []string{"local"}}, []int64{4, 2, 1}},
		{data.InvocationQuery{NotTaskTypes: []string{"parse_task"}}, nil},
	} {
		c.q.Limit = 10
		page, err := l.Invocations(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range page.Rows {
			got = append(got, r.RowID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, got, c.want)
		}
	}
}

// TestInvocationOrders: pages in every order are those of a plain sort, wherever
// they begin.
func TestInvocationOrders(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	d := newDonna(t, t.TempDir())
	const rows = 300
	for range rows {
		d.call(testNow.Add(-time.Duration(rng.IntN(200)) * time.Hour))
	}
	d.exec("UPDATE invocation_log SET latency_ms = CASE rowid % 3 WHEN 0 THEN 'none' ELSE rowid * 7919 % 40 END, cost_usd = (rowid * 31 % 9) / 4.0")
	for _, indexed := range []bool{true, false} {
		if !indexed {
			d.exec("DROP INDEX ix_invocation_log_timestamp")
		}
		l := NewLookup(d.path)
		all, err := l.Invocations(t.Context(), data.InvocationQuery{Limit: rows})
		if err != nil || len(all.Rows) != rows {
			t.Fatalf("%d rows, %v", len(all.Rows), err)
		}
		for range 15 {
			q := data.InvocationQuery{
				Order: []data.InvocationOrder{data.NewestFirst, data.SlowestFirst, data.DearestFirst}[rng.IntN(3)], WithLatency: rng.IntN(2) == 0,
				Limit: 9 + rng.IntN(90), Skip: rng.IntN(3) * rng.IntN(60), From: testNow.Add(-time.Duration(100+rng.IntN(120)) * time.Hour),
			}
			if q.Order == data.NewestFirst && !indexed {
				continue // its order is that of rowids
			}
			want := slices.Clone(all.Rows)
			want = slices.DeleteFunc(want, func(r data.InvocationRow) bool { return !q.Match(&r) })
			slices.SortFunc(want, func(a, b data.InvocationRow) int { return q.Order.Compare(&a, &b) })
			want = want[min(q.Skip, len(want)):]
			var got []data.InvocationRow
			for {
				page, err := l.Invocations(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Rows...)
				if !page.More || len(page.Rows) != q.Limit {
					break
				}
				q.After = &page.Rows[len(page.Rows)-1]
			}
			if !slices.EqualFunc(got, want, func(a, b data.InvocationRow) bool { return a.RowID == b.RowID }) {
				t.Fatalf("%+v: %d rows, want %d", q, len(got), len(want))
			}
		}
	}
}
