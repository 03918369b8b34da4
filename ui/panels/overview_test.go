package panels_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

func watchCases() map[string]*panels.Input {
	out := map[string]*panels.Input{
		"sample": sampleWatch(), "empty": emptyWatch(), "hostile": hostileWatch(50), "one": oneWatch(), "nil figures": nilWatch(),
		"no branches": watchInput(&data.Figures{}, &data.LLM{}), "nothing": {}, "no figures yet": nilWatch(), "no tables": nilWatch(),
	}
	out["no figures yet"].Figures = nil
	out["no tables"].Snapshot.DB = nil
	for name, st := range states() {
		out[name] = withStates(nilWatch(), st)
		out[name+" later"] = withStates(sampleWatch(), st)
	}
	scrolled := sampleWatch()
	scrolled.Cursor, scrolled.Offset, scrolled.Window = 3, 2, data.Window30d
	out["scrolled"] = scrolled
	beyond := hostileWatch(50)
	beyond.Cursor, beyond.Offset, beyond.Window = 1<<40, 1<<40, "no window"
	out["beyond"] = beyond
	return out
}

func TestWatchAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	inputs := watchCases()
	for _, theme := range themes.Names() {
		for _, ascii := range []bool{false, true} {
			e := env(t, theme, ascii)
			for name, in := range inputs {
				for _, panel := range watchPanels() {
					for _, size := range sizes {
						w, h := size[0], size[1]
						if theme != themes.Default && (w > 40 || name != "sample") {
							continue // what a theme changes shows in small ones, too
						}
						if err := checkFrame(panel.Draw(e, in, w, h), w, h, ascii); err != nil {
							t.Fatalf("%s %dx%d, %s, theme %s, ascii %v: %v", panel.ID, w, h, name, theme, ascii, err)
						}
					}
					checkItems(t, e, &panel, in)
					lines := panels.Box(e, panel.Title, panel.Status(in), true, 60, 9, panel.Draw(e, in, 58, 7))
					if err := checkFrame(lines, 60, 9, ascii); err != nil {
						t.Fatalf("box of %s, %s, ascii %v: %v", panel.ID, name, ascii, err)
					}
				}
			}
		}
	}
}

func TestWatchOfTenThousandCategories(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	e, in := env(t, themes.Default, false), hostileWatch(10_000)
	for _, panel := range watchPanels() {
		for _, size := range [][2]int{{26, 5}, {200, 60}} {
			if err := checkFrame(panel.Draw(e, in, size[0], size[1]), size[0], size[1], false); err != nil {
				t.Errorf("%s: %v", panel.ID, err)
			}
		}
	}
}

// In the least room a layout gives it, a panel says something.
func TestWatchInTheLeastRoom(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	seen := map[string]bool{}
	for _, panel := range slices.Concat(watchPanels(), branchPanels(), panels.LLM()) {
		if seen[panel.ID] || panel.MinW < 1 || panel.MinH < 1 || panel.Title == "" {
			t.Errorf("panel %q twice, without a title or without a least size", panel.ID)
		}
		seen[panel.ID] = true
	}
	for _, panel := range watchPanels() {
		if got := strings.TrimSpace(ansi.Strip(strings.Join(panel.Draw(e, in, panel.MinW, panel.MinH), ""))); got == "" {
			t.Errorf("%s is empty", panel.ID)
		}
	}
}

func TestGoldenWatch(t *testing.T) {
	in := sampleWatch()
	e := env(t, themes.Default, false)
	for _, panel := range watchPanels() {
		t.Run(panel.ID, func(t *testing.T) {
			golden.RequireEqual(t, frame(e, &panel, in, 40, 12)+frame(e, &panel, in, 110, 18)+frame(env(t, "mono", true), &panel, in, 64, 10))
		})
	}
}

