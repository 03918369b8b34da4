package events

import (
	"regexp"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// A Metric is one thing that is counted from log lines.
type Metric uint8

// The metrics of LLM calls.
const (
	LLMStarted Metric = iota
	LLMCompleted
	LLMFailed
	LLMRetried
	LLMBreakerOpened
	LLMBreakerClosed
	LLMFallback

	NumMetrics // how many there are
)

// byEvent and byType are the definitions: the values of `event` and of `event_type` that make a line count.
var (
	byEvent = map[string]Metric{
		"model_router_dispatch":        LLMStarted,
		llmInvocationLogged:            LLMCompleted,
		"api_call_failed_all_retries":  LLMFailed,
		"api_call_not_retryable":       LLMFailed,
		"context_overflow_no_fallback": LLMFailed,
		"api_call_retrying":            LLMRetried,
		"circuit_breaker_opened":       LLMBreakerOpened,
		"circuit_breaker_closed":       LLMBreakerClosed,
		"fallback_activated":           LLMFallback,
		"ollama_fallback_activated":    LLMFallback,
	}
	byType = map[string]Metric{
		"api.call.started":            LLMStarted,
		"api.call.completed":          LLMCompleted,
		"api.call.failed":             LLMFailed,
		"api.call.retried":            LLMRetried,
		"api.circuit_breaker.opened":  LLMBreakerOpened,
		"api.circuit_breaker.closed":  LLMBreakerClosed,
		"api.degraded_mode.activated": LLMFallback,
	}
)

const (
	// llmInvocationLogged is printed for every row of invocation_log, those of embeddings included.
	llmInvocationLogged = "llm_invocation_logged"
	embeddingPrefix     = "embed_"
)

// Classify says which metric e counts towards. A line counts once: its `event` decides, and `event_type` only where
// `event` says nothing. A logged invocation whose task type is an embedding's is no LLM call by its event, and an
// `event_type` of fallback_activated, which many events carry, is no fallback.
func Classify(e *logline.Entry) (Metric, bool) {
	if m, ok := byEvent[e.Event]; ok && !(e.Event == llmInvocationLogged && strings.HasPrefix(e.TaskType, embeddingPrefix)) {
		return m, true
	}
	m, ok := byType[e.EventType]
	return m, ok
}

// HistoryFilter returns an RE2 alternation that matches the text of every line that [Classify] counts, and of some it
// does not. It is for LogQL's |~: older lines that are read only to be counted need not all come over the wire.
//
// Besides the names it matches the beginning of an escaped ASCII or Latin-1 character, so that a name written with
// escapes is not lost either.
func HistoryFilter() string {
	var names []string
	for name := range byEvent {
		names = append(names, regexp.QuoteMeta(name))
	}
	for name := range byType {
		names = append(names, regexp.QuoteMeta(name))
	}
	slices.Sort(names)
	return strings.Join(append(names, regexp.QuoteMeta(`\u00`)), "|")
}
