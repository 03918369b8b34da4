package panels_test

import (
	"fmt"
	"maps"
	"math"
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

// The panels of the Task Pipeline, Agents, Notifications and Escalations views.
func branchPanels() []panels.Panel {
	return slices.Concat(panels.Tasks(), panels.Agents(), panels.Notifications(), panels.Escalations())
}

// figuresInput is [input] with figures of all branches and all tables read.
func figuresInput(f *data.Figures) *panels.Input {
	in := input(&data.LLM{})
	in.Snapshot.DB.Tables = &data.Tables{}
	f.At, f.LLM = now, &data.LLM{}
	in.Figures = f
	return in
}

func sampleBranches() *data.Figures {
	return &data.Figures{Tasks: sampleTasks(), Agents: sampleAgents(), Notifications: sampleNotifications(), Escalations: sampleEscalations()}
}

func emptyBranches() *data.Figures {
	return &data.Figures{Tasks: noTasks(), Agents: noAgents(), Notifications: noNotifications(), Escalations: noEscalations()}
}

func nilBranches() *data.Figures {
	return &data.Figures{Tasks: &data.Tasks{}, Agents: &data.Agents{}, Notifications: &data.Notifications{}, Escalations: &data.Escalations{}}
}

// hostility is names and numbers meant to break a terminal.
type hostility struct{ names []string }

func newHostility(categories int) *hostility {
	h := &hostility{names: []string{
		"\x1b[2J\x1b[31mred", "\x1b]52;c;aGVsbG8=\a", "a\u202egnp.exe\u2066", "c1\u009b31m\x9b31m", "bad\xff\xfeutf8\xe4\xb8", strings.Repeat("long", 75), strings.Repeat("予算超過", 40),
		strings.Repeat("🚀", 60), "👨\u200d👩\u200d👧\u200d👦", "e" + strings.Repeat("\u0301", 200), "नमस्ते कि", "\r\n\t\x00\x7f", "", " ", "🇩🇪🇫", "\u3164\u115f", "\u2028\u2029",
	}}
	for i := range categories {
		h.names = append(h.names, fmt.Sprintf("category_%05d_%s", i, h.names[i%17]))
	}
	return h
}

func (h *hostility) whole(i int) int64 {
	return []int64{math.MaxInt64, math.MinInt64, -1, 0, 1, 999_950}[i%6]
}

func (h *hostility) real(i int) float64 {
	return []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 0, 1e300, 0.005, 999_950, -0.0001}[i%9]
}

func (h *hostility) counts() map[string]int64 {
	out := map[string]int64{}
	for i, n := range h.names {
		out[n] = h.whole(i)
	}
	return out
}

func (h *hostility) amounts() map[string]float64 {
	out := map[string]float64{}
	for i, n := range h.names {
		out[n] = h.real(i)
	}
	return out
}

func hostileBranches(categories int) *data.Figures {
	h := newHostility(categories)
	return &data.Figures{Tasks: hostileTasks(h), Agents: hostileAgents(h), Notifications: hostileNotifications(h), Escalations: hostileEscalations(h)}
}

// one is a single thing of each kind.
func oneBranches() *data.Figures {
	f := emptyBranches()
	f.Tasks.PerDay[29].Created, f.Tasks.States["done"] = 1, 1
	f.Tasks.Reschedules = &data.Reschedules{Histogram: map[string]int64{"40": 1}, ThreeOrMore: sampleTasks().Reschedules.ThreeOrMore[:1]}
	f.Agents.Active, f.Agents.FailedToday, f.Agents.CostByName["one"] = sampleAgents().Active[:1], sampleAgents().FailedToday[:1], 0.01
	f.Notifications.Escalation.ByTier["9"], f.Notifications.Escalation.ByStatus["new"] = 1, 1
	today := now.Format("2006-01-02")
	f.Escalations.ValidationPerDay[today], f.Escalations.ExtensionsPerDay[today] = data.ValidationDay{Failed: 1, PassRate: p(0.0)}, data.ExtensionDay{Count: 1, AmountUSD: 5}
	f.Escalations.ToolGapsPerDay[today] = data.ToolGapDay{Total: 1}
	f.Escalations.List, f.Escalations.Iterations["5"] = sampleEscalations().List[:1], 1
	f.Escalations.TimeToResolution7d["chat"] = data.ResolutionTimes{N: 1}
	return f
}