// What isn't there, what is nothing and what went wrong look different.
func TestGoldenWatchStates(t *testing.T) {
	all := map[string]*panels.Input{"zero": emptyWatch(), "starting": {}, "no-data": nilWatch(), "computing": watchInput(&data.Figures{}, &data.LLM{})}
	all["computing"].Figures = nil
	for name, st := range states() {
		all[name] = withStates(nilWatch(), st)
	}
	e := env(t, themes.Default, false)
	for _, panel := range watchPanels() {
		var b strings.Builder
		seen := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			f := frame(e, &panel, all[name], 48, 8)
			fmt.Fprintf(&b, "%s\n%s", name, f)
			if other, ok := seen[f]; ok && panel.ID != "overview_alerts" { // of sources each of its rules speaks for itself
				t.Errorf("%s: %s looks like %s", panel.ID, name, other)
			}
			seen[f] = name
		}
		t.Run(panel.ID, func(t *testing.T) { golden.RequireEqual(t, b.String()) })
	}
}

// watched is the inside of a panel as text.
func watched(t *testing.T, e *panels.Env, id string, in *panels.Input, w, h int) string {
	t.Helper()
	all := watchPanels()
	i := slices.IndexFunc(all, func(p panels.Panel) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no panel %s", id)
	}
	return ansi.Strip(strings.Join(all[i].Draw(e, in, w, h), "\n"))
}

// Where a source is absent the panel says how to give it.
func TestWatchSaysWhatToDo(t *testing.T) {
	e := env(t, themes.Default, false)
	in := withStates(nilWatch(), data.SourceState{})
	in.Snapshot.Sources = nil
	for id, want := range map[string]string{
		"services": "--docker HOST", "disks": "--data-path DIR", "data_dirs": "DONNA_DATA_PATH", "breakers": "--loki URL", "error_groups": "--logs FILE", "overview_services": "containers: no Docker engine",
	} {
		if got := watched(t, e, id, in, 100, 8); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in\n%s", id, want, got)
		}
	}
	in = nilWatch()
	for id, want := range map[string]string{
		"corrections": "no table correction_log", "rules": "no table learned_preferences", "skill_states": "no table skill", "memory_documents": "no table memory_documents",
	} {
		if got := watched(t, e, id, in, 100, 8); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in\n%s", id, want, got)
		}
	}
}

// A window the log does not cover says so below what the others show.
func TestWatchWindowWithoutLines(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	in.Window = data.Window30d
	in.Snapshot.Sources[data.SourceLoki] = data.SourceState{State: data.StateLive, Loaded: true, CoveredFrom: now.AddDate(0, 0, -8)}
	for _, id := range []string{"error_counts", "memory_retrieval"} {
		if got := watched(t, e, id, in, 120, 14); !strings.Contains(got, "counted from 2026-07-07 14:23 UTC on") {
			t.Errorf("%s:\n%s", id, got)
		}
	}
}

// While amounts are hidden none is anywhere on the screen.
func TestWatchHidesMoney(t *testing.T) {
	e := env(t, themes.Default, false)
	e.HideMoney = true
	in := sampleWatch()
	amount := regexp.MustCompile(`\$[0-9.]|0\.1731`)
	for _, panel := range watchPanels() {
		for _, w := range []int{26, 60, 130, 200} {
			got := ansi.Strip(strings.Join(panel.Draw(e, in, w, 20), "\n"))
			if m := amount.FindString(got); m != "" {
				t.Errorf("%s, %d cells: %q shows", panel.ID, w, m)
			}
		}
	}
}

