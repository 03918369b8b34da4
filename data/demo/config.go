package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"text/template"
)

// The household's own configuration, in Donna's files and keys. Budgets, thresholds and timeouts differ a little from her
// defaults, so that it can be seen whether they were read. The money in them is money.go's.
//
//go:embed config
var configFiles embed.FS

// writeConfig renders the templates into dir.
func writeConfig(dir string) error {
	values := map[string]any{
		"DailyBudget": dailyBudget, "MonthlyBudget": monthlyBudget, "MonthlyWarning": monthlyWarning, "TaskApproval": taskApproval,
		"MaxExtension": maxDailyExtension, "Ceiling": hardMonthlyCeiling, "AlertPct": alertPct, "Zone": householdZone,
		"IterationLimit": iterationLimit, "TimeoutMinutes": int(escalationTimeout.Minutes()), "FailurePause": failurePause,
		"RepingSeconds": int(repingCooldown.Seconds()),
	}
	const root = "config"
	return fs.WalkDir(configFiles, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		t, err := template.ParseFS(configFiles, name)
		if err != nil {
			return fmt.Errorf("read configuration template: %w", err)
		}
		f, err := os.Create(filepath.Join(dir, path.Base(name)))
		if err != nil {
			return fmt.Errorf("create configuration: %w", err)
		}
		if err := t.Execute(f, values); err != nil {
			f.Close()
			return fmt.Errorf("write configuration: %w", err)
		}
		return f.Close()
	})
}
