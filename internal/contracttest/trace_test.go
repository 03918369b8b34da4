package contracttest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

// runTrace runs `trace ID --json` and decodes what it prints.
func runTrace(t testing.TB, stdin, id string, code int, args ...string) map[string]any {
	t.Helper()
	r := runProgram(t, stdin, append([]string{"trace", "--json", "--wait", "60s", id}, args...)...)
	if r.code != code {
		t.Fatalf("%s: exit code %d, want %d\nstdout: %.500s\nstderr: %.2000s", id, r.code, code, r.stdout, r.stderr)
	}
	d := json.NewDecoder(strings.NewReader(r.stdout))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		t.Fatalf("%s: %v: %.500s", id, err, r.stdout)
	}
	return out
}

// TestTraceOfTheSimulator compares the lives of ids of every kind, on several
// simulated Donnas, with the reference.
func TestTraceOfTheSimulator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seed    uint64
		start   string
		history time.Duration
		each    int // ids of each kind
	}{
		{1, "2026-06-17T10:34:56Z", 4 * day, 2},
		{2, "2026-03-01T00:20:00Z", 3 * day, 1},
		{6, "2026-11-18T16:17:23Z", 8 * day, 1},
	} {
		t.Run(fmt.Sprintf("seed %d", c.seed), func(t *testing.T) {
			t.Parallel()
			now := at(t, c.start)
			dir := filepath.Join(t.TempDir(), "demo")
			sim, err := demo.New(context.Background(), demo.Options{Dir: dir, Seed: c.seed, Start: now, History: c.history})
			if err != nil {
				t.Fatal(err)
			}
			if err := sim.Close(); err != nil {
				t.Fatal(err)
			}
			path, logPath := filepath.Join(dir, "donna_tasks.db"), filepath.Join(dir, "donna.log")
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			log, err := os.ReadFile(logPath)
			if err != nil {
				t.Fatal(err)
			}
			checkTraces(t, db, string(log), now, c.each, "--db", path, "--logs", logPath)
			if c.each == 1 {
				return
			}
			// earlier by a third of a day: what comes later belongs to nothing
			checkTraces(t, db, string(log), now.Add(-8*time.Hour), 1, "--db", path, "--logs", logPath)
		})
	}
}

