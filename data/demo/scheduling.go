package demo

import "time"

const calendarID = "primary"

// findSlot puts a task on the calendar and reports whether it got a slot.
func (p *proc) findSlot(t *task) bool {
	p.sleep(p.rng.pause(1500*time.Millisecond, 0.6))
	if p.rng.chance(0.05) {
		p.warn("auto_scheduler_no_slot", "task_id", t.id, "estimated_duration", t.minutes)
		p.transition(t, needsScheduling)
		return false
	}
	lead := p.rng.pause(5*time.Hour, 1.1)
	p.place(t, p.workingHour(p.now.Add(lead)), false)
	if t.status != scheduled {
		p.transition(t, scheduled)
	}
	p.info("auto_scheduler_scheduled", "task_id", t.id, "slot_start", aware(t.slot), "slot_end", aware(t.slotEnd()))
	if p.rng.chance(0.03) {
		p.negotiate(t)
	}
	return true
}

func (t *task) slotEnd() time.Time { return t.slot.Add(time.Duration(t.minutes) * time.Minute) }

// workingHour moves an instant to the next quarter of an hour between 8 and 21 local.
func (p *proc) workingHour(at time.Time) time.Time {
	local := at.Add(15 * time.Minute).Truncate(15 * time.Minute).In(p.zone)
	if h := local.Hour(); h >= 8 && h < 21 {
		return local.UTC()
	}
	next := local
	if local.Hour() >= 21 {
		next = local.AddDate(0, 0, 1)
	}
	quarter := time.Duration(p.rng.IntN(20)) * 15 * time.Minute
	return time.Date(next.Year(), next.Month(), next.Day(), 8, 0, 0, 0, p.zone).Add(quarter).UTC()
}

// place writes a slot into the calendar, its mirror, the row and the log.
func (p *proc) place(t *task, slot time.Time, forced bool) {
	t.slot = slot
	if t.event == "" {
		t.event = p.rng.hex(26)
		p.info("calendar_event_created", "event_id", t.event, "calendar_id", calendarID)
		p.insert("calendar_mirror", t.event, owner, calendarID, t.title, p.external(slot), p.external(t.slotEnd()), 1, t.id, `"`+p.rng.hex(16)+`"`, aware(p.now), `[]`)
	} else {
		p.info("calendar_event_updated", "event_id", t.event, "calendar_id", calendarID)
		p.exec(`UPDATE calendar_mirror SET start_time = ?, end_time = ?, last_synced = ? WHERE event_id = ?`, p.external(slot), p.external(t.slotEnd()), aware(p.now), t.event)
	}
	p.exec(`UPDATE tasks SET scheduled_start = ?, calendar_event_id = ?, donna_managed = 1, reschedule_count = ? WHERE id = ?`, p.external(slot), t.event, t.reschedules, t.id)
	p.info("task_scheduled", "task_id", t.id, "slot_start", aware(slot), "slot_end", aware(t.slotEnd()), "event_id", t.event, "calendar_id", calendarID, "force_reschedule", forced)
}

// negotiate asks whether another task may give way.
func (p *proc) negotiate(t *task) {
	victim := pick(p.rng, p.tasks)
	if victim == t || victim.status != scheduled {
		p.info("negotiation_impossible", "task_id", t.id)
		return
	}
	at := p.tick()
	id := p.rng.uuid7(at)
	moves := `[` + object("task_id", victim.id, "event_id", victim.event, "old_start", aware(victim.slot), "old_end", aware(victim.slotEnd()),
		"new_start", aware(victim.slot.Add(time.Hour)), "new_end", aware(victim.slotEnd().Add(time.Hour))) + `]`
	p.insert("negotiation_proposals", id, t.id, p.external(t.slot), p.external(t.slotEnd()), moves, "pending", 1.5, aware(at), aware(at.Add(4*time.Hour)))
	p.info("negotiation_proposed", "task_id", t.id, "proposal_id", id, "moves", 1)
	p.info("negotiation_proposal_persisted", "proposal_id", id)
	p.spawn(p.now.Add(p.rng.pause(30*time.Minute, 0.8)), durable, func(p *proc) {
		status := []string{"accepted", "declined", "expired"}[p.rng.weighted(0.5, 0.3, 0.2)]
		p.exec(`UPDATE negotiation_proposals SET status = ? WHERE proposal_id = ?`, status, id)
		p.info("negotiation_proposal_status_updated", "proposal_id", id, "status", status)
		switch {
		case status == "accepted" && victim.status == scheduled:
			p.info("negotiation_accepted", "proposal_id", id)
			p.reschedule(victim, time.Hour)
			p.info("negotiation_victim_moved", "task_id", victim.id, "new_start", aware(victim.slot))
		case status == "declined":
			p.info("negotiation_declined", "proposal_id", id)
		}
	})
}

