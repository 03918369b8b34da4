package bench

import (
	"io"
	"maps"
)

// job is one log call, written for every contender.
type job struct {
	name       string
	want       map[string]any // what it prints but for level and time; nil is nothing
	contenders []contender    // ours first
}

type contender struct {
	name  string
	setup func(io.Writer) (log func())
}

const (
	correlationID = "0198f3a2-7c4d-7e11-9a55-3f0c2b6d8e90"
	userID        = "nadia"
	channel       = "discord"
	taskID        = "0198f3a2-7c4e-7b02-8c1d-5e6f7a8b9c0d"

	event        = "llm_invocation_logged"
	eventType    = "api.call.completed"
	modelActual  = "anthropic/claude-sonnet"
	invocationID = "019fe52e-3420-772a-9079-f5406ecf24a7"
)

var (
	five = map[string]any{
		"event": event, "correlation_id": correlationID, "user_id": userID, "channel": channel, "task_id": taskID,
		"task_type": "parse_task", "model_alias": "parser", "latency_ms": 1234.0, "cost_usd": 0.001982, "ok": true,
	}
	ten = with(five, map[string]any{
		"model_actual": modelActual, "tokens_in": 2048.0, "tokens_out": 512.0, "invocation_id": invocationID, "attempt": 1.0,
	})
	typed = with(ten, map[string]any{"event_type": eventType})
)

func with(m, more map[string]any) map[string]any {
	m = maps.Clone(m)
	maps.Copy(m, more)
	return m
}

var jobs = []job{
	{"ten", ten, []contender{{"logging", loggingTen}, {"floor", floorTen}, {"slog", slogTen}, {"zerolog", zerologTen}, {"zerolog-nano", nano(zerologTen)}, {"zap", zapTen}}},
	{"five", five, []contender{{"logging", loggingFive}, {"floor", floorFive}, {"slog", slogFive}, {"zerolog", zerologFive}, {"zerolog-nano", nano(zerologFive)}, {"zap", zapFive}}},
	{"event", typed, []contender{{"logging", loggingEvent}, {"zerolog", zerologEvent}, {"zerolog-nano", nano(zerologEvent)}}},
	{"disabled", nil, []contender{{"logging", loggingDisabled}, {"logging-event", eventDisabled}, {"slog", slogDisabled}, {"zerolog", zerologDisabled}, {"zap", zapDisabled}}},
}
