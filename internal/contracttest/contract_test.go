package contracttest

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var defaults = budgets{20, 100}

// report fails the test with the differences, the first of them at least.
func report(t *testing.T, diffs []string) {
	t.Helper()
	const most = 40
	for _, d := range diffs[:min(len(diffs), most)] {
		t.Error(d)
	}
	if len(diffs) > most {
		t.Errorf("and %d more differences", len(diffs)-most)
	}
}

func llmBranch(t *testing.T, snapshot map[string]any) map[string]any {
	t.Helper()
	branch, ok := snapshot["llm"].(map[string]any)
	if !ok {
		t.Fatalf("llm: %v", show(snapshot["llm"]))
	}
	return branch
}

// instants are those at which windows and calendars meet awkwardly.
var instants = []struct{ name, now string }{
	{"plain", "2026-11-18T16:17:23.456789Z"},
	{"last day of a month of 31", "2026-01-31T23:30:00.5Z"},
	{"leap day", "2024-02-29T12:34:56.789012Z"},
	{"1 March of a leap year at midnight", "2028-03-01T00:00:00Z"},
	{"the 1st at midnight", "2026-06-01T00:00:00Z"},
	{"midnight", "2026-07-16T00:00:00Z"},
	{"a microsecond before the year ends", "2025-12-31T23:59:59.999999Z"},
	{"a full hour", "2026-03-31T05:00:00Z"},
}

func TestSnapshotAgreesWithReference(t *testing.T) {
	t.Parallel()
	shapes := []struct {
		name  string
		shape shape
	}{
		{"as Donna's", shape{}},
		{"open in WAL mode", shape{wal: true}},
		{"nullable", shape{nullable: true}},
		{"nullable, open in WAL mode", shape{nullable: true, wal: true}},
	}
	for i, when := range instants {
		for _, seed := range []uint64{1, 2} {
			s := shapes[(i+int(seed))%len(shapes)]
			t.Run(fmt.Sprintf("%s, %s, seed %d", when.name, s.name, seed), func(t *testing.T) {
				t.Parallel()
				now := at(t, when.now)
				g := invocationTraps(seed*100+uint64(i), now, s.shape.nullable)
				path, db := writeDatabase(t, s.shape, g.rows, g.extensions)
				lines := strings.Join(logTraps(seed, now), "\n") + "\n"
				caps := budgets{daily: 17.5, monthly: 1234.5}
				want := reference(readDatabase(t, db), readLog(lines), true, caps, now)
				if !s.shape.wal {
					db.Close()
				}
				got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "donna.log", lines), "--donna-config", donnaConfig(t, caps))
				report(t, differences("llm", want, llmBranch(t, got)))
			})
		}
	}
}

// TestOlderSchemas: what a file doesn't have is null, and only that.
func TestOlderSchemas(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	for _, s := range []shape{
		{without: []string{"interrupted"}},
		{without: []string{"overflow_escalated"}},
		{without: []string{"interrupted", "overflow_escalated"}},
		{without: []string{"is_shadow"}},
		{without: []string{"cost_usd"}},
		{without: []string{"model_actual"}},
		{without: []string{"latency_ms"}},
		{without: []string{"tokens_in"}},
		{without: []string{"tokens_in", "tokens_out"}},
		{noExtensions: true},
		{noExtensions: true, nullable: true, without: []string{"interrupted", "overflow_escalated", "is_shadow", "cost_usd", "model_actual", "latency_ms", "tokens_in", "tokens_out", "estimated_tokens_in", "payload_path", "trace_id", "chain_id", "caller", "queue_wait_ms", "skill_id", "escalation_request_id"}},
	} {
		name := "without " + strings.Join(s.without, ", ")
		if s.noExtensions {
			name += " daily_budget_extension"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := invocationTraps(7, now, s.nullable)
			path, db := writeDatabase(t, s, g.rows, g.extensions)
			want := reference(readDatabase(t, db), nil, false, defaults, now)
			db.Close()
			got := snapshot(t, now, 0, "--db", path, "--view", "llm")
			report(t, differences("llm", want, llmBranch(t, got)))
			if notes := strings.ToLower(fmt.Sprint(got["notes"])); !strings.Contains(notes, "budget") || !strings.Contains(notes, "default") {
				t.Errorf("notes don't say that Donna's default budgets hold: %s", notes)
			}
		})
	}
}

func TestEmptyTables(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23Z")
	path, db := writeDatabase(t, shape{}, nil, nil)
	want := reference(readDatabase(t, db), nil, true, defaults, now)
	db.Close()
	got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "empty.log", ""))
	report(t, differences("llm", want, llmBranch(t, got)))
}

