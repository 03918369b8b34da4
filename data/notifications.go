package data

// Notifications holds the figures of the Notifications view, key by key those of CONTRACT.md's `notifications`.
type Notifications struct {
	Sent       map[string]*SentCounts  `json:"sent"`
	Failed     map[string]*TypedCounts `json:"failed"`
	Blocked    map[string]*TypedCounts `json:"blocked"`
	Nudges     map[string]*SentCounts  `json:"nudges"`
	Escalation *EscalationTiers        `json:"escalation"`
	ResponseS  map[string]*SecondsStat `json:"response_s"`
	ReplyS     map[string]*SecondsStat `json:"reply_s"`
}

// SentCounts counts messages by channel and type.
type SentCounts struct {
	Total     int64            `json:"total"`
	ByChannel map[string]int64 `json:"by_channel"`
	ByType    map[string]int64 `json:"by_type"`
}

// TypedCounts counts messages by type.
type TypedCounts struct {
	Total  int64            `json:"total"`
	ByType map[string]int64 `json:"by_type"`
}

// EscalationTiers counts the rows of escalation_state.
type EscalationTiers struct {
	ByStatus map[string]int64 `json:"by_status"`
	ByTier   map[string]int64 `json:"by_tier"`
}

// SecondsStat describes N durations in seconds by nearest rank; nil if N is 0.
type SecondsStat struct {
	N   int64    `json:"n"`
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
}

// acknowledged is the status of an escalation somebody answered.
const acknowledged = "acknowledged"

// nudgeFigures computes what the database says of CONTRACT.md's `notifications`.
func nudgeFigures(s *Snapshot) *Notifications {
	f := &Notifications{}
	t := s.tables()
	if t == nil {
		return f
	}
	if t.Nudges != nil && !t.lacks("nudge_events.created_at") {
		f.Nudges = perWindow(s, func(w Window) *SentCounts {
			c := &SentCounts{ByChannel: map[string]int64{}, ByType: map[string]int64{}}
			for i := range t.Nudges {
				if n := &t.Nudges[i]; w.within(n.CreatedAt) {
					c.Total++
					c.ByChannel[n.Channel]++
					c.ByType[n.Type]++
				}
			}
			if t.lacks("nudge_events.channel") {
				c.ByChannel = nil
			}
			if t.lacks("nudge_events.nudge_type") {
				c.ByType = nil
			}
			return c
		})
	}
	if t.EscalationStates == nil {
		return f
	}
	f.Escalation = &EscalationTiers{ByStatus: map[string]int64{}, ByTier: map[string]int64{}}
	for i := range t.EscalationStates {
		if e := &t.EscalationStates[i]; !e.CreatedAt.After(s.At) {
			f.Escalation.ByStatus[e.Status]++
			f.Escalation.ByTier[e.Tier]++
		}
	}
	if t.lacks("escalation_state.status") {
		f.Escalation.ByStatus = nil
	}
	if t.lacks("escalation_state.current_tier") {
		f.Escalation.ByTier = nil
	}
	if t.lacks("escalation_state.status", "escalation_state.created_at", "escalation_state.updated_at") {
		return f
	}
	f.ResponseS = perWindow(s, func(w Window) *SecondsStat {
		var seconds []float64
		for i := range t.EscalationStates {
			if e := &t.EscalationStates[i]; e.Status == acknowledged && w.within(e.UpdatedAt) && !e.CreatedAt.IsZero() {
				seconds = append(seconds, e.UpdatedAt.Sub(e.CreatedAt).Seconds())
			}
		}
		return secondsStat(seconds)
	})
	return f
}

// secondsStat describes durations in seconds; it sorts them.
func secondsStat(seconds []float64) *SecondsStat {
	return &SecondsStat{N: int64(len(seconds)), P50: nearestRank(seconds, 0.5), P95: nearestRank(seconds, 0.95)}
}
