package contracttest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// moreSchema are Donna's other tables (donna-data.md §1.5 to §1.10) with her
// declared types, for they have affinities, but without any NOT NULL.
var moreSchema = map[string]string{
	"tasks": `id VARCHAR(36), user_id VARCHAR(100), title VARCHAR(500), description TEXT, domain VARCHAR(8), priority INTEGER, status VARCHAR(16),
		estimated_duration INTEGER, deadline DATETIME, deadline_type VARCHAR(4), scheduled_start DATETIME, actual_start DATETIME, completed_at DATETIME,
		agent_status VARCHAR(22), assigned_agent VARCHAR(100), reschedule_count INTEGER, nudge_count INTEGER, created_at DATETIME, created_via VARCHAR(7)`,
	"escalation_request": `id INTEGER PRIMARY KEY, user_id VARCHAR(100), correlation_id VARCHAR(36), task_id VARCHAR(36), task_type VARCHAR(100), estimate_usd FLOAT,
		resolution VARCHAR(50), resolved_by VARCHAR(100), resolved_at DATETIME, mode VARCHAR(30), iteration INTEGER, status VARCHAR(20), created_at DATETIME`,
	"nudge_events":     `id VARCHAR(36), user_id VARCHAR(100), task_id VARCHAR(36), nudge_type VARCHAR(50), channel VARCHAR(50), escalation_tier INTEGER, message_text TEXT, llm_generated BOOLEAN, created_at DATETIME`,
	"escalation_state": `id VARCHAR(36), user_id VARCHAR(100), task_id VARCHAR(36), task_title VARCHAR(500), current_tier INTEGER, status VARCHAR(20), next_escalation_at DATETIME, created_at DATETIME, updated_at DATETIME`,
	"correction_log":   `id VARCHAR(36), timestamp DATETIME, user_id VARCHAR(100), task_type VARCHAR(100), task_id VARCHAR(36), field_corrected VARCHAR(100), rule_extracted VARCHAR(36)`,
	"learned_preferences": `id VARCHAR(36), user_id VARCHAR(100), rule_type VARCHAR(50), rule_text TEXT, confidence FLOAT, condition JSON, action JSON,
		supporting_corrections JSON, enabled BOOLEAN, created_at DATETIME, disabled_at DATETIME`,
	"skill":                  `id VARCHAR(36), capability_name VARCHAR(200), state VARCHAR(30), created_at DATETIME, updated_at DATETIME`,
	"skill_state_transition": `id VARCHAR(36), skill_id VARCHAR(36), from_state VARCHAR(30), to_state VARCHAR(30), reason VARCHAR(50), actor VARCHAR(20), at DATETIME`,
	"skill_evolution_log":    `id VARCHAR(36), skill_id VARCHAR(36), triggered_by VARCHAR(50), outcome VARCHAR(30), at DATETIME`,
	"skill_run": `id VARCHAR(36), skill_id VARCHAR(36), task_id VARCHAR(36), automation_run_id VARCHAR(36), status VARCHAR(20), total_latency_ms INTEGER,
		total_cost_usd FLOAT, error TEXT, user_id VARCHAR(100), started_at DATETIME, finished_at DATETIME`,
	"automation":       `id VARCHAR(36), user_id VARCHAR(100), name VARCHAR(200), capability_name VARCHAR(200), status VARCHAR(20), created_at DATETIME`,
	"automation_run":   `id VARCHAR(36), automation_id VARCHAR(36), started_at DATETIME, finished_at DATETIME, status VARCHAR(20), skill_run_id VARCHAR(36), error TEXT, cost_usd FLOAT`,
	"memory_documents": `id VARCHAR(36), user_id VARCHAR(100), source_type VARCHAR(20), source_id VARCHAR(500), title VARCHAR(500), created_at DATETIME, updated_at DATETIME, deleted_at DATETIME, sensitive BOOLEAN`,
	"memory_chunks":    `chunk_id VARCHAR(36), document_id VARCHAR(36), user_id VARCHAR(100), chunk_index INTEGER, content TEXT, token_count INTEGER, created_at DATETIME`,
}

