package contracttest

import (
	"slices"
	"sort"
	"time"
)

const escalations = "escalation_request"

// modeOf is the mode, else the resolution.
func modeOf(r map[string]any) string {
	if r["mode"] != nil {
		return text(r["mode"])
	}
	return text(r["resolution"])
}

func specifiedOpen(r map[string]any) bool {
	return slices.Contains([]any{"open", "resolved", "submitted", "failed"}, r["status"])
}

// atRest tells the rows that wait for nobody although they count as open.
func atRest(r map[string]any) bool {
	return r["status"] == "resolved" && slices.Contains([]any{"pause", "cancel", "api_extended"}, r["resolution"])
}

// spans are the classes of time to resolution, each from its own end of the one before.
var spans = []struct {
	name string
	end  time.Duration
}{
	{"<1m", time.Minute}, {"1-5m", 5 * time.Minute}, {"5-15m", 15 * time.Minute}, {"15-30m", 30 * time.Minute},
	{"30-60m", time.Hour}, {"1-4h", 4 * time.Hour}, {"4-24h", day},
}

func spanOf(d time.Duration) string {
	for _, s := range spans {
		if d < s.end {
			return s.name
		}
	}
	return ">=24h"
}

// escalations computes the escalations branch.
func (a *auditor) escalations() object {
	out := object{
		"open": nil, "waiting": nil, "status": nil, "time_to_resolution_7d": nil, "iterations": nil,
		"validation_per_day": nil, "extensions_per_day": nil, "tool_gaps_per_day": nil, "list": nil,
	}
	if a.db.has("invocation_log", "output", "task_type") {
		out["validation_per_day"], out["extensions_per_day"], out["tool_gaps_per_day"] = a.validations(), a.extensions(), a.toolGaps()
	}
	if !a.db.has(escalations) {
		return out
	}
	rows := a.until(escalations, "created_at")
	byMode := func(rows []map[string]any) any {
		if !a.db.has(escalations, "mode", "resolution") {
			return anything{}
		}
		g := groups{}
		for _, r := range rows {
			increase(g, modeOf(r))
		}
		return g
	}
	if a.db.has(escalations, "status") {
		counted := where(rows, specifiedOpen)
		waiting := where(counted, func(r map[string]any) bool { return !atRest(r) })
		out["open"] = object{"total": int64(len(counted)), "by_mode": byMode(counted), "by_resolution": a.tallyOf(escalations, counted, "resolution")}
		out["waiting"] = object{"total": int64(len(waiting)), "by_mode": byMode(waiting)}
		out["status"] = tally(rows, "status")
	}
	if a.db.has(escalations, "resolved_at", "mode", "resolution") {
		out["time_to_resolution_7d"] = a.resolutionTimes(rows)
	}
	if a.db.has(escalations, "mode", "status", "iteration") {
		counts := groups{}
		for _, r := range rows {
			if n := integer(r["iteration"]); n != nil && r["mode"] == "claude_code" && (r["status"] == "validated" || r["status"] == "cancelled") {
				increase(counts, text(min(*n, 3)))
			}
		}
		out["iterations"] = counts
	}
	var list []map[string]any
	for _, r := range rows {
		t, ok := instant(r["created_at"])
		if ok && !t.Before(a.now.Add(-30*day)) || specifiedOpen(r) {
			list = append(list, r)
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, _ := instant(list[i]["created_at"])
		b, _ := instant(list[j]["created_at"])
		return a.After(b)
	})
	var printed []any
	for _, r := range list {
		o := object{"created_at": moment(r["created_at"]), "resolved_at": moment(r["resolved_at"]), "estimate_usd": nil, "id": r["id"], "iteration": r["iteration"]}
		for _, c := range []string{"correlation_id", "status", "mode", "resolution", "task_type"} {
			o[c] = plain(r[c])
		}
		if n := number(r["estimate_usd"]); n != nil {
			o["estimate_usd"] = usd(*n)
		}
		printed = append(printed, o)
	}
	out["list"] = printed
	if len(printed) == 0 {
		out["list"] = []any{}
	}
	if a.untimed { // which are no older and no newer than any
		unordered := bag{}
		for _, o := range printed {
			unordered = append(unordered, o.(object))
		}
		out["list"] = unordered
	}
	return out
}

