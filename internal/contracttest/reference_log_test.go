package contracttest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
)

// logLine is what the llm figures need of a log line, and its text.
type logLine struct {
	at                         time.Time
	known                      bool // at is known
	event, eventType, taskType string
	raw                        string
}

// callEvents are the event names and event types of llm.events.
var callEvents = map[string]struct{ events, types []string }{
	"started":        {[]string{"model_router_dispatch"}, []string{"api.call.started"}},
	"completed":      {[]string{"llm_invocation_logged"}, []string{"api.call.completed"}},
	"failed":         {[]string{"api_call_failed_all_retries", "api_call_not_retryable", "context_overflow_no_fallback"}, []string{"api.call.failed"}},
	"retried":        {[]string{"api_call_retrying"}, []string{"api.call.retried"}},
	"breaker_opened": {[]string{"circuit_breaker_opened"}, []string{"api.circuit_breaker.opened"}},
	"breaker_closed": {[]string{"circuit_breaker_closed"}, []string{"api.circuit_breaker.closed"}},
	"fallback":       {[]string{"fallback_activated", "ollama_fallback_activated"}, []string{"api.degraded_mode.activated"}},
}

// kind is what a line counts as, "" for nothing. It counts once: by its event, or
// else by its event type. An embedding's logged invocation is no call by its event.
func (l *logLine) kind() string {
	if l.event != "llm_invocation_logged" || !strings.HasPrefix(l.taskType, "embed_") {
		for kind, names := range callEvents {
			if slices.Contains(names.events, l.event) {
				return kind
			}
		}
	}
	for kind, names := range callEvents {
		if slices.Contains(names.types, l.eventType) {
			return kind
		}
	}
	return ""
}

func referenceEvents(lines []logLine, haveLogs bool, now time.Time) any {
	if !haveLogs {
		return nil
	}
	kinds := make([]string, len(lines))
	for i := range lines {
		kinds[i] = lines[i].kind()
	}
	out := object{}
	for _, w := range allWindows {
		counts := object{}
		start := windowStart(w, now)
		for kind := range callEvents {
			n := int64(0)
			for i := range lines {
				l := &lines[i]
				if kinds[i] == kind && l.known && !l.at.Before(start) && !l.at.After(now) {
					n++
				}
			}
			counts[kind] = n
		}
		out[w] = counts
	}
	return out
}

// readLog reads a file of JSON lines or of Docker's json-file records.
func readLog(content string) (lines []logLine) {
	eachLine(content, func(l logLine, _ map[string]any) { lines = append(lines, l) })
	return lines
}

// eachLine hands over every line, with what its object holds; nil if it is none.
func eachLine(content string, do func(logLine, map[string]any)) {
	var before logLine
	parts := map[string]string{} // Docker: begun lines by stream
	if content == "" {
		return
	}
	for raw := range strings.SplitSeq(strings.TrimSuffix(content, "\n"), "\n") {
		transport, haveTransport := time.Time{}, false
		o := jsonObject(raw)
		if log, stream, at, ok := dockerRecord(o); ok {
			parts[stream] += log
			if !strings.HasSuffix(log, "\n") {
				continue
			}
			raw, parts[stream] = strings.TrimSuffix(parts[stream], "\n"), ""
			transport, haveTransport = at, true
			o = jsonObject(raw)
		}
		l := logLine{at: before.at, known: before.known, raw: raw}
		if haveTransport {
			l.at, l.known = transport, true
		}
		if o != nil {
			if at, ok := rfc3339(o["timestamp"]); ok {
				l.at, l.known = at, true
			}
			l.event, _ = o["event"].(string)
			l.eventType, _ = o["event_type"].(string)
			l.taskType, _ = o["task_type"].(string)
		}
		do(l, o)
		before = l
	}
}

func dockerRecord(o map[string]any) (log, stream string, at time.Time, ok bool) {
	log, hasLog := o["log"].(string)
	stream, hasStream := o["stream"].(string)
	at, hasTime := rfc3339(o["time"])
	return log, stream, at, hasLog && hasStream && hasTime
}

// time.Parse alone would also take a comma, hours of one digit and impossible offsets.
var rfc3339Form = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func rfc3339(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok || !rfc3339Form.MatchString(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err == nil
}

// jsonObject parses text that is one whole JSON object, else gives nil. Python's
// bare NaN and infinities count as JSON; of two equal keys the last holds.
func jsonObject(text string) map[string]any {
	var o map[string]any
	if json.Unmarshal([]byte(text), &o) == nil {
		return o
	}
	o = nil // a failed attempt may leave something behind
	if err := json.Unmarshal([]byte(withoutNaN(text)), &o); err != nil {
		return nil
	}
	return o
}

// withoutNaN writes null for each bare NaN, Infinity and -Infinity outside of strings.
func withoutNaN(text string) string {
	var b strings.Builder
	inString, escaped := false, false
	for i := 0; i < len(text); {
		c := text[i]
		if inString {
			switch {
			case escaped:
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				inString = false
			}
		} else {
			if word := bareWord(text[i:]); word != "" {
				b.WriteString("null")
				i += len(word)
				continue
			}
			inString = c == '"'
		}
		b.WriteByte(c)
		i++
	}
	return b.String()
}

func bareWord(s string) string {
	for _, w := range []string{"NaN", "-Infinity", "Infinity"} {
		if strings.HasPrefix(s, w) {
			return w
		}
	}
	return ""
}
