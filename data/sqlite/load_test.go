package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// begin makes many inserts one transaction.
func (d *donna) batch(fn func()) { d.t.Helper(); d.exec("BEGIN"); fn(); d.exec("COMMIT") }

// countFrom is the number of rows at or after an instant, and undated ones, by a
// plain loop with its own parsing.
func (d *donna) countFrom(from time.Time) (dated, undated int64) {
	d.t.Helper()
	rows, err := d.db.Query("SELECT CAST(timestamp AS BLOB), typeof(timestamp) FROM invocation_log")
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		var kind string
		if err := rows.Scan(&text, &kind); err != nil {
			d.t.Fatal(err)
		}
		at, ok := parseSlowly(string(text))
		switch {
		case kind != "text" || !ok:
			undated++
		case !at.Before(from):
			dated++
		}
	}
	return dated, undated
}

func parseSlowly(s string) (time.Time, bool) {
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// The store keeps whole hours: the first is that of now - horizon, and one more.
func storeFrom(now time.Time) time.Time {
	return now.Truncate(time.Hour).Add(-data.Horizon - time.Hour)
}

func TestLoadFindsEveryRow(t *testing.T) {
	forms := []func(t time.Time) string{
		func(t time.Time) string { return t.Format(naiveForm) },
		func(t time.Time) string { return t.Format(awareForm) },
		func(t time.Time) string { return t.Format(blankForm) },
		func(t time.Time) string { return t.Format("2006-01-02T15:04:05") },
		func(t time.Time) string { return t.Format(time.RFC3339) },
		func(t time.Time) string { return t.In(time.FixedZone("", -12*3600)).Format(time.RFC3339Nano) },
		func(t time.Time) string { return t.In(time.FixedZone("", 14*3600)).Format(time.RFC3339Nano) },
		func(t time.Time) string { return t.In(time.FixedZone("", -23*3600-59*60)).Format(time.RFC3339Nano) },
	}
	orders := []struct {
		name string
		less func(rng *rand.Rand, ages []time.Duration)
	}{
		{"in order", func(_ *rand.Rand, ages []time.Duration) { sortAges(ages, false) }},
		{"backwards", func(_ *rand.Rand, ages []time.Duration) { sortAges(ages, true) }},
		{"any order", func(rng *rand.Rand, ages []time.Duration) {
			rng.Shuffle(len(ages), func(i, j int) { ages[i], ages[j] = ages[j], ages[i] })
		}},
	}
	for _, order := range orders {
		for _, indexed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/index=%v", order.name, indexed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(3, 4))
				d := newDonna(t, t.TempDir())
				if !indexed {
					d.exec("DROP INDEX ix_invocation_log_timestamp")
				}
				var ages []time.Duration
				for range 1500 {
					ages = append(ages, time.Duration(rng.Float64()*float64(60*24*time.Hour))-24*time.Hour)
				}
				order.less(rng, ages)
				d.batch(func() {
					for i, age := range ages {
						d.row(forms[i%len(forms)](testNow.Add(-age).UTC()), "parse_task")
						if i == 50 || i == 700 {
							for _, odd := range []any{"", "soon", " 2026-06-01T10:00:00", int64(1780000000), 3.5, []byte("2026-06-01T10:00:00"), "2026-13-45", "2026-06-01T25:00:00"} {
								d.row(odd, "parse_task")
							}
						}
					}
				})
				dated, undated := d.countFrom(storeFrom(testNow))
				w := watch(t, d.path)
				db := w.live(dated)
				// text that begins like a date but is none sorts among the dates, and is
				// missed where it lies below the rows that are read
				if got := db.Invocations.Undated; got > undated || got < undated-4 {
					t.Errorf("%d undated rows, want %d", got, undated)
				}
				if indexed && len(w.dbs) != 3 {
					t.Errorf("published %d times", len(w.dbs))
				}
				for _, v := range w.dbs[:len(w.dbs)-1] {
					covered, _ := d.countFrom(v.CoveredFrom)
					if v.CoveredFrom.IsZero() || v.Invocations.Rows < covered {
						t.Errorf("covered from %v with %d rows, want %d", v.CoveredFrom, v.Invocations.Rows, covered)
					}
				}
				// what comes later is read as well, whatever its time
				d.row(testNow.Add(-20*24*time.Hour).Format(naiveForm), "parse_task")
				d.row("never", "parse_task")
				w.live(dated + 1)
			})
		}
	}
}