func checkTraces(t *testing.T, db *sql.DB, log string, now time.Time, each int, args ...string) {
	t.Helper()
	w := readWorld(t, db, log, now)
	checked := 0
	for _, id := range sampleIDs(t, db, w, each) {
		want := w.trace(id)
		code := 0
		if len(want.rows)+len(want.lines) == 0 {
			code = 1
		}
		got := runTrace(t, "", id, code, append(args, "--now", now.Format(time.RFC3339Nano))...)
		if diffs := want.differencesFrom(got); len(diffs) > 0 {
			t.Errorf("%s (%s), %d items:\n\t%s", id, want.kind, len(want.rows)+len(want.lines), strings.Join(diffs[:min(len(diffs), 12)], "\n\t"))
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d ids were checked", checked)
	}
}

// sampleIDs are some ids of each kind, spread over the table, and some that are nowhere.
func sampleIDs(t *testing.T, db *sql.DB, w *world, each int) []string {
	t.Helper()
	ids := []string{"toolreq:99999", "88888", "no such id", "00000000-0000-4000-8000-000000000000"}
	for _, query := range []string{
		"SELECT id FROM tasks WHERE id IN (SELECT task_id FROM nudge_events)", "SELECT parent_task FROM tasks WHERE parent_task IS NOT NULL", "SELECT id FROM tasks WHERE parent_task IS NOT NULL",
		"SELECT id FROM invocation_log WHERE task_id IS NOT NULL", "SELECT id FROM invocation_log WHERE is_shadow = 1", "SELECT id FROM invocation_log WHERE model_alias = 'audit'",
		"SELECT id FROM invocation_log WHERE task_type LIKE 'embed%'",
		"SELECT id FROM escalation_request", "SELECT correlation_id FROM escalation_request", "SELECT 'toolreq:' || id FROM tool_request",
		"SELECT trace_id FROM conversation_messages WHERE trace_id IS NOT NULL", "SELECT id FROM conversation_sessions", "SELECT pinned_task_id FROM conversation_sessions WHERE pinned_task_id IS NOT NULL",
		"SELECT id FROM skill_run", "SELECT skill_run_id FROM skill_divergence", "SELECT id FROM automation_run",
	} {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			found = append(found, id)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for i := range min(each, len(found)) {
			ids = append(ids, found[len(found)*(2*i+1)/(2*min(each, len(found)))])
		}
	}
	// correlations of chat messages are in lines only
	var messages []string
	for i := range w.lines {
		if strings.Contains(w.lines[i].raw, `"discord_message_received"`) {
			for _, v := range w.lines[i].values {
				if v.kind == "correlation_id" {
					messages = append(messages, v.value)
				}
			}
		}
	}
	for i := range min(each, len(messages)) {
		ids = append(ids, messages[len(messages)*i/each])
	}
	return ids
}

// TestTraceTraps: what a line must hold to belong to an id, by hand.
func TestTraceTraps(t *testing.T) {
	t.Parallel()
	const id = "0190f3a2-7b1c-7d4e-9f00-1c2d3e4f5a6b"
	in := []string{
		`{"task_id": "` + id + `", "event": "first", "timestamp": "2026-06-01T10:00:00Z"}`,
		`{"nested": {"deep": [{"task_id": "` + id + `"}]}, "event": "nested", "timestamp": "2026-06-01T10:00:01Z"}`,
		`{"candidate_task_id": "` + id + `", "task_id": "another", "event": "mentioned", "timestamp": "2026-06-01T10:00:02Z"}`,
		`{"task_id": "old", "task_id": "` + id + `", "event": "of two keys the last", "timestamp": "2026-06-01T10:00:03Z"}`,
		`{"task_id": "` + id + `", "x": NaN, "y": [Infinity], "event": "nan", "timestamp": "2026-06-01T10:00:04Z"}`,
		`{"task_id": "` + id + `", "event": "twice", "timestamp": "2026-06-01T10:00:05Z"}`,
		`{"task_id": "` + id + `", "event": "twice", "timestamp": "2026-06-01T10:00:05Z"}`,
		`{"task_id": "` + id + `", "correlation_id": "corr \"1\" \u00e9", "event": "leads on", "timestamp": "2026-06-01T10:00:06Z"}`,
		`{"correlation_id": "corr \"1\" é", "event": "led to", "escalation_request_id": 22, "level": "ERROR", "timestamp": "2026-06-01T10:00:07Z"}`,
		`{"escalation_request_id": 22, "event": "by number"}`, // of the time of the line before, which is no part of the trace
	}
	out := []string{
		`{"task_id": "` + id + `0", "event": "longer", "timestamp": "2026-06-01T10:00:00Z"}`,
		`{"event": "` + id + `", "timestamp": "2026-06-01T10:00:00Z"}`,
		`{"note": "about ` + id + `", "timestamp": "2026-06-01T10:00:00Z"}`,
		`not JSON "` + id + `"`,
		`{"task_id": "` + id + `", "timestamp": "2026-06-01T10:00:00Z"`,
		`["` + id + `"]`,
		`{"task_id": "` + id + `", "task_id": "new", "timestamp": "2026-06-01T10:00:03Z"}`,
		`{"escalation_request_id": 220, "timestamp": "2026-06-01T10:00:00Z"}`,
		`{"iteration": 22, "timestamp": "2026-06-01T10:00:00Z"}`,
		`{"task_id": "another", "event": "of the other task", "timestamp": "2026-06-01T10:00:00Z"}`,
	}
	out = append(out, `{"event": "the line before", "timestamp": "2026-06-01T10:00:08Z"}`)
	log := strings.Join(append(slices.Clone(in[:9]), append(out, in[9])...), "\n") + "\n"
	got := runTrace(t, "", id, 0, "--logs", writeFile(t, "app.log", log))
	var raws []string
	for _, i := range got["items"].([]any) {
		raws = append(raws, i.(map[string]any)["raw"].(string))
	}
	if !slices.Equal(raws, in) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(raws, "\n\t"), strings.Join(in, "\n\t"))
	}
	matched := map[int]string{0: "[task_id]", 1: "[nested.deep.task_id]", 2: "[candidate_task_id]", 7: "[correlation_id task_id]", 8: "[correlation_id escalation_request_id]"}
	for i, want := range matched {
		if item := got["items"].([]any)[i].(map[string]any); fmt.Sprint(item["matched"]) != want {
			t.Errorf("item %d: matched %v, want %s", i, item["matched"], want)
		}
	}
	if got["kind"] != "correlation" || got["end"] != "2026-06-01T10:00:08Z" || fmt.Sprint(got["totals"].(map[string]any)["errors"]) != "1" {
		t.Errorf("kind %v, end %v, totals %v", got["kind"], got["end"], got["totals"])
	}
	// the same from standard input, and through Docker's driver
	if piped := runTrace(t, log, id, 0, "--logs", "-"); len(piped["items"].([]any)) != len(in) {
		t.Errorf("%d items from standard input, want %d", len(piped["items"].([]any)), len(in))
	}
	var docker strings.Builder
	for l := range strings.Lines(log) {
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&docker, `{"log":%s,"stream":"stdout","time":"2026-06-01T10:00:09.5Z"}`+"\n", text)
	}
	if driven := runTrace(t, "", id, 0, "--logs", writeFile(t, "docker.log", docker.String())); len(driven["items"].([]any)) != len(in) {
		t.Errorf("%d items from Docker's file, want %d", len(driven["items"].([]any)), len(in))
	}
}
