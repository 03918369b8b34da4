package logline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data/logline"
)

var (
	own       = time.Date(2026, 6, 1, 10, 0, 0, 123456000, time.UTC)
	transport = time.Date(2026, 6, 1, 10, 0, 1, 5, time.UTC)
	before    = time.Date(2026, 6, 1, 9, 59, 59, 0, time.UTC)
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want logline.Entry // Raw and Transport are filled in below
	}{
		"Donna's own": {
			`{"task_id": "0190a", "title": "Caf\u00e9", "user_id": "system", "event": "task_created", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}`,
			logline.Entry{JSON: true, Time: own, TaskID: "0190a", Event: "task_created", Level: "info"},
		},
		"every picked field": {
			`{"service":"donna-api","component":"api","event":"e","event_type":"api.request","task_type":"parse_task","task_id":"t","correlation_id":"c","invocation_id":"i","level":"error","timestamp":"2026-06-01T12:00:00.123456+02:00"}`,
			logline.Entry{JSON: true, Time: own, Service: "donna-api", Component: "api", Event: "e", EventType: "api.request", TaskType: "parse_task",
				TaskID: "t", CorrelationID: "c", InvocationID: "i", Level: "error"},
		},
		"white space around":         {" \t{ \"event\" : \"e\" }\r ", logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"empty object":               {"{}", logline.Entry{JSON: true, Time: transport}},
		"bare NaN":                   {`{"score": NaN, "a": Infinity, "b": [-Infinity], "event": "e"}`, logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"level in upper case":        {`{"level":"WARNING"}`, logline.Entry{JSON: true, Time: transport, Level: "warning"}},
		"level of another program":   {`{"level":"Trace"}`, logline.Entry{JSON: true, Time: transport, Level: "trace"}},
		"escaped value":              {`{"event":"a\n\"\\\/\b\f\r\t\u00e9\ud83d\ude00\uD83D"}`, logline.Entry{JSON: true, Time: transport, Event: "a\n\"\\/\b\f\r\té😀\uFFFD"}},
		"escaped key":                {`{"\u0065v\u0065nt":"e"}`, logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"every letter escaped":       {`{"` + escapeAll("correlation_id") + `":"c"}`, logline.Entry{JSON: true, Time: transport, CorrelationID: "c"}},
		"long escaped key":           {`{"` + strings.Repeat(`\u0065`, 50) + `":"c","event":"e"}`, logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"last of equal keys":         {`{"event":"a","event":"b"}`, logline.Entry{JSON: true, Time: transport, Event: "b"}},
		"last one no text":           {`{"event":"a","level":"info","event":5,"level":null}`, logline.Entry{JSON: true, Time: transport}},
		"equal but for escapes":      {`{"event":"a","ev\u0065nt":"b"}`, logline.Entry{JSON: true, Time: transport, Event: "b"}},
		"last timestamp is no time":  {`{"timestamp":"2026-06-01T10:00:00.123456Z","timestamp":"now"}`, logline.Entry{JSON: true, Time: transport}},
		"nested keys do not count":   {`{"a":{"event":"x","timestamp":"2020-01-01T00:00:00Z"},"b":[{"level":"error"}]}`, logline.Entry{JSON: true, Time: transport}},
		"event is a number":          {`{"event":5}`, logline.Entry{JSON: true, Time: transport}},
		"event is an object":         {`{"event":{"event":"x"}}`, logline.Entry{JSON: true, Time: transport}},
		"key in upper case":          {`{"Event":"e","LEVEL":"error"}`, logline.Entry{JSON: true, Time: transport}},
		"timestamp as epoch":         {`{"timestamp":1780308000.1}`, logline.Entry{JSON: true, Time: transport}},
		"timestamp without offset":   {`{"timestamp":"2026-06-01T10:00:00"}`, logline.Entry{JSON: true, Time: transport}},
		"timestamp with escapes":     {`{"timestamp":"2026\u002d06-01T10:00:00.123456Z"}`, logline.Entry{JSON: true, Time: own}},
		"year 9999":                  {`{"timestamp":"9999-12-31T00:00:00Z"}`, logline.Entry{JSON: true, Time: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}},
		"bytes that are not UTF-8":   {"{\"event\":\"a\xff\xfe\"}", logline.Entry{JSON: true, Time: transport, Event: "a\xff\xfe"}},
		"escape sequences":           {`{"event":"\u001b[2J"}`, logline.Entry{JSON: true, Time: transport, Event: "\x1b[2J"}},
		"deep":                       {`{"a":` + strings.Repeat(`[{"b":`, 100_000) + "1" + strings.Repeat("}]", 100_000) + `,"event":"e"}`, logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"a megabyte":                 {`{"event":"e","text":"` + strings.Repeat("x", 1<<20) + `"}`, logline.Entry{JSON: true, Time: transport, Event: "e"}},
		"text":                       {"INFO  [alembic.runtime.migration] Running upgrade", logline.Entry{Time: transport}},
		"empty":                      {"", logline.Entry{Time: transport}},
		"cut off":                    {`{"event":"e","level":"error","task_id":"t`, logline.Entry{Time: transport}},
		"text after the object":      {`{"event":"e","level":"error"} x`, logline.Entry{Time: transport}},
		"two objects":                {`{"event":"e"}{"event":"f"}`, logline.Entry{Time: transport}},
		"text before the object":     {`donna | {"event":"e"}`, logline.Entry{Time: transport}},
		"byte order mark":            {"\uFEFF{\"event\":\"e\"}", logline.Entry{Time: transport}},
		"array":                      {`[{"event":"e"}]`, logline.Entry{Time: transport}},
		"string":                     {`"event"`, logline.Entry{Time: transport}},
		"timestamp, but no JSON":     {`{"timestamp":"2020-01-01T00:00:00Z",}`, logline.Entry{Time: transport}},
		"tab in a string":            {"{\"event\":\"a\tb\"}", logline.Entry{Time: transport}},
		"NUL in a string":            {"{\"event\":\"abcdefgh\x00\"}", logline.Entry{Time: transport}},
		"NUL after the object":       {"{\"event\":\"e\"}\x00", logline.Entry{Time: transport}},
		"single quotes":              {`{'event':'e'}`, logline.Entry{Time: transport}},
		"minus NaN":                  {`{"a":-NaN}`, logline.Entry{Time: transport}},
		"leading zero":               {`{"a":01}`, logline.Entry{Time: transport}},
		"half a surrogate, cut off":  {`{"event":"\ud83d\u12"}`, logline.Entry{Time: transport}},
		"unknown escape":             {`{"event":"\x41"}`, logline.Entry{Time: transport}},
		"brackets that do not match": {`{"a":[{"b":1]}}`, logline.Entry{Time: transport}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Raw, c.want.Transport = c.raw, transport
			var got logline.Entry
			logline.Parse(&got, c.raw, transport, before)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Parse(%.200q): -want +got\n%.2000s", c.raw, diff)
			}
		})
	}
}

func escapeAll(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(`\u00`)
		const hex = "0123456789abcdef"
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func TestParseTime(t *testing.T) {
	const stamped, plain = `{"timestamp":"2026-06-01T10:00:00.123456Z"}`, "Traceback (most recent call last):"
	zone := time.FixedZone("", -4*3600)
	for name, c := range map[string]struct {
		raw             string
		transport, prev time.Time
		want            time.Time
	}{
		"own":                {stamped, transport, before, own},
		"transport's":        {plain, transport, before, transport},
		"that before":        {plain, time.Time{}, before, before},
		"none":               {plain, time.Time{}, time.Time{}, time.Time{}},
		"transport's is UTC": {plain, transport.In(zone), before, transport},
		"that before is UTC": {plain, time.Time{}, before.In(zone), before},
	} {
		t.Run(name, func(t *testing.T) {
			var e logline.Entry
			logline.Parse(&e, c.raw, c.transport, c.prev)
			if e.Time != c.want { // ==, not Equal: the location is part of the promise
				t.Errorf("Time = %v, want %v", e.Time, c.want)
			}
			if !e.Transport.Equal(c.transport) {
				t.Errorf("Transport = %v, want %v", e.Transport, c.transport)
			}
		})
	}
}

func TestParseAgain(t *testing.T) {
	labels := map[string]string{"container_name": "donna-api"}
	e := logline.Entry{Source: logline.SourceLoki, Labels: labels, Late: true}
	logline.Parse(&e, `{"event":"e","level":"error","service":"s","task_id":"t"}`, transport, before)
	logline.Parse(&e, "plain", time.Time{}, before)
	want := logline.Entry{Source: logline.SourceLoki, Labels: labels, Late: true, Raw: "plain", Time: before}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("a used Entry keeps more than the caller's fields: -want +got\n%s", diff)
	}
}

func TestParseAllocatesNothing(t *testing.T) {
	var e logline.Entry
	if n := testing.AllocsPerRun(100, func() { logline.Parse(&e, usual, transport, before) }); n != 0 {
		t.Errorf("%v allocations on a usual line", n)
	}
	if e.Event != "llm_invocation_logged" {
		t.Errorf("Event = %q", e.Event)
	}
}

func TestFields(t *testing.T) {
	type field = logline.Field
	for name, c := range map[string]struct {
		raw  string
		want []field
	}{
		"every kind": {
			`{"s": "a\tb", "n": -1.5e+3, "t": true, "f": false, "z": null, "o": {"x": [1, 2]}, "a": [1, {"y": "\n"}], "nan": NaN, "inf": -Infinity, "\u00e9": ""}`,
			[]field{{"s", "a\tb", logline.String}, {"n", "-1.5e+3", logline.Number}, {"t", "true", logline.Bool}, {"f", "false", logline.Bool}, {"z", "null", logline.Null},
				{"o", `{"x": [1, 2]}`, logline.Object}, {"a", `[1, {"y": "\n"}]`, logline.Array}, {"nan", "NaN", logline.NaN}, {"inf", "-Infinity", logline.NaN}, {"é", "", logline.String}},
		},
		"equal keys":   {`{"a": 1, "b": 2, "a": "x", "\u0061": 3}`, []field{{"a", "3", logline.Number}, {"b", "2", logline.Number}}},
		"empty key":    {`{"": 1}`, []field{{"", "1", logline.Number}}},
		"no fields":    {`{}`, nil},
		"no JSON":      {`plain`, nil},
		"half JSON":    {`{"a": 1`, nil},
		"JSON and cut": {`{"a": 1} {`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := logline.Entry{Raw: c.raw}
			if diff := cmp.Diff(c.want, e.Fields()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestKindString(t *testing.T) {
	for k := logline.String; k <= logline.NaN; k++ {
		if k.String() == "" || k.String() == logline.Kind(200).String() {
			t.Errorf("Kind %d has no name", k)
		}
	}
}

func TestLabelService(t *testing.T) {
	for name, c := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"service":        {map[string]string{"service": "donna-api", "container_name": "donna-api-1"}, "donna-api"},
		"container name": {map[string]string{"container_name": "donna-api-1"}, "donna-api-1"},
		"neither":        {map[string]string{"job": "x"}, ""},
		"no labels":      {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := logline.LabelService(c.labels); got != c.want {
				t.Errorf("LabelService = %q, want %q", got, c.want)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for name, c := range map[string]struct {
		in, text, rest string
		bad            bool
	}{
		"plain":       {in: `abc","x":1`, text: "abc", rest: `,"x":1`},
		"escapes":     {in: `{\"a\": \"\u00e9\"}\n"}`, text: "{\"a\": \"é\"}\n", rest: "}"},
		"empty":       {in: `"`},
		"no end":      {in: `abc`, bad: true},
		"bad escape":  {in: `\x"`, bad: true},
		"raw control": {in: "a\tb\"", bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			text, rest, ok := logline.Unquote(c.in)
			if text != c.text || rest != c.rest || ok == c.bad {
				t.Errorf("Unquote(%q) = %q, %q, %v; want %q, %q, %v", c.in, text, rest, ok, c.text, c.rest, !c.bad)
			}
		})
	}
}
