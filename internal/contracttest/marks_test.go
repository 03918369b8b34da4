package contracttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeMarks makes a data root with files that stand for the instants.
func writeMarks(t *testing.T, m marks) (root string) {
	t.Helper()
	root = t.TempDir()
	write := func(name string, at time.Time) {
		t.Helper()
		if at.IsZero() {
			return
		}
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("healthwatch/heartbeat", m.heartbeat)
	write("db/.supabase_last_sync", m.push)
	if !m.backup.IsZero() { // its name says when, and not its time
		write("backups/donna_tasks.db."+m.backup.UTC().Format("2006-01-02_150405")+".manual.backup", m.backup.Add(time.Hour))
	}
	return root
}

// TestMarks: heartbeat and last successes are the newest that log and files tell, at
// the borders of age and clock.
func TestMarks(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23Z")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	check := func(d time.Duration, status string) string {
		return line(ago(d).Format(zulu), `"status": "`+status+`", "checks": {"sqlite": true, "discord": false}, `+event("health_check"))
	}
	said := func(d time.Duration, name string) string { return line(ago(d).Format(zulu), event(name)) }
	for _, c := range []struct {
		name  string
		lines []string
		logs  bool
		marks *marks
	}{
		{"nothing at all", nil, true, &marks{}},
		{"no mark, no logs", nil, false, &marks{}},
		{"marks alone", nil, false, &marks{ago(30 * time.Second), ago(time.Hour), ago(day)}},
		{"a beat just young enough", nil, false, &marks{heartbeat: ago(90 * time.Second)}},
		{"a beat just too old", nil, false, &marks{heartbeat: ago(91 * time.Second)}},
		{"a line just young enough", []string{check(90*time.Second, "healthy")}, true, nil},
		{"a line just too old", []string{check(90*time.Second+time.Microsecond, "healthy")}, true, nil},
		{"the line wins, however old", []string{check(time.Hour, "degraded")}, true, &marks{heartbeat: ago(time.Second)}},
		{"no such line: the file", []string{said(time.Second, "task_created")}, true, &marks{heartbeat: ago(3 * time.Minute)}},
		{"a line of the future is none", []string{check(-time.Second, "healthy")}, true, &marks{heartbeat: ago(time.Minute)}},
		{"marks of the future are none", nil, false, &marks{ago(-2 * time.Minute), ago(-2 * time.Minute), ago(-time.Hour)}},
		{"clocks that differ a little", nil, false, &marks{ago(-time.Second), ago(-time.Minute), ago(-time.Second)}},
		{"newer lines", []string{said(time.Hour, "backup_completed"), said(time.Minute, "supabase_push_ok")}, true, &marks{push: ago(time.Hour), backup: ago(2 * time.Hour)}},
		{"newer marks", []string{said(3*time.Hour, "backup_completed"), said(2*time.Hour, "supabase_push_ok")}, true, &marks{push: ago(time.Hour), backup: ago(2 * time.Hour)}},
		{"both at once", []string{said(time.Hour, "backup_completed"), said(time.Hour, "supabase_push_ok")}, true, &marks{push: ago(time.Hour), backup: ago(time.Hour)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := &auditor{now: now, haveLogs: c.logs, service: "donna", marks: c.marks}
			args := []string{"--view", "health"}
			if c.logs {
				log := strings.Join(c.lines, "\n") + "\n"
				a.lines, _ = readEntries(log)
				args = append(args, "--logs", writeFile(t, "donna.log", log))
			}
			if c.marks != nil {
				args = append(args, "--data-path", writeMarks(t, *c.marks))
			}
			report(t, differences("health", a.health(), branch(t, snapshot(t, now, 0, args...), "health")))
		})
	}
}
