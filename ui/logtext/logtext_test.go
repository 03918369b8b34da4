package logtext_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/logtext"
	"github.com/donna-project/donnatop/ui/safe"
)

func parse(raw, service string) *logline.Entry {
	e := &logline.Entry{}
	logline.Parse(e, raw, time.Time{}, time.Time{})
	if e.Service == "" {
		e.Service = service
	}
	return e
}

func TestLine(t *testing.T) {
	for _, tc := range []struct{ name, raw, service, want string }{
		{"fields in their order", `{"event":"task_created","task_id":"t1","timestamp":"2026-07-01T12:00:00.123456Z","level":"info","title":"buy \"oat\" milk","n":3,"gone":null,"deep":{"a":[1,2]}}`, "donna-api",
			`2026-07-01 12:00:00.123 info     donna-api          task_created task_id=t1 title="buy \"oat\" milk" n=3 deep={"a":[1,2]}`},
		{"no JSON", `INFO:     172.18.0.2:1 - "GET / HTTP/1.1" 200`, "donna-api",
			`-                       -        donna-api          INFO:     172.18.0.2:1 - "GET / HTTP/1.1" 200`},
		{"no event", `{"level":"error","error":""}`, "x",
			`-                       error    x                   error=""`},
		{"its own service", `{"service":"other","event":"e"}`, "x", `-                       -        other              e`},
		{"a time that can't be read", `{"timestamp":"soon","event":"e"}`, "x", `-                       -        x                  e timestamp=soon`},
		{"long service", `{"event":"e"}`, strings.Repeat("s", 30), `-                       -        ` + strings.Repeat("s", 30) + ` e`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(logtext.New(logtext.Options{}).Line(parse(tc.raw, tc.service))); got != tc.want {
				t.Errorf("got\n%q, want\n%q", got, tc.want)
			}
		})
	}
}

func TestLocation(t *testing.T) {
	w := logtext.New(logtext.Options{Location: time.FixedZone("", 2*3600)})
	if got := string(w.Line(parse(`{"timestamp":"2026-07-01T23:00:00Z","event":"e"}`, ""))); !strings.HasPrefix(got, "2026-07-02 01:00:00.000 ") {
		t.Errorf("%q", got)
	}
}

// TestHostile feeds what would steer a terminal in every place of a line.
func TestHostile(t *testing.T) {
	styles, err := themes.New(themes.Default, true)
	if err != nil {
		t.Fatal(err)
	}
	const evil = "a\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp.exe\r\nb\x00\xff"
	quoted := `a\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.exe\r\nb\u0000`
	lines := []*logline.Entry{
		parse(evil, evil),
		parse(`{"event":"`+quoted+`","level":"`+quoted+`","service":"`+quoted+`","`+quoted+`":"`+quoted+`","x":["`+quoted+`"]}`, ""),
		parse(`{"event":"`+strings.Repeat("x", 1<<20)+`"}`, ""),
	}
	for _, set := range []safe.Charset{safe.Unicode, safe.ASCII} {
		for i, e := range lines {
			plain := string(logtext.New(logtext.Options{Charset: set}).Line(e))
			for _, r := range plain {
				if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || set == safe.ASCII && r > '~' {
					t.Fatalf("line %d has %U: %.200q", i, r, plain)
				}
			}
			painted := string(logtext.New(logtext.Options{Styles: styles, Charset: set}).Line(e))
			if got := strings.TrimRight(ansi.Strip(painted), " "); got != plain {
				t.Errorf("line %d: colours change the text: %.200q, want %.200q", i, got, plain)
			}
			if len(plain) > 5*safe.MaxBytes {
				t.Errorf("line %d has %d bytes", i, len(plain))
			}
		}
	}
}

func BenchmarkLine(b *testing.B) {
	e := parse(`{"event":"llm_invocation_logged","task_type":"parse_task","model":"anthropic/claude","latency_ms":812,"cost_usd":0.0123,"timestamp":"2026-07-01T12:00:00.123456Z","level":"info","user_id":"system"}`, "donna-orchestrator")
	w := logtext.New(logtext.Options{})
	b.ReportAllocs()
	for b.Loop() {
		w.Line(e)
	}
}
