package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// tablesEvery is how often the smaller tables are read again while Donna writes.
// They change in place, so there is no telling what is new in them; at a
// microsecond a row, reading some thousand rows this often costs nothing that
// shows.
const tablesEvery = 5 * time.Second

// tableChunk is how many rows of a smaller table one transaction reads: a few
// milliseconds.
const tableChunk = 5000

// tableReader reads one table row by row.
type tableReader struct {
	name    string
	columns []string // that figures want
	details []string // that only who looks at a row wants; they come after the columns
	// begin is told that the table is there, row is given each row.
	begin func()
	row   func(r record)
}

// record is one row of a smaller table, its columns in the reader's order.
type record struct{ st *stmt }

func (r record) text(i int) string { return string(r.st.column(1 + i).text()) }

// key is a text by which rows are grouped: NULL is a key of its own, and not the
// empty text.
func (r record) key(i int) string {
	t := r.st.column(1 + i).text()
	if t == nil {
		return data.None
	}
	return string(t)
}

func (r record) int(i int) int64 {
	n, _ := r.st.column(1 + i).int()
	return n
}

func (r record) bool(i int) bool { return r.st.column(1 + i).bool() }

func (r record) floatOrNil(i int) *float64 {
	f, ok := r.st.column(1 + i).float()
	if !ok {
		return nil
	}
	return &f
}

func (r record) intOrNil(i int) *int64 {
	n, ok := r.st.column(1 + i).int()
	if !ok {
		return nil
	}
	return &n
}

func (r record) textOrNil(i int) *string {
	t := r.st.column(1 + i).text()
	if t == nil {
		return nil
	}
	s := string(t)
	return &s
}

