package demo

import "time"

// notification is one that waits for the end of the silent hours.
type notification struct{ kind, channel string }

func (l *life) startNotifications() {
	l.daily(l.zone, 6, 0, (*proc).flushQueue)
	l.daily(l.zone, 7, 30, (*proc).morningDigest)
	l.daily(l.zone, 14, 0, (*proc).afternoonCheck)
	l.daily(l.zone, 17, 30, (*proc).endOfDayDigest)
	l.daily(l.zone, 20, 0, func(p *proc) {
		p.info("evening_checkin_sent", "date", p.now.In(p.zone).Format(time.DateOnly))
		p.notify("evening_checkin", "tasks", 3)
	})
	l.daily(l.zone, 18, 0, func(p *proc) {
		if p.now.In(p.zone).Weekday() == time.Sunday {
			p.weeklyDigest()
			p.weeklyPlan()
		}
	})
	l.every(durable, 5*time.Minute, time.Second, (*proc).syncCalendar)
	l.arrivals(durable, l.scale(5), (*proc).meetingEnd)
}

// notify sends a message to a Discord channel role, or queues it in the silent hours, and reports whether it went out at once.
func (p *proc) notify(kind, channel string, priority int) bool {
	switch {
	case p.blackout():
		p.info("notification_queued_blackout", "notification_type", kind, "channel", channel)
		p.queued = append(p.queued, notification{kind, channel})
		return false
	case p.quiet() && priority < 5:
		p.info("notification_queued_quiet_hours", "notification_type", kind, "channel", channel)
		p.queued = append(p.queued, notification{kind, channel})
		return false
	case p.discord.on(p.now) && p.rng.chance(0.6):
		p.exception("notification_send_failed", discordError("send", 214), "notification_type", kind, "channel", channel)
		return false
	case p.discord.on(p.now): // the bot only warns, and the service believes it sent
		p.warn("send_message_channel_unavailable", "channel", channel)
	}
	p.info("notification_sent", "notification_type", kind, "channel", channel, "priority", priority, "content_hash", p.rng.hex(16))
	if p.rng.chance(0.06) {
		p.info("dm_sent", "notification_type", kind, "discord_id", ownerDiscord, "delivery", "dm")
	}
	return true
}

// flushQueue replays what the night held back, without priority and hash.
func (p *proc) flushQueue() {
	for _, n := range p.queued {
		if p.rng.chance(0.1) {
			p.info("dm_sent_from_queue", "notification_type", n.kind, "discord_id", ownerDiscord, "delivery", "dm")
			continue
		}
		p.info("notification_sent", "notification_type", n.kind, "channel", n.channel)
	}
	p.info("notification_queue_flushed", "count", len(p.queued))
	p.queued = nil
}

func (p *proc) sms() {
	switch {
	case p.blackout():
		p.info("sms_blocked_blackout", "to", "+1555010****")
	case p.quiet():
		p.info("sms_blocked_quiet_hours", "to", "+1555010****")
	case p.rng.chance(0.06):
		p.warn("sms_rate_limit_reached", "sent_today", 10, "limit", 10)
	case p.rng.chance(0.05):
		p.exception("sms_send_failed", &pyError{class: "twilio.base.exceptions.TwilioRestException", message: "HTTP 503 error: Unable to create record: Service unavailable",
			frames: []pyFrame{appFrame("integrations/twilio_sms.py", 131, "send", "message = self._client.messages.create(")}}, "to", "+1555010****")
	default:
		p.info("sms_sent", "to", "+1555010****", "body_len", p.rng.around(60, 158), "sid", "SM"+p.rng.hex(32), "sent_today", p.rng.around(1, 6))
	}
}

func (p *proc) mail(subject string) {
	switch {
	case p.blackout():
		p.info("email_blocked_blackout", "to", "nick@example.com")
	case p.quiet():
		p.info("email_blocked_quiet_hours", "to", "nick@example.com")
	case p.rng.chance(0.05):
		p.exception("email_draft_failed", valueError("invalid_grant: Token has been expired or revoked.", appFrame("integrations/gmail.py", 204, "create_draft", "creds.refresh(Request())")), "to", "nick@example.com")
	default:
		p.info("email_draft_created", "to", "nick@example.com", "subject", subject)
	}
}

// fallback is the line of every degraded path, whose event_type has no dot and names no taxonomy.
func (p *proc) fallback(component string, err *pyError, instead string) {
	p.warn("fallback_activated", "event_type", "fallback_activated", "component", component, "error", err.Error(), "fallback", instead)
}

