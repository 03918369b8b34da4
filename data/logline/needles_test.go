package logline_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/logline"
)

func TestNeedles(t *testing.T) {
	const uuid = "0190f3a2-7b1c-7d4e-9f00-000000000001"
	for _, c := range []struct {
		texts []string
		line  string
		want  bool
	}{
		{[]string{`"` + uuid + `"`}, `{"task_id": "` + uuid + `"}`, true},
		{[]string{`"` + uuid + `"`}, `{"task_id": "` + uuid + `0"}`, false},
		{[]string{`"` + uuid + `"`}, `{"task_id": "x` + uuid + `"}`, false},
		{[]string{`"` + uuid + `"`}, uuid, false},
		{[]string{uuid}, `x` + uuid, true},
		{[]string{`"ab"`}, `{"a": "ab"}`, true},
		{[]string{`"ab"`}, `{"a": "abc"}`, false},
		{[]string{`"12345678`}, `"1234567`, false},
		{[]string{`"12345678`}, `"12345678`, true},
		{[]string{`"nothing here"`, `: 15`, `"and there"`}, `{"thread": 15}`, true},
		{nil, `{"a": "b"}`, false},
		{[]string{""}, "", true},
	} {
		if got := logline.NewNeedles(c.texts).In(c.line); got != c.want {
			t.Errorf("%q in %q: %v", c.texts, c.line, got)
		}
	}
}

// TestNeedlesAgainstPlainSearch: for any texts and lines the answer is that of a
// search for one after the other.
func TestNeedlesAgainstPlainSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	random := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = `"a`[rng.IntN(2)]
		}
		return string(b)
	}
	found := 0
	for range 20_000 {
		var texts []string
		for range rng.IntN(14) {
			texts = append(texts, random(rng.IntN(12)+6))
		}
		line := random(rng.IntN(200))
		want := slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(line, text) })
		if want {
			found++
		}
		if got := logline.NewNeedles(texts).In(line); got != want {
			t.Fatalf("%q in %q: %v", texts, line, got)
		}
	}
	if found < 1000 {
		t.Errorf("only %d were found", found)
	}
}

func BenchmarkNeedles(b *testing.B) {
	texts := make([]string, 500)
	for i := range texts {
		texts[i] = `"0190f3a2-7b1c-7d4e-9f00-` + strings.Repeat(string(rune('a'+i%6)), 12) + `"`
	}
	n := logline.NewNeedles(texts)
	line := `{"task_id": "019e9da7-c2c8-7e82-9743-3131844013eb", "from_state": "backlog", "to_state": "scheduled", "side_effects": [], "event": "task_state_transitioned", "user_id": "system", "level": "info", "timestamp": "2026-06-06T15:58:00.911425Z"}`
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		n.In(line)
	}
}
