package demo

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A task as far as Donna's later doings depend on it; the row is the truth.
type task struct {
	id, title, domain  string
	user               string
	status             string
	priority           int
	minutes            int
	created            time.Time
	slot               time.Time
	event              string // calendar event id
	reschedules, nudge int
	thread             string // Discord thread of the overdue conversation
}

// Task states.
const (
	backlog         = "backlog"
	scheduled       = "scheduled"
	needsScheduling = "needs_scheduling"
	inProgress      = "in_progress"
	blocked         = "blocked"
	waitingInput    = "waiting_input"
	paused          = "paused"
	done            = "done"
	cancelled       = "cancelled"
)

func (l *life) startTasks() {
	l.arrivals(durable, l.scale(46), (*proc).capture)
	l.every(durable, 15*time.Minute, 2*time.Second, (*proc).pollMail)
	l.daily(time.UTC, 0, 0, (*proc).reopenPaused)
}

// open reports whether the task still waits for something.
func (t *task) open() bool { return t.status != done && t.status != cancelled }

// capture is a task from the first message to its end.
func (p *proc) capture() {
	switch p.rng.weighted(0.62, 0.16, 0.12, 0.10) {
	case 0:
		p.fromDiscord()
	case 1:
		p.fromDiscordLegacy()
	case 2:
		p.sleep(p.rng.pause(80*time.Millisecond, 0.5))
		p.apiRequest("POST", "/tasks", 201)
		domain, title := p.someTitle()
		p.live(p.createTask("app", domain, title, nil))
	default:
		p.fromMail()
	}
}

// someTitle draws a domain and a title.
func (p *proc) someTitle() (domain, title string) {
	domain = []string{"personal", "work", "family"}[p.rng.weighted(0.45, 0.4, 0.15)]
	title = pick(p.rng, titles[domain])
	if p.rng.chance(0.3) {
		title += ", " + pick(p.rng, details)
	}
	return domain, title
}

// fromDiscord is the intent dispatcher's way: challenged, sometimes new to Donna, then a task. Its title is the raw message and
// its domain always the default.
func (p *proc) fromDiscord() {
	_, title := p.someTitle()
	user := owner
	if p.rng.chance(0.06) {
		user = guest
	}
	c := p.ask(call{taskType: "challenge_task", user: user})
	if c.err != nil {
		p.exception("challenger_parse_llm_transport_error", c.err)
		p.fallback("challenger_agent", c.err, "treat as plain task")
		p.storeRaw(title)
		return
	}
	status, capability := "ready", any(nil)
	switch p.rng.weighted(0.78, 0.14, 0.08) {
	case 1:
		p.ask(call{taskType: "claude_novelty", user: user})
	case 2:
		status = pick(p.rng, []string{"needs_input", "ambiguous"})
	}
	if p.rng.chance(0.2) {
		capability = pick(p.rng, p.capabilities).name
	}
	p.info("intent_dispatch", "status", status, "intent_kind", "task", "capability", capability, "confidence", p.confidence())
	t := p.createTask("discord", "personal", title, map[string]any{"user": user, "capability": capability})
	if status != "ready" {
		p.info("challenger_agent_needs_input", "task_id", t.id, "question_count", p.rng.around(1, 3), "reasoning", "The request names no time and no place.")
		p.transition(t, waitingInput)
		p.sleep(p.rng.pause(25*time.Minute, 0.9))
		p.info("challenger_reply_applied", "task_id", t.id)
		p.transition(t, scheduled)
	}
	p.live(t)
}

