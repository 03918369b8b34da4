package contracttest

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"
)

// The kinds of figures in a reference. A plain int64 must be met exactly.
type (
	usd     float64 // money: to 1e-6
	ratio   float64 // means and percentages: to 1e-6
	sampled int64   // a percentile: within 0.8 % of it
	// groups is a map by task type, model or class: keys whose figures are all 0
	// may be missing.
	groups map[string]any
	object = map[string]any
)

var (
	allWindows     = []string{"1h", "24h", "today", "7d", "month", "30d"}
	latencyWindows = []string{"1h", "24h", "today", "7d", "30d"}
	shadowWindows  = []string{"7d", "30d"}
)

const day = 24 * time.Hour

func midnight(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func monthStart(t time.Time) time.Time {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

func nextMonth(t time.Time) time.Time { return monthStart(t).AddDate(0, 1, 0) }

func windowStart(name string, now time.Time) time.Time {
	switch name {
	case "1h":
		return now.Add(-time.Hour)
	case "24h":
		return now.Add(-day)
	case "today":
		return midnight(now)
	case "7d":
		return now.Add(-7 * day)
	case "month":
		return monthStart(now)
	case "30d":
		return now.Add(-30 * day)
	}
	panic("no window " + name)
}

// invocation is a row of invocation_log; a nil pointer is a value that is NULL
// or no number.
type invocation struct {
	at                            time.Time
	taskType, model               string
	latency, tokensIn, tokensOut  *int64
	cost                          *float64
	shadow, interrupted, overflow bool
}

func (r *invocation) class() string {
	switch {
	case r.taskType == "escalation_lifecycle" || r.taskType == "tool_gap_lifecycle":
		return "audit"
	case strings.HasPrefix(r.taskType, "embed_"):
		return "embedding"
	case r.shadow:
		return "shadow"
	}
	return "llm"
}

// extension is a row of daily_budget_extension.
type extension struct {
	date    string
	amount  float64
	granted time.Time // zero if unreadable
	voided  bool
}

// database is what the reference knows of a file: all rows that have a time, and
// which columns and tables there are.
type database struct {
	rows          []invocation
	columns       map[string]bool
	extensions    []extension
	hasExtensions bool
	stored        []map[string]any // every row, as and in the order it was written
}

// budgets are the caps of Donna's configuration.
type budgets struct{ daily, monthly float64 }

// between keeps the rows of a closed stretch of time.
func (d *database) between(from, to time.Time) []invocation {
	var out []invocation
	for _, r := range d.rows {
		if !r.at.Before(from) && !r.at.After(to) {
			out = append(out, r)
		}
	}
	return out
}

// untilNow keeps the rows of [from, to) that are not after now.
func (d *database) untilNow(from, to, now time.Time) []invocation {
	var out []invocation
	for _, r := range d.rows {
		if !r.at.Before(from) && r.at.Before(to) && !r.at.After(now) {
			out = append(out, r)
		}
	}
	return out
}

func ofClass(rows []invocation, class string) []invocation {
	var out []invocation
	for _, r := range rows {
		if r.class() == class {
			out = append(out, r)
		}
	}
	return out
}

func byTaskType(r *invocation) string { return r.taskType }
func byModel(r *invocation) string    { return r.model }

// split sorts rows into groups.
func split(rows []invocation, key func(*invocation) string) map[string][]invocation {
	out := map[string][]invocation{}
	for i := range rows {
		k := key(&rows[i])
		out[k] = append(out[k], rows[i])
	}
	return out
}

// perGroup computes a figure of every group of rows.
func perGroup(rows []invocation, key func(*invocation) string, figure func([]invocation) any) any {
	out := groups{}
	for k, members := range split(rows, key) {
		out[k] = figure(members)
	}
	return out
}

func count(rows []invocation) any { return int64(len(rows)) }

func sumCost(rows []invocation) float64 {
	total := 0.0
	for _, r := range rows {
		if r.cost != nil {
			total += *r.cost
		}
	}
	return total
}

// cost is money, or nil in a file without the column.
func (d *database) cost(rows []invocation) any {
	if !d.columns["cost_usd"] {
		return nil
	}
	return usd(sumCost(rows))
}

func (d *database) costOf(rows []invocation) any { return d.cost(rows) }

// models is a map by model, or nil in a file without the column.
func (d *database) models(rows []invocation, figure func([]invocation) any) any {
	if !d.columns["model_actual"] {
		return nil
	}
	return perGroup(rows, byModel, figure)
}

// flagged counts the rows with a flag, or is nil in a file without its column.
func (d *database) flagged(rows []invocation, column string, flag func(*invocation) bool) any {
	if !d.columns[column] {
		return nil
	}
	n := int64(0)
	for i := range rows {
		if flag(&rows[i]) {
			n++
		}
	}
	return n
}

func interrupted(r *invocation) bool { return r.interrupted }
func overflowed(r *invocation) bool  { return r.overflow }

func (d *database) tokens(rows []invocation) object {
	out := object{"in": nil, "out": nil}
	var in, outSum int64
	for _, r := range rows {
		if r.tokensIn != nil {
			in += *r.tokensIn
		}
		if r.tokensOut != nil {
			outSum += *r.tokensOut
		}
	}
	if d.columns["tokens_in"] {
		out["in"] = in
	}
	if d.columns["tokens_out"] {
		out["out"] = outSum
	}
	return out
}

func (d *database) tokensOf(rows []invocation) any { return d.tokens(rows) }

// latencies are the readable latencies, in order of size.
func latencies(rows []invocation) []int64 {
	var out []int64
	for _, r := range rows {
		if r.latency != nil {
			out = append(out, *r.latency)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// nearestRank is the smallest value that pct % of all values don't exceed.
func nearestRank(sorted []int64, pct int) any {
	if len(sorted) == 0 {
		return nil
	}
	rank := (pct*len(sorted) + 99) / 100
	return sampled(sorted[max(rank, 1)-1])
}

func (d *database) latency(rows []invocation) any {
	if !d.columns["latency_ms"] {
		return nil
	}
	sorted := latencies(rows)
	out := object{
		"n": int64(len(sorted)), "max": nil,
		"p50": nearestRank(sorted, 50), "p95": nearestRank(sorted, 95), "p99": nearestRank(sorted, 99),
	}
	if len(sorted) > 0 {
		out["max"] = sorted[len(sorted)-1]
	}
	return out
}

// percent is nil of nothing.
func percent(part any, of int) any {
	n, ok := part.(int64)
	if !ok || of == 0 {
		return nil
	}
	return ratio(float64(n) / float64(of) * 100)
}

func (d *database) failures(calls []invocation) object {
	i := d.flagged(calls, "interrupted", interrupted)
	o := d.flagged(calls, "overflow_escalated", overflowed)
	return object{
		"calls": count(calls), "interrupted": i, "overflow": o,
		"interrupted_pct": percent(i, len(calls)), "overflow_pct": percent(o, len(calls)),
	}
}

func (d *database) shadowSide(rows []invocation) object {
	sorted := []int64(nil)
	if d.columns["latency_ms"] {
		sorted = latencies(rows)
	}
	out := object{
		"calls": count(rows), "p50": nearestRank(sorted, 50), "p95": nearestRank(sorted, 95),
		"cost_usd": d.cost(rows), "mean_cost_usd": nil,
	}
	if d.columns["cost_usd"] && len(rows) > 0 {
		out["mean_cost_usd"] = ratio(sumCost(rows) / float64(len(rows)))
	}
	return out
}

// shadowTypes compares every task type that has shadow rows with its calls.
func (d *database) shadowTypes(rows []invocation) any {
	const suffix = "::__shadow__"
	out := object{}
	base := func(r *invocation) string { return strings.TrimSuffix(r.taskType, suffix) }
	calls := split(ofClass(rows, "llm"), byTaskType)
	for t, members := range split(ofClass(rows, "shadow"), base) {
		out[t] = object{"primary": d.shadowSide(calls[t]), "shadow": d.shadowSide(members)}
	}
	return out
}

func (d *database) bucket(start time.Time, rows []invocation) object {
	calls := ofClass(rows, "llm")
	return object{
		"start": start, "calls": count(calls), "cost_usd": d.cost(rows),
		"by_task_type": perGroup(calls, byTaskType, count), "by_model": d.models(calls, count),
	}
}

// reference computes the llm branch of CONTRACT.md. A nil database or nil lines
// are sources that are not there.
func reference(d *database, lines []logLine, haveLogs bool, caps budgets, now time.Time) object {
	now = now.UTC()
	out := object{
		"calls": nil, "calls_by_class": nil, "calls_by_task_type": nil, "calls_by_model": nil,
		"per_hour": nil, "per_day": nil, "tokens": nil,
		"spend_usd": nil, "spend_by_task_type": nil, "spend_by_model": nil,
		"burn_rate": nil, "projected_month_usd": nil,
		"latency_ms": nil, "latency_all_ms": nil, "failures": nil, "shadow": nil, "heat": nil, "recent": nil,
		"budget": referenceBudget(d, caps, now),
		"events": referenceEvents(lines, haveLogs, now),
	}
	if d == nil {
		return out
	}
	type figure = func(rows, calls []invocation) any
	over := func(windows []string, f figure) object {
		m := object{}
		for _, w := range windows {
			rows := d.between(windowStart(w, now), now)
			m[w] = f(rows, ofClass(rows, "llm"))
		}
		return m
	}
	out["calls"] = over(allWindows, func(_, calls []invocation) any { return count(calls) })
	out["calls_by_class"] = over(allWindows, func(rows, calls []invocation) any {
		classes := object{"llm": count(calls), "shadow": nil, "embedding": count(ofClass(rows, "embedding")), "audit": count(ofClass(rows, "audit"))}
		if d.columns["is_shadow"] {
			classes["shadow"] = count(ofClass(rows, "shadow"))
		}
		return classes
	})
	out["calls_by_task_type"] = over(allWindows, func(_, calls []invocation) any { return perGroup(calls, byTaskType, count) })
	if d.columns["model_actual"] {
		out["calls_by_model"] = over(allWindows, func(_, calls []invocation) any { return d.models(calls, count) })
	}
	if d.columns["tokens_in"] || d.columns["tokens_out"] {
		out["tokens"] = over(allWindows, func(rows, _ []invocation) any {
			var counted []invocation
			for _, r := range rows {
				if r.class() != "audit" {
					counted = append(counted, r)
				}
			}
			t := d.tokens(counted)
			t["by_task_type"] = perGroup(counted, byTaskType, d.tokensOf)
			t["by_model"] = d.models(counted, d.tokensOf)
			return t
		})
	}
	if d.columns["cost_usd"] {
		out["spend_usd"] = over(allWindows, func(rows, _ []invocation) any { return d.cost(rows) })
		out["spend_by_task_type"] = over(allWindows, func(rows, _ []invocation) any { return perGroup(rows, byTaskType, d.costOf) })
		if d.columns["model_actual"] {
			out["spend_by_model"] = over(allWindows, func(rows, _ []invocation) any { return d.models(rows, d.costOf) })
		}
		referenceRates(d, now, out)
	}
	if d.columns["latency_ms"] {
		out["latency_all_ms"] = over(latencyWindows, func(_, calls []invocation) any { return d.latency(calls) })
		out["latency_ms"] = over(latencyWindows, func(_, calls []invocation) any { return perGroup(calls, byTaskType, d.latency) })
	}
	out["failures"] = over(allWindows, func(_, calls []invocation) any { return d.failures(calls) })
	if d.columns["is_shadow"] {
		out["shadow"] = over(shadowWindows, func(rows, _ []invocation) any { return d.shadowTypes(rows) })
	}
	out["per_hour"], out["per_day"] = referenceSeries(d, now)
	out["heat"] = referenceHeat(d, now)
	out["recent"] = referenceRecent(d, now)
	return out
}

// referenceRecent is the rows written last, up to 200 that are not of the future;
// one whose time can't be read is of none, and the years that can be are 1678 to 2261.
func referenceRecent(d *database, now time.Time) []any {
	out := []any{}
	for i := len(d.stored) - 1; i >= 0 && len(out) < 200; i-- {
		r := d.stored[i]
		at, timed := instant(r["timestamp"])
		timed = timed && at.Year() >= 1678 && at.Year() <= 2261
		if timed && at.After(now) {
			continue
		}
		class := invocation{taskType: text(r["task_type"]), shadow: flag(r["is_shadow"])}
		o := object{
			"id": printed(r["id"]), "timestamp": nil, "task_type": printed(text(r["task_type"])), "class": class.class(),
			"interrupted": nil, "overflow_escalated": nil,
		}
		if timed {
			o["timestamp"] = at
		}
		for _, c := range []string{"task_id", "model_alias", "model_actual", "user_id"} {
			o[c] = printed(r[c])
		}
		for _, c := range []string{"latency_ms", "tokens_in", "tokens_out", "escalation_request_id"} {
			o[c] = nil
			if n := integer(r[c]); n != nil {
				o[c] = *n
			}
		}
		o["cost_usd"] = nil
		if n := number(r["cost_usd"]); n != nil {
			o["cost_usd"] = exact(*n)
		}
		for _, c := range []string{"interrupted", "overflow_escalated"} {
			if d.columns[c] {
				o[c] = flag(r[c])
			}
		}
		out = append(out, o)
	}
	return out
}

// printed is a value as text, as JSON can hold it; nil for NULL.
func printed(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		return string([]rune(string(v)))
	default:
		return string([]rune(fmt.Sprint(v)))
	}
}

func referenceSeries(d *database, now time.Time) (perHour, perDay []any) {
	thisHour := midnight(now).Add(time.Duration(now.Hour()) * time.Hour)
	for h := 23; h >= 0; h-- {
		start := thisHour.Add(-time.Duration(h) * time.Hour)
		perHour = append(perHour, d.bucket(start, d.untilNow(start, start.Add(time.Hour), now)))
	}
	for n := 29; n >= 0; n-- {
		start := midnight(now).Add(-time.Duration(n) * day)
		rows := d.untilNow(start, start.Add(day), now)
		b := d.bucket(start, rows)
		b["interrupted"] = d.flagged(ofClass(rows, "llm"), "interrupted", interrupted)
		perDay = append(perDay, b)
	}
	return perHour, perDay
}

func referenceHeat(d *database, now time.Time) []any {
	month := d.between(now.Add(-30*day), now)
	var heat []any
	for _, weekday := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday} {
		var hours []any
		for hour := range 24 {
			var cell []invocation
			for _, r := range month {
				if r.at.UTC().Weekday() == weekday && r.at.UTC().Hour() == hour {
					cell = append(cell, r)
				}
			}
			hours = append(hours, object{"calls": count(ofClass(cell, "llm")), "cost_usd": d.cost(cell)})
		}
		heat = append(heat, hours)
	}
	return heat
}

func (d *database) spend(from, now time.Time) float64 { return sumCost(d.between(from, now)) }

func referenceRates(d *database, now time.Time, out object) {
	week := d.spend(now.Add(-7*day), now)
	out["burn_rate"] = object{
		"usd_per_hour_24h": usd(d.spend(now.Add(-day), now) / 24),
		"usd_per_day_7d":   usd(week / 7),
	}
	daysInMonth := nextMonth(now).Sub(monthStart(now)).Hours() / 24
	daysLeft := nextMonth(now).Sub(now).Hours() / 24
	out["projected_month_usd"] = object{
		"donna":                      usd(d.spend(midnight(now).Add(-6*day), now) / 7 * daysInMonth),
		"month_to_date_plus_7d_rate": usd(d.spend(monthStart(now), now) + week/7*daysLeft),
	}
}

func referenceBudget(d *database, caps budgets, now time.Time) object {
	out := object{
		"daily_usd": usd(caps.daily), "monthly_usd": usd(caps.monthly),
		"extensions_today_usd": nil, "daily_effective_usd": usd(caps.daily),
		"daily_spent_usd": nil, "monthly_spent_usd": nil, "daily_remaining_usd": nil, "monthly_remaining_usd": nil,
		"daily_used_pct": nil, "monthly_used_pct": nil, "runway_days": nil,
	}
	if d == nil {
		return out
	}
	effective := caps.daily
	if d.hasExtensions {
		extended := 0.0
		for _, e := range d.extensions {
			if e.date == now.Format(time.DateOnly) && !e.voided && !e.granted.After(now) {
				extended += e.amount
			}
		}
		effective += extended
		out["extensions_today_usd"], out["daily_effective_usd"] = usd(extended), usd(effective)
	}
	if !d.columns["cost_usd"] {
		return out
	}
	guarded := func(from time.Time) float64 {
		total := 0.0
		for _, r := range d.between(from, now) {
			if r.class() != "audit" && r.taskType != "external_llm_call" && r.cost != nil {
				total += *r.cost
			}
		}
		return total
	}
	daily, monthly := guarded(midnight(now)), guarded(monthStart(now))
	out["daily_spent_usd"], out["monthly_spent_usd"] = usd(daily), usd(monthly)
	out["daily_remaining_usd"], out["monthly_remaining_usd"] = usd(effective-daily), usd(caps.monthly-monthly)
	if effective > 0 {
		out["daily_used_pct"] = ratio(daily / effective * 100)
	}
	if caps.monthly > 0 {
		out["monthly_used_pct"] = ratio(monthly / caps.monthly * 100)
	}
	if rate := d.spend(now.Add(-7*day), now) / 7; rate != 0 {
		out["runway_days"] = ratio(math.Max(0, (caps.monthly-monthly)/rate))
	}
	return out
}