// tableTraps makes rows of all those tables: every column draws from all it could
// hold, so that what is odd meets what is odd.
type tableTraps struct {
	*traps
	tables  map[string][]values
	edges   []time.Time
	taskIDs []string
}

// newTableTraps makes them; nullable has NULL also where Donna's columns forbid it
// and text is no key of a map.
func newTableTraps(seed uint64, now time.Time, nullable bool) *tableTraps {
	g := &tableTraps{traps: &traps{rng: rand.New(rand.NewPCG(seed, 20260603)), now: now.UTC(), nullable: nullable}, tables: map[string][]values{}}
	for _, w := range allWindows {
		g.edges = append(g.edges, windowStart(w, g.now))
	}
	monday := midnight(g.now)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	g.edges = append(g.edges, g.now, g.now, monday, monday.AddDate(0, 0, -77), midnight(g.now).AddDate(0, 0, -29), g.now.Truncate(time.Hour), g.now.Truncate(time.Hour).Add(-23*time.Hour))
	for n := range 300 {
		g.taskIDs = append(g.taskIDs, fmt.Sprintf("0190aaaa-0000-7000-8000-%012d", n))
	}
	g.tasks()
	g.escalations()
	g.lifecycle()
	g.notifications()
	g.preferences()
	g.skills()
	g.memory()
	if !nullable {
		for table, columns := range map[string]values{
			"tasks": {"title": "Call the bank"}, "escalation_state": {"current_tier": 2},
			"escalation_request": {"correlation_id": "0190eeee-0000-7000-8000-000000000000", "task_type": "chat_escalation", "status": "open"},
		} {
			for _, r := range g.tables[table] {
				for c, v := range columns {
					if r[c] == nil {
						r[c] = v
					}
				}
			}
		}
	}
	return g
}

// someTime is near now, on the edge of something, after now or long ago.
func (g *tableTraps) someTime() time.Time {
	switch n := g.rng.IntN(20); {
	case n < 5:
		return pick(g.rng, g.edges).Add(pick(g.rng, []time.Duration{-time.Second, -time.Microsecond, 0, time.Microsecond, time.Second}))
	case n < 7:
		return g.now.Add(time.Duration(g.rng.Int64N(int64(20 * day)))).Truncate(time.Microsecond)
	case n < 9:
		return g.now.Add(-30*day - time.Duration(g.rng.Int64N(int64(300*day)))).Truncate(time.Microsecond)
	case n < 12:
		return g.within(time.Hour)
	}
	return g.within(time.Duration(float64(time.Minute) * math.Exp(g.rng.Float64()*math.Log(40*24*60))))
}

// later is a moment after another, mostly soon, sometimes before it, sometimes none.
// What begins after now ends after now: only a clock gone wrong could end it before.
func (g *tableTraps) later(t time.Time) any {
	if t.After(g.now) {
		return g.stamp(t.Add(time.Duration(g.rng.Int64N(int64(day)))).Truncate(time.Microsecond))
	}
	switch g.rng.IntN(12) {
	case 0:
		return nil
	case 1:
		return pick(g.rng, []any{"", "soon", "2026-02-30T10:00:00", 17})
	case 2:
		return g.stamp(t)
	case 3:
		return g.stamp(t.Add(-time.Duration(g.rng.Int64N(int64(time.Hour)))).Truncate(time.Microsecond))
	case 4:
		return g.stamp(t.Add(pick(g.rng, []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 4 * time.Hour, day, 30 * day}) + pick(g.rng, []time.Duration{-time.Microsecond, 0, time.Microsecond})))
	case 5:
		return g.stamp(g.someTime())
	}
	return g.stamp(t.Add(time.Duration(math.Exp(g.rng.Float64()*28)) * time.Microsecond))
}

func (g *tableTraps) row(table string, pairs ...any) {
	r := values{}
	for i := 0; i < len(pairs); i += 2 {
		r[pairs[i].(string)] = pairs[i+1]
	}
	g.tables[table] = append(g.tables[table], r)
}

