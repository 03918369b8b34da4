package sqlite

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	_ "modernc.org/sqlite" // the writer's driver
)

// schemaSQL is the part of Donna's schema that this package reads, with the
// indexes of her migrations.
const schemaSQL = `
CREATE TABLE invocation_log (
	id VARCHAR(36) NOT NULL,
	timestamp DATETIME NOT NULL,
	task_type VARCHAR(100) NOT NULL,
	task_id VARCHAR(36),
	model_alias VARCHAR(100) NOT NULL,
	model_actual VARCHAR(200) NOT NULL,
	input_hash VARCHAR(16) NOT NULL,
	latency_ms INTEGER NOT NULL,
	tokens_in INTEGER NOT NULL,
	tokens_out INTEGER NOT NULL,
	cost_usd FLOAT NOT NULL,
	output JSON,
	quality_score FLOAT,
	is_shadow BOOLEAN NOT NULL,
	eval_session_id VARCHAR(36),
	spot_check_queued BOOLEAN NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	skill_id VARCHAR(36),
	escalation_request_id INTEGER,
	queue_wait_ms INTEGER,
	interrupted BOOLEAN DEFAULT '0' NOT NULL,
	chain_id VARCHAR(36),
	caller VARCHAR(100),
	estimated_tokens_in INTEGER,
	overflow_escalated BOOLEAN DEFAULT '0' NOT NULL,
	payload_path VARCHAR(300),
	trace_id VARCHAR(36),
	PRIMARY KEY (id)
);
CREATE INDEX ix_invocation_log_task_id ON invocation_log (task_id);
CREATE INDEX ix_invocation_log_task_type ON invocation_log (task_type);
CREATE INDEX ix_invocation_log_timestamp ON invocation_log (timestamp);
CREATE INDEX ix_invocation_log_user_id ON invocation_log (user_id);
CREATE INDEX ix_invocation_log_skill_id ON invocation_log (skill_id);
CREATE INDEX ix_invocation_log_escalation_request_id ON invocation_log (escalation_request_id);
CREATE INDEX ix_invocation_log_trace_id ON invocation_log (trace_id);
CREATE TABLE daily_budget_extension (
	id INTEGER NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	date DATE NOT NULL,
	amount_usd FLOAT NOT NULL,
	granted_at DATETIME NOT NULL,
	granted_by VARCHAR(100) NOT NULL,
	escalation_request_id INTEGER NOT NULL,
	voided BOOLEAN DEFAULT '0' NOT NULL,
	PRIMARY KEY (id)
);`

// testNow is the time in tests: in the middle of an hour.
var testNow = time.Date(2026, 6, 15, 12, 34, 56, 0, time.UTC)

// fixedClock stands still, and what waits for it goes on at once.
type fixedClock struct {
	clockwork.Clock
	now time.Time
}

func (c fixedClock) Now() time.Time { return c.now }

func (c fixedClock) After(time.Duration) <-chan time.Time {
	ch := make(chan time.Time, 1)
	ch <- c.now
	return ch
}

// The forms in which Donna writes times (see package timestamp).
const (
	naiveForm = "2006-01-02T15:04:05.000000"
	awareForm = "2006-01-02T15:04:05.000000+00:00"
	blankForm = "2006-01-02 15:04:05.000000"
)

// donna writes a database as Donna does.
type donna struct {
	t    testing.TB
	path string
	db   *sql.DB
	n    int
}

// newDonna creates a database in WAL mode with her schema and leaves it open.
func newDonna(t testing.TB, dir string) *donna {
	t.Helper()
	d := &donna{t: t, path: filepath.Join(dir, FileName)}
	d.open()
	d.exec(schemaSQL)
	t.Cleanup(d.close)
	return d
}

func (d *donna) open() {
	d.t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)&_pragma=synchronous(off)")
	if err != nil {
		d.t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	d.db = db
	if err := db.Ping(); err != nil {
		d.t.Fatal(err)
	}
}

// close stops Donna cleanly, which removes -wal and -shm unless a reader is there.
func (d *donna) close() {
	if d.db != nil {
		d.db.Close()
		d.db = nil
	}
}

func (d *donna) exec(query string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Exec(query, args...); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
}