func (a *auditor) resolutionTimes(rows []map[string]any) any {
	took := map[string][]float64{}
	histograms := map[string]groups{}
	for _, r := range rows {
		resolved, ok := instant(r["resolved_at"])
		d, timed := gap(r, "created_at", "resolved_at")
		if !ok || !timed || resolved.Before(a.now.Add(-7*day)) || resolved.After(a.now) {
			continue
		}
		mode := modeOf(r)
		took[mode] = append(took[mode], d.Seconds())
		if histograms[mode] == nil {
			histograms[mode] = groups{}
		}
		increase(histograms[mode], spanOf(d))
	}
	out := groups{}
	for mode, seconds := range took {
		out[mode] = object{"n": int64(len(seconds)), "p50_s": rank(seconds, 50), "p95_s": rank(seconds, 95), "histogram": histograms[mode]}
	}
	return out
}

// audit is a row of the lifecycle, its payload parsed.
type audit struct {
	at      time.Time
	payload map[string]any
}

func (a *auditor) audits(taskType, event string) (out []audit) {
	for _, r := range a.db.rows("invocation_log") {
		at, ok := instant(r["timestamp"])
		if !ok || at.After(a.now) || r["task_type"] != taskType {
			continue
		}
		if s, isText := r["output"].(string); isText {
			if o := jsonObject(s); o["event"] == event {
				out = append(out, audit{at, o})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at.Before(out[j].at) })
	return out
}

// perDay computes a figure of the rows of each of the 30 days that have any.
func (a *auditor) perDay(rows []audit, figure func([]audit) any) any {
	out := groups{}
	for _, start := range a.days() {
		var in []audit
		for _, r := range rows {
			if a.onDay(r.at, start) {
				in = append(in, r)
			}
		}
		if len(in) > 0 {
			out[start.Format(time.DateOnly)] = figure(in)
		}
	}
	return out
}

func (a *auditor) validations() any {
	rows := append(a.audits("escalation_lifecycle", "escalation_validated"), a.audits("escalation_lifecycle", "escalation_failed")...)
	rows = slices.DeleteFunc(rows, func(r audit) bool { return r.payload["channel"] == "chat" })
	return a.perDay(rows, func(in []audit) any {
		validated := int64(0)
		for _, r := range in {
			if r.payload["event"] == "escalation_validated" {
				validated++
			}
		}
		return object{"validated": validated, "failed": int64(len(in)) - validated, "pass_rate": share(validated, int64(len(in)))}
	})
}

func (a *auditor) extensions() any {
	var firsts []audit
	seen := map[string]bool{}
	for _, r := range a.audits("escalation_lifecycle", "extension_granted") {
		if id := text(r.payload["extension_id"]); !seen[id] {
			seen[id] = true
			firsts = append(firsts, r)
		}
	}
	return a.perDay(firsts, func(in []audit) any {
		amount := 0.0
		for _, r := range in {
			if n := number(r.payload["amount_usd"]); n != nil {
				amount += *n
			}
		}
		return object{"count": int64(len(in)), "amount_usd": usd(amount)}
	})
}

func (a *auditor) toolGaps() any {
	return a.perDay(a.audits("tool_gap_lifecycle", "tool_gap_detected"), func(in []audit) any {
		fresh := int64(0)
		severities, points := groups{}, groups{}
		for _, r := range in {
			if r.payload["is_new"] == true {
				fresh++
			}
			increase(severities, text(r.payload["severity"]))
			increase(points, text(r.payload["detection_point"]))
		}
		return object{"total": int64(len(in)), "new": fresh, "by_severity": severities, "by_detection_point": points}
	})
}
