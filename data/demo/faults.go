package demo

import "time"

// startFaults plans what goes wrong. Each trouble has a fixed share of the history, so that every history has it, and comes back
// at random afterwards.
func (l *life) startFaults() {
	hour := func(f float64) time.Time { return l.awake(l.share(f)) }
	for _, at := range []time.Time{hour(0.24), hour(0.61), hour(0.93)} {
		l.spawn(at, outside, (*proc).cloudOutage)
	}
	for _, at := range []time.Time{hour(0.1), hour(0.35), hour(0.5), hour(0.78), hour(0.97)} {
		l.spawn(at, outside, (*proc).overload)
	}
	for _, at := range []time.Time{hour(0.3), hour(0.71)} {
		l.spawn(at, outside, (*proc).localOutage)
	}
	for _, at := range []time.Time{hour(0.18), hour(0.66), hour(0.9)} {
		l.spawn(at, outside, (*proc).crashWithGrant)
	}
	for _, at := range []time.Time{hour(0.05), hour(0.4), hour(0.84)} {
		l.spawn(at, outside, (*proc).redeploy)
	}
	for _, at := range []time.Time{hour(0.15), hour(0.55), hour(0.88)} {
		l.spawn(at, outside, (*proc).discordOutage)
	}
	for _, at := range []time.Time{hour(0.28), hour(0.58), hour(0.87)} {
		l.spawn(at, durable, (*proc).spree)
	}
	l.spawn(hour(0.45), outside, (*proc).supabaseOutage)
	l.spawn(l.share(0.7), outside, func(p *proc) { // the shadow period, which the 7-day comparison still sees
		p.shadowOn = true
		p.redeploy()
		p.until(p.share(0.93))
		p.shadowOn = false
		p.redeploy()
	})
	l.spawn(l.end, outside, func(p *proc) {
		p.roundTheClock(outside, 0.1, (*proc).cloudOutage)
		p.roundTheClock(outside, 0.7, (*proc).overload)
		p.roundTheClock(outside, 0.08, (*proc).localOutage)
		p.roundTheClock(outside, 0.1, (*proc).crashWithGrant)
		p.roundTheClock(outside, 0.1, (*proc).discordOutage)
	})
	l.roundTheClock(durable, 1.2, (*proc).smallTrouble)
	l.roundTheClock(durable, 1.5, (*proc).swapGPU)
}

// awake moves an instant into the household's afternoon, when trouble meets work.
func (l *life) awake(at time.Time) time.Time {
	local := at.In(l.zone)
	if h := local.Hour(); h >= 9 && h < 19 {
		return at
	}
	moved := time.Date(local.Year(), local.Month(), local.Day(), 11+l.rng.IntN(6), l.rng.IntN(60), l.rng.IntN(60), 0, l.zone)
	if moved.Before(l.start) || moved.After(l.end) {
		return at
	}
	return moved
}

// cloudOutage takes Anthropic away: calls fail after their retries, breakers open, test, open again, and close.
func (p *proc) cloudOutage() {
	p.anthropic.errorType = pick(p.rng, []string{"APITimeoutError", "APIConnectionError", "InternalServerError"})
	p.anthropic.down = outage{p.now, p.now.Add(p.rng.between(14*time.Minute, 38*time.Minute))}
	for range 3 { // and when something seems broken, people try it out
		p.spawn(p.now.Add(p.rng.between(10*time.Second, 12*time.Minute)), outside, (*proc).chat)
		p.spawn(p.now.Add(p.rng.between(10*time.Second, 12*time.Minute)), durable, (*proc).fromDiscord)
	}
}

// overload is the provider's bad quarter of an hour: slow answers, and a storm of retries.
func (p *proc) overload() {
	p.anthropic.errorType = "OverloadedError"
	p.anthropic.overloaded = outage{p.now, p.now.Add(p.rng.between(6*time.Minute, 20*time.Minute))}
}

func (p *proc) localOutage() {
	p.ollama.errorType = "ConnectError"
	p.ollama.down = outage{p.now, p.now.Add(p.rng.between(20*time.Minute, 75*time.Minute))}
	p.error("gpu_swap_timeout", "to_model", "qwen2.5:32b-instruct-q4_K_M", "timeout_s", 60)
}

