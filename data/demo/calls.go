package demo

import (
	"strings"
	"time"
)

// A call is one request to a model, from the router's dispatch to its row and line.
type call struct {
	taskType   string
	taskID     string  // "" is NULL, as for almost all types
	user       string  // who is billed; "" is the owner
	alias      string  // "" is the route's
	router     router  // nil is the orchestrator's
	weight     float64 // of the tokens; 0 is 1
	escalation int64   // the api_extended grant it runs under
}

// outcome is what came of a call.
type outcome struct {
	err       *pyError // nil: answered
	id        string
	cost      float64 // of all attempts
	latencyMS int
	in, out   int
}

const maxRetries = 3

// ask makes one call: local models overflow and fall back to the cloud, failures are retried, a bad answer is paid for and asked again.
func (p *proc) ask(c call) outcome {
	if c.router == nil {
		c.router = p.routers.orchestrator
	}
	if c.user == "" {
		c.user = owner
	}
	r := routeOf(c.taskType)
	alias := r.alias
	if c.alias != "" {
		alias = c.alias
	}
	if c.weight == 0 {
		c.weight = 1
	}
	c.weight *= 0.37 + 0.56*p.dayFactor(p.now) // busy days make long prompts
	in := int(p.rng.logNormal(r.in*c.weight, r.spread)) + 20
	m, overflowed := models[alias], false
	var estimate any
	if m.local {
		guess := int(float64(in) * (0.85 + 0.3*p.rng.Float64()))
		estimate = guess
		if budget := m.ctx - contextReserve; guess > budget {
			if alias == aliasVision {
				p.error("context_overflow_no_fallback", "task_type", c.taskType, "from_alias", alias, "estimated_tokens", guess, "budget", budget)
				return outcome{err: valueError("prompt exceeds the local context window", routerFrames[0])}
			}
			p.warn("context_overflow_escalation", "task_type", c.taskType, "from_alias", alias, "to_alias", aliasFallback, "estimated_tokens", guess, "budget", budget)
			alias, m, overflowed = aliasFallback, models[aliasFallback], true
		}
	}
	if m.local && p.ollama.down.on(p.now) && p.rng.chance(0.85) {
		p.ollama.fellBack = true
		p.warn("ollama_fallback_activated", "event_type", "system.ollama_fallback", "task_type", c.taskType, "from_alias", alias, "to_alias", aliasFallback)
		alias, m, estimate = aliasFallback, models[aliasFallback], nil
	}
	a := attempt{call: c, route: r, alias: alias, model: m, in: in, overflowed: overflowed, estimate: estimate}
	var total outcome
	for try := 0; ; try++ {
		o, bad := p.attempt(&a)
		total.cost += o.cost
		o.cost = total.cost
		if !bad || try == 1 {
			return o
		}
	}
}

type attempt struct {
	call
	route
	alias      string
	model      model
	in         int
	overflowed bool
	estimate   any
}

