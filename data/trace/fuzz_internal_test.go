package trace

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// FuzzID: whatever is taken for an id is found in a line that holds it, however
// the line is escaped, and leads nowhere when it is no more than a part of a value.
func FuzzID(f *testing.F) {
	for _, id := range []string{
		"01978a3e-7c1f-7b7a-9d0e-2f6d1c3b5a90", "22", "toolreq:22", "toolreq:022", "284917365501296640", "none", " x ", "a\"b\\c", "ü😀<&>", "\u2028", "x\x00",
		"018f0000-ffff-7fff-bfff-ffffffffffff", strings.Repeat("é", maxID/2), "1e5", "-", "N/A",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckID(text) != nil {
			return
		}
		i, given := givenID(text)
		if !given {
			i = id{keyCorrelation, text}
		}
		name := string(i.key)
		if i.key == keyEscalation {
			name = "escalation_request_id"
		}
		s := newIDSet(1)
		s.add(i)
		if at, ok := i.made(); ok && (at.Before(time.Unix(0, 0)) || at.Year() > 12000) {
			t.Errorf("%q was made at %v", text, at)
		}
		goes, err := json.Marshal(i.value)
		if err != nil {
			t.Fatal(err)
		}
		forms := []string{string(goes), `"` + jsonEscape(i.value, true) + `"`, `"` + jsonEscape(i.value, false) + `"`}
		if i.key.numbered() {
			forms = append(forms, i.value)
		}
		for _, form := range forms {
			line := `{"event": "x", "` + name + `": ` + form + `, "other": 1}`
			if !json.Valid([]byte(line)) {
				t.Fatalf("%q as JSON is %s", i.value, form)
			}
			if !holdsAny(line, i.texts()) {
				t.Errorf("a search for %q does not find %s", i.texts(), line)
			}
			var e logline.Entry
			logline.Parse(&e, line, time.Unix(0, 0), time.Time{})
			found := false
			for _, v := range values(&e) {
				is, _ := s.holds(v)
				found = found || is && v.name == name
			}
			if found != s.known[i] {
				t.Errorf("%s: found %v, an id %v", line, found, s.known[i])
			}
			if id := IDOf(&e); id != "" && CheckID(id) != nil {
				t.Errorf("%s is traced by %q, which is no id", line, id)
			}
		}
		part := logline.Entry{}
		logline.Parse(&part, `{"`+name+`": "`+jsonEscape("x"+i.value, false)+`"}`, time.Unix(0, 0), time.Time{})
		for _, v := range values(&part) {
			if is, _ := s.holds(v); is {
				t.Errorf("%q is found in %q", i.value, v.text)
			}
		}
	})
}

func holdsAny(line string, texts []string) bool {
	for _, text := range texts {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}
