package contracttest

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The reference of `trace ID --json`: all rows and lines in memory, and loops over
// all of them until no id is new. What joins what is written out here once more,
// from donna-data.md §7.

// linked is an id: of a kind and with a value.
type linked struct{ kind, value string }

// rowRule says which columns of a table hold which ids, and what its rows are.
type rowRule struct {
	table, item, at, primary string
	holds                    map[string]string // column → kind
}

var rowRules = []rowRule{
	{"tasks", "task", "created_at", "id", map[string]string{"id": "task", "parent_task": "task"}},
	{"invocation_log", "llm", "timestamp", "id", map[string]string{"id": "invocation", "task_id": "task", "escalation_request_id": "escalation", "trace_id": "trace", "chain_id": "chain"}},
	{"escalation_request", "escalation", "created_at", "id", map[string]string{"id": "escalation", "correlation_id": "correlation", "task_id": "task"}},
	{"daily_budget_extension", "escalation", "granted_at", "id", map[string]string{"escalation_request_id": "escalation"}},
	{"tool_request", "tool_gap", "created_at", "id", map[string]string{"id": "tool", "escalation_request_id": "escalation"}},
	{"nudge_events", "nudge", "created_at", "id", map[string]string{"task_id": "task"}},
	{"escalation_state", "nudge", "created_at", "id", map[string]string{"task_id": "task"}},
	{"correction_log", "task", "timestamp", "id", map[string]string{"task_id": "task"}},
	{"calendar_mirror", "task", "last_synced", "event_id", map[string]string{"donna_task_id": "task"}},
	{"overdue_thread_map", "nudge", "created_at", "discord_thread_id", map[string]string{"task_id": "task"}},
	{"thread_memory", "nudge", "created_at", "id", map[string]string{"task_id": "task"}},
	{"pending_action_plan", "task", "created_at", "id", map[string]string{"task_id": "task"}},
	{"conversation_context", "task", "created_at", "id", map[string]string{"task_id": "task"}},
	{"negotiation_proposals", "task", "created_at", "proposal_id", map[string]string{"task_id": "task"}},
	{"skill_run", "run", "started_at", "id", map[string]string{"id": "skill_run", "task_id": "task", "automation_run_id": "automation_run"}},
	{"automation_run", "run", "started_at", "id", map[string]string{"id": "automation_run", "skill_run_id": "skill_run"}},
	{"skill_step_result", "run", "created_at", "id", map[string]string{"skill_run_id": "skill_run"}},
	{"skill_divergence", "run", "created_at", "id", map[string]string{"skill_run_id": "skill_run"}},
	{"conversation_sessions", "run", "created_at", "id", map[string]string{"id": "session", "pinned_task_id": "task"}},
	{"conversation_messages", "run", "created_at", "id", map[string]string{"session_id": "session", "trace_id": "trace"}},
}

// lineHolds are the names under which a line holds ids that lead on.
var lineHolds = map[string]string{
	"task_id": "task", "parent_task_id": "task", "correlation_id": "correlation", "invocation_id": "invocation", "escalation_request_id": "escalation",
	"tool_request_id": "tool", "trace_id": "trace", "session_id": "session", "chain_id": "chain", "skill_run_id": "skill_run", "automation_run_id": "automation_run",
}

// kinds is the order in which the tables are asked what an id is.
var kinds = []struct{ kind, table, column string }{
	{"task", "tasks", "id"}, {"invocation", "invocation_log", "id"}, {"escalation", "escalation_request", "correlation_id"},
	{"session", "conversation_sessions", "id"}, {"skill_run", "skill_run", "id"}, {"automation_run", "automation_run", "id"}, {"trace", "conversation_messages", "trace_id"},
}

// world is everything that can be found.
type world struct {
	rows  []worldRow
	lines []worldLine
}

type worldRow struct {
	rule   *rowRule
	values map[string]any
	at     time.Time
	ids    []linked
	audit  bool
}

