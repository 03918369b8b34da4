package demo

import "time"

func (l *life) startSkills() {
	l.daily(l.zone, 3, 0, (*proc).nightly)
	l.arrivals(durable, 0.3, func(p *proc) { // a person looks at the skills
		s := pick(p.rng, p.skills)
		switch s.state {
		case draft:
			p.move(s, sandbox, "human_approval", "user")
		case flagged:
			p.move(s, trusted, "human_approval", "user")
		case skillCandidate:
			p.move(s, draft, "human_approval", "user")
		}
	})
}

// nightly is the skill system's job at three: find candidates, evolve the weak, draft the new, watch for degradation.
func (p *proc) nightly() {
	found, evolved, drafts, flags, errors := 0, 0, 0, 0, 0
	if p.rng.chance(0.35) {
		found = p.report()
	}
	p.info("nightly_detector_done", "new_candidates", found)
	for _, s := range p.skills {
		if s.state == degraded || s.state == flagged && p.rng.chance(0.4) {
			if p.evolve(s) {
				evolved++
			}
		}
	}
	p.info("nightly_evolution_done", "evolved", evolved)
	if p.rng.chance(0.3) {
		if p.autoDraft() {
			drafts++
		}
	}
	p.info("nightly_drafter_done", "drafts", drafts)
	for _, s := range p.skills {
		if (s.state == trusted || s.state == shadowPrimary) && p.rng.chance(0.05) {
			p.info("skill_degradation_flagged", "skill_id", s.id, "baseline_agreement", 0.94, "current_agreement", 0.71)
			p.move(s, flagged, "degradation", "system")
		}
		if s.state == sandbox && p.rng.chance(0.1) {
			p.info("skill_auto_promoted", "skill_id", s.id, "from_state", sandbox, "to_state", shadowPrimary)
			p.move(s, shadowPrimary, "gate_passed", "system")
		}
		if s.state == shadowPrimary && p.rng.chance(0.05) {
			p.move(s, trusted, "gate_passed", "system")
		}
	}
	if p.rng.chance(0.05) {
		errors++
		p.exception("nightly_degradation_failed", databaseLocked(appFrame("skills/degradation.py", 143, "run", "rows = await self._conn.execute(SQL_AGREEMENT)")))
	} else {
		p.info("nightly_degradation_done", "evaluated", len(p.skills))
	}
	if p.rng.chance(0.12) {
		flags++
		p.info("correction_cluster_flagged", "field", "priority", "count", p.rng.around(3, 7))
	}
	p.info("nightly_correction_cluster_done", "flagged", flags)
	p.info("nightly_tasks_completed", "new_candidates", found, "evolved", evolved, "drafts", drafts, "evaluated", len(p.skills), "flagged", flags, "error_count", errors)
}

func (p *proc) report() int {
	cp := pick(p.rng, p.capabilities)
	at := p.tick()
	id := p.rng.uuid7(at)
	p.insert("skill_candidate_report", id, cp.name, p.rng.hex(64), 0.5+4*p.rng.Float64(), p.rng.around(20, 400), p.rng.Float64()*0.3, "new", aware(at), nil, nil, nil, p.rng.hex(64))
	p.info("skill_candidate_detected", "candidate_id", id, "capability_name", cp.name)
	if p.rng.chance(0.4) {
		p.spawn(p.now.Add(p.rng.between(6*time.Hour, 60*time.Hour)), durable, func(p *proc) {
			p.exec(`UPDATE skill_candidate_report SET status = ?, resolved_at = ? WHERE id = ?`, pick(p.rng, []string{"dismissed", "drafted", "stale"}), aware(p.now), id)
		})
	}
	return 1
}

// evolve lets a large model rewrite a skill, and reports whether the new version passed.
func (p *proc) evolve(s *skill) bool {
	if !p.affordable() {
		p.info("evolution_scheduler_budget_exhausted", "skill_id", s.id)
		return false
	}
	began := p.now
	c := p.ask(call{taskType: "skill_evolution", router: p.routers.skills})
	outcome, version, spent := "success", any(nil), c.cost
	from := s.version
	switch {
	case c.err != nil:
		outcome = "error"
		p.fallback("skill_evolution", c.err, "skip")
	case p.rng.chance(0.55):
		outcome = "rejected_validation"
	}
	if outcome != "error" {
		for range 3 {
			v := p.ask(call{taskType: "skill_validation::" + s.capability.name + "::" + s.lastStep(), router: p.routers.skills})
			spent += v.cost
		}
		to := any(nil)
		if outcome == "success" {
			s.version, s.versionNumber = p.rng.uuid7(p.tick()), s.versionNumber+1
			version, to = s.version, s.version
			p.newVersion(s, "claude_evolution", "rewritten after degradation")
			p.exec(`UPDATE skill SET current_version_id = ? WHERE id = ?`, s.version, s.id)
		}
		at := p.tick()
		p.insert("skill_evolution_log", p.rng.uuid7(at), s.id, from, to, "nightly", `{"cause": "page layout changed"}`, `[]`, `{"pass_rate": 0.9}`, outcome, aware(at))
	}
	p.info("skill_evolution_outcome", "skill_id", s.id, "outcome", outcome, "cost_usd", spent, "latency_ms", p.now.Sub(began).Milliseconds(), "new_version_id", version, "rationale", "agreement fell below the baseline")
	if outcome == "success" {
		p.move(s, sandbox, "gate_passed", "system")
		return true
	}
	if outcome == "rejected_validation" && s.state == flagged {
		p.move(s, degraded, "evolution_failed", "system")
	}
	return false
}

func (s *skill) lastStep() string {
	if len(s.steps) == 0 {
		return "run"
	}
	return s.steps[len(s.steps)-1].name
}

// autoDraft writes a first version for a candidate.
func (p *proc) autoDraft() bool {
	if !p.affordable() {
		p.info("skill_auto_draft_budget_exhausted")
		return false
	}
	c := p.ask(call{taskType: "skill_auto_draft", router: p.routers.skills})
	if c.err != nil {
		p.warn("skill_auto_draft_llm_call_failed", "error", c.err.Error())
		return false
	}
	cp := pick(p.rng, p.capabilities)
	for range 4 {
		p.ask(call{taskType: "skill_validation::" + cp.name + "::draft", router: p.routers.skills})
	}
	if p.rng.chance(0.35) {
		p.info("skill_auto_draft_validation_failed", "capability_name", cp.name, "pass_rate", 0.5)
		if p.rng.chance(0.5) {
			p.toolMissing(pick(p.rng, missingTools), "skill_draft", cp)
		}
		return false
	}
	p.info("skill_auto_draft_succeeded", "capability_name", cp.name)
	for _, s := range p.skills {
		if s.state == skillCandidate && s.capability == cp {
			p.move(s, draft, "gate_passed", "system")
		}
	}
	return true
}