func branchCases() map[string]*panels.Input {
	out := map[string]*panels.Input{
		"sample": figuresInput(sampleBranches()), "empty": figuresInput(emptyBranches()), "hostile": figuresInput(hostileBranches(50)), "one": figuresInput(oneBranches()),
		"nil figures": figuresInput(nilBranches()), "no branches": figuresInput(&data.Figures{}), "nothing": {}, "no figures yet": figuresInput(&data.Figures{}), "no tables": figuresInput(nilBranches()),
	}
	out["no figures yet"].Figures = nil
	out["no tables"].Snapshot.DB = nil
	for name, st := range states() {
		in := figuresInput(nilBranches())
		in.Snapshot.Sources = map[string]data.SourceState{data.SourceDB: st, data.SourceLoki: st}
		out[name] = in
	}
	scrolled := figuresInput(sampleBranches())
	scrolled.Cursor, scrolled.Offset, scrolled.Window = 3, 2, data.Window30d
	out["scrolled"] = scrolled
	beyond := figuresInput(hostileBranches(50))
	beyond.Cursor, beyond.Offset, beyond.Window = 1<<40, 1<<40, "no window"
	out["beyond"] = beyond
	return out
}

func TestBranchesAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	inputs := branchCases()
	for _, theme := range themes.Names() {
		for _, ascii := range []bool{false, true} {
			e := env(t, theme, ascii)
			for name, in := range inputs {
				for _, panel := range branchPanels() {
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

func TestBranchesOfTenThousandCategories(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	e, in := env(t, themes.Default, false), figuresInput(hostileBranches(10_000))
	for _, panel := range branchPanels() {
		for _, size := range [][2]int{{26, 5}, {200, 60}} {
			if err := checkFrame(panel.Draw(e, in, size[0], size[1]), size[0], size[1], false); err != nil {
				t.Errorf("%s: %v", panel.ID, err)
			}
		}
	}
}

// In the least room a layout gives it, a panel says something.
func TestBranchesInTheLeastRoom(t *testing.T) {
	e, in := env(t, themes.Default, false), figuresInput(sampleBranches())
	seen := map[string]bool{}
	for _, panel := range branchPanels() {
		if seen[panel.ID] || panel.MinW < 1 || panel.MinH < 1 || panel.Title == "" {
			t.Errorf("panel %q twice, without a title or without a least size", panel.ID)
		}
		seen[panel.ID] = true
		if got := strings.TrimSpace(ansi.Strip(strings.Join(panel.Draw(e, in, panel.MinW, panel.MinH), ""))); got == "" {
			t.Errorf("%s is empty", panel.ID)
		}
	}
}

func TestGoldenBranches(t *testing.T) {
	in := figuresInput(sampleBranches())
	e := env(t, themes.Default, false)
	for _, panel := range branchPanels() {
		t.Run(panel.ID, func(t *testing.T) {
			golden.RequireEqual(t, frame(e, &panel, in, 40, 12)+frame(e, &panel, in, 110, 18)+frame(env(t, "mono", true), &panel, in, 64, 10))
		})
	}
}

// What isn't there, what is nothing and what went wrong look different.
func TestGoldenBranchStates(t *testing.T) {
	all := map[string]*panels.Input{"zero": figuresInput(emptyBranches()), "starting": {}, "no-table": figuresInput(nilBranches()), "computing": figuresInput(&data.Figures{})}
	for name, st := range states() {
		in := figuresInput(nilBranches())
		in.Snapshot.Sources = map[string]data.SourceState{data.SourceDB: st, data.SourceLoki: st}
		all[name] = in
	}
	e := env(t, themes.Default, false)
	for _, panel := range branchPanels() {
		var b strings.Builder
		seen := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			f := frame(e, &panel, all[name], 48, 8)
			fmt.Fprintf(&b, "%s\n%s", name, f)
			if other, ok := seen[f]; ok {
				t.Errorf("%s: %s looks like %s", panel.ID, name, other)
			}
			seen[f] = name
		}
		t.Run(panel.ID, func(t *testing.T) { golden.RequireEqual(t, b.String()) })
	}
}

// A column the file lacks is named.
func TestMissingColumnIsNamed(t *testing.T) {
	in := figuresInput(nilBranches())
	in.Snapshot.DB.Tables.MissingColumns = map[string]bool{"tasks.status": true, "tasks.domain": true, "nudge_events.channel": true}
	e := env(t, themes.Default, false)
	for id, want := range map[string]string{"tasks_states": "tasks of this database has no domain, status", "notifications_nudges": "nudge_events of this database has no channel", "escalations_open": "no table escalation_request"} {
		if got := draw(t, e, id, in, 80, 6); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in\n%s", id, want, got)
		}
	}
}

// A column that only part of a panel needs takes only that part away.
func TestMissingColumnOfPart(t *testing.T) {
	f := sampleTasks()
	f.Completed = nil
	for _, c := range f.Created {
		c.ByDomain = nil
	}
	e, in := env(t, themes.Default, false), figuresInput(&data.Figures{Tasks: f})
	in.Snapshot.DB.Tables.MissingColumns = map[string]bool{"tasks.domain": true, "tasks.completed_at": true}
	for id, want := range map[string][]string{"tasks_created": {"discord", "no completed_at, domain"}, "tasks_completion": {"6 overdue now", "no completed_at, domain"}} {
		got := draw(t, e, id, in, 150, 12)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is not in\n%s", id, s, got)
			}
		}
	}
}