// Lists have as many rows as the figures, and the one under the cursor is
// marked by a glyph as well as by its paint.
func TestWatchLists(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	in.Cursor, in.Offset = 1, 0
	rows := map[string]int{"services": 7, "last_ok": 8, "breakers": 3, "disks": 2, "data_dirs": 4, "error_groups": 4, "skill_nightly": 3, "overview_errors": 4, "overview_alerts": 8}
	pointed := []string{"services", "error_groups", "skill_nightly", "overview_errors", "overview_alerts"}
	for _, panel := range watchPanels() {
		want, ok := rows[panel.ID]
		if !ok {
			continue
		}
		delete(rows, panel.ID)
		if got := len(panel.Items(e, in, 100, 4).List); got != want {
			t.Errorf("%s has %d items, want %d", panel.ID, got, want)
		}
		for i, l := range panel.Draw(e, in, 100, 4)[1:3] {
			marked := !slices.Contains(pointed, panel.ID) || strings.HasPrefix(ansi.Strip(l), "›") == (i == 1)
			if !marked || strings.Contains(l, e.Styles.Selected.On()) != (i == 1) {
				t.Errorf("%s, row %d: %q", panel.ID, i, l)
			}
		}
	}
	if len(rows) > 0 {
		t.Errorf("no panel for %v", rows)
	}
	latest := panels.LatestErrors(in.Figures)
	if latest[0].Event != "disk_almost_full" || latest[3].Event != "llm_gateway.failed" || in.Figures.Errors.Groups[0].Event != "fallback_activated" {
		t.Errorf("order of the latest errors: %v, of the figures: %v", latest, in.Figures.Errors.Groups)
	}
}

