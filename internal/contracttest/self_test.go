package contracttest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// The tests of this file hold the reference to figures worked out by hand.

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestInstant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   any
		want string // empty: unreadable
	}{
		{"2026-06-01T10:00:00.123456", "2026-06-01T10:00:00.123456Z"},
		{"2026-06-01T10:00:00", "2026-06-01T10:00:00Z"},
		{"2026-06-01T10:00:00.000001+00:00", "2026-06-01T10:00:00.000001Z"},
		{"2026-06-01T10:00:00-04:00", "2026-06-01T14:00:00Z"},
		{"2026-06-01T01:00:00+05:30", "2026-05-31T19:30:00Z"},
		{"2026-06-01 10:00:00.5", "2026-06-01T10:00:00.5Z"},
		{"2026-06-01 10:00:00", "2026-06-01T10:00:00Z"},
		{"2026-06-01", "2026-06-01T00:00:00Z"},
		{"2026-06-01T10:00:00Z", "2026-06-01T10:00:00Z"},
		{"2026-02-30T10:00:00", ""},
		{"2026-06-01T25:00:00", ""},
		{"", ""},
		{nil, ""},
		{int64(1780308000), ""},
	} {
		got, ok := instant(c.in)
		if !ok {
			if c.want != "" {
				t.Errorf("%v: unreadable, want %s", c.in, c.want)
			}
			continue
		}
		if c.want == "" || !got.Equal(at(t, c.want)) {
			t.Errorf("%v: got %s, want %q", c.in, got, c.want)
		}
	}
}

func TestNearestRank(t *testing.T) {
	t.Parallel()
	series := func(n int) (out []int64) {
		for i := range n {
			out = append(out, int64(i+1))
		}
		return out
	}
	for _, c := range []struct{ n, pct, want int }{
		{1, 50, 1}, {1, 99, 1}, {2, 50, 1}, {2, 95, 2}, {3, 50, 2}, {4, 50, 2}, {5, 50, 3},
		{19, 95, 19}, {20, 95, 19}, {21, 95, 20}, {99, 99, 99}, {100, 99, 99}, {100, 50, 50}, {101, 99, 100},
	} {
		if got := nearestRank(series(c.n), c.pct); got != sampled(c.want) {
			t.Errorf("p%d of 1..%d: got %v, want %d", c.pct, c.n, got, c.want)
		}
	}
	if got := nearestRank(nil, 50); got != nil {
		t.Errorf("p50 of nothing: %v", got)
	}
}

// sample is ten rows around 2026-06-15 12:00 UTC, a Monday of a month of 30 days.
func sample(t *testing.T) *database {
	t.Helper()
	rows := []values{
		{"timestamp": "2026-06-15T11:30:00", "task_type": "parse_task", "latency_ms": 100, "cost_usd": 0.5, "interrupted": 1},
		{"timestamp": "2026-06-15T07:00:00-04:00", "task_type": "parse_task", "latency_ms": 300, "cost_usd": 0.25, "overflow_escalated": 1}, // 11:00: on the border of 1h
		{"timestamp": "2026-06-15 10:59:59.999999", "task_type": "parse_task", "latency_ms": 200, "cost_usd": 0.125, "model_actual": "n"},
		{"timestamp": "2026-06-15", "task_type": "external_llm_call", "latency_ms": 50, "cost_usd": 1.0},
		{"timestamp": "2026-06-15T11:45:00.000000+00:00", "task_type": "parse_task::__shadow__", "is_shadow": 1, "latency_ms": 40, "cost_usd": 0.0625},
		{"timestamp": "2026-06-15T11:46:00Z", "task_type": "embed_task", "is_shadow": 1, "cost_usd": 2.0},
		{"timestamp": "2026-06-15T11:47:00", "task_type": "tool_gap_lifecycle", "is_shadow": 1, "cost_usd": 4.0},
		{"timestamp": "2026-06-08T12:00:00", "task_type": "generate_digest", "latency_ms": 7, "cost_usd": 8.0}, // on the border of 7d, before Donna's seven days
		{"timestamp": "2026-05-31T23:59:59", "task_type": "generate_digest", "latency_ms": 7, "cost_usd": 16.0},
		{"timestamp": "2026-06-15T12:00:00.000001", "task_type": "parse_task", "latency_ms": 1, "cost_usd": 999.0},
	}
	for i, r := range rows {
		for k, v := range (values{
			"id": i, "model_alias": "parser", "model_actual": "m", "input_hash": "", "latency_ms": 0, "tokens_in": 10, "tokens_out": 1,
			"is_shadow": 0, "spot_check_queued": 0, "user_id": "nick", "interrupted": 0, "overflow_escalated": 0,
		}) {
			if _, set := r[k]; !set {
				r[k] = v
			}
		}
	}
	_, db := writeDatabase(t, shape{}, rows, []values{
		{"id": 1, "user_id": "nick", "date": "2026-06-15", "amount_usd": 5.0, "granted_at": "2026-06-15T08:00:00+00:00", "granted_by": "1", "voided": 0},
		{"id": 2, "user_id": "nick", "date": "2026-06-15", "amount_usd": 50.0, "granted_at": "2026-06-15T13:00:00+00:00", "granted_by": "1", "voided": 0},
		{"id": 3, "user_id": "nick", "date": "2026-06-15", "amount_usd": 50.0, "granted_at": "2026-06-15T08:00:00+00:00", "granted_by": "1", "voided": 1},
	})
	return readDatabase(t, db)
}

