package contracttest

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver; every expression below keeps it from parsing times
)

// columnForms are the forms of donna-data.md §1.2, and `Z`. Go's fraction in a
// layout is optional when reading.
var columnForms = []string{
	"2006-01-02T15:04:05",       // N, and X without an offset
	"2006-01-02T15:04:05Z07:00", // A, X, Z
	"2006-01-02 15:04:05",       // S, C
	"2006-01-02",                // D
}

// instant reads a time out of a column. No offset means UTC.
func instant(v any) (time.Time, bool) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	for _, form := range columnForms {
		if t, err := time.ParseInLocation(form, text, time.UTC); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func text(v any) string {
	if v == nil {
		return "(none)"
	}
	return fmt.Sprint(v)
}

func integer(v any) *int64 {
	if n, ok := v.(int64); ok {
		return &n
	}
	return nil
}

func number(v any) *float64 {
	switch n := v.(type) {
	case int64:
		f := float64(n)
		return &f
	case float64:
		if !math.IsInf(n, 0) {
			return &n
		}
	}
	return nil
}

func flag(v any) bool { return v == int64(1) }

// table reads every row of a table as column → value; nil if there is no such table.
func table(t testing.TB, db *sql.DB, name string) (rows []map[string]any, columns map[string]bool) {
	t.Helper()
	info, err := db.Query(`SELECT name FROM pragma_table_info(?)`, name)
	if err != nil {
		t.Fatal(err)
	}
	var names, exprs []string
	columns = map[string]bool{}
	for info.Next() {
		var c string
		if err := info.Scan(&c); err != nil {
			t.Fatal(err)
		}
		names, columns[c] = append(names, c), true
		// An expression has no declared type, so the driver hands over what is stored.
		exprs = append(exprs, `+"`+c+`"`)
	}
	if err := info.Err(); err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		return nil, nil
	}
	found, err := db.Query(`SELECT ` + strings.Join(exprs, ", ") + ` FROM "` + name + `"`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := map[string]any{}
		for i, n := range names {
			row[n] = values[i]
		}
		rows = append(rows, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows, columns
}

// readDatabase is the reference's own reader.
func readDatabase(t testing.TB, db *sql.DB) *database {
	t.Helper()
	rows, columns := table(t, db, "invocation_log")
	d := &database{columns: columns, stored: rows}
	for _, r := range rows {
		at, ok := instant(r["timestamp"])
		if !ok {
			continue // a row of no time is in no window
		}
		d.rows = append(d.rows, invocation{
			at: at, taskType: text(r["task_type"]), model: text(r["model_actual"]),
			latency: integer(r["latency_ms"]), tokensIn: integer(r["tokens_in"]), tokensOut: integer(r["tokens_out"]),
			cost:   number(r["cost_usd"]),
			shadow: flag(r["is_shadow"]), interrupted: flag(r["interrupted"]), overflow: flag(r["overflow_escalated"]),
		})
	}
	extensions, columns := table(t, db, "daily_budget_extension")
	d.hasExtensions = columns != nil
	for _, r := range extensions {
		e := extension{date: text(r["date"]), voided: r["voided"] != int64(0)}
		if n := number(r["amount_usd"]); n != nil {
			e.amount = *n
		}
		e.granted, _ = instant(r["granted_at"])
		d.extensions = append(d.extensions, e)
	}
	return d
}
