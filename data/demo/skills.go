package demo

import (
	"fmt"
	"time"
)

// A capability is something Donna can do; with a skill she does it by a script of steps instead of asking a large model each time.
type capability struct {
	id, name string
	tools    string // JSON
	skill    *skill
}

type skill struct {
	id, version   string
	versionNumber int
	capability    *capability
	state         string
	steps         []step
	failureRate   float64
}

type step struct{ name, kind, alias string } // kind: llm, tool, mixed; alias: "" is the route's

// Skill states.
const (
	skillCandidate = "skill_candidate"
	draft          = "draft"
	sandbox        = "sandbox"
	shadowPrimary  = "shadow_primary"
	trusted        = "trusted"
	flagged        = "flagged_for_review"
	degraded       = "degraded"
	claudeNative   = "claude_native"
)

// catalogue is what this household's Donna can do. perDay is how often its automation runs; 0 is only on request.
var catalogue = []struct {
	name, description, state string
	tools                    string
	steps                    []step
	perDay                   float64
	failureRate              float64
	daytime                  bool // only while the household is awake
}{
	{"price_watch", "Watch a shop page for a price", trusted, `["web_fetch", "html_extract"]`,
		[]step{{"fetch_page", "tool", ""}, {"extract_price", "llm", aliasLocal}, {"compare", "llm", ""}, {"compose_alert", "llm", ""}}, 96, 0.03, false},
	{"news_digest", "Collect and rank the news of a topic", trusted, `["rss_fetch", "web_fetch"]`,
		[]step{{"collect", "tool", ""}, {"rank", "llm", ""}, {"summarise", "llm", ""}}, 48, 0.02, false},
	{"inbox_triage", "Sort new mail and propose answers", shadowPrimary, `["gmail_search", "email_read"]`,
		[]step{{"list_mail", "tool", ""}, {"classify", "llm", aliasLocal}, {"detect_deadlines", "llm", aliasLocal}, {"propose", "llm", ""}}, 144, 0.025, true},
	{"stock_watch", "Follow a position against a threshold", trusted, `["web_fetch"]`,
		[]step{{"quote", "tool", ""}, {"judge_move", "llm", ""}}, 96, 0.02, true},
	{"weather_brief", "Weather ahead of outdoor plans", trusted, `["web_fetch", "calendar_read"]`,
		[]step{{"forecast", "tool", ""}, {"match_plans", "llm", aliasLocal}, {"phrase", "llm", aliasLocal}}, 24, 0.01, true},
	{"meeting_prep", "Gather what is known about a meeting's people", shadowPrimary, `["calendar_read", "memory_search", "vault_read"]`,
		[]step{{"gather", "mixed", ""}, {"outline", "llm", ""}, {"questions", "llm", ""}}, 24, 0.04, true},
	{"parcel_tracker", "Track parcels from confirmation mails", degraded, `["gmail_search", "web_fetch"]`,
		[]step{{"find_numbers", "llm", aliasLocal}, {"query_carrier", "tool", ""}, {"report", "llm", aliasLocal}}, 48, 0.22, false},
	{"receipt_reader", "Read photographed receipts", sandbox, `["immich_search"]`,
		[]step{{"find_photos", "tool", ""}, {"read_receipt", "llm", aliasVision}, {"book", "llm", aliasLocal}}, 12, 0.1, false},
	{"job_board_scan", "Scan job boards for a friend", draft, `["web_fetch", "browser_extract_text"]`,
		[]step{{"open_board", "tool", ""}, {"filter", "llm", ""}}, 0, 0.1, false},
	{"travel_disruption", "Watch booked trips for disruption", claudeNative, `["web_fetch", "calendar_read"]`, nil, 36, 0.03, false},
	{"repo_activity", "Report activity in followed repositories", claudeNative, `["web_fetch", "rss_fetch"]`, nil, 32, 0.02, false},
	{"recipe_planner", "Plan the week's dinners", claudeNative, `["vault_read"]`, nil, 6, 0.02, true},
	{"lease_reminder", "Find deadlines in contracts", skillCandidate, `["vault_read"]`, nil, 4, 0.02, true},
}

