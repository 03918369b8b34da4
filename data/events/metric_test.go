package events_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

func TestClassify(t *testing.T) {
	for name, c := range map[string]struct {
		event, eventType, taskType string
		want                       events.Metric
		none                       bool
	}{
		"started":                          {event: "model_router_dispatch", want: events.LLMStarted},
		"started, specified":               {eventType: "api.call.started", want: events.LLMStarted},
		"completed":                        {event: "llm_invocation_logged", taskType: "parse_task", want: events.LLMCompleted},
		"completed, no task type":          {event: "llm_invocation_logged", want: events.LLMCompleted},
		"completed, shadow":                {event: "llm_invocation_logged", taskType: "parse_task::__shadow__", want: events.LLMCompleted},
		"completed, specified":             {eventType: "api.call.completed", want: events.LLMCompleted},
		"embedding":                        {event: "llm_invocation_logged", taskType: "embed_task", none: true},
		"embedding, no other":              {event: "llm_invocation_logged", taskType: "embed_vault_chunk", none: true},
		"not quite an embedding":           {event: "llm_invocation_logged", taskType: "embedded", want: events.LLMCompleted},
		"a failed call for an embedding":   {event: "api_call_retrying", taskType: "embed_task", want: events.LLMRetried},
		"provider's line of the same call": {event: "anthropic_completion", none: true},
		"failed for good":                  {event: "api_call_failed_all_retries", want: events.LLMFailed},
		"failed at once":                   {event: "api_call_not_retryable", want: events.LLMFailed},
		"failed for want of room":          {event: "context_overflow_no_fallback", want: events.LLMFailed},
		"failed, specified":                {eventType: "api.call.failed", want: events.LLMFailed},
		"retried":                          {event: "api_call_retrying", want: events.LLMRetried},
		"retried, specified":               {eventType: "api.call.retried", want: events.LLMRetried},
		"breaker opened":                   {event: "circuit_breaker_opened", want: events.LLMBreakerOpened},
		"breaker opened, specified":        {eventType: "api.circuit_breaker.opened", want: events.LLMBreakerOpened},
		"breaker closed":                   {event: "circuit_breaker_closed", want: events.LLMBreakerClosed},
		"breaker closed, specified":        {eventType: "api.circuit_breaker.closed", want: events.LLMBreakerClosed},
		"breaker half open":                {event: "circuit_breaker_half_open", none: true},
		"fallback":                         {event: "fallback_activated", eventType: "fallback_activated", want: events.LLMFallback},
		"fallback to the cloud":            {event: "ollama_fallback_activated", eventType: "system.ollama_fallback", want: events.LLMFallback},
		"fallback, specified":              {eventType: "api.degraded_mode.activated", want: events.LLMFallback},
		"fallback by type alone":           {event: "invocation_log_write_failed", eventType: "fallback_activated", none: true},
		"degraded, but no fallback":        {event: "context_overflow_escalation", none: true},
		"event and type: the event's":      {event: "model_router_dispatch", eventType: "api.call.failed", want: events.LLMStarted},
		"another event":                    {event: "task_created", none: true},
		"nothing":                          {none: true},
	} {
		t.Run(name, func(t *testing.T) {
			e := logline.Entry{Event: c.event, EventType: c.eventType, TaskType: c.taskType}
			if got, ok := events.Classify(&e); got != c.want || ok == c.none {
				t.Errorf("Classify = %v, %v; want %v, %v", got, ok, c.want, !c.none)
			}
		})
	}
}

func TestHistoryFilter(t *testing.T) {
	filter, err := regexp.Compile(events.HistoryFilter())
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(events.HistoryFilter(), "`\"") {
		t.Errorf("%s cannot stand between back quotes", filter)
	}
	names, types := events.CountedNames()
	counted := func(raw string) bool {
		var e logline.Entry
		logline.Parse(&e, raw, time.Time{}, time.Time{})
		_, ok := events.Classify(&e)
		return ok
	}
	check := func(raw string) {
		t.Helper()
		if !counted(raw) {
			t.Fatalf("%s does not count: the test is wrong", raw)
		}
		if !filter.MatchString(raw) {
			t.Errorf("%s counts and is filtered away", raw)
		}
	}
	for _, name := range names {
		check(fmt.Sprintf(`{"event": %q, "level": "info"}`, name))
		check(fmt.Sprintf(`{"event": "\u%04x%s", "level": "info"}`, name[0], name[1:]))
		check(fmt.Sprintf(`{"event": "%s\u%04X", "level": "info"}`, name[:len(name)-1], name[len(name)-1]))
	}
	for _, typ := range types {
		check(fmt.Sprintf(`{"event_type": %q, "level": "info"}`, typ))
		check(`{"event_type": "` + strings.Replace(typ, ".", `\u002e`, 1) + `"}`)
	}
	for _, raw := range []string{`{"event": "task_created", "level": "info"}`, `{"event": "api.request"}`, "plain"} {
		if filter.MatchString(raw) {
			t.Errorf("%s passes the filter, which then is of little use", raw)
		}
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	e := logline.Entry{Event: "llm_invocation_logged", TaskType: "parse_task"}
	if n := testing.AllocsPerRun(100, func() { events.Classify(&e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkClassify(b *testing.B) {
	for name, e := range map[string]logline.Entry{
		"counted":   {Event: "llm_invocation_logged", TaskType: "parse_task"},
		"uncounted": {Event: "api.request", EventType: "api.request"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				events.Classify(&e)
			}
		})
	}
}