func (g *tableTraps) id(kind string, n int) string {
	return fmt.Sprintf("0190%04x-0000-7000-8000-%s%08d", g.rng.IntN(1<<16), kind, n)
}

func (g *tableTraps) tasks() {
	statuses := []any{"backlog", "scheduled", "needs_scheduling", "in_progress", "blocked", "waiting_input", "paused", "done", "done", "cancelled", "archived", nil}
	for _, id := range g.taskIDs {
		created := g.someTime()
		g.row("tasks", "id", id, "user_id", "nick", "title", pick(g.rng, []any{"Call the bank", "caf\u00e9 \u65e5\u672c", "\x1b[31mred", nil}),
			"domain", pick(g.rng, []any{"personal", "work", "family", nil, "o'clock"}), "priority", g.rng.IntN(6), "status", pick(g.rng, statuses),
			"deadline", g.later(created), "scheduled_start", g.later(created), "completed_at", g.later(created),
			"agent_status", pick(g.rng, []any{nil, nil, "pending", "in_progress", "complete", "failed", "review"}),
			"assigned_agent", pick(g.rng, []any{nil, "research", "coding", "nobody", "pm"}),
			"reschedule_count", pick(g.rng, []any{0, 0, 1, 2, 3, 4, 11}), "created_at", g.stamp(created),
			"created_via", pick(g.rng, []any{"discord", "app", "email", "sms", nil}))
	}
	// Deadlines on either side of now whose text says otherwise.
	for n, off := range []time.Duration{-time.Minute, -time.Microsecond, 0, time.Microsecond, time.Minute} {
		for m, zone := range []int{-12 * 3600, -4 * 3600, 0, 5*3600 + 1800, 14 * 3600} {
			g.row("tasks", "id", fmt.Sprintf("deadline-%d-%d", n, m), "title", "due", "status", "backlog", "reschedule_count", 0, "created_via", "app", "domain", "work",
				"created_at", g.stamp(g.now.Add(-time.Hour)), "deadline", inForm("2006-01-02T15:04:05.000000-07:00", zone)(g.now.Add(off)))
		}
	}
}

func (g *tableTraps) escalations() {
	modes := []any{nil, "chat", "claude_code"}
	resolutions := []any{nil, "pause", "cancel", "api_extended", "chat", "claude_code"}
	statuses := []any{"open", "resolved", "submitted", "validated", "failed", "cancelled", nil, "lost"}
	n := 0
	used := map[time.Time]bool{}
	for _, mode := range modes {
		for _, resolution := range resolutions {
			for _, status := range statuses {
				for range 2 {
					n++
					created := g.someTime()
					for used[created] { // so that the order of the list is sure
						created = created.Add(-3 * time.Microsecond)
					}
					used[created] = true
					g.row("escalation_request", "id", n, "user_id", "nick", "correlation_id", pick(g.rng, []any{g.id("e", n), nil}), "task_type", pick(g.rng, []any{"chat_escalation", "skill_evolution", nil}),
						"estimate_usd", pick(g.rng, []any{0.0, 7.25, 3, nil}), "resolution", resolution, "mode", mode, "status", status, "iteration", 1+g.rng.IntN(5),
						"created_at", g.stamp(created), "resolved_at", g.later(created))
				}
			}
		}
	}
}

// audit adds an audit row to invocation_log.
func (g *tableTraps) audit(at time.Time, taskType string, payload any) {
	output := payload
	if o, ok := payload.(values); ok {
		b, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		output = string(b)
	}
	g.add(at, "task_type", taskType, "model_alias", "audit", "model_actual", "audit", "latency_ms", 0, "tokens_in", 0, "tokens_out", 0, "cost_usd", 0.0, "output", output)
}