// attempt sends one prompt and retries its transport. bad says that the answer was useless: it has cost money and has a row.
func (p *proc) attempt(a *attempt) (o outcome, bad bool) {
	id := strings.TrimPrefix(strings.TrimPrefix(a.model.id, "anthropic/"), "ollama/")
	p.info("model_router_dispatch", "task_type", a.taskType, "model_alias", a.alias, "model_id", id, "task_id", null(a.taskID),
		"estimated_tokens_in", a.estimate, "overflow_escalated", a.overflowed, "escalation_request_id", nullID(a.escalation))
	prov := p.anthropic
	if a.model.local {
		prov = p.ollama
	}
	latency, err := p.transport(prov, a.router[prov.name], a.route)
	if err != nil {
		return outcome{err: err}, false
	}
	out := int(p.rng.logNormal(a.out*max(1, a.weight/2), a.spread)) + 4
	price := cost(a.model, a.in, out)
	if a.model.local {
		p.info("ollama_completion", "model", id, "latency_ms", latency, "tokens_in", a.in, "tokens_out", out, "cost_usd", price, "num_ctx", a.model.ctx)
		if prov.fellBack {
			prov.fellBack = false
			p.info("ollama_recovered", "event_type", "system.ollama_recovered", "task_type", a.taskType)
		}
	} else {
		p.info("anthropic_completion", "model", id, "latency_ms", latency, "tokens_in", a.in, "tokens_out", out, "cost_usd", price)
	}
	bad = p.rng.chance(0.011)
	if bad {
		if p.rng.chance(0.3) {
			p.warn("truncation_suspected", "task_type", a.taskType, "model_alias", a.alias, "tokens_in", a.in, "estimated_tokens_in", a.estimate)
		} else {
			p.warn("llm_output_validation_failed", "task_type", a.taskType, "error", "Expecting ',' delimiter: line 1 column 214 (char 213)")
		}
	}
	o = outcome{latencyMS: latency, in: a.in, out: out, cost: price}
	hash, at := p.promptHash(), p.tick()
	if p.rng.chance(0.03) { // the other process holds the write lock: the row comes late, behind younger ones
		p.sleep(p.rng.between(50*time.Millisecond, 2*time.Second))
	}
	o.id = p.logInvocation(invocation{
		at: at, taskType: a.taskType, taskID: a.taskID, alias: a.alias, model: a.model.id, hash: hash, latencyMS: latency, in: a.in, out: out, cost: price,
		user: a.user, escalation: a.escalation, interrupted: bad, estimate: a.estimate, overflowed: a.overflowed,
	})
	if p.shadowOn && !bad && strings.HasPrefix(a.taskType, "skill_step::") && p.rng.chance(0.45) {
		p.spawn(p.now, volatile, func(p *proc) { p.shadow(a.call, a.in, hash) })
	}
	return o, bad
}

// transport talks to the provider until it answers, the retries are used up, or the breaker forbids it. It returns the last try's latency.
func (p *proc) transport(prov *provider, b *breaker, r route) (ms int, err *pyError) {
	for try := 1; ; try++ {
		if !b.allows() {
			return 0, breakerOpen()
		}
		ms = max(1, int(p.rng.logNormal(r.latencyMS*prov.slow(p.now), r.spread)))
		if !prov.failing(p.now, p.rng) {
			p.sleep(time.Duration(ms) * time.Millisecond)
			b.succeed()
			return ms, nil
		}
		p.sleep(p.rng.between(300*time.Millisecond, 6*time.Second))
		b.fail()
		if p.rng.chance(0.03) {
			p.warn("api_call_not_retryable", "attempt", try, "category", r.category, "error_type", "BadRequestError")
			err := providerError(prov.module+".BadRequestError", "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error'}}")
			err.cause = nil // the provider did answer
			return 0, err
		}
		if try > maxRetries {
			p.error("api_call_failed_all_retries", "category", r.category, "attempts", try, "error_type", prov.errorType)
			return 0, providerError(prov.module+"."+prov.errorType, "Request timed out or interrupted.")
		}
		delay := float64(int(1)<<(try-1)) * (1 + p.rng.Float64()*0.5)
		p.warn("api_call_retrying", "attempt", try, "max_retries", maxRetries, "delay_s", float64(int(delay*100))/100, "category", r.category, "error_type", prov.errorType)
		p.sleep(time.Duration(delay * float64(time.Second)))
	}
}

// shadow repeats a skill step on the local model, whose answer nobody uses.
func (p *proc) shadow(c call, in int, hash string) {
	m, r := models[aliasLocal], routes["skill_step__local"]
	ms, err := p.transport(p.ollama, p.routers.skills[p.ollama.name], r)
	if err != nil {
		p.exception("shadow_completion_failed", err, "task_type", c.taskType, "shadow_alias", aliasLocal)
		return
	}
	out := int(p.rng.logNormal(r.out, r.spread)) + 4
	price := cost(m, in, out)
	p.logInvocation(invocation{
		taskType: c.taskType + "::__shadow__", alias: aliasLocal, model: m.id, hash: hash, latencyMS: ms, in: in, out: out, cost: price,
		user: c.user, shadow: true, estimate: in,
	})
	p.info("shadow_completion", "task_type", c.taskType, "shadow_alias", aliasLocal, "latency_ms", ms, "cost_usd", price)
}
