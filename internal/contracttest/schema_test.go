package contracttest

import (
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// invocationColumns are Donna's, in her order and with her declared types
// (donna-data.md §1.3). The types matter: DATETIME and FLOAT have affinities.
var invocationColumns = []struct{ name, kind string }{
	{"id", "VARCHAR(36) NOT NULL"},
	{"timestamp", "DATETIME NOT NULL"},
	{"task_type", "VARCHAR(100) NOT NULL"},
	{"task_id", "VARCHAR(36)"},
	{"model_alias", "VARCHAR(100) NOT NULL"},
	{"model_actual", "VARCHAR(200) NOT NULL"},
	{"input_hash", "VARCHAR(16) NOT NULL"},
	{"latency_ms", "INTEGER NOT NULL"},
	{"tokens_in", "INTEGER NOT NULL"},
	{"tokens_out", "INTEGER NOT NULL"},
	{"cost_usd", "FLOAT NOT NULL"},
	{"output", "JSON"},
	{"quality_score", "FLOAT"},
	{"is_shadow", "BOOLEAN NOT NULL"},
	{"eval_session_id", "VARCHAR(36)"},
	{"spot_check_queued", "BOOLEAN NOT NULL"},
	{"user_id", "VARCHAR(100) NOT NULL"},
	{"skill_id", "VARCHAR(36)"},
	{"escalation_request_id", "INTEGER"},
	{"queue_wait_ms", "INTEGER"},
	{"interrupted", "BOOLEAN DEFAULT '0' NOT NULL"},
	{"chain_id", "VARCHAR(36)"},
	{"caller", "VARCHAR(100)"},
	{"estimated_tokens_in", "INTEGER"},
	{"overflow_escalated", "BOOLEAN DEFAULT '0' NOT NULL"},
	{"payload_path", "VARCHAR(300)"},
	{"trace_id", "VARCHAR(36)"},
}

var indexedColumns = []string{"task_id", "task_type", "timestamp", "user_id", "skill_id", "escalation_request_id", "trace_id"}

const extensionTable = `CREATE TABLE daily_budget_extension (
	id INTEGER NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	date DATE NOT NULL,
	amount_usd FLOAT NOT NULL,
	granted_at DATETIME NOT NULL,
	granted_by VARCHAR(100) NOT NULL,
	escalation_request_id INTEGER,
	voided BOOLEAN DEFAULT '0' NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (escalation_request_id, granted_by)
);
CREATE INDEX ix_daily_budget_extension_user_date ON daily_budget_extension (user_id, date)`

// shape is how a database differs from Donna's of today.
type shape struct {
	nullable     bool     // no NOT NULL anywhere
	without      []string // columns invocation_log doesn't have yet
	noExtensions bool     // no table daily_budget_extension
	wal          bool     // written by a process that still has it open
}

func (s shape) has(column string) bool { return !slices.Contains(s.without, column) }

// statements creates the tables.
func (s shape) statements() []string {
	var columns []string
	for _, c := range invocationColumns {
		if !s.has(c.name) {
			continue
		}
		kind := c.kind
		if s.nullable {
			kind = strings.ReplaceAll(kind, " NOT NULL", "")
		}
		columns = append(columns, c.name+" "+kind)
	}
	out := []string{"CREATE TABLE invocation_log (\n\t" + strings.Join(columns, ",\n\t") + ",\n\tPRIMARY KEY (id)\n)"}
	for _, c := range indexedColumns {
		if s.has(c) {
			out = append(out, fmt.Sprintf("CREATE INDEX ix_invocation_log_%s ON invocation_log (%s)", c, c))
		}
	}
	if !s.noExtensions {
		out = append(out, extensionTable)
	}
	return out
}

// values is a row to insert: column → value.
type values map[string]any

// writeDatabase makes a database file of the rows, inserted in their order. With
// s.wal it stays open, uncheckpointed, until the test ends, as Donna's is.
func writeDatabase(t testing.TB, s shape, rows, extensions []values) (path string, db *sql.DB) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "donna_tasks.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if s.wal {
		exec("PRAGMA journal_mode=WAL")
		exec("PRAGMA wal_autocheckpoint=0")
	}
	for _, statement := range s.statements() {
		exec(statement)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert(t, tx, "invocation_log", rows, s.has)
	if !s.noExtensions {
		insert(t, tx, "daily_budget_extension", extensions, func(string) bool { return true })
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return path, db
}

// insert writes rows in their order, of each the columns that the table has.
func insert(t testing.TB, tx *sql.Tx, table string, rows []values, has func(string) bool) {
	t.Helper()
	prepared := map[string]*sql.Stmt{}
	for _, r := range rows {
		var names []string
		var args []any
		for _, name := range slices.Sorted(maps.Keys(r)) {
			if has(name) {
				names, args = append(names, name), append(args, r[name])
			}
		}
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
		query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), marks)
		if prepared[query] == nil {
			statement, err := tx.Prepare(query)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			prepared[query] = statement
		}
		if _, err := prepared[query].Exec(args...); err != nil {
			t.Fatalf("%s %v: %v", query, args, err)
		}
	}
}

// databaseFile is the path of an open database; it closes it.
func databaseFile(t testing.TB, db *sql.DB) string {
	t.Helper()
	var path string
	if err := db.QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