// TestReference works through every figure of the sample by hand, printed the
// way the program prints: the comparison is held to account as well.
func TestReference(t *testing.T) {
	t.Parallel()
	log := readLog(strings.Join([]string{
		`{"event": "model_router_dispatch", "timestamp": "2026-06-15T11:00:00Z"}`,
		`{"event_type": "api.call.started", "event": "model_router_dispatch", "timestamp": "2026-06-15T10:59:59.999999Z"}`,
		`{"event": "ollama_fallback_activated", "x": NaN}`,
	}, "\n"))
	got := reference(sample(t), log, true, budgets{20, 100}, at(t, "2026-06-15T12:00:00Z"))
	var want map[string]any
	d := json.NewDecoder(strings.NewReader(`{
		"calls": {"1h": 2, "24h": 4, "today": 4, "7d": 5, "month": 5, "30d": 6},
		"calls_by_class.1h": {"llm": 2, "shadow": 1, "embedding": 1, "audit": 1},
		"calls_by_task_type.24h": {"parse_task": 3, "external_llm_call": 1},
		"calls_by_model.24h": {"m": 3, "n": 1},
		"tokens.1h": {"in": 40, "out": 4, "by_task_type": {"parse_task": {"in": 20, "out": 2}, "parse_task::__shadow__": {"in": 10, "out": 1}, "embed_task": {"in": 10, "out": 1}}, "by_model": {"m": {"in": 40, "out": 4}}},
		"spend_usd": {"1h": 6.8125, "24h": 7.9375, "today": 7.9375, "7d": 15.9375, "month": 15.9375, "30d": 31.9375},
		"spend_by_task_type.1h": {"parse_task": 0.75, "parse_task::__shadow__": 0.0625, "embed_task": 2, "tool_gap_lifecycle": 4},
		"spend_by_model.24h": {"m": 7.8125, "n": 0.125},
		"burn_rate": {"usd_per_hour_24h": 0.3307291667, "usd_per_day_7d": 2.2767857143},
		"projected_month_usd": {"donna": 34.0178571429, "month_to_date_plus_7d_rate": 51.2276785714},
		"budget": {"daily_usd": 20, "monthly_usd": 100, "extensions_today_usd": 5, "daily_effective_usd": 25, "daily_spent_usd": 2.9375, "monthly_spent_usd": 10.9375,
			"daily_remaining_usd": 22.0625, "monthly_remaining_usd": 89.0625, "daily_used_pct": 11.75, "monthly_used_pct": 10.9375, "runway_days": 39.1176470588},
		"latency_all_ms.24h": {"n": 4, "p50": 100, "p95": 300, "p99": 300, "max": 300},
		"latency_ms.1h": {"parse_task": {"n": 2, "p50": 100, "p95": 300, "p99": 300, "max": 300}},
		"failures.1h": {"calls": 2, "interrupted": 1, "overflow": 1, "interrupted_pct": 50, "overflow_pct": 50},
		"shadow.7d": {"parse_task": {"primary": {"calls": 3, "p50": 200, "p95": 300, "cost_usd": 0.875, "mean_cost_usd": 0.2916666667}, "shadow": {"calls": 1, "p50": 40, "p95": 40, "cost_usd": 0.0625, "mean_cost_usd": 0.0625}}},
		"events.1h": {"started": 1, "completed": 0, "failed": 0, "retried": 0, "breaker_opened": 0, "breaker_closed": 0, "fallback": 0},
		"events.24h": {"started": 2, "completed": 0, "failed": 0, "retried": 0, "breaker_opened": 0, "breaker_closed": 0, "fallback": 1},
		"per_hour.23": {"start": "2026-06-15T12:00:00Z", "calls": 0, "cost_usd": 0, "by_task_type": {}, "by_model": {}},
		"per_hour.22": {"start": "2026-06-15T11:00:00Z", "calls": 2, "cost_usd": 6.8125, "by_task_type": {"parse_task": 2}, "by_model": {"m": 2}},
		"per_hour.0": {"start": "2026-06-14T13:00:00Z", "calls": 0, "cost_usd": 0, "by_task_type": {}, "by_model": {}},
		"per_day.29": {"start": "2026-06-15T00:00:00Z", "calls": 4, "cost_usd": 7.9375, "interrupted": 1, "by_task_type": {"parse_task": 3, "external_llm_call": 1}, "by_model": {"m": 3, "n": 1}},
		"per_day.14": {"start": "2026-05-31T00:00:00Z", "calls": 1, "cost_usd": 16, "interrupted": 0, "by_task_type": {"generate_digest": 1}, "by_model": {"m": 1}},
		"heat.0.11": {"calls": 2, "cost_usd": 6.8125},
		"heat.0.12": {"calls": 1, "cost_usd": 8},
		"heat.6.23": {"calls": 1, "cost_usd": 16},
		"recent.0": {"id": "8", "timestamp": "2026-05-31T23:59:59Z", "task_type": "generate_digest", "class": "llm", "task_id": null, "model_alias": "parser", "model_actual": "m",
			"latency_ms": 7, "tokens_in": 10, "tokens_out": 1, "cost_usd": 16, "interrupted": false, "overflow_escalated": false, "user_id": "nick", "escalation_request_id": null},
		"recent.2.class": "audit", "recent.3.class": "embedding", "recent.4.class": "shadow", "recent.4.task_type": "parse_task::__shadow__",
		"recent.7.overflow_escalated": true, "recent.7.timestamp": "2026-06-15T11:00:00Z", "recent.8.interrupted": true
	}`))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	for path, printed := range want {
		for _, diff := range differences(path, lookUp(t, got, path), printed) {
			t.Errorf("the reference, held to hand-made figures: %s", diff)
		}
	}
	for name := range got {
		covered := false
		for path := range want {
			covered = covered || path == name || strings.HasPrefix(path, name+".")
		}
		if !covered {
			t.Errorf("%s is not checked by hand", name)
		}
	}
}