// reschedule gives a task another slot; the status does not change.
func (p *proc) reschedule(t *task, after time.Duration) {
	t.reschedules++
	p.place(t, p.workingHour(p.now.Add(after)), true)
}

// work is one slot: the user may move it, is reminded, and does the task or lets it slip.
func (p *proc) work(t *task) {
	if p.rng.chance(0.08) {
		p.until(p.now.Add(t.slot.Sub(p.now) / 2))
		p.moveInCalendar(t)
	}
	p.until(t.slot.Add(-15 * time.Minute))
	if t.status != scheduled {
		return
	}
	p.remind(t)
	p.until(t.slot.Add(p.rng.between(0, 10*time.Minute)))
	if t.status != scheduled {
		return
	}
	switch p.rng.weighted(0.34, 0.28, 0.30, 0.05, 0.03) {
	case 0: // started with a click, done later
		p.transition(t, inProgress)
		p.sleep(p.rng.pause(time.Duration(t.minutes)*time.Minute, 0.3))
		if t.status == inProgress {
			p.finish(t)
		}
	case 1:
		p.sleep(p.rng.pause(time.Duration(t.minutes)*time.Minute, 0.3))
		if t.status == scheduled {
			p.finish(t)
		}
	case 2:
		p.overdue(t)
	case 3:
		p.transition(t, inProgress)
		p.sleep(p.rng.pause(12*time.Minute, 0.5))
		if t.status != inProgress {
			return
		}
		p.transition(t, blocked)
		p.sleep(p.rng.between(4*time.Hour, 48*time.Hour))
		p.reschedule(t, 2*time.Hour)
		p.transition(t, scheduled)
	default:
		p.info("slash_cancel", "task_id", t.id)
		p.cancel(t)
	}
}

// finish ends a task by one of the ways people say so.
func (p *proc) finish(t *task) {
	switch p.rng.weighted(0.4, 0.3, 0.2, 0.1) {
	case 0:
		p.transition(t, done)
		p.info("task_done_via_button", "task_id", t.id)
	case 1:
		p.transition(t, done)
		p.completedAware(t)
		p.info("task_done_via_text", "task_id", t.id)
	case 2:
		p.apiRequest("POST", "/tasks/"+t.id+"/complete", 200)
		p.transition(t, done)
	default:
		p.info("slash_done", "task_id", t.id)
		p.transition(t, done)
	}
	if p.rng.chance(0.015) { // reopened: the declared way back
		p.sleep(p.rng.between(5*time.Minute, 3*time.Hour))
		p.transition(t, inProgress)
		p.sleep(p.rng.between(10*time.Minute, 2*time.Hour))
		p.transition(t, done)
	}
}

func (p *proc) cancel(t *task) {
	p.transition(t, cancelled)
	if t.event != "" {
		p.info("calendar_event_deleted", "event_id", t.event, "calendar_id", calendarID)
		p.exec(`DELETE FROM calendar_mirror WHERE event_id = ?`, t.event)
	}
}

// moveInCalendar is the user dragging the event, which the next sync finds.
func (p *proc) moveInCalendar(t *task) {
	if t.status != scheduled {
		return
	}
	old := t.slot
	t.slot = p.workingHour(p.now.Add(p.rng.between(3*time.Hour, 30*time.Hour)))
	t.reschedules++
	p.exec(`UPDATE tasks SET scheduled_start = ?, reschedule_count = ? WHERE id = ?`, t.slot.In(p.zone).Format(wholeT+"-07:00"), t.reschedules, t.id)
	p.info("calendar_event_time_changed", "event_id", t.event, "task_id", t.id, "old_start", aware(old), "new_start", aware(t.slot), "reschedule_count", t.reschedules)
	p.correct(t, "calendar_sync", "scheduled_start", aware(old), aware(t.slot))
}

