package logline_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// FuzzParse holds Parse and Fields against encoding/json. The two may differ in three ways only: bare NaN, Infinity and
// -Infinity are JSON to us, bytes that are not UTF-8 stay what they are, and encoding/json stops at 10,000 levels.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		usual,
		`{"event":"a\ud83d\ude00\ud83d","\u0065vent":"b","event":null, "n":[1,-0.5e+10,{"x":[]},{}],"t":true}`,
		`{"a":NaN,"b":[-Infinity,Infinity],"level":"ERROR"}`,
		"{\"event\":\"\xff\xc3\x28\",\"component\":\"\\u0000\"}",
		`{"a":{"b":{"c":[[[]]]}}} `, `{"a":1,}`, `{"a":"` + "\t" + `"}`, `{"a":01}`, `[{}]`, `{"a" 1}`, `{"a":tru}`, `{"a":[1 2]}`, `{"a":{"b":1]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.Count(raw, "[")+strings.Count(raw, "{") >= 10_000 {
			return
		}
		var e logline.Entry
		logline.Parse(&e, raw, time.Time{}, time.Time{})

		reference := []byte(withoutNaN(raw))
		var members map[string]json.RawMessage
		err := json.Unmarshal(reference, &members)
		valid := err == nil && bytes.HasPrefix(bytes.TrimLeft(reference, " \t\r\n"), []byte("{"))
		if e.JSON != valid {
			t.Fatalf("JSON = %v, encoding/json: %v", e.JSON, err)
		}
		for name, got := range map[string]string{
			"service": e.Service, "component": e.Component, "event": e.Event, "event_type": e.EventType, "task_type": e.TaskType,
			"task_id": e.TaskID, "correlation_id": e.CorrelationID, "invocation_id": e.InvocationID, "level": e.Level,
		} {
			var want string
			if text := members[name]; valid && len(text) > 0 && text[0] == '"' {
				if err := json.Unmarshal(text, &want); err != nil {
					t.Fatal(err)
				}
			}
			if name == "level" {
				want = strings.ToLower(want)
			}
			if asUTF8(got) != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		fields := e.Fields()
		checkFields(t, fields, members, valid)
		for _, want := range append(fields, logline.Field{Key: "no such field"}) {
			if got, ok := e.Field(want.Key); got.Value != want.Value || got.Kind != want.Kind || ok != slices.Contains(fields, want) {
				t.Errorf("Field(%q) = %v, %v among %v", want.Key, got, ok, fields)
			}
		}
	})
}

func checkFields(t *testing.T, fields []logline.Field, members map[string]json.RawMessage, valid bool) {
	t.Helper()
	if !valid {
		if fields != nil {
			t.Errorf("a line that is not JSON has fields %v", fields)
		}
		return
	}
	seen := make(map[string]bool)
	for _, field := range fields {
		key := asUTF8(field.Key)
		want, ok := members[key]
		if !ok {
			t.Errorf("field %q is not in the object", field.Key)
			continue
		}
		if key != field.Key {
			continue // two broken keys may be one to encoding/json
		}
		if seen[key] {
			t.Errorf("field %q twice", key)
		}
		seen[key] = true
		got := withoutNaN(field.Value)
		if field.Kind == logline.String {
			var text string
			if err := json.Unmarshal(want, &text); err != nil || asUTF8(field.Value) != text {
				t.Errorf("field %q = %q, want %s", key, field.Value, want)
			}
		} else if !brokenKeys(members) && got != string(want) {
			t.Errorf("field %q = %s, want %s", key, got, want)
		}
	}
}

// brokenKeys says whether encoding/json may have merged keys that differ only in bytes that are not UTF-8.
func brokenKeys(members map[string]json.RawMessage) bool {
	for key := range members {
		if strings.ContainsRune(key, '\uFFFD') {
			return true
		}
	}
	return false
}

// asUTF8 replaces what is not UTF-8 byte by byte, as encoding/json does.
func asUTF8(s string) string { return string([]rune(s)) }

// withoutNaN writes null for the words that only Python takes for JSON, wherever they are not part of a string.
func withoutNaN(s string) string {
	var b strings.Builder
	inString := false
	for len(s) > 0 {
		if !inString {
			if word := nanWord(s); word != "" {
				b.WriteString("null")
				s = s[len(word):]
				continue
			}
		}
		n := 1
		switch {
		case s[0] == '"':
			inString = !inString
		case s[0] == '\\' && inString && len(s) > 1:
			n = 2
		}
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String()
}

func nanWord(s string) string {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(s, word) {
			return word
		}
	}
	return ""
}