// A service that isn't well stands out by glyph and word, and comes first where
// there is no room for all.
func TestVerdicts(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	got := watched(t, e, "services", in, 110, 12)
	for _, want := range []string{"✓ OK", "! UNHEALTHY", "✗ DOWN", "○ MISSING"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := watched(t, e, "overview_services", in, 24, 5); !strings.HasPrefix(got, "✗ vault DOWN") || !strings.Contains(got, "more") {
		t.Errorf("%s", got)
	}
	all := watchPanels()
	if got := all[0].Status(in); got != "3 not OK · 7 containers" {
		t.Errorf("status %q", got)
	}
}

// The week that holds now comes last, and weeks a map leaves out are there.
func TestWeeks(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	got := watched(t, e, "corrections_per_week", in, 120, 8)
	last := got[strings.LastIndexByte(got, '\n')+1:]
	for _, want := range []string{"30 Mar", "6 Apr", "13 Apr", "13 Jul▲"} {
		if !strings.Contains(last, want) {
			t.Errorf("%q is not in %q", want, last)
		}
	}
}

// Every line of the day is in some bar, however few bars there are.
func TestErrorTimelineKeepsAll(t *testing.T) {
	e := env(t, themes.Default, false)
	in := sampleWatch()
	in.Figures.Errors = noErrors()
	in.Figures.Errors.Per5m[3].Error, in.Figures.Errors.Per5m[100].Critical = 1, 1
	for _, w := range []int{24, 30, 62, 110, 200, 400} {
		drawn := strings.Split(watched(t, e, "error_timeline", in, w, 9), "\n")
		bars := 0
		for _, l := range drawn {
			bars = max(bars, strings.Count(l, "█")+strings.Count(l, "▇"))
		}
		if text := strings.Join(drawn, "\n"); bars < 2 || !strings.Contains(text, "!") {
			t.Errorf("%d cells:\n%s", w, text)
		}
	}
}

// Every figure of these branches is drawn somewhere.
func TestEveryWatchFigureIsDrawn(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	in.Window = data.Window7d
	for id, want := range map[string][]string{
		"services":             {"orchestrator", "UNHEALTHY", "running", "exited", "healthy", "2d", "14m", "3", "12.4%", "342%", "412 MiB", "2.00 GiB", "caddy"},
		"last_ok":              {"backup", "4m00s", "14:19:05", "logs", "nightly", "never"},
		"vitals":               {"✓ alive   heartbeat 12.0s ago by logs", "✓ ok      sqlite", "✗ failed  discord", "✓ ok      scheduler", "– unknown api freshness"},
		"breakers":             {"anthropic", "✗ open", "7m", "5", "✓ closed", "◐ half open"},
		"disks":                {"/srv/donna", "/dev/nvme1n1", "! 85.7%", "798 GiB", "931 GiB"},
		"data_dirs":            {"/srv/donna/ollama", "59.6 GiB", "4m", "/srv/donna/vault"},
		"error_rate":           {"1.40 a minute", "critical       0 a minute"},
		"error_timeline":       {"! CRIT", "■ error", "■ warn", "14:20▲"},
		"error_counts":         {"412", "37", "2", "11", "–"},
		"error_groups":         {"288", "fallback_activated", "TimeoutError", "donna/models/router.py:complete", "orchestrator", "warn", "CRIT", "23h", "2m"},
		"error_facets":         {"orchestrator", "401", "models.router", "290", "sync.supabase.failed", "11", "critical", "2"},
		"corrections_per_week": {"30 Mar", "31", "22", "6 Jul"},
		"corrections":          {"1h     0", "›7d   27", "month 48", "priority", "61", "(none)"},
		"rules":                {"14 enabled", "3 disabled", "of 17 extracted", "81.8% live: 9 of 11"},
		"rules_per_week":       {"extracted  3 this week", "disabled  0 this week", "27 Apr"},
		"skill_states":         {"claude_native", "12", "trusted", "9", "flagged_for_review"},
		"skill_transitions":    {"trusted", "sandbox", "degraded"},
		"skill_evolution":      {"summarize_thread", "7", "9", "77.8%", "plan_day", "0%"},
		"skill_nightly":        {"nightly_tasks_completed", "03:23:05", "duration_ms=48211", "total_cost_usd=0.1731", `skills=["plan_day", "draft_reply"]`, "reason=null"},
		"skill_runs":           {"1h", "›7d", "30d", "succeeded", "42", "70", "escalated", "5", "failed", "7", "running"},
		"skill_cost":           {"summarize_thread", "draft_reply", "plan_day", "$0.10"},
		"memory_documents":     {"21,408 chunks", "vault", "1,841", "correction", "41"},
		"memory_retrieval":     {"153", "34ms", "560ms", "3.42", "35ms"},
		"memory_ingest":        {"memory_ingest_chat_turn", "88"},
		"memory_failures":      {"vault", "2"},
		"memory_writes":        {"daily_note", "21", "140", "1", "person_stub"},
		"memory_embed_calls":   {"embed_memory", "402"},
		"memory_watch":         {"modified", "61", "moved"},
		"overview_services":    {"✗ vault DOWN", "○ caddy MISSING", "! api UNHEALTHY", "✓ ollama", "✓ alive", "✗ failed  checks: discord", "✗ open    breaker anthropic", "! full    disk 85.7%"},
		"overview_spend":       {"88.2%", "$11.80 left", "3.9 days"},
		"overview_calls":       {"14", "8.41s", "errors a minute    1.40", "warning lines        11", "route_task"},
		"overview_escalations": {"waiting      8", "open        14", "submitted", "research_topic", "$0.75"},
		"overview_pipeline":    {"created        31", "completed      29", "overdue         6", "rescheduled 3+  5", "agents active   5", "agents failed   3", "backlog"},
		"overview_alerts":      {"✗  Service down", "firing", "12m02s", "5m00s", "!  Breaker opened", "seen", "donna-vault: DOWN", "1.8d", "79.4%", "–  Heartbeat lost"},
		"overview_errors":      {"■", "CRIT", "disk_almost_full", "10s", "healthwatch", "ConnectError", "288"},
	} {
		got := watched(t, e, id, in, 160, 30)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is not in\n%s", id, s, got)
			}
		}
	}
}

// Without a log the heartbeat may come from the host; the checks say why they don't.
func TestVitalsWithoutLog(t *testing.T) {
	e, in := env(t, themes.Default, false), sampleWatch()
	h := in.Figures.Health
	h.Heartbeat, h.Checks = &data.Heartbeat{Source: "host", At: p(now), AgeS: p(100.0)}, nil
	if got := watched(t, e, "vitals", in, 80, 6); !strings.Contains(got, "✗ silent  heartbeat 1m40s ago by host") || !strings.Contains(got, "no health_check line") {
		t.Error(got)
	}
	delete(in.Snapshot.Sources, data.SourceLoki)
	if got := watched(t, e, "vitals", in, 80, 6); !strings.Contains(got, "no log: no log source: give --loki URL") {
		t.Error(got)
	}
}