// remind sends the reminder ahead of the slot, if there is still time for one.
func (p *proc) remind(t *task) {
	if p.now.After(t.slot) {
		return
	}
	text, byModel := "Reminder: "+t.title, false
	if c := p.ask(call{taskType: "generate_reminder", taskID: t.id, user: t.user}); c.err == nil {
		byModel = true
		text = "In 15 minutes: " + t.title + ". You planned " + pick(p.rng, []string{"half an hour", "an hour", "some time"}) + " for it."
	} else {
		p.exception("reminder_llm_failed", c.err, "task_id", t.id)
		p.fallback("reminder", c.err, "template")
	}
	sent := p.notify("reminder", "tasks", t.priority)
	p.nudge(t, "reminder", text, byModel)
	p.info("reminder_dispatched", "task_id", t.id, "title", t.title, "scheduled_start", aware(t.slot), "sent_immediately", sent, "llm_generated", byModel)
}

func (p *proc) nudge(t *task, kind, text string, byModel bool) {
	at := p.tick()
	id := p.rng.uuid7(at)
	t.nudge++
	p.insert("nudge_events", id, t.user, t.id, kind, "discord", 1, text, flag(byModel), naive(at))
	p.exec(`UPDATE tasks SET nudge_count = ? WHERE id = ?`, t.nudge, t.id)
	p.info("nudge_event_recorded", "task_id", t.id, "nudge_type", kind)
}

// overdue is the conversation about a slot that passed: nudges until an answer comes.
func (p *proc) overdue(t *task) {
	check := t.slotEnd().Add(30 * time.Minute).Truncate(15 * time.Minute).Add(15 * time.Minute)
	for round := 0; round < 4; round++ {
		p.until(check.Add(p.rng.between(0, 3*time.Second)))
		if t.status != scheduled {
			return
		}
		p.sendOverdue(t)
		if p.rng.chance(0.8) {
			wait := p.rng.pause(14*time.Minute, 1.2)
			p.sleep(wait)
			if t.status != scheduled {
				return
			}
			if p.answerOverdue(t) {
				return
			}
		}
		check = p.workingHour(p.now.Add(20 * time.Hour))
	}
	p.info("stale_task_flagged", "task_id", t.id, "nudge_count", t.nudge)
	p.notify("stale_task", "tasks", 2)
	p.cancel(t)
}

func (p *proc) sendOverdue(t *task) {
	text, byModel := "Overdue: "+t.title, false
	if c := p.ask(call{taskType: "generate_nudge", taskID: t.id, user: t.user}); c.err == nil {
		byModel, text = true, "\""+t.title+"\" was planned for earlier. Done, move it, or drop it?"
	} else {
		p.exception("nudge_llm_failed", c.err, "task_id", t.id)
		p.fallback("overdue_nudge", c.err, "template")
	}
	sent := !p.blackout() && !p.discord.on(p.now)
	if t.thread == "" {
		t.thread = p.rng.snowflake(p.now)
		p.info("overdue_thread_created", "task_id", t.id, "thread_id", t.thread)
		p.insert("overdue_thread_map", t.thread, t.id, aware(p.now))
	} else if !sent {
		p.warn("send_to_thread_unavailable", "thread_id", t.thread)
	}
	p.nudge(t, "overdue", text, byModel)
	p.info("overdue_nudge_dispatched", "task_id", t.id, "title", t.title, "overdue_at", aware(t.slotEnd()), "sent_immediately", sent, "llm_generated", byModel)
	p.rememberThread(t, "assistant", text)
	if p.rng.chance(0.25) {
		p.spawn(p.now, durable, func(p *proc) { p.climb(t) })
	}
}

func (p *proc) rememberThread(t *task, role, text string) {
	p.memoryTurnID++
	p.insert("thread_memory", p.memoryTurnID, t.thread, "overdue", t.id, role, text, aware(p.now))
}

