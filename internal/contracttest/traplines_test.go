package contracttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// counted are the events that a branch beyond llm counts, with the specified types
// that count as well.
func counted() []struct{ events, types []string } {
	out := []struct{ events, types []string }{
		{ingestEvents, nil},
		{[]string{"memory_ingest_failed", "vault_watch_event", "vault_autowrite_written", "vault_autowrite_skipped_idempotent", "vault_autowrite_failed"}, nil},
		{sentEvents, []string{"notification.sent"}},
		{slices.Concat(failedEvents, droppedEvents), []string{"notification.failed"}},
		{blockedEvents, []string{"notification.blackout_blocked"}},
		{slices.Concat(answerButtons, []string{"overdue_reply_received", "overdue_reply_handled"}), []string{"notification.acknowledged"}},
	}
	for _, kind := range slices.Sorted(maps.Keys(agentEvents)) {
		out = append(out, struct{ events, types []string }{agentEvents[kind].events, []string{agentEvents[kind].kind}})
	}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		if name != "health_check" && name != "nightly" {
			out = append(out, struct{ events, types []string }{operations[name].events, operations[name].types})
		}
	}
	return out
}

// strangers count nowhere, however much their names look like it.
var strangers = []string{
	"dedup_duplicate_detected", "dedup_merged", "notification_queue_flushed", "notification_sent ", "Notification_Sent", "state_transition_validated",
	"overdue_thread_map", "skill_step_failed_terminal", "nightlyx", "memory_ingest", "memory_retrieval_failed", "supabase_keepalive", "gpu_swap_timeout",
}

