package demo

import (
	"strconv"
	"time"
)

// A toolGap is a tool that something would have needed.
type toolGap struct {
	id         int64
	tool       string
	severity   string
	capability *capability
	pinged     time.Time
	building   bool
}

var missingTools = []string{"pdf_extract", "spotify_search", "bank_statement_read", "maps_route", "immich_tag", "calendar_invite", "fax_send"}

// toolBuild is the task type of an escalation that asks for a tool.
const toolBuild = "tool_request_fulfillment"

func (l *life) startToolGaps() {
	l.roundTheClock(durable, 0.7, func(p *proc) {
		p.toolMissing(pick(p.rng, missingTools), pick(p.rng, []string{"runtime_dispatch", "automation_creation", "skill_draft", "scheduler_pre_run"}), pick(p.rng, p.capabilities))
	})
}

// toolMissing is one detection. An open gap is found again and again; only the first time it is new.
func (p *proc) toolMissing(tool, point string, c *capability) {
	severity := "high"
	if point == "capability_tool_check" || point == "skill_draft" {
		severity = "speculative"
	}
	at := p.tick()
	g, known := p.gaps[tool]
	if !known {
		p.toolRequestID++
		g = &toolGap{id: p.toolRequestID, tool: tool, severity: severity, capability: c}
		p.gaps[tool] = g
		p.exec(`INSERT INTO tool_request (id, user_id, tool_name, proposed_signature, rationale, blocking_capability_id, severity, detection_point, first_seen_at, last_seen_at, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, g.id, owner, tool, `{"name": `+quote(tool)+`, "args": {}}`, "needed by "+c.name, c.id, severity, point, aware(at), aware(at), aware(at))
		p.info("tool_request_inserted", "tool_request_id", g.id, "tool_name", tool, "severity", severity, "detection_point", point)
	} else {
		if severity == "high" {
			g.severity = "high" // promoted, and never back
		}
		p.exec(`UPDATE tool_request SET severity = ?, last_seen_at = ? WHERE id = ?`, g.severity, aware(at), g.id)
	}
	p.auditGap(g, "tool_gap_detected", "tool_name", tool, "severity", g.severity, "blocking_capability_id", g.capability.id, "detection_point", point, "rationale", "needed by "+c.name, "is_new", !known)
	if g.severity != "high" {
		p.info("tool_gap_surfaced_speculative", "tool_request_id", g.id, "tool_name", tool)
		return
	}
	p.pingGap(g)
}

const repingCooldown = 4 * time.Hour

// pingGap posts the gap to Discord and lets the user react.
func (p *proc) pingGap(g *toolGap) {
	if p.now.Sub(g.pinged) < repingCooldown {
		p.info("tool_gap_reping_suppressed_cooldown", "tool_request_id", g.id)
		return
	}
	again := !g.pinged.IsZero()
	g.pinged = p.tick()
	p.exec(`UPDATE tool_request SET last_pinged_at = ? WHERE id = ?`, aware(g.pinged), g.id)
	p.auditGap(g, "tool_request_filed", "tool_name", g.tool, "channel", "agents", "reping", again)
	p.info("tool_gap_pinged", "tool_request_id", g.id, "tool_name", g.tool, "reping", again)
	if !g.building && p.rng.chance(0.4) {
		p.spawn(p.now.Add(p.rng.pause(20*time.Minute, 1)), durable, func(p *proc) { p.reactToGap(g) })
	}
}

func (p *proc) reactToGap(g *toolGap) {
	if g.building || p.gaps[g.tool] != g {
		return
	}
	if p.rng.chance(0.35) {
		p.exec(`UPDATE tool_request SET snoozed_until = ? WHERE id = ?`, aware(p.now.Add(24*time.Hour)), g.id)
		p.info("tool_gap_snoozed_via_button", "component", "tool_gap_view", "tool_request_id", g.id)
		return
	}
	if !p.enforcing {
		return
	}
	p.info("tool_gap_filed_via_button", "component", "tool_gap_view", "tool_request_id", g.id)
	e := &escalation{taskType: toolBuild, modes: []string{endCode}, priority: 3, created: p.tick(), iteration: 1}
	p.escalationID++
	e.id, e.correlation = p.escalationID, p.rng.uuid7(e.created)
	const insert = `INSERT INTO escalation_request (id, user_id, correlation_id, task_type, estimate_usd, daily_remaining_usd, offered_modes, resolution, resolved_by, resolved_at,
		status, created_at, priority, originating_entity_type, originating_entity_id) VALUES (?, ?, ?, ?, 0.0, ?, ?, ?, ?, ?, ?, ?, ?, 'tool_request', ?)`
	remaining, entity := p.dailyLimit()-p.money.spent, strconv.FormatInt(g.id, 10)
	if p.rng.chance(0.2) { // no repository to build in: aborted at once
		p.warn("tool_build_escalation_claude_code_unavailable", "tool_request_id", g.id)
		p.exec(insert, e.id, owner, e.correlation, toolBuild, remaining, "[]", endCancel, "system", aware(e.created), "resolved", aware(e.created), e.priority, entity)
		return
	}
	g.building = true
	p.exec(insert, e.id, owner, e.correlation, toolBuild, remaining, value(e.modes), nil, nil, nil, "open", aware(e.created), e.priority, entity)
	p.exec(`UPDATE tool_request SET status = 'in_progress', escalation_request_id = ? WHERE id = ?`, e.id, g.id)
	p.auditEscalation(e, owner, "escalation_offered", "task_type", toolBuild, "offered_modes", e.modes, "tool_request_id", g.id, "tool_name", g.tool, "estimate_usd", 0.0)
	p.handToCoder(e, pick(p.rng, []string{endCode, endCodeSecond, endCodeMissing}))
	p.exec(`UPDATE tool_request SET status = 'completed', resolved_at = ?, resolved_branch = ? WHERE id = ?`, aware(p.tick()), e.branch, g.id)
	p.info("tool_request_validated", "tool_request_id", g.id, "branch", e.branch)
	delete(p.gaps, g.tool)
}

// checkTools is the boot's look at every capability's tools, which finds the open gaps once more.
func (p *proc) checkTools() {
	speculative := 0
	for _, tool := range missingTools { // in a fixed order: a map's would not repeat
		if g, open := p.gaps[tool]; open {
			p.toolMissing(tool, "capability_tool_check", g.capability)
			speculative++
		}
	}
	if speculative == 0 {
		p.info("capability_tool_registry_check_passed", "registered", 21)
		return
	}
	p.error("capability_tool_registry_check_failed", "fatal", 0, "speculative", speculative, "registered", 21)
}
