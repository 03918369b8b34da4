package inspect

import (
	"fmt"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
)

// Target is what commands ask.
type Target struct {
	DB       string // path of the database; empty if there is none
	Loki     string // its URL, without credentials; empty if the log is not in Loki
	Selector string // of Donna's streams
}

// Quote is text as one word of a POSIX shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:=@,%") == "" {
		return s
	}
	if strings.ContainsRune(s, '\'') && !strings.ContainsAny(s, "\"$`\\!") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// sqlite3 is the command that runs a query on the database, which it only reads.
func (t Target) sqlite3(query string) string {
	path := t.DB
	if strings.HasPrefix(path, "-") {
		path = "./" + path // it would be taken for an option
	}
	return "sqlite3 -readonly " + Quote(path) + " " + Quote(query)
}

// logcli is the command that counts the lines of a stretch of time that a LogQL
// pipeline lets through. Credentials come from LOKI_USERNAME, LOKI_PASSWORD and so
// on, as for donnatop.
func (t Target) logcli(pipeline string, w data.Window) string {
	return "logcli instant-query --quiet --addr=" + Quote(t.Loki) + " --now=" + w.To.UTC().Format(time.RFC3339Nano) + " " + Quote(CountQuery(t.Selector, pipeline, w))
}

// CountQuery is the LogQL query that counts the lines of a stretch of time at its
// end. LogQL's ranges leave their beginning out, so it begins a millisecond early.
func CountQuery(selector, pipeline string, w data.Window) string {
	ms := w.To.Sub(w.From).Milliseconds() + 1
	return fmt.Sprintf("sum(count_over_time(%s [%dms])) or vector(0)", strings.TrimSpace(selector+" "+pipeline), ms)
}

// micros is the expression for a column's instant, microseconds since 1970. Text
// without offset is UTC; SQLite's own functions know milliseconds only.
func micros(column string) string {
	return strings.ReplaceAll("CASE WHEN typeof(@)='text' THEN"+
		" strftime('%s',substr(@,1,19)||CASE WHEN substr(@,-6,1) IN ('+','-') THEN substr(@,-6) ELSE '' END)*1000000"+
		"+CASE substr(@,20,1) WHEN '.' THEN CAST(CAST('0.'||substr(@,21) AS REAL)*1000000+0.5 AS INTEGER) ELSE 0 END END", "@", column)
}

// ceilMicros and floorMicros are the whole microseconds at or after an instant, and
// at or before it.
func ceilMicros(t time.Time) int64 { return floorMicros(t.Add(time.Microsecond - 1)) }

func floorMicros(t time.Time) int64 {
	us := t.UnixMicro() // cut off towards zero
	if time.UnixMicro(us).After(t) {
		us--
	}
	return us
}

// within is the condition that a column's instant lies in the window.
func within(column string, w data.Window) string {
	return fmt.Sprintf("%s BETWEEN %d AND %d", micros(column), ceilMicros(w.From), floorMicros(w.To))
}

// exists is the condition that a row was there at an instant: it was created by
// then, or nobody can tell when.
func exists(column string, at time.Time) string {
	return fmt.Sprintf("coalesce(%s<=%d,1)", micros(column), floorMicros(at))
}

// until is the window of everything up to an instant.
func until(at time.Time) data.Window { return data.Window{To: at, From: time.Unix(0, 0).UTC()} }

// invocations counts or sums over the rows of invocation_log in the window. The
// days around it let SQLite use the index on timestamp.
func invocations(what string, w data.Window, conditions ...string) string {
	q := fmt.Sprintf("SELECT %s FROM invocation_log WHERE timestamp>='%s' AND timestamp<'%s' AND %s", what,
		w.From.UTC().AddDate(0, 0, -1).Format(time.DateOnly), w.To.UTC().AddDate(0, 0, 2).Format(time.DateOnly), within("timestamp", w))
	for _, c := range conditions {
		q += " AND " + c
	}
	return q
}

// Conditions of the classes of rows, see docs/figures.md.
const (
	isAudit     = "coalesce(task_type,'') IN ('escalation_lifecycle','tool_gap_lifecycle')"
	isEmbedding = "substr(coalesce(task_type,''),1,6)='embed_'"
	isShadow    = "typeof(is_shadow) IN ('integer','real') AND is_shadow=1"
	isLLM       = "NOT (" + isAudit + ") AND NOT (" + isEmbedding + ") AND NOT (" + isShadow + ")"
	shadowClass = "NOT (" + isAudit + ") AND NOT (" + isEmbedding + ") AND " + isShadow
)

// dollars sums a column of amounts; what can't be one counts as 0.
func dollars(column string) string {
	return strings.ReplaceAll("total(CASE WHEN typeof(@) IN ('integer','real') AND abs(@)<=1e9 THEN @ END)", "@", column)
}

// count is a query for rows of a table that meet all conditions.
func count(table string, conditions ...string) string {
	q := "SELECT count(*) FROM " + table
	if len(conditions) > 0 {
		q += " WHERE " + strings.Join(conditions, " AND ")
	}
	return q
}