// fromDiscordLegacy is the older message handler, the only one whose lines carry a correlation id and a channel.
func (p *proc) fromDiscordLegacy() {
	domain, title := p.someTitle()
	bound := []any{"correlation_id", p.rng.uuid4(), "discord_id", ownerDiscord, "channel", "discord"}
	say := func(event string, kv ...any) { p.info(event, append(bound[:len(bound):len(bound)], kv...)...) }
	say("discord_message_received", "content_length", len(title))
	c := p.ask(call{taskType: "parse_task"})
	if c.err != nil {
		p.exception("discord_message_capture_failed", c.err, bound...)
		p.storeRaw(title)
		return
	}
	confidence := p.confidence()
	if confidence < 0.7 {
		p.info("parse_confidence_escalation", "local_confidence", confidence, "threshold", 0.7)
		if p.ask(call{taskType: "parse_task_cloud"}).err == nil {
			p.info("parse_confidence_escalation_resolved", "local_confidence", confidence, "cloud_confidence", 0.93)
		}
	}
	priority := 1 + p.rng.weighted(0.15, 0.45, 0.25, 0.1, 0.05)
	p.info("task_parsed", "title", title, "domain", domain, "priority", priority, "confidence", confidence, "channel", "discord")
	if p.duplicate(title) {
		return
	}
	t := p.createTask("discord", domain, title, map[string]any{"priority": priority})
	say("task_created_via_discord", "task_id", t.id)
	p.maybeApplyRule(t)
	p.live(t)
}

func (p *proc) fromMail() {
	domain, title := p.someTitle()
	if c := p.ask(call{taskType: "parse_task"}); c.err != nil {
		p.exception("email_task_creation_failed", c.err, "subject", title)
		return
	}
	p.info("task_parsed", "title", title, "domain", domain, "priority", 2, "confidence", p.confidence(), "channel", "email")
	t := p.createTask("email", domain, title, nil)
	p.info("email_task_created", "task_id", t.id, "subject", "Fwd: "+title)
	p.maybeApplyRule(t)
	p.live(t)
}

func (p *proc) pollMail() {
	if p.rng.chance(0.12) {
		p.info("email_poll_complete", "messages", p.rng.around(1, 4), "created", p.rng.IntN(2))
	}
}

// storeRaw keeps a message that could not be parsed: degraded, but not lost.
func (p *proc) storeRaw(title string) {
	t := p.createTask("discord", "personal", title, map[string]any{"tags": `["_parse_error"]`})
	p.info("degraded_raw_task_stored", "task_id", t.id)
	p.live(t)
}

func (p *proc) confidence() float64 {
	return float64(int(100*min(0.99, 0.55+0.45*(1-p.rng.Float64()*p.rng.Float64())))) / 100
}

// duplicate runs the deduplicator and reports whether the message ended there.
func (p *proc) duplicate(title string) bool {
	if len(p.tasks) == 0 {
		return false
	}
	other := pick(p.rng, p.tasks)
	verdict, method, score := "different", "fuzzy", 20+40*p.rng.Float64()
	switch p.rng.weighted(0.72, 0.10, 0.18) {
	case 1:
		verdict, method, score = "same", "fuzzy_high", 85+14*p.rng.Float64()
	case 2:
		p.ask(call{taskType: "dedup_check"})
		verdict, method, score = pick(p.rng, []string{"same", "related", "different"}), "llm", 70+14*p.rng.Float64()
	}
	score = float64(int(score*10)) / 10
	p.info("dedup_check_result", "verdict", verdict, "method", method, "fuzzy_score", score, "candidate_task_id", other.id)
	if verdict == "different" {
		return false
	}
	p.info("dedup_duplicate_detected", "new_title", title, "existing_task_id", other.id, "verdict", verdict, "fuzzy_score", score)
	p.sleep(p.rng.pause(2*time.Minute, 0.8))
	switch p.rng.weighted(0.45, 0.35, 0.2) {
	case 0:
		p.info("dedup_merged", "component", "dedup_reply", "existing_task_id", other.id)
		return true
	case 1:
		p.info("dedup_updated_existing", "component", "dedup_reply", "existing_task_id", other.id)
		return true
	}
	p.info("dedup_kept_both", "component", "dedup_reply", "existing_task_id", other.id)
	return false
}

