package contracttest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// blocks are stretches of log lines; the lines of a block belong together in
// their order, the blocks do not.
type blocks struct {
	rng  *rand.Rand
	now  time.Time
	list [][]string
}

const zulu = "2006-01-02T15:04:05.000000Z"

// logTraps is a log with every kind of line that could be miscounted.
func logTraps(seed uint64, now time.Time) []string {
	b := &blocks{rng: rand.New(rand.NewPCG(seed, 20260602)), now: now.UTC()}
	b.everyKind()
	b.borders()
	b.times()
	b.json()
	b.notJSON()
	b.rng.Shuffle(len(b.list), func(i, j int) { b.list[i], b.list[j] = b.list[j], b.list[i] })
	// The very first line has a time, so that every other has one before it.
	lines := []string{fmt.Sprintf(`{"event": "donna_starting", "user_id": "system", "level": "info", "timestamp": %q}`, now.Add(-33*day).Format(zulu))}
	for _, block := range b.list {
		lines = append(lines, block...)
	}
	return lines
}

func (b *blocks) block(lines ...string) { b.list = append(b.list, lines) }

// line is Donna's: keys, event, user, level, timestamp.
func line(at, keys string) string {
	return fmt.Sprintf(`{%s, "user_id": "system", "level": "info", "timestamp": "%s"}`, keys, at)
}

func (b *blocks) within(d time.Duration) string {
	return b.now.Add(-time.Duration(b.rng.Int64N(int64(d/time.Microsecond))) * time.Microsecond).Format(zulu)
}

func event(name string) string     { return fmt.Sprintf(`"event": %q`, name) }
func eventType(name string) string { return fmt.Sprintf(`"event_type": %q`, name) }

// everyKind has every event and every type of llm.events, each alone, both
// together, beside others and in levels of any case.
func (b *blocks) everyKind() {
	for _, kind := range callEvents {
		for _, span := range []time.Duration{time.Hour, day, 7 * day, 30 * day, 40 * day} {
			for _, e := range kind.events {
				b.block(line(b.within(span), event(e)))
				b.block(line(b.within(span), eventType("x.other")+", "+event(e)))
				b.block(strings.Replace(line(b.within(span), event(e)), `"info"`, `"WARNING"`, 1))
				for _, t := range kind.types {
					b.block(line(b.within(span), eventType(t)+", "+event(e)))
				}
			}
			for _, t := range kind.types {
				b.block(line(b.within(span), eventType(t)+", "+event("something_else")))
				b.block(strings.Replace(line(b.within(span), eventType(t)), `"info"`, `"Error"`, 1))
			}
		}
	}
	for range 5 {
		for _, keys := range []string{
			// Embeddings print the line of a completed call.
			`"invocation_id": "1", "task_type": "embed_task", "model_alias": "minilm-l6-v2", "latency_ms": 3, "cost_usd": 0.0, ` + event("llm_invocation_logged"),
			event("llm_invocation_logged") + `, "task_type": "embed_vault_chunk"`,
			`"task_type": "re_embed_task", ` + event("llm_invocation_logged"),
			`"task_type": "embed", ` + event("llm_invocation_logged"),
			`"task_type": ["embed_task"], ` + event("llm_invocation_logged"),
			`"task_type": null, ` + event("llm_invocation_logged"),
			`"task_type": "embed_task", ` + event("api_call_retrying"),
			// This type alone, on lines of many events, is no fallback; the event is.
			`"component": "x", ` + eventType("fallback_activated") + ", " + event("invocation_log_write_failed"),
			eventType("fallback_activated") + ", " + event("bg_task_crashed"),
			eventType("fallback_activated"),
			eventType("fallback_activated") + ", " + event("fallback_activated"),
			// Two kinds: the event decides.
			eventType("api.call.failed") + ", " + event("api_call_retrying"),
			`"task_type": "embed_task", ` + eventType("api.call.failed") + ", " + event("llm_invocation_logged"),
			// Names on the wrong side.
			event("api.call.started"), eventType("model_router_dispatch"), eventType("llm_invocation_logged"), event("api.degraded_mode.activated"),
			eventType("system.ollama_fallback") + ", " + event("ollama_fallback_activated"),
			// Names that are nearly right.
			event("model_router_dispatch "), event("Model_Router_Dispatch"), event("model_router_dispatched"), event("circuit_breaker_half_open"),
			eventType("api.call"), eventType("api.call.started.x"), eventType("api.circuit_breaker.half_open"), eventType("api.circuit_breaker."),
			// No text.
			`"event": ["model_router_dispatch"]`, `"event": {"event": "model_router_dispatch"}`, `"event": 7`, `"event": true`, `"event": null`,
		} {
			b.block(line(b.within(30*time.Minute), keys))
		}
	}
}

