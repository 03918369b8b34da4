package filter

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func TestLogQL(t *testing.T) {
	const selector = `{container_name=~"donna-.*"}`
	for text, want := range map[string]string{
		"level>=error":                    "{container_name=~\"donna-.*\", level=~`(?i:error|err|critical|crit|fatal|panic)|`}",
		"service:api component=x":         "{container_name=~\"donna-.*\", component=~`x|`, service=~`(?is:.*api.*)|`}",
		"level:info | level:error":        "{container_name=~\"donna-.*\", level=~`(?i:info|information|notice)||(?i:error|err)|`}",
		"level:info | x":                  selector,
		"label.pod=a":                     "{container_name=~\"donna-.*\", pod=~`a`}",
		"label.a-b=a":                     selector,
		"refused":                         selector + " |~ `(?i:refused)`",
		"-task.":                          selector + " !~ `[tT][aA][sS][kK]\\.`",
		`"é"`:                             selector + ` |~ ` + "`(?i:(?:é|\\\\u00e9|\\\\u00c9))`",
		"/a+/i -/b/":                      selector + " |~ `(?i:a+)` !~ `b`",
		"/`/":                             selector + " |~ \"`\"",
		"a | /b/":                         selector + " |~ `(?:(?i:a))|(?:b)`",
		"a | -b":                          selector,
		"event:health_check":              selector + " |~ `(?i:health_check)|\\\\u00`",
		"-event:health_check":             selector,
		"task_id:0190":                    selector + " |~ `\"task_id\"|\\\\u00` |~ `(?i:0190)|\\\\u00`",
		"cost_usd>0.1 n=3":                selector + " |~ `\"cost_usd\"|\\\\u00` |~ `\"n\"|\\\\u00`",
		`task_id="" ~abc -(a b) -level:x`: selector,
		"skill_id>3 skill_id=3":           selector,
		"event:/^a/ event_type:/^a/":      "{container_name=~\"donna-.*\", event_type=~`(?s:.*)(?:^a)(?s:.*)|`}",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := f.LogQL(selector); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	f, err := Parse("level:info x")
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]string{
		`{}`:              "{level=~`(?i:info|information|notice)|`} |~ `(?i:x)`",
		`{a="b", } `:      "{a=\"b\", level=~`(?i:info|information|notice)|`} |~ `(?i:x)`",
		`{a="b"} |= "{y"`: "{a=\"b\"} |= \"{y\" |~ `(?i:x)`",
	} {
		if got := f.LogQL(base); got != want {
			t.Errorf("%s:\n got %s\nwant %s", base, got, want)
		}
	}
}

// passes tells whether Loki lets the line through: its matchers are anchored, its line filters are not.
func (p *pushed) passes(labels map[string]string, raw string) bool {
	for label, expression := range p.labels {
		if !regexp.MustCompile("^(?:" + expression + ")$").MatchString(labels[label]) {
			return false
		}
	}
	for _, l := range p.lines {
		if regexp.MustCompile(l.expression).MatchString(raw) != (l.op == "|~") {
			return false
		}
	}
	return true
}

// shipped are the labels that Donna's shipper gives a line: of every stream its service, of lines that it can read their
// own fields.
func shipped(e *logline.Entry) map[string]string {
	labels := map[string]string{"container_name": "donna-api", "service": "donna-api"}
	if !e.JSON || strings.Contains(e.Raw, "NaN") || strings.Contains(e.Raw, "Infinity") {
		return labels
	}
	for _, f := range e.Fields() {
		if shippedLabels[f.Key] && f.Kind == logline.String && f.Value != "" {
			labels[f.Key] = f.Value
		}
	}
	return labels
}

var sampleLines = []string{
	`{"event": "health_check", "level": "info", "task_id": "0190", "service": "donna-orchestrator"}`,
	`{"event": "api_call_failed", "event_type": "api.call.failed", "level": "error", "cost_usd": 0.25, "skill_id": "s1", "path": "\/admin"}`,
	`{"event": "Caf\u00e9 \u0061", "level": "WARNING", "n": 3, "score": NaN, "component": "x"}`,
	`{"event": "K\u212a", "level": "info", "text": "a \"quoted\" \\ one\n", "n": 12}`,
	`INFO [alembic] Running, Kelvin, café`,
}

