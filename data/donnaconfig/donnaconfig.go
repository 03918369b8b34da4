// Package donnaconfig reads from Donna's own YAML files what figures need:
// budgets and warning thresholds. Keys that are missing keep Donna's defaults,
// and the result says so; keys that are wrong are an error with file and line.
//
// The files are Donna's. They are read, never written, and read again when they
// change, so that an edited budget shows without a restart.
package donnaconfig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

const (
	modelsFile    = "donna_models.yaml"
	dashboardFile = "dashboard.yaml"
	agentsFile    = "agents.yaml"
	// maxFileBytes is far beyond any configuration; what is larger is something else.
	maxFileBytes = 4 << 20
)

// models is the part of donna_models.yaml that figures use (donna-data.md §6.1).
type models struct {
	Cost struct {
		MonthlyBudgetUSD       *float64 `yaml:"monthly_budget_usd"`
		DailyPauseThresholdUSD *float64 `yaml:"daily_pause_threshold_usd"`
		MonthlyWarningPct      *float64 `yaml:"monthly_warning_pct"` // a fraction
	} `yaml:"cost"`
}

// dashboard is the part of dashboard.yaml that the screen uses.
type dashboard struct {
	Budget struct {
		AlertPct *float64 `yaml:"alert_pct"`
	} `yaml:"budget"`
}

// agents is the part of agents.yaml that figures use (donna-data.md §6.3).
type agents struct {
	Agents map[string]struct {
		TimeoutSeconds *float64 `yaml:"timeout_seconds"`
	} `yaml:"agents"`
}

// Load reads the configuration in dir. A file that doesn't exist counts as
// empty, but at least one must be there: the error says which are looked for.
func Load(dir string) (data.Config, error) {
	c := data.DefaultConfig()
	var m models
	var d dashboard
	foundModels, err := read(filepath.Join(dir, modelsFile), &m)
	if err != nil {
		return c, err
	}
	foundDashboard, err := read(filepath.Join(dir, dashboardFile), &d)
	if err != nil {
		return c, err
	}
	var a agents
	foundAgents, err := read(filepath.Join(dir, agentsFile), &a)
	if err != nil {
		return c, err
	}
	if !foundModels && !foundDashboard && !foundAgents {
		return c, fmt.Errorf("none of %s, %s, %s in %s: --donna-config wants the directory of Donna's YAML files", modelsFile, dashboardFile, agentsFile, dir)
	}
	if foundAgents {
		c.AgentTimeouts = make(map[string]float64, len(a.Agents))
		for name, agent := range a.Agents {
			if agent.TimeoutSeconds == nil {
				continue
			}
			if !usable(*agent.TimeoutSeconds) {
				return data.DefaultConfig(), fmt.Errorf("agents.%q.timeout_seconds in %s is %v: it must be a number of at least 0", name, dir, *agent.TimeoutSeconds)
			}
			c.AgentTimeouts[name] = *agent.TimeoutSeconds
		}
	}
	c.Defaulted = nil
	for _, k := range []struct {
		key   string
		value *float64
		scale float64
		into  *float64
		label string // how a note names the default; empty if it doesn't
	}{
		{"cost.daily_pause_threshold_usd", m.Cost.DailyPauseThresholdUSD, 1, &c.DailyUSD, "the daily budget (20 USD)"},
		{"cost.monthly_budget_usd", m.Cost.MonthlyBudgetUSD, 1, &c.MonthlyUSD, "the monthly budget (100 USD)"},
		{"cost.monthly_warning_pct", m.Cost.MonthlyWarningPct, 100, &c.MonthlyWarningPct, ""},
		{"budget.alert_pct", d.Budget.AlertPct, 1, &c.AlertPct, ""},
	} {
		switch {
		case k.value == nil:
			if k.label != "" {
				c.Defaulted = append(c.Defaulted, k.label)
			}
		case !usable(*k.value * k.scale):
			return data.DefaultConfig(), fmt.Errorf("%s in %s is %v: it must be a number of at least 0", k.key, dir, *k.value)
		default:
			*k.into = *k.value * k.scale
		}
	}
	return c, nil
}

// usable tells whether figures can be calculated with v.
func usable(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }

// read decodes a YAML file; it reports whether the file is there.
func read(path string, into any) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read Donna's configuration: %w", err)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("read Donna's configuration: %s is not a regular file", path)
	case info.Size() > maxFileBytes:
		return false, fmt.Errorf("read Donna's configuration: %s has %d bytes, more than any configuration", path, info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false, fmt.Errorf("read Donna's configuration: %w", err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return false, fmt.Errorf("parse %s: %s", path, firstLine(yaml.FormatError(err, false, false)))
	}
	return true, nil
}

// firstLine keeps the position and the fault, and leaves the excerpt: it spans
// lines, and messages are one line.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Options sets up a [Source].
type Options struct {
	Dir   string
	Clock clockwork.Clock
	// Poll is how often the files are looked at; 10 s if zero.
	Poll time.Duration
}

// Source keeps a Hub's configuration equal to the files.
type Source struct {
	o    Options
	seen string // what the files looked like when last read
}

var _ data.Source = (*Source)(nil)

// NewSource watches the files in o.Dir.
func NewSource(o Options) *Source {
	if o.Poll == 0 {
		o.Poll = 10 * time.Second
	}
	return &Source{o: o}
}

// Name implements [data.Source].
func (s *Source) Name() string { return data.SourceConfig }

// Run implements [data.Source].
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	tick := s.o.Clock.NewTicker(s.o.Poll)
	defer tick.Stop()
	loaded := false
	for {
		loaded = s.poll(sink, loaded)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.Chan():
		}
	}
}

// poll reads the files if they look different from last time.
func (s *Source) poll(sink data.Sink, loaded bool) bool {
	look := look(s.o.Dir)
	if look == s.seen {
		return loaded
	}
	s.seen = look
	now := s.o.Clock.Now()
	c, err := Load(s.o.Dir)
	if err != nil {
		st := data.SourceState{State: data.StateFailed, Detail: err.Error() + "; Donna's defaults hold", Since: now, NextTry: now.Add(s.o.Poll)}
		if loaded {
			st.State, st.Loaded, st.Detail = data.StateStale, true, err.Error()+"; what was read before still holds"
		}
		sink.SetState(data.SourceConfig, st)
		return loaded
	}
	sink.SetConfig(c)
	sink.SetState(data.SourceConfig, data.SourceState{State: data.StateLive, Detail: s.o.Dir, AsOf: now, Loaded: true})
	return true
}

// look is a fingerprint of the files: names, sizes and times of change.
func look(dir string) string {
	var b strings.Builder
	for _, name := range []string{modelsFile, dashboardFile, agentsFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			fmt.Fprintln(&b, name, err)
			continue
		}
		fmt.Fprintln(&b, name, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}
