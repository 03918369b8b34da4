package contracttest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// agentsConfig writes an agents.yaml with a few timeouts.
func agentsConfig(t *testing.T) (dir string, timeouts map[string]float64) {
	t.Helper()
	dir = filepath.Dir(writeFile(t, "agents.yaml", `# agents
agents:
  research:
    enabled: true
    timeout_seconds: 300
    autonomy: high
  coding:
    enabled: false
    timeout_seconds: 600.5
  pm:
    enabled: true
`))
	writeIn(t, dir, "donna_models.yaml", "cost:\n  monthly_budget_usd: 1234.5\n  daily_pause_threshold_usd: 17.5\n")
	return dir, map[string]float64{"research": 300, "coding": 600.5}
}

// TestBranches compares every branch beyond llm on tables and lines full of traps.
func TestBranches(t *testing.T) {
	t.Parallel()
	for i, when := range instants {
		t.Run(fmt.Sprintf("%s, nullable %t", when.name, i%2 == 1), func(t *testing.T) {
			t.Parallel()
			now := at(t, when.now)
			g := newTableTraps(uint64(i), now, i%2 == 1)
			path, db := g.writeTables(t, i%4 < 2)
			log := g.trapLog(uint64(i))
			config, timeouts := agentsConfig(t)
			a := &auditor{now: now, db: readStore(t, db), haveLogs: true, timeouts: timeouts, service: "donna"}
			a.lines, _ = readEntries(log)
			a.llm = reference(readDatabase(t, db), nil, false, defaults, now)
			got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", log), "--donna-config", config)
			report(t, a.compareBranches(t, got))
		})
	}
}

// TestBranchSources: figures of a source that isn't there are null, those of an
// empty one are 0.
func TestBranchSources(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	for _, c := range []struct {
		name             string
		rows, haveTables bool
		logs             string
	}{
		{"database alone", true, true, ""},
		{"logs alone", false, false, "lines"},
		{"empty tables, empty log", false, true, "\n"},
		{"empty tables, no logs", false, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newTableTraps(77, now, false)
			log := c.logs
			if log == "lines" {
				log = g.trapLog(77)
			}
			if !c.rows {
				g.rows, g.tables = nil, nil
			}
			a := &auditor{now: now, haveLogs: log != "", service: "donna"}
			a.lines, _ = readEntries(log)
			a.llm = object{"spend_by_task_type": nil}
			var args []string
			if c.haveTables {
				path, db := g.writeTables(t, false)
				a.db, a.llm = readStore(t, db), reference(readDatabase(t, db), nil, false, defaults, now)
				args = append(args, "--db", path)
			}
			if a.haveLogs {
				args = append(args, "--logs", writeFile(t, "donna.log", log))
			}
			report(t, a.compareBranches(t, snapshot(t, now, 0, args...)))
		})
	}
}