// lineTraps are log lines of every event and type that a branch beyond llm counts,
// with fields that are there, null or missing, of any time and level.
func (g *tableTraps) lineTraps(seed uint64) []string {
	b := &blocks{rng: rand.New(rand.NewPCG(seed, 20260604)), now: g.now}
	at := func() time.Time {
		if g.rng.IntN(4) == 0 {
			return g.within(10 * time.Minute)
		}
		return g.someTime()
	}
	add := func(at time.Time, event, eventType string, fields values) {
		o := values{"user_id": "system"}
		maps.Copy(o, fields)
		if event != "" {
			o["event"] = event
		}
		if eventType != "" {
			o["event_type"] = eventType
		}
		if level := pick(g.rng, []any{"info", "info", "warning", "WARNING", "error", "Error", "critical", "CRITICAL", "warn", "fatal", "debug", "", " error", nil, 7, []int{1}}); level != "" {
			o["level"] = level
		}
		switch o["timestamp"] = at.Format(zulu); {
		case at.Nanosecond() == 0:
			o["timestamp"] = at.Format("2006-01-02T15:04:05Z")
		case g.rng.IntN(8) == 0:
			o["timestamp"] = at.In(time.FixedZone("", 5*3600+1800)).Format("2006-01-02T15:04:05.000000-07:00")
		}
		text, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		// Lines without a time have that of the line before.
		lines := []string{string(text)}
		if g.rng.IntN(10) == 0 {
			delete(o, "timestamp")
			text, _ := json.Marshal(o)
			lines = append(lines, "plain text", string(text))
		}
		b.block(lines...)
	}
	fields := func() values {
		o := values{}
		for _, f := range []struct {
			name string
			from []any
		}{
			{"task_id", []any{g.taskIDs[g.rng.IntN(60)], g.taskIDs[g.rng.IntN(len(g.taskIDs))], "unknown"}},
			{"notification_type", []any{"reminder", "overdue", "digest"}}, {"type", []any{"typed"}}, {"channel", []any{"tasks", "debug", "caf\u00e9"}},
			{"source_type", []any{"vault", "chat"}}, {"template", []any{"meeting_note", "daily_reflection"}}, {"change", []any{"modified", "deleted"}},
		} {
			switch g.rng.IntN(6) {
			case 0:
			case 1:
				o[f.name] = nil
			default:
				o[f.name] = pick(g.rng, f.from)
			}
		}
		return o
	}
	for _, c := range counted() {
		for _, e := range c.events {
			for range 5 {
				add(at(), e, "", fields())
				add(at(), e, "x.other", fields())
				for _, kind := range c.types {
					add(at(), e, kind, fields())
				}
			}
		}
		for _, kind := range c.types {
			for range 5 {
				add(at(), "", kind, fields())
				add(at(), "something_else", kind, fields())
				add(at(), kind, "", fields()) // on the wrong side
			}
		}
		for range 2 {
			add(at(), "something_else", pick(g.rng, c.events), fields())
		}
	}
	for _, e := range strangers {
		add(g.within(time.Hour), e, "", fields())
	}
	for range 80 {
		add(at(), "dedup_check_result", "", values{"verdict": pick(g.rng, []any{"same", "related", "different", nil, "SAME"})})
		add(at(), pick(g.rng, []string{"", "something_else"}), "task.dedup_detected", values{"verdict": pick(g.rng, []any{"different", "same", nil})})
		add(g.within(20*day), "memory_retrieval", "", values{"latency_ms": 1 + g.rng.IntN(30000), "hits": g.rng.IntN(9), "k": 8})
		add(g.within(3*day), pick(g.rng, []string{"nightly_tasks_completed", "nightly_detector_done", "nightly_drafter_failed", "nightly_tasks_skipped_disabled"}), "", values{"error_count": g.rng.IntN(3), "new_candidates": 1.5, "s": "caf\u00e9"})
	}
	for range 900 {
		id := values{"task_id": pick(g.rng, g.taskIDs)}
		with := func(key string) values {
			o := maps.Clone(id)
			o[key] = pick(g.rng, []any{"scheduled", "scheduled", "done", nil})
			return o
		}
		switch g.rng.IntN(5) {
		case 0:
			add(at(), "task_state_transitioned", "", with("to_state"))
		case 1:
			add(at(), "task_state_transitioned", "task.state_changed", with("to_state"))
		case 2:
			add(at(), "something_else", "task.state_changed", with("to"))
		case 3:
			add(at(), "task_scheduled", "", id)
		case 4:
			add(at(), "state_transition_validated", "", with("to_state"))
		}
	}
	for range 120 {
		said := values{}
		for _, name := range []string{"sqlite", "discord", "scheduler", "api_freshness"} {
			if v := pick(g.rng, []any{true, true, false, nil, "yes", ""}); v != "" {
				said[name] = v
			}
		}
		checked := values{"status": pick(g.rng, []any{"healthy", "degraded", nil}), "checks": said}
		switch g.rng.IntN(3) {
		case 0:
			add(g.within(time.Hour), "health_check", "system.health_check", checked)
		case 1:
			add(g.within(time.Hour), "health_check", "", checked)
		case 2:
			add(g.within(time.Hour), pick(g.rng, []string{"self_diagnostic_all_clear", "self_diagnostic_issues_found"}), "system.health_check", values{"issue_count": 1, "status": "healthy"})
		}
		add(g.within(time.Hour), "admin_health_check", "system.admin_health_check", checked)
	}
	for range 25 {
		for n := range 4 {
			o := values{"failure_count": 5 + g.rng.IntN(4), "window_s": 600.0}
			if n > 0 {
				o[[]string{"", "name", "breaker", "provider"}[n]] = fmt.Sprintf("breaker %d", g.rng.IntN(4))
			}
			if g.rng.IntN(3) == 0 {
				delete(o, "failure_count")
			}
			state := pick(g.rng, []string{"opened", "opened", "half_open", "closed"})
			switch g.rng.IntN(3) {
			case 0:
				add(g.within(9*day), "circuit_breaker_"+state, "", o)
			case 1:
				add(g.within(9*day), "something_else", "api.circuit_breaker."+state, o)
			case 2:
				add(g.within(9*day), "circuit_breaker_"+state, "api.circuit_breaker."+state, o)
			}
		}
	}
	for range 3 {
		add(g.within(9*day), pick(g.rng, []string{"donna_starting", "donna_server_started", "donna_api_started"}), "", nil)
		add(g.within(9*day), "llm_queue_worker_started", "system.startup", nil)
	}
	b.rng.Shuffle(len(b.list), func(i, j int) { b.list[i], b.list[j] = b.list[j], b.list[i] })
	return slices.Concat(b.list...)
}

// trapLog is a log of them.
func (g *tableTraps) trapLog(seed uint64) string {
	return strings.Join(g.lineTraps(seed), "\n") + "\n"
}