func (p *proc) discordOutage() {
	p.discord = outage{p.now, p.now.Add(p.rng.between(5*time.Minute, 35*time.Minute))}
	p.text(p.now.Format(wholeS) + " WARNING  discord.gateway Shard ID None heartbeat blocked for more than 10 seconds.\nLoop thread traceback (most recent call last):\n  File \"/app/src/donna/cli.py\", line 471, in _run")
}

func (p *proc) supabaseOutage() {
	p.supabase = outage{p.now, p.now.Add(p.rng.between(70*time.Minute, 4*time.Hour))}
}

// spree is an afternoon of research that uses up the day's budget: the guard stops the automations until midnight.
func (p *proc) spree() {
	for range p.rng.around(28, 40) {
		p.ask(call{taskType: "prep_research", weight: 4})
		p.sleep(p.rng.between(10*time.Second, 4*time.Minute))
	}
}

// crashWithGrant is a crash at a bad moment: money was granted, and the call it was for never happened.
func (p *proc) crashWithGrant() {
	if p.enforcing {
		e := &escalation{taskType: "task_decompose", estimate: taskApproval + 1.5, modes: []string{endExtend, endPause, endCancel}, priority: 3}
		p.open(e, p.dailyLimit()-p.money.spent)
		p.settleEscalation(e, nil, endExtend)
	}
	// The crash comes while something is running, or half of its harm would not show.
	p.spawn(p.now, volatile, func(p *proc) { p.runAutomation(pick(p.rng, p.automations)) })
	p.sleep(2 * time.Second)
	p.crash()
}

// smallTrouble is what goes wrong in any week without anybody noticing.
func (p *proc) smallTrouble() {
	switch p.decks.troubles.deal(p.rng) {
	case 0:
		p.warn("bg_task_exited_unexpectedly", "event_type", "fallback_activated", "task_name", "email_poll")
	case 1:
		p.warn("invocation_log_write_failed", "event_type", "fallback_activated", "error", "database is locked", "task_type", "generate_nudge")
	case 2:
		p.exception("calendar_fetch_error", &pyError{class: "googleapiclient.errors.HttpError", message: "<HttpError 500 when requesting https://www.googleapis.com/calendar/v3/calendars/primary/events returned \"Backend Error\">",
			frames: []pyFrame{appFrame("scheduling/calendar_sync.py", 167, "_fetch", "events = await self._client.list_events("),
				libFrame("googleapiclient/http.py", 938, "execute", "raise HttpError(resp, content, uri=self.uri)")}})
		p.warn("fallback_activated", "event_type", "fallback_activated", "component", "calendar_client", "error", "HttpError 500", "fallback", "cached events")
	case 3:
		p.exception("dm_send_failed", discordError("send_dm", 301), "event_type", "fallback_activated", "discord_id", ownerDiscord)
	case 4:
		p.warn("web_fetch_failed", "url", "https://shop.example/item/4411", "error", "ReadTimeout")
	case 5:
		p.warn("reminder_scheduled_start_unparseable", "event_type", "fallback_activated", "value", "next tues")
	case 6:
		p.exception("reply_handler_failed", valueError("time data 'tomorow' does not match format '%Y-%m-%d'",
			appFrame("replies/handler.py", 220, "handle", "plan = await self._classify(reply)"),
			pyFrame{"/usr/local/lib/python3.12/_strptime.py", 349, "_strptime", "raise ValueError(\"time data %r does not match format %r\" %"}), "component", "overdue_reply")
	case 7:
		p.warn("output_voice_pass_failed", "event_type", "fallback_activated", "error", "empty response")
	case 8:
		p.warn("api_call_not_retryable", "attempt", 1, "category", "standard", "error_type", "AuthenticationError")
	default:
		p.warn("skill_evolution_input_failed", "skill_id", pick(p.rng, p.skills).id, "error", "no captured runs")
	}
}

func (p *proc) swapGPU() {
	p.info("gpu_swap_started", "to_model", "qwen2.5-vl:7b-instruct-q6_K")
	took := p.rng.pause(9*time.Second, 0.4)
	p.sleep(took)
	p.info("gpu_swap_completed", "to_model", "qwen2.5-vl:7b-instruct-q6_K", "duration_ms", took.Milliseconds(), "swaps_this_hour", p.rng.around(1, 3))
}