// TestLogs reads the trap log in every form that --logs takes.
func TestLogs(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	rng := rand.New(rand.NewPCG(3, 4))
	plain := logTraps(5, now)
	half := len(plain) / 2
	join := func(lines []string) string { return strings.Join(lines, "\n") + "\n" }
	whole := dockerLog(rng, now, plain, 1<<20)
	cutAt16k := dockerLog(rng, now, plain, 16<<10)
	cutSmall := dockerLog(rng, now, plain, 50)
	for _, c := range []struct {
		name  string
		files map[string]string
		stdin string
	}{
		{"JSON lines", map[string]string{"a.log": join(plain)}, ""},
		{"standard input", nil, join(plain)},
		{"docker", map[string]string{"c-json.log": whole}, ""},
		{"docker, long lines cut", map[string]string{"c-json.log": cutAt16k}, ""},
		{"docker, all lines cut", map[string]string{"c-json.log": cutSmall}, ""},
		{"docker on standard input", nil, cutAt16k},
		{"two files of two forms", map[string]string{"a.log": join(plain[:half]), "b.log": dockerLog(rng, now, plain[half:], 1000)}, ""},
		{"no lines at all", map[string]string{"a.log": ""}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source, lines := "-", readLog(c.stdin)
			if c.stdin == "" {
				dir := t.TempDir()
				for name, content := range c.files {
					writeIn(t, dir, name, content)
					lines = append(lines, readLog(content)...)
				}
				source = filepath.Join(dir, "*.log")
			}
			got := decodeSnapshot(t, runProgram(t, c.stdin, snapshotArgs(now, "--logs", source)...), 0)
			report(t, differences("llm", reference(nil, lines, true, defaults, now), llmBranch(t, got)))
		})
	}
}

// TestWindowClosed asks what a single row does at the ends of a window.
func TestWindowClosed(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00.000001Z")
	for _, w := range allWindows {
		start := windowStart(w, now)
		for _, c := range []struct {
			name string
			at   time.Time
			in   string // the number wanted
		}{
			{"a microsecond before its start", start.Add(-time.Microsecond), "0"},
			{"on its start", start, "1"},
			{"on its end", now, "1"},
			{"a microsecond after its end", now.Add(time.Microsecond), "0"},
		} {
			t.Run(w+", "+c.name, func(t *testing.T) {
				t.Parallel()
				g := &traps{rng: rand.New(rand.NewPCG(1, 1)), now: now}
				g.add(c.at, "task_type", "parse_task")
				path, db := writeDatabase(t, shape{}, g.rows, nil)
				db.Close()
				log := line(c.at.Format(zulu), event("model_router_dispatch")) + "\n"
				got := snapshot(t, now, 0, "--db", path, "--logs", writeFile(t, "a.log", log), "--view", "llm")
				branch := llmBranch(t, got)
				calls := fmt.Sprint(branch["calls"].(map[string]any)[w])
				started := fmt.Sprint(branch["events"].(map[string]any)[w].(map[string]any)["started"])
				if calls != c.in || started != c.in {
					t.Errorf("calls %s and started %s, want %s", calls, started, c.in)
				}
			})
		}
	}
}

