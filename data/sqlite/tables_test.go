package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data"
)

func TestTablesAreReadInEveryForm(t *testing.T) {
	d := newDonna(t, t.TempDir())
	for _, sql := range []string{
		`CREATE TABLE tasks (id VARCHAR(36) PRIMARY KEY, title VARCHAR(500), domain VARCHAR(20), status VARCHAR(20), created_via VARCHAR(20),
			assigned_agent VARCHAR(100), agent_status VARCHAR(20), created_at DATETIME, completed_at DATETIME, scheduled_start DATETIME,
			deadline DATETIME, reschedule_count INTEGER)`,
		`INSERT INTO tasks VALUES ('t1', 'Caf` + "\u00e9" + `', 'work', 'done', 'discord', NULL, NULL, '2026-06-01T10:00:00.5', '2026-06-02T10:00:00+00:00',
			'2026-06-01T08:00:00-04:00', '2026-06-03', 4)`,
		`INSERT INTO tasks VALUES ('t2', NULL, NULL, NULL, NULL, 'pm', 'in_progress', 17, 'soon', NULL, NULL, NULL)`,
		`CREATE TABLE capability (id VARCHAR(36), name VARCHAR(100))`,
		`CREATE TABLE skill (id VARCHAR(36), capability_name VARCHAR(100), state VARCHAR(20), created_at DATETIME)`,
		`INSERT INTO skill VALUES ('s1', 'price_watch', 'trusted', '2026-05-01 00:00:00')`,
		`CREATE TABLE skill_run (id VARCHAR(36), skill_id VARCHAR(36), task_id VARCHAR(36), status VARCHAR(20), error TEXT, started_at DATETIME,
			finished_at DATETIME, total_cost_usd FLOAT)`,
		`INSERT INTO skill_run VALUES ('r1', 's1', NULL, 'failed', 'boom', '2026-06-15T10:00:00+00:00', NULL, 0.25), ('r2', 'gone', 't1', 'running', NULL, '2026-06-15T11:00:00Z', NULL, NULL)`,
		`CREATE TABLE memory_documents (id VARCHAR(36), source_type VARCHAR(20), created_at DATETIME, deleted_at DATETIME)`,
		`INSERT INTO memory_documents VALUES ('d1', 'vault', '2026-06-01 10:00:00.000001', NULL), ('d2', 'vault', '2026-06-01 10:00:00', '2026-06-02T10:00:00'),
			('d3', 'chat', '2026-06-15 12:34:57', NULL), ('d4', 'chat', '2026-06-15 12:34:57.000001', NULL), ('d5', NULL, '2026-06-01 10:00:00', '2026-07-01T00:00:00')`,
		`CREATE TABLE correction_log (id VARCHAR(36), timestamp DATETIME, field_corrected VARCHAR(50), corrected_value TEXT)`,
		`INSERT INTO correction_log VALUES ('k1', '2026-06-01T10:00:00+00:00', 'priority', '3')`,
		`CREATE TABLE memory_chunks (chunk_id VARCHAR(36), document_id VARCHAR(36))`,
		`INSERT INTO memory_chunks VALUES ('c1', 'd1'), ('c2', 'd1'), ('c3', 'd2'), ('c4', 'd3')`,
	} {
		d.exec(sql)
	}
	w := watch(t, d.path)
	got := w.live(0).Tables

	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	wantTasks := []data.Task{
		{
			ID: "t1", Title: "Caf\u00e9", Domain: "work", Status: "done", CreatedVia: "discord",
			AssignedAgent: data.None, AgentStatus: data.None, CreatedAt: at("2026-06-01T10:00:00.5Z"),
			CompletedAt: at("2026-06-02T10:00:00Z"), ScheduledStart: at("2026-06-01T12:00:00Z"), Deadline: at("2026-06-03T00:00:00Z"), RescheduleCount: 4,
		},
		{ID: "t2", Domain: data.None, Status: data.None, CreatedVia: data.None, AssignedAgent: "pm", AgentStatus: "in_progress"},
	}
	if diff := cmp.Diff(wantTasks, got.Tasks); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	cost := 0.25
	wantRuns := []data.AgentRun{
		{ID: "r1", Name: "price_watch", Status: "failed", Error: "boom", StartedAt: at("2026-06-15T10:00:00Z"), CostUSD: &cost},
		{ID: "r2", Name: data.None, TaskID: "t1", Status: "running", StartedAt: at("2026-06-15T11:00:00Z")},
	}
	if diff := cmp.Diff(wantRuns, got.SkillRuns); diff != "" {
		t.Errorf("skill runs (-want +got):\n%s", diff)
	}
	// What only a reader of the row wants is no loss to the figures if the file lacks it.
	wantCorrections := []data.Correction{{ID: "k1", Field: "priority", Corrected: "3", At: at("2026-06-01T10:00:00Z")}}
	if diff := cmp.Diff(wantCorrections, got.Corrections); diff != "" {
		t.Errorf("corrections (-want +got):\n%s", diff)
	}
	for column := range got.MissingColumns {
		if strings.HasPrefix(column, "correction_log.") {
			t.Errorf("%s is missed", column)
		}
	}
	// d2 is deleted, d4 is created a microsecond after now, d5 is deleted later
	if diff := cmp.Diff(map[string]int64{"vault": 1, "chat": 1, "(none)": 1}, got.MemoryDocuments); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if got.MemoryChunks == nil || *got.MemoryChunks != 3 {
		t.Errorf("chunks %v, want 3", got.MemoryChunks)
	}
	if got.Nudges != nil || got.AutomationRuns != nil || got.Rules != nil {
		t.Error("a table the file doesn't have is not nil")
	}
}

