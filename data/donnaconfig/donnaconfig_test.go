package donnaconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoad(t *testing.T) {
	defaults := data.DefaultConfig()
	timeouts := defaults.AgentTimeouts
	for _, tc := range []struct {
		name string
		// empty: no such file
		models, dashboard, agents string
		want                      data.Config
		wantErr                   string
	}{
		{
			name:      "all keys",
			models:    "models: {parser: {}}\ncost:\n  monthly_budget_usd: 120.5\n  daily_pause_threshold_usd: 25\n  monthly_warning_pct: 0.85\n",
			dashboard: "budget:\n  daily_usd: 1\n  alert_pct: 75\n",
			agents:    "agents:\n  pm: {enabled: true, timeout_seconds: 90}\n  coding: {enabled: false}\n",
			want:      data.Config{DailyUSD: 25, MonthlyUSD: 120.5, MonthlyWarningPct: 85, AlertPct: 75, AgentTimeouts: map[string]float64{"pm": 90}},
		},
		{
			name:   "zero is a value, not an absence",
			models: "cost: {monthly_budget_usd: 0, daily_pause_threshold_usd: 0}\n",
			want:   data.Config{MonthlyWarningPct: 90, AlertPct: 80, AgentTimeouts: timeouts},
		},
		{
			name:      "missing keys keep the defaults and say so",
			dashboard: "budget: {alert_pct: 70}\n",
			want: data.Config{
				DailyUSD: 20, MonthlyUSD: 100, MonthlyWarningPct: 90, AlertPct: 70, AgentTimeouts: timeouts,
				Defaulted: []string{"the daily budget (20 USD)", "the monthly budget (100 USD)"},
			},
		},
		{name: "no files", want: defaults, wantErr: "none of donna_models.yaml"},
		{name: "not YAML", models: "cost: [1, 2\n", want: defaults, wantErr: "donna_models.yaml"},
		{name: "a word for a number", models: "cost:\n  monthly_budget_usd: lots\n", want: defaults, wantErr: "[2:"},
		{name: "negative", models: "cost: {monthly_budget_usd: -1}\n", want: defaults, wantErr: "at least 0"},
		{name: "not a number", models: "cost: {monthly_budget_usd: .nan}\n", want: defaults, wantErr: "at least 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.models != "" {
				write(t, dir, modelsFile, tc.models)
			}
			if tc.dashboard != "" {
				write(t, dir, dashboardFile, tc.dashboard)
			}
			if tc.agents != "" {
				write(t, dir, agentsFile, tc.agents)
			}
			got, err := Load(dir)
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Fatalf("error %v, want one with %q", err, tc.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("message spans lines: %q", err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("config (-want +got):\n%s", d)
			}
		})
	}
}

func TestLoadOfADirectoryInPlaceOfAFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, modelsFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v, want one that says it is not a regular file", err)
	}
}

// recorder is a sink that keeps what the source last said.
type recorder struct {
	config  data.Config
	configs int
	state   data.SourceState
}

func (r *recorder) SetState(_ string, s data.SourceState) { r.state = s }
func (r *recorder) SetConfig(c data.Config)               { r.config, r.configs = c, r.configs+1 }
func (r *recorder) AppendLines([]logline.Entry)           {}
func (r *recorder) AppendHistory([]logline.Entry)         {}
func (r *recorder) SetDB(*data.DB)                        {}

func TestSourceFollowsTheFiles(t *testing.T) {
	dir := t.TempDir()
	s := NewSource(Options{Dir: dir, Clock: clockwork.NewFakeClock()})
	var r recorder

	loaded := s.poll(&r, false)
	if loaded || r.state.State != data.StateFailed || r.configs != 0 {
		t.Fatalf("empty directory: loaded %v, state %+v", loaded, r.state)
	}
	write(t, dir, modelsFile, "cost: {monthly_budget_usd: 50}\n")
	if loaded = s.poll(&r, loaded); !loaded || r.state.State != data.StateLive || r.config.MonthlyUSD != 50 {
		t.Fatalf("file appeared: loaded %v, state %+v, config %+v", loaded, r.state, r.config)
	}
	if s.poll(&r, loaded); r.configs != 1 {
		t.Errorf("unchanged files were read again")
	}
	write(t, dir, modelsFile, "cost: {monthly_budget_usd: [\n")
	if s.poll(&r, loaded); r.state.State != data.StateStale || r.config.MonthlyUSD != 50 {
		t.Errorf("broken file: state %+v, config %+v; want stale and the old values", r.state, r.config)
	}
	write(t, dir, modelsFile, "cost: {monthly_budget_usd: 60}\n")
	later := time.Unix(2_000_000_000, 0)
	if err := os.Chtimes(filepath.Join(dir, modelsFile), later, later); err != nil {
		t.Fatal(err)
	}
	if s.poll(&r, loaded); r.state.State != data.StateLive || r.config.MonthlyUSD != 60 {
		t.Errorf("mended file: state %+v, config %+v", r.state, r.config)
	}
}