// call writes one row for an LLM call that ended at t.
func (d *donna) call(t time.Time) { d.t.Helper(); d.row(t.UTC().Format(naiveForm), "parse_task") }

// row writes one row with a timestamp of any form; it cost 0.01 and took 100 ms.
func (d *donna) row(timestamp any, task string) {
	d.t.Helper()
	d.n++
	d.exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in,
		tokens_out, cost_usd, is_shadow, spot_check_queued, user_id) VALUES (?, ?, ?, 'parser', 'anthropic/claude', '', 100, 10, 5, 0.01, 0, 0, 'nick')`,
		d.nextID(), timestamp, task)
}

// calls writes n rows like call does, in one statement.
func (d *donna) calls(n int, t time.Time) {
	d.t.Helper()
	d.n++
	d.exec(`WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)
		INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in, tokens_out, cost_usd,
		is_shadow, spot_check_queued, user_id) SELECT ? || i, ?, 'parse_task', 'parser', 'anthropic/claude', '', 100, 10, 5, 0.01, 0, 0, 'nick' FROM k`,
		n, d.nextID(), t.UTC().Format(naiveForm))
}

func (d *donna) nextID() string { return fmt.Sprintf("0190%08x-%p", d.n, d) }

// bulk is a database for benchmarks: rows of 1.4 KB with
// their indexes, evenly spread over days before testNow. It is made once per
// machine and shape; each caller gets it to read only.
func bulk(t testing.TB, rows, days int) string {
	t.Helper()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("donnatop-bulk-v1-%d-%dd.db", rows, days))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	tmp := path + fmt.Sprintf(".%d", os.Getpid())
	defer os.Remove(tmp)
	fillBulk(t, tmp, rows, days)
	if err := os.Rename(tmp, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func fillBulk(t testing.TB, path string, rows, days int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-200000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tables, indexes, _ := strings.Cut(schemaSQL, "CREATE INDEX")
	must := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	must(tables)
	must("BEGIN")
	insert, err := db.Prepare(bulkInsert)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	step := time.Duration(days) * 24 * time.Hour / time.Duration(rows)
	at := testNow.Add(-step * time.Duration(rows))
	filler := strings.Repeat("lorem ipsum dolor ", 120)
	for i := range rows {
		at = at.Add(step)
		row := bulkRow(rng, i, at, filler)
		if _, err := insert.Exec(row...); err != nil {
			t.Fatal(err)
		}
	}
	must("COMMIT")
	must("CREATE INDEX" + indexes)
	must("PRAGMA journal_mode = wal")
}

const bulkInsert = `INSERT INTO invocation_log (id, timestamp, task_type, task_id, model_alias, model_actual, input_hash,
	latency_ms, tokens_in, tokens_out, cost_usd, output, is_shadow, spot_check_queued, user_id, interrupted, overflow_escalated, payload_path)
	VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,0,'nick',?,?,?)`

func bulkRow(rng *rand.Rand, i int, at time.Time, filler string) []any {
	task, model := rng.IntN(14), rng.IntN(6)
	var output, taskID any
	if rng.IntN(10) < 6 {
		output = `{"text": "` + filler[:200+rng.IntN(1800)] + `"}`
	}
	if rng.IntN(3) == 0 {
		taskID = fmt.Sprintf("0190%08x-0000-7000-8000-000000000000", i/3)
	}
	latency := int64(math.Exp(6.5 + rng.NormFloat64()))
	return []any{
		fmt.Sprintf("0191%08x-%04x-7000-8000-%012x", i, i&0xffff, rng.Uint64()&0xffffffffffff), at.Format(naiveForm),
		fmt.Sprintf("task_type_%02d", task), taskID, fmt.Sprintf("alias_%d", model), fmt.Sprintf("anthropic/model-%d", model), "0123456789abcdef",
		latency, 200 + rng.IntN(4000), 20 + rng.IntN(900), rng.Float64() / 50, output, b2i(rng.IntN(50) == 0), b2i(rng.IntN(100) == 0), b2i(rng.IntN(80) == 0),
		at.Format("2006-01-02/") + fmt.Sprint(i) + ".json",
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
