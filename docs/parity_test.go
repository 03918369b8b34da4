package docs

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// dashboards are the panels of Donna's Grafana, from her dashboards' JSON.
var dashboards = map[string][]string{
	"System Health": {"Service Status", "Circuit Breaker State", "Last Successful Operations", "Error Rate (5m)", "Health Check Events"},
	"Task Pipeline": {
		"Tasks Created Today", "Tasks Completed Today", "Dedup Hit Rate", "Reschedule Events", "Task Creation Rate by Channel", "Task State Changes",
	},
	"LLM & Cost":        {"API Calls Today", "Failed API Calls", "API Call Rate by Task Type", "API Retries", "LLM Invocation Log"},
	"Error Exploration": {"Error Frequency Timeline", "Error Log Table", "Variables level, service, event_type"},
	"Memory Vault": {
		"Retrieval Latency", "Chunks Ingested (batches)", "Re-embeds", "Vault Watch Events", "Retrieval Hits per Query", "Episodic ingest events",
		"Embed calls by task_type", "Per-source ingest latency", "Memory ingest failures", "Template autowrite failures", "Template writes",
		"Template skip rate", "Autowrite LLM cost by task_type", "Person stubs", "Vault renames matched vs flushed",
	},
	"Skill System": {"Skill State Distribution Over Time", "Evolution Success Rate per Skill", "Nightly Cron Outcomes", "Cost Breakdown by Skill"},
}

// TestParityNamesEveryPanel: grafana-parity.md has a row for each panel of each
// dashboard, and no other, and every row says where the panel is here.
func TestParityNamesEveryPanel(t *testing.T) {
	page, err := os.ReadFile("grafana-parity.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string][]string{}
	for section := range strings.SplitSeq(string(page), "\n## ") {
		heading, text, _ := strings.Cut(section, "\n")
		for l := range strings.Lines(text) {
			cells := strings.Split(strings.ReplaceAll(l, `\|`, "/"), " | ")
			panel, isRow := strings.CutPrefix(cells[0], "| ")
			if !isRow || panel == "---" || panel == "Panel in Grafana" {
				continue
			}
			seen[heading] = append(seen[heading], panel)
			if len(cells) != 6 || strings.TrimSpace(cells[3]) == "" || strings.TrimSpace(cells[2]) == "" || strings.TrimSpace(cells[4]) == "" {
				t.Errorf("%s, %s: the row says too little: %q", heading, panel, l)
			}
		}
	}
	for name, panels := range dashboards {
		if !slices.Equal(seen[name], panels) {
			t.Errorf("%s has %q, want %q", name, seen[name], panels)
		}
		delete(seen, name)
	}
	for name := range seen {
		t.Errorf("%s is no dashboard of Donna's", name)
	}
}
