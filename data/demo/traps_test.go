package demo

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRowTraps counts every oddity of the real tables that a reader must handle.
func TestRowTraps(t *testing.T) {
	const (
		whole = `'____-__-__T__:__:__'`
		calls = `FROM invocation_log WHERE `
		esc   = `FROM escalation_request WHERE `
		audit = `FROM invocation_log WHERE task_type = 'escalation_lifecycle' AND output ->> 'event' = `
		gap   = `FROM invocation_log WHERE task_type = 'tool_gap_lifecycle' AND output ->> 'event' = `
	)
	for name, c := range map[string]struct {
		from string
		min  int
	}{
		"naive stamps":                       {calls + `timestamp LIKE '____-__-__T__:__:__.______'`, 1000},
		"naive stamps without fraction":      {calls + `timestamp LIKE ` + whole, 5},
		"aware stamps":                       {calls + `timestamp LIKE '%+00:00' AND model_alias = 'audit'`, 100},
		"audit rows cost and take nothing":   {calls + `model_alias = 'audit' AND latency_ms + tokens_in + tokens_out + cost_usd = 0`, 100},
		"embedding rows":                     {calls + `task_type LIKE 'embed\_%' ESCAPE '\' AND length(input_hash) = 64 AND tokens_in = 0 AND cost_usd = 0`, 500},
		"every kind of embedding":            {`FROM (SELECT DISTINCT task_type ` + calls + `task_type LIKE 'embed_%')`, 5},
		"shadow rows":                        {calls + `is_shadow = 1 AND task_type LIKE '%::__shadow__' AND task_id IS NULL`, 50},
		"shadow pairs by hash":               {calls + `is_shadow = 1 AND input_hash <> '' AND input_hash IN (SELECT input_hash ` + calls + `is_shadow = 0)`, 20},
		"shadow off again":                   {calls + `is_shadow = 0 AND task_type LIKE 'skill_step::%' AND timestamp > (SELECT max(timestamp) ` + calls + `is_shadow = 1)`, 100},
		"interrupted before the retry":       {`FROM invocation_log a JOIN invocation_log b ON b.rowid BETWEEN a.rowid + 1 AND a.rowid + 25 AND b.task_type = a.task_type WHERE a.interrupted = 1 AND b.interrupted = 0 AND a.cost_usd > 0`, 50},
		"overflow to the cloud":              {calls + `overflow_escalated = 1 AND model_alias = 'fallback' AND estimated_tokens_in > 7000`, 3},
		"cheap local calls":                  {calls + `model_actual LIKE 'ollama/%' AND cost_usd > 0 AND estimated_tokens_in IS NOT NULL`, 1000},
		"calls of an unnamed hash":           {calls + `input_hash = '' AND model_alias = 'parser'`, 100},
		"payloads":                           {calls + `payload_path LIKE '2026-%/' || id || '.json'`, 20},
		"calls with a task":                  {calls + `task_id IS NOT NULL AND task_type IN ('generate_nudge', 'generate_reminder', 'reply_intent')`, 100},
		"calls under a grant":                {calls + `escalation_request_id IS NOT NULL AND model_alias <> 'audit'`, 5},
		"billed to the system":               {calls + `user_id = 'system'`, 50},
		"billed to a guest":                  {calls + `user_id LIKE 'discord\_%' ESCAPE '\'`, 20},
		"audit rows of a Discord number":     {calls + `model_alias = 'audit' AND user_id GLOB '[0-9]*'`, 30},
		"capability names as types":          {calls + `task_type = 'inbox_triage' AND is_shadow = 0 AND user_id = 'system'`, 5},
		"skill steps on a named alias":       {calls + `task_type LIKE 'skill\_step\_\_local\_parser::%' ESCAPE '\'`, 100},
		"rows a little out of order":         {`FROM invocation_log a JOIN invocation_log b ON b.rowid = a.rowid + 1 WHERE substr(b.timestamp, 1, 26) < substr(a.timestamp, 1, 26)`, 5},
		"offered":                            {audit + `'escalation_offered' AND output ->> 'modes' IS NOT NULL`, 20},
		"offered tool builds":                {audit + `'escalation_offered' AND output ->> 'offered_modes' = '["claude_code"]'`, 3},
		"resolved":                           {audit + `'escalation_resolved'`, 20},
		"resolved with a branch":             {audit + `'escalation_resolved' AND output ->> 'branch_name' IS NOT NULL`, 5},
		"timed out":                          {audit + `'escalation_timed_out' AND output ->> 'delivery_attempts' >= 1`, 3},
		"submitted":                          {audit + `'escalation_submitted'`, 10},
		"validated by chat":                  {audit + `'escalation_validated' AND output ->> 'channel' = 'chat'`, 2},
		"validated branches":                 {audit + `'escalation_validated' AND output ->> 'skill_id' IS NOT NULL`, 5},
		"failed":                             {audit + `'escalation_failed' AND output ->> 'out_of_scope_count' IS NOT NULL`, 3},
		"branch missing, again and again":    {`FROM (SELECT escalation_request_id ` + audit + `'escalation_branch_not_found' GROUP BY 1 HAVING count(*) >= 5)`, 1},
		"iteration limit":                    {audit + `'iteration_limit_reached' AND output ->> 'limit' = 3`, 1},
		"setting changed":                    {audit + `'dashboard_setting_changed' AND escalation_request_id IS NULL`, 5},
		"extensions granted twice":           {`FROM (SELECT output ->> 'extension_id' ` + audit + `'extension_granted' GROUP BY 1 HAVING count(*) > 1)`, 1},
		"extensions voided":                  {audit + `'extension_voided' AND output ->> 'reason' = 'crash_recovery'`, 1},
		"voided in the table":                {`FROM daily_budget_extension WHERE voided = 1`, 1},
		"gaps found anew":                    {gap + `'tool_gap_detected' AND output ->> 'is_new' = 1`, 5},
		"gaps found again":                   {gap + `'tool_gap_detected' AND output ->> 'is_new' = 0 AND escalation_request_id IS NULL`, 3},
		"gaps pinged":                        {gap + `'tool_request_filed' AND output ->> 'channel' = 'agents'`, 5},
		"mode only because chat was offered": {esc + `mode = 'chat' AND resolution <> 'chat'`, 1},
		"mode missing":                       {esc + `mode IS NULL AND resolution IS NOT NULL`, 10},
		"finished but resolved for ever":     {esc + `status = 'resolved' AND resolution IN ('pause', 'cancel', 'api_extended')`, 20},
		"submitted for ever":                 {esc + `status = 'submitted' AND mode = 'chat' AND task_id IS NULL`, 1},
		"cancelled at the cap":               {esc + `status = 'cancelled' AND human_review = 1 AND iteration = 3`, 1},
		"aborted tool builds":                {esc + `offered_modes = '[]' AND resolved_by = 'system'`, 1},
		"resolved by timeout":                {esc + `resolved_by = 'timeout' AND (julianday(resolved_at) - julianday(created_at)) * 1440 BETWEEN 60 AND 62`, 3},
		"stamps of three forms in tasks":     {`FROM tasks WHERE scheduled_start LIKE '%-04:00' OR scheduled_start LIKE ` + whole, 50},
		"completed, naive":                   {`FROM tasks WHERE completed_at LIKE '____-__-__T__:__:__.______'`, 50},
		"completed, aware":                   {`FROM tasks WHERE completed_at LIKE '%+00:00'`, 50},
		"date-only deadlines":                {`FROM tasks WHERE deadline LIKE '____-__-__T00:00:00'`, 5},
		"moved three times and open":         {`FROM tasks WHERE reschedule_count >= 2`, 1},
		"bare text in a JSON column":         {`FROM tasks WHERE notes IS NOT NULL AND NOT json_valid(notes)`, 1},
		"degraded captures":                  {`FROM tasks WHERE tags = '["_parse_error"]'`, 1},
		"subtasks":                           {`FROM tasks WHERE parent_task IN (SELECT id FROM tasks)`, 10},
		"space stamps":                       {`FROM memory_documents WHERE created_at LIKE '____-__-__ __:__:__%'`, 100},
		"soft deletes in the other form":     {`FROM memory_documents WHERE deleted_at LIKE '____-__-__T%'`, 1},
		"server defaults":                    {`FROM users WHERE created_at LIKE '____-__-__ __:__:__'`, 1},
		"dates":                              {`FROM daily_budget_extension WHERE date LIKE '____-__-__'`, 5},
		"numeric affinity":                   {`FROM dashboard_setting WHERE typeof(value) = 'integer'`, 1},
		"quoted settings":                    {`FROM dashboard_setting WHERE value LIKE '"%"'`, 1},
		"runs left running by a crash":       {`FROM automation_run WHERE status = 'running' AND julianday(started_at) < julianday('2026-06-01T12:00:00')`, 1},
		"sessions, both expiry forms":        {`FROM conversation_sessions WHERE expires_at LIKE '%+00:00'`, 20},
		"traced answers":                     {`FROM conversation_messages WHERE role = 'assistant' AND trace_id IS NOT NULL AND invocation_ids = '[]'`, 50},
		"tiers climbed":                      {`FROM escalation_state WHERE current_tier > 1`, 3},
		"rules turned off":                   {`FROM learned_preferences WHERE enabled = 0 AND disabled_at IS NOT NULL`, 1},
		"corrections used by a rule":         {`FROM correction_log WHERE rule_extracted IN (SELECT id FROM learned_preferences)`, 1},
		"skills that moved":                  {`FROM skill_state_transition WHERE julianday(at) > julianday('2026-05-02')`, 3},
		"evolutions":                         {`FROM skill_evolution_log`, 1},
		"the vector table":                   {`FROM sqlite_master WHERE name = 'vec_memory_chunks' AND rootpage = 0`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if n := queryInt(t, `SELECT count(*) `+c.from); n < c.min {
				t.Errorf("%d rows, want at least %d", n, c.min)
			}
		})
	}
	for name, from := range map[string]string{
		"columns that nothing fills":  calls + `coalesce(quality_score, eval_session_id, skill_id, queue_wait_ms, chain_id, caller, trace_id) IS NOT NULL OR spot_check_queued <> 0`,
		"outputs of calls":            calls + `output IS NOT NULL AND model_alias <> 'audit'`,
		"tasks' unwritten columns":    `FROM tasks WHERE coalesce(actual_start, assigned_agent, estimated_cost, quality_score) IS NOT NULL`,
		"extensions without requests": `FROM daily_budget_extension WHERE escalation_request_id NOT IN (SELECT id FROM escalation_request)`,
		"rows of the future":          calls + `julianday(timestamp) > julianday('2026-06-01T15:00:01')`,
		"orphaned nudges":             `FROM nudge_events WHERE task_id NOT IN (SELECT id FROM tasks)`,
	} {
		t.Run("no "+name, func(t *testing.T) {
			if n := queryInt(t, `SELECT count(*) `+from); n != 0 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

// TestSpendIsInteresting checks that the budget panels have something to show: ordinary days below the limit, some above it.
func TestSpendIsInteresting(t *testing.T) {
	s, err := New(t.Context(), Options{Dir: t.TempDir(), Seed: 11, Start: present})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sql.Open("sqlite", "file:"+s.DBPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT sum(cost_usd), sum(model_alias <> 'audit' AND task_type NOT LIKE 'embed\_%' ESCAPE '\') FROM invocation_log GROUP BY date(timestamp)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var spend []float64
	calls := 0
	for rows.Next() {
		var usd float64
		var n int
		if err := rows.Scan(&usd, &n); err != nil {
			t.Fatal(err)
		}
		spend, calls = append(spend, usd), calls+n
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	log, err := os.ReadFile(s.LogPath())
	if err != nil {
		t.Fatal(err)
	}
	refused := bytes.Count(log, []byte(`"budget_daily_threshold_hit"`))
	usual, over := 0, 0
	for _, usd := range spend {
		switch {
		case usd > dailyBudget:
			over++
		case usd > 0.6*dailyBudget:
			usual++
		}
	}
	if usual < 12 || over < 2 || over > 12 || refused == 0 {
		t.Errorf("%d days between 60 and 100 %% of the budget, %d above, %d refusals", usual, over, refused)
	}
}

// eventCatalogue is what Donna prints: event name to the set of "level name[*]".
func eventCatalogue(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for _, entry := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		_, name, _ := strings.Cut(entry, " ")
		name = strings.TrimSuffix(name, "*")
		known[name] = append(known[name], entry)
	}
	return known
}

var stampForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$`)

// TestEveryLine holds each JSON line against the catalogue and the form of Donna's lines.
func TestEveryLine(t *testing.T) {
	known := eventCatalogue(t)
	reported := map[string]bool{}
	complain := func(l line, what string) {
		if !reported[what] {
			reported[what] = true
			t.Errorf("%s: %.300s", what, l.text)
		}
	}
	tail := regexp.MustCompile(`"event": "(?:[^"\\]|\\.)*"(?:, "user_id": "system")?, "level": "[a-z]+", "timestamp": "[^"]+"(?:, "exception": "(?:[^"\\]|\\.)*")?}$`)
	for _, l := range month.lines {
		if l.fields == nil {
			continue
		}
		event, level := l.fields["event"].(string), l.fields["level"].(string)
		entry := level + " " + event
		if exception, raised := l.fields["exception"].(string); raised {
			entry += "*"
			if !strings.HasPrefix(exception, "Traceback (most recent call last):\n") || strings.HasSuffix(exception, "\n") {
				complain(l, "the exception of "+event+" is no traceback")
			}
		}
		if !slices.Contains(known[event], entry) {
			complain(l, entry+" is not in the catalogue")
		}
		if l.fields["user_id"] != "system" {
			complain(l, "user_id is not system")
		}
		if !stampForm.MatchString(l.fields["timestamp"].(string)) {
			complain(l, "the timestamp has another form")
		}
		if !tail.MatchString(l.text) {
			complain(l, "the keys of "+event+" end in another order")
		}
	}
}

// TestLineTraps counts every oddity of the real stream.
func TestLineTraps(t *testing.T) {
	field := func(key, value string) func(line) bool {
		return func(l line) bool { return l.fields[key] == value }
	}
	event := func(name string) func(line) bool { return field("event", name) }
	plain := func(part string) func(line) bool {
		return func(l line) bool { return l.fields == nil && strings.Contains(l.text, part) }
	}
	contains := func(part string) func(line) bool {
		return func(l line) bool { return l.fields != nil && strings.Contains(l.text, part) }
	}
	for name, c := range map[string]struct {
		match func(line) bool
		min   int
	}{
		"uvicorn":                   {plain(`HTTP/1.1"`), 100},
		"alembic":                   {plain("[alembic.runtime.migration]"), 2},
		"discord.py":                {plain("discord.gateway"), 1},
		"interpreter tracebacks":    {plain("Traceback (most recent call last):"), 3},
		"their frames":              {plain(`  File "`), 6},
		"bare NaN":                  {contains(": NaN,"), 2},
		"bare Infinity":             {contains(": Infinity,"), 2},
		"escaped text":              {contains(`\u00eb`), 5},
		"surrogate pairs":           {contains(`\ud83c\udf31`), 1},
		"undecodable bytes":         {contains(`\udc9b`), 2},
		"escape sequences, escaped": {contains(`\u001b]52;c;`), 2},
		"escape sequences, raw":     {plain("\x1b]52;c;"), 2},
		"lines of 100 kB":           {func(l line) bool { return len(l.text) > 100_000 }, 2},
		"whole seconds": {func(l line) bool {
			s, _ := l.fields["timestamp"].(string)
			return len(s) == len("2026-06-01T10:00:00Z")
		}, 10},
		"chained exceptions":       {contains("direct cause of the following exception"), 1},
		"health checks":            {event("health_check"), 80_000},
		"degraded health":          {func(l line) bool { return l.fields["event"] == "health_check" && l.fields["status"] == "degraded" }, 20},
		"bus events as event_type": {field("event_type", "task_created"), 1},
		"fallback_activated elsewhere": {func(l line) bool {
			return l.fields["event_type"] == "fallback_activated" && l.fields["event"] != "fallback_activated"
		}, 3},
		"fallback_activated":       {event("fallback_activated"), 3},
		"breaker opened":           {event("circuit_breaker_opened"), 3},
		"breaker half open":        {event("circuit_breaker_half_open"), 2},
		"breaker closed":           {event("circuit_breaker_closed"), 2},
		"retries":                  {event("api_call_retrying"), 30},
		"all retries failed":       {event("api_call_failed_all_retries"), 1},
		"not retryable":            {event("api_call_not_retryable"), 1},
		"local fallback":           {event("ollama_fallback_activated"), 3},
		"local recovery":           {event("ollama_recovered"), 1},
		"shadow gate":              {event("escalation_shadow_would_fire"), 1},
		"crashes":                  {event("orchestrator_task_failed"), 3},
		"starts":                   {event("donna_server_started"), 6},
		"supabase failures":        {event("supabase_push_failed"), 5},
		"failed sends":             {event("notification_send_failed"), 1},
		"queued at night":          {event("notification_queued_blackout"), 10},
		"queued in the evening":    {event("notification_queued_quiet_hours"), 5},
		"duplicates checked":       {event("dedup_check_result"), 50},
		"sessions announced twice": {event("chat_session_created"), 100},
		"traced chat turns":        {func(l line) bool { return l.fields["event"] == "chat.tool_loop_turn" && l.fields["trace_id"] != nil }, 100},
		"discord correlation":      {func(l line) bool { return l.fields["correlation_id"] != nil && l.fields["channel"] == "discord" }, 50},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			for _, l := range month.lines {
				if c.match(l) {
					n++
				}
			}
			if n < c.min {
				t.Errorf("%d lines, want at least %d", n, c.min)
			}
		})
	}
}