// borders has lines around the ends of the windows.
func (b *blocks) borders() {
	edges := []time.Time{b.now, b.now.Add(time.Hour), nextMonth(b.now)}
	for _, w := range allWindows {
		edges = append(edges, windowStart(w, b.now))
	}
	for _, edge := range edges {
		for _, off := range []time.Duration{-time.Second, -time.Microsecond, -1, 0, 1, time.Microsecond, time.Second} {
			for _, form := range []string{zulu, "2006-01-02T15:04:05.000000-07:00", time.RFC3339Nano} {
				for _, zone := range []int{0, -4 * 3600, 5*3600 + 1800} {
					at := edge.Add(off).In(time.FixedZone("", zone))
					if form == zulu {
						at = at.UTC()
					}
					b.block(line(at.Format(form), event("model_router_dispatch")))
				}
			}
		}
	}
}

// times has lines whose time is somebody else's.
func (b *blocks) times() {
	retry := `{"event": "api_call_retrying", "level": "warning"%s}`
	for _, span := range []time.Duration{time.Hour, 3 * day, 20 * day, 40 * day} {
		for _, none := range []string{
			``, `, "timestamp": null`, `, "timestamp": ""`, `, "timestamp": 1780000000`, `, "timestamp": 1780000000.5`, `, "timestamp": {}`, `, "timestamp": true`,
			`, "timestamp": "` + b.now.Format("2006-01-02T15:04:05.000000") + `"`, // naive
			`, "timestamp": "` + b.now.Format("2006-01-02") + `"`,
			`, "timestamp": "` + b.now.Format("02/Jan/2006:15:04:05 -0700") + `"`,
			`, "timestamp": "` + b.now.Format("2006-01-02T15:04:05") + `+0000"`,
			`, "timestamp": "` + b.now.Format("2006-01-02T15:04") + `Z"`,
			`, "timestamp": "` + b.now.Format("2006-01-02T15:04:05,000000Z") + `"`,
			`, "timestamp": "` + b.now.Format("2006-01-02T") + `1:00:00Z"`,
			`, "timestamp": "` + b.now.Format("2006-01-02T15:04:05") + `+24:00"`, `, "timestamp": "` + b.now.Format("2006-01-02T15:04:05") + `-04:60"`,
			`, "timestamp": NaN`, `, "timestamp": "2026-02-30T10:00:00Z"`, `, "timestamp": "2026-13-01T10:00:00Z"`, `, "timestamp": "2026-01-01T24:00:00Z"`,
			`, "timestamp": "yesterday"`, `, "time": "` + b.now.Format(zulu) + `"`, `, "ts": "` + b.now.Format(zulu) + `"`, `, "Timestamp": "` + b.now.Format(zulu) + `"`,
			`, "timestamp": "` + b.now.Format(zulu) + `", "timestamp": null`, // the last of two counts, and it is none
			`, "nested": {"timestamp": "` + b.now.Format(zulu) + `"}`,
		} {
			b.block(line(b.within(span), event("donna_tick")), fmt.Sprintf(retry, none), fmt.Sprintf(retry, ``))
		}
	}
	// Times that a count of nanoseconds in 64 bits cannot hold come round again.
	for _, turns := range []int64{-1, 1, 4} {
		at := wrapped(b.now.Add(-10*time.Minute), turns)
		b.block(line(at.Format(zulu), event("api_call_retrying")), fmt.Sprintf(retry, ``))
	}
	for _, at := range []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"} {
		b.block(line(at, event("api_call_retrying")), fmt.Sprintf(retry, ``))
	}
	// A line after now gives its time to the next, and neither counts.
	b.block(line(b.now.Add(time.Second).Format(zulu), event("api_call_retrying")), fmt.Sprintf(retry, ``), "INFO  [alembic.runtime.migration] Context impl", fmt.Sprintf(retry, ``))
	b.block(line(b.within(day), event("donna_tick")), "plain text", "", "more", fmt.Sprintf(retry, ``))
	// Two timestamps: the last one.
	b.block(fmt.Sprintf(`{"timestamp": %q, "event": "api_call_retrying", "timestamp": %q}`, b.now.Add(-50*day).Format(zulu), b.within(time.Hour)))
	b.block(fmt.Sprintf(`{"timestamp": %q, "event": "api_call_retrying", "timestamp": %q}`, b.within(time.Hour), b.now.Add(-50*day).Format(zulu)))
	// Forms of RFC 3339.
	at := b.now.Add(-10 * time.Minute)
	for _, form := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05.0Z", "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.000000000Z", "2006-01-02T15:04:05+00:00", "2006-01-02T15:04:05-00:00"} {
		b.block(line(at.Format(form), event("api_call_retrying")))
	}
}

