package contracttest

import (
	"sort"
	"strings"
	"time"
)

// skills computes the skills branch.
func (a *auditor) skills() object {
	out := object{"states": nil, "transitions_per_day": nil, "evolution": nil, "nightly": a.nightly(), "runs": nil, "cost_per_hour": nil}
	if a.db.has("skill") {
		out["states"] = a.tallyOf("skill", a.until("skill", "created_at"), "state")
	}
	if a.db.has("skill_state_transition", "at", "to_state") {
		perDay := map[string]groups{}
		for _, r := range a.until("skill_state_transition", "at") {
			if t, ok := instant(r["at"]); ok {
				d := t.Format(time.DateOnly)
				if perDay[d] == nil {
					perDay[d] = groups{}
				}
				increase(perDay[d], text(r["to_state"]))
			}
		}
		// How far back is not said: the 30 days of the other series at least.
		must, may := object{}, object{}
		for d, counts := range perDay {
			may[d] = counts
		}
		for _, start := range a.days() {
			d := start.Format(time.DateOnly)
			if counts, ok := perDay[d]; ok {
				must[d] = counts
			}
		}
		out["transitions_per_day"] = atLeast{must, may}
	}
	if a.db.has("skill_evolution_log", "outcome") {
		success, total := map[string]int64{}, map[string]int64{}
		for _, r := range a.until("skill_evolution_log", "at") {
			name := a.ownerName("skill", "capability_name", r["skill_id"])
			total[name]++
			if r["outcome"] == "success" {
				success[name]++
			}
		}
		evolution := object{}
		for name, n := range total {
			evolution[name] = object{"success": success[name], "total": n, "rate": share(success[name], n)}
		}
		out["evolution"] = evolution
	}
	if !a.db.has("skill_run") {
		return out
	}
	runs := a.until("skill_run", "started_at")
	if a.db.has("skill_run", "status") {
		out["runs"] = a.windows(func(in func(any) bool) any {
			return tally(where(runs, func(r map[string]any) bool { return in(r["started_at"]) }), "status")
		})
	}
	if a.db.has("skill_run", "total_cost_usd") {
		var hours []any
		thisHour := a.now.Truncate(time.Hour)
		for h := 23; h >= 0; h-- {
			start := thisHour.Add(-time.Duration(h) * time.Hour)
			costs := groups{}
			for _, r := range runs {
				t, ok := instant(r["started_at"])
				if c := number(r["total_cost_usd"]); ok && c != nil && !t.Before(start) && t.Before(start.Add(time.Hour)) && !t.After(a.now) {
					raise(costs, a.ownerName("skill", "capability_name", r["skill_id"]), *c)
				}
			}
			hours = append(hours, object{"start": start, "by_skill": costs})
		}
		out["cost_per_hour"] = hours
	}
	return out
}

// nightly are the last 20 nightly_* lines, newest first.
func (a *auditor) nightly() any {
	if !a.haveLogs {
		return nil
	}
	var lines []*entry
	for i := range a.lines {
		if e := &a.lines[i]; e.known && !e.at.After(a.now) && strings.HasPrefix(e.event, "nightly_") {
			lines = append(lines, e)
		}
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].at.After(lines[j].at) })
	out := []any{}
	for _, e := range lines[:min(len(lines), 20)] {
		fields := verbatim{}
		for k, v := range e.fields {
			if k != "event" && k != "timestamp" {
				fields[k] = v
			}
		}
		out = append(out, object{"event": e.event, "at": e.at, "fields": fields})
	}
	return out
}

var ingestEvents = []string{"memory_ingest_batch", "memory_ingest_chat_turn", "memory_ingest_task", "memory_ingest_correction"}

// memory computes the memory branch.
func (a *auditor) memory() object {
	out := object{
		"documents": nil, "chunks": nil, "embed_calls": nil,
		"retrieval": a.logWindows(func(e *entry) bool { return e.event == "memory_retrieval" }, func(lines []*entry) any {
			var ms []int64
			var hits []float64
			for _, e := range lines {
				if n, ok := e.fields["latency_ms"].(float64); ok {
					ms = append(ms, int64(n))
				}
				if n, ok := e.fields["hits"].(float64); ok {
					hits = append(hits, n)
				}
			}
			sort.Slice(ms, func(i, j int) bool { return ms[i] < ms[j] })
			return object{"n": int64(len(lines)), "p50_ms": nearestRank(ms, 50), "p95_ms": nearestRank(ms, 95), "mean_hits": mean(hits)}
		}),
		"ingest": a.logWindows(func(e *entry) bool { return e.is(ingestEvents) }, func(lines []*entry) any {
			g := groups{}
			for _, e := range lines {
				increase(g, e.event)
			}
			return g
		}),
		"failures": a.lineCounts("memory_ingest_failed", "source_type"),
		"watch":    a.lineCounts("vault_watch_event", "change"),
		"writes":   a.writes(),
	}
	if a.db.has("memory_documents") {
		stored := where(a.until("memory_documents", "created_at"), func(r map[string]any) bool { return !a.deleted(r) })
		out["documents"] = a.tallyOf("memory_documents", stored, "source_type")
		if !a.db.has("memory_documents", "deleted_at") { // all of them, or unknown
			out["documents"] = oneOf{out["documents"], nil}
		}
	}
	if a.db.has("memory_chunks") {
		chunks := a.until("memory_chunks", "created_at")
		// "Deleted documents don't count": it isn't said whether their chunks do.
		gone := map[any]bool{}
		for _, r := range a.db.rows("memory_documents") {
			gone[r["id"]] = a.deleted(r)
		}
		kept := where(chunks, func(r map[string]any) bool { return !gone[r["document_id"]] })
		out["chunks"] = oneOf{int64(len(kept)), int64(len(chunks))}
		if !a.db.has("memory_documents", "deleted_at") {
			out["chunks"] = oneOf{int64(len(chunks)), nil}
		}
	}
	if a.db.has("invocation_log", "task_type") {
		out["embed_calls"] = a.windows(func(in func(any) bool) any {
			g := groups{}
			for _, r := range a.db.rows("invocation_log") {
				if t := text(r["task_type"]); strings.HasPrefix(t, "embed_") && in(r["timestamp"]) {
					increase(g, t)
				}
			}
			return g
		})
	}
	return out
}

// deleted tells whether a document was deleted up to now.
func (a *auditor) deleted(r map[string]any) bool {
	t, ok := instant(r["deleted_at"])
	return ok && !t.After(a.now) || !ok && r["deleted_at"] != nil
}

func (a *auditor) lineCounts(event, key string) any {
	return a.logWindows(func(e *entry) bool { return e.event == event }, func(lines []*entry) any {
		g := groups{}
		for _, e := range lines {
			increase(g, e.named(key))
		}
		return g
	})
}

func (a *auditor) writes() any {
	outcomes := map[string]string{"vault_autowrite_written": "written", "vault_autowrite_skipped_idempotent": "skipped", "vault_autowrite_failed": "failed"}
	return a.logWindows(func(e *entry) bool { return outcomes[e.event] != "" }, func(lines []*entry) any {
		g := groups{}
		for _, e := range lines {
			t := e.named("template")
			if g[t] == nil {
				g[t] = object{"written": int64(0), "skipped": int64(0), "failed": int64(0)}
			}
			o := g[t].(object)
			o[outcomes[e.event]] = o[outcomes[e.event]].(int64) + 1
		}
		return g
	})
}