// settle fills the tables of a household that has used Donna for a while before the history begins.
func (l *life) settle() {
	born := l.start.AddDate(0, 0, -60)
	l.now = born
	l.insert("users", owner, "nick@example.com", ownerDiscord, serverDefault(born), naive(l.start))
	l.insert("users", guest, nil, "571203948812345344", serverDefault(born.AddDate(0, 0, 9)), nil)
	for i, c := range catalogue {
		at := born.Add(time.Duration(i) * time.Minute)
		cp := &capability{id: l.rng.uuid7(at), name: c.name, tools: c.tools}
		trigger := "on_schedule"
		if c.perDay == 0 {
			trigger = "on_message"
		}
		l.insert("capability", cp.id, c.name, c.description, `{"type": "object", "properties": {"query": {"type": "string"}}}`, trigger,
			`{"summary": "string"}`, c.tools, "active", make([]byte, 4*8), aware(at), "seed", nil, nil)
		l.capabilities = append(l.capabilities, cp)
		if c.state == claudeNative {
			continue
		}
		s := &skill{id: l.rng.uuid7(at), version: l.rng.uuid7(at), versionNumber: 1, capability: cp, state: c.state, steps: c.steps, failureRate: c.failureRate}
		cp.skill = s
		l.skills = append(l.skills, s)
		agreement := any(nil)
		if c.state == trusted || c.state == degraded {
			agreement = 0.9 + 0.08*l.rng.Float64()
		}
		l.insert("skill", s.id, c.name, s.version, c.state, flag(i%3 == 0), agreement, aware(at), aware(at))
		l.newVersion(s, "claude", "first version")
		l.insert("skill_state_transition", l.rng.uuid7(at), s.id, claudeNative, skillCandidate, "gate_passed", "system", nil, aware(at), nil)
		if c.state != skillCandidate {
			l.insert("skill_state_transition", l.rng.uuid7(at), s.id, skillCandidate, c.state, "human_approval", "user", owner, aware(at.Add(time.Hour)), nil)
		}
		for n := range 3 {
			l.insert("skill_fixture", l.rng.uuid7(at), s.id, fmt.Sprintf("case_%d", n+1), `{"query": "fixture"}`, `{"summary": "string"}`, "captured_from_run", nil, aware(at), `{"web_fetch": {"status": 200}}`)
		}
	}
	l.now = l.start
}

func (l *life) newVersion(s *skill, by, changelog string) {
	l.insert("skill_version", s.version, s.id, s.versionNumber, "capability: "+s.capability.name+"\nsteps: []\n", `{}`, `{}`, by, changelog, aware(l.now))
}

// move changes a skill's state, in its row, its transition and its line.
func (p *proc) move(s *skill, to, reason, actor string) {
	from := s.state
	if from == to {
		return
	}
	s.state = to
	actorID := any(nil)
	if actor == "user" {
		actorID = owner
	}
	at := p.tick()
	p.insert("skill_state_transition", p.rng.uuid7(at), s.id, from, to, reason, actor, actorID, aware(at), nil)
	p.exec(`UPDATE skill SET state = ?, updated_at = ? WHERE id = ?`, to, aware(at), s.id)
	p.info("skill_state_transition", "skill_id", s.id, "from_state", from, "to_state", to, "reason", reason, "actor", actor, "actor_id", actorID)
}

// runResult is the end of a skill run.
type runResult struct {
	id, status string
	cost       float64
	err        string
}

// runSkill executes a skill's steps; a run whose process dies stays "running" for ever.
func (p *proc) runSkill(s *skill, automationRun string) runResult {
	began := p.tick()
	res := runResult{id: p.rng.uuid7(began), status: "succeeded"}
	p.insert("skill_run", res.id, s.id, s.version, nil, null(automationRun), "running", nil, nil, `{}`, nil, nil, nil, nil, owner, aware(began), nil)
	fails := p.rng.chance(s.failureRate)
	breaksAt := p.rng.IntN(max(1, len(s.steps)))
	for i, st := range s.steps {
		cost, problem := p.runStep(s, res.id, i, st, fails && i == breaksAt)
		res.cost += cost
		if problem != "" {
			res.status, res.err = "failed", problem
			if p.rng.chance(0.15) {
				res.status = "escalated"
			}
			break
		}
	}
	finished := p.tick()
	latency := int(finished.Sub(began).Milliseconds())
	switch res.status {
	case "succeeded":
		p.exec(`UPDATE skill_run SET status = ?, total_latency_ms = ?, total_cost_usd = ?, state_object = ?, final_output = ?, finished_at = ? WHERE id = ?`,
			res.status, latency, res.cost, `{"steps": `+fmt.Sprint(len(s.steps))+`}`, `{"summary": "ok"}`, aware(finished), res.id)
	default:
		reason := any(nil)
		if res.status == "escalated" {
			reason = "step asked for a person"
		}
		p.exec(`UPDATE skill_run SET status = ?, total_latency_ms = ?, total_cost_usd = ?, error = ?, escalation_reason = ?, finished_at = ? WHERE id = ?`,
			res.status, latency, res.cost, res.err, reason, aware(finished), res.id)
		p.info("skill_run_failed_abort", "skill_id", s.id, "step", s.steps[breaksAt].name, "error", res.err)
	}
	if res.status == "succeeded" && s.state == shadowPrimary && p.rng.chance(0.35) {
		p.spawn(p.now, volatile, func(p *proc) { p.sampleShadow(s, res.id) })
	}
	return res
}

