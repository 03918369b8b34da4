package contracttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// traps makes rows of every kind that has ever misled a reader of Donna's
// database (donna-data.md §8), around one instant.
type traps struct {
	rng        *rand.Rand
	now        time.Time
	nullable   bool
	rows       []values
	extensions []values
}

var taskTypes = []string{
	"parse_task", "parse_task_cloud", "classify_priority", "dedup_check", "generate_nudge", "generate_digest",
	"chat_respond", "skill_step::mail_triage::classify", "skill_step__local_parser::mail_triage::draft", "price_watch",
	"external_llm_call",
}

var modelNames = []string{"anthropic/claude-sonnet-4-6", "ollama/qwen2.5:32b-instruct-q4_K_M", "ollama/qwen2.5-vl:7b-instruct-q6_K"}

// invocationTraps are the rows of one database, in a random order: rowid is not time.
func invocationTraps(seed uint64, now time.Time, nullable bool) *traps {
	g := &traps{rng: rand.New(rand.NewPCG(seed, 20260601)), now: now.UTC(), nullable: nullable}
	g.everyday(700)
	g.borders()
	g.classes()
	g.names()
	g.percentiles()
	g.formsOfTime()
	g.offsetsAcrossTheMonth()
	g.unreadableTimes()
	g.wrongNumbers()
	if nullable {
		g.nulls()
	}
	g.budgetExtensions()
	g.rng.Shuffle(len(g.rows), func(i, j int) { g.rows[i], g.rows[j] = g.rows[j], g.rows[i] })
	g.rng.Shuffle(len(g.extensions), func(i, j int) { g.extensions[i], g.extensions[j] = g.extensions[j], g.extensions[i] })
	return g
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// add puts in a plausible call at the instant, changed by the pairs given.
func (g *traps) add(at time.Time, pairs ...any) {
	in, out := g.rng.IntN(6000), g.rng.IntN(1500)
	r := values{
		"id":        fmt.Sprintf("%08x-%04x-7000-8000-%012x", g.rng.Uint32(), g.rng.IntN(1<<16), len(g.rows)),
		"timestamp": g.stamp(at), "task_type": pick(g.rng, taskTypes), "model_alias": "parser",
		"model_actual": pick(g.rng, modelNames), "input_hash": "", "latency_ms": int64(math.Exp(3 + 7*g.rng.Float64())),
		"tokens_in": in, "tokens_out": out, "cost_usd": float64(in)*3e-6 + float64(out)*1.5e-5,
		"is_shadow": 0, "spot_check_queued": 0, "user_id": "nick", "interrupted": 0, "overflow_escalated": 0,
	}
	if strings.HasPrefix(r["model_actual"].(string), "ollama/") {
		r["cost_usd"] = float64(in+out) * 0.0001 / 1000
	}
	for i := 0; i < len(pairs); i += 2 {
		r[pairs[i].(string)] = pairs[i+1]
	}
	g.rows = append(g.rows, r)
}

// stamp writes an instant in one of the forms that can hold it.
func (g *traps) stamp(at time.Time) string {
	if at.Nanosecond() != 0 {
		return pick(g.rng, []func(time.Time) string{
			inForm("2006-01-02T15:04:05.000000", 0), inForm("2006-01-02T15:04:05.000000-07:00", 0),
			inForm("2006-01-02 15:04:05.000000", 0), inForm("2006-01-02T15:04:05.000000Z", 0),
			inForm("2006-01-02T15:04:05.000000-07:00", -4*3600), inForm("2006-01-02T15:04:05.000000-07:00", 5*3600+1800),
			inForm("2006-01-02T15:04:05.000000-07:00", 14*3600), inForm("2006-01-02T15:04:05.000000-07:00", -12*3600),
		})(at)
	}
	whole := []func(time.Time) string{
		inForm("2006-01-02T15:04:05", 0), inForm("2006-01-02T15:04:05-07:00", 0),
		inForm("2006-01-02 15:04:05", 0), inForm("2006-01-02T15:04:05Z", 0),
		inForm("2006-01-02T15:04:05-07:00", -4*3600), inForm("2006-01-02T15:04:05-07:00", 5*3600+1800),
		inForm("2006-01-02T15:04:05.000000", 0),
	}
	if at.Equal(midnight(at)) {
		whole = append(whole, inForm("2006-01-02", 0))
	}
	return pick(g.rng, whole)(at)
}

func inForm(layout string, offset int) func(time.Time) string {
	return func(t time.Time) string { return t.In(time.FixedZone("", offset)).Format(layout) }
}

// within is a random instant of the last so long, to the microsecond.
func (g *traps) within(d time.Duration) time.Time {
	return g.now.Add(-time.Duration(g.rng.Int64N(int64(d/time.Microsecond))) * time.Microsecond)
}

// wrapped is an instant that many times 2^64 ns away.
func wrapped(t time.Time, turns int64) time.Time {
	const seconds, nanoseconds = 18_446_744_073, 709_551_616
	return time.Unix(t.Unix()+turns*seconds, int64(t.Nanosecond())+turns*nanoseconds).UTC().Round(time.Microsecond)
}

// everyday is what most rows look like, denser towards now.
func (g *traps) everyday(n int) {
	for range n {
		span := time.Duration(float64(time.Minute) * math.Exp(g.rng.Float64()*math.Log(40*24*60)))
		at := g.within(span)
		if g.rng.IntN(3) == 0 {
			at = at.Truncate(time.Second)
		}
		g.add(at, "interrupted", b2i(g.rng.IntN(9) == 0), "overflow_escalated", b2i(g.rng.IntN(12) == 0))
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// borders puts rows on, just before and just after every instant at which a
// window or a bucket begins or ends.
func (g *traps) borders() {
	thisHour := midnight(g.now).Add(time.Duration(g.now.Hour()) * time.Hour)
	edges := []time.Time{
		g.now, thisHour, thisHour.Add(-23 * time.Hour), g.now.Truncate(time.Minute),
		midnight(g.now).AddDate(0, 0, -1), midnight(g.now).AddDate(0, 0, -6), midnight(g.now).AddDate(0, 0, -29),
		nextMonth(g.now), g.now.Add(-31 * day), g.now.Add(-32 * day),
	}
	for _, w := range allWindows {
		start := windowStart(w, g.now)
		edges = append(edges, start, start.Truncate(time.Minute), start.Truncate(time.Hour), start.Truncate(time.Hour).Add(time.Hour))
	}
	for _, edge := range edges {
		for _, off := range []time.Duration{-time.Second, -time.Microsecond, 0, time.Microsecond, time.Second} {
			g.add(edge.Add(off))
		}
	}
	// Times that a count of nanoseconds in 64 bits cannot hold come round again.
	for _, turns := range []int64{-1, 1, 4} {
		g.add(wrapped(g.now.Add(-10*time.Minute), turns), "cost_usd", 1000.0, "latency_ms", 9_999_999)
	}
	for _, later := range []time.Duration{time.Minute, time.Hour, 25 * time.Hour, 40 * day} {
		g.add(g.now.Add(later), "cost_usd", 1000.0, "latency_ms", 9_999_999)
	}
	for _, earlier := range []time.Duration{33 * day, 60 * day, 400 * day, 20 * 365 * day} {
		g.add(g.now.Add(-earlier), "cost_usd", 1000.0, "latency_ms", 9_999_999)
	}
}

// classes has rows of each class and of two classes at once.
func (g *traps) classes() {
	audit := []any{"model_alias", "audit", "model_actual", "audit", "latency_ms", 0, "tokens_in", 0, "tokens_out", 0, "cost_usd", 0.0,
		"output", `{"event": "escalation_offered"}`}
	embedding := []any{"model_alias", "minilm-l6-v2", "model_actual", "all-MiniLM-L6-v2", "tokens_in", 0, "tokens_out", 0, "cost_usd", 0.0}
	for range 12 {
		for _, t := range []string{"escalation_lifecycle", "tool_gap_lifecycle"} {
			g.add(g.within(30*day), append([]any{"task_type", t}, audit...)...)
		}
		for _, t := range []string{"embed_vault_chunk", "embed_chat_turn", "embed_task", "embed_correction", "embed_memory_query"} {
			g.add(g.within(10*day), append([]any{"task_type", t}, embedding...)...)
		}
		// Shadow, with the suffix and without; primaries come from the everyday rows.
		for _, t := range []string{"parse_task::__shadow__", "skill_step::mail_triage::classify::__shadow__", "dedup_check", "only_shadow::__shadow__", "external_llm_call::__shadow__"} {
			g.add(g.within(9*day), "task_type", t, "is_shadow", 1, "interrupted", g.rng.IntN(2), "overflow_escalated", g.rng.IntN(2))
		}
		g.add(g.within(2*day), "task_type", "external_llm_call", "cost_usd", 0.37)
		// The suffix alone makes no shadow row.
		g.add(g.within(2*day), "task_type", "suffix_only::__shadow__")
	}
	// A shadow row only outside of 7d, and one only outside of 30d.
	g.add(g.now.Add(-10*day), "task_type", "old_shadow::__shadow__", "is_shadow", 1)
	g.add(g.now.Add(-time.Hour), "task_type", "old_shadow")
	g.add(g.now.Add(-31*day), "task_type", "older_shadow::__shadow__", "is_shadow", 1)
	g.add(g.now.Add(-time.Hour), "task_type", "older_shadow")
	// Rows of two classes, all with money, tokens and faults that must land in one.
	for _, two := range []string{"escalation_lifecycle", "tool_gap_lifecycle", "embed_task", "embed_task::__shadow__", "embed_", "escalation_lifecycle::__shadow__"} {
		for _, shadow := range []int{0, 1} {
			g.add(g.within(50*time.Minute), "task_type", two, "is_shadow", shadow, "interrupted", 1, "overflow_escalated", 1, "cost_usd", 0.011)
		}
	}
	// No embeddings, though they look like it.
	for _, t := range []string{"embed", "embedXtask", "re_embed_task", "embedding_report"} {
		g.add(g.within(50*time.Minute), "task_type", t)
	}
}

// names are task types and models that a key of a JSON object must bring through.
func (g *traps) names() {
	for _, t := range []string{"", " ", "(none)", "caf\u00e9 \u65e5\u672c \U0001f600", `quote " back \ slash`, "<b>&amp;</b>", "\x1b[31mred\x1b[0m\n", "o'clock", "a/b::c", "__proto__", "Parse_Task", strings.Repeat("long", 100)} {
		g.add(g.within(6*time.Hour), "task_type", t)
		g.add(g.within(6*time.Hour), "model_actual", t)
	}
}

// percentiles has task types with set numbers of calls.
func (g *traps) percentiles() {
	for _, n := range []int{1, 2, 3, 19, 20, 21, 99, 100, 101} {
		for i := range n {
			// A jump at each place where a rank could be off by one.
			g.add(g.within(55*time.Minute), "task_type", fmt.Sprintf("rank_%d", n), "latency_ms", int64(math.Pow(1.1, float64(i)*100/float64(n))*7))
		}
	}
	for i := range 40 {
		g.add(g.within(55*time.Minute), "task_type", "ties_all", "latency_ms", 730)
		g.add(g.within(55*time.Minute), "task_type", "ties_half", "latency_ms", []int{5, 5000}[i%2])
		g.add(g.within(55*time.Minute), "task_type", "ties_zero", "latency_ms", 0)
		g.add(g.within(55*time.Minute), "task_type", "small", "latency_ms", i%4)
		g.add(g.within(55*time.Minute), "task_type", "huger", "latency_ms", int64(4_000_000_000)+int64(i)*7_000_000, "tokens_in", int64(4_200_000_000))
		g.add(g.within(55*time.Minute), "task_type", "huge", "latency_ms", 86_400_000+i*1_000_000)
	}
	g.add(g.within(55*time.Minute), "task_type", "free", "cost_usd", 0.0, "tokens_in", 0, "tokens_out", 0, "latency_ms", 0)
	g.add(g.within(55*time.Minute), "task_type", "whole_dollars", "cost_usd", 3) // FLOAT affinity turns it into 3.0
	g.add(g.within(55*time.Minute), "task_type", "dust", "cost_usd", 1e-9)
	for range 200 { // money that cent or micro-dollar counters would lose
		g.add(g.within(6*day), "task_type", "dust", "cost_usd", 4.9e-7*g.rng.Float64())
	}
}

// formsOfTime puts one row in each form at one instant, so that no form depends
// on the luck of the draw.
func (g *traps) formsOfTime() {
	at := g.now.Add(-30 * time.Minute).Truncate(time.Second)
	for i, s := range []string{
		inForm("2006-01-02T15:04:05", 0)(at), inForm("2006-01-02T15:04:05", 0)(at) + ".123456",
		inForm("2006-01-02T15:04:05", 0)(at) + "+00:00", inForm("2006-01-02T15:04:05", 0)(at) + ".000001+00:00",
		inForm("2006-01-02T15:04:05-07:00", -4*3600)(at), inForm("2006-01-02T15:04:05-07:00", 5*3600+1800)(at),
		inForm("2006-01-02T15:04:05-07:00", -9*3600-1800)(at), inForm("2006-01-02T15:04:05-07:00", 13*3600+45*60)(at),
		inForm("2006-01-02 15:04:05", 0)(at), inForm("2006-01-02 15:04:05", 0)(at) + ".654321",
		inForm("2006-01-02T15:04:05", 0)(at) + "Z", inForm("2006-01-02T15:04:05", 0)(at) + ".999999Z",
	} {
		g.add(at, "timestamp", s, "task_type", fmt.Sprintf("form_%02d", i))
	}
	for n := range 32 {
		g.add(g.now, "timestamp", midnight(g.now).AddDate(0, 0, -n).Format(time.DateOnly), "task_type", "form_date")
	}
}

// offsetsAcrossTheMonth has rows inside of a window whose text sorts outside of it,
// and the other way round.
func (g *traps) offsetsAcrossTheMonth() {
	for _, w := range allWindows {
		start := windowStart(w, g.now)
		for _, offset := range []int{-12 * 3600, -4 * 3600, 5*3600 + 1800, 14 * 3600} {
			form := inForm("2006-01-02T15:04:05.000000-07:00", offset)
			for _, off := range []time.Duration{-time.Microsecond, 0, time.Microsecond, time.Minute} {
				g.add(g.now, "timestamp", form(start.Add(off)), "task_type", "offset")
			}
		}
	}
}

// unreadableTimes are rows that no window can hold.
func (g *traps) unreadableTimes() {
	d := g.now.Format(time.DateOnly)
	for _, v := range []any{
		"", " ", "yesterday", "not-a-time", "2026-13-01T00:00:00", "2026-02-30T10:00:00", d + "T25:00:00", d + "T10:61:00", d + "T10:00:00.123456+",
		d + "T", "T10:00:00", "NaN", g.now.Unix(), g.now.UnixMilli(), float64(g.now.Unix()) + 0.5, 2461000.5, []byte{0, 1, 2}, 0, -1,
	} {
		g.add(g.now, "timestamp", v, "cost_usd", 500.0, "latency_ms", 8_888_888, "task_type", "no_time")
	}
}

// wrongNumbers has text where numbers belong: it counts as a call of no cost,
// tokens or latency.
func (g *traps) wrongNumbers() {
	for _, column := range []string{"latency_ms", "tokens_in", "tokens_out", "cost_usd"} {
		for _, wrong := range []any{"abc", "", "12abc", []byte("7")} {
			g.add(g.within(40*time.Minute), "task_type", "wrong_"+column, column, wrong)
		}
		// Text that is a number becomes one: Donna's columns have numeric affinities.
		g.add(g.within(40*time.Minute), "task_type", "wrong_"+column, column, "12")
	}
}

// nulls is for schemas that allow them.
func (g *traps) nulls() {
	for _, column := range []string{"timestamp", "task_type", "model_actual", "model_alias", "latency_ms", "tokens_in", "tokens_out", "cost_usd", "is_shadow", "interrupted", "overflow_escalated", "user_id", "id"} {
		for range 3 {
			g.add(g.within(50*time.Minute), "task_type", "null_"+column, column, nil)
		}
	}
	g.add(g.within(50*time.Minute), "task_type", nil, "is_shadow", 1)
	g.add(g.within(50*time.Minute), "task_type", nil, "interrupted", 1, "overflow_escalated", 1)
	for range 3 { // no latency at all: n is 0
		g.add(g.within(50*time.Minute), "task_type", "null_everything", "latency_ms", nil, "tokens_in", nil, "tokens_out", nil, "cost_usd", nil, "model_actual", nil)
	}
}

// budgetExtensions raises today's cap by 2.5 + 2.5 + 1.25 USD, and by nothing else.
func (g *traps) budgetExtensions() {
	today, yesterday, tomorrow := g.now, g.now.AddDate(0, 0, -1), g.now.AddDate(0, 0, 1)
	for i, e := range []struct {
		user   string
		date   time.Time
		amount float64
		voided int
		after  time.Duration // granted so long after the day began
		by     string
		req    any
	}{
		{"nick", today, 2.5, 0, 0, "1001", 1},
		{"nick", today, 2.5, 0, 0, "1002", 1}, // the same request, granted by another: counts as well
		{"guest", today, 1.25, 0, 0, "1001", 2},
		{"nick", today, 100, 1, 0, "1001", 3},
		{"nick", yesterday, 100, 0, -day, "1001", 4},
		{"nick", tomorrow, 100, 0, 0, "1001", 5},
		{"nick", today, 100, 0, 25 * time.Hour, "1001", 6}, // granted after now
	} {
		g.extensions = append(g.extensions, values{
			"id": i + 1, "user_id": e.user, "date": e.date.Format(time.DateOnly), "amount_usd": e.amount,
			"granted_at": inForm("2006-01-02T15:04:05.000000-07:00", 0)(midnight(g.now).Add(e.after)), "granted_by": e.by,
			"escalation_request_id": e.req, "voided": e.voided,
		})
	}
}
