package contracttest

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

// The rehearsal of a week of simulated data, held to loops of our own over all
// lines and rows: at each step every figure is worked out anew from the beginning.

const rehearsalStep = time.Minute

// rehearsalConfig lets a quiet week have more to tell; all other rules are the defaults.
const rehearsalConfig = `alerts:
  rules:
    error_burst: {threshold: 4}
    budget_monthly: {repeat: 6h}
`

// rehearsalBudgets are used up in a week.
var rehearsalBudgets = budgets{daily: 19, monthly: 160}

// watched is one rule as our own loop sees it.
type watched struct {
	rule          string
	holds         bool      // the condition, now
	since         time.Time // zero: since the first step at which it held
	longer, clear time.Duration
	repeat        time.Duration

	began, seen, told time.Time
	firing, pending   bool
}

// step moves on to now and says what happens: "" if nothing does.
func (w *watched) step(now time.Time) string {
	if w.holds {
		if !w.pending && !w.firing {
			w.pending, w.began = true, now
		}
		if w.pending && !w.since.IsZero() {
			w.began = w.since
		}
		w.seen = now
		switch {
		case w.pending && (w.longer == 0 || now.Sub(w.began) > w.longer):
			w.pending, w.firing, w.told = false, true, now
			return "FIRED"
		case w.firing && now.Sub(w.told) >= w.repeat:
			w.told = now
			return "REMINDED"
		}
		return ""
	}
	if w.clear > 0 && now.Sub(w.seen) <= w.clear {
		return ""
	}
	w.pending = false
	if w.firing {
		w.firing = false
		return "RESOLVED"
	}
	return ""
}

func TestRehearsal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seed uint64
		end  string
	}{
		{1, "2026-07-20T12:00:00Z"},
		{2, "2026-06-03T09:17:31.5Z"}, // the month begins within
	} {
		t.Run(fmt.Sprint("seed ", c.seed), func(t *testing.T) {
			t.Parallel()
			now := at(t, c.end)
			dir := filepath.Join(t.TempDir(), "demo")
			sim, err := demo.New(context.Background(), demo.Options{Dir: dir, Seed: c.seed, Start: now, History: 8 * day})
			if err != nil {
				t.Fatal(err)
			}
			if err := sim.Close(); err != nil {
				t.Fatal(err)
			}
			args := []string{
				"watch", "--rehearse", "7d", "--now", c.end, "--interval", rehearsalStep.String(), "--config", writeFile(t, "alerts.yaml", rehearsalConfig),
				"--db", filepath.Join(dir, "donna_tasks.db"), "--logs", filepath.Join(dir, "donna.log"), "--donna-config", donnaConfig(t, rehearsalBudgets),
			}
			r := runProgram(t, "", args...)
			if r.code != 0 {
				t.Fatalf("code %d: %s", r.code, r.stderr)
			}
			if again := runProgram(t, "", args...); again.stdout != r.stdout {
				t.Error("two rehearsals of the same past differ")
			}
			got := rehearsed(r.stdout)
			want := rehearseAnew(t, dir, now.Add(-7*day), now)
			if !slices.Equal(got, want) {
				for _, l := range got {
					if !slices.Contains(want, l) {
						t.Errorf("too much: %s", l)
					}
				}
				for _, l := range want {
					if !slices.Contains(got, l) {
						t.Errorf("missing:  %s", l)
					}
				}
			}
			fired := map[string]bool{}
			for _, l := range want {
				if f := strings.Fields(l); f[3] == "FIRED" {
					fired[f[4]] = true
				}
			}
			rules := slices.Sorted(maps.Keys(fired))
			t.Logf("%d happenings of %v", len(want), rules)
			if c.seed == 1 && len(rules) != 7 {
				t.Errorf("only %v fire in this week", rules)
			}
		})
	}
}

// rehearsed are the happenings that a rehearsal printed.
func rehearsed(stdout string) (out []string) {
	for l := range strings.Lines(stdout) {
		if f := strings.Fields(l); len(f) > 4 && (f[3] == "FIRED" || f[3] == "REMINDED" || f[3] == "RESOLVED") && l[0] != ' ' {
			out = append(out, strings.Join(f[:5], " "))
		}
	}
	slices.Sort(out)
	return out
}