// createTask inserts the row and prints its line. extra may hold user, priority, capability, tags and parent.
func (p *proc) createTask(via, domain, title string, extra map[string]any) *task {
	at := p.tick()
	t := &task{id: p.rng.uuid7(at), title: title, domain: domain, user: owner, status: backlog, priority: 2, created: at}
	if u, ok := extra["user"].(string); ok {
		t.user = u
	}
	if n, ok := extra["priority"].(int); ok {
		t.priority = n
	}
	t.minutes = []int{15, 30, 45, 60, 90, 120}[p.rng.weighted(0.2, 0.35, 0.15, 0.2, 0.06, 0.04)]
	deadline, deadlineType := any(nil), "none"
	if p.rng.chance(0.35) {
		due := at.Add(p.rng.between(20*time.Hour, 9*24*time.Hour))
		deadline, deadlineType = p.external(due), pick(p.rng, []string{"hard", "soft"})
		if p.rng.chance(0.15) {
			deadline = day(due) + "T00:00:00"
		}
	}
	intent, inputs := any(nil), any(nil)
	if extra["capability"] != nil {
		inputs = `{"query": ` + quote(title) + `}`
	}
	if via == "discord" {
		intent = `{"kind": "` + pick(p.rng, []string{"exact", "window", "none"}) + `", "strictness": "soft", "due_at": null, "earliest": null, "latest": null, "constraints": [], "recurrence": null}`
	}
	notes := any(nil)
	switch {
	case p.rng.chance(0.1):
		notes = `[` + quote(pick(p.rng, details)) + `]`
	case p.rng.chance(0.02):
		notes = pick(p.rng, details) // a chat action's bare text
	}
	prep := p.rng.chance(0.07)
	p.insert("tasks", t.id, t.user, title, nil, domain, t.priority, t.status, t.minutes, deadline, deadlineType, nil, nil, nil, nil, nil,
		extra["parent"], flag(prep), nil, flag(prep), nil, nil, extra["tags"], notes, 0, naive(at), via, nil, nil, 0, 0, nil,
		extra["capability"], inputs, intent)
	p.tasks = append(p.tasks, t)
	p.info("task_created", "task_id", t.id, "title", title, "user_id", t.user)
	if p.rng.chance(0.008) {
		p.warn("event_bus_emit_failed", "event_type", "task_created", "reason", "subscriber queue full")
	}
	p.pushSupabase(t.id)
	p.remember("task", t.id, title)
	if prep {
		p.spawn(p.now, durable, func(p *proc) { p.prepare(t) })
	}
	return t
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // strings always marshal
	}
	return string(b)
}

// transition moves a task through the state machine, in its two lines and its row.
func (p *proc) transition(t *task, to string) {
	from, effects := t.status, []string{}
	stamp := any(nil)
	switch {
	case to == done:
		effects = append(effects, "set_completed_at")
		stamp = naive(p.now)
	case from == done:
		effects = append(effects, "clear_completed_at")
	case to == inProgress:
		effects = append(effects, "set_actual_start")
	}
	t.status = to
	p.exec(`UPDATE tasks SET status = ?, completed_at = ? WHERE id = ?`, to, stamp, t.id)
	p.info("state_transition_validated", "from_state", from, "to_state", to)
	p.info("task_state_transitioned", "task_id", t.id, "from_state", from, "to_state", to, "side_effects", effects)
	p.pushSupabase(t.id)
	if p.rng.chance(0.003) {
		p.exception("event_subscriber_failed", databaseLocked(appFrame("tasks/events.py", 88, "emit", "await subscriber(event)")),
			"event_type", "task_state_changed", "subscriber", "after_state_change")
	}
}

// completedAware is the second write of several paths to "done", in the other time form.
func (p *proc) completedAware(t *task) {
	p.exec(`UPDATE tasks SET completed_at = ? WHERE id = ?`, aware(p.tick()), t.id)
}

// live is the rest of a task's life: priority, a slot, the reminder, the work or the lack of it.
func (p *proc) live(t *task) {
	p.sleep(p.rng.pause(900*time.Millisecond, 0.5))
	if p.ask(call{taskType: "classify_priority", user: t.user}).err == nil && p.rng.chance(0.25) {
		t.priority = p.rng.around(1, 5)
		p.exec(`UPDATE tasks SET priority = ? WHERE id = ?`, t.priority, t.id)
	}
	if p.rng.chance(0.07) {
		p.decompose(t)
	}
	p.pursue(t)
}

