package demo

import (
	"strconv"
	"strings"
)

// object is a JSON object with its pairs in order and in the style of Python's json.dumps, as audit payloads are stored.
func object(kv ...any) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(kv); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(kv[i].(string)) + ": " + value(kv[i+1]))
	}
	b.WriteByte('}')
	return b.String()
}

func value(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case raw:
		return string(v)
	}
	return "null"
}

// raw is JSON text that stands as it is.
type raw string

// An audit row costs nothing and takes no time, but lives among the calls.
func (l *life) auditRow(taskType, event, hash, user string, escalation int64, kv []any) {
	if len(hash) > 16 {
		hash = hash[:16]
	}
	payload := object(append([]any{"event", event}, kv...)...)
	l.logInvocation(invocation{taskType: taskType, alias: "audit", model: "audit", hash: hash, output: payload, user: user, escalation: escalation, aware: true, silent: true})
}

// auditEscalation writes a step of an escalation's life. Only the event's name is printed, never its payload.
func (l *life) auditEscalation(e *escalation, user, event string, kv ...any) {
	l.auditRow("escalation_lifecycle", event, e.correlation, user, e.id, kv)
	l.info("escalation_audit_written", "escalation_event", event, "escalation_request_id", e.id, "correlation_id", e.correlation)
}

// auditGap writes a step of a tool gap's life. These rows have no escalation, even when there is one.
func (l *life) auditGap(g *toolGap, event string, kv ...any) {
	l.auditRow("tool_gap_lifecycle", event, "toolreq:"+strconv.FormatInt(g.id, 10), owner, 0, append([]any{"tool_request_id", g.id}, kv...))
	l.info("tool_gap_audit_written", "tool_gap_event", event, "tool_request_id", g.id, "escalation_request_id", nil)
}

// set changes a dashboard setting. JSON text that looks like a number becomes one in the column.
func (p *proc) set(key, json string) {
	previous, existed := p.settings[key]
	if !existed {
		previous = "null"
	}
	p.settings[key] = json
	p.exec(`INSERT INTO dashboard_setting VALUES (?, ?, ?, ?) ON CONFLICT ("key") DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
		key, json, aware(p.tick()), owner)
	p.auditRow("escalation_lifecycle", "dashboard_setting_changed", key, owner, 0,
		[]any{"key", key, "value", raw(json), "previous_value", raw(previous), "had_lock_token", p.rng.chance(0.8)})
	p.info("dashboard_setting_changed", "key", key)
}