func lookUp(t *testing.T, v any, path string) any {
	t.Helper()
	for key := range strings.SplitSeq(path, ".") {
		switch o := v.(type) {
		case object:
			v = o[key]
		case groups:
			v = o[key]
		case []any:
			var i int
			if err := json.Unmarshal([]byte(key), &i); err != nil {
				t.Fatal(err)
			}
			v = o[i]
		}
	}
	return v
}

func TestReadLog(t *testing.T) {
	t.Parallel()
	const second = "2026-06-15T10:00:01Z"
	for _, c := range []struct {
		name, log string
		want      []logLine
	}{
		{"plain", `{"event": "a", "timestamp": "` + second + `"}`, []logLine{{event: "a", at: at(t, second), known: true}}},
		{"time of the line before", `{"timestamp": "` + second + "\"}\n{\"event\": \"b\"}", []logLine{{at: at(t, second), known: true}, {event: "b", at: at(t, second), known: true}}},
		{"no time at all", `{"event": "b"}`, []logLine{{event: "b"}}},
		{"last of two keys", `{"event": "a", "event": "b", "event_type": "x", "event_type": null}`, []logLine{{event: "b"}}},
		{"nested", `{"f": {"event": "a"}}`, []logLine{{}}},
		{"escaped", `{"\u0065vent": "\u0061"}`, []logLine{{event: "a"}}},
		{"NaN", `{"n": NaN, "m": [-Infinity, Infinity], "s": "NaN", "event": "a"}`, []logLine{{event: "a"}}},
		{"not one object", `{"event": "a"}{"event": "b"}`, []logLine{{}}},
		{"docker", `{"log": "{\"event\": \"a\"}\n", "stream": "stdout", "time": "` + second + `"}`, []logLine{{event: "a", at: at(t, second), known: true}}},
		{
			"docker, in parts",
			`{"log": "{\"event\": ", "stream": "stdout", "time": "` + second + "\"}\n" +
				`{"log": "text\n", "stream": "stderr", "time": "` + second + "\"}\n" +
				`{"log": "\"a\"}\n", "stream": "stdout", "time": "` + second + `"}`,
			[]logLine{{at: at(t, second), known: true}, {event: "a", at: at(t, second), known: true}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readLog(c.log)
			if len(got) != len(c.want) {
				t.Fatalf("got %d lines, want %d: %+v", len(got), len(c.want), got)
			}
			for i := range got {
				got[i].raw = "" // the table is about what was understood of it
				if got[i] != c.want[i] {
					t.Errorf("line %d: got %+v, want %+v", i, got[i], c.want[i])
				}
			}
		})
	}
}