func sortAges(ages []time.Duration, ascending bool) {
	for i := range ages {
		// evenly spread, from 59 days ago to a day ahead
		ages[i] = 59*24*time.Hour - time.Duration(i)*60*24*time.Hour/time.Duration(len(ages))
		if ascending {
			ages[i] = 58*24*time.Hour - ages[i]
		}
	}
}

func TestSparseAndExtremeRowids(t *testing.T) {
	d := newDonna(t, t.TempDir())
	for _, rowid := range []int64{math.MinInt64, -5, 0, 1, 1 << 40, math.MaxInt64 - 10} {
		d.call(testNow)
		d.exec("UPDATE invocation_log SET rowid = ? WHERE id = ?", rowid, d.nextID())
	}
	w := watch(t, d.path)
	w.live(6)
	d.call(testNow)
	w.live(7)
	d.exec("UPDATE invocation_log SET rowid = ? WHERE id = ?", int64(math.MaxInt64), d.nextID())
	w.live(7)
	w.live(7)
}

func TestEmptyThenFilled(t *testing.T) {
	d := newDonna(t, t.TempDir())
	w := watch(t, d.path)
	db := w.live(0)
	if db.Extensions == nil || len(db.Extensions) != 0 || len(db.Recent) != 0 {
		t.Errorf("empty database: extensions %v, recent %v", db.Extensions, db.Recent)
	}
	d.calls(chunkRows+10, testNow)
	w.live(chunkRows + 10)
}

// Whatever SQLite may hold in a column, reading it neither fails nor panics.
func TestHostileValues(t *testing.T) {
	columns := []string{"timestamp", "task_type", "task_id", "model_alias", "model_actual", "latency_ms", "tokens_in", "tokens_out",
		"cost_usd", "is_shadow", "interrupted", "overflow_escalated", "user_id", "escalation_request_id"}
	values := []string{"NULL", "'text'", "''", "'2026-06-15T12:00:00'", "x'00ff80'", "zeroblob(100)", "9223372036854775807", "-9223372036854775808",
		"1e308", "-1e308", "9e999", "-9e999", "0.5", "-0.0", "'1e5'", "char(27) || '[2J'", "replace(hex(zeroblob(5000)), '00', 'é')"}
	d := newDonna(t, t.TempDir())
	// no NOT NULL: SQLite allows to take it away
	d.exec("DROP TABLE invocation_log")
	d.exec("CREATE TABLE invocation_log (id, timestamp DATETIME, task_type VARCHAR, task_id, model_alias, model_actual, latency_ms INTEGER," +
		" tokens_in, tokens_out INTEGER, cost_usd FLOAT, is_shadow BOOLEAN, interrupted, overflow_escalated BOOLEAN, user_id, escalation_request_id)")
	d.exec("CREATE INDEX i ON invocation_log (timestamp)")
	for _, column := range columns {
		for _, value := range values {
			d.exec("INSERT INTO invocation_log (timestamp) VALUES ('2026-06-15T12:00:00')")
			d.exec("UPDATE invocation_log SET " + column + " = " + value + " WHERE rowid = last_insert_rowid()")
		}
	}
	w := watch(t, d.path)
	rows := int64(len(columns) * len(values))
	undated := int64(len(values) - 1)
	db := w.live(rows - undated)
	if db.Invocations.Undated != undated {
		t.Errorf("%d undated rows, want %d", db.Invocations.Undated, undated)
	}
	if len(db.Recent) != data.RecentRows {
		t.Errorf("%d recent rows", len(db.Recent))
	}
	for _, r := range db.Recent {
		if r.CostUSD != nil && math.IsInf(*r.CostUSD, 0) {
			t.Errorf("row %d costs %v", r.RowID, *r.CostUSD)
		}
	}
}