func (p *proc) morningDigest() {
	p.info("calendar_list_events", "calendar_id", calendarID, "count", p.rng.around(1, 7), "time_min", aware(p.now), "time_max", aware(p.now.Add(24*time.Hour)))
	c := p.ask(call{taskType: "generate_digest", user: system})
	if c.err != nil {
		p.exception("morning_digest_llm_failed", c.err)
		p.fallback("morning_digest", c.err, "template")
		p.notify("digest", "digest", 3)
		p.info("morning_digest_sent_degraded", "date", p.now.In(p.zone).Format(time.DateOnly))
		return
	}
	p.ask(call{taskType: "format_user_output"})
	p.notify("digest", "digest", 3)
	p.info("morning_digest_sent_llm", "date", p.now.In(p.zone).Format(time.DateOnly))
}

func (p *proc) endOfDayDigest() {
	if c := p.ask(call{taskType: "generate_digest", user: system, weight: 0.7}); c.err != nil {
		p.fallback("eod_digest", c.err, "template")
	}
	p.notify("digest", "digest", 3)
	p.info("eod_digest_sent", "date", p.now.In(p.zone).Format(time.DateOnly))
}

func (p *proc) weeklyDigest() {
	c := p.ask(call{taskType: "generate_weekly_digest", user: system})
	if c.err != nil {
		p.exception("weekly_digest_llm_failed", c.err)
		p.fallback("weekly_digest", c.err, "template")
		p.info("weekly_digest_sent_fallback", "date", p.now.In(p.zone).Format(time.DateOnly))
	} else {
		p.info("weekly_digest_sent_llm", "date", p.now.In(p.zone).Format(time.DateOnly))
	}
	p.notify("digest", "digest", 3)
}

// weeklyPlan recalculates priorities and places what had no slot.
func (p *proc) weeklyPlan() {
	changes := 0
	var waiting []*task
	for _, t := range p.tasks {
		switch {
		case t.status == needsScheduling:
			waiting = append(waiting, t)
		case t.status == scheduled && t.priority < 5 && p.rng.chance(0.2):
			p.info("priority_updated", "task_id", t.id, "old_priority", t.priority, "new_priority", t.priority+1)
			t.priority++
			p.exec(`UPDATE tasks SET priority = ? WHERE id = ?`, t.priority, t.id)
			changes++
		}
	}
	p.info("priority_recalculation_summary", "changes", changes)
	if len(waiting) == 0 {
		p.info("weekly_planner_no_candidates")
		return
	}
	p.info("weekly_plan_proposed", "proposal_id", p.rng.uuid7(p.now), "task_count", len(waiting))
	p.notify("weekly_plan", "tasks", 3)
	for _, t := range waiting {
		p.spawn(p.now.Add(p.rng.between(time.Second, 10*time.Minute)), durable, func(p *proc) {
			if t.status != needsScheduling {
				return
			}
			p.pursue(t)
			p.info("weekly_plan_task_scheduled", "task_id", t.id, "slot_start", aware(t.slot))
		})
	}
}

func (p *proc) afternoonCheck() {
	if p.rng.chance(0.7) {
		p.info("afternoon_inactivity_activity_found", "count", p.rng.around(1, 9))
		return
	}
	p.notify("afternoon_inactivity", "tasks", 2)
	p.info("afternoon_inactivity_nudge_sent")
}

func (p *proc) syncCalendar() {
	p.info("calendar_list_events", "calendar_id", calendarID, "count", p.rng.around(3, 18), "time_min", aware(p.now), "time_max", aware(p.now.Add(14*24*time.Hour)))
	switch {
	case p.rng.chance(0.004):
		p.warn("calendar_sync_aborted_incomplete_read", "event_type", "fallback_activated", "component", "calendar_sync", "reason", "page token expired")
		return
	case p.rng.chance(0.003) && len(p.tasks) > 0:
		p.info("calendar_conflict_detected", "task_id", pick(p.rng, p.tasks).id, "conflicting_event_id", p.rng.hex(26), "user_event_summary", "Lunch with "+pick(p.rng, people))
	}
	p.info("calendar_sync_complete", "live_event_count", p.rng.around(3, 18))
}

// meetingEnd leads to a meeting note, its commitments, and a profile for somebody new.
func (p *proc) meetingEnd() {
	who := pick(p.rng, people)
	id := p.rng.hex(26)
	start := p.now.Add(-time.Hour)
	p.insert("calendar_mirror", id, owner, calendarID, "1:1 "+who, p.external(start), p.external(p.now), 0, nil, `"`+p.rng.hex(16)+`"`, aware(p.now),
		`[{"name": `+quote(who)+`, "email": "guest@example.com"}]`)
	p.info("meeting_end_detected", "event_id", id, "summary", "1:1 "+who)
	p.autowrite("meeting_note", "draft_meeting_note", "Meetings/"+day(p.now)+" "+who+".md")
	p.ask(call{taskType: "extract_commitments"})
	p.info("commitment_log_triggered", "event_id", id)
	if p.rng.chance(0.2) {
		p.info("person_stub_created", "path", "People/"+who+".md")
		p.autowrite("person_profile", "draft_person_profile", "People/"+who+".md")
	}
	p.notify("post_meeting", "tasks", 3)
	p.info("post_meeting_capture_prompted", "event_id", id)
}
