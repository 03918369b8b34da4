// Package events says what Donna's log lines are about.
//
// Her specification names event types such as api.call.started; her code prints almost none of them. What it prints is
// an `event` such as model_router_dispatch, mostly without `event_type`. Three things here bridge that:
//
//   - [Type] gives the specified type of a line, whichever of the two it carries, so that one filter finds both. It
//     groups lines for reading; several lines of one type may belong to one thing.
//   - [Classify] says which figures a line counts in. Its lists are shorter than the types, so that nothing counts
//     twice. Figures use it and never Type.
//   - [Tell] knows the few lines of which a figure needs more than their number.
package events

import "strings"

// Type returns the specified event type of a line with these values of `event` and `event_type`, or "" if there is none.
//
// A specified type that stands on the line wins over what `event` suggests. Values that only look like a type do not:
// fallback_activated, which stands on all sorts of lines, and the names of bus events (task_created, …), which stand on
// lines that say a subscriber to that event failed.
func Type(event, eventType string) string {
	if alias, ok := aliases[eventType]; ok {
		return alias
	}
	if specified[eventType] || strings.HasPrefix(eventType, healthPrefix) {
		return eventType
	}
	return typeOf[event]
}

// healthPrefix begins the types of the watcher, which the specification does not list one by one.
const healthPrefix = "health."

// aliases are types that the code prints where the specification has another name for the same.
var aliases = map[string]string{
	"sync.supabase.keepalive": "sync.keepalive.sent",
	"system.ollama_fallback":  "api.degraded_mode.activated",
}

// specified are all types a line may carry.
var specified = func() map[string]bool {
	set := make(map[string]bool)
	for _, t := range typeOf {
		set[t] = true
	}
	for _, t := range unprinted {
		set[t] = true
	}
	return set
}()

// unprinted are the specified types for which no line of today's code stands.
var unprinted = []string{
	"admin.config.saved",
	"admin.prompt.saved",
	"llm_gateway.drain_started",
	"llm_gateway.rejected",
	"preference.rule_disabled",
	"ui.request",
}