func (g *tableTraps) lifecycle() {
	for range 250 {
		g.audit(g.someTime(), "escalation_lifecycle", values{"event": pick(g.rng, []any{"escalation_validated", "escalation_failed", "escalation_submitted", "escalation_branch_not_found", nil}),
			"skill_id": "s", "pass_rate": pick(g.rng, []any{0.5, 1.0, nil}), "iteration": 1, "branch": "b"})
		g.audit(g.someTime(), "escalation_lifecycle", values{"event": "escalation_validated", "channel": pick(g.rng, []any{"chat", "chat", "agents", nil}), "iteration": 1, "answer_chars": 10})
		g.audit(g.someTime(), "tool_gap_lifecycle", values{"event": pick(g.rng, []any{"tool_gap_detected", "tool_gap_detected", "tool_request_filed"}), "tool_request_id": g.rng.IntN(9),
			"tool_name": "t", "severity": pick(g.rng, []any{"high", "speculative", nil}), "detection_point": pick(g.rng, []any{"runtime_dispatch", "capability_tool_check", "skill_draft", nil}),
			"is_new": pick(g.rng, []any{true, false, false, nil})})
	}
	// Extensions granted once to thrice, some voided later.
	for id := 1; id <= 120; id++ {
		first := g.someTime()
		for range 1 + g.rng.IntN(3) {
			g.audit(first, "escalation_lifecycle", values{"event": "extension_granted", "extension_id": id, "amount_usd": float64(id) / 8, "granted_by": "284917365501296640"})
			first = first.Add(pick(g.rng, []time.Duration{time.Second, time.Hour, day, 3 * day}))
		}
		if g.rng.IntN(4) == 0 {
			g.audit(first, "escalation_lifecycle", values{"event": "extension_voided", "reason": "crash_recovery"})
		}
	}
	// Granted before the 30 days begin, and told again in them: the day of the first row.
	for n, before := range []time.Duration{time.Microsecond, time.Hour, 3 * day, 40 * day} {
		for _, at := range []time.Time{midnight(g.now).AddDate(0, 0, -29).Add(-before), midnight(g.now).AddDate(0, 0, -29), g.now.Add(-time.Hour)} {
			g.audit(at, "escalation_lifecycle", values{"event": "extension_granted", "extension_id": 5000 + n, "amount_usd": 64})
		}
	}
	// Told again after now.
	g.audit(g.now.Add(-time.Hour), "escalation_lifecycle", values{"event": "extension_granted", "extension_id": 6000, "amount_usd": 0.5})
	g.audit(g.now.Add(time.Hour), "escalation_lifecycle", values{"event": "extension_granted", "extension_id": 6000, "amount_usd": 0.5})
	for _, output := range []any{nil, "", "not json", `{"event": "extension_granted"`, "[]", `"extension_granted"`, "10.0", []byte{0xff}} {
		g.audit(g.within(time.Hour), "escalation_lifecycle", output)
		g.audit(g.within(time.Hour), "tool_gap_lifecycle", output)
	}
	// Payloads on rows that are no audit rows.
	g.add(g.within(time.Hour), "task_type", "parse_task", "output", `{"event": "extension_granted", "extension_id": 9999, "amount_usd": 50}`)
	g.add(g.within(time.Hour), "task_type", "parse_task", "output", `{"event": "tool_gap_detected", "is_new": true}`)
	g.add(g.within(time.Hour), "task_type", "escalation_lifecycle::__shadow__", "output", `{"event": "escalation_validated"}`)
	for range 200 {
		g.add(g.someTime(), "task_type", pick(g.rng, []string{"embed_task", "embed_vault_chunk", "embed", "re_embed_task", "embed_task::__shadow__"}), "is_shadow", g.rng.IntN(2))
	}
}

