package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestConfigIsReadable(t *testing.T) {
	number := func(file, path string) float64 {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(month.sim.ConfigDir(), file))
		if err != nil {
			t.Fatal(err)
		}
		p, err := yaml.PathString("$." + path)
		if err != nil {
			t.Fatal(err)
		}
		var v float64
		if err := yaml.Unmarshal(body, new(map[string]any)); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := p.Read(bytes.NewReader(body), &v); err != nil {
			t.Fatalf("%s: %s: %v", file, path, err)
		}
		return v
	}
	for _, c := range []struct {
		file, path      string
		want, byDefault float64 // the household's value, and Donna's default that it must not be
	}{
		{"donna_models.yaml", "cost.daily_pause_threshold_usd", dailyBudget, 20},
		{"donna_models.yaml", "cost.monthly_budget_usd", monthlyBudget, 100},
		{"dashboard.yaml", "budget.daily_usd", dailyBudget, 20},
		{"dashboard.yaml", "budget.monthly_usd", monthlyBudget, 100},
		{"dashboard.yaml", "budget.alert_pct", alertPct, 80},
		{"agents.yaml", "agents.pm.timeout_seconds", 240, 300},
		{"manual_escalation.yaml", "budget_extension.max_daily_extension_usd", maxDailyExtension, 10},
		{"manual_escalation.yaml", "triggers.task_approval_threshold_usd", taskApproval, 5},
	} {
		t.Run(c.path, func(t *testing.T) {
			if got := number(c.file, c.path); got != c.want || got == c.byDefault {
				t.Errorf("%s: %v, want %v, and not the default %v", c.file, got, c.want, c.byDefault)
			}
		})
	}
}
