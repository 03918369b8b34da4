package logging

// Keys of a log line. The first group is set by the library on every line,
// the second by the context helpers, the third by the caller by convention:
// Promtail makes labels of level, event_type, service, component, skill_id and
// task_type, and Donna's dashboards unwrap latency_ms and cost_usd.
const (
	KeyEvent     = "event"
	KeyLevel     = "level"
	KeyTimestamp = "timestamp"
	KeyException = "exception"
	KeyStack     = "stack"

	KeyCorrelationID = "correlation_id"
	KeyUserID        = "user_id"
	KeyChannel       = "channel"
	KeyTaskID        = "task_id"

	KeyEventType    = "event_type"
	KeyService      = "service"
	KeyComponent    = "component"
	KeyError        = "error"
	KeyErrorType    = "error_type"
	KeySkillID      = "skill_id"
	KeyTaskType     = "task_type"
	KeyInvocationID = "invocation_id"
	KeyModelAlias   = "model_alias"
	KeyLatencyMS    = "latency_ms"
	KeyDurationMS   = "duration_ms"
	KeyCostUSD      = "cost_usd"
	KeyMethod       = "method"
	KeyPath         = "path"
	KeyStatusCode   = "status_code"
)

// Pairs that ask for something and never print under their own name.
const (
	keyExcInfo   = "exc_info"
	keyStackInfo = "stack_info"
	keyErr       = "err"
)