// pursue schedules a task and works on it until it is settled, or left to the weekly planner.
func (p *proc) pursue(t *task) {
	if !p.findSlot(t) {
		return
	}
	p.maybeCorrect(t)
	for t.status == scheduled {
		p.work(t)
	}
}

// decompose splits a task; the parts live on their own.
func (p *proc) decompose(t *task) {
	c := p.ask(call{taskType: "task_decompose", user: t.user})
	if c.err != nil {
		p.exception("slash_breakdown_failed", c.err, "task_id", t.id)
		return
	}
	n := p.rng.around(2, 4)
	p.info("task_decomposed", "parent_task_id", t.id, "subtask_count", n, "total_hours", float64(n)*0.75)
	for i := range n {
		title := fmt.Sprintf("%s (%d/%d)", strings.SplitN(t.title, ",", 2)[0], i+1, n)
		part := p.createTask("discord", t.domain, title, map[string]any{"parent": t.id, "user": t.user})
		p.spawn(p.now.Add(p.rng.between(time.Second, time.Minute)), durable, func(p *proc) { p.pursue(part) })
	}
}

// prepare is the research agent's work ahead of a task.
func (p *proc) prepare(t *task) {
	p.sleep(p.rng.between(time.Minute, 20*time.Minute))
	p.exec(`UPDATE tasks SET agent_status = 'in_progress' WHERE id = ?`, t.id)
	p.info("prep_agent_executing", "task_id", t.id)
	g := p.gate("prep_research", t, 0.8+3.7*p.rng.Float64())
	if !g.proceed {
		p.exec(`UPDATE tasks SET agent_status = 'failed' WHERE id = ?`, t.id)
		return
	}
	for range p.rng.around(2, 5) {
		c := p.ask(call{taskType: "prep_research", user: t.user, escalation: g.request})
		p.useExtension(g.request)
		if c.err != nil {
			p.exec(`UPDATE tasks SET agent_status = 'failed' WHERE id = ?`, t.id)
			p.exception("prep_agent_execution_failed", c.err, "task_id", t.id)
			return
		}
		p.sleep(p.rng.between(2*time.Second, 20*time.Second))
	}
	p.exec(`UPDATE tasks SET agent_status = 'complete' WHERE id = ?`, t.id)
	p.info("prep_agent_complete", "task_id", t.id)
	p.notify("prep_ready", "agents", 2)
}

// pushSupabase mirrors a change to the hosted copy.
func (p *proc) pushSupabase(taskID string) {
	if p.supabase.on(p.now) {
		p.error("supabase_push_failed", "event_type", "sync.supabase.failed", "error_type", "APIError",
			"error", "{'message': 'JWT expired', 'code': 'PGRST301'}", "task_id", taskID)
		return
	}
	p.lastSupabase = p.now
	p.info("supabase_push_ok", "event_type", "sync.supabase.push", "task_id", taskID)
}

// reopenPaused is the daily refresh at midnight: what was paused for its cost goes back to the backlog.
func (p *proc) reopenPaused() {
	n := 0
	for _, t := range p.tasks {
		if t.status == paused {
			p.transition(t, backlog)
			p.spawn(p.now.Add(p.rng.between(time.Minute, time.Hour)), durable, func(p *proc) { p.pursue(t) })
			n++
		}
	}
	p.info("escalation_daily_refresh_completed", "reopened_count", n)
	p.forgetClosed()
}

// forgetClosed keeps the simulation's own list short; the rows stay.
func (p *proc) forgetClosed() {
	kept := p.tasks[:0]
	for _, t := range p.tasks {
		if t.open() {
			kept = append(kept, t)
		}
	}
	clear(p.tasks[len(kept):])
	p.tasks = kept
}