// json has JSON as far from Donna's usual lines as JSON may be.
func (b *blocks) json() {
	big := strings.Repeat("0123456789abcdef", 1<<13) // 128 KiB
	for _, keys := range []string{
		`"event": "model_router_dispatch", "event": "donna_tick"`,
		`"event": "donna_tick", "event": "model_router_dispatch"`,
		`"event": "model_router_dispatch", "event": null`,
		`"event_type": "api.call.failed", "event_type": "x.y", "event": "z"`,
		`"event_type": "x.y", "event_type": "api.call.failed", "event": "z"`,
		`"event_type": "api.call.failed", "event_type": null, "event": "z"`,
		`"event": "donna_tick", "\u0065vent": "model_router_dispatch"`,
		`"\u0065\u0076ent": "model\u005frouter\u005Fdispatch"`,
		`"event\u005ftype": "api\u002ecall.failed"`,
		`"Event": "model_router_dispatch"`, `"event ": "model_router_dispatch"`, `"": "model_router_dispatch"`,
		`"fields": {"event": "model_router_dispatch", "event_type": "api.call.failed"}, "event": "donna_tick"`,
		`"fields": {"event": "model_router_dispatch"}`, `"list": [{"event": "model_router_dispatch"}, "event", "model_router_dispatch"]`,
		`"fields": {"event": "donna_tick", "deep": [[[{"event": null}]]]}, "event": "model_router_dispatch"`,
		`"text": "\"event\": \"model_router_dispatch\"", "event": "donna_tick"`,
		`"text": "{\"event\": \"donna_tick\"}", "event": "model_router_dispatch"`,
		`"text": "back\\", "event": "model_router_dispatch"`,
		`"task_type": "\u0065mbed_task", "event": "llm_invocation_logged"`,
		`"task_type": "embed_task", "task_type": "parse_task", "event": "llm_invocation_logged"`,
		`"task_type": "parse_task", "task_type": "embed_task", "event": "llm_invocation_logged"`,
		`"inner": {"task_type": "embed_task"}, "event": "llm_invocation_logged"`,
		`"cost_usd": NaN, "event": "llm_invocation_logged"`, `"a": [NaN, Infinity, {"b": -Infinity}], "event": "llm_invocation_logged"`,
		`"a": "NaN", "b": "\" NaN", "event": "llm_invocation_logged"`, `"event": NaN`, `"event": "llm_invocation_logged", "event": NaN`,
		`"n": -0.0, "m": 1e-07, "i": 123456789012345678901234567890, "event": "api_call_retrying"`,
		`"emoji": "\ud83d\ude00", "lone": "\ud83d", "odd": "\udc80", "nul": "\u0000", "event": "api_call_retrying"`,
		"\"raw\": \"caf\u00e9 \u65e5\u672c\", \"event\": \"api_call_retrying\"",
		`"big": "` + big + `", "event": "api_call_retrying"`,
		`"exception": "Traceback (most recent call last):\n  File \"x.py\", line 1\nValueError: {\"event\": \"model_router_dispatch\"}", "event": "api_call_failed_all_retries"`,
		`"deep": ` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `, "event": "api_call_retrying"`,
		`"event_type": 7, "event": "api_call_retrying"`,
		"\"event\"\t:\r \"api_call_retrying\"",
	} {
		for range 2 {
			l := line(b.within(50*time.Minute), keys)
			b.block(l)
			b.block("  \t" + l + " \r")
			b.block(strings.NewReplacer(`": `, `":`, `, "`, `,"`).Replace(l))
		}
	}
}