// time is zero if the column doesn't hold a readable timestamp.
func (r record) time(i int) time.Time {
	v := r.st.column(1 + i)
	if !v.isText() {
		return time.Time{}
	}
	ns, ok := timestamp.ParseDB(v.text())
	if !ok {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

func (r record) timeOrNil(i int) *time.Time {
	t := r.time(i)
	if t.IsZero() {
		return nil
	}
	return &t
}

// readTables reads all smaller tables. Tables the file doesn't have stay nil.
func (d *database) readTables(now time.Time) (*data.Tables, error) {
	t := &data.Tables{MissingColumns: make(map[string]bool)}
	names := agentNames{capabilities: map[string]string{}, automations: map[string]string{}}
	for _, r := range append(names.readers(), tableReaders(t, &names)...) {
		if err := d.readTable(r, t.MissingColumns); err != nil {
			return nil, err
		}
	}
	if err := d.readMemory(t, now); err != nil {
		return nil, err
	}
	return t, d.unmoved()
}

// readTable reads a table in chunks by rowid.
func (d *database) readTable(r tableReader, missing map[string]bool) error {
	shape, err := inspect(d.conn, r.name)
	if err != nil || shape == nil {
		return err
	}
	for c := range shape.missing(r.columns) {
		missing[r.name+"."+c] = true
	}
	r.begin()
	wanted := slices.Concat(r.columns, r.details)
	sql := fmt.Sprintf("SELECT rowid, %s FROM %s WHERE rowid > ?1 ORDER BY rowid LIMIT %d", shape.selectList(wanted), quote(r.name), tableChunk)
	last := int64(minRowID)
	for {
		n := 0
		err := d.conn.each(sql, func(st *stmt) bool {
			last, _ = st.column(0).int()
			r.row(record{st})
			n++
			return true
		}, last)
		if err != nil || n < tableChunk {
			return err
		}
	}
}

// agentNames are what runs are named after.
type agentNames struct{ capabilities, automations map[string]string }

func (n *agentNames) readers() []tableReader {
	return []tableReader{
		{name: "skill", columns: []string{"id", "capability_name"}, begin: func() {}, row: func(r record) { n.capabilities[r.text(0)] = r.key(1) }},
		{name: "automation", columns: []string{"id", "name"}, begin: func() {}, row: func(r record) { n.automations[r.text(0)] = r.key(1) }},
	}
}

// named is the name of what has that id, which may be gone.
func named(names map[string]string, id string) string {
	if name, ok := names[id]; ok {
		return name
	}
	return data.None
}

// tableReaders fill t, each from the table that feeds the panels named.
func tableReaders(t *data.Tables, names *agentNames) []tableReader {
	return []tableReader{
		{ // Task Pipeline, Agents
			name: "tasks",
			columns: []string{
				"id", "title", "domain", "status", "created_via", "assigned_agent", "agent_status",
				"created_at", "completed_at", "scheduled_start", "deadline", "reschedule_count",
			},
			begin: func() { t.Tasks = []data.Task{} },
			row: func(r record) {
				t.Tasks = append(t.Tasks, data.Task{
					ID: r.text(0), Title: r.text(1), Domain: r.key(2), Status: r.key(3), CreatedVia: r.key(4),
					AssignedAgent: r.key(5), AgentStatus: r.key(6),
					CreatedAt: r.time(7), CompletedAt: r.time(8), ScheduledStart: r.time(9), Deadline: r.time(10), RescheduleCount: r.int(11),
				})
			},
		},
		{ // Notifications
			name: "nudge_events", columns: []string{"task_id", "nudge_type", "channel", "created_at"}, details: []string{"id"},
			begin: func() { t.Nudges = []data.Nudge{} },
			row: func(r record) {
				t.Nudges = append(t.Nudges, data.Nudge{TaskID: r.text(0), Type: r.key(1), Channel: r.key(2), CreatedAt: r.time(3), ID: r.text(4)})
			},
		},
		{
			name: "escalation_state", columns: []string{"status", "current_tier", "created_at", "updated_at"}, details: []string{"id", "task_id", "task_title"},
			begin: func() { t.EscalationStates = []data.EscalationState{} },
			row: func(r record) {
				t.EscalationStates = append(t.EscalationStates, data.EscalationState{
					Status: r.key(0), Tier: r.key(1), CreatedAt: r.time(2), UpdatedAt: r.time(3), ID: r.text(4), TaskID: r.text(5), TaskTitle: r.text(6),
				})
			},
		},
		{ // Escalations
			name: "escalation_request",
			columns: []string{
				"id", "correlation_id", "status", "mode", "resolution", "task_type", "estimate_usd", "created_at", "resolved_at", "iteration",
			},
			begin: func() { t.Escalations = []data.EscalationRow{} },
			row: func(r record) {
				t.Escalations = append(t.Escalations, data.EscalationRow{
					ID: r.int(0), CorrelationID: r.text(1), Status: r.key(2), Mode: r.textOrNil(3), Resolution: r.textOrNil(4),
					TaskType: r.text(5), EstimateUSD: r.floatOrNil(6), CreatedAt: r.timeOrNil(7), ResolvedAt: r.timeOrNil(8), Iteration: r.intOrNil(9),
				})
			},
		},
		{ // Preferences
			name: "correction_log", columns: []string{"field_corrected", "timestamp"},
			details: []string{"id", "task_id", "task_type", "original_value", "corrected_value"},
			begin:   func() { t.Corrections = []data.Correction{} },
			row: func(r record) {
				t.Corrections = append(t.Corrections, data.Correction{
					Field: r.key(0), At: r.time(1), ID: r.text(2), TaskID: r.text(3), Via: r.text(4), Original: r.text(5), Corrected: r.text(6),
				})
			},
		},
		{
			name: "learned_preferences", columns: []string{"enabled", "created_at", "disabled_at"},
			details: []string{"id", "rule_type", "rule_text", "confidence"},
			begin:   func() { t.Rules = []data.Rule{} },
			row: func(r record) {
				t.Rules = append(t.Rules, data.Rule{
					Enabled: r.bool(0), CreatedAt: r.time(1), DisabledAt: r.time(2), ID: r.text(3), Type: r.text(4), Text: r.text(5), Confidence: r.floatOrNil(6),
				})
			},
		},
		{ // Skills
			name: "skill", columns: []string{"capability_name", "state", "created_at"}, details: []string{"id"},
			begin: func() { t.Skills = []data.Skill{} },
			row: func(r record) {
				t.Skills = append(t.Skills, data.Skill{Capability: r.key(0), State: r.key(1), CreatedAt: r.time(2), ID: r.text(3)})
			},
		},
		{
			name: "skill_state_transition", columns: []string{"to_state", "at"}, details: []string{"skill_id", "from_state", "reason"},
			begin: func() { t.SkillTransitions = []data.SkillTransition{} },
			row: func(r record) {
				t.SkillTransitions = append(t.SkillTransitions, data.SkillTransition{
					ToState: r.key(0), At: r.time(1), Capability: named(names.capabilities, r.text(2)), FromState: r.text(3), Reason: r.text(4),
				})
			},
		},
		{
			name: "skill_evolution_log", columns: []string{"skill_id", "outcome", "at"}, details: []string{"triggered_by"},
			begin: func() { t.SkillEvolutions = []data.SkillEvolution{} },
			row: func(r record) {
				t.SkillEvolutions = append(t.SkillEvolutions, data.SkillEvolution{
					Capability: named(names.capabilities, r.text(0)), Outcome: r.text(1), At: r.time(2), TriggeredBy: r.text(3),
				})
			},
		},
		{ // Agents, Skills
			name: "skill_run", columns: []string{"id", "skill_id", "task_id", "status", "error", "started_at", "finished_at", "total_cost_usd"},
			begin: func() { t.SkillRuns = []data.AgentRun{} },
			row: func(r record) {
				t.SkillRuns = append(t.SkillRuns, data.AgentRun{
					ID: r.text(0), Name: named(names.capabilities, r.text(1)), TaskID: r.text(2), Status: r.key(3), Error: r.text(4),
					StartedAt: r.time(5), FinishedAt: r.time(6), CostUSD: r.floatOrNil(7),
				})
			},
		},
		{
			name: "automation_run", columns: []string{"id", "automation_id", "status", "error", "started_at", "finished_at", "cost_usd"},
			begin: func() { t.AutomationRuns = []data.AgentRun{} },
			row: func(r record) {
				t.AutomationRuns = append(t.AutomationRuns, data.AgentRun{
					ID: r.text(0), Name: named(names.automations, r.text(1)), Status: r.key(2), Error: r.text(3),
					StartedAt: r.time(4), FinishedAt: r.time(5), CostUSD: r.floatOrNil(6),
				})
			},
		},
	}
}

// readMemory counts documents and chunks. Their rows are many and long, so
// SQLite counts them: those created by now and not deleted by then. Donna writes
// the one with a blank and the other with a T between date and time.
func (d *database) readMemory(t *data.Tables, now time.Time) error {
	const alive = "replace(d.created_at, 'T', ' ') <= ?1 AND (d.deleted_at IS NULL OR replace(d.deleted_at, 'T', ' ') > ?1)"
	at := now.UTC().Format("2006-01-02 15:04:05.000000")
	documents, err := inspect(d.conn, "memory_documents")
	if err != nil || documents == nil || len(documents.missing([]string{"created_at", "deleted_at"})) > 0 {
		return err
	}
	if err := d.readDocuments(t, documents, alive, at); err != nil {
		return err
	}
	chunks, err := inspect(d.conn, "memory_chunks")
	if err != nil || chunks == nil || len(chunks.missing([]string{"document_id"})) > 0 {
		return err
	}
	sql := "SELECT count(*) FROM memory_chunks c JOIN memory_documents d ON d.id = c.document_id WHERE " + alive
	if chunks.columns["created_at"] {
		sql += " AND replace(c.created_at, 'T', ' ') <= ?1"
	}
	n, err := d.number(sql, at)
	t.MemoryChunks = &n
	return err
}

// readDocuments counts the documents that are alive, by where they come from.
func (d *database) readDocuments(t *data.Tables, documents *table, alive, at string) error {
	if !documents.columns["source_type"] {
		return nil
	}
	t.MemoryDocuments = make(map[string]int64)
	return d.conn.each("SELECT d.source_type, count(*) FROM memory_documents d WHERE "+alive+" GROUP BY 1", func(st *stmt) bool {
		source := data.None
		if text := st.column(0).text(); text != nil {
			source = string(text)
		}
		n, _ := st.column(1).int()
		t.MemoryDocuments[source] += n
		return true
	}, at)
}

// auditTypes are the task types of audit rows (donna-data.md §1.4).
var auditTypes = []string{"escalation_lifecycle", "tool_gap_lifecycle"}

// readAudit reads the audit rows with a rowid above the one given. They are few,
// and the index on task_type finds them.
func (d *database) readAudit(above int64) (events []data.AuditEvent, last int64, err error) {
	last = above
	if !d.table.columns["output"] || !d.table.columns["task_type"] {
		return nil, last, nil
	}
	events = []data.AuditEvent{}
	columns := d.table.selectList([]string{"timestamp", "output", "id", "escalation_request_id"})
	for _, taskType := range auditTypes {
		err := d.conn.each("SELECT rowid, "+columns+" FROM invocation_log WHERE task_type = ?1 AND rowid > ?2", func(st *stmt) bool {
			r := record{st}
			rowid, _ := st.column(0).int()
			last = max(last, rowid)
			e := data.AuditEvent{At: r.time(0), TaskType: taskType, ID: r.text(2), EscalationID: r.intOrNil(3)}
			parseAudit(r.text(1), &e)
			events = append(events, e)
			return true
		}, taskType, above)
		if err != nil {
			return nil, above, err
		}
	}
	return events, last, nil
}

// parseAudit takes from a payload what figures ask for; a payload that can't be
// read leaves the event without a name, so that it counts nowhere.
func parseAudit(output string, e *data.AuditEvent) {
	var payload struct {
		Event          string   `json:"event"`
		Channel        string   `json:"channel"`
		ExtensionID    any      `json:"extension_id"`
		AmountUSD      *float64 `json:"amount_usd"`
		Tool           string   `json:"tool_name"`
		Severity       string   `json:"severity"`
		DetectionPoint string   `json:"detection_point"`
		IsNew          bool     `json:"is_new"`
	}
	if json.Unmarshal([]byte(output), &payload) != nil {
		return
	}
	e.Event, e.Channel, e.Tool, e.Severity = payload.Event, payload.Channel, payload.Tool, payload.Severity
	e.DetectionPoint, e.IsNew = payload.DetectionPoint, payload.IsNew
	if payload.ExtensionID != nil {
		e.ExtensionID = fmt.Sprint(payload.ExtensionID)
	}
	if payload.AmountUSD != nil {
		e.AmountUSD = *payload.AmountUSD
	}
}
