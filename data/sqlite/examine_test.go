package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestExamine(t *testing.T) {
	dir := t.TempDir()
	d := newDonna(t, dir)
	d.call(testNow.Add(-time.Hour))
	d.row(testNow.Format(awareForm), "parse_task")
	before := listing(t, dir)
	c, err := Examine(dir)
	if err != nil {
		t.Fatal(err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("after:\n%swas before:\n%s", after, before)
	}
	if c.Path != d.path || c.Journal != "wal" || c.Reading != readings[locked] || c.WALBytes == nil || *c.WALBytes == 0 || !c.Newest.Equal(testNow) {
		t.Errorf("while Donna runs: %+v", c)
	}
	if !slices.Contains(c.Missing, "tasks") || slices.ContainsFunc(c.Missing, func(m string) bool { return strings.HasPrefix(m, "invocation_log") }) {
		t.Errorf("missing %q", c.Missing)
	}

	d.exec("ALTER TABLE invocation_log DROP COLUMN overflow_escalated")
	d.row("soon", "parse_task")
	if c, err = Examine(d.path); err != nil || !slices.Contains(c.Missing, "invocation_log.overflow_escalated") || !strings.Contains(c.Notice, "older schema") || !c.Newest.IsZero() {
		t.Errorf("older: %+v, %v", c, err)
	}
	d.close()
	if c, err = Examine(d.path); err != nil || c.Journal != "wal" || c.Reading != readings[immutable] || c.WALBytes != nil {
		t.Errorf("when Donna is down: %+v, %v", c, err)
	}
}

func TestExamineRollbackJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	execFile(t, path, schemaSQL)
	if c, err := Examine(path); err != nil || c.Journal != "delete" || !c.Newest.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestExamineFaults(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	execFile(t, foreign, "CREATE TABLE other (id INTEGER)")
	whole, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	busy := filepath.Join(dir, "busy.db")
	execFile(t, busy, schemaSQL)
	db, err := sql.Open("sqlite", busy)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ path, want string }{
		"missing":     {filepath.Join(dir, "no.db"), "no.db does not exist: check"},
		"no database": {write("x.txt", strings.Repeat("text ", 100)), "is not an SQLite database"},
		"empty":       {write("zero.db", ""), "is empty (0 bytes): start Donna"},
		"foreign":     {foreign, "without the table invocation_log"},
		"cut short":   {write("cut.db", string(whole[:len(whole)/2])), "damaged or was cut short"},
		"locked":      {busy, "is locked by another program"},
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := Examine(tc.path); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%+v, %v; want %q", c, err, tc.want)
			}
		})
	}
}
