package demo

import (
	"fmt"
	"time"
)

type automation struct {
	id, name   string
	capability *capability
	interval   time.Duration
	maxCost    float64
	daytime    bool
	runs, fail int
	paused     bool
}

// startAutomations creates one automation per scheduled capability and lets each run at its cadence.
func (l *life) startAutomations() {
	for i, c := range catalogue {
		if c.perDay == 0 {
			continue
		}
		a := &automation{
			id: l.rng.uuid7(l.now), name: automationNames[c.name], capability: l.capabilities[i],
			interval: time.Duration(float64(24*time.Hour) / l.scale(c.perDay)), maxCost: 0.25, daytime: c.daytime,
		}
		cron := fmt.Sprintf("*/%d * * * *", max(1, int(a.interval.Minutes())))
		if a.interval > time.Hour {
			cron = fmt.Sprintf("0 */%d * * *", max(1, int(a.interval.Hours())))
		}
		created := aware(l.now.AddDate(0, 0, -30))
		l.insert("automation", a.id, owner, a.name, c.name, `{"query": `+quote(a.name)+`}`, "on_schedule", cron, cron, `{"all_of": []}`, `["discord"]`, a.maxCost,
			300, "active", nil, aware(l.now.Add(a.interval)), 0, 0, created, created, []string{"discord", "dashboard"}[i%2], `{}`, nil, nil)
		l.automations = append(l.automations, a)
		l.spawn(l.now.Add(l.rng.between(0, a.interval)), durable, func(p *proc) { p.runForEver(a) })
	}
	l.insert("automation", l.rng.uuid7(l.now), owner, "Old apartment alerts", catalogue[0].name, `{}`, "on_schedule", "0 8 * * *", "0 8 * * *", nil, `["discord"]`, 0.1,
		3600, "deleted", nil, nil, 41, 0, aware(l.now.AddDate(0, 0, -50)), aware(l.now.AddDate(0, 0, -20)), "discord", nil, nil, nil)
}

var automationNames = map[string]string{
	"price_watch": "Running shoes under 90", "news_digest": "Battery storage news", "inbox_triage": "Inbox triage", "stock_watch": "ETF watch",
	"weather_brief": "Weekend weather", "meeting_prep": "Meeting prep", "parcel_tracker": "Parcels", "receipt_reader": "Receipts",
	"travel_disruption": "Lisbon flight watch", "repo_activity": "Followed repositories", "recipe_planner": "Dinner plan", "lease_reminder": "Contract deadlines",
}

// runForEver is the scheduler's view of one automation: each due run is started unless the budget or a missing tool forbids it.
func (p *proc) runForEver(a *automation) {
	for due := p.now; ; due = due.Add(a.interval) {
		if due.Before(p.now.Add(-a.interval)) {
			due = p.now // the orchestrator was away: missed runs are not made up for
		}
		p.until(due.Add(p.rng.between(0, 15*time.Second)))
		if hour := p.now.In(p.zone).Hour(); a.daytime && (hour < 7 || hour >= 22) {
			continue
		}
		switch {
		case a.paused:
			if p.rng.chance(0.05) { // somebody resumes it
				a.paused, a.fail = false, 0
				p.exec(`UPDATE automation SET status = 'active', failure_count = 0, updated_at = ? WHERE id = ?`, aware(p.now), a.id)
			}
		case !p.affordable():
			p.info("automation_skipped_budget", "automation_id", a.id)
		case p.rng.chance(0.002):
			p.info("automation_blocked_missing_tool", "automation_id", a.id, "missing", []string{"browser_screenshot"})
			p.toolMissing(pick(p.rng, missingTools), "scheduler_pre_run", a.capability)
		default:
			p.spawn(p.now, volatile, func(p *proc) { p.runAutomation(a) })
		}
	}
}

func (p *proc) runAutomation(a *automation) {
	began := p.tick()
	run := p.rng.uuid7(began)
	path := "claude_native"
	s := a.capability.skill
	if s != nil && len(s.steps) > 0 && s.state != draft {
		path = "skill"
	}
	p.insert("automation_run", run, a.id, aware(began), nil, "running", path, nil, nil, nil, 0, nil, nil, nil)
	status, problem, skillRun, spent := "succeeded", any(nil), any(nil), 0.0
	if path == "skill" {
		r := p.runSkill(s, run)
		status, skillRun, spent = r.status, r.id, r.cost
		if r.err != "" {
			problem = r.err
		}
	} else {
		c := p.ask(call{taskType: a.capability.name, router: p.routers.skills})
		spent = c.cost
		switch {
		case c.err != nil:
			status, problem = "failed", c.err.Error()
			p.warn("automation_run_exception", "automation_id", a.id, "error", c.err.Error())
		case p.rng.chance(0.004):
			status = "skipped_budget"
		}
	}
	if spent > a.maxCost {
		status, problem = "failed", "cost_exceeded"
	}
	alert, content := 0, any(nil)
	if status == "succeeded" && p.rng.chance(0.06) {
		alert, content = 1, a.name+": something changed"
		p.notify("automation_alert", "tasks", 3)
	}
	finished := aware(p.tick())
	output := any(`{"summary": "ok"}`)
	if status != "succeeded" {
		output = nil
	}
	p.exec(`UPDATE automation_run SET finished_at = ?, status = ?, skill_run_id = ?, output = ?, alert_sent = ?, alert_content = ?, error = ?, cost_usd = ? WHERE id = ?`,
		finished, status, skillRun, output, alert, content, problem, spent, run)
	a.runs++
	if status == "failed" {
		a.fail++
	} else {
		a.fail = 0
	}
	state := "active"
	if a.fail >= failurePause {
		a.paused, state = true, "paused"
		p.notify("automation_failure", "debug", 4)
	}
	p.exec(`UPDATE automation SET status = ?, last_run_at = ?, next_run_at = ?, run_count = ?, failure_count = ?, updated_at = ? WHERE id = ?`,
		state, aware(began), aware(began.Add(a.interval)), a.runs, a.fail, finished, a.id)
}

// failurePause is how many failures in a row pause an automation.
const failurePause = 5