type worldLine struct {
	raw    string
	at     time.Time
	level  string
	values []linked // name → text; of nested ones the path
}

func readWorld(t *testing.T, db *sql.DB, log string, until time.Time) *world {
	t.Helper()
	w := &world{}
	for i := range rowRules {
		rule := &rowRules[i]
		rows, _ := table(t, db, rule.table)
		for _, values := range rows {
			r := worldRow{rule: rule, values: values}
			r.at, _ = instant(values[rule.at])
			for column, kind := range rule.holds {
				if values[column] != nil {
					r.ids = append(r.ids, linked{kind, fmt.Sprint(values[column])})
				}
			}
			r.read()
			if !r.at.After(until) {
				w.rows = append(w.rows, r)
			}
		}
	}
	before := time.Time{}
	for raw := range strings.SplitSeq(log, "\n") {
		l := worldLine{raw: raw, at: before}
		o := jsonObject(raw)
		if at, ok := rfc3339(o["timestamp"]); ok {
			l.at = at
		}
		before = l.at
		if o == nil || l.at.After(until) {
			continue
		}
		l.level, _ = o["level"].(string)
		l.flatten("", o)
		w.lines = append(w.lines, l)
	}
	return w
}

// read adds what the columns of the join keys don't say.
func (r *worldRow) read() {
	switch r.rule.table {
	case "invocation_log":
		taskType := fmt.Sprint(r.values["task_type"])
		if r.audit = taskType == "escalation_lifecycle" || taskType == "tool_gap_lifecycle"; !r.audit {
			return
		}
		r.ids = slices.DeleteFunc(r.ids, func(i linked) bool { return i.kind == "invocation" }) // stands nowhere else
		payload := jsonObject(fmt.Sprint(r.values["output"]))
		if n, ok := payload["tool_request_id"].(float64); ok {
			r.ids = append(r.ids, linked{"tool", strconv.Itoa(int(n))})
		}
	case "escalation_request":
		if r.values["originating_entity_type"] == "tool_request" {
			r.ids = append(r.ids, linked{"tool", fmt.Sprint(r.values["originating_entity_id"])})
		}
	}
}

func (l *worldLine) flatten(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			name := key
			if path != "" {
				name = path + "." + key
			}
			l.flatten(name, inner)
		}
	case []any:
		for _, inner := range v {
			l.flatten(path, inner)
		}
	case string:
		l.values = append(l.values, linked{path, v})
	case float64:
		if v == math.Trunc(v) {
			l.values = append(l.values, linked{path, strconv.FormatFloat(v, 'f', -1, 64)})
		}
	}
}

// traced is the life of an id.
type traced struct {
	kind     string
	ids      map[linked]bool
	rows     []*worldRow
	inferred map[*worldRow]bool
	lines    []*worldLine
	matched  map[*worldLine][]string
}

func (w *world) trace(id string) *traced {
	tr := &traced{kind: "correlation", ids: map[linked]bool{}, inferred: map[*worldRow]bool{}, matched: map[*worldLine][]string{}}
	given := w.given(id, tr)
	tr.ids[given] = true
	rowIn, lineIn := make([]bool, len(w.rows)), make([]bool, len(w.lines))
	for grown := true; grown; {
		grown = false
		plain := tr.plain()
		for i := range w.rows {
			r := &w.rows[i]
			if !rowIn[i] && slices.ContainsFunc(r.ids, func(l linked) bool { return tr.ids[l] }) || r.audit && given == (linked{"invocation", fmt.Sprint(r.values["id"])}) && !rowIn[i] {
				rowIn[i], grown = true, true
				for _, l := range r.ids {
					tr.ids[l] = true
				}
			}
		}
		for i := range w.lines {
			l := &w.lines[i]
			leads := false
			for _, v := range l.values {
				is, on := tr.stands(v, plain)
				lineIn[i] = lineIn[i] || is
				leads = leads || is && on
			}
			if !leads {
				continue
			}
			for _, v := range l.values {
				if kind, ok := lineHolds[last(v.kind)]; ok && !tr.ids[linked{kind, v.value}] {
					tr.ids[linked{kind, v.value}], grown = true, true
				}
			}
		}
	}
	for i := range w.rows {
		if rowIn[i] {
			tr.rows = append(tr.rows, &w.rows[i])
			if given.kind == "escalation" || given.kind == "tool" {
				tr.kind = "escalation"
			}
		}
	}
	plain := tr.plain()
	for i := range w.lines {
		if lineIn[i] {
			l := &w.lines[i]
			tr.lines = append(tr.lines, l)
			for _, v := range l.values {
				if is, _ := tr.stands(v, plain); is && !slices.Contains(tr.matched[l], v.kind) {
					tr.matched[l] = append(tr.matched[l], v.kind)
				}
			}
			slices.Sort(tr.matched[l])
		}
	}
	w.infer(tr)
	return tr
}

