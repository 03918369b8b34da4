package contracttest

import (
	"sort"
	"strings"
	"time"
)

var (
	sentEvents    = []string{"notification_sent", "dm_sent", "dm_sent_from_queue", "sms_sent", "email_draft_created", "overdue_thread_created", "twilio_voice_call_placed"}
	failedEvents  = []string{"notification_send_failed", "dm_send_failed", "dm_send_from_queue_failed", "sms_send_failed", "email_draft_failed", "notification_flush_failed", "fallback_alert_send_failed"}
	droppedEvents = []string{"send_message_channel_unavailable", "send_embed_channel_unavailable", "send_message_with_view_channel_unavailable", "send_to_thread_unavailable", "sms_rate_limit_reached", "sms_dispatch_skipped_no_client", "email_dispatch_skipped_no_client"}
	blockedEvents = []string{"notification_queued_blackout", "notification_queued_quiet_hours", "dm_queued_blackout", "dm_queued_quiet_hours", "sms_blocked_blackout", "sms_blocked_quiet_hours", "email_blocked_blackout", "email_blocked_quiet_hours"}
	answerButtons = []string{"overdue_done_via_button", "overdue_snoozed", "overdue_cancelled_via_button", "task_done_via_button"}
)

// kindOf is a notification's type.
func (e *entry) kindOf() string {
	if s, ok := e.fields["notification_type"].(string); ok {
		return s
	}
	return e.named("type")
}

// notifications computes the notifications branch.
func (a *auditor) notifications() object {
	byType := func(lines []*entry) groups {
		g := groups{}
		for _, e := range lines {
			increase(g, e.kindOf())
		}
		return g
	}
	plainCount := func(lines []*entry) any { return object{"total": int64(len(lines)), "by_type": byType(lines)} }
	out := object{
		"sent": a.logWindows(func(e *entry) bool { return e.is(sentEvents, "notification.sent") }, func(lines []*entry) any {
			channels := groups{}
			for _, e := range lines {
				increase(channels, e.named("channel"))
			}
			return object{"total": int64(len(lines)), "by_channel": channels, "by_type": byType(lines)}
		}),
		"failed":  a.logWindows(func(e *entry) bool { return e.is(append(failedEvents[:7:7], droppedEvents...), "notification.failed") }, plainCount),
		"blocked": a.logWindows(func(e *entry) bool { return e.is(blockedEvents, "notification.blackout_blocked") }, plainCount),
		"nudges":  nil, "escalation": nil, "response_s": nil, "reply_s": nil,
	}
	if a.db.has("nudge_events") {
		nudges := a.until("nudge_events", "created_at")
		out["nudges"] = a.windows(func(in func(any) bool) any {
			rows := where(nudges, func(r map[string]any) bool { return in(r["created_at"]) })
			return object{"total": int64(len(rows)), "by_channel": a.tallyOf("nudge_events", rows, "channel"), "by_type": a.tallyOf("nudge_events", rows, "nudge_type")}
		})
		if a.haveLogs && a.db.has("nudge_events", "task_id") {
			out["reply_s"] = a.replies(nudges)
		}
	}
	if len(a.db.rows("escalation_state")) > 0 { // a stock Donna never writes one
		rows := a.until("escalation_state", "created_at")
		out["escalation"] = object{"by_status": a.tallyOf("escalation_state", rows, "status"), "by_tier": a.tallyOf("escalation_state", rows, "current_tier")}
		if a.db.has("escalation_state", "status", "updated_at") {
			out["response_s"] = a.windows(func(in func(any) bool) any {
				var seconds []float64
				for _, r := range rows {
					if d, ok := gap(r, "created_at", "updated_at"); ok && r["status"] == "acknowledged" && in(r["updated_at"]) {
						seconds = append(seconds, d.Seconds())
					}
				}
				return secondsFigure(seconds)
			})
		}
	}
	return out
}

func secondsFigure(seconds []float64) any {
	return object{"n": int64(len(seconds)), "p50": rank(seconds, 50), "p95": rank(seconds, 95)}
}

// replies computes reply_s: for each nudge the first answer before the task's next.
func (a *auditor) replies(nudges []map[string]any) any {
	sentTo := map[string][]time.Time{}
	for _, r := range nudges {
		id, ok := r["task_id"].(string)
		if t, timed := instant(r["created_at"]); ok && timed {
			sentTo[id] = append(sentTo[id], t)
		}
	}
	answers := map[string][]time.Time{}
	for i := range a.lines {
		e := &a.lines[i]
		answer := strings.HasPrefix(e.event, "overdue_reply_") || e.is(answerButtons, "notification.acknowledged")
		if answer && e.known && !e.at.After(a.now) {
			answers[e.text("task_id")] = append(answers[e.text("task_id")], e.at)
		}
	}
	type reply struct {
		at   time.Time
		took time.Duration
	}
	var replies []reply
	for id, times := range sentTo {
		sort.Slice(times, func(i, j int) bool { return times[i].Before(times[j]) })
		for i, sent := range times {
			var first time.Time
			for _, at := range answers[id] {
				beforeNext := i+1 == len(times) || at.Before(times[i+1])
				if !at.Before(sent) && beforeNext && (first.IsZero() || at.Before(first)) {
					first = at
				}
			}
			if !first.IsZero() {
				replies = append(replies, reply{first, first.Sub(sent)})
			}
		}
	}
	out := object{}
	for _, w := range allWindows {
		var seconds []float64
		for _, r := range replies {
			if !r.at.Before(windowStart(w, a.now)) {
				seconds = append(seconds, r.took.Seconds())
			}
		}
		out[w] = secondsFigure(seconds)
	}
	return out
}
