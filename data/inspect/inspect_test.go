package inspect

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	_ "modernc.org/sqlite"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/sqlite"
)

var now = time.Date(2026, time.November, 20, 16, 17, 23, 456789000, time.UTC)

// Every row of docs/figures.md that a panel names is there.
func TestPanelsNameDefinitions(t *testing.T) {
	for id, e := range panels {
		if len(e.keys) == 0 || e.unit == "" || len(e.from) == 0 || e.head == nil {
			t.Errorf("%s: %+v lacks something", id, e)
		}
		for _, key := range e.keys {
			if d, ok := Define(key); !ok || d.Text == "" {
				t.Errorf("%s: docs/figures.md doesn't define %s", id, key)
			}
		}
	}
}

func TestDefine(t *testing.T) {
	for key, want := range map[string]string{
		"llm.calls.W":                       "rows of class llm in window W",
		"llm.burn_rate.usd_per_day_7d":      "spend of 24 h / 24, of 7 d / 7",
		"memory.failures.W":                 "log lines by event",
		"tasks.overdue":                     "deadline before now",
		"skills.cost_per_hour":              "cost by capability in 24 clock hours",
		"health.breakers":                   "_closed | api.circuit_breaker",
		"escalations.time_to_resolution_7d": "measures the click",
	} {
		if d, ok := Define(key); !ok || !strings.Contains(d.Text, want) {
			t.Errorf("%s is defined as %q, want something about %q", key, d.Text, want)
		}
	}
	if _, ok := Define("llm.nothing"); ok {
		t.Error("llm.nothing is defined")
	}
}

