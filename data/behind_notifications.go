package data

import "time"

var nudgeColumns = []string{"created_at", "nudge_type", "channel", "task_id", "id"}

func (n *Nudge) row() Record {
	return Record{ID: n.TaskID, Name: n.Type, At: n.CreatedAt, Values: []any{timeValue(n.CreatedAt), n.Type, n.Channel, textValue(n.TaskID), textValue(n.ID)}}
}

// BehindNudges is the nudges of a window, by channel and type; nil asks for any.
func BehindNudges(w Window, channel, kind *string) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		return chosen("nudge", nudgeColumns, s.nudges(),
			func(n *Nudge) bool { return w.within(n.CreatedAt) && is(channel, n.Channel) && is(kind, n.Type) }, (*Nudge).row)
	})
}

func (s *Snapshot) nudges() []Nudge {
	if t := s.tables(); t != nil {
		return t.Nudges
	}
	return nil
}

// BehindReplies is the nudges answered in a window, the slowest answer first.
func BehindReplies(w Window) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		replies := repliesTo(s, s.nudges())
		return chosen("answered nudge", []string{"answered_after_s", "answered_at", "created_at", "task_id"}, replies,
			func(r *reply) bool { return w.within(time.Unix(0, r.at)) },
			func(r *reply) Record {
				at := time.Unix(0, r.at).UTC()
				return Record{ID: r.task, Name: r.task, At: at, Values: []any{r.after.Seconds(), at, at.Add(-r.after), textValue(r.task)}}
			}).ranked("answered_after_s")
	})
}

var stateColumns = []string{"created_at", "status", "current_tier", "updated_at", "task_title", "task_id", "id"}

func (e *EscalationState) row() Record {
	return Record{ID: e.TaskID, Name: e.TaskTitle, At: e.CreatedAt, Values: []any{
		timeValue(e.CreatedAt), e.Status, e.Tier, timeValue(e.UpdatedAt), textValue(e.TaskTitle), textValue(e.TaskID), textValue(e.ID),
	}}
}

func (s *Snapshot) escalationStates() []EscalationState {
	if t := s.tables(); t != nil {
		return t.EscalationStates
	}
	return nil
}

// BehindTiers is the escalations through Donna's channels, by status and tier;
// nil asks for any.
func BehindTiers(now time.Time, status, tier *string) Behind {
	return behindTable(Window{To: now}, func(s *Snapshot) RecordSet {
		return chosen("escalation", stateColumns, s.escalationStates(),
			func(e *EscalationState) bool {
				return !e.CreatedAt.After(now) && is(status, e.Status) && is(tier, e.Tier)
			}, (*EscalationState).row)
	})
}

// BehindAcknowledged is those of them that somebody answered in a window, the
// slowest answer first.
func BehindAcknowledged(w Window) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		return chosen("escalation", append([]string{"answered_after_s"}, stateColumns...), s.escalationStates(),
			func(e *EscalationState) bool {
				return e.Status == acknowledged && w.within(e.UpdatedAt) && !e.CreatedAt.IsZero()
			},
			func(e *EscalationState) Record {
				r := e.row()
				r.Values = append([]any{e.UpdatedAt.Sub(e.CreatedAt).Seconds()}, r.Values...)
				return r
			}).ranked("answered_after_s")
	})
}
