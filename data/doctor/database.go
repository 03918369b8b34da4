package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Database is how the database was found; package sqlite has a type of the same
// fields, which this one can't know.
type Database struct {
	Path     string
	Bytes    int64
	Journal  string
	Reading  string
	WALBytes *int64
	Notice   string
	Missing  []string
	Newest   time.Time
}

// quietDatabase is how long no row may be written before it is worth saying:
// Donna calls a model at least every night.
const quietDatabase = 24 * time.Hour

// CheckDatabase looks at the database that open finds; nil if none is
// configured.
func CheckDatabase(now time.Time, open func() (Database, error)) Check {
	return Check{Name: "database", Run: func(_ context.Context, report func(Finding)) {
		if open == nil {
			report(Warn("database", "not configured", "give --db PATH (or DONNA_DB_PATH)"))
			return
		}
		db, err := open()
		if err != nil {
			detail, fix := split(err.Error(), ": ")
			report(Fail("database", detail, fix))
			return
		}
		report(Good("database", fmt.Sprintf("%s, %s, %s", db.Path, size(db.Bytes), db.Reading)))
		report(wal(db))
		report(schema(db))
		report(rows(now, db))
	}}
}

func wal(db Database) Finding {
	detail := "journal mode " + db.Journal
	if db.WALBytes != nil {
		detail += ", " + size(*db.WALBytes) + " in the -wal"
	}
	switch {
	case strings.Contains(db.Notice, "-wal"):
		text, _, _ := strings.Cut(db.Notice, "; ")
		detail, fix := split(text, ": ")
		return Warn("database_wal", detail, fix)
	case db.Journal != "wal":
		return Warn("database_wal", detail+": Donna sets wal, so this may not be hers, or a copy", "give the file Donna writes with --db")
	}
	return Good("database_wal", detail)
}

func schema(db Database) Finding {
	if len(db.Missing) == 0 {
		return Good("database_schema", "all tables and columns are there")
	}
	const most = 6
	names := db.Missing
	more := ""
	if n := len(names) - most; n > 0 {
		names, more = names[:most], fmt.Sprintf(" and %d more", n)
	}
	return Warn("database_schema", fmt.Sprintf("older schema without %s%s: figures that need them are empty", strings.Join(names, ", "), more), "start a newer Donna, which migrates it")
}

func rows(now time.Time, db Database) Finding {
	switch age := now.Sub(db.Newest); {
	case db.Newest.IsZero():
		return Warn("database_rows", "no row in invocation_log has a time", "see whether Donna has called a model yet: docker logs donna-orchestrator")
	case age > quietDatabase:
		return Warn("database_rows", "the newest row is "+ago(age)+" old", "see whether Donna runs: docker ps --filter name=donna-")
	case age < -time.Minute:
		return Warn("database_rows", "the newest row lies "+ago(-age)+" in the future", "set the clocks: timedatectl set-ntp true")
	default:
		return Good("database_rows", "the newest row is "+ago(max(age, 0))+" old")
	}
}

// size is a number of bytes for people.
func size(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for v >= 999.95 && i < len(units)-1 {
		v /= 1000
		i++
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// ago is a length of time for people, in one unit or two.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
