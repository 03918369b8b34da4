package donnaconfig

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data"
)

// FuzzLoad: whatever stands in Donna's files, there is an error of one line or figures
// that can be calculated with, and the same each time.
func FuzzLoad(f *testing.F) {
	f.Add("cost:\n  monthly_budget_usd: 120.5\n  daily_pause_threshold_usd: 25\n", "budget: {alert_pct: 75}\n", "agents:\n  pm: {timeout_seconds: 90}\n")
	f.Add("cost: [1, 2\n", "budget: &x {alert_pct: *x}\n", "agents: {a: {timeout_seconds: .inf}}\n")
	f.Add("cost: {monthly_budget_usd: -.inf, monthly_warning_pct: 1e308}\n", "budget: {alert_pct: .nan}\n", "---\n---\n")
	f.Add("", "", "agents: {a: {timeout_seconds: .inf}}\n")
	f.Add("", "", "agents: {a: {timeout_seconds: -1}}\n")
	f.Add("cost: {monthly_warning_pct: 1e308}\n", "", "")
	f.Add("<<: {cost: 1}\n", "budget:\n\talert_pct: 1\n", "agents: {? [a]: b}\n")
	f.Fuzz(func(t *testing.T, models, dashboard, agents string) {
		dir := t.TempDir()
		write(t, dir, modelsFile, models)
		write(t, dir, dashboardFile, dashboard)
		write(t, dir, agentsFile, agents)
		c, err := Load(dir)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
			c = data.DefaultConfig()
		}
		for _, v := range []float64{c.DailyUSD, c.MonthlyUSD, c.MonthlyWarningPct, c.AlertPct} {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Errorf("%+v has a figure that is none", c)
			}
		}
		for name, v := range c.AgentTimeouts {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Errorf("the timeout of %q is %v", name, v)
			}
		}
		again, errAgain := Load(dir)
		if (err == nil) != (errAgain == nil) || err == nil && (again.DailyUSD != c.DailyUSD || !slices.Equal(again.Defaulted, c.Defaulted)) {
			t.Errorf("read twice: %+v (%v) and %+v (%v)", c, err, again, errAgain)
		}
	})
}