var sampleFilters = []string{
	"", "level>=warning", "-level:info", "service:orchestrator", "service:api -event:health", "event:café", `"Café a"`, "cost_usd>0.1",
	"task_id=0190 | level:error", "(kelvin | -k) -s", "n=3", "n:*", `n=""`, "/a.c/", "-/K/", "~hc | ~acf", "skill_id:s1", "label.container_name:api",
	"event_type:/failed$/", `path:"/admin"`, `"\"quoted\" \\"`, "component=x", "-(level:info n>5)", "event:a | event=health_check",
}

// FuzzFilter checks that nothing panics, that the canonical form is one, and that Loki keeps every line the filter chooses.
func FuzzFilter(f *testing.F) {
	for i, text := range sampleFilters {
		f.Add(text, sampleLines[i%len(sampleLines)])
	}
	f.Fuzz(func(t *testing.T, text, raw string) {
		filter, err := Parse(text)
		if err != nil {
			e := err.(*Error)
			if e.Pos < 0 || e.Pos > len(text) || e.Column < 1 || e.Problem == "" {
				t.Errorf("%q: %#v", text, e)
			}
			return
		}
		again, err := Parse(filter.String())
		if len(filter.String()) > maxLength {
			return // quotes may make it longer than what is read
		}
		if err != nil {
			t.Fatalf("%q: %q: %v", text, filter, err)
		}
		if again.String() != filter.String() {
			t.Fatalf("%q is %q, then %q", text, filter, again)
		}
		for _, raw := range append(sampleLines, raw) {
			e := &logline.Entry{}
			logline.Parse(e, raw, time.Time{}, time.Time{})
			e.Labels = shipped(e)
			if e.Service == "" {
				e.Service = logline.LabelService(e.Labels)
			}
			got := filter.Match(e)
			if again.Match(e) != got {
				t.Errorf("%q and %q differ on %q", text, again, raw)
			}
			if filter.Empty() || !got || e.Labels["service"] != e.Service {
				continue // Loki's service is another where the shipper cannot read the line's own
			}
			if p := filter.root.push(); !p.passes(e.Labels, raw) {
				t.Errorf("%q chooses %q, but not %s", filter, raw, filter.LogQL("{}"))
			}
		}
	})
}

// FuzzLookup compares the search for one field with reading them all.
func FuzzLookup(f *testing.F) {
	for _, line := range sampleLines {
		f.Add(line, "n")
		f.Add(line, "event")
	}
	f.Add(`{"a":{"b":[1,"]}"]},"b":"x\\","c":-1e5,"b":{} }`, "b")
	f.Fuzz(func(t *testing.T, raw, name string) {
		if got, op := fieldStart(name + ":"); got != name || op == "" {
			return // no name in the language
		}
		e := &logline.Entry{}
		logline.Parse(e, raw, time.Time{}, time.Time{})
		value, number, ok := lookup(e, name)
		wantValue, wantNumber, wantOK := slowLookup(e, name)
		if value != wantValue || number != wantNumber || ok != wantOK {
			t.Errorf("%s of %q = %q, %v, %v; want %q, %v, %v", name, raw, value, number, ok, wantValue, wantNumber, wantOK)
		}
	})
}

// BenchmarkMatch is the cost of one line; the baseline is a regular expression over its text.
func BenchmarkMatch(b *testing.B) {
	raw := `{"task_type": "parse_task", "model_alias": "parser", "latency_ms": 812, "cost_usd": 0.25, "title": "Buy oat milk and something for the cat before the shop closes", ` +
		`"event": "llm_invocation_logged", "user_id": "system", "task_id": "0190a4b2-7c1d-7000-8000-00000000abcd", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}`
	e := &logline.Entry{}
	logline.Parse(e, raw, time.Time{}, time.Time{})
	for name, expression := range map[string]string{"baseline regexp": `refused`, "baseline regexp, either case": `(?i)refused`} {
		re := regexp.MustCompile(expression)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				re.MatchString(e.Raw)
			}
		})
	}
	for _, text := range []string{"service:orchestrator level>=error", "event:health_check", "refused", "cost_usd>0.5", "missing:x", "level:info refused cost_usd>0.1"} {
		f, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Match(e)
			}
		})
	}
}
