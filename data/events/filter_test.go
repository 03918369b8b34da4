package events_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// read tells whether a figure takes anything from the line.
func read(raw string) bool {
	var e logline.Entry
	logline.Parse(&e, raw, time.Time{}, time.Time{})
	fact, op := events.Tell(&e)
	return len(events.Classify(nil, &e)) > 0 || fact != events.NoFact || op != events.NoOperation
}

func TestHistoryFilterLosesNothing(t *testing.T) {
	filter, err := regexp.Compile(events.HistoryFilter())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(events.HistoryFilter(), "`") {
		t.Errorf("%s cannot stand between back quotes", filter)
	}
	check := func(raw string) {
		t.Helper()
		if !read(raw) {
			t.Fatalf("no figure reads %s: the test is wrong", raw)
		}
		if !filter.MatchString(raw) {
			t.Errorf("a figure reads %s, which is filtered away", raw)
		}
	}
	names, types := events.CountedNames()
	telling, tellingTypes := events.TellingNames()
	const rest = `, "to_state": "scheduled", "level": "info"}`
	for _, name := range append(names, telling...) {
		check(fmt.Sprintf(`{"event": %q`, name) + rest)
		check(fmt.Sprintf(`{"event":"\u%04x%s"`, name[0], name[1:]) + rest)
		check(fmt.Sprintf(`{"event" : "%s\u%04X"`, name[:len(name)-1], name[len(name)-1]) + rest)
	}
	for _, typ := range append(types, tellingTypes...) {
		check(fmt.Sprintf(`{"event_type": %q`, typ) + rest)
		check(`{"event_type": "` + strings.Replace(typ, ".", `\u002e`, 1) + `"` + rest)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, level := range []string{"warning", "error", "critical"} {
		for range 50 {
			b := []byte(level)
			for i := range b {
				if rng.IntN(2) == 0 {
					b[i] -= 'a' - 'A'
				}
			}
			check(fmt.Sprintf(`{"event": "x", "level" :"%s"}`, b))
			check(fmt.Sprintf(`{"event": "x", "level": "\u%04x%s"}`, b[0], b[1:]))
		}
	}
}

func TestHistoryFilterIsOfUse(t *testing.T) {
	filter := regexp.MustCompile(events.HistoryFilter())
	for _, raw := range []string{
		`{"event": "task_created", "level": "info"}`,
		`{"event": "api.request", "event_type": "api.request", "component": "api", "status_code": 200, "level": "info"}`,
		`{"event": "llm_gateway.completed", "event_type": "llm_gateway.completed", "latency_ms": 5, "level": "info"}`,
		`{"event": "anthropic_completion", "model": "claude", "level": "info"}`,
		`{"event": "nothing", "error_count": 0, "level": "info"}`,
		"INFO:     127.0.0.1:40000 - \"GET /health HTTP/1.1\" 200 OK",
	} {
		if filter.MatchString(raw) {
			t.Errorf("%s passes the filter, which then is of little use", raw)
		}
	}
}

// Loki turns an alternation of plain words into searches for them. Anything else, including what the parser makes of
// words that differ in one letter or contain one another, is left to a regular expression, an order slower.
func TestHistoryFilterIsPlainWords(t *testing.T) {
	re, err := syntax.Parse(events.HistoryFilter(), syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	words := 0
	var walk func(re *syntax.Regexp, inConcat bool)
	walk = func(re *syntax.Regexp, inConcat bool) {
		switch {
		case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase != 0 && inConcat:
			t.Errorf("%v: a word of any case shares its beginning with another", re)
		case re.Op == syntax.OpLiteral:
			words++
		case re.Op == syntax.OpAlternate:
			for _, sub := range re.Sub {
				walk(sub, inConcat)
			}
		case re.Op == syntax.OpConcat && len(re.Sub) == 2 && re.Sub[0].Op == syntax.OpLiteral && re.Sub[1].Op == syntax.OpAlternate:
			walk(re.Sub[1], true)
		default:
			t.Errorf("%v is neither a word nor the common beginning of some", re)
		}
	}
	walk(re.Simplify(), false)
	if words > 64 {
		t.Errorf("%d words to look for in every line; the names have common parts", words)
	}
	t.Logf("%d words", words)
}