// given is what the id asked for is, and what the tables say its kind is.
func (w *world) given(id string, tr *traced) linked {
	if number, ok := strings.CutPrefix(id, "toolreq:"); ok {
		return linked{"tool", number}
	}
	if _, err := strconv.Atoi(id); err == nil {
		return linked{"escalation", id}
	}
	for _, k := range kinds {
		for i := range w.rows {
			if r := &w.rows[i]; r.rule.table == k.table && r.values[k.column] == id {
				tr.kind = k.kind
				return linked{map[bool]string{true: "correlation", false: k.kind}[k.column == "correlation_id"], id}
			}
		}
	}
	return linked{"any", id}
}

// plain are the ids that count wherever they stand as a whole value.
func (tr *traced) plain() map[string]bool {
	out := map[string]bool{}
	for i := range tr.ids {
		if i.kind != "escalation" && i.kind != "tool" {
			out[i.value] = true
		}
	}
	return out
}

func last(path string) string { return path[strings.LastIndex(path, ".")+1:] }

// stands tells whether a value is an id of the trace, and whether under a name
// that leads on.
func (tr *traced) stands(v linked, plain map[string]bool) (is, leads bool) {
	kind, leads := lineHolds[last(v.kind)]
	if kind == "escalation" || kind == "tool" {
		return tr.ids[linked{kind, v.value}], true
	}
	if slices.Contains([]string{"event", "event_type", "level", "user_id", "timestamp", "service", "component", "channel", "status", "task_type"}, last(v.kind)) {
		return false, false
	}
	return plain[v.value], leads
}

// infer adds the calls made within 30 seconds before a task unless they made
// another one, and shadow calls with the call they repeat.
func (w *world) infer(tr *traced) {
	has := map[*worldRow]bool{}
	for _, r := range tr.rows {
		has[r] = true
	}
	add := func(r *worldRow) {
		if !has[r] {
			has[r], tr.inferred[r] = true, true
			tr.rows = append(tr.rows, r)
		}
	}
	tasks := w.of("tasks")
	calls := w.of("invocation_log")
	for _, task := range slices.Clone(tr.rows) {
		if task.rule.table != "tasks" || task.values["parent_task"] != nil {
			continue
		}
		for _, call := range calls {
			before := task.at.Sub(call.at)
			if call.values["task_id"] != nil || before < 0 || before > 30*time.Second ||
				!slices.Contains([]any{"parse_task", "parse_task_cloud", "challenge_task", "claude_novelty"}, call.values["task_type"]) {
				continue
			}
			if !slices.ContainsFunc(tasks, func(o *worldRow) bool {
				return o.values["parent_task"] == nil && !o.at.Before(call.at) && o.at.Before(task.at)
			}) {
				add(call)
			}
		}
	}
	base := func(r *worldRow) string { return strings.TrimSuffix(fmt.Sprint(r.values["task_type"]), "::__shadow__") }
	for _, r := range slices.Clone(tr.rows) {
		if r.rule.table != "invocation_log" || r.audit || strings.HasPrefix(base(r), "embed_") || r.values["input_hash"] == "" {
			continue
		}
		var nearest *worldRow
		for _, o := range calls {
			if o.audit || o.values["input_hash"] != r.values["input_hash"] || o.values["is_shadow"] == r.values["is_shadow"] || base(o) != base(r) || o.at.Sub(r.at).Abs() > 5*time.Minute {
				continue
			}
			if nearest == nil || o.at.Sub(r.at).Abs() < nearest.at.Sub(r.at).Abs() {
				nearest = o
			}
		}
		if nearest != nil {
			add(nearest)
		}
	}
}