// TestRestOfReport checks what stands around the figures.
func TestRestOfReport(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T14:00:00.5+05:30")
	g := invocationTraps(1, now, false)
	path, db := writeDatabase(t, shape{}, g.rows, nil)
	db.Close()
	for _, w := range allWindows {
		got := snapshot(t, now, 0, "--db", path, "--view", "llm", "--window", w)
		report(t, differences("window", object{"from": windowStart(w, now.UTC()), "to": now, "name": nil}, withNull(t, got["window"], "name", w)))
		report(t, differences("now", now, got["now"]))
		report(t, differences("schema", int64(1), got["schema"]))
		var keys []string
		for k := range got {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if want := []string{"llm", "notes", "now", "schema", "sources", "window"}; !slices.Equal(keys, want) {
			t.Errorf("keys %v, want %v", keys, want)
		}
		checkSources(t, got, map[string]string{"db": "live", "logs": "absent", "docker": "absent", "host": "absent", "config": "absent"})
	}
}

// withNull replaces a text that is as wanted by null.
func withNull(t *testing.T, v any, key, want string) any {
	t.Helper()
	o, ok := v.(map[string]any)
	if !ok || o[key] != want {
		t.Errorf("%s: want %q, got %v", key, want, show(v))
		return v
	}
	o[key] = nil
	return o
}

// checkSources checks the shape of sources and notes, and the states.
func checkSources(t *testing.T, snapshot map[string]any, states map[string]string) {
	t.Helper()
	sources, ok := snapshot["sources"].(map[string]any)
	if !ok || len(sources) != len(states) {
		t.Fatalf("sources: %v", show(snapshot["sources"]))
	}
	for name, want := range states {
		s, _ := sources[name].(map[string]any)
		detail, hasDetail := s["detail"].(string)
		asOf, hasAsOf := s["as_of"]
		if s["state"] != want || !hasDetail || !hasAsOf || len(s) != 3 {
			t.Errorf("sources.%s: want state %s, got %v", name, want, show(s))
		}
		if want == "failed" && detail == "" {
			t.Errorf("sources.%s failed without saying why", name)
		}
		if asOf == nil {
			continue
		}
		if text, _ := asOf.(string); !strings.HasSuffix(text, "Z") || len(differences("", at(t, text), asOf)) > 0 {
			t.Errorf("sources.%s.as_of: %v", name, asOf)
		}
	}
	notes, ok := snapshot["notes"].([]any)
	if !ok {
		t.Fatalf("notes: %v", show(snapshot["notes"]))
	}
	for _, n := range notes {
		if s, ok := n.(string); !ok || s == "" || strings.ContainsAny(s, "\n\x1b") {
			t.Errorf("a note that is no line of text: %v", show(n))
		}
	}
}

// TestExitCodes: 0 if every configured source answered, 1 with the JSON all the
// same if one did not, 2 for a wrong command line.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00Z")
	g := &traps{rng: rand.New(rand.NewPCG(1, 1)), now: now}
	g.add(now.Add(-time.Minute), "task_type", "parse_task")
	path, db := writeDatabase(t, shape{}, g.rows, nil)
	whole := readDatabase(t, db)
	db.Close()
	_, other := writeDatabase(t, shape{}, nil, nil)
	if _, err := other.Exec("DROP TABLE invocation_log"); err != nil {
		t.Fatal(err)
	}
	logs := writeFile(t, "a.log", line(now.Format(zulu), event("model_router_dispatch"))+"\n")
	missing := filepath.Join(t.TempDir(), "missing")
	broken := filepath.Dir(writeFile(t, "donna_models.yaml", "cost: [1\n"))
	states := func(db, logs, config string) map[string]string {
		return map[string]string{"db": db, "logs": logs, "config": config, "docker": "absent", "host": "absent"}
	}
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		states map[string]string
		want   object
	}{
		{"database alone", []string{"--db", path}, 0, states("live", "absent", "absent"), reference(whole, nil, false, defaults, now)},
		{"directory of the database", []string{"--db", filepath.Dir(path)}, 0, states("live", "absent", "absent"), reference(whole, nil, false, defaults, now)},
		{"logs alone", []string{"--logs", logs}, 0, states("absent", "live", "absent"), reference(nil, readLog(line(now.Format(zulu), event("model_router_dispatch"))), true, defaults, now)},
		{"no database there", []string{"--db", missing, "--logs", logs}, 1, states("failed", "live", "absent"), reference(nil, readLog(line(now.Format(zulu), event("model_router_dispatch"))), true, defaults, now)},
		{"text for a database", []string{"--db", writeFile(t, "x.db", "no database at all, only text")}, 1, states("failed", "absent", "absent"), reference(nil, nil, false, defaults, now)},
		{"zero bytes for a database", []string{"--db", writeFile(t, "x.db", "")}, 1, states("failed", "absent", "absent"), reference(nil, nil, false, defaults, now)},
		{"database of something else", []string{"--db", databaseFile(t, other)}, 1, states("failed", "absent", "absent"), reference(nil, nil, false, defaults, now)},
		{"no logs there", []string{"--db", path, "--logs", missing}, 1, states("live", "failed", "absent"), reference(whole, nil, false, defaults, now)},
		{"no configuration there", []string{"--db", path, "--donna-config", missing}, 1, states("live", "absent", "failed"), reference(whole, nil, false, defaults, now)},
		{"broken configuration", []string{"--db", path, "--donna-config", broken}, 1, states("live", "absent", "failed"), reference(whole, nil, false, defaults, now)},
		{"configuration", []string{"--db", path, "--donna-config", donnaConfig(t, budgets{3, 40})}, 0, states("live", "absent", "live"), reference(whole, nil, false, budgets{3, 40}, now)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := snapshot(t, now, c.code, append([]string{"--view", "llm", "--wait", "2s"}, c.args...)...)
			checkSources(t, got, c.states)
			report(t, differences("llm", c.want, llmBranch(t, got)))
		})
	}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"no source", nil},
		{"configuration is no source", []string{"--donna-config", donnaConfig(t, defaults)}},
		{"no such view", []string{"--db", path, "--view", "nothing"}},
		{"no such window", []string{"--db", path, "--window", "2x"}},
		{"no time", []string{"--db", path, "--now", "noon"}},
		{"no such flag", []string{"--db", path, "--colour"}},
		{"no such argument", []string{"--db", path, "llm"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := runProgram(t, "", snapshotArgs(now, c.args...)...)
			if r.code != 2 || r.stdout != "" || r.stderr == "" {
				t.Errorf("code %d, want 2; stdout %.200q, stderr %.500q", r.code, r.stdout, r.stderr)
			}
		})
	}
}
