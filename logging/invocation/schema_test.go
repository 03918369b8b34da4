package invocation_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// schema is Donna's table, as her migrations leave it, and what it refers to.
const schema = `
CREATE TABLE escalation_request (id INTEGER PRIMARY KEY);
INSERT INTO escalation_request (id) VALUES (7);
CREATE TABLE invocation_log (
	id VARCHAR(36) NOT NULL PRIMARY KEY,
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
	queue_wait_ms INTEGER,
	interrupted BOOLEAN NOT NULL DEFAULT 0,
	chain_id VARCHAR(36),
	caller VARCHAR(100),
	estimated_tokens_in INTEGER,
	overflow_escalated BOOLEAN NOT NULL DEFAULT 0,
	skill_id VARCHAR(36),
	escalation_request_id INTEGER REFERENCES escalation_request (id),
	payload_path VARCHAR(300),
	trace_id VARCHAR(36)
)`

// open returns a new database with Donna's pragmas, and its path.
func open(t *testing.T, busyTimeout string) (*sql.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "donna_tasks.db")
	db := reopen(t, path, busyTimeout)
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	return db, path
}

func reopen(t *testing.T, path, busyTimeout string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=busy_timeout("+busyTimeout+")")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(`SELECT count(*) FROM invocation_log`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
