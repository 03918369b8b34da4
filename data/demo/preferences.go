package demo

import "time"

// A correction is something the user set right.
type correction struct {
	id, field, value string
	used             bool
}

func (l *life) startPreferences() {
	l.daily(l.zone, 2, 30, (*proc).extractRules)
	l.arrivals(durable, 0.12, func(p *proc) { // a person turns a rule off
		if len(p.rules) > 2 {
			i := p.rng.IntN(len(p.rules))
			p.exec(`UPDATE learned_preferences SET enabled = 0, disabled_at = ? WHERE id = ?`, aware(p.now), p.rules[i])
			p.rules = append(p.rules[:i], p.rules[i+1:]...)
		}
	})
	for range 9 { // rules older than the history: what their survival is counted from
		l.addRule(l.start.Add(-l.rng.between(24*time.Hour, 55*24*time.Hour)), nil)
	}
}

func (l *life) addRule(at time.Time, from []string) (id string, confidence float64, kind string) {
	id, confidence = l.rng.uuid4(), 0.7+0.28*l.rng.Float64()
	kinds := []struct{ kind, text, action string }{
		{"priority_adjustment", "Invoices are urgent", `{"field": "priority", "value": 4}`},
		{"domain_override", "Anything with Priya is work", `{"field": "domain", "value": "work"}`},
		{"scheduling_preference", "Phone calls go before lunch", `{"field": "scheduled_start", "value": "morning"}`},
		{"notification_preference", "No nudges for books", `{"field": "nudge", "value": false}`},
	}
	k := pick(l.rng, kinds)
	support := "[]"
	for i, c := range from {
		if i == 0 {
			support = `["` + c + `"]`
			continue
		}
		support = support[:len(support)-1] + `, "` + c + `"]`
	}
	l.insert("learned_preferences", id, owner, k.kind, k.text, confidence, `{"keywords": ["invoice"], "domain": null, "task_type": null}`, k.action, support, 1, aware(at), nil)
	l.rules = append(l.rules, id)
	return id, confidence, k.kind
}

// maybeCorrect is the user setting right what Donna understood.
func (p *proc) maybeCorrect(t *task) {
	if !p.rng.chance(0.11) {
		return
	}
	p.sleep(p.rng.pause(5*time.Minute, 0.9))
	source := pick(p.rng, []string{"discord_modal", "discord_select", "discord_command", "api", "dashboard"})
	switch p.rng.weighted(0.4, 0.25, 0.15, 0.1, 0.1) {
	case 0:
		old := t.priority
		t.priority = 1 + old%5
		p.exec(`UPDATE tasks SET priority = ? WHERE id = ?`, t.priority, t.id)
		p.info("priority_updated_via_select", "task_id", t.id, "priority", t.priority)
		p.correct(t, source, "priority", string(rune('0'+old)), string(rune('0'+t.priority)))
	case 1:
		old := t.domain
		t.domain = pick(p.rng, []string{"personal", "work", "family"})
		p.exec(`UPDATE tasks SET domain = ? WHERE id = ?`, t.domain, t.id)
		p.info("domain_updated_via_select", "task_id", t.id, "domain", t.domain)
		p.correct(t, source, "domain", old, t.domain)
	case 2:
		old := t.title
		t.title += " (!)"
		p.exec(`UPDATE tasks SET title = ? WHERE id = ?`, t.title, t.id)
		p.info("task_edited_via_modal", "task_id", t.id)
		p.correct(t, source, "title", old, t.title)
	case 3:
		p.correct(t, source, "estimated_duration", "30", "60")
	default:
		p.correct(t, source, "tags", "[]", `["errand"]`)
	}
}

func (p *proc) correct(t *task, source, field, from, to string) {
	at := p.tick()
	c := &correction{id: p.rng.uuid4(), field: field, value: to}
	p.insert("correction_log", c.id, aware(at), t.user, source, t.id, "", field, from, to, nil)
	p.corrections = append(p.corrections, c)
	p.info("correction_logged", "task_id", t.id, "task_type", source, "field", field, "original", from, "corrected", to)
	p.remember("correction", c.id, field+": "+from+" -> "+to)
}

// extractRules makes rules of corrections that agree.
func (p *proc) extractRules() {
	var fresh []*correction
	for _, c := range p.corrections {
		if !c.used {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) < 4 {
		p.info("rule_extractor_insufficient_corrections", "count", len(fresh))
		return
	}
	if p.ask(call{taskType: "extract_preferences"}).err != nil {
		return
	}
	rules := p.rng.IntN(3)
	for range rules {
		from := fresh[:2]
		fresh = fresh[2:]
		ids := []string{from[0].id, from[1].id}
		id, confidence, kind := p.addRule(p.tick(), ids)
		for _, c := range from {
			c.used = true
			p.exec(`UPDATE correction_log SET rule_extracted = ? WHERE id = ?`, id, c.id)
		}
		p.info("preference_rule_saved", "rule_id", id, "rule_type", kind, "confidence", confidence)
	}
	p.info("rule_extractor_ran", "new_rules", rules)
	p.corrections = nil
}

// maybeApplyRule is a learned rule at work, which happens on the input parser's path only.
func (p *proc) maybeApplyRule(t *task) {
	if len(p.rules) == 0 || !p.rng.chance(0.2) {
		return
	}
	p.info("preference_rule_applied", "rule_id", pick(p.rng, p.rules), "field", "priority", "new_value", 4, "confidence", 0.91)
	t.priority = 4
	p.exec(`UPDATE tasks SET priority = 4 WHERE id = ?`, t.id)
}