// runStep executes one step and returns what it cost and, when it failed for good, why.
func (p *proc) runStep(s *skill, run string, index int, st step, breaks bool) (cost float64, problem string) {
	began, status, tokens, calls := p.now, "valid", any(nil), any(nil)
	if st.kind != "llm" {
		p.sleep(p.rng.pause(900*time.Millisecond, 0.8))
		calls = `[{"tool": "` + pick(p.rng, []string{"web_fetch", "rss_fetch", "memory_search"}) + `", "ok": ` + fmt.Sprint(!breaks) + `}]`
		if breaks {
			status, problem = "tool_failed", "tool_failed: HTTP 503 from origin"
			p.warn("tool_invocation_failed", "tool", "web_fetch", "error", "HTTP 503")
		} else if p.rng.chance(0.03) {
			p.info("tool_retry_scheduled", "tool", "web_fetch", "attempt", 1)
			p.sleep(2 * time.Second)
			p.info("tool_retry_succeeded", "tool", "web_fetch", "attempt", 2)
		}
	}
	if problem == "" && st.kind != "tool" {
		taskType := "skill_step::" + s.capability.name + "::" + st.name
		if st.alias != "" {
			taskType = "skill_step__" + st.alias + "::" + s.capability.name + "::" + st.name
		}
		c := p.ask(call{taskType: taskType, router: p.routers.skills})
		cost, tokens = c.cost, c.in
		switch {
		case c.err != nil:
			status, problem, tokens = "step_failed", c.err.Error(), nil
			p.fallback("skill_executor", c.err, "abort run")
		case breaks && p.rng.chance(0.6): // triage finds the fault and the step is asked again
			t := p.ask(call{taskType: "triage_failure", router: p.routers.skills})
			again := p.ask(call{taskType: taskType, router: p.routers.skills})
			cost += t.cost + again.cost
			p.info("skill_step_triage_retry", "skill_id", s.id, "step_name", st.name, "attempt", 2)
		case breaks:
			status, problem = "schema_invalid", "schema_invalid: 'summary' is a required property"
		}
	}
	at := p.tick()
	latency := int(at.Sub(began).Milliseconds())
	output, failure := any(`{"summary": "ok"}`), any(nil)
	if problem != "" {
		output, failure = nil, problem
	}
	p.insert("skill_step_result", p.rng.uuid7(at), run, st.name, index, st.kind, nil, tokens, output, calls, latency, status, failure, aware(at))
	switch {
	case problem == "":
		p.info("skill_step_completed", "skill_id", s.id, "capability_name", s.capability.name, "step_name", st.name, "step_kind", st.kind, "latency_ms", latency)
	case p.rng.chance(0.05):
		p.exception("skill_executor_unexpected_failure", valueError(problem,
			appFrame("skills/executor.py", 318, "_run_step", "validated = self._validator.validate(step, output)"),
			libFrame("jsonschema/validators.py", 451, "validate", "raise error")), "skill_id", s.id, "step_name", st.name)
	default:
		p.info("skill_step_failed_terminal", "skill_id", s.id, "step_name", st.name, "error", problem)
	}
	return cost, problem
}

// sampleShadow compares a run with the large model's answer: an ordinary call under the capability's bare name, billed to the system.
func (p *proc) sampleShadow(s *skill, run string) {
	c := p.ask(call{taskType: s.capability.name, user: system, router: p.routers.skills})
	if c.err != nil {
		p.warn("shadow_sample_claude_call_failed", "skill_id", s.id, "error", c.err.Error())
		return
	}
	if p.ask(call{taskType: "skill_equivalence_judge", user: system, router: p.routers.skills}).err != nil {
		return
	}
	agreement := max(0.3, 1-p.rng.ExpFloat64()*0.08)
	at := p.tick()
	p.insert("skill_divergence", p.rng.uuid7(at), run, p.rng.uuid4(), agreement, `{"missing": []}`, flag(agreement < 0.7), aware(at))
	p.info("shadow_sample_recorded", "skill_id", s.id, "skill_run_id", run, "agreement", agreement)
}
