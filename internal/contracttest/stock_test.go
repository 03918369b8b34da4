package contracttest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// neverFilled are the keys whose source a stock Donna has code for that nothing
// runs (donna-data.md: U in §3.2, "unwired" and "no writer" in §1).
var neverFilled = []string{
	"tasks.dedup", "agents.task_status", "agents.events.dispatched", "agents.events.completed",
	"notifications.escalation", "notifications.response_s", "preferences.rules", "preferences.rules_per_week", "preferences.survival_30d",
}

// TestStockDonna takes away all that a stock Donna never writes: what is left
// without a source is null, and a note says why.
func TestStockDonna(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := newTableTraps(31, now, false)
	path, db := g.writeTables(t, false)
	for _, q := range []string{
		"DELETE FROM escalation_state", "DELETE FROM learned_preferences", "UPDATE tasks SET agent_status=NULL, assigned_agent=NULL",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	log := strings.Join(slices.DeleteFunc(strings.Split(g.trapLog(31), "\n"), func(l string) bool {
		return slices.ContainsFunc([]string{"dedup_", "task.dedup", "prep_agent_", "agent.dispatched", "agent.completed"}, func(s string) bool {
			return strings.Contains(l, s)
		})
	}), "\n")
	a := &auditor{now: now, db: readStore(t, db), haveLogs: true, service: "donna"}
	a.lines, _ = readEntries(log)
	a.llm = reference(readDatabase(t, db), nil, false, defaults, now)
	file := writeFile(t, "donna.log", log)
	for _, args := range [][]string{nil, {"--window", "2026-11-10 14:00..2026-11-18 16:00"}} {
		got := snapshot(t, now, 0, append([]string{"--db", path, "--logs", file}, args...)...)
		if args == nil {
			report(t, a.compareBranches(t, got))
		}
		notes := fmt.Sprint(got["notes"])
		for _, key := range neverFilled {
			if v := below(got, key); v != nil {
				t.Errorf("%v: %s is %v, want null", args, key, show(v))
			}
			if n := strings.Count(notes, key+" is null: "); n != 1 {
				t.Errorf("%v: %d notes say why %s is null, in %s", args, n, key, notes)
			}
		}
		if v := below(got, "agents.events.failed"); v == nil {
			t.Errorf("%v: agents.events.failed is null, but a stock Donna prints such lines", args)
		}
	}

	// One row or line of each is enough for a figure.
	for _, q := range []string{
		"INSERT INTO escalation_state(id,user_id,task_id,task_title,current_tier,status,created_at,updated_at) VALUES('e','nick','t','',1,'pending','2026-11-18T10:00:00','2026-11-18T10:00:00')",
		"INSERT INTO learned_preferences(id,user_id,rule_type,rule_text,confidence,condition,action,supporting_corrections,enabled,created_at) VALUES('r','nick','domain_override','',1,'{}','{}','[]',1,'2026-11-18T10:00:00+00:00')",
		"UPDATE tasks SET agent_status='pending' WHERE id=(SELECT id FROM tasks WHERE created_at<'2026-11-18' LIMIT 1)",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"dedup_check_result", "prep_agent_executing", "prep_agent_complete"} {
		log += "\n" + line(now.Add(-time.Minute).Format(zulu), event(name))
	}
	got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", log+"\n"))
	for _, key := range neverFilled {
		if v := below(got, key); v == nil || strings.Contains(fmt.Sprint(got["notes"]), key+" is null") {
			t.Errorf("%s: %v", key, show(v))
		}
	}
}

// below is what stands at a dotted key of a snapshot; for what is kept by window, of
// which the last part is a figure, the first that isn't null.
func below(v any, key string) any {
	for part := range strings.SplitSeq(key, ".") {
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		if next, ok := o[part]; ok {
			v = next
			continue
		}
		v = nil
		for _, window := range o {
			if w, ok := window.(map[string]any); ok && w[part] != nil {
				v = w[part]
			}
		}
	}
	return v
}
