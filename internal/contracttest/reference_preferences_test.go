package contracttest

import (
	"fmt"
	"time"
)

func week(t time.Time) string {
	year, n := t.UTC().ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, n)
}

// preferences computes the preferences branch.
func (a *auditor) preferences() object {
	out := object{"corrections": nil, "corrections_per_week": nil, "by_field": nil, "rules": nil, "rules_per_week": nil, "survival_30d": nil}
	if a.db.has("correction_log") {
		rows := a.until("correction_log", "timestamp")
		out["corrections"] = a.windows(func(in func(any) bool) any {
			return int64(len(where(rows, func(r map[string]any) bool { return in(r["timestamp"]) })))
		})
		out["by_field"] = a.tallyOf("correction_log", rows, "field_corrected")
		counts := groups{}
		for _, r := range rows {
			if t, ok := instant(r["timestamp"]); ok {
				increase(counts, week(t))
			}
		}
		must := object{}
		for n := range 12 {
			w := week(a.now.AddDate(0, 0, -7*n))
			must[w] = int64(0)
			if counts[w] != nil {
				must[w] = counts[w]
			}
		}
		out["corrections_per_week"] = atLeast{must, counts}
	}
	const rules = "learned_preferences"
	if len(a.db.rows(rules)) == 0 { // a stock Donna never writes one
		return out
	}
	rows := a.until(rules, "created_at")
	hasEnabled, hasDisabled := a.db.has(rules, "enabled"), a.db.has(rules, "disabled_at")
	figure := object{"extracted": int64(len(rows)), "enabled": nil, "disabled": nil}
	if hasEnabled {
		figure["enabled"] = int64(len(where(rows, func(r map[string]any) bool { return flag(r["enabled"]) })))
		figure["disabled"] = int64(len(where(rows, func(r map[string]any) bool { return r["enabled"] == int64(0) })))
	}
	out["rules"] = figure
	extracted, disabled := groups{}, groups{}
	var old, active int64
	for _, r := range rows {
		created, ok := instant(r["created_at"])
		if ok {
			increase(extracted, week(created))
		}
		end, wasDisabled := instant(r["disabled_at"])
		if wasDisabled && !end.After(a.now) {
			increase(disabled, week(end))
		}
		if ok && !created.After(a.now.Add(-30*day)) {
			old++
			if !wasDisabled || end.Sub(created) > 30*day {
				active++
			}
		}
	}
	// The contract doesn't say how far back: as far as the corrections at least.
	must, may := object{}, object{}
	both := func(w string) object {
		o := object{"extracted": int64(0), "disabled": any(nil)}
		if hasDisabled {
			o["disabled"] = int64(0)
		}
		if extracted[w] != nil {
			o["extracted"] = extracted[w]
		}
		if disabled[w] != nil && hasDisabled {
			o["disabled"] = disabled[w]
		}
		return o
	}
	for n := range 12 {
		if w := week(a.now.AddDate(0, 0, -7*n)); extracted[w] != nil || disabled[w] != nil {
			must[w] = both(w)
		}
	}
	for _, g := range []groups{extracted, disabled} {
		for w := range g {
			may[w] = both(w)
		}
	}
	out["rules_per_week"] = atLeast{must, may}
	if hasDisabled {
		pct := any(nil)
		if old > 0 {
			pct = exact(float64(active) / float64(old) * 100)
		}
		out["survival_30d"] = object{"rules": old, "active": active, "pct": pct}
	}
	return out
}