// TestDifferences makes sure the comparison can fail.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		want    any
		printed string
		differs bool
	}{
		{"count", int64(3), `3`, false},
		{"count off by one", int64(3), `4`, true},
		{"count as a fraction", int64(3), `3.0`, true},
		{"count for null", nil, `0`, true},
		{"null for count", int64(0), `null`, true},
		{"money", usd(1), `1.0000009`, false},
		{"money off", usd(1), `1.000002`, true},
		{"percentile", sampled(1000), `1008`, false},
		{"percentile off", sampled(1000), `1009`, true},
		{"percentile of zeros", sampled(0), `1`, true},
		{"null branch", object{"a": nil, "b": object{"c": nil}}, `null`, false},
		{"null leaves", nil, `{"a": null}`, false},
		{"null of figures", object{"a": int64(0)}, `null`, true},
		{"empty map for null", nil, `{}`, true},
		{"null for an empty map", groups{}, `null`, true},
		{"key missing", object{"a": int64(0)}, `{}`, true},
		{"key too many", object{}, `{"a": 0}`, true},
		{"group of zeros missing", groups{"a": int64(0)}, `{}`, false},
		{"group missing", groups{"a": int64(1)}, `{}`, true},
		{"group of zeros too many", groups{}, `{"a": {"n": 0, "p50": null}}`, false},
		{"group too many", groups{}, `{"a": 1}`, true},
		{"list too short", []any{int64(1), int64(2)}, `[1]`, true},
		{"duration", exact(5400.5), `5400.5000000001`, false},
		{"duration off", exact(5400.5), `5400.50001`, true},
		{"text", "a", `"b"`, true},
		{"truth", true, `false`, true},
		{"first reading", oneOf{int64(1), int64(2)}, `1`, false},
		{"second reading", oneOf{int64(1), int64(2)}, `2`, false},
		{"no reading", oneOf{int64(1), int64(2)}, `3`, true},
		{"bag in another order", bag{{"id": "a"}, {"id": "b"}}, `[{"id": "b"}, {"id": "a"}]`, false},
		{"bag lacking one", bag{{"id": "a"}, {"id": "b"}}, `[{"id": "b"}]`, true},
		{"bag with another", bag{{"id": "a"}}, `[{"id": "b"}]`, true},
		{"key that must be", atLeast{must: object{"a": int64(1)}}, `{}`, true},
		{"key that may be", atLeast{may: object{"a": int64(1)}}, `{"a": 1}`, false},
		{"key that may be, wrong", atLeast{may: object{"a": int64(1)}}, `{"a": 2}`, true},
		{"key that may not be", atLeast{}, `{"a": 1}`, true},
		{"fields", verbatim{"a": 1.5}, `{"a": 1.5}`, false},
		{"fields and more", verbatim{"a": 1.5}, `{"a": 1.5, "b": 2}`, true},
		{"fields, one wrong", verbatim{"a": 1.5}, `{"a": 1}`, true},
		{"time", at(t, "2026-06-15T10:00:00Z"), `"2026-06-15T10:00:00Z"`, false},
		{"time with an offset", at(t, "2026-06-15T10:00:00Z"), `"2026-06-15T10:00:00+00:00"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := json.NewDecoder(strings.NewReader(c.printed))
			d.UseNumber()
			var got any
			if err := d.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diffs := differences("x", c.want, got); (len(diffs) > 0) != c.differs {
				t.Errorf("differences: %q", diffs)
			}
		})
	}
}
