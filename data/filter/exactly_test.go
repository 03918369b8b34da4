package filter

import (
	"regexp"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

func TestExactly(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"refused":                       "|~ `[rR][eE][fF][uU][sS][eE][dD]`",
		"-/b/ a":                        "!~ `b` |~ `[aA]`",
		"level>=error":                  "| json f_level=\"level\" | f_level=~`(?i:error|err|critical|crit|fatal|panic)`",
		"event=a component=b":           "| json f_component=\"component\", f_event=\"event\" | (f_event=~`a` and f_component=~`b`)",
		"event=a | event=b.c":           "| json f_event=\"event\" | (f_event=~`a` or f_event=~`b\\.c`)",
		"-event=a":                      "| json f_event=\"event\" | drop __error__, __error_details__ | f_event!~`a`",
		"-(event=a | event=b)":          "| json f_event=\"event\" | drop __error__, __error_details__ | (f_event!~`a` and f_event!~`b`)",
		"label.pod=a1":                  "| pod=~`a1`",
		"/a/ | /b/":                     "|~ `(?:a)|(?:b)`",
		"component:api":                 "| json f_component=\"component\" | f_component=~`(?s:.*)[aA][pP][iI](?s:.*)`",
		"(event=a event_type=b) | /x/":  "",
		"task_type:/^plan/ level:error": "| json f_level=\"level\", f_task_type=\"task_type\" | (f_task_type=~`(?s:.*)(?:^plan)(?s:.*)` and f_level=~`(?i:error|err)`)",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, unsaid := f.Exactly()
		if (unsaid != "") != (want == "" && text != "") || got != want {
			t.Errorf("%q:\n got %s (unsaid %q)\nwant %s", text, got, unsaid, want)
		}
	}
	for text, want := range map[string]string{
		"~abc":              "~abc",
		"a cost_usd>0.1":    "cost_usd>0.1",
		"fingerprint=12":    "fingerprint=12",
		"label.a-b=c":       "label.a-b=c",
		"event=a -(n=3)":    "n=3",
		`task_id=""`:        `task_id=""`,
		"event:/.*/":        "event:/.*/",
		"reason=abc":        "reason=abc",
		"service:api":       "service:api",
		"task_id:*":         "task_id:*",
		"refused | event=a": "refused | event=a",
	} {
		f, err := Parse(text)
		if err != nil {
			continue
		}
		if got, unsaid := f.Exactly(); got != "" || unsaid != want {
			t.Errorf("%q is %q, unsaid %q, want %q", text, got, unsaid, want)
		}
	}
}

// What is said holds for a line where the filter does, and only there.
func TestExactlyIsExact(t *testing.T) {
	raws := []string{
		`{"level":"error","event":"a","component":"b"}`, `{"level":"WARN","event":"A","task_type":"plan_day"}`,
		`{"level":"err","event":"b.c","msg":"Refused"}`, `{"level":"info","event":"bxc","msg":"refused"}`, `plain refused a`, `{"event":"x`, `{}`,
		`{"event":"a` + "\\n" + `b","task_type":"replan"}`, `{"level":"critical","event":"k","component":"API gate"}`, "{\"event\":\"\u212a\"}",
	}
	for _, text := range []string{
		"refused", "-refused", "k", "-k", "/a/", "-/a/", "level>=warning", "level:error", "-level:error", "event=a", "-event=a", "event=a | event=b.c",
		"event:a", "event:/^a/", "-(event=a | component=b)", "component:api level>=error", "task_type:/plan/ -/re/",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range raws {
			var e logline.Entry
			logline.Parse(&e, raw, time.Time{}, time.Time{})
			s, stuck := say(f.root, false)
			if stuck != nil {
				t.Fatalf("%q is stuck", text)
			}
			ok := true
			for _, l := range s.lines {
				ok = ok && regexp.MustCompile(l.expression).MatchString(raw) == (l.op == "|~")
			}
			if ok = ok && judge(t, f.root, &e, false); ok != f.Match(&e) {
				t.Errorf("%q and %s: Loki says %v", text, raw, ok)
			}
		}
	}
}

// judge works out the conditions of a node as Loki does: whole values, "" for none.
func judge(t *testing.T, n node, e *logline.Entry, negate bool) bool {
	t.Helper()
	join := func(nodes []node, anyOf bool) bool {
		for _, n := range nodes {
			if judge(t, n, e, negate) == anyOf {
				return anyOf
			}
		}
		return !anyOf
	}
	switch n := n.(type) {
	case not:
		return judge(t, n.node, e, !negate)
	case and:
		return join(n.nodes, negate)
	case or:
		return join(n.nodes, !negate)
	case text, lineRegex:
		return true // judged as line filters
	}
	name, _, expression := sayValue(n)
	value, _, _ := slowLookup(e, name)
	return regexp.MustCompile("^(?:"+expression+")$").MatchString(value) != negate
}