func (w *world) of(name string) (out []*worldRow) {
	for i := range w.rows {
		if w.rows[i].rule.table == name {
			out = append(out, &w.rows[i])
		}
	}
	return out
}

// signature is what tells items apart in the comparison.
func (r *worldRow) signature() string { return fmt.Sprint(r.rule.table, " ", r.values[r.rule.primary]) }

func (r *worldRow) item() string {
	switch r.values["task_type"] {
	case "escalation_lifecycle":
		return "escalation"
	case "tool_gap_lifecycle":
		return "tool_gap"
	}
	return r.rule.item
}

// differencesFrom compares the reference with what was printed.
func (tr *traced) differencesFrom(printed map[string]any) (diffs []string) {
	wrong := func(format string, args ...any) { diffs = append(diffs, fmt.Sprintf(format, args...)) }
	if printed["kind"] != tr.kind {
		wrong("kind: want %s, got %v", tr.kind, printed["kind"])
	}
	items, _ := printed["items"].([]any)
	got := map[string]map[string]any{}
	var sequence []string
	for _, i := range items {
		item := i.(map[string]any)
		name := "line " + fmt.Sprint(item["raw"])
		if item["source"] == "db" {
			rule := rowRules[slices.IndexFunc(rowRules, func(r rowRule) bool { return r.table == item["table"] })]
			name = fmt.Sprint(rule.table, " ", item["fields"].(map[string]any)[rule.primary])
		}
		for got[name] != nil {
			name += " again"
		}
		got[name] = item
		sequence = append(sequence, name)
	}
	want := tr.check(got, wrong)
	for name := range got {
		if !want[name] {
			wrong("too many: %.300s", name)
		}
	}
	tr.checkOrder(items, sequence, wrong)
	tr.checkTotals(printed, wrong)
	tr.checkIDs(printed, len(items), wrong)
	return diffs
}

// check compares item by item and gives the names of those that should be there.
func (tr *traced) check(got map[string]map[string]any, wrong func(string, ...any)) map[string]bool {
	want := map[string]bool{}
	compare := func(name, kind string, at time.Time, inferred bool, matched []string) {
		for want[name] {
			name += " again"
		}
		want[name] = true
		item := got[name]
		switch {
		case item == nil:
			wrong("missing: %.300s", name)
			return
		case item["kind"] != kind || item["inferred"] != inferred:
			wrong("%.200s: kind %v, inferred %v; want %s, %v", name, item["kind"], item["inferred"], kind, inferred)
		case item["time"] != at.Format(time.RFC3339Nano):
			wrong("%.200s: time %v, want %s", name, item["time"], at.Format(time.RFC3339Nano))
		case matched != nil && fmt.Sprint(item["matched"]) != fmt.Sprint(matched):
			wrong("%.200s: matched %v, want %v", name, item["matched"], matched)
		case matched == nil && (fmt.Sprint(item["matched"]) == "[]") != inferred:
			wrong("%.200s: matched %v, inferred %v", name, item["matched"], inferred)
		}
	}
	for _, r := range tr.rows {
		compare(r.signature(), r.item(), r.at, tr.inferred[r], nil)
	}
	for _, l := range tr.lines {
		compare("line "+l.raw, "log", l.at, false, tr.matched[l])
	}
	return want
}

