package filter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
)

// parseLine is the entry of a line whose service is known from elsewhere, as a source gives it.
func parseLine(raw string) *logline.Entry {
	e := &logline.Entry{Labels: map[string]string{"container_name": "donna-orchestrator"}}
	logline.Parse(e, raw, time.Time{}, time.Time{})
	if e.Service == "" {
		e.Service = "donna-orchestrator"
	}
	return e
}

const failure = `{"event": "api_call_failed", "component": "model_router", "event_type": "api.call.failed", "task_id": "0190a-7", "task_type": "parse_task", ` +
	`"cost_usd": 0.25, "attempt": 3, "ok": false, "note": null, "title": "Caf\u00e9 \"Z\u00fcrich\"", "path": "/admin/health", "checks": {"db": true}, "level": "error"}`

func TestMatch(t *testing.T) {
	lines := map[string]string{
		"failure": failure,
		"health":  `{"event": "health_check", "level": "info", "score": NaN}`,
		"warn":    `{"event": "x", "level": "WARN", "attempt": 3.0, "attempt": 12, "cost_usd": "9", "service": "donna-api"}`,
		"text":    `INFO  [alembic.runtime] Running upgrade, Timed out`,
		"escaped": `{"\u0065vent": "esc", "n\u0061me": "v", "level": "critical", "tab": "a\tb", "emoji": "\ud83d\ude00"}`,
	}
	for text, want := range map[string]string{
		"":                                    "failure health warn text escaped",
		"  ":                                  "failure health warn text escaped",
		"service:orchestrator":                "failure health text escaped",
		"service=donna-api":                   "warn",
		"service=DONNA-API":                   "",
		"Service:x":                           "",
		"level>=error":                        "failure escaped",
		"level>=WARN":                         "failure warn escaped",
		"level<warning":                       "health",
		"level:warn":                          "warn",
		"level=warning":                       "warn",
		"level!=error":                        "health warn text escaped",
		"level:*":                             "failure health warn escaped",
		`level=""`:                            "text",
		"level:/^err|crit/":                   "failure escaped",
		"-event:health_check":                 "failure warn text escaped",
		"!event:HEALTH":                       "failure warn text escaped",
		"not event:health_check level:*":      "failure warn escaped",
		"event=esc":                           "escaped",
		"event:/^(x|esc)$/":                   "warn escaped",
		"event:/HEALTH/i":                     "health",
		"event=/^x$/":                         "warn",
		"task_id:0190":                        "failure",
		"task_id:*":                           "failure",
		"-task_id:*":                          "health warn text escaped",
		`note:*`:                              "failure",
		`missing=""`:                          "failure health warn text escaped",
		"cost_usd>0.1":                        "failure",
		"cost_usd>=0.25":                      "failure",
		"cost_usd>0.25":                       "",
		"cost_usd<1e3":                        "failure",
		"-cost_usd>0.1":                       "health warn text escaped",
		"score<1":                             "",
		"attempt=3":                           "failure",
		"attempt=12.0":                        "warn",
		"attempt:2":                           "warn",
		"ok=false":                            "failure",
		"checks:true":                         "failure",
		"db:true":                             "",
		"name=v":                              "escaped",
		`tab="a	b"`:                           "escaped",
		"title:CAFÉ":                          "failure",
		`title:"É \"zürich\""`:                "failure",
		"label.container_name:donna":          "failure health warn text escaped",
		"label.pod:donna":                     "",
		"timed":                               "text",
		`"timed out"`:                         "text",
		"/Timed? out/":                        "text",
		"/timed out/":                         "",
		"/timed out/i":                        "text",
		"café":                                "failure",
		`"CAFÉ \"zürich"`:                     "failure",
		"😀":                                   "escaped",
		`"a	b"`:                               "escaped",
		`"/admin/health"`:                     "failure",
		`path:"/admin/"`:                      "failure",
		`/\/admin\//`:                         "failure",
		"~apifail":                            "failure",
		"~hc":                                 "health",
		"~runup":                              "text",
		"-~hc -~runup":                        "failure warn escaped",
		"level:info | level:error":            "failure health",
		"level:info|level:error":              "failure health",
		"level:info or level:error":           "failure health",
		"level:info OR event:x || event=y":    "health warn",
		"level:* event:x | event:esc":         "warn escaped",
		"level:* (event:x | event:esc)":       "warn escaped",
		"level:* and -(event:x or event:esc)": "failure health",
		"- event:x":                           "error",
		"event:x and":                         "error",
		"12:30":                               "",
		"[alembic.runtime]":                   "text",
	} {
		f, err := filter.Parse(text)
		if want == "error" {
			if err == nil {
				t.Errorf("%q: no error", text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		chosen := make(map[string]bool)
		for _, name := range strings.Fields(want) {
			chosen[name] = true
		}
		again, err := filter.Parse(f.String())
		if err != nil || again.String() != f.String() {
			t.Errorf("%q: %q reads as %q, %v", text, f, again, err)
			continue
		}
		for name, raw := range lines {
			if got := f.Match(parseLine(raw)); got != chosen[name] {
				t.Errorf("%q chooses %s: %v, want %v", text, name, got, chosen[name])
			}
			if again.Match(parseLine(raw)) != f.Match(parseLine(raw)) {
				t.Errorf("%q and %q differ on %s", text, again, name)
			}
		}
	}
}

func TestZeroFiltersChooseAll(t *testing.T) {
	for _, f := range []*filter.Filter{nil, {}} {
		if !f.Match(parseLine(failure)) || f.String() != "" || f.LogQL("{a=\"b\"}") != "{a=\"b\"}" || !f.Empty() {
			t.Errorf("%#v is not the empty filter", f)
		}
	}
}

func TestString(t *testing.T) {
	for text, want := range map[string]string{
		"  a   b ":                           "a b",
		`"a" "b c"`:                          `a "b c"`,
		"a or b c|d":                         "a | b c | d",
		"((a)) (b c)":                        "a b c",
		"a (b or (c or d))":                  "a (b | c | d)",
		"not not a !-b":                      "a b",
		"-(a b) -(a|b)":                      "-(a b) -(a | b)",
		"level=WARN level>=fatal level!=err": "level:warning level>=critical -level:error",
		"cost_usd>0.10 n>=-5 n<1e30":         "cost_usd>0.1 n>=-5 n<1e+30",
		`x:"*" x:* x=""`:                     `x:"*" x:* x=""`,
		`x!=/a\/b/i`:                         `-x:/a\/b/i`,
		`"or" "-a" "a:b" "~c" "/d" "\"\\"`:   `"or" "-a" "a:b" "~c" "/d" "\"\\"`,
		`a==b x="=b"`:                        `a=b x="=b"`,
		`~"a b" ~abc`:                        `~"a b" ~abc`,
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if f.String() != want {
			t.Errorf("%q is %q, want %q", text, f, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"level>=eror":              `column 8: "eror" is no level: use debug, info, warning, error or critical`,
		"é cost_usd>much":          `column 12: "much" is no number to compare with: use for example cost_usd>0.5`,
		"task_id>5":                `column 9: task_id is text and is not greater or less than anything: use task_id:text or task_id=text`,
		"cost_usd>nan":             `column 10: "nan" is no number to compare with: use for example cost_usd>0.5`,
		`event:""`:                 `column 7: every text contains "": use event:* for lines that have the field, event="" for those that don't`,
		"event: x":                 `column 7: there is nothing after event:: write a value, or put it in quotes to look for it: "event:"`,
		"event:(a|b)":              `column 7: brackets right after event:: repeat what stands before them, as in (level:error | level:critical)`,
		"a -":                      `column 3: there is nothing here to negate: put it in quotes to look for it: "-"`,
		"a | | b":                  `column 5: a term is missing here: write a word, a "text", a /regex/ or field:value`,
		"()":                       `column 2: a term is missing here: write a word, a "text", a /regex/ or field:value`,
		"or a":                     `column 1: a term is missing here: write a word, a "text", a /regex/ or field:value`,
		"(a b":                     `column 1: this ( is not closed: add ), or put it in quotes to look for it: "("`,
		"a b)":                     `column 4: there is no ( to this ): put it in quotes to look for it: ")"`,
		`"abc`:                     `column 1: this quote is not closed: add " at the end`,
		`"a"b`:                     `column 4: text right after a closing quote: put a blank between them, or write \" for a quote in the text`,
		`f(x)`:                     `column 2: a word with brackets or quotes in it: write the whole in quotes, with \" for each quote in it`,
		"/abc":                     `column 1: this regex has no closing /: add it, or put the text in quotes to look for it: "/abc"`,
		"/admin/health":            `column 1: text right after a /regex/: a path goes in quotes: "/admin/health"`,
		"//":                       `column 1: this regex is empty: write it between the two /, or put the text in quotes: "//"`,
		"x /a[/":                   "column 4: this is no regex: error parsing regexp: missing closing ]: `[`: put the text in quotes to look for it as it is",
		"a\xff":                    `column 1: the filter is not valid UTF-8`,
		strings.Repeat("(", 100):   `column 52: the filter is nested too deep: use at most 50 levels`,
		strings.Repeat("a ", 3000): `column 4097: the filter is too long: use at most 4096 bytes`,
	} {
		_, err := filter.Parse(text)
		var e *filter.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q: %v is no *filter.Error", text, err)
		} else if e.Error() != want {
			t.Errorf("%.40q: %s\n want %s", text, e, want)
		}
	}
	if _, err := filter.Parse("é cost_usd>much"); err.(*filter.Error).Pos != 12 {
		t.Errorf("position in bytes %d, want 12", err.(*filter.Error).Pos)
	}
}

func TestQuote(t *testing.T) {
	for _, text := range []string{"", "a", "a b", "-a", "*", "a:b", `a"b\`, "or", "NOT", "x|y", "(", "=", "a\nb", "é", "/x", "~", "api.call.failed", "http://x"} {
		f, err := filter.Parse("x=" + filter.Quote(text))
		if err != nil || f.String() != "x="+filter.Quote(text) {
			t.Errorf("value %q: %q, %v", text, f, err)
		}
		if f, err = filter.Parse(filter.Quote(text)); err != nil || f.String() != filter.Quote(text) {
			t.Errorf("text %q: %q, %v", text, f, err)
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	e := parseLine(failure)
	for _, text := range []string{"service:orchestrator level>=error -event:health_check", "refused", "-~hc", "cost_usd>0.1", "task_id:0190 label.container_name=x", "/fail/"} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { f.Match(e) }); n > 0 {
			t.Errorf("%q: %v allocations", text, n)
		}
	}
}