// rehearseAnew works all out from the raw lines and rows.
func rehearseAnew(t *testing.T, dir string, from, to time.Time) (out []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "donna.log"))
	if err != nil {
		t.Fatal(err)
	}
	all, _ := readEntries(string(text))
	lines := slices.DeleteFunc(all, func(e entry) bool {
		return e.level != "error" && e.level != "critical" && !isHealthCheck(&e) && e.breakerState() == "" && !isStart(&e) &&
			!e.is([]string{"supabase_push_ok"}, "sync.supabase.push") && !e.is([]string{"supabase_push_failed"}, "sync.supabase.failed")
	})
	slices.SortStableFunc(lines, func(a, b entry) int { return a.at.Compare(b.at) })
	db, err := sql.Open("sqlite", filepath.Join(dir, "donna_tasks.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stored := readDatabase(t, db)
	rows := slices.DeleteFunc(stored.rows, func(r invocation) bool { return r.cost == nil || *r.cost == 0 })
	slices.SortStableFunc(rows, func(a, b invocation) int { return a.at.Compare(b.at) })

	rules := []*watched{
		{rule: "breaker_open", repeat: 4 * time.Hour},
		{rule: "error_burst", clear: 5 * time.Minute, repeat: 4 * time.Hour},
		{rule: "supabase_sync", longer: time.Hour, repeat: 4 * time.Hour},
		{rule: "heartbeat", longer: 10 * time.Minute, repeat: 4 * time.Hour},
		{rule: "budget_daily", repeat: 4 * time.Hour},
		{rule: "budget_monthly", repeat: 6 * time.Hour},
		{rule: "budget_runway", clear: 10 * time.Minute, repeat: 4 * time.Hour},
	}
	var before time.Time
	for now := from; !now.After(to); now = now.Add(rehearsalStep) {
		logs := lines[:countUntil(lines, now, func(e *entry) time.Time { return e.at })]
		paid := rows[:countUntil(rows, now, func(r *invocation) time.Time { return r.at })]
		breakerNow(rules[0], logs, before)
		rules[1].holds = errorsNow(logs, now) > 4
		supabaseNow(rules[2], logs)
		heartbeatNow(rules[3], logs, now)
		budgetsNow(rules[4:], paid, stored, rehearsalBudgets, now)
		for _, w := range rules {
			if what := w.step(now); what != "" {
				out = append(out, fmt.Sprintf("%s %s %s", now.Format("2006-01-02 15:04:05 UTC"), what, w.rule))
			}
		}
		before = now
	}
	slices.Sort(out)
	return out
}

// countUntil is how many of a list in order of time are not after now.
func countUntil[T any](list []T, now time.Time, at func(*T) time.Time) int {
	n, _ := slices.BinarySearchFunc(list, now, func(e T, now time.Time) int {
		if at(&e).After(now) {
			return 1
		}
		return -1
	})
	return n
}

func isStart(e *entry) bool {
	return e.is([]string{"donna_starting", "donna_server_started", "donna_api_started"}, "system.startup")
}

func breakerNow(w *watched, logs []entry, before time.Time) {
	open, opened := false, time.Time{}
	for i := range logs {
		switch state := logs[i].breakerState(); {
		case isStart(&logs[i]), state == "closed":
			open = false
		case state != "" && !open:
			open, opened = true, logs[i].at
		}
	}
	w.holds, w.since = open || !before.IsZero() && opened.After(before), opened
}

func errorsNow(logs []entry, now time.Time) (n int) {
	for i := len(logs) - 1; i >= 0 && !logs[i].at.Before(now.Add(-5*time.Minute)); i-- {
		if logs[i].level == "error" || logs[i].level == "critical" {
			n++
		}
	}
	return n
}

func supabaseNow(w *watched, logs []entry) {
	w.since = time.Time{}
	for i := range logs {
		switch {
		case logs[i].is([]string{"supabase_push_ok"}, "sync.supabase.push"):
			w.since = time.Time{}
		case logs[i].is([]string{"supabase_push_failed"}, "sync.supabase.failed") && w.since.IsZero():
			w.since = logs[i].at
		}
	}
	w.holds = !w.since.IsZero()
}

func heartbeatNow(w *watched, logs []entry, now time.Time) {
	w.since = time.Time{}
	for i := len(logs) - 1; i >= 0; i-- {
		if isHealthCheck(&logs[i]) {
			w.since = logs[i].at
			break
		}
	}
	w.holds = now.Sub(w.since) > 90*time.Second
}

func budgetsNow(rules []*watched, paid []invocation, d *database, caps budgets, now time.Time) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var today, month, week float64
	for _, r := range paid {
		if !r.at.Before(now.Add(-7 * day)) {
			week += *r.cost
		}
		if r.taskType == "escalation_lifecycle" || r.taskType == "tool_gap_lifecycle" || r.taskType == "external_llm_call" {
			continue
		}
		if !r.at.Before(first) {
			month += *r.cost
		}
		if !r.at.Before(midnight) {
			today += *r.cost
		}
	}
	limit := caps.daily
	for _, e := range d.extensions {
		if e.date == now.Format(time.DateOnly) && !e.voided && !e.granted.After(now) {
			limit += e.amount
		}
	}
	rules[0].holds = today/limit*100 >= 100
	rules[1].holds = month/caps.monthly*100 >= 90
	left := first.AddDate(0, 1, 0).Sub(now).Hours() / 24
	lasts := 1e9
	if rest := caps.monthly - month; rest <= 0 {
		lasts = 0
	} else if week > 0 {
		lasts = rest / (week / 7)
	}
	rules[2].holds = lasts < 3 && lasts < left
}