// answerOverdue is the user's answer, by button or by text, and reports whether the matter is settled for now.
func (p *proc) answerOverdue(t *task) bool {
	choice := []string{"done", "reschedule", "snooze", "cancel"}[p.rng.weighted(0.42, 0.34, 0.16, 0.08)]
	if p.rng.chance(0.4) {
		switch choice {
		case "done":
			p.transition(t, done)
			p.info("overdue_done_via_button", "task_id", t.id)
			return true
		case "snooze":
			p.info("overdue_snoozed", "task_id", t.id, "minutes", 30)
			p.sleep(30 * time.Minute)
			return false
		case "cancel":
			p.cancel(t)
			p.info("overdue_cancelled_via_button", "task_id", t.id)
			return true
		}
	}
	text := pick(p.rng, replies[choice])
	p.info("overdue_reply_received", "task_id", t.id, "reply", text)
	p.rememberThread(t, "user", text)
	path := "fast"
	if p.rng.chance(0.6) {
		path = "llm"
		c := p.ask(call{taskType: "reply_intent", taskID: t.id, user: t.user})
		if c.err != nil {
			p.exception("llm_classifier_failed", c.err, "task_id", t.id)
			p.info("overdue_reply_unrecognised", "task_id", t.id)
			return false
		}
		p.info("llm_classify_complete", "task_id", t.id, "actions", 1, "latency_ms", c.latencyMS)
		p.plan(t, choice)
	}
	switch choice {
	case "done":
		p.transition(t, inProgress)
		p.transition(t, done)
		p.completedAware(t)
		p.info("overdue_task_marked_done", "task_id", t.id)
	case "reschedule":
		p.reschedule(t, p.rng.between(4*time.Hour, 50*time.Hour))
		p.info(pick(p.rng, []string{"overdue_task_rescheduled", "overdue_task_rescheduled", "overdue_task_rescheduled_fallback"}), "task_id", t.id, "new_start", aware(t.slot))
	case "snooze":
		p.info("overdue_reply_busy", "task_id", t.id)
	case "cancel":
		p.cancel(t)
	}
	p.info("overdue_reply_handled", "task_id", t.id, "path", path, "action", choice)
	return choice != "snooze"
}

// plan keeps what the classifier understood until it is confirmed, and notes what nobody can do yet.
func (p *proc) plan(t *task, action string) {
	at := p.tick()
	p.insert("pending_action_plan", p.rng.uuid7(at), t.thread, t.id, `[`+object("action", action, "task_id", t.id)+`]`,
		[]string{"confirmed", "rejected", "expired"}[p.rng.weighted(0.85, 0.1, 0.05)], aware(at), aware(at.Add(time.Hour)))
	if !p.rng.chance(0.05) {
		return
	}
	if p.capabilityGap == "" {
		p.capabilityGap = p.rng.uuid7(at)
		p.insert("capability_gap", p.capabilityGap, owner, "pay an invoice from a reply", "logged", 1, aware(at), aware(at))
		p.info("capability_gap_logged", "gap_id", p.capabilityGap)
		return
	}
	p.exec(`UPDATE capability_gap SET hit_count = hit_count + 1, last_seen_at = ? WHERE id = ?`, aware(at), p.capabilityGap)
	p.info("capability_gap_deduped", "gap_id", p.capabilityGap)
}

// climb is the escalation of an unanswered nudge over the tiers Discord, SMS, mail and telephone.
func (p *proc) climb(t *task) {
	created := p.tick()
	id, tier := p.rng.uuid7(created), 1
	p.insert("escalation_state", id, t.user, t.id, t.title, tier, "pending", aware(created.Add(30*time.Minute)), aware(created), aware(created))
	p.info("escalation_started", "task_id", t.id, "tier", tier, "next_escalation_at", aware(created.Add(30*time.Minute)))
	settle := func(status string) {
		p.exec(`UPDATE escalation_state SET status = ?, next_escalation_at = NULL, updated_at = ? WHERE id = ?`, status, aware(p.tick()), id)
	}
	for _, wait := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		answer := p.rng.pause(22*time.Minute, 0.9)
		if answer < wait {
			p.sleep(answer)
			if p.rng.chance(0.15) {
				p.info("escalation_backed_off", "task_id", t.id, "tier", tier)
				settle("backed_off")
				return
			}
			p.info("escalation_acknowledged", "task_id", t.id, "tier", tier)
			settle("acknowledged")
			return
		}
		p.sleep(wait)
		if !t.open() {
			settle("completed")
			return
		}
		p.info("escalation_advanced", "task_id", t.id, "from_tier", tier, "to_tier", tier+1)
		tier++
		next := p.now.Add(time.Hour)
		p.exec(`UPDATE escalation_state SET current_tier = ?, next_escalation_at = ?, updated_at = ? WHERE id = ?`, tier, aware(next), aware(p.now), id)
		switch tier {
		case 2:
			p.sms()
		case 3:
			p.mail(t.title)
		case 4:
			p.info("twilio_voice_call_placed", "to", "+1555010****", "sid", "CA"+p.rng.hex(32))
		}
	}
	p.info("escalation_max_tier_reached", "task_id", t.id, "tier", tier)
	settle("completed")
}
