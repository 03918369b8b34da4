package contracttest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// faultEvents are events in pairs and more that must be told apart, or must not.
var faultEvents = []string{
	"call 7 failed", "call 12 failed", "call failed", "step_3", "step_4", "worker12", "worker", "took 1e-05 s", "took 0.5 s", "took -3 s", "job-7", "job-9",
	"task 0190a4b2-7c1d-7a3e-8f00-0123456789ab lost", "task 0190a4b2-7c1d-7a3e-8f00-fedcba987654 lost", "task deadbeef1 lost", "task deadbeef lost",
	"at 0xc0001a", "at 0xFF", "cannot open /donna/db/x.db", "cannot open ./y.db", "cannot open ~/z", "cannot open ../up", "config/agents.yaml is broken",
	`C:\x is broken`, "and/or", "", "caf\u00e9 3", "12345678", "api_call_failed_all_retries", "<n>",
}

func traceback(frames ...string) string {
	out := "Traceback (most recent call last):\n"
	for i, f := range frames {
		file, function, _ := strings.Cut(f, ":")
		out += fmt.Sprintf("  File %q, line %d, in %s\n    code(%d)\n", file, 10+i, function, i)
	}
	return out
}

const (
	own  = "/app/src/donna/resilience/retry.py:resilient_call"
	lib  = "/usr/local/lib/python3.12/site-packages/httpx/_client.py:send"
	dist = "/usr/lib/python3/dist-packages/urllib3/pool.py:urlopen"
	std  = "/usr/local/lib/python3.12/asyncio/tasks.py:wait_for"
)

// faultTexts are values of exception.
func faultTexts() []any {
	cause := traceback(own, lib) + "ConnectionError: refused"
	return []any{
		nil, "", 7, []string{"ValueError: no"},
		traceback(own) + "ValueError: no", traceback(own, lib) + "ValueError: other words", traceback(own, lib, dist) + "ValueError",
		traceback(strings.Replace(own, "/app/src", "/home/nick", 1), lib) + "ValueError: elsewhere",
		traceback(own, std) + "TimeoutError", traceback(lib, dist) + "httpx.ConnectTimeout: nobody of ours",
		traceback(own) + "ValueError: of\ntwo lines: the second",
		cause + "\n\nThe above exception was the direct cause of the following exception:\n\n" + traceback(std) + "donna.errors.Failed: at last",
		cause + "\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback(own) + "KeyError: 'x'",
		"ValueError: without a traceback",
	}
}

// faultLog is a log of faults of every kind around the borders of the day.
func faultLog(seed uint64, now time.Time) string {
	rng := rand.New(rand.NewPCG(seed, 20261123))
	texts := faultTexts()
	var b strings.Builder
	for range 3000 {
		ago := time.Duration(rng.Int64N(int64(26*time.Hour)/1000)) * 1000
		if rng.IntN(20) == 0 {
			ago = pick(rng, []time.Duration{0, -time.Microsecond, -time.Hour, day, day + time.Microsecond, day - time.Microsecond})
		}
		o := values{
			"event": pick(rng, faultEvents), "level": pick(rng, []any{"warning", "error", "ERROR", "critical", "info", "warn", nil}),
			"timestamp": now.UTC().Add(-ago).Format(zulu),
		}
		if rng.IntN(2) == 0 {
			o["exception"] = pick(rng, texts)
		}
		for key, all := range map[string][]any{
			"service": {"donna-api", "x"}, "component": {"llm", "", nil, 3}, "event_type": {"api.call.failed", "", nil},
			"task_id": {"t1", ""}, "correlation_id": {"c1", nil, ""}, "invocation_id": {"i1"}, "error_type": {"OSError"},
		} {
			if rng.IntN(4) == 0 {
				o[key] = pick(rng, all)
			}
		}
		text, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		b.Write(append(text, '\n'))
		if rng.IntN(30) == 0 {
			b.WriteString("Traceback (most recent call last):\n")
		}
	}
	return b.String()
}

// TestErrorGroups compares errors.groups and errors.facets on faults of every kind.
func TestErrorGroups(t *testing.T) {
	t.Parallel()
	for i, when := range instants[:4] {
		t.Run(when.name, func(t *testing.T) {
			t.Parallel()
			now := at(t, when.now).UTC()
			log := faultLog(uint64(i), now)
			a := &auditor{now: now, haveLogs: true, service: "donna"}
			a.lines, _ = readEntries(log)
			got := snapshot(t, now, 0, "--logs", writeFile(t, "donna.log", log), "--view", "errors")
			report(t, differences("errors", a.errors(), branch(t, got, "errors")))
		})
	}
}

// TestFingerprintExample is the example of docs/errors.md, from sha256sum(1).
func TestFingerprintExample(t *testing.T) {
	t.Parallel()
	e := entry{event: "call 7 failed", fields: values{"exception": traceback(own, lib) + "httpx.ConnectTimeout: late"}}
	f := e.fault()
	if m := masked(f.event) + "\n" + f.exception + "\n" + f.place; m != "call <n> failed\nhttpx.ConnectTimeout\nresilience/retry.py:resilient_call" {
		t.Errorf("fingerprint of %q", m)
	}
}
