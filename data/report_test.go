package data

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func report(t *testing.T, views ...string) map[string]any {
	t.Helper()
	h, _ := testHub(epoch)
	r, err := NewReport(h.Publish(), Window24h, views)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return out
}

func TestReportHasTheViewsAskedFor(t *testing.T) {
	common := []string{"schema", "now", "window", "notes", "sources"}
	for _, tc := range []struct {
		name  string
		views []string
		want  []string
	}{
		{"all", nil, append(Views()[1:], "alerts")},
		{"one", []string{"llm"}, []string{"llm"}},
		{"two, one of them twice", []string{"logs", "llm", "logs"}, []string{"llm", "logs"}},
		{"the overview is made of others", []string{"overview"}, append(slices.Clone(overviewOf), "alerts")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := report(t, tc.views...)
			for _, key := range append(slices.Clone(common), tc.want...) {
				if _, ok := got[key]; !ok {
					t.Errorf("no %q", key)
				}
				delete(got, key)
			}
			for key := range got {
				t.Errorf("%q was not asked for", key)
			}
		})
	}
}

func TestReportWithoutSourcesIsNullNotZero(t *testing.T) {
	got := report(t)
	if got["logs"] != nil {
		t.Errorf("logs = %v, want null", got["logs"])
	}
	llm, ok := got["llm"].(map[string]any)
	if !ok || llm["calls"] != nil || llm["events"] != nil {
		t.Errorf("llm = %v, want null figures", got["llm"])
	}
	if budget := llm["budget"].(map[string]any); budget["daily_usd"] != 20.0 || budget["daily_spent_usd"] != nil {
		t.Errorf("budget = %v, want the default cap and no spend", budget)
	}
	for _, view := range Views()[1:] {
		if view == "llm" || view == "logs" {
			continue
		}
		for key, figure := range got[view].(map[string]any) {
			if figure != nil {
				t.Errorf("%s.%s = %v, want null without any source", view, key, figure)
			}
		}
	}
	for name, s := range got["sources"].(map[string]any) {
		if s.(map[string]any)["state"] != "absent" {
			t.Errorf("%s is %v, want absent", name, s)
		}
	}
	if notes := got["notes"].([]any); len(notes) == 0 || !strings.Contains(notes[0].(string), "defaults") {
		t.Errorf("notes %v: want one on the default budgets", notes)
	}
}

func TestReportRefusesUnknownNames(t *testing.T) {
	h, _ := testHub(epoch)
	if _, err := NewReport(h.Publish(), Window24h, []string{"nope"}); err == nil || !strings.Contains(err.Error(), "llm") {
		t.Errorf("view: %v, want an error that lists the views", err)
	}
	if _, err := NewReport(h.Publish(), "2w", nil); err == nil || !strings.Contains(err.Error(), "24h") {
		t.Errorf("window: %v, want an error that lists the windows", err)
	}
}
