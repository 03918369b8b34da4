package contracttest

import (
	"math"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestManyRows has more rows than any reader takes at once.
func TestManyRows(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	g := &traps{rng: rand.New(rand.NewPCG(9, 9)), now: now}
	g.everyday(15_000)
	path, db := writeDatabase(t, shape{wal: true}, g.rows, nil)
	want := reference(readDatabase(t, db), nil, false, defaults, now)
	report(t, differences("llm", want, llmBranch(t, snapshot(t, now, 0, "--db", path, "--view", "llm"))))
}

// TestBudgetEdges has the caps and rates that a division could trip over.
func TestBudgetEdges(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00Z")
	for _, c := range []struct {
		name   string
		at     string
		cost   float64
		caps   budgets
		runway any
	}{
		{"caps of 0", "2026-06-15T11:00:00", 1, budgets{0, 0}, ratio(0)},
		{"nothing spent in 7 days", "2026-06-08T11:59:59.999999", 1, budgets{20, 100}, nil},
		{"nothing spent at all", "2026-06-15T11:00:00", 0, budgets{20, 100}, nil},
		{"nothing remains", "2026-06-15T11:00:00", 101, budgets{20, 100}, ratio(0)},
		{"exactly spent", "2026-06-15T11:00:00", 100, budgets{20, 100}, ratio(0)},
		{"a day remains", "2026-06-15T11:00:00", 87.5, budgets{20, 100}, ratio(1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &traps{rng: rand.New(rand.NewPCG(1, 1)), now: now}
			g.add(now, "timestamp", c.at, "cost_usd", c.cost, "task_type", "parse_task")
			path, db := writeDatabase(t, shape{}, g.rows, nil)
			want := reference(readDatabase(t, db), nil, false, c.caps, now)
			db.Close()
			branch := llmBranch(t, snapshot(t, now, 0, "--db", path, "--donna-config", donnaConfig(t, c.caps)))
			report(t, differences("llm", want, branch))
			budget, _ := branch["budget"].(map[string]any)
			report(t, differences("llm.budget.runway_days", c.runway, budget["runway_days"]))
		})
	}
}

// TestHostileValues: whatever stands in the columns, what comes out is JSON with
// every key once.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00Z")
	for _, c := range []struct {
		name string
		rows [][]any // pairs of column and value
	}{
		{"infinite costs", [][]any{{"cost_usd", math.Inf(1)}, {"cost_usd", math.Inf(-1)}}},
		{"costs that add up to infinity", [][]any{{"cost_usd", 1.7e308}, {"cost_usd", 1.7e308}}},
		{"names that are not UTF-8", [][]any{{"task_type", "\xffa", "model_actual", "\xffa"}, {"task_type", "\xfea", "model_actual", "\xfea"}}},
		{"names that are bytes", [][]any{{"task_type", []byte{0xff}}, {"model_actual", []byte{0}}}},
		{"numbers at the ends of their range", [][]any{{"latency_ms", math.MaxInt64, "tokens_in", math.MaxInt64}, {"latency_ms", math.MinInt64, "tokens_in", math.MinInt64}}},
		{"a name of 32 KiB", [][]any{{"task_type", string(make([]byte, 1<<15))}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &traps{rng: rand.New(rand.NewPCG(1, 1)), now: now}
			for _, pairs := range c.rows {
				g.add(now.Add(-time.Minute), append([]any{"task_type", "parse_task"}, pairs...)...)
			}
			path, db := writeDatabase(t, shape{}, g.rows, nil)
			db.Close()
			snapshot(t, now, 0, "--db", path, "--view", "llm") // checks the JSON
		})
	}
}

// TestEndsInTime: a source that never answers costs --wait and no more.
func TestEndsInTime(t *testing.T) {
	now := at(t, "2026-06-15T12:00:00Z")
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	locked, db := writeDatabase(t, shape{}, nil, nil)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, source string
		args         []string
	}{
		{"a silent Loki", "logs", []string{"--loki", "http://" + silent.Addr().String()}},
		{"a locked database", "db", []string{"--db", locked}},
		{"a standard input that stays open", "logs", []string{"--logs", "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			open, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer write.Close()
			defer open.Close()
			cmd := exec.Command(program, snapshotArgs(now, append(c.args, "--wait", "500ms", "--view", "llm")...)...)
			cmd.Env, cmd.Stdin = []string{"HOME=" + t.TempDir()}, open
			begun := time.Now()
			out, _ := cmd.Output() // the exit code is looked at below
			// The contract allows --wait and a second. The rest is for a busy machine, and
			// still less than the 5 s of a program that doesn't heed --wait.
			if took := time.Since(begun); took > 4500*time.Millisecond {
				t.Errorf("took %v with --wait 500ms", took)
			}
			got := decodeSnapshot(t, result{code: cmd.ProcessState.ExitCode(), stdout: string(out)}, 1)
			sources, _ := got["sources"].(map[string]any)
			source, _ := sources[c.source].(map[string]any)
			if source["state"] == "live" {
				t.Errorf("sources.%s: %v", c.source, show(source))
			}
			if source["detail"] == "" && len(got["notes"].([]any)) < 2 {
				t.Errorf("neither sources.%s nor the notes say why figures are null: %v, %v", c.source, show(source), got["notes"])
			}
		})
	}
}
