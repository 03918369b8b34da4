package data

import "time"

// behindCorrections is the corrections that keep chooses.
func behindCorrections(w Window, keep func(c *Correction) bool) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		var all []Correction
		if t := s.tables(); t != nil {
			all = t.Corrections
		}
		return chosen("correction", []string{"timestamp", "field_corrected", "original_value", "corrected_value", "task_type", "task_id", "id"}, all, keep,
			func(c *Correction) Record {
				return Record{ID: c.TaskID, Name: c.Field, At: c.At, Values: []any{
					timeValue(c.At), c.Field, textValue(c.Original), textValue(c.Corrected), textValue(c.Via), textValue(c.TaskID), textValue(c.ID),
				}}
			})
	})
}

// BehindCorrections is the corrections of a window.
func BehindCorrections(w Window) Behind {
	return behindCorrections(w, func(c *Correction) bool { return w.within(c.At) })
}

// BehindField is the corrections of a field up to now.
func BehindField(now time.Time, field string) Behind {
	return behindCorrections(Window{To: now}, func(c *Correction) bool { return c.Field == field && !c.At.After(now) })
}

// BehindCorrectionWeek is the corrections of an ISO week, such as 2026-W28.
func BehindCorrectionWeek(now time.Time, week string) Behind {
	return behindCorrections(Window{To: now}, func(c *Correction) bool {
		return !c.At.IsZero() && !c.At.After(now) && isoWeek(c.At) == week
	})
}

// behindRules is the rules that were learned by now and that keep chooses.
func behindRules(now time.Time, keep func(r *Rule) bool) Behind {
	return behindTable(Window{To: now}, func(s *Snapshot) RecordSet {
		var all []Rule
		if t := s.tables(); t != nil {
			all = t.Rules
		}
		return chosen("rule", []string{"created_at", "rule_text", "rule_type", "enabled", "disabled_at", "confidence", "id"}, all,
			func(r *Rule) bool { return !r.CreatedAt.After(now) && keep(r) },
			func(r *Rule) Record {
				return Record{Name: r.Text, At: r.CreatedAt, Values: []any{
					timeValue(r.CreatedAt), textValue(r.Text), textValue(r.Type), r.Enabled, timeValue(r.DisabledAt), optValue(r.Confidence), textValue(r.ID),
				}}
			})
	})
}

// BehindRules is the rules learned, or those of them that are enabled or not.
func BehindRules(now time.Time, enabled *bool) Behind {
	return behindRules(now, func(r *Rule) bool { return enabled == nil || r.Enabled == *enabled })
}

// BehindRuleWeek is the rules learned, or disabled, in an ISO week.
func BehindRuleWeek(now time.Time, week string, disabled bool) Behind {
	return behindRules(now, func(r *Rule) bool {
		at := r.CreatedAt
		if disabled {
			at = r.DisabledAt
		}
		return !at.IsZero() && !at.After(now) && isoWeek(at) == week
	})
}

// BehindSurvival is the rules old enough to be judged, or those of them that
// outlived their first thirty days.
func BehindSurvival(now time.Time, active bool) Behind {
	return behindRules(now, func(r *Rule) bool { return r.judged(now) && (!active || r.survived()) })
}