// TestLinesJoinRows follows each llm_invocation_logged to its row: inserted before, and saying the same.
func TestLinesJoinRows(t *testing.T) {
	type row struct {
		stamp, taskType, alias string
		latency                int64
		cost                   float64
	}
	rows := map[string]row{}
	found, err := month.db.Query(`SELECT id, +timestamp, task_type, model_alias, latency_ms, cost_usd FROM invocation_log WHERE model_alias <> 'audit'`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var id string
		var r row
		if err := found.Scan(&id, &r.stamp, &r.taskType, &r.alias, &r.latency, &r.cost); err != nil {
			t.Fatal(err)
		}
		rows[id] = r
	}
	if found.Err() != nil {
		t.Fatal(found.Err())
	}
	lines := 0
	for _, l := range month.lines {
		if l.fields["event"] != "llm_invocation_logged" {
			continue
		}
		lines++
		r, ok := rows[l.fields["invocation_id"].(string)]
		if !ok {
			t.Fatalf("no row for %s", l.text)
		}
		latency, err := l.fields["latency_ms"].(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		cost, err := l.fields["cost_usd"].(json.Number).Float64()
		if err != nil {
			t.Fatal(err)
		}
		if r.taskType != l.fields["task_type"] || r.alias != l.fields["model_alias"] || r.latency != latency || r.cost != cost {
			t.Fatalf("the row %+v is not that of the line %s", r, l.text)
		}
		if printed := strings.TrimSuffix(l.fields["timestamp"].(string), "Z"); printed < r.stamp {
			t.Fatalf("the line came at %s, before its row at %s", printed, r.stamp)
		}
	}
	if lines != len(rows) {
		t.Errorf("%d lines for %d rows", lines, len(rows))
	}
}

// TestIdsJoin checks the keys that a trace follows from lines to tables.
func TestIdsJoin(t *testing.T) {
	ids := func(query string) map[string]bool {
		rows, err := month.db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		set := map[string]bool{}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			set[id] = true
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		return set
	}
	for key, known := range map[string]map[string]bool{
		"task_id":       ids(`SELECT id FROM tasks`),
		"skill_id":      ids(`SELECT id FROM skill`),
		"skill_run_id":  ids(`SELECT id FROM skill_run`),
		"automation_id": ids(`SELECT id FROM automation`),
		"session_id":    ids(`SELECT id FROM conversation_sessions`),
		"trace_id":      ids(`SELECT trace_id FROM conversation_messages WHERE trace_id IS NOT NULL`),
		"rule_id":       ids(`SELECT id FROM learned_preferences`),
		"candidate_id":  ids(`SELECT id FROM skill_candidate_report`),
	} {
		t.Run(key, func(t *testing.T) {
			seen, lost := 0, 0
			for _, l := range month.lines {
				id, ok := l.fields[key].(string)
				if !ok {
					continue
				}
				seen++
				if !known[id] {
					lost++
				}
			}
			if seen == 0 {
				t.Error("no line carries it")
			}
			// A trace has no answer when a model failed in the middle of it.
			if lost > 0 && (key != "trace_id" || lost > seen/50) {
				t.Errorf("%d of %d lines name an id that no table has", lost, seen)
			}
		})
	}
}