// What is quoted reaches the shell as it was.
func TestQuote(t *testing.T) {
	for _, s := range []string{"", "plain", "/a/b-c_d.e", "two words", "it's", `"`, `it's "both"`, "$HOME `ls` \\ !x", "a\nb", "-rf", "*", "~", "日本 – x", "'''", "a;b&c|d>e<f(g)"} {
		out, err := exec.Command("sh", "-c", "printf %s "+Quote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("%q is quoted %s and read as %q (%v)", s, Quote(s), out, err)
		}
	}
	if got, want := (Target{DB: "-rf"}).sqlite3("SELECT 1"), "sqlite3 -readonly ./-rf 'SELECT 1'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// traps are rows that a query is misled by: on the very borders of windows, in every
// form Donna stores a time in, with NULLs, and with values that are none.
func traps(t testing.TB, path string, windows []data.Window) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	layouts := []string{"2006-01-02T15:04:05.000000", "2006-01-02T15:04:05.000000+00:00", "2006-01-02 15:04:05.000000", "2006-01-02T15:04:05.000000Z"}
	n := 0
	insert := func(stamp any, task string, pairs ...any) {
		n++
		row := map[string]any{"latency_ms": 10, "tokens_in": 3, "cost_usd": 0.5, "is_shadow": 0, "interrupted": n % 3}
		for i := 0; i < len(pairs); i += 2 {
			row[pairs[i].(string)] = pairs[i+1]
		}
		_, err := db.Exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in, tokens_out, cost_usd, is_shadow, spot_check_queued, user_id, interrupted, overflow_escalated, output)
			VALUES (?, ?, ?, 'a', ?, '', ?, ?, 1, ?, ?, 0, 'nick', ?, 0, '{"event": "x"')`,
			fmt.Sprint("trap-", n), stamp, task, fmt.Sprint("m", n%3), row["latency_ms"], row["tokens_in"], row["cost_usd"], row["is_shadow"], row["interrupted"])
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range windows {
		for _, border := range []time.Time{w.From, w.To} {
			for d := -1; d <= 1; d++ {
				at := border.Truncate(time.Microsecond).Add(time.Duration(d) * time.Microsecond).UTC()
				if at.Before(now) || d <= 0 {
					insert(at.Format(layouts[n%len(layouts)]), "parse_task")
				}
			}
			for _, hours := range []int{-4, 5, 14} {
				at := border.UTC().Truncate(time.Second).Add(-time.Second)
				insert(at.In(time.FixedZone("", hours*3600)).Format("2006-01-02T15:04:05-07:00"), "chat_respond")
			}
		}
	}
	at := now.Add(-10 * time.Minute).Format("2006-01-02T15:04:05.999999")
	insert(at, "escalation_lifecycle")
	insert(at, "embed_task", "is_shadow", 1)
	insert(at, "parse_task::__shadow__", "is_shadow", 1)
	insert(at, "embedding_like")
	insert(at, "parse_task", "cost_usd", 2e9)
	insert(at, "parse_task", "tokens_in", -5)
	insert(at, "parse_task", "tokens_in", int64(1)<<40)
	insert(at, "parse_task", "latency_ms", "slow")
	insert("no time at all", "parse_task")
	insert("", "parse_task")
	insert(now.Add(time.Microsecond).Format(layouts[0]), "parse_task")
}

// read is the snapshot of a database and a log as donnatop reads them at now.
func read(t testing.TB, dbPath, logPath string) *data.Snapshot {
	t.Helper()
	clock := clockwork.NewFakeClockAt(now)
	hub := data.NewHub(data.HubOptions{Clock: clock})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	logs, err := logfile.New(logfile.Options{Paths: []string{logPath}, Clock: clock, Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	sources := []data.Source{sqlite.NewSource(sqlite.Options{Path: dbPath, Clock: clock}), logs}
	for _, s := range sources {
		hub.SetState(s.Name(), data.SourceState{State: data.StateConnecting})
	}
	ended, told := make(chan struct{}), make(chan struct{}, 1)
	for _, s := range sources {
		go func() {
			_ = s.Run(ctx, noticing{hub, told})
			ended <- struct{}{}
		}()
	}
	for !hub.Publish().Settled() {
		select {
		case <-ctx.Done():
			t.Fatal("the sources never settled")
		case <-told:
		}
	}
	cancel()
	for range sources {
		<-ended
	}
	return hub.Publish()
}

// noticing is a hub that tells when a source's state changes.
type noticing struct {
	*data.Hub
	told chan struct{}
}

func (n noticing) SetState(source string, s data.SourceState) {
	n.Hub.SetState(source, s)
	select {
	case n.told <- struct{}{}:
	default:
	}
}

// TestCommands runs the command of every panel for every window, on a simulated
// database with traps at a path made to be misread.
func TestCommands(t *testing.T) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("there is no sqlite3 to run the commands with: ", err)
	}
	dir := filepath.Join(t.TempDir(), `it's "Donna's" $HOME`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	clock := clockwork.NewFakeClockAt(now)
	sim, err := demo.New(t.Context(), demo.Options{Dir: dir, Seed: 7, Start: now, CallsPerDay: 300, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	var windows []data.Window
	for _, name := range data.WindowNames {
		w, err := data.WindowAt(name, now)
		if err != nil {
			t.Fatal(err)
		}
		windows = append(windows, w)
	}
	ranges := []data.Window{
		{Name: data.WindowRange, From: now.Add(-5*time.Hour - 123456*time.Microsecond), To: now.Add(-time.Hour)},
		{Name: data.WindowRange, From: now.Add(-90 * time.Minute), To: now},
	}
	traps(t, sim.DBPath(), append(windows, ranges...))
	s := read(t, sim.DBPath(), sim.LogPath())
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	target := Target{DB: sim.DBPath()}
	ran, compared := 0, map[string]bool{}
	check := func(f *data.Figures, key string) {
		for _, id := range Panels() {
			r, ok := Of(id, s, f, key, target)
			if !ok {
				t.Fatalf("no report on %s", id)
			}
			if (r.Command == "") == (r.Why == "") {
				t.Errorf("%s in %s: command %q, why none: %q", id, key, r.Command, r.Why)
			}
			if r.Command == "" || compared[r.Command] {
				continue
			}
			compared[r.Command] = true
			ran++
			out, err := exec.Command("sh", "-c", r.Command).CombinedOutput()
			if err != nil {
				t.Errorf("%s in %s: %v: %s\n%s", id, key, err, out, r.Command)
				continue
			}
			got, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			if err != nil || math.Abs(got-*r.Value) > 1e-6*math.Max(1, math.Abs(*r.Value)) {
				t.Errorf("%s in %s: %s is %v, the command gives %s\n%s", id, key, r.Headline, *r.Value, strings.TrimSpace(string(out)), r.Command)
			}
		}
	}
	for _, name := range data.WindowNames {
		check(s.Figures(), name)
	}
	for _, w := range ranges {
		check(s.FiguresIn(w, nil), data.WindowRange)
	}
	if ran < 100 {
		t.Errorf("%d commands compared: there are more", ran)
	}
}

// Every panel whose headline can be had from the database by one query has one.
func TestWhichPanelsHaveNoCommand(t *testing.T) {
	h := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	s := h.Snapshot()
	var without []string
	for _, id := range Panels() {
		r, _ := Of(id, s, s.Figures(), data.Window24h, Target{DB: "/x", Loki: "http://loki", Selector: `{a="b"}`})
		if r.Value == nil && strings.Contains(r.Why, "no figure to compare with") {
			continue
		}
		if r.Why == "" {
			t.Errorf("%s: a command without a figure: %s", id, r.Command)
		}
		without = append(without, id)
	}
	want := []string{"breakers", "data_dirs", "disks", "escalations_extensions", "last_ok", "overview_alerts", "overview_services", "services", "skill_nightly", "vitals"}
	if !slices.Equal(without, want) {
		t.Errorf("no command for %v, want %v", without, want)
	}
	if _, ok := Of("nothing", s, s.Figures(), data.Window24h, Target{}); ok {
		t.Error("a report on a panel that isn't there")
	}
	if r, ok := Of("calls", nil, nil, data.Window24h, Target{}); !ok || r.Why == "" || len(r.Definitions) == 0 {
		t.Errorf("before there are figures: %+v", r)
	}
}

func TestLogCommand(t *testing.T) {
	got := Target{Loki: "http://loki:3100", Selector: `{container_name=~"donna-.*"}`}.logcli(level("error"), data.Window{From: now.Add(-time.Hour), To: now})
	want := `logcli instant-query --quiet --addr=http://loki:3100 --now=2026-11-20T16:17:23.456789Z ` +
		`'sum(count_over_time({container_name=~"donna-.*"} | json level="level" | level=~"(?i)(error)" [3600001ms])) or vector(0)'`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
