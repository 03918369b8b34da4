package contracttest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

// alertRules are the rules in the order of the contract's list.
var alertRules = []string{
	"service_down", "breaker_open", "error_burst", "disk_usage", "supabase_sync", "heartbeat", "budget_daily", "budget_monthly", "budget_runway",
}

// alertsOf is the branch by rule, checked for its shape.
func alertsOf(t *testing.T, snapshot map[string]any) map[string]map[string]any {
	t.Helper()
	list, ok := snapshot["alerts"].([]any)
	if !ok {
		t.Fatalf("alerts: %v", show(snapshot["alerts"]))
	}
	out := make(map[string]map[string]any)
	var names []string
	for _, e := range list {
		a, _ := e.(map[string]any)
		name, _ := a["rule"].(string)
		names, out[name] = append(names, name), a
		for _, key := range []string{"state", "since", "value", "threshold", "detail", "routes"} {
			if _, ok := a[key]; !ok {
				t.Errorf("%s has no %s", name, key)
			}
		}
		if _, ok := a["routes"].([]any); !ok || len(a) != 7 {
			t.Errorf("%s: %v", name, show(a))
		}
	}
	if !slices.Equal(names, alertRules) {
		t.Errorf("rules %v, want %v", names, alertRules)
	}
	return out
}

// TestAlerts holds the values of the alerts to figures of our own, at moments of a
// simulated week; with --now nothing is known of before, so what needs a duration
// of its own can only be pending.
func TestAlerts(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-07-20T12:00:00Z")
	dir := filepath.Join(t.TempDir(), "demo")
	sim, err := demo.New(context.Background(), demo.Options{Dir: dir, Seed: 1, Start: now, History: 8 * day})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "donna.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := readEntries(string(text))
	slices.SortStableFunc(lines, func(a, b entry) int { return a.at.Compare(b.at) })
	path := filepath.Join(dir, "donna_tasks.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stored := readDatabase(t, db)
	slices.SortStableFunc(stored.rows, func(a, b invocation) int { return a.at.Compare(b.at) })

	hang := now.Add(-8 * day).Add(time.Duration(0.52 * float64(8*day))).Truncate(time.Second)
	firing := map[string]bool{}
	for _, then := range append(incidents(lines), now, hang.Add(5*time.Minute), hang.Add(16*time.Minute), at(t, "2026-07-16T23:50:00Z"), now.Add(-3*day)) {
		got := alertsOf(t, snapshot(t, then, 0, "--db", path, "--logs", filepath.Join(dir, "donna.log"), "--donna-config", donnaConfig(t, rehearsalBudgets)))
		known := lines[:countUntil(lines, then, func(e *entry) time.Time { return e.at })]
		paid := stored.rows[:countUntil(stored.rows, then, func(r *invocation) time.Time { return r.at })]
		breaker, supabase, heart := &watched{}, &watched{}, &watched{}
		breakerNow(breaker, known, time.Time{})
		supabaseNow(supabase, known)
		heartbeatNow(heart, known, then)
		budgets := []*watched{{}, {}, {}}
		budgetsNow(budgets, paid, stored, rehearsalBudgets, then)
		errors := errorsNow(known, then)

		after := func(w *watched, d time.Duration) string {
			switch {
			case !w.holds:
				return "ok"
			case then.Sub(w.since) > d:
				return "firing"
			}
			return "pending"
		}
		now := func(holds bool) string { return map[bool]string{true: "firing", false: "ok"}[holds] }
		for rule, want := range map[string]string{
			"service_down": "unknown", "disk_usage": "unknown", "breaker_open": now(breaker.holds), "error_burst": now(errors > 10),
			"supabase_sync": after(supabase, time.Hour), "heartbeat": after(heart, 10*time.Minute),
			"budget_daily": now(budgets[0].holds), "budget_monthly": now(budgets[1].holds), "budget_runway": now(budgets[2].holds),
		} {
			a := got[rule]
			if a["state"] != want {
				t.Errorf("at %s: %s is %v (%v), want %s", then, rule, a["state"], a["detail"], want)
			}
			if (a["value"] == nil) != (want == "unknown") || (a["since"] == nil) != (want == "ok" || want == "unknown") {
				t.Errorf("at %s: %s is %v", then, rule, show(a))
			}
			firing[rule] = firing[rule] || want == "firing"
		}
		failing := 0.0
		if supabase.holds {
			failing = then.Sub(supabase.since).Seconds()
		}
		report(t, differences("error_burst", int64(errors), got["error_burst"]["value"]))
		report(t, differences("supabase_sync", exact(failing), got["supabase_sync"]["value"]))
		report(t, differences("heartbeat", exact(then.Sub(heart.since).Seconds()), got["heartbeat"]["value"]))
	}
	for _, rule := range alertRules[1:] {
		if !firing[rule] && rule != "disk_usage" && rule != "error_burst" {
			t.Errorf("%s never fires: the moments are chosen badly", rule)
		}
	}
}

// incidents are moments at which something is wrong.
func incidents(lines []entry) (out []time.Time) {
	opened, failed := 0, 0
	for i := range lines {
		switch {
		case lines[i].breakerState() == "open" && opened < 2:
			opened++
			out = append(out, lines[i].at.Add(time.Second))
		case lines[i].is([]string{"supabase_push_failed"}, "sync.supabase.failed") && failed < 1:
			failed++
			out = append(out, lines[i].at.Add(10*time.Minute), lines[i].at.Add(time.Hour+time.Second))
		}
	}
	return out
}

// TestAlertsOfViews: they belong to the overview, and to the whole.
func TestAlertsOfViews(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-06-15T12:00:00Z")
	logs := writeFile(t, "a.log", "")
	for _, c := range []struct {
		args []string
		want bool
	}{
		{nil, true}, {[]string{"--view", "overview"}, true}, {[]string{"--view", "health"}, false},
	} {
		got := snapshot(t, now, 0, append([]string{"--logs", logs}, c.args...)...)
		if _, has := got["alerts"]; has != c.want {
			t.Errorf("%v: alerts %v, want %v", c.args, has, c.want)
		} else if has {
			for rule, a := range alertsOf(t, got) {
				if db := rule[:3] == "bud"; db && a["state"] != "unknown" {
					t.Errorf("%s is %v without a database", rule, a["state"])
				}
			}
		}
	}
}