func (g *tableTraps) notifications() {
	used := map[string]bool{}
	for n := range 400 {
		at := g.someTime()
		id := pick(g.rng, g.taskIDs[:60])
		for used[id+at.String()] { // so that the order of a task's nudges is sure
			at = at.Add(-3 * time.Microsecond)
		}
		used[id+at.String()] = true
		g.row("nudge_events", "id", g.id("n", n), "user_id", "nick", "task_id", id, "nudge_type", pick(g.rng, []any{"overdue", "reminder", "escalation", nil}),
			"channel", pick(g.rng, []any{"discord", "sms", nil}), "escalation_tier", 1, "message_text", "x", "llm_generated", 0, "created_at", g.stamp(at))
		created := g.someTime()
		g.row("escalation_state", "id", g.id("s", n), "user_id", "nick", "task_id", pick(g.rng, g.taskIDs), "task_title", "x", "current_tier", pick(g.rng, []any{1, 2, 3, 4, 9, nil}),
			"status", pick(g.rng, []any{"pending", "acknowledged", "acknowledged", "backed_off", "completed", nil}), "created_at", g.stamp(created), "updated_at", g.later(created))
	}
}

func (g *tableTraps) preferences() {
	for n := range 250 {
		g.row("correction_log", "id", g.id("c", n), "timestamp", g.stamp(g.someTime()), "user_id", "nick", "task_type", pick(g.rng, []any{"api", "dashboard", nil}),
			"field_corrected", pick(g.rng, []any{"priority", "domain", "title", nil}), "task_id", nil)
	}
	for n := range 200 {
		created := g.someTime()
		if g.rng.IntN(3) > 0 { // old enough to have survived
			created = g.now.Add(-30 * day).Add(-time.Duration(g.rng.Int64N(int64(30 * day)))).Truncate(time.Microsecond)
		}
		disabled, enabled := any(nil), 1
		if g.rng.IntN(2) == 0 {
			enabled = 0
			end := created.Add(pick(g.rng, []time.Duration{0, time.Hour, 29 * day, 30*day - time.Microsecond, 30 * day, 30*day + time.Microsecond, 31 * day}))
			if end.After(g.now) { // a switch thrown later is another question
				end = g.now
			}
			if end.Before(created) {
				end = created
			}
			disabled = g.stamp(end)
		}
		g.row("learned_preferences", "id", g.id("p", n), "user_id", "nick", "rule_type", "domain_override", "rule_text", "x", "confidence", 0.5,
			"enabled", enabled, "created_at", g.stamp(created), "disabled_at", disabled)
	}
}

func (g *tableTraps) skills() {
	var ids []any
	for n, name := range []any{"price_watch", "mail_triage", "research", "mail_triage", nil, "caf\u00e9", "gone"} {
		id := g.id("k", n)
		if name != "gone" {
			g.row("skill", "id", id, "capability_name", name, "state", pick(g.rng, []any{"trusted", "draft", "sandbox", nil}), "created_at", g.stamp(g.now.Add(-time.Duration(n)*9*day)), "updated_at", g.stamp(g.someTime()))
		}
		ids = append(ids, id)
	}
	for n := range 60 {
		g.row("skill", "id", g.id("x", n), "capability_name", fmt.Sprintf("idle_%d", n), "state", pick(g.rng, []any{"claude_native", "skill_candidate", "degraded", "odd", nil}), "created_at", g.stamp(g.someTime()), "updated_at", g.stamp(g.now))
	}
	ids = append(ids, nil)
	var automations []any
	for n, name := range []any{"Price watch", "coding", "Odd", nil, "gone"} {
		id := g.id("a", n)
		if name != "gone" {
			g.row("automation", "id", id, "user_id", "nick", "name", name, "capability_name", "price_watch", "status", pick(g.rng, []any{"active", "paused", "deleted"}), "created_at", g.stamp(g.now.Add(-40*day)))
		}
		automations = append(automations, id)
	}
	automations = append(automations, nil)
	statuses := []any{"running", "succeeded", "succeeded", "failed", "escalated", "skipped_budget", nil}
	for n := range 400 {
		for _, kind := range []string{"skill", "automation"} {
			started, status := g.someTime(), pick(g.rng, statuses)
			finished := g.later(started)
			if status == "running" {
				finished = nil
			}
			cost, failure := pick(g.rng, []any{0.0, 0.25, 1e-7, 2, nil}), pick(g.rng, []any{"boom", nil})
			if kind == "skill" {
				g.row("skill_run", "id", g.id("r", n), "skill_id", pick(g.rng, ids), "task_id", pick(g.rng, []any{nil, g.taskIDs[0]}), "status", status, "total_cost_usd", cost, "error", failure,
					"user_id", "nick", "started_at", g.stamp(started), "finished_at", finished)
			} else {
				g.row("automation_run", "id", g.id("q", n), "automation_id", pick(g.rng, automations), "status", status, "cost_usd", cost, "error", failure, "started_at", g.stamp(started), "finished_at", finished)
			}
		}
		g.row("skill_state_transition", "id", g.id("t", n), "skill_id", pick(g.rng, ids), "from_state", "draft", "to_state", pick(g.rng, []any{"sandbox", "trusted", "degraded", nil}), "at", g.stamp(g.someTime()))
		g.row("skill_evolution_log", "id", g.id("v", n), "skill_id", pick(g.rng, ids), "triggered_by", "nightly", "outcome", pick(g.rng, []any{"success", "rejected_validation", "error", nil}), "at", g.stamp(g.someTime()))
	}
}

