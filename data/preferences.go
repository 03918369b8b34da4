package data

import (
	"encoding/json"
	"time"
)

// Preferences holds the figures of the Preferences view, key by key those of CONTRACT.md's `preferences`.
type Preferences struct {
	Corrections        map[string]*int64   `json:"corrections"`
	CorrectionsPerWeek map[string]int64    `json:"corrections_per_week"`
	ByField            map[string]int64    `json:"by_field"`
	Rules              *RuleCounts         `json:"rules"`
	RulesPerWeek       map[string]RuleWeek `json:"rules_per_week"`
	Survival30d        *RuleSurvival       `json:"survival_30d"`
}

// RuleCounts counts learned rules.
type RuleCounts struct {
	Extracted int64 `json:"extracted"`
	Enabled   int64 `json:"enabled"`
	Disabled  int64 `json:"disabled"`

	noEnabled bool // the file has no column enabled
}

// MarshalJSON prints what has no source as null.
func (c RuleCounts) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Extracted int64  `json:"extracted"`
		Enabled   *int64 `json:"enabled"`
		Disabled  *int64 `json:"disabled"`
	}{c.Extracted, unless(c.noEnabled, c.Enabled), unless(c.noEnabled, c.Disabled)})
}

// RuleWeek is one ISO week of rules.
type RuleWeek struct {
	Extracted int64 `json:"extracted"`
	Disabled  int64 `json:"disabled"`

	noDisabled bool // the file has no disabled_at
}

// MarshalJSON prints what has no source as null.
func (w RuleWeek) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Extracted int64  `json:"extracted"`
		Disabled  *int64 `json:"disabled"`
	}{w.Extracted, unless(w.noDisabled, w.Disabled)})
}

// RuleSurvival is how many of the rules created 30 days ago or earlier outlived their first 30 days; Pct is 0 to 100.
type RuleSurvival struct {
	Rules  int64    `json:"rules"`
	Active int64    `json:"active"`
	Pct    *float64 `json:"pct"`
}

// weeksShown is how many ISO weeks the weekly figures have at least.
const weeksShown = 12

// survivalAge is the age at which a rule's survival is judged.
const survivalAge = 30 * 24 * time.Hour

// judged tells whether the rule is old enough for its survival to be judged.
func (r *Rule) judged(now time.Time) bool {
	return !r.CreatedAt.IsZero() && !r.CreatedAt.After(now.Add(-survivalAge))
}

// survived tells whether the rule outlived its first thirty days.
func (r *Rule) survived() bool {
	return r.DisabledAt.IsZero() || r.DisabledAt.After(r.CreatedAt.Add(survivalAge))
}

// preferenceFigures computes CONTRACT.md's `preferences`.
func preferenceFigures(s *Snapshot) *Preferences {
	f := &Preferences{}
	t := s.tables()
	if t == nil {
		return f
	}
	if t.Corrections != nil && !t.lacks("correction_log.timestamp") {
		f.correct(s, t.Corrections)
		if t.lacks("correction_log.field_corrected") {
			f.ByField = nil
		}
	}
	if t.Rules != nil {
		f.learn(t.Rules, s.At)
		if t.lacks("learned_preferences.enabled") {
			f.Rules.noEnabled = true
		}
		if t.lacks("learned_preferences.created_at") {
			f.RulesPerWeek = nil
		}
		if t.lacks("learned_preferences.created_at", "learned_preferences.disabled_at") {
			f.Survival30d = nil
		}
		if t.lacks("learned_preferences.disabled_at") {
			for name, week := range f.RulesPerWeek {
				week.noDisabled = true
				f.RulesPerWeek[name] = week
			}
		}
	}
	return f
}

// recentWeeks names the last weeks, this one included.
func recentWeeks(now time.Time) []string {
	weeks := make([]string, weeksShown)
	for i := range weeks {
		weeks[i] = isoWeek(now.AddDate(0, 0, -7*(weeksShown-1-i)))
	}
	return weeks
}

func (f *Preferences) correct(s *Snapshot, corrections []Correction) {
	now := s.At
	f.Corrections = perWindow(s, func(w Window) *int64 {
		n := int64(0)
		for i := range corrections {
			if w.within(corrections[i].At) {
				n++
			}
		}
		return &n
	})
	f.CorrectionsPerWeek, f.ByField = map[string]int64{}, map[string]int64{}
	for _, w := range recentWeeks(now) {
		f.CorrectionsPerWeek[w] = 0
	}
	for i := range corrections {
		c := &corrections[i]
		if c.At.After(now) {
			continue
		}
		f.ByField[c.Field]++
		if !c.At.IsZero() {
			f.CorrectionsPerWeek[isoWeek(c.At)]++
		}
	}
}

func (f *Preferences) learn(rules []Rule, now time.Time) {
	f.Rules, f.Survival30d, f.RulesPerWeek = &RuleCounts{}, &RuleSurvival{}, map[string]RuleWeek{}
	for _, w := range recentWeeks(now) {
		f.RulesPerWeek[w] = RuleWeek{}
	}
	for i := range rules {
		r := &rules[i]
		if r.CreatedAt.After(now) {
			continue
		}
		f.Rules.Extracted++
		if r.Enabled {
			f.Rules.Enabled++
		} else {
			f.Rules.Disabled++
		}
		if !r.DisabledAt.IsZero() && !r.DisabledAt.After(now) {
			week := f.RulesPerWeek[isoWeek(r.DisabledAt)]
			week.Disabled++
			f.RulesPerWeek[isoWeek(r.DisabledAt)] = week
		}
		if r.CreatedAt.IsZero() {
			continue
		}
		week := f.RulesPerWeek[isoWeek(r.CreatedAt)]
		week.Extracted++
		f.RulesPerWeek[isoWeek(r.CreatedAt)] = week
		if r.judged(now) {
			f.Survival30d.Rules++
			if r.survived() {
				f.Survival30d.Active++
			}
		}
	}
	f.Survival30d.Pct = share(float64(f.Survival30d.Active), float64(f.Survival30d.Rules))
}
