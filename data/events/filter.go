package events

import (
	"regexp"
	"slices"
	"strings"
)

// stems stand in the filter for all names that contain them: Loki looks for every word of the filter in every line that
// has none of them, so what counts is their number.
var stems = []string{
	"_via_button", "agent.", "api.call.", "api_call_", "channel_unavailable", "circuit_breaker", "digest_sent",
	"dm_queued_", "dm_sen", "email_d", "email_blocked_", "fallback_activated", "health_check", "memory_ingest_",
	"notification_", "prep_agent_", "sms_", "supabase_push_", "sync.supabase.", "tool_loop_t", "vault_autowrite_",
}

// levelWords match the value of `level` of the lines whose level counts, in any case. They have their closing quote, so
// that a key such as error_count on many a good line doesn't match.
const levelWords = `(?i:critical"|error"|warning")`

// HistoryFilter returns an RE2 alternation that matches the text of every line that [Classify] counts or of which [Tell]
// tells something, and of some others. It is for LogQL's |~: older lines that are read only for the figures need not all
// come over the wire.
//
// Besides the names it matches the beginning of an escaped ASCII or Latin-1 character, so that a name written with
// escapes is not lost either. It consists of plain words of which none contains another, a form that Loki evaluates
// without a regular expression.
func HistoryFilter() string {
	words := append(slices.Clone(stems), nightlyPrefix, repliedPrefix, `\u00`)
	for _, name := range names() {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) }) {
			words = append(words, name)
		}
	}
	slices.Sort(words)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(words, "|") + "|" + levelWords // the slow ones last: most lines match before
}

// names are all values of `event` and `event_type` that count or tell something.
func names() []string {
	var all []string
	for name := range byEvent {
		all = append(all, name)
	}
	for name := range byType {
		all = append(all, name)
	}
	for name, m := range tellsByEvent {
		if m != (meaning{}) {
			all = append(all, name)
		}
	}
	for name := range tellsByType {
		all = append(all, name)
	}
	slices.SortFunc(all, func(a, b string) int { return len(a) - len(b) }) // a name before those that contain it
	return all
}

// MetricFilter is such an alternation for the lines that count as one of the metrics, and of some others.
func MetricFilter(metrics ...Metric) string {
	words := []string{`\u00`}
	levels := false
	for _, m := range metrics {
		levels = levels || m >= LevelWarning && m <= LevelCritical
		if m == DedupHit {
			metrics = append(metrics, DedupMiss) // the same event, by its verdict
		}
	}
	for _, by := range []map[string]Metric{byEvent, byType} {
		for name, m := range by {
			if slices.Contains(metrics, m) {
				words = append(words, name)
			}
		}
	}
	slices.Sort(words)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	all := strings.Join(words, "|")
	if levels {
		all += "|" + levelWords
	}
	return all
}
