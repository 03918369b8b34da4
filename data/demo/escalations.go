package demo

import (
	"fmt"
	"time"
)

// An escalation is a call so dear that Donna asks first.
type escalation struct {
	id          int64
	correlation string
	taskType    string
	task        *task
	estimate    float64
	modes       []string
	priority    int
	attempts    int
	created     time.Time
	iteration   int
	branch      string
}

// extension is money granted for a day.
type extension struct {
	id   int64
	e    *escalation
	date string
	usd  float64
	used bool // the call it was granted for has been made
}

// decks deal the ways escalations end, and the small troubles, so that each is seen in its turn.
type decks struct {
	plain, chat, code *deck[string]
	troubles          *deck[int]
}

const (
	endPause       = "pause"
	endCancel      = "cancel"
	endExtend      = "api_extended"
	endExtendTwice = "api_extended, clicked twice"
	endTimeout     = "timeout"
	endChat        = "chat"
	endChatLost    = "chat without a task: never ingested"
	endCode        = "claude_code"
	endCodeSecond  = "claude_code, passes at the second attempt"
	endCodeLimit   = "claude_code, never passes"
	endCodeMissing = "claude_code, branch pushed late"
)

func newDecks() decks {
	return decks{
		plain: newDeck(endPause, endPause, endCancel, endCancel, endExtend, endExtend, endExtendTwice, endTimeout),
		chat:  newDeck(endChat, endChat, endChat, endChatLost, endExtend, endCancel, endTimeout),
		code:  newDeck(endCode, endCode, endCodeSecond, endCodeLimit, endCodeMissing, endPause, endTimeout),

		troubles: newDeck(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
	}
}

const escalationTimeout = 60 * time.Minute

func (l *life) startEscalations() {
	l.spawn(l.share(0.12), durable, func(p *proc) { // the gate goes from shadow to enforcing
		p.enforcing = true
		p.set("manual_escalation.enabled", "true")
		p.set("manual_escalation.budget_extension.max_daily_extension_usd", "10.5")
		p.sleep(time.Minute)
		p.set("manual_escalation.budget_extension.max_daily_extension_usd", "12.0") // stored as the integer 12
		p.set("manual_escalation.task_types.chat_escalation.override", `"auto"`)
	})
	l.spawn(l.share(0.5), durable, func(p *proc) {
		p.set("manual_escalation.modes.chat.enabled", "false")
		p.sleep(3 * time.Hour)
		p.set("manual_escalation.modes.chat.enabled", "true")
		p.set("modes.claude_code.enabled", "true")
		p.set("manual_escalation.task_types.prep_research.override", `"force_manual"`)
	})
	dear := []struct {
		taskType string
		perDay   float64
	}{{"task_decompose", 0.6}, {"chat_escalation", 0.7}, {"skill_auto_draft", 0.4}, {"skill_evolution", 0.4}}
	for _, d := range dear {
		l.arrivals(durable, d.perDay, func(p *proc) {
			if g := p.gate(d.taskType, nil, taskApproval+0.2+4*p.rng.Float64()); g.proceed {
				p.ask(call{taskType: d.taskType, weight: 2, escalation: g.request})
				p.useExtension(g.request)
			}
		})
	}
	l.startToolGaps()
}

// verdict is what the gate lets a caller do.
type verdict struct {
	proceed bool
	request int64 // the api_extended request the call runs under
}

// gate asks the user when an estimate is above what may be spent without asking.
func (p *proc) gate(taskType string, t *task, estimate float64) verdict {
	remaining := p.dailyLimit() - p.money.spent
	threshold := min(remaining, taskApproval)
	if estimate <= threshold {
		return verdict{proceed: true}
	}
	if !p.enforcing {
		id := any(nil)
		if t != nil {
			id = t.id
		}
		p.info("escalation_shadow_would_fire", "event_type", "cost.escalation_shadow", "task_type", taskType, "task_id", id, "estimate_usd", estimate,
			"effective_threshold", threshold, "daily_remaining", remaining, "task_approval_threshold", taskApproval, "estimate_source", pick(p.rng, []string{"caller", "router_floor"}))
		return verdict{proceed: true}
	}
	e := &escalation{taskType: taskType, estimate: estimate, modes: []string{endExtend, endPause, endCancel}, priority: p.rng.around(2, 4)}
	ends := p.decks.plain
	switch taskType {
	case "chat_escalation":
		e.modes, ends = []string{endExtend, endChat, endPause, endCancel}, p.decks.chat
	case "skill_auto_draft", "skill_evolution":
		e.modes, ends = []string{endExtend, endCode, endPause, endCancel}, p.decks.code
	}
	end := ends.deal(p.rng)
	if end == endChat && len(p.tasks) > 0 {
		e.task = pick(p.rng, p.tasks) // only with a task will the answer ever be ingested
	}
	p.open(e, remaining)
	return p.settleEscalation(e, t, end)
}

// open writes the request and offers it.
func (p *proc) open(e *escalation, remaining float64) {
	e.created = p.tick()
	p.escalationID++
	e.id, e.correlation, e.iteration = p.escalationID, p.rng.uuid7(e.created), 1
	offersChat := len(e.modes) > 1 && e.modes[1] == endChat
	mode, path, body, summary, taskID := any(nil), any(nil), any(nil), any(nil), any(nil)
	if e.task != nil {
		taskID = e.task.id
	}
	if offersChat { // the prompt is rendered, and the mode set, before anybody chose it
		mode, path, body = endChat, "/donna/workspace/escalations/"+e.correlation+".md", "Answer the question below and paste the answer back."
		summary = "A question that needs a large model."
		p.ask(call{taskType: "escalation_summary"})
	}
	entityType, entity := any(nil), any(nil)
	switch e.taskType {
	case "skill_auto_draft":
		entityType, entity = "skill_candidate_report", p.rng.uuid7(p.now)
	case "skill_evolution":
		entityType, entity = "skill", pick(p.rng, p.skills).id
	}
	p.exec(`INSERT INTO escalation_request (id, user_id, correlation_id, task_id, task_type, estimate_usd, daily_remaining_usd, offered_modes, mode, prompt_path, prompt_body, summary,
		created_at, priority, delivery_status, originating_entity_type, originating_entity_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)`,
		e.id, owner, e.correlation, taskID, e.taskType, e.estimate, remaining, value(e.modes), mode, path, body, summary, aware(e.created), e.priority, entityType, entity)
	if offersChat {
		p.info("escalation_chat_prompt_persisted", "correlation_id", e.correlation, "path", path)
	}
	p.auditEscalation(e, owner, "escalation_offered", "task_type", e.taskType, "estimate_usd", e.estimate, "daily_remaining_usd", remaining, "modes", e.modes, "priority", e.priority)
	p.deliver(e)
}

func (p *proc) deliver(e *escalation) {
	e.attempts = 1
	delivered := !p.discord.on(p.now) && !p.rng.chance(0.08)
	for !delivered && e.attempts < 4 {
		p.exec(`UPDATE escalation_request SET delivery_status = 'failed', delivery_attempts = ?, last_delivery_attempt_at = ? WHERE id = ?`, e.attempts, aware(p.now), e.id)
		p.sleep(time.Minute)
		e.attempts++
		delivered = !p.discord.on(p.now) && p.rng.chance(0.7)
		p.info("escalation_delivery_retry", "correlation_id", e.correlation, "delivered", delivered, "attempts", e.attempts)
	}
	status := "failed"
	if delivered {
		status = "sent"
		p.info("notification_sent", "notification_type", "debug", "channel", "agents", "priority", e.priority, "content_hash", p.rng.hex(16))
	}
	p.exec(`UPDATE escalation_request SET delivery_status = ?, delivery_attempts = ?, last_delivery_attempt_at = ? WHERE id = ?`, status, e.attempts, aware(p.now), e.id)
}

// settleEscalation plays an offered escalation to its end. The caller waits for the click only, as in Donna; what follows is the poller's.
func (p *proc) settleEscalation(e *escalation, t *task, end string) verdict {
	if end == endTimeout {
		p.until(e.created.Add(escalationTimeout + p.rng.between(0, time.Minute)))
		p.resolve(e, endPause, "timeout")
		p.auditEscalation(e, owner, "escalation_timed_out", "task_type", e.taskType, "estimate_usd", e.estimate, "priority", e.priority, "delivery_attempts", e.attempts)
		p.info("escalation_timed_out", "correlation_id", e.correlation, "escalation_request_id", e.id, "priority", e.priority)
		p.pauseTask(t)
		return verdict{}
	}
	p.sleep(min(p.rng.pause(6*time.Minute, 1.2), escalationTimeout-time.Minute))
	if p.rng.chance(0.04) {
		p.warn("escalation_owner_mismatch", "correlation_id", e.correlation, "discord_id", "571203948812345344")
	}
	switch end {
	case endPause, endCancel:
		p.resolve(e, end, "user")
		p.auditEscalation(e, ownerDiscord, "escalation_resolved", "mode", end, "resolved_by", "user")
		p.info("escalation_resolved_via_button", "correlation_id", e.correlation, "mode", end)
		if end == endPause {
			p.pauseTask(t)
		}
	case endExtend, endExtendTwice:
		p.extend(e, end == endExtendTwice)
		return verdict{proceed: true, request: e.id}
	case endChat, endChatLost:
		p.resolve(e, endChat, "user")
		p.auditEscalation(e, ownerDiscord, "escalation_resolved", "mode", endChat, "resolved_by", "user")
		p.info("escalation_resolved_via_button", "correlation_id", e.correlation, "mode", endChat)
		p.spawn(p.now, durable, func(p *proc) { p.answerByChat(e) })
	default:
		p.spawn(p.now, durable, func(p *proc) { p.handToCoder(e, end) })
	}
	return verdict{}
}

func (p *proc) resolve(e *escalation, resolution, by string) {
	p.exec(`UPDATE escalation_request SET status = 'resolved', resolution = ?, resolved_by = ?, resolved_at = ? WHERE id = ?`, resolution, by, aware(p.tick()), e.id)
}

func (p *proc) pauseTask(t *task) {
	if t != nil && t.status == scheduled {
		p.transition(t, paused)
	}
}

// extend grants money for the day. A second click finds the grant and audits it again.
func (p *proc) extend(e *escalation, twice bool) {
	usd := min(pick(p.rng, []float64{1.5, 2, 2.5, 3, 5}), maxDailyExtension)
	at := p.tick()
	p.extensionID++
	x := &extension{id: p.extensionID, e: e, date: day(at), usd: usd}
	p.extensions = append(p.extensions, x)
	p.insert("daily_budget_extension", x.id, owner, x.date, usd, aware(at), ownerDiscord, e.id, 0)
	p.money.roll(p.now)
	p.money.extended += usd
	p.info("budget_extension_granted", "extension_id", x.id, "escalation_request_id", e.id, "amount_usd", usd, "granted_by", ownerDiscord)
	grants := 1
	if twice {
		grants = 2
	}
	for n := range grants {
		if n > 0 {
			p.sleep(p.rng.between(time.Second, 8*time.Second))
			p.info("budget_extension_already_granted", "extension_id", x.id, "escalation_request_id", e.id)
		}
		p.auditEscalation(e, ownerDiscord, "extension_granted", "extension_id", x.id, "amount_usd", usd, "granted_by", ownerDiscord)
	}
	p.resolve(e, endExtend, "user")
	p.auditEscalation(e, ownerDiscord, "escalation_resolved", "mode", endExtend, "resolved_by", "user")
	p.info("escalation_resolved_via_button", "correlation_id", e.correlation, "mode", endExtend)
}

func (p *proc) useExtension(request int64) {
	for _, x := range p.extensions {
		if x.e.id == request {
			x.used = true
		}
	}
}

// voidExtensions is the boot's crash recovery: a grant whose call never happened is taken back.
func (p *proc) voidExtensions() {
	for _, x := range p.extensions {
		if x.used || x.date != day(p.now) {
			continue
		}
		x.used = true
		p.exec(`UPDATE daily_budget_extension SET voided = 1 WHERE id = ?`, x.id)
		p.money.extended -= x.usd
		p.auditEscalation(x.e, owner, "extension_voided", "reason", "crash_recovery")
		p.info("extension_voided_crash_recovery", "extension_id", x.id, "escalation_request_id", x.e.id)
	}
}

// submit records an answer or a branch.
func (p *proc) submit(e *escalation, mode string) {
	result, branch := object("mode", mode, "answer", "The answer, pasted from a chat."), any(nil)
	if mode == endCode {
		result, branch = object("mode", mode, "branch", e.branch, "sha", p.rng.hex(40)), e.branch
	}
	p.info("donna_submit_accepted", "correlation_id", e.correlation, "mode", mode)
	p.exec(`UPDATE escalation_request SET status = 'submitted', mode = ?, result = ?, iteration = ?, submitted_at = ? WHERE id = ?`, mode, result, e.iteration, aware(p.tick()), e.id)
	p.auditEscalation(e, ownerDiscord, "escalation_submitted", "mode", mode, "branch", branch, "iteration", e.iteration)
	p.info("escalation_submission_applied", "correlation_id", e.correlation, "mode", mode, "iteration", e.iteration, "branch", branch)
}

// answerByChat is the user asking a chat model elsewhere and pasting its answer.
func (p *proc) answerByChat(e *escalation) {
	p.sleep(p.rng.pause(18*time.Minute, 0.7))
	p.submit(e, endChat)
	if e.task == nil {
		return // the poller requires a task: the row stays submitted for ever
	}
	p.sleep(p.rng.between(5*time.Second, 65*time.Second))
	p.exec(`UPDATE escalation_request SET status = 'validated', validation_result = ?, validated_at = ? WHERE id = ?`,
		object("channel", "chat", "ingested", true, "correlation_id", e.correlation), aware(p.tick()), e.id)
	p.auditEscalation(e, owner, "escalation_validated", "channel", "chat", "iteration", e.iteration, "answer_chars", p.rng.around(180, 4200))
	p.info("chat_escalation_ingested", "correlation_id", e.correlation, "task_id", e.task.id)
}

const iterationLimit = 3

// handToCoder is the claude_code mode: a spec, a branch, and the poller validating it every minute.
func (p *proc) handToCoder(e *escalation, end string) {
	e.branch = fmt.Sprintf("escalation/%d-%s", e.id, p.rng.hex(6))
	spec := "/donna/workspace/specs/" + e.correlation + ".md"
	p.info("claude_code_spec_rendered", "correlation_id", e.correlation, "spec_path", spec)
	p.exec(`UPDATE escalation_request SET status = 'resolved', resolution = 'claude_code', resolved_by = ?, resolved_at = ?, mode = 'claude_code', branch_name = ?, base_sha = ?, target_paths = ? WHERE id = ?`,
		ownerDiscord, aware(p.tick()), e.branch, p.rng.hex(40), `{"skill": "config/skills/**"}`, e.id)
	races := 1
	if p.rng.chance(0.15) {
		races = 2
	}
	for range races {
		p.auditEscalation(e, ownerDiscord, "escalation_resolved", "mode", endCode, "resolved_by", "user", "spec_path", spec, "branch_name", e.branch)
	}
	p.info("claude_code_handoff_recorded", "correlation_id", e.correlation, "branch", e.branch)
	for ; ; e.iteration++ {
		p.sleep(p.rng.pause(40*time.Minute, 0.6))
		p.submit(e, endCode)
		late := p.rng.around(0, 1)
		if end == endCodeMissing {
			late = p.rng.around(6, 14)
		}
		for range late {
			p.sleep(time.Minute)
			p.auditEscalation(e, owner, "escalation_branch_not_found", "branch", e.branch)
			p.info("claude_code_branch_not_found", "correlation_id", e.correlation, "branch", e.branch)
		}
		p.sleep(p.rng.between(time.Minute, 3*time.Minute))
		if end != endCodeLimit && (end != endCodeSecond || e.iteration > 1) {
			p.validateBranch(e)
			return
		}
		p.failBranch(e)
		if e.iteration == iterationLimit {
			p.exec(`UPDATE escalation_request SET status = 'cancelled', human_review = 1 WHERE id = ?`, e.id)
			p.auditEscalation(e, owner, "iteration_limit_reached", "iteration", e.iteration, "limit", iterationLimit)
			return
		}
	}
}

func (p *proc) validateBranch(e *escalation) {
	s, rate := pick(p.rng, p.skills), any(1.0)
	if e.taskType == toolBuild {
		rate = nil
	}
	at := p.tick()
	p.exec(`UPDATE escalation_request SET status = 'validated', validation_result = ?, validated_at = ?, merged_at = ? WHERE id = ?`,
		object("passed", true, "skill_id", s.id, "pass_rate", rate, "matched_files", []string{"config/skills/" + s.capability.name + ".yaml"}, "failures", []string{}, "reason", nil), aware(at), aware(at.Add(time.Minute)), e.id)
	p.info("manual_skill_validation_passed", "correlation_id", e.correlation, "skill_id", s.id)
	p.auditEscalation(e, owner, "escalation_validated", "skill_id", s.id, "pass_rate", rate, "branch", e.branch, "iteration", e.iteration)
}

func (p *proc) failBranch(e *escalation) {
	s, rate := pick(p.rng, p.skills), float64(p.rng.around(2, 7))/10
	p.exec(`UPDATE escalation_request SET status = 'failed', validation_result = ? WHERE id = ?`,
		`{"passed": false, "skill_id": `+quote(s.id)+`, "pass_rate": `+value(rate)+`, "matched_files": [], "failures": [{"case_name": "case_2", "reason": "missing key"}], "reason": "pass rate below 0.8"}`, e.id)
	p.info("manual_skill_validation_failed", "correlation_id", e.correlation, "skill_id", s.id, "pass_rate", rate)
	p.auditEscalation(e, owner, "escalation_failed", "skill_id", s.id, "pass_rate", rate, "reason", "pass rate below 0.8", "branch", e.branch, "iteration", e.iteration, "out_of_scope_count", p.rng.IntN(2))
}
