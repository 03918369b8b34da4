package contracttest

import (
	"database/sql"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// relation is a table as it is stored.
type relation struct {
	rows    []map[string]any
	columns map[string]bool
}

// moreTables are those that the branches beyond llm read.
var moreTables = []string{
	"invocation_log", "tasks", "escalation_request", "nudge_events", "escalation_state", "correction_log", "learned_preferences",
	"skill", "skill_run", "skill_state_transition", "skill_evolution_log", "automation", "automation_run", "memory_documents", "memory_chunks",
}

// store is a file's tables by name; what it doesn't have is missing.
type store map[string]*relation

func readStore(t testing.TB, db *sql.DB) store {
	t.Helper()
	s := store{}
	for _, name := range moreTables {
		if rows, columns := table(t, db, name); columns != nil {
			s[name] = &relation{rows, columns}
		}
	}
	return s
}

// has tells whether there is the table with all of the columns.
func (s store) has(name string, columns ...string) bool {
	r := s[name]
	if r == nil {
		return false
	}
	for _, c := range columns {
		if !r.columns[c] {
			return false
		}
	}
	return true
}

func (s store) rows(name string) []map[string]any {
	if s[name] == nil {
		return nil
	}
	return s[name].rows
}

// entry is a log line with all it says.
type entry struct {
	at               time.Time
	known            bool
	event, eventType string
	level, service   string
	raw              string
	fields           map[string]any
}

// bulky are frequent events of which no figure needs the fields, unless they are troubles.
var bulky = []string{
	"llm_invocation_logged", "model_router_dispatch", "skill_step_completed", "anthropic_completion", "ollama_completion",
	"calendar_list_events", "calendar_sync_complete", "supabase_push_ok", "admin.request", "state_transition_validated",
}

func readEntries(content string) (out []entry, plain []logLine) {
	eachLine(content, func(l logLine, o map[string]any) {
		e := entry{at: l.at, known: l.known, event: l.event, eventType: l.eventType, raw: l.raw, fields: o}
		if s, ok := o["level"].(string); ok {
			e.level = strings.ToLower(s)
		}
		e.service, _ = o["service"].(string)
		if slices.Contains(bulky, e.event) && !slices.Contains(countedLevels, e.level) {
			e.fields = nil
		}
		out, plain = append(out, e), append(plain, l)
	})
	return out, plain
}

// is tells whether the line counts as one of these events, or, its event being
// none that the figure knows, by its event type.
func (e *entry) is(events []string, types ...string) bool {
	return slices.Contains(events, e.event) || e.eventType != "" && slices.Contains(types, e.eventType)
}

// auditor computes the branches beyond llm out of raw rows and lines.
type auditor struct {
	now      time.Time
	db       store // nil: no database
	lines    []entry
	haveLogs bool
	timeouts map[string]float64 // of agents.yaml
	service  string             // the container of lines that don't name one
	llm      object             // the reference of the llm branch
	marks    *marks             // nil: no host
	// untimed says whether rows whose own time can't be read count where no window asks for it.
	untimed bool
}

// until keeps the rows of a table that are not after now.
func (a *auditor) until(name, column string) (out []map[string]any) {
	for _, r := range a.db.rows(name) {
		if t, ok := instant(r[column]); ok && !t.After(a.now) || !ok && a.untimed {
			out = append(out, r)
		}
	}
	return out
}

// windows computes a figure per window; in tells whether a column's time is inside.
func (a *auditor) windows(figure func(in func(any) bool) any) object {
	out := object{}
	for _, w := range allWindows {
		start := windowStart(w, a.now)
		out[w] = figure(func(v any) bool {
			t, ok := instant(v)
			return ok && !t.Before(start) && !t.After(a.now)
		})
	}
	return out
}

// ifEver is logWindows of lines that a stock Donna never prints: null unless one of
// the windows has some.
func (a *auditor) ifEver(keep func(*entry) bool, figure func([]*entry) any) any {
	counts, _ := a.logWindows(keep, func(lines []*entry) any { return len(lines) }).(object)
	for _, n := range counts {
		if n != 0 {
			return a.logWindows(keep, figure)
		}
	}
	return nil
}

// logWindows computes a figure of the lines per window; nil without logs.
func (a *auditor) logWindows(keep func(*entry) bool, figure func([]*entry) any) any {
	if !a.haveLogs {
		return nil
	}
	var kept []*entry
	for i := range a.lines {
		if e := &a.lines[i]; e.known && !e.at.After(a.now) && keep(e) {
			kept = append(kept, e)
		}
	}
	out := object{}
	for _, w := range allWindows {
		start := windowStart(w, a.now)
		var in []*entry
		for _, e := range kept {
			if !e.at.Before(start) {
				in = append(in, e)
			}
		}
		out[w] = figure(in)
	}
	return out
}

// tally counts rows by a column.
func tally(rows []map[string]any, column string) groups {
	out := groups{}
	for _, r := range rows {
		increase(out, text(r[column]))
	}
	return out
}

// tallyOf is a tally, or nil in a file without the column.
func (a *auditor) tallyOf(name string, rows []map[string]any, column string) any {
	if !a.db.has(name, column) {
		return nil
	}
	return tally(rows, column)
}

func increase(g groups, key string) {
	n, _ := g[key].(int64)
	g[key] = n + 1
}

func raise(g groups, key string, amount float64) {
	n, _ := g[key].(usd)
	g[key] = n + usd(amount)
}

func where(rows []map[string]any, keep func(map[string]any) bool) (out []map[string]any) {
	for _, r := range rows {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// mean is nil of nothing.
func mean(values []float64) any {
	if len(values) == 0 {
		return nil
	}
	total := 0.0
	for _, v := range values {
		total += v
	}
	return exact(total / float64(len(values)))
}

// rank is a nearest-rank percentile, nil of nothing.
func rank(values []float64, pct int) any {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Clone(values)
	sort.Float64s(sorted)
	at := 1
	for at*100 < pct*len(sorted) {
		at++
	}
	return exact(sorted[at-1])
}

// share is a part of a whole, nil of nothing.
func share(part, whole int64) any {
	if whole == 0 {
		return nil
	}
	return exact(float64(part) / float64(whole))
}

// gap is the time between two columns.
func gap(r map[string]any, from, to string) (time.Duration, bool) {
	begin, ok1 := instant(r[from])
	end, ok2 := instant(r[to])
	return end.Sub(begin), ok1 && ok2
}

// plain is a column's value as JSON has it.
func plain(v any) any {
	if v == nil {
		return nil
	}
	return text(v)
}

func moment(v any) any {
	if t, ok := instant(v); ok {
		return t
	}
	return nil
}

// days are the 30 UTC days of the series, the one that holds now last.
func (a *auditor) days() (out []time.Time) {
	for n := 29; n >= 0; n-- {
		out = append(out, midnight(a.now).AddDate(0, 0, -n))
	}
	return out
}

// onDay tells whether a time lies on a day, up to now.
func (a *auditor) onDay(t, start time.Time) bool {
	return !t.Before(start) && t.Before(start.AddDate(0, 0, 1)) && !t.After(a.now)
}

func (e *entry) text(key string) string {
	s, _ := e.fields[key].(string)
	return s
}

// named is a field that is text, else (none).
func (e *entry) named(key string) string {
	if s, ok := e.fields[key].(string); ok {
		return s
	}
	return "(none)"
}