// draw is the inside of a panel as text.
func draw(t *testing.T, e *panels.Env, id string, in *panels.Input, w, h int) string {
	t.Helper()
	all := branchPanels()
	i := slices.IndexFunc(all, func(p panels.Panel) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no panel %s", id)
	}
	return ansi.Strip(strings.Join(all[i].Draw(e, in, w, h), "\n"))
}

// Every figure of the branches is drawn somewhere.
func TestEveryFigureIsDrawn(t *testing.T) {
	e := env(t, themes.Default, false)
	in := figuresInput(sampleBranches())
	in.Window = data.Window7d
	for id, want := range map[string][]string{
		"tasks_created":          {"1h", "3", "24h", "10", "today", "31", "7d", "66", "month", "115", "30d", "178", "discord", "35", "app", "22", "email", "9", "personal", "33", "work", "family", "0"},
		"tasks_states":           {"done", "512", "backlog", "41", "needs_scheduling", "waiting_input", "paused"},
		"tasks_completion":       {"6 overdue now", "1d07h mean time to complete", "64", "113"},
		"tasks_days":             {"created  4 today", "completed  5 today", "▲15"},
		"tasks_schedule":         {"to slot", "to schedule", "1d06h", "18h15m", "25m12s", "3m00s"},
		"tasks_reschedules":      {"!  3", "!  4", "!  7", "58"},
		"tasks_rescheduled":      {"Call the insurance about the claim from March", "0198a3b0-7c1e-7000-8000-0000000000a1", "予約の確認"},
		"tasks_dedup":            {"264", "66", "25.0%"},
		"agents_active":          {"✗", "6m52s", "5m00s", "137%", "!  pm", "1d03h", "watch the price of flights", "automation", "task-7", "run-4"},
		"agents_finished":        {"skill", "automation", "7d", "today", "17", "51", "$1.87", "41.5s", "2.12s"},
		"agents_failed":          {"TimeoutError: step 3 took longer than 300 s", "HTTP 503 from the fares API↵retried", "run-79"},
		"agents_cost":            {"research", "$4.2", "$0.02", "communication", "$0.00"},
		"agents_task_status":     {"(none)", "580", "complete", "12"},
		"agents_events":          {"dispatched", "progress", "completed", "failed", "timeout", "68", "153", "51"},
		"agents_spend":           {"route_task", "$1.32", "embed_memory", "$0.0021"},
		"notifications_sent":     {"122", "discord", "92", "email", "20", "(none)", "10", "reminder", "37", "overdue", "61", "digest", "24"},
		"notifications_failed":   {"7d", "3", "reminder", "2", "digest", "1"},
		"notifications_blocked":  {"evening_checkin", "9", "12"},
		"notifications_nudges":   {"61", "discord", "overdue"},
		"notifications_tiers":    {"acknowledged", "31", "backed_off", "1 Discord", "29", "2 SMS", "3 email", "4 phone"},
		"notifications_times":    {"to reply", "to acknowledge", "5m12s", "4h00m", "1m05s", "31m00s"},
		"escalations":            {"225", "0198a3b0-7c1e-7000-8000-000000000000", "submitted", "claude_code", "research_topic", "$0.75", "07-14 13:23", "✓"},
		"escalations_open":       {"8 waiting for someone", "14 open", "chat", "6", "4", "pause"},
		"escalations_status":     {"resolved", "61", "validated", "cancelled"},
		"escalations_resolution": {"chat", "12", "3m32s", "59m40s", "claude_code", "1h30m", "1d01h", "15-30m", ">=24h"},
		"escalations_iterations": {"1", "11", "2", "6", "3 and more", "3"},
		"escalations_validation": {"pass rate  71.4% today", "validated  5 today", "failed  2 today"},
		"escalations_extensions": {"granted  2 today", "amount  $5.00 today"},
		"tool_gaps":              {"new  1 today", "all detections  3 today"},
		"tool_gap_severity":      {"high", "speculative"},
		"tool_gap_points":        {"capability_tool_check", "runtime_dispatch", "scheduler_pre_run"},
	} {
		got := draw(t, e, id, in, 160, 30)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is not in\n%s", id, s, got)
			}
		}
	}
}