func TestDecode(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.row("2026-06-15T12:00:00.123456", "parse_task")
	d.exec("UPDATE invocation_log SET latency_ms = 1234, tokens_in = 11, tokens_out = 22, cost_usd = 0.125, is_shadow = 1, interrupted = 1," +
		" overflow_escalated = 1, task_id = 'T', model_alias = 'reasoner', escalation_request_id = 7")
	d.row("2026-06-15T12:00:01+00:00", "embed_task")
	d.exec("UPDATE invocation_log SET latency_ms = 'slow', cost_usd = 'much', is_shadow = 'yes', interrupted = 2, overflow_escalated = -1 WHERE rowid = 2")
	db, err := openDatabase(d.path, d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	v := newView(db, clockwork.NewFakeClockAt(testNow), nil)
	var got []data.Invocation
	err = v.reader.each(t.Context(), db, minRowID, maxRowID, ascending, func(c chunk) error {
		got = append(got, c.rows...)
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	base := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	want := []data.Invocation{
		{RowID: 1, Time: base.Add(123456 * time.Microsecond).UnixNano(), Task: v.store.Task([]byte("parse_task")), Model: v.store.Model([]byte("anthropic/claude")),
			Shadow: true, Interrupted: true, Overflow: true, HasLatency: true, LatencyMS: 1234, TokensIn: 11, TokensOut: 22, CostUSD: 0.125},
		{RowID: 2, Time: base.Add(time.Second).UnixNano(), Task: v.store.Task([]byte("embed_task")), Model: v.store.Model([]byte("anthropic/claude")),
			TokensIn: 10, TokensOut: 5},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d:\n%+v, want\n%+v", i, got[i], want[i])
		}
	}

	w := watch(t, d.path)
	recent := w.live(2).Recent
	if len(recent) != 2 || recent[0].RowID != 2 {
		t.Fatalf("recent %+v", recent)
	}
	r := recent[1]
	if r.ID == "" || !r.Time.Equal(base.Add(123456*time.Microsecond)) || r.TaskType != "parse_task" || r.Class != data.ClassShadow || *r.TaskID != "T" ||
		*r.ModelAlias != "reasoner" || *r.ModelActual != "anthropic/claude" || *r.LatencyMS != 1234 || *r.TokensIn != 11 || *r.TokensOut != 22 ||
		*r.CostUSD != 0.125 || !r.Interrupted || !r.OverflowEscalated || *r.UserID != "nick" || *r.EscalationRequestID != 7 {
		t.Errorf("row %+v", r)
	}
	if r := recent[0]; r.Interrupted || r.OverflowEscalated || r.Class != data.ClassEmbedding || r.TaskID != nil || r.LatencyMS != nil || r.CostUSD != nil || r.EscalationRequestID != nil {
		t.Errorf("row %+v", r)
	}
}

func TestRecentRows(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.calls(150, testNow)
	w := watch(t, d.path)
	first := w.live(150).Recent
	d.calls(100, testNow)
	recent := w.live(250).Recent
	if len(first) != 150 || first[0].RowID != 150 {
		t.Errorf("earlier view changed: %d rows from %d", len(first), first[0].RowID)
	}
	if len(recent) != data.RecentRows {
		t.Fatalf("%d rows", len(recent))
	}
	for i, r := range recent {
		if r.RowID != int64(250-i) {
			t.Fatalf("row %d at place %d", r.RowID, i)
		}
	}
}

// Rows dated after the clock don't push those of the past out of the list.
func TestRecentRowsAheadOfTheClock(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.calls(300, testNow)
	d.calls(500, testNow.Add(time.Hour))
	w := watch(t, d.path)
	count := func(recent []data.InvocationRow) (past, ahead int) {
		for _, r := range recent {
			if r.Time.After(testNow) {
				ahead++
			} else {
				past++
			}
		}
		return past, ahead
	}
	recent := w.live(800).Recent
	if past, ahead := count(recent); past != data.RecentRows || ahead != data.RecentRows || recent[0].RowID != 800 || recent[data.RecentRows].RowID != 300 {
		t.Fatalf("%d rows up to the clock and %d after it, from %d", past, ahead, recent[0].RowID)
	}
	d.calls(50, testNow)
	recent = w.live(850).Recent
	if past, ahead := count(recent); past != data.RecentRows || ahead != data.RecentRows || recent[0].RowID != 850 {
		t.Fatalf("%d rows up to the clock and %d after it, from %d", past, ahead, recent[0].RowID)
	}
}

func TestExtensions(t *testing.T) {
	d := newDonna(t, t.TempDir())
	w := watch(t, d.path)
	w.live(0)
	grant := func(day time.Time, amount any) {
		d.exec("INSERT INTO daily_budget_extension (user_id, date, amount_usd, granted_at, granted_by, escalation_request_id) VALUES ('nick', ?, ?, ?, '1', 1)",
			day.Format(time.DateOnly), amount, day.Format(awareForm))
	}
	grant(testNow, 5.5)
	grant(testNow.Add(-100*24*time.Hour), 7)
	got := w.live(0).Extensions
	want := []data.Extension{{Date: "2026-06-15", AmountUSD: 5.5, GrantedAt: testNow}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("extensions %v, want %v", got, want)
	}
	d.exec("UPDATE daily_budget_extension SET voided = 2") // only 0 counts
	if got := w.live(0).Extensions; len(got) != 1 || !got[0].Voided {
		t.Errorf("extensions %v", got)
	}
	published := len(w.dbs)
	d.exec("CREATE TABLE unrelated (x)")
	d.exec("DROP TABLE daily_budget_extension")
	if got := w.live(0).Extensions; got != nil || len(w.dbs) != published+1 {
		t.Errorf("extensions %v without their table, published %d times", got, len(w.dbs)-published)
	}
}

func TestOlderSchema(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.exec("DROP TABLE invocation_log")
	d.exec("DROP TABLE daily_budget_extension")
	d.exec("CREATE TABLE Invocation_Log (ID VARCHAR(36) PRIMARY KEY, TIMESTAMP DATETIME, task_type VARCHAR(100), model_actual VARCHAR(200), latency_ms INTEGER, cost_usd FLOAT)")
	d.exec("INSERT INTO invocation_log VALUES ('a', ?, 'parse_task', 'm', 5, 0.5)", testNow.Format(naiveForm))
	w := watch(t, d.path)
	db := w.live(1)
	for _, c := range recentColumns {
		want := c != "id" && c != "timestamp" && c != "task_type" && c != "model_actual" && c != "latency_ms" && c != "cost_usd"
		if db.Missing[c] != want {
			t.Errorf("column %s missing: %v, want %v", c, db.Missing[c], want)
		}
	}
	if st := w.last(); !strings.Contains(st.Detail, "older schema") || !strings.Contains(st.Detail, "overflow_escalated") {
		t.Errorf("detail %q", st.Detail)
	}
	if db.Recent[0].ID != "a" || db.Recent[0].UserID != nil || db.Extensions != nil {
		t.Errorf("recent %+v, extensions %v", db.Recent[0], db.Extensions)
	}
	d.exec("ALTER TABLE invocation_log ADD COLUMN overflow_escalated BOOLEAN DEFAULT '0' NOT NULL")
	if w.live(1).Missing["overflow_escalated"] {
		t.Error("the migration went unnoticed")
	}
}

func TestQueryPlans(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	// where NULL is forbidden SQLite doesn't even look for it
	execFile(t, path, strings.Replace(schemaSQL, "timestamp DATETIME NOT NULL", "timestamp DATETIME", 1)+"; ANALYZE")
	db, err := openDatabase(path, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	tests := []struct{ name, sql, want string }{
		{"lowest row", lowestRowSQL(db.table.index), "SEARCH invocation_log USING COVERING INDEX ix_invocation_log_timestamp (timestamp>? AND timestamp<?)"},
		{"undated below", undatedBelowSQL(db.table.index), "SEARCH invocation_log USING COVERING INDEX ix_invocation_log_timestamp"},
		{"rows down", db.sql.rowsDown, "SEARCH invocation_log USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		{"rows up", db.sql.rowsUp, "SEARCH invocation_log USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		{"id", db.sql.id, "SEARCH invocation_log USING INTEGER PRIMARY KEY (rowid=?)"},
		{"recent", db.sql.recent, "SEARCH invocation_log USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		{"newest", newestSQL, "SEARCH invocation_log"},
		{"oldest", oldestSQL, "SEARCH invocation_log"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := db.conn.each("EXPLAIN QUERY PLAN "+tt.sql, func(st *stmt) bool {
				plan := string(st.column(3).text())
				if strings.Contains(plan, "SCAN invocation_log") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SEARCH") && !strings.HasPrefix(plan, tt.want) {
					t.Errorf("plan %q, want %q", plan, tt.want)
				}
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// As hours go by, windows begin in hours whose single rows are no longer, or not
// yet, in memory; the reader fetches them.
func TestClockMovesOn(t *testing.T) {
	d := newDonna(t, t.TempDir())
	start := testNow.Add(-31 * 24 * time.Hour)
	d.batch(func() {
		for at := start; !at.After(testNow); at = at.Add(30 * time.Minute) {
			d.call(at)
		}
	})
	w := watch(t, d.path)
	w.next()
	for range 52 {
		w.clock.Advance(time.Hour)
		dated, _ := d.countFrom(storeFrom(w.clock.Now()))
		w.live(dated)
		if missing := w.view.store.MissingRows(); len(missing) > 0 {
			t.Fatalf("rows of hours missing: %v", missing)
		}
	}
	// the clock set back: hours that were dropped count again
	w.clock.Advance(-50 * time.Hour)
	dated, _ := d.countFrom(storeFrom(w.clock.Now()))
	w.live(dated)
}

func TestLoadStopsWithItsContext(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.calls(3*chunkRows, testNow)
	s := NewSource(Options{Path: d.path, Clock: clockwork.NewFakeClockAt(testNow)})
	r := new(recorder)
	s.begin(r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.poll(ctx)
	if s.db != nil || len(r.dbs) != 0 || r.last().State != data.StateConnecting {
		t.Errorf("after cancellation: %+v", r.last())
	}
}

func TestPausesWhileTheWALGrows(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.calls(3*chunkRows, testNow)
	db, err := openDatabase(d.path, d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	pauses := 0
	v := newView(db, clockwork.NewFakeClockAt(testNow), func(context.Context, time.Duration) error { pauses++; return nil })
	chunks := 0
	d.exec("PRAGMA wal_checkpoint(TRUNCATE)") // else there is room in the file
	err = v.reader.each(t.Context(), db, minRowID, maxRowID, descending, func(c chunk) error {
		if chunks++; chunks == 2 {
			d.exec("CREATE TABLE big AS SELECT zeroblob(100000)")
		}
		return nil
	})
	if err != nil || chunks < 3 {
		t.Fatal(chunks, err)
	}
	if pauses != 1 {
		t.Errorf("%d pauses, want 1", pauses)
	}
	stop := errors.New("stop")
	v.reader.pause = func(context.Context, time.Duration) error { return stop }
	err = v.reader.each(t.Context(), db, minRowID, maxRowID, ascending, func(chunk) error {
		d.exec("CREATE TABLE IF NOT EXISTS more (x)")
		d.exec("INSERT INTO more VALUES (zeroblob(1000000))")
		return nil
	})
	if !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		low, high int64
		pieces    int
	}{
		{5, 5, 1},
		{1, 2 * chunkRows, 1},
		{1, 2*chunkRows + 1, 2},
		{1, 1_000_000, loadPieces},
		{minRowID, maxRowID, loadPieces},
		{-10_000_000, 10_000_000, loadPieces},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d to %d", tt.low, tt.high), func(t *testing.T) {
			pieces := cut(tt.low, tt.high)
			if len(pieces) != tt.pieces {
				t.Errorf("%d pieces, want %d", len(pieces), tt.pieces)
			}
			for i, p := range pieces {
				if p.low > p.high || i > 0 && p.high != pieces[i-1].low-1 {
					t.Fatalf("piece %d is %+v in %+v", i, p, pieces)
				}
			}
			if pieces[0].high != tt.high || pieces[len(pieces)-1].low != tt.low {
				t.Errorf("pieces %+v", pieces)
			}
		})
	}
}

// What was read before an error is published, even if nothing comes after it.
func TestNewsSurviveAnError(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	w := watch(t, d.path)
	w.live(1)
	d.call(testNow)
	w.db.sql.extensions = "SELECT nonsense" // fails after the rows were folded in
	w.troubled(data.StateStale, false, "nonsense")
	if db := w.dbs[len(w.dbs)-1]; db.Invocations.Rows != 2 {
		t.Errorf("%d rows published", db.Invocations.Rows)
	}
	w.skip = 0
	if db := w.live(2); len(db.Recent) != 2 {
		t.Errorf("%d recent rows", len(db.Recent))
	}
}