// TestBranchOlderSchemas: what a file doesn't have is null, and only that.
func TestBranchOlderSchemas(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	for _, without := range []string{ // tables, and one column of each table at a time
		"tasks escalation_request skill_run automation_run memory_documents memory_chunks",
		"nudge_events escalation_state correction_log learned_preferences skill automation skill_state_transition skill_evolution_log",
		"skill_run memory_documents", "automation_run memory_chunks",
		"invocation_log.output", "tasks.created_via nudge_events.channel escalation_state.status skill.state skill_run.error memory_documents.source_type",
		"tasks.domain nudge_events.nudge_type escalation_state.current_tier skill_run.task_id correction_log.field_corrected learned_preferences.enabled",
		"tasks.status nudge_events.task_id escalation_state.updated_at skill_run.total_cost_usd learned_preferences.disabled_at escalation_request.iteration",
		"tasks.completed_at automation_run.cost_usd escalation_request.resolved_at skill_evolution_log.outcome",
		"tasks.scheduled_start escalation_request.estimate_usd", "tasks.deadline escalation_request.correlation_id", "tasks.reschedule_count skill_state_transition.to_state", "tasks.agent_status",
		"tasks.assigned_agent memory_documents.deleted_at",
	} {
		t.Run("without "+without, func(t *testing.T) {
			t.Parallel()
			g := newTableTraps(78, now, false)
			log := g.trapLog(78)
			path, db := g.writeTables(t, false, strings.Fields(without)...)
			a := &auditor{now: now, db: readStore(t, db), haveLogs: true, service: "donna"}
			a.lines, _ = readEntries(log)
			a.llm = reference(readDatabase(t, db), nil, false, defaults, now)
			db.Close()
			report(t, a.compareBranches(t, snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", log))))
		})
	}
}

// TestRowsWithoutTime: rows whose own time can't be read are in no window. Whether
// they count where no window asks for a time is not said.
func TestRowsWithoutTime(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := newTableTraps(79, now, false)
	for _, c := range []struct{ table, column string }{
		{"tasks", "created_at"}, {"nudge_events", "created_at"}, {"escalation_state", "created_at"}, {"correction_log", "timestamp"}, {"learned_preferences", "created_at"},
		{"skill_state_transition", "at"}, {"skill_run", "started_at"}, {"automation_run", "started_at"}, {"escalation_request", "created_at"},
	} {
		for _, r := range g.tables[c.table] {
			if g.rng.IntN(3) == 0 {
				r[c.column] = pick(g.rng, []any{nil, "", "soon", "2026-02-30T10:00:00", 1763480000, []byte{1}})
				// Times that such a row may have besides are another question.
				for _, c := range []string{"completed_at", "finished_at", "resolved_at", "updated_at", "disabled_at"} {
					if _, ok := r[c]; ok {
						r[c] = nil
					}
				}
			}
		}
	}
	log := g.trapLog(79)
	path, db := g.writeTables(t, false)
	got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", log))
	entries, _ := readEntries(log)
	branches := func(untimed bool) object {
		a := &auditor{now: now, db: readStore(t, db), lines: entries, haveLogs: true, service: "donna", untimed: untimed}
		a.llm = reference(readDatabase(t, db), nil, false, defaults, now)
		return a.branches()
	}
	out, in := branches(false), branches(true)
	for name := range out {
		without, with := out[name].(object), in[name].(object)
		for figure, printed := range branch(t, got, name) {
			report(t, differences(name+"."+figure, oneOf{with[figure], without[figure]}, printed))
		}
	}
}

// TestEmptyText: in a grouped column only NULL is (none); empty text is itself, as
// it is in the llm branch.
func TestEmptyText(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := newTableTraps(80, now, false)
	g.rows = nil
	for name, columns := range map[string][]string{ // in any order: what is drawn is no matter
		"tasks": {"created_via", "domain", "status", "agent_status"}, "nudge_events": {"channel", "nudge_type"}, "escalation_state": {"status"},
		"correction_log": {"field_corrected"}, "skill": {"state"}, "skill_state_transition": {"to_state"}, "memory_documents": {"source_type"}, "escalation_request": {"status"}, "skill_run": {"status"},
	} {
		for _, r := range g.tables[name] {
			for _, c := range columns {
				if r[c] == nil || g.rng.IntN(4) == 0 {
					r[c] = ""
				}
			}
		}
	}
	path, db := g.writeTables(t, false)
	a := &auditor{now: now, db: readStore(t, db), service: "donna"}
	a.llm = reference(readDatabase(t, db), nil, false, defaults, now)
	report(t, a.compareBranches(t, snapshot(t, now, 0, "--db", path)))
}

// TestLongAgo: what was answered before the windows begin is answered.
func TestLongAgo(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := newTableTraps(81, now, false)
	g.rows, g.tables = nil, map[string][]values{}
	stamp := func(ago time.Duration) string { return now.Add(-ago).Format(zulu) }
	for id, ago := range map[string]time.Duration{"a": 60 * day, "b": 60 * day, "c": 2 * day} {
		g.row("nudge_events", "id", id, "task_id", id, "nudge_type", "overdue", "channel", "discord", "created_at", stamp(ago))
	}
	for n, ago := range []time.Duration{3 * time.Hour, 2 * time.Hour} {
		g.row("nudge_events", "id", fmt.Sprint("d", n), "task_id", "d", "nudge_type", "overdue", "channel", "discord", "created_at", stamp(ago))
	}
	path, db := g.writeTables(t, false)
	log := strings.Join([]string{
		line(stamp(59*day), `"task_id": "a", `+event("overdue_reply_received")),
		line(stamp(time.Minute), `"task_id": "a", `+event("task_done_via_button")), // the second answer of an old nudge
		line(stamp(2*time.Minute), `"task_id": "b", `+event("overdue_snoozed")),    // the first, at last
		line(stamp(day), `"task_id": "c", `+event("overdue_reply_handled")),
		line(stamp(2*time.Hour), `"task_id": "d", `+event("overdue_snoozed")), // at the second nudge: its own
	}, "\n") + "\n"
	a := &auditor{now: now, db: readStore(t, db), haveLogs: true, service: "donna"}
	a.lines, _ = readEntries(log)
	got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", log), "--view", "notifications")
	report(t, differences("notifications", a.notifications(), branch(t, got, "notifications")))
}

// TestChunksOfTheFuture: a document of the past may have chunks of after now.
func TestChunksOfTheFuture(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23Z")
	g := newTableTraps(82, now, false)
	g.rows, g.tables = nil, map[string][]values{}
	g.row("memory_documents", "id", "d", "source_type", "vault", "created_at", "2026-11-18 16:00:00", "updated_at", "2026-11-18 17:00:00.5")
	for n, at := range []string{"2026-11-18 16:00:00", "2026-11-18 16:17:23", "2026-11-18 16:17:23.000001", "2026-11-18 17:00:00.5"} {
		g.row("memory_chunks", "chunk_id", fmt.Sprint(n), "document_id", "d", "created_at", at)
	}
	path, db := g.writeTables(t, false)
	a := &auditor{now: now, db: readStore(t, db)}
	report(t, differences("memory", a.memory(), branch(t, snapshot(t, now, 0, "--db", path, "--view", "memory"), "memory")))
}
