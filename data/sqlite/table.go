package sqlite

import (
	"fmt"
	"strings"
)

// invocationLog is the table the figures come from.
const invocationLog = "invocation_log"

// extensionTable holds what people added to a day's budget.
const extensionTable = "daily_budget_extension"

// table is how a table looks in this file: older schemas have fewer columns.
type table struct {
	columns map[string]bool // lower case
	index   string          // on timestamp, quoted; empty if there is none
}

// inspect looks at a table; nil means that the file has no such table.
func inspect(c *conn, name string) (*table, error) {
	t := &table{columns: make(map[string]bool)}
	err := c.each("SELECT x.name FROM sqlite_schema s, pragma_table_xinfo(s.name) x WHERE s.type = 'table' AND lower(s.name) = ?1", func(st *stmt) bool {
		t.columns[strings.ToLower(string(st.column(0).text()))] = true
		return true
	}, name)
	if err != nil || len(t.columns) == 0 {
		return nil, err
	}
	return t, nil
}

// findIndex looks for an index of invocation_log that begins with timestamp.
func (t *table) findIndex(c *conn) error {
	var candidates []string
	err := c.each(`SELECT l.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
		WHERE NOT l.partial AND i.seqno = 0 AND lower(i.name) = 'timestamp'`, func(st *stmt) bool {
		candidates = append(candidates, quote(string(st.column(0).text())))
		return true
	}, invocationLog)
	if err != nil {
		return err
	}
	for _, index := range candidates {
		// an index of another collation can't serve: SQLite then finds no plan
		if _, err := c.query(lowestRowSQL(index)); err == nil {
			t.index = index
			return nil
		}
	}
	return nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// selectList is a list of columns, with NULL for those the table hasn't got.
func (t *table) selectList(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = "NULL"
		if t.columns[c] {
			list[i] = quote(c)
		}
	}
	return strings.Join(list, ", ")
}

// missing names those columns that the table hasn't got.
func (t *table) missing(columns []string) map[string]bool {
	out := make(map[string]bool)
	for _, c := range columns {
		if !t.columns[c] {
			out[c] = true
		}
	}
	return out
}

// lowestRowSQL finds the lowest rowid among the rows whose timestamp, as text, is
// in [?1, ?2). It reads the index alone. Left to itself SQLite might rather walk
// the table by rowid up to the first match, which for a short window is nearly
// all of it; the unary plus and INDEXED BY forbid that.
func lowestRowSQL(index string) string {
	return fmt.Sprintf("SELECT min(+rowid) FROM invocation_log INDEXED BY %s WHERE timestamp >= ?1 AND timestamp < ?2", index)
}

// undatedBelowSQL counts rows below a rowid whose timestamp isn't text that begins
// with a digit, and so none: three stretches of the index, usually empty.
func undatedBelowSQL(index string) string {
	const count = "(SELECT count(*) FROM invocation_log INDEXED BY %[1]s WHERE timestamp %[2]s AND rowid < ?1)"
	parts := []string{"IS NULL", "< '" + belowDigits + "'", ">= '" + aboveDigits + "'"}
	for i, p := range parts {
		parts[i] = fmt.Sprintf(count, index, p)
	}
	return "SELECT " + strings.Join(parts, " + ")
}

// As text, everything that begins with a digit lies between these. Neither looks
// like a number, which the column's affinity would turn into one.
const (
	belowDigits = "/"
	aboveDigits = ":"
)