// notJSON has lines that are not one whole object: they have no event.
func (b *blocks) notJSON() {
	at := b.within(20 * time.Minute)
	good := line(at, event("circuit_breaker_opened"))
	for _, bad := range []string{
		good + good, good + " " + good, good + ",", good + " trailing", "prefix " + good, "[" + good + "]", good[:len(good)-1], good[1:], good + "}",
		strings.Replace(good, `"user_id": "system", `, `"user_id": "system",, `, 1), strings.Replace(good, `"}`, `",}`, 1),
		strings.Replace(good, `"system"`, `'system'`, 1), strings.Replace(good, `"system"`, `None`, 1), strings.Replace(good, `"system"`, `True`, 1),
		strings.Replace(good, `"system"`, `nan`, 1), strings.Replace(good, `"system"`, `01`, 1), strings.Replace(good, `"system"`, `1.`, 1), strings.Replace(good, `"system"`, `+1`, 1),
		strings.Replace(good, `"system"`, `"sys`+"\t"+`tem"`, 1), strings.Replace(good, `"system"`, `"\x41"`, 1), strings.Replace(good, `"system"`, `"\u12"`, 1), strings.Replace(good, `"system"`, `NaNs`, 1),
		"null", "NaN", "7", `"circuit_breaker_opened"`, "{}", "{", "[]", "INFO:     127.0.0.1:4711 - \"GET /health HTTP/1.1\" 200 OK",
		`event=circuit_breaker_opened level=critical timestamp=` + at, "\x1b[2m" + good, "\ufeff" + good, "//" + good, good + "#",
		good + "\v", good + "\u00a0", good + "\x00",
	} {
		b.block(line(b.within(20*time.Minute), event("donna_tick")), bad, `{"event": "circuit_breaker_closed"}`)
	}
}

// dockerLog wraps lines as Docker's json-file driver stores them: a time of its
// own per record, long lines cut into several records, here at every cut bytes.
func dockerLog(rng *rand.Rand, now time.Time, lines []string, cut int) string {
	var out strings.Builder
	record := func(stream, text string, at time.Time) {
		r, err := json.Marshal(struct {
			Log    string `json:"log"`
			Stream string `json:"stream"`
			Time   string `json:"time"`
		}{text, stream, at.Format(time.RFC3339Nano)})
		if err != nil {
			panic(err)
		}
		out.Write(append(r, '\n'))
	}
	for _, l := range lines {
		at := now.Add(-time.Duration(rng.Int64N(int64(35 * day))))
		stream := pick(rng, []string{"stdout", "stdout", "stderr"})
		l += "\n"
		for len(l) > cut {
			record(stream, l[:cut], at)
			l = l[cut:]
			if rng.IntN(3) == 0 { // the other stream gets a word in
				other := map[string]string{"stdout": "stderr", "stderr": "stdout"}[stream]
				record(other, `{"event": "circuit_breaker_closed"}`+"\n", at)
			}
		}
		record(stream, l, at)
	}
	return out.String()
}