func TestAuditRows(t *testing.T) {
	d := newDonna(t, t.TempDir())
	rows := 0
	insert := func(at, taskType, output string) {
		rows++
		d.exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in, tokens_out, cost_usd,
			output, is_shadow, spot_check_queued, user_id) VALUES (?, ?, ?, 'audit', 'audit', '', 0, 0, 0, 0, ?, 0, 0, 'nick')`,
			fmt.Sprintf("row-%d", rows), at, taskType, output)
	}
	insert("2026-06-15T10:00:00+00:00", "escalation_lifecycle", `{"event": "extension_granted", "extension_id": 7, "amount_usd": 2.5, "granted_by": "1"}`)
	insert("2026-06-15T09:00:00+00:00", "tool_gap_lifecycle", `{"event": "tool_gap_detected", "tool_name": "fetch_rss", "severity": "high", "detection_point": "skill_draft", "is_new": true}`)
	insert("2026-06-15T11:00:00+00:00", "escalation_lifecycle", `{"event": "escalation_validated", "channel": "chat"}`)
	insert("2026-06-15T11:30:00+00:00", "escalation_lifecycle", `not json`)
	w := watch(t, d.path)
	at := func(hour, minute int) time.Time { return time.Date(2026, 6, 15, hour, minute, 0, 0, time.UTC) }
	want := []data.AuditEvent{
		{ID: "row-2", At: at(9, 0), TaskType: "tool_gap_lifecycle", Event: "tool_gap_detected", Tool: "fetch_rss", Severity: "high", DetectionPoint: "skill_draft", IsNew: true},
		{ID: "row-1", At: at(10, 0), TaskType: "escalation_lifecycle", Event: "extension_granted", ExtensionID: "7", AmountUSD: 2.5},
		{ID: "row-3", At: at(11, 0), TaskType: "escalation_lifecycle", Event: "escalation_validated", Channel: "chat"},
		{ID: "row-4", At: at(11, 30), TaskType: "escalation_lifecycle"},
	}
	if diff := cmp.Diff(want, w.live(4).Tables.Audit); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// TestTablesAreReadAgainInTime: a change shows within tablesEvery, though the
// tables are not read at every commit.
func TestTablesAreReadAgainInTime(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.exec("CREATE TABLE nudge_events (task_id VARCHAR(36), nudge_type VARCHAR(20), channel VARCHAR(20), created_at DATETIME)")
	w := watch(t, d.path)
	if n := len(w.live(0).Tables.Nudges); n != 0 {
		t.Fatalf("%d nudges, want none", n)
	}
	d.exec("INSERT INTO nudge_events VALUES ('t1', 'overdue', 'discord', '2026-06-15T10:00:00')")
	w.clock.Advance(tablesEvery - 2*time.Second) // and a second for the poll
	if n := len(w.live(0).Tables.Nudges); n != 0 {
		t.Errorf("%d nudges before the tables are due", n)
	}
	if n := len(w.live(0).Tables.Nudges); n != 1 {
		t.Errorf("%d nudges once the tables are due, want 1", n)
	}
}