// What no source of a stock Donna ever fills is no zero, and the panel says why.
func TestNeverFilled(t *testing.T) {
	f := emptyBranches()
	f.Agents, f.Tasks, f.Notifications, f.Preferences = &data.Agents{}, &data.Tasks{}, &data.Notifications{}, &data.Preferences{}
	f.NeverFilled = []string{data.KeyTaskStatus, data.KeyDedup, data.KeyTiers, data.KeyRules, data.KeyRulesPerWeek}
	e, in := env(t, themes.Default, false), figuresInput(f)
	for id, want := range map[string]string{"tasks_dedup": "deduplicator", "agents_task_status": "prep agent", "notifications_tiers": "escalation tiers"} {
		if got := draw(t, e, id, in, 100, 8); !strings.Contains(got, want) || strings.Contains(got, "0") {
			t.Errorf("%s:\n%s", id, got)
		}
	}
}

// A window the log does not cover says so below what the others show.
func TestWindowWithoutLines(t *testing.T) {
	e, in := env(t, themes.Default, false), figuresInput(sampleBranches())
	in.Window = data.Window30d
	in.Snapshot.Sources[data.SourceLoki] = data.SourceState{State: data.StateLive, Loaded: true, CoveredFrom: now.AddDate(0, 0, -8)}
	for _, id := range []string{"tasks_schedule", "tasks_dedup", "agents_events", "notifications_times", "notifications_sent"} {
		if got := draw(t, e, id, in, 120, 14); !strings.Contains(got, "counted from 2026-07-07 14:23 UTC on") {
			t.Errorf("%s:\n%s", id, got)
		}
	}
}

// While amounts are hidden none is anywhere on the screen.
func TestBranchesHideMoney(t *testing.T) {
	e := env(t, themes.Default, false)
	e.HideMoney = true
	in := figuresInput(sampleBranches())
	amount := regexp.MustCompile(`\$[0-9.]`)
	for _, panel := range branchPanels() {
		for _, w := range []int{26, 60, 130, 200} {
			got := ansi.Strip(strings.Join(panel.Draw(e, in, w, 20), "\n"))
			if m := amount.FindString(got); m != "" {
				t.Errorf("%s, %d cells: %q shows", panel.ID, w, m)
			}
		}
	}
}

// The lists whose rows lead somewhere: as many rows as the figures have, and
// the one under the cursor is marked by a glyph as well as by its paint.
func TestBranchLists(t *testing.T) {
	e, in := env(t, themes.Default, false), figuresInput(sampleBranches())
	in.Cursor, in.Offset = 2, 1
	rows := map[string]int{"tasks_rescheduled": 5, "agents_active": 5, "agents_failed": 3, "escalations": 25}
	for _, panel := range branchPanels() {
		want, ok := rows[panel.ID]
		if !ok {
			continue
		}
		if got := len(panel.Items(e, in, 100, 4).List); got != want {
			t.Errorf("%s has %d items, want %d", panel.ID, got, want)
		}
		for i, l := range panel.Draw(e, in, 100, 3)[1:3] {
			marked := strings.HasPrefix(ansi.Strip(l), "›")
			if want := i == 1; marked != want || strings.Contains(l, e.Styles.Selected.On()) != want {
				t.Errorf("%s, row %d: %q", panel.ID, i, l)
			}
		}
		delete(rows, panel.ID)
	}
	if len(rows) > 0 {
		t.Errorf("no panel for %v", rows)
	}
}

// Where not all windows have room the chosen one is among those that have.
func TestChosenWindowStays(t *testing.T) {
	e, in := env(t, themes.Default, false), figuresInput(sampleBranches())
	in.Window = data.WindowMonth
	if got := draw(t, e, "agents_events", in, 60, 3); !strings.Contains(got, "›  month") {
		t.Error(got)
	}
	if got := draw(t, e, "agents_events", in, 60, 7); !strings.Contains(got, "\n›  month") || !strings.Contains(got, "  1h") {
		t.Error(got)
	}
}

// A short axis has a bar for every number; a long one only for those that occur.
func TestReschedulesAxis(t *testing.T) {
	e := env(t, themes.Default, false)
	for _, tc := range []struct {
		name      string
		histogram map[string]int64
		want      []string
	}{
		{"short", map[string]int64{"0": 9, "4": 1}, []string{"0", "1", "2", "3", "! 4"}},
		{"always up to what stands out", map[string]int64{"1": 9}, []string{"0", "1", "2"}},
		{"long", map[string]int64{"10": 1, "9": 2, "400": 1}, []string{"! 9", "! 10", "! 400"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := noTasks()
			f.Reschedules.Histogram = tc.histogram
			var got []string
			for _, l := range strings.Split(draw(t, e, "tasks_reschedules", figuresInput(&data.Figures{Tasks: f}), 26, 12), "\n")[1:] {
				if fields := strings.Fields(l[:6]); len(fields) > 0 {
					got = append(got, strings.Join(fields, " "))
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("bars %q, want %q", got, tc.want)
			}
		})
	}
}
