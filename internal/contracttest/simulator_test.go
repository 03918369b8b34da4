package contracttest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

// branch is one of the snapshot, without the keys that depend on the machine or
// that the reference doesn't compute.
func branch(t *testing.T, snapshot map[string]any, name string) map[string]any {
	t.Helper()
	b, ok := snapshot[name].(map[string]any)
	if !ok {
		t.Fatalf("%s: %v", name, show(snapshot[name]))
	}
	for _, key := range map[string][]string{"health": {"containers", "disks", "data_dirs"}}[name] {
		delete(b, key)
	}
	return b
}

// branches are those beyond llm, each with its reference.
func (a *auditor) branches() object {
	a.now = a.now.UTC()
	return object{
		"tasks": a.tasks(), "agents": a.agents(), "notifications": a.notifications(), "escalations": a.escalations(),
		"preferences": a.preferences(), "skills": a.skills(), "memory": a.memory(), "errors": a.errors(), "health": a.health(),
	}
}

// compareBranches lists the differences of all branches beyond llm.
func (a *auditor) compareBranches(t *testing.T, snapshot map[string]any) (diffs []string) {
	t.Helper()
	for name, want := range a.branches() {
		diffs = append(diffs, differences(name, want, branch(t, snapshot, name))...)
	}
	if printed, ok := snapshot["logs"]; ok {
		diffs = append(diffs, differences("logs", a.logs(printed), printed)...)
	}
	return diffs
}

// TestSimulator compares every branch on the data of the simulated Donna, in which
// all is connected: rows with rows, and rows with lines.
func TestSimulator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seed    uint64
		start   string
		history time.Duration
	}{
		{1, "2026-06-17T10:34:56.789012Z", 4 * day},
		{2, "2026-03-01T00:20:00Z", 3 * day},
		{3, "2026-01-01T03:07:13.000001Z", 5 * day},
		{4, "2028-02-29T23:41:59.999999Z", 2 * day},
		{5, "2026-11-18T16:17:23.456789Z", 31 * day},
	} {
		t.Run(fmt.Sprintf("seed %d, %s", c.seed, c.start), func(t *testing.T) {
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
			checkSimulator(t, dir, now, now)
			if c.history > 7*day {
				return
			}
			// Earlier by a third of a day: what comes later counts nowhere.
			checkSimulator(t, dir, now, now.Add(-8*time.Hour-7*time.Minute))
		})
	}
}

func checkSimulator(t *testing.T, dir string, end, now time.Time) {
	t.Helper()
	path := filepath.Join(dir, "donna_tasks.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log, err := os.ReadFile(filepath.Join(dir, "donna.log"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config")
	a := &auditor{now: now, db: readStore(t, db), haveLogs: true, timeouts: agentTimeouts(t, config), service: "donna"}
	var plain []logLine
	a.lines, plain = readEntries(string(log))
	llm := reference(readDatabase(t, db), plain, true, simulatedBudgets(t, config), now)
	a.llm = llm
	got := snapshot(t, now, 0, "--db", path, "--logs", filepath.Join(dir, "donna.log"), "--donna-config", config)
	diffs := append(differences("llm", llm, llmBranch(t, got)), a.compareBranches(t, got)...)
	for i := range diffs {
		diffs[i] = fmt.Sprintf("at %s: %s", now.Sub(end), diffs[i])
	}
	report(t, diffs)
}

// agentTimeouts reads timeout_seconds of each agent out of agents.yaml, by its lines.
func agentTimeouts(t *testing.T, config string) map[string]float64 {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(config, "agents.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	out, agent := map[string]float64{}, ""
	for l := range strings.SplitSeq(string(content), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(l), ":")
		switch {
		case strings.HasPrefix(l, "    ") && key == "timeout_seconds":
			var s float64
			if _, err := fmt.Sscan(value, &s); err != nil {
				t.Fatal(err)
			}
			out[agent] = s
		case strings.HasPrefix(l, "  ") && !strings.HasPrefix(l, "   "):
			agent = key
		}
	}
	if len(out) == 0 {
		t.Fatal("no agents in agents.yaml")
	}
	return out
}

// simulatedBudgets reads the caps out of donna_models.yaml, by its lines.
func simulatedBudgets(t *testing.T, config string) (b budgets) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(config, "donna_models.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.SplitSeq(string(content), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(l), ":")
		into := map[string]*float64{"monthly_budget_usd": &b.monthly, "daily_pause_threshold_usd": &b.daily}[key]
		if into == nil {
			continue
		}
		if _, err := fmt.Sscan(value, into); err != nil {
			t.Fatal(err)
		}
	}
	return b
}