// memory's tables hold no other forms of time than these: the blank, and for
// deletions the T, both without an offset.
func (g *tableTraps) memory() {
	blank := func(t time.Time) string {
		if t.Nanosecond() == 0 {
			return inForm("2006-01-02 15:04:05", 0)(t)
		}
		return inForm("2006-01-02 15:04:05.000000", 0)(t)
	}
	for n := range 200 {
		id, created := g.id("d", n), g.someTime()
		deleted := any(nil)
		if g.rng.IntN(3) == 0 {
			deleted = inForm("2006-01-02T15:04:05.000000", 0)(created.Add(time.Duration(g.rng.Int64N(int64(day)))))
		}
		g.row("memory_documents", "id", id, "user_id", "nick", "source_type", pick(g.rng, []any{"vault", "chat", "task", "correction", nil}), "source_id", id, "title", "x",
			"created_at", blank(created), "updated_at", blank(g.now), "deleted_at", deleted, "sensitive", 0)
		for range g.rng.IntN(5) {
			at := created.Add(pick(g.rng, []time.Duration{0, time.Microsecond, time.Hour, 5 * day}))
			if at.After(g.now) && !created.After(g.now) {
				at = g.now // chunks of the future have a test of their own
			}
			g.row("memory_chunks", "chunk_id", g.id("h", len(g.tables["memory_chunks"])), "document_id", id, "user_id", "nick", "content", "x", "created_at", blank(at))
		}
	}
}

// writeTables makes a database file of all rows. without names tables, or columns
// as "table.column", that the file doesn't have.
func (g *tableTraps) writeTables(t testing.TB, wal bool, without ...string) (path string, db *sql.DB) {
	t.Helper()
	s := shape{wal: wal}
	lacking := map[string]bool{}
	for _, name := range without {
		lacking[name] = true
		if column, ok := strings.CutPrefix(name, "invocation_log."); ok {
			s.without = append(s.without, column)
		}
	}
	path, db = writeDatabase(t, s, g.rows, nil)
	for _, name := range slices.Sorted(maps.Keys(moreSchema)) {
		definition := moreSchema[name]
		if lacking[name] {
			continue
		}
		var columns []string
		for c := range strings.SplitSeq(definition, ",") {
			if column, _, _ := strings.Cut(strings.TrimSpace(c), " "); !lacking[name+"."+column] {
				columns = append(columns, c)
			}
		}
		if _, err := db.Exec("CREATE TABLE " + name + " (" + strings.Join(columns, ",") + ")"); err != nil {
			t.Fatal(err)
		}
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		g.rng.Shuffle(len(g.tables[name]), func(i, j int) { g.tables[name][i], g.tables[name][j] = g.tables[name][j], g.tables[name][i] })
		insert(t, tx, name, g.tables[name], func(c string) bool { return !lacking[name+"."+c] })
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return path, db
}
