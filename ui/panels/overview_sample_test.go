package panels_test

import (
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// The panels of the Health, Errors, Preferences, Skills and Memory views and of
// the Overview, which draws from all branches.
func watchPanels() []panels.Panel {
	return slices.Concat(panels.Health(), panels.Errors(), panels.Preferences(), panels.Skills(), panels.Memory(), panels.Overview())
}

// watchInput is [figuresInput] with every source live and the figures of llm given.
func watchInput(f *data.Figures, llm *data.LLM) *panels.Input {
	in := figuresInput(f)
	in.Figures.LLM = llm
	live := in.Snapshot.Sources[data.SourceDB]
	in.Snapshot.Sources["docker"], in.Snapshot.Sources["host"] = live, live
	return in
}

func sampleWatch() *panels.Input {
	f := sampleBranches()
	f.Health, f.Errors, f.Preferences, f.Skills, f.Memory = sampleHealth(), sampleErrors(), samplePreferences(), sampleSkills(), sampleMemory()
	f.Alerts = sampleAlerts()
	in := watchInput(f, sample())
	in.Lines = sampleErrorLines()
	in.Snapshot.Containers, in.Snapshot.Host = sampleUsage(f.Health.Containers), &data.HostView{Dirs: []data.DirUsage{{Path: "/srv/donna/vault", Missing: true}}}
	return in
}

func emptyWatch() *panels.Input {
	f := emptyBranches()
	f.Health, f.Errors, f.Preferences, f.Skills, f.Memory = noHealth(), noErrors(), noPreferences(), noSkills(), noMemory()
	f.Alerts = noAlerts()
	in := watchInput(f, empty())
	in.Lines = &panels.LineRows{Order: "newest first", Since: "since 14:00"}
	return in
}

// nilWatch is sources that answered and had nothing to tell any figure from.
func nilWatch() *panels.Input {
	f := nilBranches()
	f.Health, f.Errors, f.Preferences, f.Skills, f.Memory = &data.Health{}, &data.Errors{}, &data.Preferences{}, &data.Skills{}, &data.Memory{}
	return watchInput(f, &data.LLM{})
}

func hostileWatch(categories int) *panels.Input {
	f, h := hostileBranches(categories), newHostility(categories)
	f.Health, f.Errors, f.Preferences, f.Skills, f.Memory = hostileHealth(h), hostileErrors(h), hostilePreferences(h), hostileSkills(h), hostileMemory(h)
	f.Alerts = hostileAlerts(h)
	in := watchInput(f, hostile(categories))
	in.Snapshot.Containers, in.Snapshot.Host = hostileUsage(h), &data.HostView{}
	for _, n := range h.names {
		in.Snapshot.Host.Dirs = append(in.Snapshot.Host.Dirs, data.DirUsage{Path: n, Problem: n})
	}
	f.Health.DataDirs[0].Bytes = nil
	in.Lines = &panels.LineRows{Of: 1 << 40, Order: h.names[0], Since: h.names[0]}
	for _, l := range logLines() {
		l.Seq = uint64(len(in.Lines.Lines) + 1)
		in.Lines.Lines = append(in.Lines.Lines, l)
	}
	return in
}

// oneWatch is a single thing of each kind.
func oneWatch() *panels.Input {
	in := emptyWatch()
	f := in.Figures
	h, e, s := sampleHealth(), sampleErrors(), sampleSkills()
	f.Health.Containers, f.Health.Disks, f.Health.DataDirs, f.Health.Breakers, f.Health.LastOK = h.Containers[4:5], h.Disks[1:], h.DataDirs[:1], h.Breakers[:1], h.LastOK[:1]
	f.Errors.Groups, f.Errors.Per5m = e.Groups[1:2], e.Per5m[200:201]
	f.Errors.Facets["level"]["critical"] = 1
	f.Preferences.CorrectionsPerWeek = map[string]int64{"2026-W29": 1}
	f.Preferences.ByField["priority"], f.Preferences.Rules = 1, &data.RuleCounts{Extracted: 1, Enabled: 1}
	f.Preferences.Survival30d = &data.RuleSurvival{Rules: 1, Pct: p(0.0)}
	f.Preferences.RulesPerWeek = map[string]data.RuleWeek{"2026-W29": {Disabled: 1}}
	f.Skills.States["trusted"], f.Skills.Runs[data.Window24h], f.Skills.Nightly = 1, map[string]int64{"failed": 1}, s.Nightly[:1]
	f.Skills.CostPerHour, f.Skills.Evolution["one"] = s.CostPerHour[23:], data.Evolution{Total: 1, Rate: p(0.0)}
	f.Memory.Documents["chat"], f.Memory.Watch = 1, perWindow(map[string]int64{"created": 1})
	f.Memory.Writes = perWindow(map[string]*data.MemoryWrites{"one": {Failed: 1}})
	return in
}

// withStates gives every source of the input the same state.
func withStates(in *panels.Input, st data.SourceState) *panels.Input {
	in.Snapshot.Sources = map[string]data.SourceState{data.SourceDB: st, data.SourceLoki: st, "docker": st, "host": st}
	return in
}