// checkOrder: by time, then source, then the line's place in the file; seq counts.
func (tr *traced) checkOrder(items []any, names []string, wrong func(string, ...any)) {
	place := map[string]int{}
	for i, l := range tr.lines {
		name := "line " + l.raw
		for _, again := place[name]; again; _, again = place[name] {
			name += " again"
		}
		place[name] = i
	}
	type position struct {
		at     time.Time
		source string
		place  int
	}
	var before position
	for i := range items {
		item := items[i].(map[string]any)
		at, _ := rfc3339(item["time"])
		p := position{at, fmt.Sprint(item["source"]), place[names[i]]}
		if i > 0 && cmp.Or(before.at.Compare(p.at), strings.Compare(before.source, p.source), cmp.Compare(before.place, p.place)) > 0 {
			wrong("item %d stands after a later one: %.200s", i, names[i])
		}
		if item["seq"] != json.Number(strconv.Itoa(i)) {
			wrong("item %d has seq %v", i, item["seq"])
		}
		before = p
	}
}

func (tr *traced) checkTotals(printed map[string]any, wrong func(string, ...any)) {
	var calls, in, out, errs int64
	var cost float64
	for _, r := range tr.rows {
		if r.rule.table != "invocation_log" {
			continue
		}
		shadow := r.values["is_shadow"] != int64(0)
		if !r.audit && !shadow && !strings.HasPrefix(fmt.Sprint(r.values["task_type"]), "embed_") {
			calls++
		}
		cost += *number(r.values["cost_usd"])
		if !r.audit {
			in += *integer(r.values["tokens_in"])
			out += *integer(r.values["tokens_out"])
		}
	}
	for _, l := range tr.lines {
		if l.level == "error" || l.level == "critical" {
			errs++
		}
	}
	services := []any{}
	if len(tr.lines) > 0 {
		services = []any{"donna"}
	}
	want := object{
		"items": int64(len(tr.rows) + len(tr.lines)), "log_lines": int64(len(tr.lines)), "llm_calls": calls, "cost_usd": exact(cost),
		"tokens_in": in, "tokens_out": out, "errors": errs, "services": services,
	}
	for _, d := range differences("totals", want, printed["totals"]) {
		wrong("%s", d)
	}
	var times []time.Time
	for _, r := range tr.rows {
		times = append(times, r.at)
	}
	for _, l := range tr.lines {
		times = append(times, l.at)
	}
	if len(times) == 0 {
		if printed["start"] != nil || printed["end"] != nil || printed["duration_s"] != nil {
			wrong("start, end and duration of nothing: %v, %v, %v", printed["start"], printed["end"], printed["duration_s"])
		}
		return
	}
	first, final := slices.MinFunc(times, time.Time.Compare), slices.MaxFunc(times, time.Time.Compare)
	for _, d := range differences("", object{"start": first.Format(time.RFC3339Nano), "end": final.Format(time.RFC3339Nano), "duration_s": exact(final.Sub(first).Seconds())},
		map[string]any{"start": printed["start"], "end": printed["end"], "duration_s": printed["duration_s"]}) {
		wrong("%s", d)
	}
}

func (tr *traced) checkIDs(printed map[string]any, items int, wrong func(string, ...any)) {
	want := map[string][]string{"correlation_id": {}, "task_id": {}, "invocation_id": {}, "escalation_id": {}}
	names := map[string]string{"tool": "tool_request_id"}
	for i := range tr.ids {
		if i.kind == "any" || items == 0 {
			continue
		}
		name := cmp.Or(names[i.kind], i.kind+"_id")
		want[name] = append(want[name], i.value)
	}
	got, _ := printed["ids"].(map[string]any)
	for name, values := range want {
		slices.Sort(values)
		if fmt.Sprint(got[name]) != fmt.Sprint(values) {
			wrong("ids.%s: want %v, got %v", name, values, got[name])
		}
	}
	for name, values := range got {
		if _, known := want[name]; !known && !tr.ids[linked{"any", fmt.Sprint(printed["id"])}] {
			wrong("ids.%s: %v", name, values)
		}
	}
}
